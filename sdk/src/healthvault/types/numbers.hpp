// numbers.hpp - numbers as the types write them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace bb::healthvault::types {

// A finite number of xs:double, whole text; nothing for any other.
std::optional<double> number_of(std::string_view text);

// A whole number from `low` to `high`, in digits alone.
std::optional<int> integer_of(std::string_view text, int low, int high);

// Twelve digits at most, no exponent where it can be.
std::string text_of(double number);

// Half of what the last digit stands for: 0.5 of "132", 0.05 of "7.4".
double half_of_last_digit(std::string_view text);

}  // namespace bb::healthvault::types
