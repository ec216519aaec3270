#include "timing.hpp"

#include <array>
#include <charconv>
#include <cmath>

#include <fmt/format.h>
#include <bb/core/text.hpp>

namespace bb::records {
namespace {

struct TimeUnit {
  std::string_view ucum, one, many;
};
constexpr std::array<TimeUnit, 7> units{{{"s", "second", "seconds"},
                                         {"min", "minute", "minutes"},
                                         {"h", "hour", "hours"},
                                         {"d", "day", "days"},
                                         {"wk", "week", "weeks"},
                                         {"mo", "month", "months"},
                                         {"a", "year", "years"}}};

struct Event {
  std::string_view code, words;
};
// HL7 TimingEvent.
constexpr std::array<Event, 18> events{{{"HS", "at bedtime"},
                                        {"WAKE", "on waking"},
                                        {"AC", "before meals"},
                                        {"ACM", "before breakfast"},
                                        {"ACD", "before lunch"},
                                        {"ACV", "before dinner"},
                                        {"IC", "between meals"},
                                        {"PC", "after meals"},
                                        {"PCM", "after breakfast"},
                                        {"PCD", "after lunch"},
                                        {"PCV", "after dinner"},
                                        {"C", "with meals"},
                                        {"CM", "with breakfast"},
                                        {"CD", "with lunch"},
                                        {"CV", "with dinner"},
                                        {"ICM", "between breakfast and lunch"},
                                        {"ICD", "between lunch and dinner"},
                                        {"ICV", "between dinner and bedtime"}}};

const TimeUnit* find_unit(std::string_view word) {
  for (const auto& unit : units)
    if (word == unit.ucum || word == unit.one || word == unit.many) return &unit;
  return nullptr;
}

std::optional<double> parse_number(std::string_view text) {
  text = trim(text);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  if (!std::isfinite(value) || value <= 0 || value > 1e6) return std::nullopt;
  return value;
}

std::string print(double value) { return fmt::format("{:.6g}", value); }

// Parts of a day are hours to people: .3333 d is every 8 hours.
bool is_part_of_day(double value, const TimeUnit& unit) { return unit.ucum == "d" && value < 1; }

// "30 minutes", "-1 hour"; a unit that is none of time as it stands.
std::string read_amount(XmlNode node) {
  auto value = collapse_whitespace(node.attribute("value"));
  const auto word = collapse_whitespace(node.attribute("unit"));
  if (value.empty() || word.empty()) return value;
  const auto* unit = find_unit(word);
  if (unit == nullptr) return value + " " + word;
  return fmt::format("{} {}", value, value == "1" || value == "-1" ? unit->one : unit->many);
}

// How long from the event: its low bound, or both.
std::string read_offset(XmlNode offset) {
  const auto low = read_amount(offset.child("low"));
  const auto high = read_amount(offset.child("high"));
  if (low.empty() && high.empty()) return read_amount(offset);
  return low.empty() || high.empty() || low == high ? (low.empty() ? high : low) : low + " to " + high;
}

// After an event an offset counts forward, before it back (HL7 V3 data types,
// EIVL.offset: "one hour before breakfast" is ACM with a low of -1 h); any other
// stands as it is.
std::string with_offset(std::string_view event, const std::string& offset) {
  if (offset.empty()) return std::string(event);
  const bool is_negative = offset.starts_with('-');
  const bool is_range = offset.find(" to ") != std::string::npos;
  if (!is_negative && event.starts_with("after ")) return fmt::format("{} {}", offset, event);
  if (is_negative && !is_range && event.starts_with("before ")) return fmt::format("{} {}", offset.substr(1), event);
  return fmt::format("{}, offset {}", event, offset);
}

}  // namespace

std::string read_frequency(XmlNode effective_time) {
  if (const auto event = effective_time.child("event")) {
    const auto words = timing_event_in_words(event.attribute("code"));
    return words.empty() ? words : with_offset(words, read_offset(effective_time.child("offset")));
  }
  auto period = effective_time.child("period");
  const auto high = period.child("high").attribute("value");
  if (const auto low = period.child("low")) period = low;
  return period_in_words(period.attribute("value"), high, period.attribute("unit"));
}

std::string period_in_words(std::string_view low, std::string_view high, std::string_view ucum_unit) {
  auto value = parse_number(low);
  const auto* unit = find_unit(ucum_unit);
  if (!value || unit == nullptr) return {};
  if (is_part_of_day(*value, *unit)) {
    value = std::round(*value * 24 * 10) / 10;
    if (*value <= 0) return {};
    unit = find_unit("h");
  }
  if (const auto most = parse_number(high); most && *most > *value)
    return fmt::format("every {} to {} {}", print(*value), print(*most), unit->many);
  if (*value == 1) return fmt::format("every {}", unit->one);
  return fmt::format("every {} {}", print(*value), unit->many);
}

std::string timing_event_in_words(std::string_view code) {
  for (const auto& known : events)
    if (known.code == code) return std::string(known.words);
  return {};
}

std::optional<Period> period_of(std::string_view frequency) {
  if (!frequency.starts_with("every ")) return std::nullopt;
  const auto words = split(frequency.substr(6), ' ');
  const auto* unit = find_unit(words.back());
  if (unit == nullptr) return std::nullopt;
  if (words.size() == 1) return Period{"1", "", std::string(unit->ucum)};
  if (!parse_number(words[0])) return std::nullopt;
  if (words.size() == 2) return Period{words[0], "", std::string(unit->ucum)};
  if (words.size() == 4 && words[1] == "to" && parse_number(words[2]))
    return Period{words[0], words[2], std::string(unit->ucum)};
  return std::nullopt;
}

std::string timing_event_of(std::string_view frequency) {
  for (const auto& known : events)
    if (known.words == frequency) return std::string(known.code);
  return {};
}

}  // namespace bb::records
