// selection.hpp - the whole record or a part of it: one visit, a range of dates.
//
// Items are what a list offers: `summary`, the whole record, and `visit-1`,
// `visit-2` ... one for each encounter in the order of the document.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <bb/records/record.hpp>

namespace bb::portal {

struct Item {
  std::string id;    // "summary", "visit-3"
  std::string kind;  // "summary", "visit"
  std::string title;
  std::string updated;  // RFC 3339 with time; empty = unknown
};

struct DateRange {
  std::optional<std::int64_t> from_ns;  // both ends belong to the range
  std::optional<std::int64_t> until_ns;
  bool is_open() const { return !from_ns && !until_ns; }
};

struct Selection {
  std::vector<std::string> items;  // none = the whole record
  DateRange range;
  bool is_whole() const;
};

std::vector<Item> list_items(const records::Record& record);

// Whether a date of a record, at its own precision, touches the range. "2012"
// touches every range that has a part of 2012. A date that is missing or
// cannot be read lies in the open range only.
bool touches(const std::string& date, const DateRange& range);

// The part of the record that the selection names. Of a visit: the patient,
// that encounter, and the entries whose day lies within the encounter's days;
// an entry without a day belongs to no visit. nullopt when an item does not
// exist.
std::optional<records::Record> select(const records::Record& record, const Selection& selection);

}  // namespace bb::portal
