#include "harness/documents/html_colour.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <bb/core/bytes.hpp>
#include <bb/core/text.hpp>

namespace bb::documents {
namespace {

// CSS Color Module Level 4, 6.1, in order of name.
constexpr std::array<std::pair<std::string_view, Colour>, 148> named{{{"aliceblue", 0xF0F8FF},
                                                                      {"antiquewhite", 0xFAEBD7},
                                                                      {"aqua", 0x00FFFF},
                                                                      {"aquamarine", 0x7FFFD4},
                                                                      {"azure", 0xF0FFFF},
                                                                      {"beige", 0xF5F5DC},
                                                                      {"bisque", 0xFFE4C4},
                                                                      {"black", 0x000000},
                                                                      {"blanchedalmond", 0xFFEBCD},
                                                                      {"blue", 0x0000FF},
                                                                      {"blueviolet", 0x8A2BE2},
                                                                      {"brown", 0xA52A2A},
                                                                      {"burlywood", 0xDEB887},
                                                                      {"cadetblue", 0x5F9EA0},
                                                                      {"chartreuse", 0x7FFF00},
                                                                      {"chocolate", 0xD2691E},
                                                                      {"coral", 0xFF7F50},
                                                                      {"cornflowerblue", 0x6495ED},
                                                                      {"cornsilk", 0xFFF8DC},
                                                                      {"crimson", 0xDC143C},
                                                                      {"cyan", 0x00FFFF},
                                                                      {"darkblue", 0x00008B},
                                                                      {"darkcyan", 0x008B8B},
                                                                      {"darkgoldenrod", 0xB8860B},
                                                                      {"darkgray", 0xA9A9A9},
                                                                      {"darkgreen", 0x006400},
                                                                      {"darkgrey", 0xA9A9A9},
                                                                      {"darkkhaki", 0xBDB76B},
                                                                      {"darkmagenta", 0x8B008B},
                                                                      {"darkolivegreen", 0x556B2F},
                                                                      {"darkorange", 0xFF8C00},
                                                                      {"darkorchid", 0x9932CC},
                                                                      {"darkred", 0x8B0000},
                                                                      {"darksalmon", 0xE9967A},
                                                                      {"darkseagreen", 0x8FBC8F},
                                                                      {"darkslateblue", 0x483D8B},
                                                                      {"darkslategray", 0x2F4F4F},
                                                                      {"darkslategrey", 0x2F4F4F},
                                                                      {"darkturquoise", 0x00CED1},
                                                                      {"darkviolet", 0x9400D3},
                                                                      {"deeppink", 0xFF1493},
                                                                      {"deepskyblue", 0x00BFFF},
                                                                      {"dimgray", 0x696969},
                                                                      {"dimgrey", 0x696969},
                                                                      {"dodgerblue", 0x1E90FF},
                                                                      {"firebrick", 0xB22222},
                                                                      {"floralwhite", 0xFFFAF0},
                                                                      {"forestgreen", 0x228B22},
                                                                      {"fuchsia", 0xFF00FF},
                                                                      {"gainsboro", 0xDCDCDC},
                                                                      {"ghostwhite", 0xF8F8FF},
                                                                      {"gold", 0xFFD700},
                                                                      {"goldenrod", 0xDAA520},
                                                                      {"gray", 0x808080},
                                                                      {"green", 0x008000},
                                                                      {"greenyellow", 0xADFF2F},
                                                                      {"grey", 0x808080},
                                                                      {"honeydew", 0xF0FFF0},
                                                                      {"hotpink", 0xFF69B4},
                                                                      {"indianred", 0xCD5C5C},
                                                                      {"indigo", 0x4B0082},
                                                                      {"ivory", 0xFFFFF0},
                                                                      {"khaki", 0xF0E68C},
                                                                      {"lavender", 0xE6E6FA},
                                                                      {"lavenderblush", 0xFFF0F5},
                                                                      {"lawngreen", 0x7CFC00},
                                                                      {"lemonchiffon", 0xFFFACD},
                                                                      {"lightblue", 0xADD8E6},
                                                                      {"lightcoral", 0xF08080},
                                                                      {"lightcyan", 0xE0FFFF},
                                                                      {"lightgoldenrodyellow", 0xFAFAD2},
                                                                      {"lightgray", 0xD3D3D3},
                                                                      {"lightgreen", 0x90EE90},
                                                                      {"lightgrey", 0xD3D3D3},
                                                                      {"lightpink", 0xFFB6C1},
                                                                      {"lightsalmon", 0xFFA07A},
                                                                      {"lightseagreen", 0x20B2AA},
                                                                      {"lightskyblue", 0x87CEFA},
                                                                      {"lightslategray", 0x778899},
                                                                      {"lightslategrey", 0x778899},
                                                                      {"lightsteelblue", 0xB0C4DE},
                                                                      {"lightyellow", 0xFFFFE0},
                                                                      {"lime", 0x00FF00},
                                                                      {"limegreen", 0x32CD32},
                                                                      {"linen", 0xFAF0E6},
                                                                      {"magenta", 0xFF00FF},
                                                                      {"maroon", 0x800000},
                                                                      {"mediumaquamarine", 0x66CDAA},
                                                                      {"mediumblue", 0x0000CD},
                                                                      {"mediumorchid", 0xBA55D3},
                                                                      {"mediumpurple", 0x9370DB},
                                                                      {"mediumseagreen", 0x3CB371},
                                                                      {"mediumslateblue", 0x7B68EE},
                                                                      {"mediumspringgreen", 0x00FA9A},
                                                                      {"mediumturquoise", 0x48D1CC},
                                                                      {"mediumvioletred", 0xC71585},
                                                                      {"midnightblue", 0x191970},
                                                                      {"mintcream", 0xF5FFFA},
                                                                      {"mistyrose", 0xFFE4E1},
                                                                      {"moccasin", 0xFFE4B5},
                                                                      {"navajowhite", 0xFFDEAD},
                                                                      {"navy", 0x000080},
                                                                      {"oldlace", 0xFDF5E6},
                                                                      {"olive", 0x808000},
                                                                      {"olivedrab", 0x6B8E23},
                                                                      {"orange", 0xFFA500},
                                                                      {"orangered", 0xFF4500},
                                                                      {"orchid", 0xDA70D6},
                                                                      {"palegoldenrod", 0xEEE8AA},
                                                                      {"palegreen", 0x98FB98},
                                                                      {"paleturquoise", 0xAFEEEE},
                                                                      {"palevioletred", 0xDB7093},
                                                                      {"papayawhip", 0xFFEFD5},
                                                                      {"peachpuff", 0xFFDAB9},
                                                                      {"peru", 0xCD853F},
                                                                      {"pink", 0xFFC0CB},
                                                                      {"plum", 0xDDA0DD},
                                                                      {"powderblue", 0xB0E0E6},
                                                                      {"purple", 0x800080},
                                                                      {"rebeccapurple", 0x663399},
                                                                      {"red", 0xFF0000},
                                                                      {"rosybrown", 0xBC8F8F},
                                                                      {"royalblue", 0x4169E1},
                                                                      {"saddlebrown", 0x8B4513},
                                                                      {"salmon", 0xFA8072},
                                                                      {"sandybrown", 0xF4A460},
                                                                      {"seagreen", 0x2E8B57},
                                                                      {"seashell", 0xFFF5EE},
                                                                      {"sienna", 0xA0522D},
                                                                      {"silver", 0xC0C0C0},
                                                                      {"skyblue", 0x87CEEB},
                                                                      {"slateblue", 0x6A5ACD},
                                                                      {"slategray", 0x708090},
                                                                      {"slategrey", 0x708090},
                                                                      {"snow", 0xFFFAFA},
                                                                      {"springgreen", 0x00FF7F},
                                                                      {"steelblue", 0x4682B4},
                                                                      {"tan", 0xD2B48C},
                                                                      {"teal", 0x008080},
                                                                      {"thistle", 0xD8BFD8},
                                                                      {"tomato", 0xFF6347},
                                                                      {"turquoise", 0x40E0D0},
                                                                      {"violet", 0xEE82EE},
                                                                      {"wheat", 0xF5DEB3},
                                                                      {"white", 0xFFFFFF},
                                                                      {"whitesmoke", 0xF5F5F5},
                                                                      {"yellow", 0xFFFF00},
                                                                      {"yellowgreen", 0x9ACD32}}};

std::optional<Colour> from_hex(std::string_view digits) {
  Colour colour = 0;
  for (const char c : digits) {
    const int value = hex_digit(c);
    if (value < 0) return std::nullopt;
    colour = colour * 16 + static_cast<Colour>(value);
    if (digits.size() == 3) colour = colour * 16 + static_cast<Colour>(value);
  }
  return digits.size() == 3 || digits.size() == 6 ? std::optional(colour) : std::nullopt;
}

struct Number {
  double value = 0;
  bool is_percent = false;
};

// The arguments of "rgb(0, 51 102 / 1)"; nothing where one is no number.
std::optional<std::vector<Number>> arguments_of(std::string_view text) {
  const auto open = text.find('(');
  if (open == std::string_view::npos || !text.ends_with(')')) return std::nullopt;
  std::string inner(text.substr(open + 1, text.size() - open - 2));
  std::replace_if(
      inner.begin(), inner.end(), [](char c) { return c == ',' || c == '/'; }, ' ');
  std::vector<Number> numbers;
  for (const auto& word : split(collapse_whitespace(inner), ' ')) {
    char* end = nullptr;
    Number number{std::strtod(word.c_str(), &end), false};
    const std::string_view unit(end);
    number.is_percent = unit == "%";
    if (end == word.c_str() || !(unit.empty() || unit == "%" || unit == "deg") || !std::isfinite(number.value))
      return std::nullopt;
    numbers.push_back(number);
  }
  return numbers;
}

Colour channel(double value) { return static_cast<Colour>(std::lround(std::clamp(value, 0.0, 255.0))); }
Colour mixed(double red, double green, double blue) { return channel(red) << 16 | channel(green) << 8 | channel(blue); }

// CSS Color 4, 7.1.
Colour from_hsl(double hue, double saturation, double lightness) {
  hue = std::fmod(std::fmod(hue, 360) + 360, 360);
  const auto part = [&](double n) {
    const double k = std::fmod(n + hue / 30, 12);
    const double a = saturation * std::min(lightness, 1 - lightness);
    return 255 * (lightness - a * std::max(-1.0, std::min({k - 3, 9 - k, 1.0})));
  };
  return mixed(part(0), part(8), part(4));
}

// WCAG 2.1, relative luminance, of a channel of 8 bits.
double linear(Colour channel_value) {
  const double c = static_cast<double>(channel_value & 0xFF) / 255;
  return c <= 0.03928 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
}
double luminance(Colour colour) {
  return 0.2126 * linear(colour >> 16) + 0.7152 * linear(colour >> 8) + 0.0722 * linear(colour);
}

}  // namespace

std::optional<Colour> colour_from(std::string_view raw) {
  const auto text = to_lower(trim(raw));
  if (text.starts_with('#')) return from_hex(std::string_view(text).substr(1));
  const bool is_hsl = text.starts_with("hsl");
  if (is_hsl || text.starts_with("rgb")) {
    const auto numbers = arguments_of(text);
    if (!numbers || numbers->size() < 3 || numbers->size() > 4) return std::nullopt;
    const auto& n = *numbers;
    if (n.size() == 4 && n[3].value < (n[3].is_percent ? 100 : 1)) return std::nullopt;
    if (is_hsl)
      return from_hsl(n[0].value, std::clamp(n[1].value / 100, 0.0, 1.0), std::clamp(n[2].value / 100, 0.0, 1.0));
    const auto full = [](const Number& one) { return one.is_percent ? one.value * 2.55 : one.value; };
    return mixed(full(n[0]), full(n[1]), full(n[2]));
  }
  const auto* found = std::lower_bound(named.begin(), named.end(), text,
                                       [](const auto& one, const std::string& name) { return one.first < name; });
  return found != named.end() && found->first == text ? std::optional(found->second) : std::nullopt;
}

std::optional<Colour> legacy_colour_from(std::string_view text) {
  const auto colour = colour_from(text);
  return colour ? colour : from_hex(to_lower(trim(text)));
}

std::string to_text(Colour colour) { return fmt::format("#{:06x}", colour & 0xFFFFFF); }

double contrast_ratio(Colour one, Colour other) {
  const auto [dark, light] = std::minmax({luminance(one), luminance(other)});
  return (light + 0.05) / (dark + 0.05);
}

bool has_contrast(Colour text, Colour background, bool is_large) {
  return contrast_ratio(text, background) >= (is_large ? 3.0 : 4.5);
}

}  // namespace bb::documents
