#include <bb/records/key_value_text.hpp>

#include <algorithm>
#include <initializer_list>

#include <fmt/format.h>
#include <bb/core/text.hpp>

#include "readers.hpp"
#include "text_facts.hpp"
#include "text_grammar.hpp"
#include "text_kind.hpp"
#include "text_lines.hpp"
#include "text_values.hpp"

namespace bb::records {
namespace {

constexpr std::size_t title_bytes_max = 80;

// "---- TITLE ----", or a title between two lines of dashes; empty = none.
std::string_view title_between_dashes(const TextLines& lines, std::size_t i) {
  const auto line = trim(lines[i]);
  if (line.empty() || line.size() > 2 * title_bytes_max || is_rule(line) || is_double_rule(line)) return {};
  const auto begin = line.find_first_not_of('-');
  const auto end = line.find_last_not_of('-');
  if (begin >= 3 && line.size() - end >= 4) return trim(line.substr(begin, end + 1 - begin));
  const auto below = lines.next_filled(i + 1);
  const bool is_framed = i > 0 && is_rule(lines[i - 1]) && below < lines.size() && is_rule(lines[below]);
  std::string_view key, value;
  return is_framed && line.size() <= title_bytes_max && !split_any_key(line, key, value) ? line : std::string_view{};
}

const std::initializer_list<std::string_view> name_keys{"Name", "Patient Name"};
const std::initializer_list<std::string_view> birth_date_keys{"Date of Birth", "Birth Date", "DOB"};

bool is_one_of(std::string_view key, std::initializer_list<std::string_view> keys) {
  return std::find(keys.begin(), keys.end(), key) != keys.end();
}

}  // namespace

bool looks_like_key_value_text(std::string_view bytes) {
  const auto beginning = plain_beginning(bytes);
  // The 2 kB may cut a line.
  const auto cut = bytes.size() > beginning_bytes ? beginning.substr(0, beginning.rfind('\n')) : beginning;
  if (!is_utf8(cut)) return false;
  const auto lines = TextLines::split(cut);
  if (!lines) return false;
  std::size_t key_count = 0, title_count = 0, key_below_title_count = 0;
  bool says_who = false;
  // "---" and keys at once are the head of a page in Markdown (YAML front matter), a frame has a title.
  std::string_view key, value;
  const auto first = lines->next_filled(0);
  if (first + 1 < lines->size() && is_rule((*lines)[first]) && split_any_key((*lines)[first + 1], key, value))
    return false;
  for (std::size_t i = 0; i < lines->size(); ++i) {
    const auto line = trim((*lines)[i]);
    if (is_of_another_kind(line)) return false;
    title_count += !title_between_dashes(*lines, i).empty();
    if (!split_any_key(line, key, value)) continue;
    ++key_count;
    key_below_title_count += title_count > 0;
    says_who = says_who || (is_one_of(key, name_keys) && !is_null_text(value)) ||
               (is_one_of(key, birth_date_keys) && is_text_date(value));
  }
  return key_below_title_count >= 1 && key_count >= 2 && says_who;
}

Result<TextDocument> parse_key_value_text(std::string_view bytes) {
  BB_TRY(const auto lines, TextLines::split(bytes));
  TextDocument document;
  document.format = "text";
  lines.describe(document, "");
  std::erase_if(document.deviations,
                [](const TextDeviation& d) { return d.kind == "line-ends" || d.kind == "final-line-break"; });
  document.has_end = true;
  TextSection section;  // what stands before the first title
  std::size_t begin = 0;
  const auto finish = [&](std::size_t end) {
    read_section_lines(unknown_layout, lines, begin, end, section, document.deviations);
    if (section.line > 0)
      document.sections.push_back(std::move(section));
    else
      for (auto& entry : section.entries)
        std::move(entry.fields.begin(), entry.fields.end(), std::back_inserter(document.head));
    section = {};
  };
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const auto title = title_between_dashes(lines, i);
    if (title.empty()) continue;
    finish(i);
    section.title = title;
    section.line = lines.number(i);
    if (document.title.empty()) document.title = title;
    begin = i + 1;
  }
  finish(lines.size());
  if (document.sections.empty())
    return Error{"line 1, column 1: expected a text with titles between dashes ('---- ALLERGIES ----'), found none"};
  return document;
}

Result<Record> key_value_record(const TextDocument& document) {
  Record record;
  record.format = "text";
  record.document_title = document.title;
  const auto identify = [&](const TextEntry& entry) {
    if (record.patient.name == PersonName{}) record.patient.name = name_of_text(first_of(entry, name_keys));
    if (record.patient.birth_date.empty()) record.patient.birth_date = date_of_text(first_of(entry, birth_date_keys));
  };
  TextEntry head;
  head.fields = document.head;
  identify(head);
  for (const auto& section : document.sections) {
    if (!section.entries.empty()) identify(section.entries.front());
    add_section(section, "", false, record);
  }
  BB_CHECK(check_statement_count(record));
  return record;
}

Result<Record> read_key_value_text(std::string_view bytes) {
  BB_TRY(const auto document, parse_key_value_text(bytes));
  return key_value_record(document);
}

}  // namespace bb::records
