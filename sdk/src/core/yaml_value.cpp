// Scalars by the core schema: YAML 1.2.2, section 10.3.2.
#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

#include <bb/core/yaml.hpp>

#include "yaml_tree.hpp"

namespace bb {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

struct Digits {
  std::string_view text;
  int base = 10;
  bool is_negative = false;
};

// The digits of a core schema integer, or nothing.
std::optional<Digits> integer_digits(std::string_view text) {
  if (text.starts_with("0o") || text.starts_with("0x")) {
    const int base = text[1] == 'o' ? 8 : 16;
    const std::string_view digits = text.substr(2);
    const std::string_view allowed = base == 8 ? "01234567" : "0123456789abcdefABCDEF";
    if (digits.empty() || digits.find_first_not_of(allowed) != std::string_view::npos) return std::nullopt;
    return Digits{digits, base, false};
  }
  Digits digits{text, 10, text.starts_with('-')};
  if (text.starts_with('-') || text.starts_with('+')) digits.text.remove_prefix(1);
  if (digits.text.empty() || !std::all_of(digits.text.begin(), digits.text.end(), is_digit)) return std::nullopt;
  return digits;
}

// Nothing for a decimal that does not fit: as a float it is rounded once.
std::optional<Value> to_integer(const Digits& digits) {
  constexpr auto positive_max = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  std::uint64_t magnitude = 0;
  const auto [end, problem] =
      std::from_chars(digits.text.data(), digits.text.data() + digits.text.size(), magnitude, digits.base);
  if (problem == std::errc{} && magnitude <= positive_max) {
    const auto value = static_cast<std::int64_t>(magnitude);
    return Value(digits.is_negative ? -value : value);
  }
  if (problem == std::errc{} && digits.is_negative && magnitude == positive_max + 1)
    return Value(std::numeric_limits<std::int64_t>::min());
  if (digits.base == 10) return std::nullopt;
  double number = 0;
  for (const char c : digits.text) number = number * digits.base + (is_digit(c) ? c - '0' : (c | 0x20) - 'a' + 10);
  return Value(number);
}

std::optional<double> to_float(std::string_view text) {
  const bool is_negative = text.starts_with('-');
  std::string_view body = text;
  if (is_negative || text.starts_with('+')) body.remove_prefix(1);
  if (body == ".inf" || body == ".Inf" || body == ".INF") {
    const double infinity = std::numeric_limits<double>::infinity();
    return is_negative ? -infinity : infinity;
  }
  if (text == ".nan" || text == ".NaN" || text == ".NAN") return std::numeric_limits<double>::quiet_NaN();
  const bool begins_well =
      !body.empty() && (is_digit(body[0]) || (body[0] == '.' && body.size() > 1 && is_digit(body[1])));
  if (!begins_well) return std::nullopt;
  double value = 0;
  const auto [end, problem] = std::from_chars(body.data(), body.data() + body.size(), value);
  if (end != body.data() + body.size() || problem == std::errc::invalid_argument) return std::nullopt;
  if (problem == std::errc::result_out_of_range)
    value = body.find("e-") == std::string_view::npos && body.find("E-") == std::string_view::npos
                ? std::numeric_limits<double>::infinity()
                : 0;
  return is_negative ? -value : value;
}

Value scalar_value(const YamlNode& node) {
  const std::string& text = node.text;
  if (node.is_quoted) return text;
  if (yaml::is_null_word(text)) return nullptr;
  const char first = text.front();
  if (first == 't' || first == 'T' || first == 'f' || first == 'F') {
    if (text == "true" || text == "True" || text == "TRUE") return true;
    if (text == "false" || text == "False" || text == "FALSE") return false;
    return text;
  }
  if (!is_digit(first) && first != '-' && first != '+' && first != '.') return text;
  if (const auto digits = integer_digits(text))
    if (auto integer = to_integer(*digits)) return *std::move(integer);
  if (const auto number = to_float(text)) return *number;
  return text;
}

}  // namespace

Value to_value(const YamlNode& node) {
  switch (node.kind) {
    case YamlNode::Kind::scalar:
      return scalar_value(node);
    case YamlNode::Kind::list: {
      Value::Array items;
      items.reserve(node.items.size());
      for (const auto& item : node.items) items.push_back(to_value(item));
      return items;
    }
    case YamlNode::Kind::map: {
      Value::Object members;
      members.reserve(node.members.size());
      for (const auto& member : node.members) members.push_back({member.key, to_value(member.value)});
      return members;
    }
  }
  return nullptr;
}

}  // namespace bb
