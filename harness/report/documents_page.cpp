#include "harness/report/documents_page.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

#include <fmt/format.h>
#include <bb/core/text.hpp>

#include "harness/documents/report_file.hpp"
#include "harness/report/page_template.hpp"
#include "harness/report/page_text.hpp"
#include "harness/report/plain.hpp"

namespace bb::report {
namespace {

using documents::DocumentReport;
using documents::Finding;
using documents::Level;
using documents::SourceLine;
using documents::Summary;

constexpr std::size_t rows_max = 100;       // of a table
constexpr std::size_t findings_max = 1000;  // of a document on the page
constexpr std::string_view place_of_documents = "<!--documents-->\n";

std::string_view class_of(Level level) {
  return level == Level::error ? "fail" : level == Level::warning ? "skip" : "warn";
}

// The stretches of a document with its findings, cut into blocks: text that ends
// where findings are, text far from any, and what is not there.
class Blocks {
 public:
  explicit Blocks(const DocumentReport& report) : report_(report) {}

  Value build() {
    const auto near = documents::around_findings(report_.source, report_.findings);
    auto next_near = near.begin();
    const auto is_near = [&](const SourceLine& line) {
      return next_near != near.end() && next_near->line == line.line && next_near->column == line.column;
    };
    for (std::size_t i = 0; i < report_.source.size(); ++i) {
      const auto& line = report_.source[i];
      const bool line_is_near = is_near(line);
      if (line_is_near) ++next_near;
      if (line_is_near != is_near_ || line.line > last_line_ + 1) flush();
      if (line.line > last_line_ + 1)
        blocks_.push(gap_block(fmt::format("lines {} to {} are not shown", last_line_ + 1, line.line - 1)));
      is_near_ = line_is_near;
      add(line);
      const auto* next = i + 1 < report_.source.size() ? &report_.source[i + 1] : nullptr;
      auto findings = Value::array();
      while (next_finding_ < shown_count() && is_before_end(line, next, report_.findings[next_finding_]))
        findings.push(finding_value(report_.findings[next_finding_++]));
      if (findings.size() > 0) flush(std::move(findings));
    }
    flush();
    put_rest();
    return std::move(blocks_);
  }

 private:
  std::size_t shown_count() const { return std::min(report_.findings.size(), findings_max); }

  static bool is_before_end(const SourceLine& line, const SourceLine* next, const Finding& finding) {
    return finding.line < line.line || documents::holds(line, next, finding);
  }

  void add(const SourceLine& line) {
    if (text_.empty()) first_line_ = line.line;
    text_ += line.column == 1 ? fmt::format("{:>6}  ", line.line) : std::string("     …  ");
    text_ += one_row(line.text) + '\n';
    last_line_ = line.line;
  }

  static std::string one_row(std::string_view text) {
    auto row = printable(text);
    std::replace(row.begin(), row.end(), '\n', ' ');
    return row;
  }

  void flush(Value findings = Value::array()) {
    if (text_.empty()) return;
    blocks_.push(Value::object(
        {{"block_summary", is_near_ ? std::string() : fmt::format("lines {} to {}", first_line_, last_line_)},
         {"block_text", std::move(text_)},
         {"block_gap", ""},
         {"findings", std::move(findings)}}));
    text_.clear();
  }

  static Value gap_block(const std::string& words) {
    return Value::object(
        {{"block_summary", ""}, {"block_text", ""}, {"block_gap", words}, {"findings", Value::array()}});
  }

  // Findings whose text is not at hand, and how many are not shown.
  void put_rest() {
    auto findings = Value::array();
    while (next_finding_ < shown_count()) findings.push(finding_value(report_.findings[next_finding_++]));
    const auto left_out = report_.findings.size() - shown_count() + report_.dropped_count;
    if (findings.size() == 0 && left_out == 0) return;
    auto block = gap_block(left_out == 0 ? ""
                                         : fmt::format("and {} that {} not shown", counted(left_out, "finding"),
                                                       left_out == 1 ? "is" : "are"));
    block.set("findings", std::move(findings));
    blocks_.push(std::move(block));
  }

  static Value finding_value(const Finding& finding) {
    return Value::object({{"finding_class", class_of(finding.level)},
                          {"finding_level", documents::to_word(finding.level)},
                          {"finding_message", one_line(finding.message)},
                          {"finding_expected", one_line(finding.expected)},
                          {"finding_found", one_line(finding.found)},
                          {"finding_hint", one_line(finding.hint)},
                          {"finding_place", documents::place_of(finding) + ", rule"},
                          {"finding_rule", one_line(documents::rules_of(finding))}});
  }

