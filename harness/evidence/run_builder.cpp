#include "harness/evidence/run_builder.hpp"

#include <fmt/format.h>

#include <array>
#include <fstream>

#include <bb/core/time.hpp>

#include "harness/evidence/event_values.hpp"
#include "harness/evidence/requirement_rollup.hpp"
#include "harness/evidence/run_folder.hpp"

namespace bb::evidence {
namespace {

std::string text(const Value& event, std::string_view key) { return event[key].string_or(""); }

std::int64_t time_of(const Value& event) { return parse_time(text(event, "at")).value_or(0); }

std::int64_t us_of(const Value& event) { return event["us"].integer_or(0); }

template <std::size_t N>
bool is_one_of(std::string_view word, const std::array<std::string_view, N>& words) {
  for (const auto candidate : words)
    if (candidate == word) return true;
  return false;
}

constexpr std::array<std::string_view, 8> test_events = {"test_started", "step_started", "step_judged",  "message",
                                                         "attestation",  "test_done",    "wait_started", "wait_done"};
constexpr std::array<std::string_view, 5> call_events = {"call_started", "call_done", "exchange", "log", "evidence"};

RequirementView requirement_from(const Value& row) {
  RequirementView requirement;
  requirement.id = text(row, "id");
  requirement.level = text(row, "level");
  requirement.text = text(row, "text");
  requirement.source = text(row, "source");
  requirement.status = text(row, "status");
  requirement.check = text(row, "check");
  requirement.untested = text(row, "untested");
  requirement.applies = text(row, "applies");
  requirement.counts = row["counts"].boolean_or(true);
  return requirement;
}

}  // namespace

RunBuilder::RunBuilder(std::filesystem::path folder) { run_.folder = std::move(folder); }

Status RunBuilder::add(const Value& event, std::size_t line) {
  const std::string type = text(event, "type");
  if (type == "run_started") {
    if (!is_started_) return run_started(event);
    problem(fmt::format("line {}: a second run_started, ignored", line));
  } else if (!is_started_) {
    problem(fmt::format("line {}: '{}' before run_started, ignored", line, type));
  } else if (is_one_of(type, test_events)) {
    test_event(type, event, line);
  } else if (is_one_of(type, call_events)) {
    call_event(type, event);
  } else if (type == "run_done") {
    run_.is_complete = true;
    run_.finished_unix_ns = time_of(event);
  } else if (type != "address_allocated") {
    ++unknown_types_[type];
  }
  return {};
}

Status RunBuilder::run_started(const Value& event) {
  if (const std::string format = text(event, "format"); format != events_format)
    return Error{
        fmt::format("events of format '{}', this program reads '{}'; a newer program is needed to read this run",
                    format, events_format)};
  is_started_ = true;
  run_.id = text(event, "run");
  run_.program_version = text(event, "program_version");
  run_.rule_date = text(event, "rule_date");
  run_.notes = strings_of(event["notes"]);
  run_.started_unix_ns = time_of(event);
  const Value& target = event["target"];
  run_.target = text(target, "id");
  run_.target_title = text(target, "title");
  run_.target_version = text(target, "version");
  run_.environment = text(target, "environment");
  const Value& suites = event["suites"];
  for (std::size_t i = 0; i < suites.size(); ++i)
    run_.suites.push_back({text(suites[i], "id"), text(suites[i], "version"), text(suites[i], "title"),
                           text(suites[i], "file"), text(suites[i], "sha256")});
  const Value& rows = event["requirements"];
  for (std::size_t i = 0; i < rows.size(); ++i) run_.requirements.push_back(requirement_from(rows[i]));
  const Value& plan = event["plan"];
  for (std::size_t i = 0; i < plan.size(); ++i) {
    TestView test = planned_from_value(plan[i]);
    test.cause = "the run ended before it";
    tests_.emplace(std::pair(test.suite, test.name), run_.tests.size());
    run_.tests.push_back(std::move(test));
  }
  return {};
}

TestView* RunBuilder::find_test(const Value& event) {
  const auto found = tests_.find({text(event, "suite"), text(event, "test")});
  return found == tests_.end() ? nullptr : &run_.tests[found->second];
}

StepView* RunBuilder::find_step(const Value& event) {
  const auto found = calls_.find(event["call"].integer_or(0));
  return found == calls_.end() ? nullptr : &run_.tests[found->second.first].steps[found->second.second];
}

void RunBuilder::test_event(std::string_view type, const Value& event, std::size_t line) {
  TestView* const test = find_test(event);
  if (test == nullptr) {
    problem(fmt::format("line {}: '{}' of test '{}/{}', which is not in the plan, ignored", line, type,
                        text(event, "suite"), text(event, "test")));
    return;
  }
  const auto index = static_cast<std::size_t>(test - run_.tests.data());
  if (type == "test_started") {
    test->started_unix_ns = time_of(event);
    test->cause = "the run ended while it was running";
    test_started_us_[index] = us_of(event);
  } else if (type == "step_started") {
    StepView step;
    step.id = text(event, "step");
    step.action = text(event, "action");
    step.attempt = static_cast<int>(event["attempt"].integer_or(1));
    step.is_setup = event["is_setup"].boolean_or(false);
    step.is_cleanup = event["is_cleanup"].boolean_or(false);
    step.started_unix_ns = time_of(event);
    step_started_us_[index] = us_of(event);
    test->steps.push_back(std::move(step));
  } else if (type == "attestation") {
    run_.attestations.push_back(attestation_from_value(event));
  } else if (type == "test_done") {
    test->is_done = true;
    test->outcome = outcome_from(text(event, "outcome")).value_or(Outcome::error);
    test->kind = text(event, "kind");
    test->cause = text(event, "cause");
    if (const auto started = test_started_us_.find(index); started != test_started_us_.end())
      test->duration_ms = (us_of(event) - started->second) / 1000;
  } else if (test->steps.empty()) {
    problem(fmt::format("line {}: '{}' before any step of test '{}', ignored", line, type, test->name));
  } else if (type == "message") {
    set_message(test->steps.back(), event);
  } else if (type == "step_judged") {
    end_step(*test, event);
  }
}

void RunBuilder::call_event(std::string_view type, const Value& event) {
  if (type == "call_started") {
    TestView* const test = find_test(event);
    if (test != nullptr && !test->steps.empty())
      calls_[event["call"].integer_or(0)] = {static_cast<std::size_t>(test - run_.tests.data()),
                                             test->steps.size() - 1};
    return;
  }
  // Call 0 is the instance itself speaking, outside any step.
  StepView* const step = find_step(event);
  if (step == nullptr) return;
  if (type == "call_done") {
    set_message(*step, event);
  } else if (type == "exchange") {
    ExchangeView view;
    view.exchange = exchange_from_value(event);
    Body request = body(event["request_body"]);
    Body response = body(event["response_body"]);
    view.exchange.request_body = std::move(request.text);
    view.exchange.response_body = std::move(response.text);
    view.request_body_blob = std::move(request.blob);
    view.response_body_blob = std::move(response.blob);
    step->exchanges.push_back(std::move(view));
  } else if (type == "log") {
    step->logs.push_back(log_from_value(event));
  } else if (type == "evidence") {
    host::EvidenceRecord record = record_from_value(event);
    record.sent = body(event["sent"]).text;
    record.received = body(event["received"]).text;
    step->records.push_back(std::move(record));
  }
}

RunBuilder::Body RunBuilder::body(const Value& value) {
  Body body;
  body.text = text(value, "text");
  body.blob = text(value, "blob");
  if (body.blob.empty()) return body;
  if (!is_blob_name(body.blob)) {
    problem(fmt::format("'{}' is no name of a blob, ignored", body.blob));
    body.blob.clear();
    return body;
  }
  std::ifstream file(run_.folder / blobs_folder_name / body.blob, std::ios::binary);
  if (!file) {
    problem(fmt::format("blob {} is missing", body.blob));
    return body;
  }
  body.text.resize(view_body_bytes_max);
  file.read(body.text.data(), static_cast<std::streamsize>(body.text.size()));
  body.text.resize(static_cast<std::size_t>(file.gcount()));
  return body;
}

void RunBuilder::set_message(StepView& step, const Value& event) {
  Body content = body(event["body"]);
  step.message = Message::from_value(event["message"], std::move(content.text));
  step.body_blob = std::move(content.blob);
  step.has_message = true;
}

void RunBuilder::end_step(TestView& test, const Value& event) {
  StepView& step = test.steps.back();
  const Value& claims = event["claims"];
  for (std::size_t i = 0; i < claims.size(); ++i) step.claims.push_back(claim_from_value(claims[i]));
  const auto index = static_cast<std::size_t>(&test - run_.tests.data());
  step.duration_ms = (us_of(event) - step_started_us_[index]) / 1000;
}

void RunBuilder::report_unknown() {
  for (const auto& [type, count] : unknown_types_)
    problem(fmt::format("{} event{} of unknown type '{}', ignored", count, count == 1 ? "" : "s", type));
}

Result<RunView> RunBuilder::finish() && {
  if (!is_started_) return Error{"there is no run_started event"};
  report_unknown();
  for (const auto& test : run_.tests) run_.counts.add(test.outcome);
  run_.verdict = decide(counts_for_verdict(run_.tests), run_.is_complete);
  roll_up_requirements(run_);
  return std::move(run_);
}

Counts counts_for_verdict(const std::vector<TestView>& tests) {
  Counts counts;
  for (const auto& test : tests) {
    if (!test.counts) continue;
    const bool is_mild = test.outcome == Outcome::not_attested && test.level != Level::shall;
    counts.add(is_mild ? Outcome::warn : test.outcome);
  }
  return counts;
}

}  // namespace bb::evidence
