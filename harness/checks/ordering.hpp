// harness/checks/ordering.hpp - the order of numbers, durations and times as
// suites write them.
#pragma once

#include <compare>
#include <optional>
#include <string>

#include <bb/core/value.hpp>

namespace bb::checks {

// How a found value stands to the bound of `min` or `max`.
struct Order {
  bool has_bound = false;                      // the bound is a number, a duration or a time
  std::optional<std::partial_ordering> order;  // none: the value is no such thing
};
// Times are RFC 3339, a date alone (its first instant), or those of C-CDA
// ("20260102", "202601021530+0100"). `is_duration`: the value is milliseconds.
Order order_of(const Value& value, const Value& bound, bool is_duration);

// A bound, or a duration in milliseconds, for people: "5 s".
std::string shown_bound(const Value& bound, bool is_duration);

}  // namespace bb::checks
