#include <bb/healthvault/date_time.hpp>

#include <fmt/format.h>

#include <limits>

#include <bb/core/time.hpp>

namespace bb::healthvault {

std::optional<std::int64_t> date_time_ns(std::string_view text) {
  constexpr std::string_view form = "0000-00-00T00:00:00";
  if (text.size() < form.size() || text[10] != 'T' || text.back() == 'z') return std::nullopt;
  std::string whole{text};
  const auto zone = text.find_first_of("Z+-", form.size());
  if (zone == std::string_view::npos) whole += 'Z';
  // "9999-12-31T23:59:59.999Z" is what never expires; 64 bits reach to 2262 (bb/core/time.hpp).
  // The Gregorian calendar repeats after 400 years, so the rest is checked in another year.
  const auto year = text.substr(0, 4);
  std::optional<std::int64_t> beyond;
  if (year > "2261" && year <= "9999") beyond = std::numeric_limits<std::int64_t>::max();
  if (year >= "0001" && year < "1678") beyond = std::numeric_limits<std::int64_t>::min();
  if (beyond) {
    for (const char digit : year)
      if (digit < '0' || digit > '9') return std::nullopt;
    const int same = std::stoi(std::string{year}) % 400 + 1600;
    whole.replace(0, 4, std::to_string(same < 1678 ? same + 400 : same));
  }
  // XML Schema Part 2, 3.2.7: the end of a day may be its hour 24.
  constexpr std::string_view end_of_day = "T24:00:00";
  const bool is_end_of_day = std::string_view(whole).substr(10).starts_with(end_of_day);
  if (is_end_of_day) {
    const auto fraction_end = whole.find_first_of("Z+-", form.size());
    if (whole.find_first_not_of(".0", form.size()) != fraction_end) return std::nullopt;
    whole.replace(10, end_of_day.size(), "T00:00:00");
  }
  const auto ns = parse_time(whole);
  if (!ns) return std::nullopt;
  if (beyond) return beyond;
  return is_end_of_day ? *ns + 24 * 60 * 60 * ns_per_second : *ns;
}

std::string date_time(std::int64_t unix_ns) { return format_utc(unix_ns); }

std::string numbered_date_time(std::int64_t unix_ns, std::uint64_t number) {
  auto text = format_utc(unix_ns);
  text.insert(text.size() - 1, fmt::format("{:04}", number % 10'000));
  return text;
}

}  // namespace bb::healthvault
