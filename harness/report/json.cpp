#include <bb/core/json.hpp>
#include <bb/core/time.hpp>
#include <string>

#include "harness/evidence/event_values.hpp"
#include "harness/evidence/waivers.hpp"
#include "harness/report/explain.hpp"
#include "harness/report/report.hpp"

namespace bb::report {
namespace {

using evidence::AttestationView;
using evidence::ClaimView;
using evidence::ExchangeView;
using evidence::RequirementView;
using evidence::RunView;
using evidence::StepView;
using evidence::SuiteView;
using evidence::TestView;

void set_text(Value& object, std::string_view key, const std::string& text) {
  if (!text.empty()) object.set(key, text);
}

template <class Items, class F>
Value list(const Items& items, const F& item_value) {
  auto values = Value::array();
  for (const auto& item : items) values.push(item_value(item));
  return values;
}

Value time_value(std::int64_t unix_ns) { return unix_ns > 0 ? Value(format_utc(unix_ns)) : Value(); }

Value claim_value(const ClaimView& claim) {
  auto value = Value::object({{"gate", claim.gate},
                              {"text", claim.text},
                              {"outcome", claim.outcome},
                              {"level", evidence::to_word(claim.level)}});
  if (!claim.counts) value.set("counts", false);
  set_text(value, "expected", claim.expected);
  set_text(value, "found", claim.found);
  set_text(value, "hint", claim.hint);
  if (!claim.verifies.empty()) value.set("verifies", Value::strings(claim.verifies));
  if (claim.line > 0) value.set("line", claim.line);
  if (claim.is_waived) value.set("waived", true);
  return value;
}

Value exchange_value(const ExchangeView& view) {
  const auto& exchange = view.exchange;
  auto value = Value::object({{"method", exchange.method},
                              {"url", exchange.url},
                              {"status", exchange.status == 0 ? Value() : Value(exchange.status)},
                              {"answer", exchange.is_answer},
                              {"started", time_value(exchange.started_unix_ns)},
                              {"total_ms", exchange.total_ms}});
  set_text(value, "error", exchange.error);
  set_text(value, "tls", exchange.tls);
  set_text(value, "request_body_blob", view.request_body_blob);
  set_text(value, "response_body_blob", view.response_body_blob);
  return value;
}

Value message_value(const StepView& step) {
  const auto& message = step.message;
  auto value = Value::object({{"result", message.result}});
  set_text(value, "status_name", message.status_name);
  set_text(value, "error", message.error);
  set_text(value, "media_type", message.media_type);
  set_text(value, "filename", message.filename);
  set_text(value, "body_blob", step.body_blob);
  if (message.first_byte_ms >= 0) value.set("first_byte_ms", message.first_byte_ms);
  if (message.total_ms >= 0) value.set("total_ms", message.total_ms);
  return value;
}

Value step_value(const StepView& step) {
  auto value = Value::object({{"id", step.id},
                              {"action", step.action},
                              {"attempt", step.attempt},
                              {"setup", step.is_setup},
                              {"cleanup", step.is_cleanup},
                              {"duration_ms", step.duration_ms}});
  if (step.has_message) value.set("message", message_value(step));
  value.set("claims", list(step.claims, claim_value));
  value.set("exchanges", list(step.exchanges, exchange_value));
  return value;
}

Value test_value(const TestView& test) {
  auto value = Value::object({{"suite", test.suite},
                              {"name", test.name},
                              {"title", test.title},
                              {"outcome", outcome_word(test)},
                              {"level", evidence::to_word(test.level)},
                              {"counts", test.counts},
                              {"verifies", Value::strings(test.verifies)},
                              {"needs", Value::strings(test.needs)},
                              {"tags", Value::strings(test.tags)}});
  set_text(value, "kind", test.kind);
  set_text(value, "cause", test.cause);
  set_text(value, "next_step", next_step(test));
  if (test.line > 0) value.set("line", test.line);
  value.set("started", time_value(test.started_unix_ns));
  value.set("duration_ms", test.duration_ms);
  value.set("steps", list(test.steps, step_value));
  return value;
}

Value requirement_value(const RequirementView& requirement) {
  auto value = Value::object({{"id", requirement.id},
                              {"level", requirement.level},
                              {"text", requirement.text},
                              {"outcome", outcome_word(requirement)},
                              {"counts", requirement.counts},
                              {"tests", Value::strings(requirement.tests)}});
  set_text(value, "source", requirement.source);
  set_text(value, "status", requirement.status);
  set_text(value, "check", requirement.check);
  set_text(value, "applies", requirement.applies);
  set_text(value, "from", requirement.from);
  set_text(value, "until", requirement.until);
  set_text(value, "judged_by", requirement.judged_by);
  set_text(value, "untested", requirement.untested);
  if (!requirement.rests_on.empty()) value.set("rests_on", Value::strings(requirement.rests_on));
  if (requirement.left_out > 0) value.set("left_out", requirement.left_out);
  return value;
}

Value attestation_value(const AttestationView& answer) {
  auto value = Value::object({{"suite", answer.suite},
                              {"test", answer.test},
                              {"step", answer.step},
                              {"question", answer.question},
                              {"answer", answer.is_answered ? Value(answer.is_yes ? "yes" : "no") : Value()}});
  set_text(value, "name", answer.name);
  set_text(value, "role", answer.role);
  set_text(value, "date", answer.date);
  set_text(value, "evidence", answer.evidence);
  set_text(value, "evidence_blob", answer.evidence_blob);
  set_text(value, "expires", answer.expires);
  set_text(value, "expired_by", answer.expired_by);
  return value;
}

Value waiver_value(const evidence::WaiverView& waiver) {
  auto value = evidence::waiver_to_value(waiver);
  value.set("state", evidence::to_word(waiver.state));
  set_text(value, "why", waiver.why);
  set_text(value, "next_step", next_step(waiver));
  return value;
}

Value suite_value(const SuiteView& suite) {
  auto value = Value::object({{"id", suite.id}, {"version", suite.version}});
  set_text(value, "title", suite.title);
  set_text(value, "file", suite.file);
  set_text(value, "sha256", suite.sha256);
  if (!suite.options.empty()) value.set("options", list(suite.options, evidence::option_to_value));
  return value;
}

Value counts_value(const evidence::Counts& counts) {
  return Value::object({{"fail", counts.fail},
                        {"error", counts.error},
                        {"cancel", counts.cancel},
                        {"not attested", counts.not_attested},
                        {"skip", counts.skip},
                        {"attested", counts.attested},
                        {"waived", counts.waived},
                        {"warn", counts.warn},
                        {"pass", counts.pass},
                        {"omit", counts.omit}});
}

Value connectors_value(const RunView& run) {
  return Value::object(
      {{"sentence", connectors_sentence(run)}, {"notices", list(misbehaviours(run), [](const Misbehaviour& one) {
                                                  return Value::object({{"severity", severity_of(one.first)},
                                                                        {"rule", one.first.rule},
                                                                        {"header", one.first.header},
                                                                        {"instance", one.first.instance},
                                                                        {"what", one.first.what},
                                                                        {"count", one.count},
                                                                        {"more", one.has_more}});
                                                })}});
}

Value part_value(const RunView& run) {
  if (!run.part) return {};
  return Value::object({{"tests", run.part->tests}, {"of", run.part->of}});
}

Value target_value(const RunView& run) {
  auto value = Value::object({{"id", run.target}});
  set_text(value, "title", run.target_title);
  set_text(value, "version", run.target_version);
  set_text(value, "environment", run.environment);
  if (!run.connectors.empty()) value.set("connectors", list(run.connectors, evidence::connector_to_value));
  return value;
}

}  // namespace

Value to_value(const RunView& run) {
  auto value =
      Value::object({{"format", "bluebridge-report/1"},
                     {"run", Value::object({{"id", run.id},
                                            {"program_version", run.program_version},
                                            {"rule_date", run.rule_date},
                                            {"started", time_value(run.started_unix_ns)},
                                            {"finished", run.is_complete ? time_value(run.finished_unix_ns) : Value()},
                                            {"complete", run.is_complete},
                                            {"damaged", run.is_damaged},
                                            {"part", part_value(run)},
                                            {"notes", Value::strings(run.notes)},
                                            {"problems", Value::strings(run.problems)}})},
                     {"target", target_value(run)},
                     {"verdict", Value::object({{"word", run.verdict.word},
                                                {"exit_status", run.verdict.exit_status},
                                                {"sentence", run.verdict.sentence},
                                                {"next_step", next_step(run)}})},
                     {"counts", counts_value(run.counts)},
                     {"suites", list(run.suites, suite_value)},
                     {"requirements", list(run.requirements, requirement_value)},
                     {"tests", list(run.tests, test_value)},
                     {"attestations", list(run.attestations, attestation_value)}});
  if (run.processes > 1) value.find("run")->set("processes", run.processes);
  if (!run.arrivals.empty()) value.set("arrivals", list(run.arrivals, evidence::arrival_to_value));
  if (!run.waivers.empty()) value.set("waivers", list(run.waivers, waiver_value));
  if (run.is_waiting) value.set("waits", list(run.waits, evidence::wait_to_value));
  if (run.are_connectors_checked) value.set("connectors", connectors_value(run));
  return value;
}

std::string render_json(const RunView& run) { return to_json_pretty(to_value(run)) + '\n'; }

}  // namespace bb::report
