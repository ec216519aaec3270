#include "portal/scope_title.hpp"

#include <algorithm>
#include <vector>

#include <bb/core/text.hpp>
#include <bb/core/time.hpp>

namespace bb::portal {
namespace {

std::string day_of(std::int64_t unix_ns) { return records::date_for_people(format_date(unix_ns)); }

}  // namespace

std::string scope_title(const records::Record& whole, const Selection& selection) {
  const auto name = whole.patient.name.full();
  const auto of_whom = name.empty() ? "" : " of " + name;
  if (selection.is_whole()) {
    const auto day = records::date_for_people(whole.created.substr(0, 10));
    return "Complete health record" + of_whom + (day.empty() ? "" : ", up to " + day);
  }
  std::vector<std::string> parts;
  for (const auto& item : list_items(whole))
    if (item.kind == "visit" && std::count(selection.items.begin(), selection.items.end(), item.id) > 0)
      parts.push_back(item.title);
  if (selection.range.from_ns) parts.push_back("from " + day_of(*selection.range.from_ns));
  if (selection.range.until_ns) parts.push_back("until " + day_of(*selection.range.until_ns));
  return "Part of the health record" + of_whom + ": " + join(parts, ", ");
}

records::CcdaHead scope_head(const records::Record& part, const Selection& selection) {
  records::CcdaHead head;
  if (selection.is_whole()) return head;
  for (const auto& encounter : part.encounters) {
    const auto& end = encounter.end.empty() ? encounter.start : encounter.end;
    if (!encounter.start.empty() && (head.covers_from.empty() || encounter.start < head.covers_from))
      head.covers_from = encounter.start;
    head.covers_until = std::max(head.covers_until, end);
  }
  if (selection.range.from_ns) head.covers_from = format_date(*selection.range.from_ns);
  if (selection.range.until_ns) head.covers_until = format_date(*selection.range.until_ns);
  return head;
}

}  // namespace bb::portal
