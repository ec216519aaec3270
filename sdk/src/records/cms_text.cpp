// The MyMedicare.gov text as it stands: frames of dashes around titles, fields set
// apart by empty lines.
#include <bb/records/cms_text.hpp>

#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <bb/core/text.hpp>

#include "cms_layout.hpp"
#include "text_kind.hpp"
#include "text_lines.hpp"
#include "text_report.hpp"

namespace bb::records {
namespace {

constexpr std::string_view report_title = "MYMEDICARE.GOV PERSONAL HEALTH INFORMATION";
constexpr std::string_view confidential = "**********CONFIDENTIAL***********";
constexpr std::size_t rule_dashes_min = 4;
constexpr std::size_t title_bytes_max = 80;
constexpr std::size_t text_before_title_max = 50;  // lines

bool is_frame_rule(std::string_view line) { return is_rule(line) && trim(line).size() >= rule_dashes_min; }

bool is_claim_lines(std::string_view title) {
  return title.size() > claim_lines.size() && iequals(title.substr(0, claim_lines.size()), claim_lines);
}

class Reader {
 public:
  explicit Reader(const TextLines& lines) : lines_(lines) {
    document_.format = "cms-text";
    // UTF-16 with CR LF is the other form of the published samples.
    lines.describe(document_, "");
    const bool is_wide = document_.encoding.starts_with("UTF-16");
    std::erase_if(document_.deviations, [&](const TextDeviation& d) {
      return (is_wide && (d.kind == "encoding" || d.kind == "byte-order-mark")) || d.kind == "final-line-break" ||
             (d.kind == "line-ends" && d.what == (is_wide ? "CRLF" : "LF"));
    });
  }

  Result<TextDocument> read() {
    auto at = read_title();
    while (at < lines_.size()) at = read_section(at);
    if (!has_frame_)
      return Error{
          fmt::format("line {}, column 1: the MyMedicare.gov text ends before its first section; expected a line of "
                      "dashes, a title "
                      "such as 'Demographic' and a line of dashes",
                      document_.line_count)};
    check_end();
    return std::move(document_);
  }

 private:
  void deviate(std::string_view kind, std::string_view what, int line) {
    add_deviation(document_.deviations, kind, what, line);
  }
  int number(std::size_t i) const { return lines_.number(i); }

  // The line of the title in a frame whose upper rule is line `i`; size() where
  // there is none: the rule sets apart.
  std::size_t title_line(std::size_t i) const {
    if (!is_frame_rule(lines_[i])) return lines_.size();
    const auto title = lines_.next_filled(i + 1);
    // The rule may be the lower one of another frame: its title follows at once.
    if (title >= lines_.size() || title > i + 2 || is_rule(lines_[title])) return lines_.size();
    const auto text = trim(lines_[title]);
    if (text.size() > title_bytes_max) return lines_.size();
    const bool is_known = find_cms_layout(text) != nullptr || is_claim_lines(text) || iequals(text, report_title);
    const auto below = lines_.next_filled(title + 1);
    const bool is_closed = below < lines_.size() && below <= title + 3 && is_frame_rule(lines_[below]);
    std::string_view key, value;
    return is_known || (is_closed && !split_any_key(text, key, value)) ? title : lines_.size();
  }

  // The line behind the title and the lower rule.
  std::size_t behind_frame(std::size_t title) {
    const auto below = lines_.next_filled(title + 1);
    if (below < lines_.size() && is_frame_rule(lines_[below])) return below + 1;
    deviate("frame-not-closed", lines_[title], number(title));
    return title + 1;
  }

  std::size_t next_frame(std::size_t i) const {
    while (i < lines_.size()) {
      const auto title = title_line(i);
      if (title < lines_.size()) {
        if (!is_claim_lines(trim(lines_[title]))) return i;
        i = title;
      }
      ++i;
    }
    return i;
  }

