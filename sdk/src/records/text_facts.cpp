#include "text_facts.hpp"

#include <algorithm>

#include <bb/core/text.hpp>

#include "cda_statements.hpp"
#include "cms_layout.hpp"
#include "dates.hpp"
#include "text_values.hpp"
#include "va_layout.hpp"

namespace bb::records {
namespace {

bool states_none_known(const std::string& text) {
  for (const auto& line : split(text, '\n'))
    if (says_none_known(words(std::string(trim(line))))) return true;
  return false;
}

}  // namespace

bool is_fact(std::string_view section, const Code& what, int line, Record& record) {
  // VistA's words where nobody has asked the patient yet.
  if (iequals(what.display, "No Allergy Assessment")) {
    record.absences.push_back({std::string(section), "unknown", what, "NI", line});
    return false;
  }
  if (says_none_known(what)) record.absences.push_back({std::string(section), "none_known", what, "", line});
  return !is_empty(what) && !says_none_known(what);
}

std::string first_of(const TextEntry& entry, std::initializer_list<std::string_view> keys) {
  for (const auto key : keys)
    if (auto text = text_of(entry, key); !text.empty()) return text;
  return {};
}

std::vector<std::string> all_of(const TextEntry& entry, std::string_view key) {
  std::vector<std::string> all;
  for (const auto& field : entry.fields)
    if (iequals(field.key, key) && !is_null_text(field.value)) all.push_back(collapse_whitespace(field.value));
  return all;
}

std::vector<std::string> lines_of(const TextEntry& entry, std::string_view key) {
  std::vector<std::string> items;
  for (const auto& field : entry.fields) {
    if (!iequals(field.key, key)) continue;
    for (const auto& line : split(field.value, '\n'))
      if (!is_null_text(line)) items.push_back(collapse_whitespace(line));
  }
  return items;
}

void add_unless_empty(std::vector<std::string>& list, std::string text) {
  if (!text.empty() && std::find(list.begin(), list.end(), text) == list.end()) list.push_back(std::move(text));
}

void add_unless_empty(std::vector<Address>& list, Address address) {
  if (address != Address{} && std::find(list.begin(), list.end(), address) == list.end())
    list.push_back(std::move(address));
}

void add_contact(Contact contact, Record& record) {
  if (contact.name.empty() && contact.telecoms.empty() && contact.addresses.empty()) return;
  const auto is_same = [&](const Contact& other) {
    return other.name == contact.name && other.relationship == contact.relationship && other.source == contact.source &&
           other.addresses == contact.addresses && other.telecoms == contact.telecoms;
  };
  // A facility tells the same as the one before it.
  constexpr std::size_t looked_at_max = 100;
  const auto first =
      record.contacts.end() - static_cast<std::ptrdiff_t>(std::min(record.contacts.size(), looked_at_max));
  if (std::none_of(first, record.contacts.end(), is_same)) record.contacts.push_back(std::move(contact));
}

ReadEntry find_reader(std::span<const EntryKind> kinds, std::string_view section) {
  const auto found = std::find_if(kinds.begin(), kinds.end(), [&](const EntryKind& k) { return k.section == section; });
  return found == kinds.end() ? nullptr : found->read;
}

void add_section(const TextSection& section, std::string_view kind, bool is_read, Record& record) {
  Section kept;
  kept.kind = kind;
  kept.title = section.title;
  kept.line = section.line;
  kept.entry_count = static_cast<int>(
      std::count_if(section.entries.begin(), section.entries.end(), [](const TextEntry& e) { return !e.is_repeat; }));
  if (!is_read) kept.text = words_of(section);
  if (section.entries.empty() && !kind.empty()) {
    if (states_none_known(section.text))
      record.absences.push_back({kept.kind, "none_known", {}, "", section.line});
    else if (section.says_nothing)
      record.absences.push_back({kept.kind, "unknown", {}, "NI", section.line});
  }
  record.sections.push_back(std::move(kept));
}

bool is_text_date(std::string_view value) { return !iso_date(date_of_text(collapse_whitespace(value))).empty(); }

bool is_date_of_text_layout(std::string_view format, std::string_view value) {
  const auto first = trim(value).substr(0, trim(value).find(' '));
  const bool is_year = first.size() == 4 && trim(value).size() == 4;
  const bool has_slash = first.find('/') != std::string_view::npos;
  if (format == "cms-text") return has_slash || is_year;
  if (format == "va-text") return !has_slash && (is_year || iso_date(first).empty());
  return true;
}

int order_of_text_section(std::string_view format, std::string_view name) {
  const auto layouts = format == "va-text"    ? va_layouts()
                       : format == "cms-text" ? cms_layouts()
                                              : std::span<const SectionLayout>{};
  const auto at = std::find_if(layouts.begin(), layouts.end(), [&](const SectionLayout& l) { return l.name == name; });
  return at == layouts.end() ? 0 : static_cast<int>(at - layouts.begin()) + 1;
}

}  // namespace bb::records
