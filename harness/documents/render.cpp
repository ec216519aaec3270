#include "harness/documents/render.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <bb/core/printable.hpp>
#include <bb/core/text.hpp>

namespace bb::documents {
namespace {

std::string what_it_is(const Recognition& recognition) {
  std::string text = recognition.full_title();
  if (recognition.claims.size() > 1) text += fmt::format(" (claims {})", join(recognition.claims, ", "));
  return text;
}

// "2 errors, 1 warning", of the levels that were asked for.
std::string counts_of(const DocumentReport& report) {
  std::vector<std::string> counts;
  for (const auto level : levels)
    if (level <= report.least) counts.push_back(counted(report.count(level), to_word(level)));
  return join(counts, ", ") + (report.least == levels.back() ? "" : "; others were not looked for");
}

std::size_t count_of(const Value& value) {
  return static_cast<std::size_t>(std::max<std::int64_t>(value.integer_or(0), 0));
}

Result<Finding> finding_from(const Value& value) {
  Finding finding;
  BB_TRY(finding.level, level_from(value["level"].string_or("")));
  finding.rule = value["rule"].string_or("");
  finding.line = static_cast<int>(value["line"].integer_or(0));
  finding.column = static_cast<int>(value["column"].integer_or(0));
  finding.character = static_cast<int>(value["character"].integer_or(0));
  finding.message = value["message"].string_or("");
  finding.xpath = value["xpath"].string_or("");
  finding.path = value["path"].string_or("");
  finding.expected = value["expected"].string_or("");
  finding.found = value["found"].string_or("");
  finding.requirement = value["requirement"].string_or("");
  finding.hint = value["hint"].string_or("");
  finding.also = value["also"].string_or("");
  return finding;
}

void set_if(Value& value, std::string_view key, const std::string& text) {
  if (!text.empty()) value.set(key, text);
}

Value to_value(const Finding& finding) {
  Value value = Value::object({{"rule", finding.rule}, {"level", std::string(to_word(finding.level))}});
  if (finding.line > 0) value.set("line", finding.line);
  if (finding.line > 0 && finding.column > 0) value.set("column", finding.column);
  value.set("message", finding.message);
  if (finding.character > 0) value.set("character", finding.character);
  set_if(value, "xpath", finding.xpath);
  set_if(value, "path", finding.path);
  set_if(value, "expected", finding.expected);
  set_if(value, "found", finding.found);
  set_if(value, "requirement", finding.requirement);
  set_if(value, "hint", finding.hint);
  set_if(value, "also", finding.also);
  return value;
}

}  // namespace

// What documents say stays on its line: it cannot pass for a finding of ours.
std::string render_text(const DocumentReport& report) {
  const auto name = one_line(report.name);
  std::string text;
  for (const auto& finding : report.findings) {
    const auto place = finding.line > 0 ? fmt::format(":{}:{}", finding.line, finding.column) : std::string();
    text += fmt::format("{}{}: {}: {} [{}]\n", name, place, to_word(finding.level), one_line(finding.message),
                        one_line(rules_of(finding)));
    if (!finding.path.empty()) text += fmt::format("    at {}\n", one_line(finding.path));
    std::string both = finding.expected.empty() ? "" : "expected " + one_line(finding.expected);
    if (!finding.found.empty()) both += (both.empty() ? "found " : ", found ") + one_line(finding.found);
    if (!both.empty()) text += fmt::format("    {}\n", both);
    if (!finding.hint.empty()) text += fmt::format("    hint: {}\n", one_line(finding.hint));
  }
  if (report.dropped_count > 0) text += fmt::format("{}: and {} more findings\n", name, report.dropped_count);
  for (const auto& unjudged : report.unjudged)
    text += fmt::format("{}: not evaluated: {}, {}: {}\n", name, one_line(unjudged.rule),
                        counted(unjudged.count, "time"), one_line(unjudged.why));
  for (const auto& [rule, count] : report.ignored)
    text += fmt::format("{}: ignored as asked: {}, {}\n", name, one_line(rule), counted(count, "time"));
  for (const auto& missing : report.missing) text += fmt::format("{}: not judged: {}\n", name, one_line(missing));
  if (!report.failure.empty()) text += fmt::format("{}: could not be checked: {}\n", name, one_line(report.failure));
  if (!report.judged_by.empty()) text += fmt::format("{}: judged by {}\n", name, one_line(report.judged_by));
  text += fmt::format("{}: {}: {}\n", name, one_line(what_it_is(report.recognition)), counts_of(report));
  return text;
}

Value to_value(const DocumentReport& report) {
  Value findings = Value::array();
  for (const auto& finding : report.findings) findings.push(to_value(finding));
  Value unjudged = Value::array();
  for (const auto& one : report.unjudged)
    unjudged.push(
        Value::object({{"rule", one.rule}, {"why", one.why}, {"count", static_cast<std::int64_t>(one.count)}}));
  Value ignored = Value::object();
  for (const auto& [rule, count] : report.ignored) ignored.set(rule, static_cast<std::int64_t>(count));
  Value value = Value::object({{"document", report.name},
                               {"bytes", static_cast<std::int64_t>(report.byte_count)},
                               {"format", report.recognition.format},
                               {"title", report.recognition.title},
                               {"claims", Value::strings(report.recognition.claims)}});
  set_if(value, "document_type", report.recognition.document_type);
  set_if(value, "document_title", report.recognition.document_title);
  set_if(value, "judged_by", report.judged_by);
  set_if(value, "vendor", report.vendor);
  value.set("errors", static_cast<std::int64_t>(report.count(Level::error)));
  value.set("warnings", static_cast<std::int64_t>(report.count(Level::warning)));
  value.set("notes", static_cast<std::int64_t>(report.count(Level::note)));
  if (report.least != levels.back()) value.set("level", to_word(report.least));
  value.set("findings", std::move(findings));
  value.set("dropped", static_cast<std::int64_t>(report.dropped_count));
  value.set("not_evaluated", std::move(unjudged));
  value.set("ignored", std::move(ignored));
  value.set("missing", Value::strings(report.missing));
  set_if(value, "failure", report.failure);
  value.set("status", report.exit_status());
  return value;
}

Value to_value_with_source(const DocumentReport& report) {
  auto value = to_value(report);
  if (report.source.empty()) return value;
  Value source = Value::array();
  for (const auto& line : report.source) source.push(Value(Value::Array{line.line, line.column, line.text}));
  value.set("source", std::move(source));
  return value;
}

Result<DocumentReport> from_value(const Value& value) {
  for (const auto* key : {"document", "format", "title"})
    if (!value[key].is_string()) return Error{fmt::format("'{}' is {}, expected a string", key, value[key].kind())};
  for (const auto* key : {"findings", "not_evaluated", "claims", "missing"})
    if (!value[key].is_array()) return Error{fmt::format("'{}' is {}, expected an array", key, value[key].kind())};
  DocumentReport report;
  report.name = value["document"].string_or("");
  report.byte_count = count_of(value["bytes"]);
  report.recognition = {value["format"].string_or(""), value["title"].string_or(""),
                        value["document_type"].string_or(""), value["document_title"].string_or(""),
                        strings_of(value["claims"])};
  report.judged_by = value["judged_by"].string_or("");
  report.vendor = value["vendor"].string_or("");
  BB_TRY(report.least, level_from(value["level"].string_or(to_word(levels.back()))));
  for (const auto& one : *value["findings"].items()) {
    BB_TRY(auto finding, finding_from(one));
    report.findings.push_back(std::move(finding));
  }
  for (const auto& one : *value["not_evaluated"].items())
    report.unjudged.push_back({one["rule"].string_or(""), one["why"].string_or(""), count_of(one["count"])});
  report.missing = strings_of(value["missing"]);
  if (const auto* ignored = value["ignored"].members())
    for (const auto& [rule, count] : *ignored) report.ignored[rule] = count_of(count);
  report.dropped_count = count_of(value["dropped"]);
  report.failure = value["failure"].string_or("");
  if (const auto* source = value["source"].items())
    for (const auto& line : *source)
      report.source.push_back(
          {static_cast<int>(line[0u].integer_or(1)), static_cast<int>(line[1u].integer_or(1)), line[2u].string_or("")});
  return report;
}

}  // namespace bb::documents
