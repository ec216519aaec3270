#include "harness/suite/ordering.hpp"

#include <algorithm>
#include <charconv>

#include <bb/core/json.hpp>
#include <bb/core/text.hpp>
#include <bb/core/time.hpp>

namespace bb::suite {
namespace {

// HL7 V3 TS: YYYYMMDD[HHMM[SS[.f]]][+ZZZZ] as RFC 3339; other texts unchanged.
std::string to_rfc3339(std::string_view text) {
  const auto digits = std::min(text.find_first_not_of("0123456789"), text.size());
  if (digits != 8 && digits != 12 && digits != 14) return std::string(text);
  const auto part = [&](std::size_t begin) { return std::string(text.substr(begin, 2)); };
  std::string out = std::string(text.substr(0, 4)) + "-" + part(4) + "-" + part(6);
  if (digits == 8) return text.size() == 8 ? out : std::string(text);
  out += "T" + part(8) + ":" + part(10) + ":" + (digits == 14 ? part(12) : std::string("00"));
  std::string_view rest = text.substr(digits);
  if (rest.starts_with('.')) rest.remove_prefix(std::min(rest.find_first_of("+-"), rest.size()));
  if (rest.empty()) return out + "Z";
  if (rest.size() != 5) return std::string(text);
  return out + std::string(rest.substr(0, 3)) + ":" + std::string(rest.substr(3));
}

std::optional<double> number_of(const Value& value) {
  if (value.is_number()) return value.number();
  const auto* text = value.string();
  if (!text) return std::nullopt;
  const auto parsed = parse_json(trim(*text));
  return parsed && parsed->is_number() ? std::optional(parsed->number()) : std::nullopt;
}

std::optional<std::int64_t> time_of(const Value& value) {
  const auto* text = value.string();
  return text ? parse_time(to_rfc3339(trim(*text))) : std::nullopt;
}

template <class T>
Order compare(const std::optional<T>& value, T bound) {
  if (!value) return {true, std::nullopt};
  return {true, *value <=> bound};
}

}  // namespace

std::optional<std::int64_t> bound_ms(const Value& value, bool is_duration) {
  if (is_duration && value.is_integer()) return *value.integer();
  const auto* text = value.string();
  return text ? parse_duration_ms(trim(*text)) : std::nullopt;
}

Order order_of(const Value& value, const Value& bound, bool is_duration) {
  if (const auto duration = bound_ms(bound, is_duration)) return compare(bound_ms(value, is_duration), *duration);
  // "20260102" is a time and a number: a time beside another time.
  const auto time = time_of(bound);
  if (time && (time_of(value) || !number_of(value))) return compare(time_of(value), *time);
  if (const auto number = number_of(bound)) return compare(number_of(value), *number);
  return {time.has_value(), std::nullopt};
}

}  // namespace bb::suite
