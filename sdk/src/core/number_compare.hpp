// number_compare.hpp - the order of two JSON numbers, exact for 64-bit integers.
#pragma once

#include <compare>

#include <bb/core/value.hpp>

namespace bb {

inline std::partial_ordering compare_numbers(const Value& a, const Value& b) {
  if (a.is_integer() && b.is_integer()) return *a.integer() <=> *b.integer();
  return a.number() <=> b.number();
}

}  // namespace bb
