#include "numbers.hpp"

#include <charconv>
#include <cmath>

#include <fmt/format.h>

namespace bb::healthvault::types {

std::optional<double> number_of(std::string_view text) {
  // from_chars also takes "inf" and "nan", and no "+".
  if (text.find_first_not_of("0123456789.-eE+") != std::string_view::npos) return std::nullopt;
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(number)) return std::nullopt;
  return number;
}

std::optional<int> integer_of(std::string_view text, int low, int high) {
  int number = 0;
  if (text.empty() || text.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || number < low || number > high) return std::nullopt;
  return number;
}

std::string text_of(double number) { return fmt::format("{:.12g}", number); }

double half_of_last_digit(std::string_view text) {
  const auto mantissa = text.substr(0, text.find_first_of("eE"));
  const auto point = mantissa.find('.');
  const auto places = point == std::string_view::npos ? 0 : mantissa.size() - point - 1;
  return 0.5 * std::pow(10.0, -static_cast<double>(places));
}

}  // namespace bb::healthvault::types