  const DocumentReport& report_;
  Value blocks_ = Value::array();
  std::string text_;
  int first_line_ = 1;
  int last_line_ = 0;
  bool is_near_ = false;
  std::size_t next_finding_ = 0;
};

Value notes_of(const DocumentReport& report) {
  auto notes = Value::array();
  const auto add = [&](const std::string& note) { notes.push(Value::object({{"note", one_line(note)}})); };
  if (!report.failure.empty()) add("It could not be checked: " + report.failure);
  for (const auto& missing : report.missing) add("Not judged: " + missing);
  for (const auto& unjudged : report.unjudged)
    add(fmt::format("Not evaluated: {}, {}: {}", unjudged.rule, counted(unjudged.count, "time"), unjudged.why));
  for (const auto& [rule, count] : report.ignored)
    add(fmt::format("Ignored as asked: {}, {}", rule, counted(count, "time")));
  return notes;
}

// The templates are ours and tested: they cannot be malformed.
std::string fill(std::string_view page_template, const Value& data) {
  auto text = fill_template(page_template, data);
  return text ? *std::move(text) : std::string();
}

void put_summary(Value& page, const Summary& summary) {
  const auto count = summary.document_count();
  page.set("verdict", summary.faulty_count() > 0     ? counted(summary.faulty_count(), "document") + " with errors"
                      : summary.unjudged_count() > 0 ? "not judged"
                                                     : "no error found");
  page.set("verdict_class", summary.faulty_count() > 0 ? "bad" : summary.unjudged_count() > 0 ? "open" : "good");
  page.set("verdict_sentence", fmt::format("{}: {} with errors, {} not judged, {} without.", counted(count, "document"),
                                           summary.faulty_count(), summary.unjudged_count(),
                                           count - summary.faulty_count() - summary.unjudged_count()));
  const auto left_out = [](std::size_t row_count) {
    return row_count > rows_max ? fmt::format("and {} more", row_count - rows_max) : std::string();
  };
  const auto rules = summary.rules();
  auto rule_rows = Value::array();
  for (std::size_t i = 0; i < std::min(rules.size(), rows_max); ++i)
    rule_rows.push(Value::object({{"rule_class", class_of(rules[i].level)},
                                  {"rule_level", documents::to_word(rules[i].level)},
                                  {"rule_id", one_line(rules[i].id)},
                                  {"rule_message", one_line(rules[i].message)},
                                  {"rule_documents", std::to_string(rules[i].document_count)},
                                  {"rule_findings", std::to_string(rules[i].finding_count)}}));
  page.set("has_rules", !rules.empty());
  page.set("rules", std::move(rule_rows));
  page.set("rules_left_out", left_out(rules.size()));
  const auto vendors = summary.vendors();
  auto vendor_rows = Value::array();
  for (std::size_t i = 0; i < std::min(vendors.size(), rows_max); ++i)
    vendor_rows.push(Value::object({{"vendor_name", vendors[i].name.empty() ? "(not said)" : one_line(vendors[i].name)},
                                    {"vendor_documents", std::to_string(vendors[i].document_count)},
                                    {"vendor_faulty", std::to_string(vendors[i].faulty_count)},
                                    {"vendor_errors", std::to_string(vendors[i].error_count)}}));
  page.set("vendors", std::move(vendor_rows));
  page.set("vendors_left_out", left_out(vendors.size()));
}

}  // namespace

std::string render_document(const DocumentReport& report, std::size_t number) {
  const auto& what = report.recognition;
  const auto status = report.exit_status();
  auto notes = notes_of(report);
  const auto has_notes = notes.size() > 0;
  auto facts = what.title;
  if (!what.document_title.empty()) facts += ", " + what.document_title;
  if (!report.vendor.empty()) facts += ", " + report.vendor;
  facts += fmt::format(": {}, {}, {}", counted(report.count(Level::error), "error"),
                       counted(report.count(Level::warning), "warning"), counted(report.count(Level::note), "note"));
  return fill(documents_one_mustache, Value::object({{"document_anchor", fmt::format("document-{}", number)},
                                                     {"document_class", status == 1   ? "fail"
                                                                        : status == 3 ? "skip"
                                                                                      : "pass"},
                                                     {"document_word", status == 1   ? "errors"
                                                                       : status == 3 ? "not judged"
                                                                                     : "no error"},
                                                     {"document_name", one_line(report.name)},
                                                     {"document_facts", one_line(facts)},
                                                     {"has_notes", has_notes},
                                                     {"notes", std::move(notes)},
                                                     {"blocks", Blocks(report).build()}}));
}

Result<DocumentsPage> DocumentsPage::create(const std::filesystem::path& file, std::string program_version,
                                            std::size_t bytes_max) {
  OpenFile waiting(std::tmpfile());
  if (waiting == nullptr) return Error{fmt::format("cannot write {}: no temporary file can be made", file.string())};
  return DocumentsPage(file, std::move(program_version), bytes_max, std::move(waiting));
}

void DocumentsPage::add(const DocumentReport& report) {
  const auto section = byte_count_ < bytes_max_ ? render_document(report, document_count_ + 1) : "";
  if (section.empty() || byte_count_ + section.size() > bytes_max_) {
    ++left_out_count_;
    return;
  }
  ++document_count_;
  byte_count_ += section.size();
  is_written_ = is_written_ && std::fwrite(section.data(), 1, section.size(), waiting_.get()) == section.size();
}

Status DocumentsPage::finish(const Summary& summary, bool is_complete) {
  auto page =
      Value::object({{"style", std::string(page_css) + std::string(documents_css)},
                     {"program_version", program_version_},
                     {"incomplete", !is_complete},
                     {"documents_left_out",
                      left_out_count_ == 0
                          ? std::string()
                          : fmt::format("{} more {} not shown on this page, which would be too "
                                        "large; the reports in JSON and SARIF have all.",
                                        counted(left_out_count_, "document"), left_out_count_ == 1 ? "is" : "are")}});
  put_summary(page, summary);
  const auto text = fill(documents_page_mustache, page);
  // The summary's texts are escaped, so the place is the template's.
  const auto place = std::min(text.find(place_of_documents), text.size());
  BB_TRY(auto file, documents::ReportFile::create(file_));
  file.append(std::string_view(text).substr(0, place));
  std::rewind(waiting_.get());
  std::array<char, 65536> buffer;
  while (const auto count = std::fread(buffer.data(), 1, buffer.size(), waiting_.get()))
    file.append({buffer.data(), count});
  if (!is_written_ || std::ferror(waiting_.get()) != 0)
    return Error{fmt::format("cannot write {}: no place for its text while it waits", file_.string())};
  file.append(std::string_view(text).substr(std::min(place + place_of_documents.size(), text.size())));
  return file.finish();
}

}  // namespace bb::report
