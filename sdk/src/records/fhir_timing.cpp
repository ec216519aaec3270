// How often and when by FHIR's Timing, in words.
#include <array>
#include <charconv>
#include <utility>

#include <fmt/format.h>
#include <bb/core/text.hpp>

#include "fhir_types.hpp"
#include "timing.hpp"

namespace bb::records {
namespace {

using Words = std::pair<std::string_view, std::string_view>;

// http://hl7.org/fhir/event-timing: the codes that it has beside those of HL7 V3.
constexpr std::array<Words, 12> parts_of_day{{{"MORN", "in the morning"},
                                              {"MORN.early", "in the early morning"},
                                              {"MORN.late", "in the late morning"},
                                              {"NOON", "at noon"},
                                              {"AFT", "in the afternoon"},
                                              {"AFT.early", "in the early afternoon"},
                                              {"AFT.late", "in the late afternoon"},
                                              {"EVE", "in the evening"},
                                              {"EVE.early", "in the early evening"},
                                              {"EVE.late", "in the late evening"},
                                              {"NIGHT", "at night"},
                                              {"PHS", "once asleep"}}};
constexpr std::array<Words, 7> days{{{"mon", "Monday"},
                                     {"tue", "Tuesday"},
                                     {"wed", "Wednesday"},
                                     {"thu", "Thursday"},
                                     {"fri", "Friday"},
                                     {"sat", "Saturday"},
                                     {"sun", "Sunday"}}};

// Of so many times a day the hours between; 0 where those are no whole hours.
int hours_between(std::string_view times_a_day) {
  int count = 0;
  const auto* end = times_a_day.data() + times_a_day.size();
  const auto read = std::from_chars(times_a_day.data(), end, count);
  return read.ec == std::errc() && read.ptr == end && count > 0 && 24 % count == 0 ? 24 / count : 0;
}

std::string how_often(FhirNode repeat) {
  const auto count = repeat["frequency"].text();
  const auto most = repeat["frequencyMax"].text();
  const auto period = repeat["period"].text();
  const auto period_most = repeat["periodMax"].text();
  const auto unit = repeat["periodUnit"].text();
  if (period.empty() || unit.empty()) return {};
  const auto every = period_in_words(period, period_most, unit);
  if (!most.empty() && most != count)
    return count.empty() ? fmt::format("up to {} times {}", most, every)
                         : fmt::format("{} to {} times {}", count, most, every);
  if (count.empty() || count == "1") return every;
  if (const int hours = hours_between(count); period == "1" && period_most.empty() && unit == "d" && hours > 0)
    return period_in_words(std::to_string(hours), "", "h");
  return fmt::format("{} times {}", count, every);
}

// A code that is none of the known ones stays as it is.
std::string event_words(const std::string& code, const std::string& offset_minutes) {
  auto words = timing_event_in_words(code);
  for (const auto& [known, in_words] : parts_of_day)
    if (known == code) words = in_words;
  if (words.empty()) words = code;
  if (offset_minutes.empty() || offset_minutes == "0") return words;
  if (words.starts_with("before ") || words.starts_with("after "))
    return fmt::format("{} minutes {}", offset_minutes, words);
  return fmt::format("{}, offset {} minutes", words, offset_minutes);
}

std::string day_words(FhirNode repeat) {
  std::vector<std::string> words;
  for (const auto day : repeat.all("dayOfWeek"))
    for (const auto& [code, name] : days)
      if (day.is(code)) words.emplace_back(name);
  return words.empty() ? std::string() : "on " + join(words, " and ");
}

// "at 08:00 and 20:00"
std::string time_words(FhirNode repeat) {
  std::vector<std::string> words;
  for (const auto time : repeat.all("timeOfDay")) {
    auto text = time.text();
    if (text.size() == 8 && text.ends_with(":00")) text.resize(5);
    words.push_back(std::move(text));
  }
  return words.empty() ? std::string() : "at " + join(words, " and ");
}

}  // namespace

std::string read_fhir_timing(FhirNode timing) {
  const auto repeat = timing["repeat"];
  std::vector<std::string> parts{how_often(repeat), day_words(repeat)};
  for (const auto when : repeat.all("when")) parts.push_back(event_words(when.text(), repeat["offset"].text()));
  parts.push_back(time_words(repeat));
  std::erase(parts, "");
  if (parts.empty()) return in_words(read_concept(timing["code"]));
  return join(parts, ", ");
}

}  // namespace bb::records
