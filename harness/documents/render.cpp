#include "harness/documents/render.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <bb/core/text.hpp>

namespace bb::documents {
namespace {

std::string counted(std::size_t count, std::string_view thing) {
  return fmt::format("{} {}{}", count, thing, count == 1 ? "" : "s");
}

std::string what_it_is(const Recognition& recognition) {
  std::string text = recognition.title;
  if (!recognition.document_title.empty()) text += ", " + recognition.document_title;
  if (recognition.claims.size() > 1) text += fmt::format(" (claims {})", join(recognition.claims, ", "));
  return text;
}

// A path as the path of a URI: the slashes stay.
std::string percent_encode_path(std::string_view path) {
  std::vector<std::string> parts;
  for (const auto& part : split(path, '/')) parts.push_back(percent_encode(part));
  return join(parts, "/");
}

Result<Level> level_from(std::string_view word) {
  for (const auto level : {Level::error, Level::warning, Level::note})
    if (to_word(level) == word) return level;
  return Error{fmt::format("unknown level '{}'", word)};
}

std::size_t count_of(const Value& value) {
  return static_cast<std::size_t>(std::max<std::int64_t>(value.integer_or(0), 0));
}

std::vector<std::string> strings_of(const Value& value) {
  std::vector<std::string> strings;
  if (const auto* items = value.items())
    for (const auto& item : *items) strings.push_back(item.string_or(""));
  return strings;
}

Result<Finding> finding_from(const Value& value) {
  Finding finding;
  BB_TRY(finding.level, level_from(value["level"].string_or("")));
  finding.rule = value["rule"].string_or("");
  finding.line = static_cast<int>(value["line"].integer_or(1));
  finding.column = static_cast<int>(value["column"].integer_or(1));
  finding.message = value["message"].string_or("");
  finding.xpath = value["xpath"].string_or("");
  finding.expected = value["expected"].string_or("");
  finding.found = value["found"].string_or("");
  finding.requirement = value["requirement"].string_or("");
  finding.hint = value["hint"].string_or("");
  return finding;
}

void set_if(Value& value, std::string_view key, const std::string& text) {
  if (!text.empty()) value.set(key, text);
}

Value to_value(const Finding& finding) {
  Value value = Value::object({{"rule", finding.rule},
                               {"level", std::string(to_word(finding.level))},
                               {"line", finding.line},
                               {"column", finding.column},
                               {"message", finding.message}});
  set_if(value, "xpath", finding.xpath);
  set_if(value, "expected", finding.expected);
  set_if(value, "found", finding.found);
  set_if(value, "requirement", finding.requirement);
  set_if(value, "hint", finding.hint);
  return value;
}

}  // namespace

std::string render_text(const DocumentReport& report) {
  std::string text;
  for (const auto& finding : report.findings) {
    text += fmt::format("{}:{}:{}: {}: {} [{}]\n", report.name, finding.line, finding.column, to_word(finding.level),
                        finding.message, finding.rule);
    if (!finding.expected.empty() || !finding.found.empty())
      text += fmt::format("    expected {}{}\n", finding.expected.empty() ? "something else" : finding.expected,
                          finding.found.empty() ? "" : ", found " + finding.found);
    if (!finding.hint.empty()) text += fmt::format("    hint: {}\n", finding.hint);
  }
  if (report.dropped_count > 0) text += fmt::format("{}: and {} more findings\n", report.name, report.dropped_count);
  for (const auto& unjudged : report.unjudged)
    text += fmt::format("{}: not evaluated: {}, {}: {}\n", report.name, unjudged.rule, counted(unjudged.count, "time"),
                        unjudged.why);
  for (const auto& [rule, count] : report.ignored)
    text += fmt::format("{}: ignored as asked: {}, {}\n", report.name, rule, counted(count, "time"));
  for (const auto& missing : report.missing) text += fmt::format("{}: not judged: {}\n", report.name, missing);
  if (!report.failure.empty()) text += fmt::format("{}: could not be checked: {}\n", report.name, report.failure);
  text += fmt::format("{}: {}: {}, {}, {}\n", report.name, what_it_is(report.recognition),
                      counted(report.count(Level::error), "error"), counted(report.count(Level::warning), "warning"),
                      counted(report.count(Level::note), "note"));
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
  set_if(value, "vendor", report.vendor);
  value.set("errors", static_cast<std::int64_t>(report.count(Level::error)));
  value.set("warnings", static_cast<std::int64_t>(report.count(Level::warning)));
  value.set("notes", static_cast<std::int64_t>(report.count(Level::note)));
  value.set("findings", std::move(findings));
  value.set("dropped", static_cast<std::int64_t>(report.dropped_count));
  value.set("not_evaluated", std::move(unjudged));
  value.set("ignored", std::move(ignored));
  value.set("missing", Value::strings(report.missing));
  set_if(value, "failure", report.failure);
  value.set("status", report.exit_status());
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
  report.vendor = value["vendor"].string_or("");
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
  return report;
}

Value to_sarif(const std::vector<DocumentReport>& reports, const std::string& program_version) {
  std::map<std::string, std::string> rules;  // id -> a message
  Value results = Value::array();
  for (const auto& report : reports)
    for (const auto& finding : report.findings) {
      rules.emplace(finding.rule, finding.message);
      Value result = Value::object({{"ruleId", finding.rule},
                                    {"level", std::string(to_word(finding.level))},
                                    {"message", Value::object({{"text", finding.message}})}});
      Value location = Value::object(
          {{"physicalLocation",
            Value::object(
                {{"artifactLocation", Value::object({{"uri", percent_encode_path(report.name)}})},
                 {"region", Value::object({{"startLine", finding.line}, {"startColumn", finding.column}})}})}});
      if (!finding.xpath.empty())
        location.set("logicalLocations",
                     Value(Value::Array{Value::object({{"fullyQualifiedName", finding.xpath}, {"kind", "element"}})}));
      result.set("locations", Value(Value::Array{std::move(location)}));
      results.push(std::move(result));
    }
  Value rule_list = Value::array();
  for (const auto& [id, message] : rules)
    rule_list.push(Value::object({{"id", id}, {"shortDescription", Value::object({{"text", message}})}}));
  Value driver = Value::object({{"name", "BlueBridge"}, {"version", program_version}, {"rules", std::move(rule_list)}});
  Value run =
      Value::object({{"tool", Value::object({{"driver", std::move(driver)}})}, {"results", std::move(results)}});
  run.set("columnKind", "unicodeCodePoints");
  return Value::object({{"$schema", "https://json.schemastore.org/sarif-2.1.0.json"},
                        {"version", "2.1.0"},
                        {"runs", Value(Value::Array{std::move(run)})}});
}

}  // namespace bb::documents
