#include "dates.hpp"

#include <array>
#include <chrono>
#include <optional>

#include <fmt/format.h>

namespace bb::records {
namespace {

// A calendar date and time as far as it is known; the parts are digits.
struct Moment {
  std::string year, month, day, hour, minute, second;
  std::string fraction;  // digits without the point
  std::string offset;    // "+05:00" or empty
};

int number(std::string_view digits) {
  int value = 0;
  for (const char c : digits) value = value * 10 + (c - '0');
  return value;
}

bool is_digits(std::string_view text) {
  for (const char c : text)
    if (c < '0' || c > '9') return false;
  return !text.empty();
}

// Takes `count` digits off the front, or nothing.
std::string take_digits(std::string_view& rest, std::size_t count) {
  if (rest.size() < count || !is_digits(rest.substr(0, count))) return {};
  std::string taken(rest.substr(0, count));
  rest.remove_prefix(count);
  return taken;
}

bool take(std::string_view& rest, char c) {
  if (!rest.starts_with(c)) return false;
  rest.remove_prefix(1);
  return true;
}

bool is_in(const std::string& digits, int low, int high) {
  return digits.empty() || (number(digits) >= low && number(digits) <= high);
}

bool is_calendar_moment(const Moment& m) {
  if (m.year.empty() || number(m.year) == 0 || !is_in(m.month, 1, 12)) return false;
  if (!m.day.empty() && !(std::chrono::year(number(m.year)) / number(m.month) / number(m.day)).ok()) return false;
  return is_in(m.hour, 0, 23) && is_in(m.minute, 0, 59) && is_in(m.second, 0, 60);
}

// "+05:00" of "+0500", "+05:00", "+05"; "+00:00" of "Z".
std::optional<std::string> parse_offset(std::string_view rest) {
  if (rest.empty()) return std::string{};
  if (rest == "Z") return std::string("+00:00");
  const char sign = rest.front();
  if (sign != '+' && sign != '-') return std::nullopt;
  rest.remove_prefix(1);
  const auto hours = take_digits(rest, 2);
  take(rest, ':');
  const auto minutes = rest.empty() ? std::string("00") : take_digits(rest, 2);
  if (hours.empty() || minutes.empty() || !rest.empty() || number(hours) > 14 || number(minutes) > 59)
    return std::nullopt;
  return fmt::format("{}{}:{}", sign, hours, minutes);
}

std::optional<Moment> finish(Moment m, std::string_view rest) {
  const auto offset = parse_offset(rest);
  if (!offset || !is_calendar_moment(m)) return std::nullopt;
  m.offset = m.hour.empty() ? std::string{} : *offset;
  return m;
}

std::string take_fraction(std::string_view& rest) {
  if (!take(rest, '.')) return {};
  std::string digits;
  while (!rest.empty() && is_digits(rest.substr(0, 1))) {
    digits += rest.front();
    rest.remove_prefix(1);
  }
  return digits;
}

std::optional<Moment> parse_hl7(std::string_view rest) {
  Moment m;
  m.year = take_digits(rest, 4);
  for (auto* part : {&m.month, &m.day, &m.hour, &m.minute, &m.second}) {
    *part = take_digits(rest, 2);
    if (part->empty()) break;
  }
  if (!m.second.empty()) m.fraction = take_fraction(rest);
  return finish(std::move(m), rest);
}

std::optional<Moment> parse_iso(std::string_view rest) {
  Moment m;
  m.year = take_digits(rest, 4);
  if (take(rest, '-')) {
    m.month = take_digits(rest, 2);
    if (m.month.empty()) return std::nullopt;
    if (take(rest, '-')) {
      m.day = take_digits(rest, 2);
      if (m.day.empty()) return std::nullopt;
      if (take(rest, 'T')) {
        m.hour = take_digits(rest, 2);
        if (m.hour.empty()) return std::nullopt;
        if (take(rest, ':')) m.minute = take_digits(rest, 2);
        if (!m.minute.empty() && take(rest, ':')) m.second = take_digits(rest, 2);
        if (!m.second.empty()) m.fraction = take_fraction(rest);
      }
    }
  }
  return finish(std::move(m), rest);
}

std::string print_iso(const Moment& m) {
  std::string out = m.year;
  if (!m.month.empty()) out += "-" + m.month;
  if (!m.day.empty()) out += "-" + m.day;
  if (!m.hour.empty()) out += "T" + m.hour;
  if (!m.minute.empty()) out += ":" + m.minute;
  if (!m.second.empty()) out += ":" + m.second;
  if (!m.fraction.empty()) out += "." + m.fraction;
  return out + m.offset;
}

}  // namespace

std::string iso_from_hl7(std::string_view timestamp) {
  if (const auto moment = parse_hl7(timestamp)) return print_iso(*moment);
  if (const auto moment = parse_iso(timestamp)) return print_iso(*moment);
  return {};
}

std::string iso_date(std::string_view text) {
  const auto moment = parse_iso(text);
  return moment ? print_iso(*moment) : std::string();
}

std::string hl7_from_iso(std::string_view iso) {
  const auto m = parse_iso(iso);
  if (!m) return {};
  std::string out = m->year + m->month + m->day + m->hour + m->minute + m->second;
  if (!m->fraction.empty()) out += "." + m->fraction;
  std::string offset = m->offset;
  std::erase(offset, ':');
  return out + offset;
}

std::string date_for_people(std::string_view iso) {
  constexpr std::array<const char*, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                               "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto m = parse_iso(iso);
  if (!m) return std::string(iso);
  std::string out = m->year;
  if (!m->month.empty()) out = std::string(months[static_cast<std::size_t>(number(m->month) - 1)]) + " " + out;
  if (!m->day.empty()) out = m->day + " " + out;
  if (!m->hour.empty()) out += " @ " + m->hour + (m->minute.empty() ? "00" : m->minute);
  return m->offset.empty() ? out : out + " " + m->offset;
}

std::string fhir_date_time(std::string_view iso) {
  auto m = parse_iso(iso);
  if (!m) return {};
  if (m->offset.empty() || m->minute.empty()) {
    m->hour.clear();
    m->minute.clear();
    m->second.clear();
    m->fraction.clear();
    m->offset.clear();
  } else if (m->second.empty()) {
    m->second = "00";
  }
  return print_iso(*m);
}

}  // namespace bb::records
