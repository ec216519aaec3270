#include "harness/documents/kind_text.hpp"

#include <algorithm>
#include <array>
#include <set>

#include <fmt/format.h>
#include <bb/core/text.hpp>
#include <bb/records/cms_text.hpp>
#include <bb/records/key_value_text.hpp>
#include <bb/records/read.hpp>
#include <bb/records/va_text.hpp>

namespace bb::documents {
namespace {

using records::TextDocument;
using records::TextEntry;
using records::TextField;
using records::TextSection;

constexpr std::size_t field_count_max = 100'000;  // of a view

// Keys whose values are dates; a date that is none keeps its words in the record.
bool is_date_key(std::string_view key) {
  constexpr std::array<std::string_view, 4> others{"Last Filled On", "Initially Ordered On", "DOB", "DOD"};
  constexpr std::array<std::string_view, 3> no_dates{"Due Date", "Date Task Finished", "Date Range Selected"};
  if (std::find(no_dates.begin(), no_dates.end(), key) != no_dates.end()) return false;
  return std::find(others.begin(), others.end(), key) != others.end() || key.starts_with("Date") ||
         key.ends_with("Date");
}

std::string squeezed(std::string_view text) {
  auto plain = to_lower(text);
  std::erase_if(plain, [](char c) { return (c < 'a' || c > 'z') && (c < '0' || c > '9'); });
  return plain;
}

class TextView {
 public:
  explicit TextView(const TextDocument& document) : document_(document), view_(document.format, {1, 1}, "the file") {}

  Look look() {
    view_.set("title", document_.title);
    view_.set("producer", document_.producer);
    view_.set("version", document_.version);
    view_.set("created", document_.created);
    view_.set("created-date", yes(records::is_text_date(document_.created)));
    view_.set("encoding", document_.encoding);
    view_.set("line-ends", document_.line_ends);
    for (const auto& field : document_.head) add_field(field, "the head");
    for (const auto& section : document_.sections) add_section(section);
    add_chosen();
    for (const auto& deviation : document_.deviations) {
      view_.open("deviation", {deviation.line, deviation.column});
      view_.set("kind", deviation.kind);
      view_.set("what", deviation.what);
      view_.close();
    }
    Look look;
    if (field_count_ > field_count_max)
      look.unjudged.push_back(
          {document_.format, fmt::format("of {} fields the first {} were looked at", field_count_, field_count_max)});
    look.view = std::move(view_).take();
    return look;
  }

 private:
  static std::string_view yes(bool is_so) { return is_so ? "yes" : "no"; }

  void add_field(const TextField& field, std::string_view section) {
    if (++field_count_ > field_count_max) return;
    view_.open("field", {field.line, field.column}, fmt::format("{} > {}", section, field.key));
    view_.set("key", field.key);
    view_.set("value", collapse_whitespace(field.value));
    view_.set("null", yes(records::is_null_text(field.value)));
    if (is_date_key(field.key) && !records::is_null_text(field.value)) {
      const bool is_date = records::is_text_date(field.value);
      view_.set("date", yes(is_date));
      if (is_date) view_.set("date-form", yes(records::is_date_of_text_layout(document_.format, field.value)));
    }
    view_.close();
  }

  void add_entry(std::string_view name, const TextEntry& entry, const TextSection& section) {
    if (field_count_ > field_count_max) return;
    view_.open(name, {entry.line, 1}, section.title);
    view_.set("kind", entry.kind);
    view_.set("repeats", yes(entry.is_repeat));
    if (!entry.fields.empty()) {
      view_.set("first", entry.fields.front().key);
      view_.set("what", to_lower(collapse_whitespace(entry.fields.front().value)));
    }
    view_.set("has-text", yes(!trim(entry.text).empty()));
    for (const auto& field : entry.fields) add_field(field, section.title);
    for (const auto& part : entry.parts) add_entry("part", part, section);
    view_.close();
  }

  void add_section(const TextSection& section) {
    view_.open("section", {section.line, 1}, section.title);
    view_.set("title", section.title);
    view_.set("name", section.name);
    view_.set("order", std::to_string(records::order_of_text_section(document_.format, section.name)));
    view_.set("source", records::source_of(section));
    view_.set("says-nothing", yes(section.says_nothing));
    for (const auto& field : section.head) add_field(field, section.title);
    for (const auto& entry : section.entries) add_entry("entry", entry, section);
    view_.close();
  }

  // TXT-VA-10: what was chosen, and whether a section of it is there.
  void add_chosen() {
    std::set<std::string> titles;
    for (const auto& section : document_.sections) titles.insert(squeezed(section.title));
    for (const auto& section : document_.sections)
      for (const auto& entry : section.entries)
        for (const auto& field : entry.fields) {
          if (field.key != "Data Types Selected") continue;
          int line = field.line;
          for (const auto& name : split(field.value, '\n')) {
            ++line;
            if (trim(name).empty()) continue;
            const auto wanted = squeezed(name.substr(0, name.find_first_of("(:")));
            const auto at = titles.lower_bound(wanted);
            view_.open("chosen", {line, 1}, section.title + " > Data Types Selected");
            view_.set("name", trim(name));
            view_.set("there", yes(at != titles.end() && at->starts_with(wanted)));
            view_.close();
          }
        }
  }

  const TextDocument& document_;
  ViewBuilder view_;
  std::size_t field_count_ = 0;
};

Look look_at(const Result<TextDocument>& document) {
  if (!document) {
    Look look;
    look.failure = document.error().what;
    return look;
  }
  return TextView(*document).look();
}

}  // namespace

bool is_va_text(std::string_view bytes) { return records::looks_like_va_text(bytes); }
bool is_cms_text(std::string_view bytes) { return records::looks_like_cms_text(bytes); }
bool is_key_value_text(std::string_view bytes) { return records::looks_like_key_value_text(bytes); }

Look look_at_va_text(std::string_view bytes, Rules&) { return look_at(records::parse_va_text(bytes)); }
Look look_at_cms_text(std::string_view bytes, Rules&) { return look_at(records::parse_cms_text(bytes)); }
Look look_at_key_value_text(std::string_view bytes, Rules&) { return look_at(records::parse_key_value_text(bytes)); }

}  // namespace bb::documents
