// The My HealtheVet text as it stands: title lines, banners, sections.
#include <bb/records/va_text.hpp>

#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <bb/core/text.hpp>

#include "text_kind.hpp"
#include "text_lines.hpp"
#include "text_report.hpp"
#include "va_identity.hpp"
#include "va_layout.hpp"

namespace bb::records {
namespace {

constexpr std::string_view report_title = "MY HEALTHEVET PERSONAL INFORMATION REPORT";
constexpr std::string_view end_title = "END OF MY HEALTHEVET PERSONAL INFORMATION REPORT";
constexpr std::string_view summary_title = "DOWNLOAD REQUEST SUMMARY";
constexpr std::string_view confidential = "*************CONFIDENTIAL*************";
constexpr std::size_t title_bytes_max = 80;

// "---- TITLE ----": the title, empty where the line is no banner. The blank before
// the closing dashes may be missing.
std::string_view banner_title(std::string_view line) {
  line = trim(line);
  const auto begin = line.find_first_not_of('-');
  const auto end = line.find_last_not_of('-');
  if (begin == std::string_view::npos || begin < 3 || line.size() - end < 4) return {};
  const auto title = trim(line.substr(begin, end + 1 - begin));
  return title.size() > title_bytes_max ? std::string_view{} : title;
}

class Reader {
 public:
  explicit Reader(const TextLines& lines) : lines_(lines) {
    document_.format = "va-text";
    lines.describe(document_, "CRLF");
  }

  Result<TextDocument> read() {
    auto at = read_title();
    at = read_head(at);
    while (at < lines_.size()) at = read_section(at);
    if (document_.sections.empty())
      return Error{fmt::format(
          "line {}, column 1: the My HealtheVet text ends before its first section; expected a line such as "
          "'---- DOWNLOAD REQUEST SUMMARY ----'",
          document_.line_count)};
    if (!document_.has_end) deviate("no-end", end_title, document_.line_count);
    tell_other_patients(document_);
    return std::move(document_);
  }

 private:
  void deviate(std::string_view kind, std::string_view what, int line) {
    add_deviation(document_.deviations, kind, what, line);
  }

  int number(std::size_t i) const { return lines_.number(i); }

  bool is_end(std::string_view title) const { return iequals(title, end_title); }

  // Whether a section begins at a line: its title is known or a source follows. In
  // free text both must be.
  bool begins_section(std::size_t i, bool is_in_text) const {
    const auto title = banner_title(lines_[i]);
    if (title.empty()) return false;
    if (is_end(title) || iequals(title, summary_title)) return true;
    const auto next = lines_.next_filled(i + 1);
    const bool has_source = next < lines_.size() && trim(lines_[next]).starts_with("Source:");
    const bool is_known = find_va_layout(title) != nullptr;
    return is_in_text ? is_known && has_source : is_known || has_source;
  }

  // Lines 1 to 4; the line behind what was found of them.
  std::size_t read_title() {
    auto at = lines_.next_filled(0);
    if (at > 0) deviate("text-before-title", "", 1);
    if (at < lines_.size() && iequals(banner_title(lines_[at]), report_title)) {
      document_.title = banner_title(lines_[at++]);
    } else {
      deviate("title", at < lines_.size() ? lines_[at] : "", number(at));
    }
    bool is_confidential = false;
    for (auto i = at; i < lines_.size() && i < at + 8 && document_.created.empty(); ++i) {
      const auto line = trim(lines_[i]);
      if (banner_title(line) == summary_title || line.starts_with("Name:")) break;
      if (line == confidential) is_confidential = true;
      if (!read_producer(line, document_) && line.size() >= 18 && line.find(" @ ") != std::string_view::npos &&
          line.find(':') == std::string_view::npos) {
        document_.created = line;
        at = i + 1;
      }
    }
    if (!is_confidential) deviate("confidential", "", number(at));
    if (document_.version.empty()) deviate("producer", "", number(at));
    if (document_.created.empty()) deviate("time-stamp", "", number(at));
    return at;
  }

  // Up to the first section: the patient.
  std::size_t read_head(std::size_t at) {
    static constexpr SectionLayout layout{"", "", "", "", "Name|Date of Birth"};
    auto end = at;
    while (end < lines_.size() && !begins_section(end, false)) ++end;
    TextSection head;
    read_section_lines(layout, lines_, at, end, head, document_.deviations);
    if (!head.entries.empty()) document_.head = std::move(head.entries.front().fields);
    const auto has = [&](std::string_view key) {
      return std::any_of(document_.head.begin(), document_.head.end(),
                         [&](const TextField& field) { return field.key == key && !is_null_text(field.value); });
    };
    if (!has("Name")) deviate("no-name", "", number(at));
    if (!has("Date of Birth")) deviate("no-birth-date", "", number(at));
    return end;
  }

  std::size_t read_section(std::size_t at) {
    const auto title = banner_title(lines_[at]);
    if (is_end(title)) {
      document_.has_end = true;
      if (const auto next = lines_.next_filled(at + 1); next < lines_.size())
        deviate("text-after-end", lines_[next], number(next));
      for (auto i = at + 1; i < lines_.size(); ++i)
        if (iequals(banner_title(lines_[i]), report_title)) {
          deviate("second-report", report_title, number(i));
          break;
        }
      return lines_.size();
    }
    const auto* layout = find_va_layout(title);
    TextSection section;
    section.title = title;
    section.line = number(at);
    if (layout != nullptr) section.name = layout->name;
    const bool has_text = layout != nullptr && layout->text == SectionLayout::Text::after_rule;
    auto end = at + 1;
    while (end < lines_.size() && !begins_section(end, has_text)) ++end;
    if (layout == nullptr) deviate("unknown-section", title, section.line);
    read_section_lines(layout == nullptr ? unknown_layout : *layout, lines_, at + 1, end, section,
                       document_.deviations);
    if (layout != nullptr && !layout->source.empty()) check_source(*layout, section, document_.deviations);
    if (!titles_.insert(to_lower(title)).second) deviate("repeated-section", title, section.line);
    document_.sections.push_back(std::move(section));
    return end;
  }

  const TextLines& lines_;
  TextDocument document_;
  std::set<std::string> titles_;
};

}  // namespace

bool looks_like_va_text(std::string_view bytes) { return begins_with_title(bytes, report_title); }

Result<TextDocument> parse_va_text(std::string_view bytes) {
  BB_TRY(const auto lines, TextLines::split(bytes));
  return Reader(lines).read();
}

Result<Record> read_va_text(std::string_view bytes) {
  BB_TRY(const auto document, parse_va_text(bytes));
  return va_record(document);
}

}  // namespace bb::records
