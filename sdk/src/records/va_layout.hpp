// va_layout.hpp - the sections of the My HealtheVet text, in the order of version
// 12.6.
#pragma once

#include <array>
#include <span>
#include <string_view>

#include "text_grammar.hpp"

namespace bb::records {

// Requirements: TXT-VA-09, TXT-VA-12, TXT-VA-13, TXT-VA-18 to TXT-VA-35. Keys that
// no sample has are those that our own writer adds: Code, Status, Severity ...
std::span<const SectionLayout> va_layouts();

// The headings in VA DEMOGRAPHICS below which stands who may be called.
inline constexpr std::array<std::string_view, 4> contact_headings{"PRIMARY NEXT OF KIN", "EMERGENCY CONTACT",
                                                                  "VA GUARDIAN", "CIVIL GUARDIAN"};

// The layout of a title, in words of any version; nullptr = not known.
const SectionLayout* find_va_layout(std::string_view title);

}  // namespace bb::records
