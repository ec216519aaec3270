// harness/suite/ordering.hpp - the order of numbers, durations and times as
// suites write them.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>

#include <bb/core/value.hpp>

namespace bb::suite {

// How a found value stands to the bound of `min` or `max`.
struct Order {
  bool has_bound = false;                      // the bound is a number, a duration or a time
  std::optional<std::partial_ordering> order;  // none: the value is no such thing
};
// Times are RFC 3339, a date alone (its first instant), or those of C-CDA
// ("20260102", "202601021530+0100"). `is_duration`: the value is milliseconds.
Order order_of(const Value& value, const Value& bound, bool is_duration);

// A duration in milliseconds: a text, or with `is_duration` a whole number.
std::optional<std::int64_t> bound_ms(const Value& value, bool is_duration);

}  // namespace bb::suite
