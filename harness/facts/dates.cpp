#include "harness/facts/dates.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <bb/core/text.hpp>
#include <bb/core/time.hpp>
#include <bb/records/record.hpp>

namespace bb::facts {
namespace {

constexpr std::size_t length_of(Precision precision) {
  switch (precision) {
    case Precision::none:
      return 0;
    case Precision::year:
      return 4;
    case Precision::month:
      return 7;
    case Precision::day:
      return 10;
    case Precision::minute:
      return 16;
    case Precision::second:
      return 19;
  }
  return 0;
}

bool are_digits(std::string_view text, std::size_t from, std::size_t count) {
  if (text.size() < from + count) return false;
  return std::all_of(text.begin() + static_cast<std::ptrdiff_t>(from),
                     text.begin() + static_cast<std::ptrdiff_t>(from + count),
                     [](char c) { return c >= '0' && c <= '9'; });
}

bool has_zone(std::string_view iso) {
  return iso.size() > length_of(Precision::minute) &&
         (iso.ends_with('Z') || iso.find_first_of("+-", 16) != std::string_view::npos);
}

// The instant in UTC, as text to the minute; empty where it cannot be computed.
std::string in_utc(std::string_view iso) {
  std::string full(iso);
  if (!are_digits(full, 17, 2) || full[16] != ':') full.insert(16, ":00");
  const auto instant = parse_time(full);
  return instant ? format_utc(*instant).substr(0, length_of(Precision::minute)) : std::string{};
}

constexpr std::array<std::string_view, 12> months{"January",   "February", "March",    "April",
                                                  "May",       "June",     "July",     "August",
                                                  "September", "October",  "November", "December"};

}  // namespace

Precision precision_of(std::string_view iso) {
  if (!are_digits(iso, 0, 4)) return Precision::none;
  if (iso.size() == 4) return Precision::year;
  if (iso[4] != '-' || !are_digits(iso, 5, 2)) return Precision::none;
  if (iso.size() == 7) return Precision::month;
  if (iso[7] != '-' || !are_digits(iso, 8, 2)) return Precision::none;
  if (iso.size() == 10) return Precision::day;
  if (iso[10] != 'T' || !are_digits(iso, 11, 2)) return Precision::none;
  if (iso.size() < 16 || !are_digits(iso, 14, 2)) return Precision::day;
  return iso.size() >= 19 && iso[16] == ':' && are_digits(iso, 17, 2) ? Precision::second : Precision::minute;
}

std::string_view cut(std::string_view iso, Precision precision) { return iso.substr(0, length_of(precision)); }

bool dates_agree(std::string_view a, std::string_view b, Precision held, bool has_zones) {
  if (a == b) return true;
  const auto a_held = std::min(precision_of(a), held);
  const auto b_held = std::min(precision_of(b), held);
  const auto poorer = std::min(a_held, b_held);
  if (poorer == Precision::none) return false;
  if (has_zones && poorer >= Precision::minute && has_zone(a) && has_zone(b)) {
    const auto a_utc = in_utc(a);
    return !a_utc.empty() && a_utc == in_utc(b) && (poorer == Precision::minute || a.substr(16, 3) == b.substr(16, 3));
  }
  return cut(a, poorer) == cut(b, poorer) && (a_held == b_held || poorer >= Precision::day);
}

bool is_month(std::string_view word) {
  return word.size() >= 3 && std::any_of(months.begin(), months.end(), [&](std::string_view month) {
           return iequals(word, month) || iequals(word, month.substr(0, 3));
         });
}

std::vector<std::string> spellings_of(std::string_view iso) {
  const auto precision = std::min(precision_of(iso), Precision::day);
  if (precision == Precision::none) return {std::string(iso)};
  const std::string date(cut(iso, precision));
  const auto year = date.substr(0, 4);
  std::vector<std::string> out{date, records::date_for_people(date)};
  if (precision == Precision::year) return out;
  const auto number = (date[5] - '0') * 10 + (date[6] - '0');
  if (number < 1 || number > 12) return out;
  const auto month = months[static_cast<std::size_t>(number - 1)];
  if (precision == Precision::month) {
    out.push_back(fmt::format("{} {}", month, year));
    out.push_back(fmt::format("{:02}/{}", number, year));
    out.push_back(fmt::format("{}/{}", number, year));
    return out;
  }
  const auto day = (date[8] - '0') * 10 + (date[9] - '0');
  for (const auto name : {month, month.substr(0, 3)}) {
    out.push_back(fmt::format("{} {} {}", day, name, year));
    out.push_back(fmt::format("{:02} {} {}", day, name, year));
    out.push_back(fmt::format("{} {}, {}", name, day, year));
    out.push_back(fmt::format("{} {:02}, {}", name, day, year));
  }
  out.push_back(fmt::format("{:02}/{:02}/{}", number, day, year));
  out.push_back(fmt::format("{}/{}/{}", number, day, year));
  out.push_back(fmt::format("{:02}-{:02}-{}", number, day, year));
  out.push_back(fmt::format("{}{:02}{:02}", year, number, day));
  return out;
}

}  // namespace bb::facts
