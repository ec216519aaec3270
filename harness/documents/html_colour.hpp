// harness/documents/html_colour.hpp - colours of CSS, and whether a text can be
// told from what is behind it (WCAG 2.1, 1.4.3).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace bb::documents {

// A colour without transparency: 0xRRGGBB.
using Colour = std::uint32_t;

// Names of CSS Color 4, #rgb, #rrggbb, rgb() and hsl() without transparency. Nothing
// for any other: transparent, currentcolor, variables.
std::optional<Colour> colour_from(std::string_view text);
// As attributes of HTML have it, which take "003366" for "#003366".
std::optional<Colour> legacy_colour_from(std::string_view text);
std::string to_text(Colour colour);  // "#003366"

// WCAG 2.1, contrast ratio: 1 to 21.
double contrast_ratio(Colour one, Colour other);

// 4.5, or 3 for large text: from 18 pt, or 14 pt bold.
bool has_contrast(Colour text, Colour background, bool is_large);

}  // namespace bb::documents
