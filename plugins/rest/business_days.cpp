#include "business_days.hpp"

namespace bb::rest {
namespace {

using namespace std::chrono;

bool is_weekend(sys_days day) {
  const weekday of_week(day);
  return of_week == Saturday || of_week == Sunday;
}

// On the working day nearest to it.
bool is_kept_on(sys_days day, sys_days holiday) {
  const weekday of_week(holiday);
  if (of_week == Saturday) return day == holiday - days(1);
  if (of_week == Sunday) return day == holiday + days(1);
  return day == holiday;
}

bool is_holiday(sys_days day) {
  const auto in = year_month_day(day).year();
  constexpr int first_juneteenth = 2021;
  if (is_kept_on(day, in / January / 1) || is_kept_on(day, (in + years(1)) / January / 1) ||
      is_kept_on(day, in / July / 4) || is_kept_on(day, in / November / 11) || is_kept_on(day, in / December / 25))
    return true;
  if (static_cast<int>(in) >= first_juneteenth && is_kept_on(day, in / June / 19)) return true;
  return day == sys_days(in / January / Monday[3]) || day == sys_days(in / February / Monday[3]) ||
         day == sys_days(in / May / Monday[last]) || day == sys_days(in / September / Monday[1]) ||
         day == sys_days(in / October / Monday[2]) || day == sys_days(in / November / Thursday[4]);
}

sys_days day_of(std::int64_t unix_ns) { return floor<days>(sys_time<nanoseconds>(nanoseconds(unix_ns))); }

}  // namespace

bool is_business_day(year_month_day day) { return !is_weekend(day) && !is_holiday(day); }

int business_days_between(std::int64_t first_unix_ns, std::int64_t last_unix_ns) {
  int count = 0;
  for (auto day = day_of(first_unix_ns) + days(1); day <= day_of(last_unix_ns); day += days(1))
    if (is_business_day(day)) ++count;
  return count;
}

}  // namespace bb::rest
