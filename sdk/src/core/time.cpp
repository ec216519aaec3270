#include <bb/core/time.hpp>

#include <fmt/format.h>

#include <chrono>
#include <ctime>

namespace bb {
namespace {

using std::chrono::days;
using std::chrono::sys_days;

struct Cursor {
  std::string_view text;
  bool is_good = true;

  std::int64_t digits(std::size_t count) {
    std::int64_t value = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (text.empty() || text.front() < '0' || text.front() > '9') {
        is_good = false;
        return 0;
      }
      value = value * 10 + (text.front() - '0');
      text.remove_prefix(1);
    }
    return value;
  }
  bool accept(char c) {
    if (text.empty() || text.front() != c) return false;
    text.remove_prefix(1);
    return true;
  }
  void expect(char c) { is_good = accept(c) && is_good; }
};

struct Civil {
  int year, month, day, hour, minute, second, millisecond;
};

Civil to_civil(std::int64_t unix_ns) {
  using namespace std::chrono;
  const auto whole = floor<milliseconds>(nanoseconds(unix_ns));
  const auto date = floor<days>(sys_time<milliseconds>(whole));
  const year_month_day ymd(date);
  const hh_mm_ss time(sys_time<milliseconds>(whole) - date);
  return {static_cast<int>(ymd.year()),
          static_cast<int>(static_cast<unsigned>(ymd.month())),
          static_cast<int>(static_cast<unsigned>(ymd.day())),
          static_cast<int>(time.hours().count()),
          static_cast<int>(time.minutes().count()),
          static_cast<int>(time.seconds().count()),
          static_cast<int>(time.subseconds().count())};
}

}  // namespace

std::int64_t now_unix_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now().time_since_epoch())
      .count();
}

std::int64_t monotonic_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

std::string format_utc(std::int64_t unix_ns) {
  const auto c = to_civil(unix_ns);
  std::string text = "0000-00-00T00:00:00.000Z";
  // Written digit by digit: every event of a run carries such a time.
  const auto put = [&text](std::size_t end, int number) {
    for (; number > 0; number /= 10) text[--end] = static_cast<char>('0' + number % 10);
  };
  put(4, c.year);
  put(7, c.month);
  put(10, c.day);
  put(13, c.hour);
  put(16, c.minute);
  put(19, c.second);
  put(23, c.millisecond);
  return text;
}

std::string format_date(std::int64_t unix_ns) { return format_utc(unix_ns).substr(0, 10); }

std::optional<std::int64_t> parse_time(std::string_view text) {
  using namespace std::chrono;
  Cursor in{text};
  const auto y = in.digits(4);
  in.expect('-');
  const auto m = in.digits(2);
  in.expect('-');
  const auto d = in.digits(2);
  const year_month_day date{year(static_cast<int>(y)), month(static_cast<unsigned>(m)), day(static_cast<unsigned>(d))};
  // Nanoseconds in 64 bits reach from 1677 to 2262.
  if (!in.is_good || !date.ok() || y < 1678 || y > 2261) return std::nullopt;
  std::int64_t ns = duration_cast<nanoseconds>(sys_days(date).time_since_epoch()).count();
  if (in.text.empty()) return ns;

  if (!in.accept('T')) in.expect('t');
  const auto hour = in.digits(2);
  in.expect(':');
  const auto minute = in.digits(2);
  in.expect(':');
  const auto second = in.digits(2);
  if (hour > 23 || minute > 59 || second > 60) return std::nullopt;
  ns += ((hour * 60 + minute) * 60 + second) * ns_per_second;
  if (in.accept('.')) {
    std::int64_t unit = ns_per_second;
    int count = 0;
    while (!in.text.empty() && in.text.front() >= '0' && in.text.front() <= '9') {
      const auto digit = in.digits(1);
      unit /= 10;
      ns += digit * unit;  // digits beyond nanoseconds add nothing
      ++count;
    }
    if (count == 0) return std::nullopt;
  }
  if (!in.accept('Z') && !in.accept('z')) {
    const bool is_east = in.accept('+');
    if (!is_east) in.expect('-');
    const auto offset_hours = in.digits(2);
    in.expect(':');
    const auto offset_minutes = in.digits(2);
    if (offset_hours > 23 || offset_minutes > 59) return std::nullopt;
    const auto offset = (offset_hours * 60 + offset_minutes) * 60 * ns_per_second;
    ns += is_east ? -offset : offset;
  }
  if (!in.is_good || !in.text.empty()) return std::nullopt;
  return ns;
}

std::optional<std::int64_t> parse_duration_ms(std::string_view text) {
  constexpr std::int64_t count_max = 1'000'000'000;
  std::int64_t count = 0;
  std::size_t digits = 0;
  while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9') {
    count = count * 10 + (text[digits++] - '0');
    if (count > count_max) return std::nullopt;
  }
  const auto unit = text.substr(digits);
  if (digits == 0) return std::nullopt;
  if (unit == "ms") return count;
  if (unit == "s") return count * 1000;
  if (unit == "m") return count * 60'000;
  if (unit == "h") return count * 3'600'000;
  if (unit == "d") return count * 86'400'000;
  return std::nullopt;
}

std::string format_duration(std::int64_t ms) {
  if (ms < 1000) return fmt::format("{} ms", ms);
  if (ms < 60'000) return fmt::format("{:.1f} s", static_cast<double>(ms) / 1000.0);
  if (ms < 3'600'000) return fmt::format("{} min {} s", ms / 60'000, ms / 1000 % 60);
  return fmt::format("{} h {} min", ms / 3'600'000, ms / 60'000 % 60);
}

}  // namespace bb
