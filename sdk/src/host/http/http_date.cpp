#include "http_date.hpp"

#include <algorithm>
#include <array>
#include <string>

#include <bb/core/time.hpp>

namespace bb::host {
namespace {

constexpr std::array<std::string_view, 12> months_of_http{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

}  // namespace

std::optional<std::int64_t> parse_http_date(std::string_view text) {
  if (text.size() != 29 || text.substr(25) != " GMT") return std::nullopt;
  const auto month = std::find(months_of_http.begin(), months_of_http.end(), text.substr(8, 3));
  if (month == months_of_http.end()) return std::nullopt;
  const auto number = std::to_string(month - months_of_http.begin() + 1);
  return parse_time(std::string(text.substr(12, 4)) + "-" + (number.size() == 1 ? "0" : "") + number + "-" +
                    std::string(text.substr(5, 2)) + "T" + std::string(text.substr(17, 8)) + "Z");
}

}  // namespace bb::host
