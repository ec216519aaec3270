// cms_layout.hpp - the sections of the MyMedicare.gov text, in the order of version
// 2.0.
#pragma once

#include <span>

#include "text_grammar.hpp"

namespace bb::records {

// Requirements: TXT-CMS-04, TXT-CMS-09 to TXT-CMS-26.
std::span<const SectionLayout> cms_layouts();

// nullptr = not known.
const SectionLayout* find_cms_layout(std::string_view title);

inline constexpr std::string_view claim_summary = "Claim Summary";
// The title of a frame around the lines of a claim, and a key of its entry.
inline constexpr std::string_view claim_lines = "Claim Lines for Claim Number";

}  // namespace bb::records
