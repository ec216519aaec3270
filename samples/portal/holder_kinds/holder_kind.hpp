// holder_kinds/holder_kind.hpp - what kind of data holder the portal plays: a provider, whose record is a clinical
// summary, or a payer or a pharmacy, whose record is none (docs/reference/pledge-holders.md).
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "portal/documents.hpp"

namespace bb::portal {

enum class HolderKind { provider, payer, pharmacy };

// Of "provider", "payer" and "pharmacy"; nothing of any other word.
std::optional<HolderKind> find_holder_kind(std::string_view word);

// What it hands out: a provider every format, the others text, FHIR and a page, for none of them has a C-CDA.
std::span<const Format> formats_of(HolderKind kind);
// Of these the one with that id; nullptr: it is not offered.
const Format* find_format_of(HolderKind kind, std::string_view id);
// As which file something is sent where the patient does not say.
std::string_view default_format_of(HolderKind kind);

}  // namespace bb::portal
