#include <bb/direct/mail_date.hpp>

#include <array>
#include <ctime>
#include <string_view>

#include <fmt/format.h>
#include <bb/core/time.hpp>

namespace bb::direct {

std::string mail_date(std::int64_t unix_ns) {
  constexpr std::array<std::string_view, 7> days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto seconds = static_cast<std::time_t>(unix_ns / ns_per_second);
  std::tm t{};
  gmtime_r(&seconds, &t);
  return fmt::format("{}, {} {} {:04} {:02}:{:02}:{:02} +0000", days.at(static_cast<std::size_t>(t.tm_wday)), t.tm_mday,
                     months.at(static_cast<std::size_t>(t.tm_mon)), t.tm_year + 1900, t.tm_hour, t.tm_min, t.tm_sec);
}

}  // namespace bb::direct
