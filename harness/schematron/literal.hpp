// harness/schematron/literal.hpp - the texts in quotes of XPath.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace bb::schematron {

// The text in quotes that `rest` begins with; `rest` then begins behind it.
// Nothing, and `rest` as it was, where it begins with none or that has no end.
inline std::optional<std::string> take_literal(std::string_view& rest) {
  if (rest.empty() || (rest[0] != '\'' && rest[0] != '"')) return std::nullopt;
  const auto end = rest.find(rest[0], 1);
  if (end == std::string_view::npos) return std::nullopt;
  std::string text(rest.substr(1, end - 1));
  rest.remove_prefix(end + 1);
  return text;
}

}  // namespace bb::schematron
