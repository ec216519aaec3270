// Format "bluebridge-difference/1": docs/reference/diff.md.
#include <bb/core/time.hpp>

#include "harness/report/difference.hpp"

namespace bb::report {
namespace {

template <class Items, class F>
Value list(const Items& items, const F& item_value) {
  auto values = Value::array();
  for (const auto& item : items) values.push(item_value(item));
  return values;
}

void set_text(Value& object, std::string_view key, const std::string& text) {
  if (!text.empty()) object.set(key, text);
}

Value field_value(const FieldChange& change) {
  return Value::object({{"what", change.what}, {"before", change.before}, {"after", change.after}});
}

Value claim_value(const FailingClaim& claim) {
  return Value::object(
      {{"step", claim.step}, {"text", claim.text}, {"expected", claim.expected}, {"found", claim.found}});
}

Value requirement_value(const RequirementChange& change) {
  auto value = Value::object({{"id", change.id},
                              {"change", to_word(change.kind)},
                              {"before", change.before},
                              {"after", change.after},
                              {"counted_before", change.counted_before},
                              {"counts_after", change.counts_after},
                              {"worse", change.is_worse},
                              {"level", change.level},
                              {"text", change.text}});
  set_text(value, "status", change.status);
  set_text(value, "source", change.source);
  set_text(value, "at", change.at);
  set_text(value, "from", change.from);
  set_text(value, "until", change.until);
  value.set("rule", list(change.rule, field_value));
  set_text(value, "cites", change.cites);
  value.set("tests", Value::strings(change.tests));
  return value;
}

Value test_value(const TestChange& change) {
  auto value = Value::object({{"suite", change.suite},
                              {"name", change.name},
                              {"title", change.title},
                              {"before", change.before},
                              {"after", change.after},
                              {"worse", change.is_worse},
                              {"claims_before", list(change.claims_before, claim_value)},
                              {"claims_after", list(change.claims_after, claim_value)}});
  set_text(value, "cause", change.cause);
  value.set("cites", Value::strings(change.cites));
  return value;
}

Value run_value(const evidence::RunView& run) {
  return Value::object({{"id", run.id},
                        {"started", format_utc(run.started_unix_ns)},
                        {"rule_date", run.rule_date},
                        {"target", run.target},
                        {"target_version", run.target_version},
                        {"verdict", run.verdict.word},
                        {"exit_status", run.verdict.exit_status}});
}

}  // namespace

Value to_value(const Difference& difference, const evidence::RunView& before, const evidence::RunView& after) {
  return Value::object({{"format", "bluebridge-difference/1"},
                        {"before", run_value(before)},
                        {"after", run_value(after)},
                        {"worse", difference.is_worse()},
                        {"verdict_worse", difference.is_verdict_worse},
                        {"requirements", list(difference.requirements, requirement_value)},
                        {"tests", list(difference.tests, test_value)},
                        {"waivers", list(difference.waivers, field_value)},
                        {"attestations", list(difference.attestations, field_value)},
                        {"setup", list(difference.setup, field_value)},
                        {"not_comparable", Value::strings(difference.not_comparable)}});
}

}  // namespace bb::report
