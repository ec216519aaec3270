#include "portal/selection.hpp"

#include <algorithm>
#include <charconv>
#include <functional>

#include <bb/core/time.hpp>

#include "portal/instants.hpp"

namespace bb::portal {
namespace {

constexpr std::size_t day_length = 10;  // "2012-08-06"
const std::string summary_id = "summary";
const std::string visit_prefix = "visit-";

// The calendar day that the document wrote, in its own zone.
std::string day_of(const std::string& date) { return date.size() < day_length ? "" : date.substr(0, day_length); }

struct Days {
  std::string first, last;
};

Days days_of(const records::Encounter& encounter) {
  const auto first = day_of(encounter.start);
  const auto last = day_of(encounter.end);
  return {first.empty() ? last : first, last.empty() ? first : last};
}

bool lies_within(const std::string& date, const Days& days) {
  const auto day = day_of(date);
  return !day.empty() && !days.first.empty() && days.first <= day && day <= days.last;
}

using HasDate = std::function<bool(const std::string& date)>;

// The entries whose own date is wanted; encounters are left to the caller.
void keep_entries(records::Record& record, const HasDate& is_wanted) {
  std::erase_if(record.allergies, [&](const auto& entry) { return !is_wanted(entry.onset); });
  std::erase_if(record.problems, [&](const auto& entry) { return !is_wanted(entry.onset); });
  std::erase_if(record.medications, [&](const auto& entry) { return !is_wanted(entry.start); });
  std::erase_if(record.immunizations, [&](const auto& entry) { return !is_wanted(entry.date); });
  std::erase_if(record.vital_signs, [&](const auto& entry) { return !is_wanted(entry.date); });
  std::erase_if(record.procedures, [&](const auto& entry) { return !is_wanted(entry.start); });
  std::erase_if(record.plan, [&](const auto& entry) { return !is_wanted(entry.date); });
  std::erase_if(record.goals, [&](const auto& entry) { return !is_wanted(entry.date); });
  std::erase_if(record.functional_status, [&](const auto& entry) { return !is_wanted(entry.date); });
  std::erase_if(record.devices, [&](const auto& entry) { return !is_wanted(entry.date); });
  std::erase_if(record.notes, [&](const auto& entry) { return !is_wanted(entry.date); });
  // What only people can read has no date that a program knows.
  std::erase_if(record.sections, [](const auto& section) { return !section.text.empty(); });
  for (auto& panel : record.results)
    std::erase_if(panel.observations,
                  [&](const auto& entry) { return !is_wanted(entry.date.empty() ? panel.date : entry.date); });
  std::erase_if(record.results,
                [&](const auto& panel) { return panel.observations.empty() && !is_wanted(panel.date); });
}

// Where in the encounters a visit's id points, or nullopt.
std::optional<std::size_t> visit_index(const records::Record& record, const std::string& id) {
  if (!id.starts_with(visit_prefix)) return std::nullopt;
  std::size_t number = 0;
  const char* const begin = id.data() + visit_prefix.size();
  const char* const end = id.data() + id.size();
  const auto [stop, error] = std::from_chars(begin, end, number);
  if (error != std::errc{} || stop != end || *begin == '0' || number < 1 || number > record.encounters.size())
    return std::nullopt;
  return number - 1;
}

std::string title_of(const records::Encounter& encounter) {
  auto title = encounter.type.display.empty() ? std::string("Visit") : encounter.type.display;
  const auto days = days_of(encounter);
  if (days.first.empty()) return title;
  return title + ", " + days.first + (days.last == days.first ? "" : " to " + days.last);
}

std::string instant_text(const std::string& date) {
  const auto instants = instants_of(date);
  return instants ? format_utc(instants->first_ns) : "";
}

}  // namespace

bool Selection::is_whole() const {
  return range.is_open() && (items.empty() || std::find(items.begin(), items.end(), summary_id) != items.end());
}

std::vector<Item> list_items(const records::Record& record) {
  std::vector<Item> items;
  items.push_back({summary_id, "summary", "Whole record", instant_text(record.created)});
  for (std::size_t index = 0; index < record.encounters.size(); ++index) {
    const auto& encounter = record.encounters[index];
    items.push_back({visit_prefix + std::to_string(index + 1), "visit", title_of(encounter),
                     instant_text(encounter.end.empty() ? encounter.start : encounter.end)});
  }
  return items;
}

bool touches(const std::string& date, const DateRange& range) {
  if (range.is_open()) return true;
  const auto instants = instants_of(date);
  if (!instants) return false;
  return (!range.until_ns || instants->first_ns <= *range.until_ns) &&
         (!range.from_ns || *range.from_ns <= instants->last_ns);
}

std::optional<records::Record> select(const records::Record& record, const Selection& selection) {
  auto part = record;
  bool is_all = selection.items.empty();
  std::vector<std::size_t> visits;
  for (const auto& id : selection.items) {
    const auto index = visit_index(record, id);
    if (!index && id != summary_id) return std::nullopt;
    if (index) visits.push_back(*index);
    is_all = is_all || id == summary_id;
  }
  if (!is_all) {
    keep_entries(part, [&](const std::string& date) {
      return std::any_of(visits.begin(), visits.end(),
                         [&](auto index) { return lies_within(date, days_of(record.encounters[index])); });
    });
    part.encounters.clear();
    for (std::size_t index = 0; index < record.encounters.size(); ++index)
      if (std::find(visits.begin(), visits.end(), index) != visits.end())
        part.encounters.push_back(record.encounters[index]);
  }
  if (!selection.range.is_open()) {
    const auto& range = selection.range;
    keep_entries(part, [&](const std::string& date) { return touches(date, range); });
    std::erase_if(part.encounters, [&](const auto& e) {
      return !touches(e.start.empty() ? e.end : e.start, range) && !touches(e.end, range);
    });
  }
  return part;
}

}  // namespace bb::portal
