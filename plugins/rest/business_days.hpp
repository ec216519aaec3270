// plugins/rest/business_days.hpp - the days on which offices of the United States work: not Saturday, not Sunday, not
// a federal holiday (5 U.S.C. 6103; one that falls on a Saturday is kept on the Friday before, one on a Sunday on the
// Monday after, Executive Order 11582). Days of the presidential inauguration, which are kept in one place alone, work.
#pragma once

#include <chrono>
#include <cstdint>

namespace bb::rest {

bool is_business_day(std::chrono::year_month_day day);

// How many business days lie after the day of the first instant, up to the day of the second; both are days of UTC.
int business_days_between(std::int64_t first_unix_ns, std::int64_t last_unix_ns);

}  // namespace bb::rest
