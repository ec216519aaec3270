#include <bb/direct/mail_date.hpp>

#include <algorithm>
#include <array>
#include <ctime>

#include <fmt/format.h>
#include <bb/core/text.hpp>
#include <bb/core/time.hpp>

namespace bb::direct {
namespace {

constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

// "+0200" as RFC 3339 has it; empty for another.
std::string zone_of(const std::string& word) {
  if (iequals(word, "GMT") || iequals(word, "UT")) return "Z";
  if (word.size() != 5) return {};
  return word.substr(0, 3) + ":" + word.substr(3);
}

}  // namespace

std::string mail_date(std::int64_t unix_ns) {
  constexpr std::array<std::string_view, 7> days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  const auto seconds = static_cast<std::time_t>(unix_ns / ns_per_second);
  std::tm t{};
  gmtime_r(&seconds, &t);
  return fmt::format("{}, {} {} {:04} {:02}:{:02}:{:02} +0000", days.at(static_cast<std::size_t>(t.tm_wday)), t.tm_mday,
                     months.at(static_cast<std::size_t>(t.tm_mon)), t.tm_year + 1900, t.tm_hour, t.tm_min, t.tm_sec);
}

std::optional<std::int64_t> parse_mail_date(std::string_view text) {
  text = text.substr(0, text.find('('));
  if (const auto day = text.find(','); day != std::string_view::npos) text.remove_prefix(day + 1);
  auto words = split(replace_all(text, "\t", " "), ' ');
  std::erase(words, "");
  if (words.size() != 5) return std::nullopt;
  const auto month = std::find_if(months.begin(), months.end(), [&](auto name) { return iequals(name, words[1]); });
  if (month == months.end() || words[0].size() > 2) return std::nullopt;
  const std::string clock = words[3].size() == 5 ? words[3] + ":00" : words[3];
  return parse_time(
      fmt::format("{}-{:02}-{:0>2}T{}{}", words[2], month - months.begin() + 1, words[0], clock, zone_of(words[4])));
}

}  // namespace bb::direct
