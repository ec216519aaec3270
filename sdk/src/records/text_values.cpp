#include "text_values.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <bb/core/text.hpp>

#include "code_systems.hpp"
#include "dates.hpp"

namespace bb::records {
namespace {

constexpr std::array<std::string_view, 12> months{"jan", "feb", "mar", "apr", "may", "jun",
                                                  "jul", "aug", "sep", "oct", "nov", "dec"};

bool is_digits(std::string_view text, std::size_t count_min, std::size_t count_max) {
  return text.size() >= count_min && text.size() <= count_max &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::string two(std::string_view digits) {
  return digits.size() == 1 ? "0" + std::string(digits) : std::string(digits);
}

std::string_view take_word(std::string_view& rest) {
  rest = trim(rest);
  const auto end = std::min(rest.find(' '), rest.size());
  const auto word = rest.substr(0, end);
  rest.remove_prefix(end);
  rest = trim(rest);
  return word;
}

std::optional<std::string> month_of(std::string_view word) {
  const auto lower = to_lower(word.substr(0, 3));
  const auto at = std::find(months.begin(), months.end(), lower);
  if (at == months.end() || word.size() < 3) return std::nullopt;
  return fmt::format("{:02}", at - months.begin() + 1);
}

// "0602", "06:02", "5:10 AM" as "06:02".
std::optional<std::string> time_of(std::string_view text) {
  text = trim(text);
  const bool is_afternoon = text.size() > 2 && iequals(text.substr(text.size() - 2), "PM");
  const bool is_morning = text.size() > 2 && iequals(text.substr(text.size() - 2), "AM");
  if (is_afternoon || is_morning) text = trim(text.substr(0, text.size() - 2));
  const auto colon = text.find(':');
  auto hour =
      colon == std::string_view::npos ? text.substr(0, text.size() < 2 ? 0 : text.size() - 2) : text.substr(0, colon);
  auto minute = colon == std::string_view::npos ? text.substr(hour.size()) : text.substr(colon + 1);
  if (!is_digits(hour, 1, 2) || !is_digits(minute, 2, 2)) return std::nullopt;
  auto hours = hour.size() == 1 ? hour[0] - '0' : (hour[0] - '0') * 10 + hour[1] - '0';
  if ((is_afternoon || is_morning) && (hours < 1 || hours > 12)) return std::nullopt;
  if (is_afternoon && hours < 12) hours += 12;
  if (is_morning && hours == 12) hours = 0;
  return fmt::format("{:02}:{}", hours, minute);
}

// The calendar date at the start of `rest`, taken off it.
std::string take_date(std::string_view& rest) {
  auto after = rest;
  const auto first = take_word(after);
  if (const auto slash = first.find('/'); slash != std::string_view::npos) {
    const auto second = first.find('/', slash + 1);
    if (second == std::string_view::npos) return {};
    const auto month = first.substr(0, slash), day = first.substr(slash + 1, second - slash - 1),
               year = first.substr(second + 1);
    if (!is_digits(month, 1, 2) || !is_digits(day, 1, 2) || !is_digits(year, 4, 4)) return {};
    rest = after;
    return fmt::format("{}-{}-{}", year, two(month), two(day));
  }
  if (is_digits(first, 4, 4)) {
    rest = after;
    return std::string(first);
  }
  std::string day;
  auto word = first;
  if (is_digits(first, 1, 2)) {
    day = two(first);
    word = take_word(after);
  }
  const auto month = month_of(word);
  const auto year = take_word(after);
  if (!month || !is_digits(year, 4, 4)) return {};
  rest = after;
  return std::string(year) + "-" + *month + (day.empty() ? "" : "-" + day);
}

struct Flag {
  std::string_view words, code;
};
// The words of VA laboratory results; codes of HL7 v3 ObservationInterpretation.
constexpr std::array<Flag, 9> flags{{{"Critical High", "HH"},
                                     {"Critical Low", "LL"},
                                     {"High", "H"},
                                     {"Low", "L"},
                                     {"Abnormal", "A"},
                                     {"Normal", "N"},
                                     {"Resistant", "R"},
                                     {"Susceptible", "S"},
                                     {"Intermediate", "I"}}};

bool is_quantity(std::string_view text) {
  constexpr std::string_view signs = "0123456789.,/-+<>=";
  return !text.empty() && text.find_first_not_of(signs) == std::string_view::npos &&
         text.find_first_of("0123456789") != std::string_view::npos;
}

}  // namespace

std::string date_of_text(std::string_view text) {
  if (is_null_text(text)) return {};
  auto rest = trim(text);
  if (!iso_date(rest).empty() && rest.size() != 4) return iso_date(rest);
  auto iso = take_date(rest);
  if (iso.empty()) return std::string(trim(text));
  rest = trim(rest);
  if (rest.starts_with('@')) rest = trim(rest.substr(1));
  std::string offset;
  if (const auto blank = rest.rfind(' ');
      blank != std::string_view::npos && (rest[blank + 1] == '+' || rest[blank + 1] == '-')) {
    offset = rest.substr(blank + 1);
    rest = trim(rest.substr(0, blank));
  }
  if (!rest.empty()) {
    const auto time = time_of(rest);
    if (!time) return std::string(trim(text));
    iso += "T" + *time + offset;
  }
  iso = iso_date(iso);
  return iso.empty() ? std::string(trim(text)) : iso;
}

std::string date_of(const TextEntry& entry, std::string_view key) { return date_of_text(text_of(entry, key)); }

std::string moment_of(const TextEntry& entry, std::string_view date_key, std::string_view time_key) {
  const auto date = date_of(entry, date_key);
  const auto time = time_of(text_of(entry, time_key));
  if (!time || date.size() != 10) return date;
  const auto moment = iso_date(date + "T" + *time);
  return moment.empty() ? date : moment;
}

Code words(std::string text) {
  // What in_words() says of a code without words.
  constexpr std::string_view begin = "code ", of = " of ";
  const auto at = text.find(of);
  const bool is_code = text.starts_with(begin) && at != std::string::npos && at > begin.size() &&
                       text.find(' ', begin.size()) == at && !code_system_oid(text.substr(at + of.size())).empty();
  if (!is_code) return Code{"", "", "", std::move(text)};
  const auto name = text.substr(at + of.size());
  return Code{text.substr(begin.size(), at - begin.size()), code_system_oid(name), name, ""};
}

Code coded(const TextEntry& entry, std::string_view key) {
  Code code;
  code.display = text_of(entry, key);
  const auto label = text_of(entry, "Code");
  const auto blank = label.rfind(' ');
  if (blank != std::string::npos) {
    code.code = label.substr(blank + 1);
    const auto name = label.substr(0, blank);
    if (name != "code") {
      code.system_name = name;
      code.system = code_system_oid(name);
    }
  }
  const Code nameless{code.code, code.system, code.system_name, ""};
  if (!code.code.empty() && code.display == in_words(nameless)) code.display.clear();
  return code;
}

std::string ucum_of(std::string_view unit) {
  // The VA's vital signs and what a patient may choose; the rest is as it is.
  constexpr std::array<std::pair<std::string_view, std::string_view>, 9> units{{{"F", "[degF]"},
                                                                                {"C", "Cel"},
                                                                                {"in", "[in_i]"},
                                                                                {"lb", "[lb_av]"},
                                                                                {"Fahrenheit", "[degF]"},
                                                                                {"Celsius", "Cel"},
                                                                                {"Pounds", "[lb_av]"},
                                                                                {"Kilograms", "kg"},
                                                                                {"mmHg", "mm[Hg]"}}};
  for (const auto& [word, ucum] : units)
    if (word == unit) return std::string(ucum);
  return std::string(unit);
}

void split_measure(std::string_view text, std::string& value, std::string& unit) {
  text = trim(text);
  const auto blank = text.find(' ');
  if (blank != std::string_view::npos && text.find(' ', blank + 1) == std::string_view::npos &&
      is_quantity(text.substr(0, blank))) {
    value = text.substr(0, blank);
    unit = ucum_of(text.substr(blank + 1));
  } else {
    value = text;
  }
}

std::string take_flag(std::string& value) {
  for (const auto& flag : flags) {
    if (value.size() <= flag.words.size() + 1 || !value.ends_with(flag.words)) continue;
    const auto rest = trim(std::string_view(value).substr(0, value.size() - flag.words.size()));
    if (rest.size() + flag.words.size() == value.size()) continue;  // part of a longer word
    value = std::string(rest);
    return std::string(flag.code);
  }
  return {};
}

std::string interpretation_of(std::string_view words) {
  constexpr std::size_t code_bytes_max = 20;
  words = trim(words);
  for (const auto& flag : flags)
    if (iequals(flag.words, words)) return std::string(flag.code);
  const bool is_short = words.size() <= code_bytes_max && words.find('\n') == std::string_view::npos &&
                        words.find_first_of(":=0123456789.") == std::string_view::npos;
  return is_short && !is_null_text(words) ? std::string(words) : std::string();
}

void split_status(std::string_view text, std::string& mood, std::string& status) {
  constexpr std::string_view planned = "planned (";
  if (text.starts_with(planned)) {
    const auto end = text.find(')');
    if (end == std::string_view::npos) return;
    mood = text.substr(planned.size(), end - planned.size());
    text = text.substr(end + 1);
    if (text.starts_with(',')) text.remove_prefix(1);
  }
  status = to_lower(trim(text));
}

PersonName name_of_text(std::string_view text) {
  PersonName name;
  const auto comma = text.find(',');
  std::vector<std::string> parts;
  if (comma != std::string_view::npos) {
    name.family = trim(text.substr(0, comma));
    parts = split(collapse_whitespace(text.substr(comma + 1)), ' ');
  } else {
    parts = split(collapse_whitespace(text), ' ');
    name.family = parts.back();
    parts.pop_back();
  }
  std::erase(parts, "");
  name.given = std::move(parts);
  return name;
}

std::string telephone_of(std::string_view number, std::string_view extension) {
  if (is_null_text(number)) return {};
  if (number.starts_with("tel:") || number.starts_with("mailto:") || number.find("://") != std::string_view::npos)
    return std::string(number);
  auto uri = "tel:" + replace_all(number, " ", "");
  if (!is_null_text(extension)) uri += ";ext=" + std::string(extension);
  return uri;
}

std::string mail_of(std::string_view address) {
  return is_null_text(address) ? std::string() : "mailto:" + std::string(trim(address));
}

std::string telephone_for_people(std::string_view uri) {
  for (const std::string_view scheme : {"tel:", "mailto:"})
    if (uri.starts_with(scheme)) return std::string(uri.substr(scheme.size()));
  return std::string(uri);
}

std::string join_values(const std::string& value, const std::vector<std::string>& further) {
  auto all = further;
  all.insert(all.begin(), value);
  return join(all, ", ");
}

Code code_and_words(std::string_view text) {
  Code code;
  if (is_null_text(text)) return code;
  const auto gap = text.find(" - ");
  const auto first = trim(text.substr(0, gap));
  // Words alone are no code.
  const bool is_code = first.find(' ') == std::string_view::npos &&
                       (gap != std::string_view::npos || first.find_first_of("0123456789") != std::string_view::npos);
  if (!is_code) return words(collapse_whitespace(text));
  code.code = first;
  if (gap != std::string_view::npos) code.display = collapse_whitespace(text.substr(gap + 3));
  return code;
}

std::string amount_of(std::string_view text) {
  text = trim(text);
  const bool is_negative = text.starts_with('-') || (text.starts_with('(') && text.ends_with(')'));
  std::string amount;
  for (const char c : text) {
    if ((c >= '0' && c <= '9') || c == '.')
      amount += c;
    else if (std::string_view("$,-() ").find(c) == std::string_view::npos)
      return {};
  }
  return amount.empty() || !is_negative ? amount : "-" + amount;
}

}  // namespace bb::records
