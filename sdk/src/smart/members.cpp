#include "members.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include <bb/core/json.hpp>

namespace bb::smart {

Result<Members> Members::parse(std::string_view json, std::size_t bytes_max, std::string what) {
  if (json.size() > bytes_max)
    return Error{fmt::format("{} has {} bytes, at most {} are read", what, json.size(), bytes_max)};
  auto value = parse_json(json);
  if (!value) return Error{fmt::format("{} is no JSON: {}", what, value.error().what)};
  return of(*std::move(value), std::move(what));
}

Result<Members> Members::of(Value value, std::string what) {
  if (!value.is_object()) return Error{fmt::format("{}: expected an object, got {}", what, value.kind())};
  return Members(std::move(value), std::move(what));
}

Error Members::wrong(std::string_view name, std::string_view expected) const {
  return Error{fmt::format("{}: expected '{}' to be {}, got {}", what_, name, expected, value_[name].kind())};
}

Result<std::string> Members::text(std::string_view name) const {
  const auto& member = value_[name];
  if (member.is_null()) return std::string();
  if (!member.is_string()) return wrong(name, "a string");
  return *member.string();
}

Result<std::string> Members::needed_text(std::string_view name) const {
  BB_TRY(auto text, this->text(name));
  if (text.empty()) return Error{fmt::format("{}: '{}' is missing", what_, name)};
  return text;
}

Result<std::vector<std::string>> Members::texts(std::string_view name) const {
  const auto& member = value_[name];
  if (member.is_null()) return std::vector<std::string>();
  const auto* const items = member.items();
  if (items == nullptr || !std::all_of(items->begin(), items->end(), [](const Value& one) { return one.is_string(); }))
    return wrong(name, "an array of strings");
  return strings_of(member);
}

Result<std::optional<std::int64_t>> Members::seconds(std::string_view name) const {
  constexpr double seconds_max = 1e11;  // 3,000 years
  const auto& member = value_[name];
  if (member.is_null()) return std::optional<std::int64_t>();
  double seconds = member.number();
  if (const auto* const digits = member.string()) {
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    if (digits->empty() || digits->size() > 11 || !std::all_of(digits->begin(), digits->end(), is_digit))
      return wrong(name, "a number");
    seconds = std::stod(*digits);
  } else if (!member.is_number()) {
    return wrong(name, "a number");
  }
  if (!(std::abs(seconds) <= seconds_max)) return Error{fmt::format("{}: '{}' is out of range", what_, name)};
  return std::optional<std::int64_t>(static_cast<std::int64_t>(std::floor(seconds)));
}

Result<std::optional<bool>> Members::truth(std::string_view name) const {
  const auto& member = value_[name];
  if (member.is_null()) return std::optional<bool>();
  if (!member.is_bool()) return wrong(name, "true or false");
  return std::optional<bool>(*member.boolean());
}

const Value::Array& Members::items_of(const Value& value) {
  static const Value::Array none;
  const auto* const items = value.items();
  return items == nullptr ? none : *items;
}

}  // namespace bb::smart
