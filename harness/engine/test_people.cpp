#include "harness/engine/test_people.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <filesystem>
#include <utility>

#include <bb/core/files.hpp>
#include <bb/core/time.hpp>

#include "harness/engine/asker.hpp"
#include "harness/evidence/event_values.hpp"
#include "harness/evidence/requirement_rollup.hpp"

namespace bb::engine {
namespace {

using evidence::Outcome;
using suite::Step;

constexpr std::uint64_t evidence_file_bytes_max = std::uint64_t{64} * 1024 * 1024;

bool is_shown_by_file(const Step& step) { return step.evidence_kind == "file" || step.evidence_kind == "screenshot"; }

bool may_wait_for_person(const TestContext& test) {
  return test.run.options.is_detached || test.run.options.asker != nullptr;
}

void take_answer(const TestContext& test, const suite::Answer& answer, evidence::AttestationView& view) {
  view.is_answered = true;
  view.is_yes = answer.is_yes;
  view.name = answer.name;
  view.role = answer.role;
  view.date = answer.date;
  view.evidence = answer.evidence;
  view.expires = answer.expires;
  view.expired_by = suite::expired_by(answer.expires, test.run.clock.now_unix_ns(), test.run.plan.rule_date);
}

// Whether somebody answered or declined.
bool ask_statement(TestContext& test, const Step& step, evidence::AttestationView& view, std::filesystem::path& file) {
  static_cast<void>(test.run.writer.flush());
  test.worker.step_out();
  const auto said = test.run.options.asker->ask(
      Statement{view.suite + "/" + view.test, test.definition.title, view.question, step.evidence_kind});
  test.worker.step_in();
  if (!said) return false;
  view.is_answered = !said->is_declined;
  view.is_yes = said->is_yes;
  view.name = said->name;
  view.role = said->role;
  view.date = format_date(test.run.clock.now_unix_ns());
  view.evidence = test.run.redactor.redact(said->evidence);
  view.expires.clear();
  view.expired_by.clear();
  file = said->evidence_file;
  return true;
}

// What somebody showed is part of the run, free of secrets, whatever becomes of the file.
Result<std::string> keep_evidence(TestContext& test, const std::filesystem::path& file) {
  BB_TRY(const std::string bytes, read_regular_file(file, evidence_file_bytes_max));
  return test.run.writer.keep_file(test.run.redactor.redact(bytes));
}

}  // namespace

bool waits_for_person(const TestContext& test, const host::Reply& reply) {
  return reply.status == BB_E_PENDING && test.caller.open_question() && !test.is_cleanup && may_wait_for_person(test);
}

void leave_to_person(TestContext& test, const Step& step, const std::string& question) {
  test.open_wait = evidence::WaitView{.suite = test.view.suite,
                                      .test = test.view.name,
                                      .step = step.id,
                                      .event = std::string(evidence::person_event),
                                      .address = "",
                                      .until = "",
                                      .tell = question};
  Value started = evidence::wait_to_value(*test.open_wait);
  started.set("within_ms", 0);  // it has no end
  static_cast<void>(test.run.writer.write("wait_started", started));
  test.is_parked = test.is_left_open = true;
}

Came run_attest(TestContext& test, const Step& step) {
  test.begin_step(step, {}, test.next_attempt(step));
  evidence::AttestationView view;
  view.suite = test.view.suite;
  view.test = test.view.name;
  view.step = step.id;
  const auto question = test.scope.resolve(Value(step.question));
  view.question = question ? question->string_or(step.question) : step.question;
  const suite::Answer* const answer = test.run.input.answers.find(view.suite, view.test, step.id);
  if (answer != nullptr) take_answer(test, *answer, view);
  std::filesystem::path file;
  if (answer != nullptr && is_shown_by_file(step) && !answer->evidence.empty())
    file = test.run.input.answers.file.parent_path() / answer->evidence;
  const bool is_open = !view.is_answered || !view.expired_by.empty();
  const bool is_asked = is_open && test.run.options.asker != nullptr && ask_statement(test, step, view, file);
  if (is_open && !is_asked && may_wait_for_person(test)) {
    leave_to_person(test, step, view.question);
    return {};
  }
  if (!file.empty()) {
    auto kept = keep_evidence(test, file);
    if (!kept)
      return {Outcome::error, "config",
              fmt::format("step '{}': the evidence cannot be kept: {}", step.id, kept.error().what)};
    view.evidence_blob = *std::move(kept);
  }
  view.counts = test.node.do_answers_count;
  static_cast<void>(test.run.writer.write("attestation", evidence::attestation_to_value(view)));
  return {evidence::outcome_of(view), "", evidence::cause_of(view)};
}

}  // namespace bb::engine
