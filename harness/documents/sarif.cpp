#include "harness/documents/sarif.hpp"

#include <fmt/format.h>
#include <bb/core/json.hpp>
#include <bb/core/text.hpp>

namespace bb::documents {
namespace {

constexpr std::size_t notification_count_max = 10'000;

// SARIF 3.4.3: a URI reference; an absolute one where the name is an absolute path.
std::string uri_of(std::string_view name) {
  std::vector<std::string> parts;
  for (const auto& part : split(name, '/')) parts.push_back(percent_encode(part));
  return (name.starts_with('/') ? "file://" : "") + join(parts, "/");
}

Value text_message(const std::string& text) { return Value::object({{"text", text}}); }

Value artifact(const DocumentReport& report) {
  return Value::object({{"artifactLocation", Value::object({{"uri", uri_of(report.name)}})}});
}

Value one(Value value) { return Value(Value::Array{std::move(value)}); }

Value location_of(const DocumentReport& report, const Finding& finding) {
  auto physical = artifact(report);
  if (finding.line > 0) {
    auto region = Value::object({{"startLine", finding.line}});
    if (finding.character > 0) region.set("startColumn", finding.character);
    physical.set("region", std::move(region));
  }
  auto location = Value::object({{"physicalLocation", std::move(physical)}});
  if (const auto& path = finding.path.empty() ? finding.xpath : finding.path; !path.empty())
    location.set("logicalLocations", one(Value::object({{"fullyQualifiedName", path}, {"kind", "element"}})));
  return location;
}

std::string words_of(const Finding& finding) {
  auto text = finding.message.empty() ? finding.rule : finding.message;
  if (!finding.expected.empty()) text += fmt::format("; expected {}", finding.expected);
  if (!finding.found.empty()) text += fmt::format("; found {}", finding.found);
  if (!finding.hint.empty()) text += fmt::format(". {}", finding.hint);
  return text;
}

}  // namespace

SarifWriter::SarifWriter(std::string program_version, std::function<void(std::string_view)> write)
    : program_version_(std::move(program_version)), write_(std::move(write)) {
  write_(R"({"$schema":"https://docs.oasis-open.org/sarif/sarif/v2.1.0/cos02/schemas/sarif-schema-2.1.0.json",)"
         "\n"
         R"("version":"2.1.0","runs":[{"columnKind":"unicodeCodePoints","results":[)");
}

std::size_t SarifWriter::index_of(const Finding& finding) {
  const auto [slot, is_new] = rule_numbers_.emplace(finding.rule, rules_.size());
  if (is_new)
    rules_.push_back(
        Value::object({{"id", finding.rule},
                       {"shortDescription", text_message(shorten(collapse_whitespace(finding.message), 200))}}));
  return slot->second;
}

void SarifWriter::add_notification(const DocumentReport& report, std::string_view level, const std::string& text) {
  if (notifications_.size() == notification_count_max) return;
  notifications_.push(Value::object({{"level", level},
                                     {"message", text_message(text)},
                                     {"locations", one(Value::object({{"physicalLocation", artifact(report)}}))}}));
}

void SarifWriter::add(const DocumentReport& report) {
  for (const auto& finding : report.findings) {
    auto result = Value::object({{"ruleId", finding.rule},
                                 {"ruleIndex", static_cast<std::int64_t>(index_of(finding))},
                                 {"level", std::string(to_word(finding.level))},
                                 {"message", text_message(words_of(finding))},
                                 {"locations", one(location_of(report, finding))}});
    if (!finding.also.empty()) result.set("properties", Value::object({{"also", finding.also}}));
    write_((result_count_++ == 0 ? "\n" : ",\n") + to_json(result));
  }
  for (const auto& missing : report.missing) add_notification(report, "warning", "not judged: " + missing);
  if (!report.failure.empty()) add_notification(report, "error", "could not be checked: " + report.failure);
}

void SarifWriter::finish(bool is_complete) {
  const auto driver = Value::object(
      {{"name", "BlueBridge"}, {"version", program_version_}, {"rules", Value(Value::Array(std::move(rules_)))}});
  auto invocation = Value::object({{"executionSuccessful", is_complete}});
  invocation.set("toolExecutionNotifications", std::move(notifications_));
  write_("\n],\"tool\":" + to_json(Value::object({{"driver", driver}})) +
         ",\"invocations\":" + to_json(one(std::move(invocation))) + "}]}\n");
}

}  // namespace bb::documents
