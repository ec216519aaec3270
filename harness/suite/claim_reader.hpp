// harness/suite/claim_reader.hpp - claims and selectors: what part of a
// message, and what must hold there.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "harness/suite/form.hpp"
#include "harness/suite/model.hpp"

namespace bb::suite {

// What a `result` claim may name.
inline const Words result_words = {"ok",        "refused", "not_found",   "unsupported", "malformed",
                                   "untrusted", "invalid", "unavailable", "timeout",     "pending"};

std::vector<Claim> read_claims(Form& form, const YamlNode& list, std::string_view name);

// A bare word (body) or a map with one kind ({xpath: //cda:time}), of the
// kinds that `extra_keys` leaves. A fault can change a {text: ...} of the body too.
enum class SelectorOf { save, fault };
std::optional<Selector> read_selector(Form& form, const YamlNode& node, std::string_view name, SelectorOf whose,
                                      Words extra_keys = {});

}  // namespace bb::suite