  std::size_t read_title() {
    auto first = lines_.next_filled(0);
    for (auto i = first; i < std::min(lines_.size(), first + text_before_title_max); ++i)
      if (const auto at = title_line(i); at < lines_.size() && iequals(trim(lines_[at]), report_title)) {
        first = i;
        break;
      }
    const auto title = first < lines_.size() ? title_line(first) : lines_.size();
    auto at = first;
    if (title < lines_.size() && iequals(trim(lines_[title]), report_title)) {
      if (first > 0) deviate("text-before-title", "", 1);
      document_.title = trim(lines_[title]);
      has_frame_ = title + 1 < lines_.size();
      at = behind_frame(title);
    } else {
      deviate("title", first < lines_.size() ? lines_[first] : "", number(first));
      if (first < lines_.size() && title >= lines_.size()) at = first + 1;
    }
    const auto end = next_section(at);
    bool is_confidential = false;
    for (auto i = at; i < end; ++i) {
      const auto line = trim(lines_[i]);
      if (line == confidential) is_confidential = true;
      if (!read_producer(line, document_) && line.find('/') != std::string_view::npos && line.size() <= 24 &&
          document_.created.empty())
        document_.created = line;
    }
    if (!is_confidential) deviate("confidential", "", number(at));
    if (document_.version.empty()) deviate("producer", "", number(at));
    if (document_.created.empty()) deviate("time-stamp", "", number(at));
    return end;
  }

  std::size_t next_section(std::size_t i) const {
    while (i < lines_.size() && title_line(i) >= lines_.size()) ++i;
    return i;
  }

  std::size_t read_section(std::size_t at) {
    const auto title_at = title_line(at);
    auto title = trim(lines_[title_at]);
    has_frame_ = true;
    TextSection section;
    section.line = number(title_at);
    std::size_t begin = 0;
    const bool is_lines = is_claim_lines(title);
    if (is_lines) {
      // Claims without a title: the frame is that of the first claim's lines.
      if (!titles_.contains(to_lower(claim_summary))) deviate("claims-without-title", title, section.line);
      title = claim_summary;
      begin = at;
    } else {
      begin = behind_frame(title_at);
    }
    const auto* layout = find_cms_layout(title);
    section.title = title;
    if (layout != nullptr) section.name = layout->name;
    if (layout == nullptr) deviate("unknown-section", title, section.line);
    if (!titles_.insert(to_lower(title)).second && !is_lines) deviate("repeated-section", title, section.line);
    const bool is_claims = layout != nullptr && layout->name == claim_summary;
    const auto end = is_claims ? next_frame(is_lines ? title_at : begin) : next_section(begin);
    read_section_lines(layout == nullptr ? unknown_layout : *layout, lines_, begin, end, section, document_.deviations);
    if (layout != nullptr) check_source(*layout, section, document_.deviations);
    if (is_claims) check_claims(section);
    document_.sections.push_back(std::move(section));
    return end;
  }

  // TXT-CMS-24, TXT-CMS-26: lines belong to a summary, or are a claim of Part D.
  void check_claims(const TextSection& section) {
    for (const auto& entry : section.entries) {
      if (entry.fields.empty()) continue;
      const bool has_summary = entry.fields.front().key == "Claim Number";
      if (!has_summary && text_of(entry, "Claim Type").empty())
        deviate("orphan-claim-lines", entry.fields.front().value, entry.line);
      if (!has_summary && !entry.parts.empty() && !text_of(entry, "Claim Type").empty())
        deviate("orphan-claim-lines", entry.fields.front().value, entry.line);
      if (!has_summary && text_of(entry, "Claim Number") != text_of(entry, claim_lines) &&
          !text_of(entry, "Claim Number").empty())
        deviate("claim-number", text_of(entry, "Claim Number"), entry.line);
      if (has_summary && entry.parts.empty()) deviate("claim-without-lines", entry.fields.front().value, entry.line);
    }
  }

  // The samples end with a line of dashes.
  void check_end() {
    auto last = lines_.size();
    while (last > 0 && lines_[last - 1].empty()) --last;
    document_.has_end = last > 0 && is_frame_rule(lines_[last - 1]);
    if (!document_.has_end) deviate("no-end", last > 0 ? lines_[last - 1] : "", number(last > 0 ? last - 1 : 0));
  }

  const TextLines& lines_;
  TextDocument document_;
  std::set<std::string> titles_;
  bool has_frame_ = false;
};

}  // namespace

bool looks_like_cms_text(std::string_view bytes) { return begins_with_title(bytes, report_title); }

Result<TextDocument> parse_cms_text(std::string_view bytes) {
  BB_TRY(const auto lines, TextLines::split(bytes));
  return Reader(lines).read();
}

Result<Record> read_cms_text(std::string_view bytes) {
  BB_TRY(const auto document, parse_cms_text(bytes));
  return cms_record(document);
}

}  // namespace bb::records
