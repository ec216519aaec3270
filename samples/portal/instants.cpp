#include "portal/instants.hpp"

#include <bb/core/time.hpp>

namespace bb::portal {
namespace {

constexpr std::size_t day_length = 10;  // "2012-08-06"
constexpr std::int64_t ns_per_day = 86'400 * ns_per_second;

}  // namespace

std::optional<Instants> instants_of(const std::string& date) {
  if (date.size() > day_length) {
    auto at = parse_time(date);
    if (!at) at = parse_time(date + "Z");  // a time without an offset
    if (!at) return instants_of(date.substr(0, day_length));
    return Instants{*at, *at};
  }
  if (date.size() == day_length) {
    const auto at = parse_time(date);
    if (!at) return std::nullopt;
    return Instants{*at, *at + ns_per_day - 1};
  }
  if (date.size() == 7) {
    const auto first = parse_time(date + "-01");
    if (!first) return std::nullopt;
    auto next = *first + 28 * ns_per_day;
    while (format_date(next).substr(0, 7) == date) next += ns_per_day;
    return Instants{*first, next - 1};
  }
  if (date.size() == 4) {
    const auto first = parse_time(date + "-01-01");
    const auto last = parse_time(date + "-12-31");
    if (!first || !last) return std::nullopt;
    return Instants{*first, *last + ns_per_day - 1};
  }
  return std::nullopt;
}

}  // namespace bb::portal
