#include "harness/evidence/run_builder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include <bb/core/json.hpp>
#include <bb/core/time.hpp>

#include "harness/evidence/event_values.hpp"
#include "harness/evidence/requirement_rollup.hpp"
#include "harness/evidence/run_folder.hpp"
#include "harness/evidence/run_reader.hpp"
#include "harness/evidence/waivers.hpp"

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

constexpr std::array<std::string_view, 3> claim_outcomes = {"held", "violated", "unjudgeable"};

constexpr std::size_t damage_listed_max = 50;

// What the claims of a step come to: docs/reference/outcomes.md. Without claims
// nothing was judged, and the step says itself why: error, cancel or skip.
Outcome outcome_of(const StepView& step, std::string_view kind) {
  if (step.claims.empty())
    return step.outcome == Outcome::error || step.outcome == Outcome::cancel ? *step.outcome : Outcome::skip;
  // A claim that only missing rules left open is an error of ours.
  const Outcome unjudged = kind == "validator_unavailable" ? Outcome::error : Outcome::skip;
  Outcome worst = Outcome::pass;
  for (const auto& claim : step.claims) {
    if (claim.outcome == "held" || (claim.level == Level::may && claim.gate != "require")) continue;
    if (claim.is_waived) {
      worst = std::min(worst, Outcome::waived);
      continue;
    }
    const bool is_violated = claim.gate != "require" && claim.outcome == "violated";
    if (!claim.counts && !is_violated) continue;
    const Outcome violated = claim.level == Level::shall && claim.counts ? Outcome::fail : Outcome::warn;
    worst = std::min(worst, is_violated ? violated : unjudged);
  }
  return worst;
}

// Why the outcome of a test does not follow from its steps; empty when it does.
std::string contradiction(const TestView& test) {
  std::optional<Outcome> worst;
  std::string unjudged;  // a step begun, not tried again and never judged
  const StepView* before = nullptr;
  for (const auto& step : test.steps) {
    if (step.is_setup || step.is_cleanup) continue;
    const bool is_again = before != nullptr && before->id == step.id && step.attempt > before->attempt;
    if (before != nullptr && !before->outcome && !is_again) unjudged = before->id;
    if (step.outcome) worst = worst ? std::min(*worst, *step.outcome) : *step.outcome;
    before = &step;
  }
  if (before != nullptr && !before->outcome) unjudged = before->id;
  switch (test.outcome) {
    case Outcome::pass:
    case Outcome::warn:
    case Outcome::waived:
    case Outcome::attested:
    case Outcome::not_attested:
    case Outcome::fail:
      if (!worst) return "none of its steps was judged";
      if (test.outcome != *worst) return fmt::format("its steps make it '{}'", to_word(*worst));
      // One step may be left open where something else ended the test.
      if (!unjudged.empty() && test.outcome != Outcome::fail)
        return fmt::format("its step '{}' was not judged", unjudged);
      return {};
    case Outcome::error:
      // Evidence that could not be kept makes an error of any outcome.
      if (test.kind == "harness") return {};
      break;
    case Outcome::cancel:
    case Outcome::skip:
    case Outcome::omit:
      break;
  }
  if (worst && *worst < test.outcome) return fmt::format("its steps make it '{}'", to_word(*worst));
  return {};
}

// None in runs of earlier versions.
std::vector<ConnectorView> connectors_of(const Value& event) {
  std::vector<ConnectorView> connectors;
  for (std::size_t i = 0; i < event["connectors"].size(); ++i)
    connectors.push_back(connector_from_value(event["connectors"][i]));
  return connectors;
}

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
  requirement.at = text(row, "at");
  requirement.from = text(row, "from");
  requirement.until = text(row, "until");
  requirement.judged_by = text(row, "judged_by");
  for (std::size_t i = 0; i < row["rests_on"].size(); ++i)
    requirement.rests_on.push_back(row["rests_on"][i].string_or(""));
  requirement.counts = row["counts"].boolean_or(true);
  return requirement;
}

}  // namespace

RunBuilder::RunBuilder(std::filesystem::path folder) { run_.folder = std::move(folder); }

Status RunBuilder::add(const Value& event, std::size_t line) {
  const std::string type = text(event, "type");
  if (type == "run_started") {
    if (!is_started_) return run_started(event);
    damage(fmt::format("line {}: a second run_started, ignored", line));
  } else if (!is_started_) {
    damage(fmt::format("line {}: '{}' before run_started, ignored", line, type));
  } else if (type == "run_resumed") {
    run_resumed(event, line);
  } else if (!ending_.is_null()) {
    damage(fmt::format("line {}: '{}' after {}, ignored", line, type, text(ending_, "type")));
  } else if (is_one_of(type, test_events)) {
    test_event(type, event, line);
  } else if (is_one_of(type, call_events)) {
    call_event(type, event);
  } else if (type == "notice") {
    run_.notices.push_back(notice_from_value(event));
  } else if (type == "arrival_unmatched") {
    run_.arrivals.push_back(arrival_from_value(event));
  } else if (type == "run_done" || type == "run_detached") {
    run_.is_complete = type == "run_done";
    run_.is_waiting = !run_.is_complete;
    run_.finished_unix_ns = time_of(event);
    ending_ = event;
  } else if (type != "address_allocated") {
    ++unknown_types_[type];
  }
  return {};
}

// A further process went on where one before was killed or left tests waiting.
void RunBuilder::run_resumed(const Value& event, std::size_t line) {
  const Value& redo = event["redo"];
  if (run_.is_complete && redo.is_null()) damage(fmt::format("line {}: the run is resumed though it was done", line));
  if (!run_.is_complete && !redo.is_null())
    damage(fmt::format("line {}: tests are done again though the run was not done", line));
  ++run_.processes;
  run_.arrivals.clear();  // it looks again
  run_.is_complete = run_.is_waiting = false;
  run_.finished_unix_ns = 0;
  ending_ = {};
  resume_connectors(connectors_of(event));
  const Value& redone = redo["tests"];
  for (std::size_t i = 0; i < redone.size(); ++i)
    if (TestView* const test = find_test(redone[i]); test != nullptr)
      redo_test(*test);
    else
      damage(fmt::format("line {}: test '{}/{}' is done again, which is not in the plan", line,
                         text(redone[i], "suite"), text(redone[i], "test")));
  if (redone.size() > 0)
    run_.notes.push_back(fmt::format("{} done again with resume {}: what {} came to then counts",
                                     redone.size() == 1 ? "1 test was" : fmt::format("{} tests were", redone.size()),
                                     text(redo, "asked_for"), redone.size() == 1 ? "it" : "they"));
  for (const auto& note : strings_of(event["notes"]))
    if (std::find(run_.notes.begin(), run_.notes.end(), note) == run_.notes.end()) run_.notes.push_back(note);
}

// What another process went on with may be another build than what the run began with.
void RunBuilder::resume_connectors(std::vector<ConnectorView> connectors) {
  for (const auto& now : connectors)
    for (const auto& before : run_.connectors)
      if (before.role == now.role && !before.plugin.empty() && before != now)
        run_.notes.push_back(fmt::format("the connector of role {} changed in the middle of the run: {}, then {}",
                                         now.role, to_text(before), to_text(now)));
  if (!connectors.empty()) run_.connectors = std::move(connectors);
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
  run_.are_connectors_checked = event["connectors_checked"].boolean_or(false);
  run_.is_masked = event["masked"].boolean_or(false);
  run_.started_unix_ns = time_of(event);
  const Value& target = event["target"];
  run_.target = text(target, "id");
  run_.target_title = text(target, "title");
  run_.target_version = text(target, "version");
  run_.environment = text(target, "environment");
  if (target["profile"].is_object()) run_.profile = target["profile"];
  const Value& settings = event["settings"];
  run_.target_sha256 = text(settings["target"], "sha256");
  if (settings["inputs"].is_object()) run_.inputs = settings["inputs"];
  run_.connectors = connectors_of(event);
  if (const auto* roles = target["roles"].members(); roles != nullptr && run_.connectors.empty())
    for (const auto& role : *roles)
      run_.connectors.push_back({role.key, text(role.value, "connector"), {}, {}, {}, {}});
  read_suites(event["suites"]);
  const Value& rows = event["requirements"];
  for (std::size_t i = 0; i < rows.size(); ++i) run_.requirements.push_back(requirement_from(rows[i]));
  read_plan(event["plan"]);
  read_part(event["part"]);
  const Value& waivers = event["waivers"];
  for (std::size_t i = 0; i < waivers.size(); ++i) run_.waivers.push_back(waiver_from_value(waivers[i]));
  static_cast<void>(body(settings["waivers"]));
  return {};
}

// After plan and requirements.
void RunBuilder::read_part(const Value& part) {
  if (part.is_null()) return;
  const auto count = [](const Value& value) {
    return static_cast<int>(std::clamp<std::int64_t>(value.integer_or(0), 0, INT32_MAX));
  };
  run_.part = Part{count(part["tests"]), count(part["of"])};
  if (run_.part->tests != static_cast<int>(run_.tests.size()) || run_.part->of <= run_.part->tests)
    damage(fmt::format("the run is said to be {} tests of {}, its plan has {}", run_.part->tests, run_.part->of,
                       run_.tests.size()));
  const Value& rows = part["requirements"];
  for (std::size_t i = 0; i < rows.size(); ++i)
    for (auto& requirement : run_.requirements)
      if (requirement.id == text(rows[i], "id")) requirement.left_out = count(rows[i]["tests"]);
}

void RunBuilder::read_suites(const Value& suites) {
  for (std::size_t i = 0; i < suites.size(); ++i) {
    run_.suites.push_back({text(suites[i], "id"),
                           text(suites[i], "version"),
                           text(suites[i], "title"),
                           text(suites[i], "file"),
                           text(suites[i], "sha256"),
                           {}});
    const Value& options = suites[i]["options"];
    for (std::size_t j = 0; j < options.size(); ++j)
      run_.suites.back().options.push_back(option_from_value(options[j]));
    const Value& files = suites[i]["files"];
    for (std::size_t j = 0; j < files.size(); ++j) static_cast<void>(body(files[j]));
  }
}

void RunBuilder::read_plan(const Value& plan) {
  if (plan.items() == nullptr) damage("the plan of the run cannot be read");
  for (std::size_t i = 0; i < plan.size(); ++i) {
    TestView test = planned_from_value(plan[i]);
    test.cause = "the run ended before it";
    if (!tests_.emplace(std::pair(test.suite, test.name), run_.tests.size()).second)
      damage(fmt::format("the plan names test '{}/{}' twice", test.suite, test.name));
    run_.tests.push_back(std::move(test));
  }
}

void RunBuilder::damage(std::string text) {
  run_.is_damaged = true;
  if (first_damage_.empty()) first_damage_ = text;
  if (++damage_count_ <= damage_listed_max) problem(std::move(text));
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
    damage(fmt::format("line {}: '{}' of test '{}/{}', which is not in the plan, ignored", line, type,
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
    // What it still waits for, it says again.
    if (!step.is_setup) waits_.erase(index);
    test->steps.push_back(std::move(step));
  } else if (type == "attestation") {
    run_.attestations.push_back(attestation_from_value(event));
    const AttestationView& answer = run_.attestations.back();
    if (!answer.evidence_blob.empty()) static_cast<void>(body(Value::object({{"blob", answer.evidence_blob}})));
    if (!test->steps.empty()) test->steps.back().outcome = outcome_of(answer);
  } else if (type == "test_done") {
    waits_.erase(index);
    test_done(*test, event, line);
  } else if (type == "wait_started") {
    waits_[index] = wait_from_value(event);
  } else if (type == "wait_done") {
    waits_.erase(index);
  } else if (test->steps.empty()) {
    damage(fmt::format("line {}: '{}' before any step of test '{}', ignored", line, type, test->name));
  } else if (type == "message") {
    set_message(test->steps.back(), event);
  } else if (type == "step_judged") {
    end_step(*test, event, line);
  }
}

// What a test had come to, and what people had said in it, counts no more.
void RunBuilder::redo_test(TestView& test) {
  const auto index = static_cast<std::size_t>(&test - run_.tests.data());
  test.is_done = false;
  test.outcome = Outcome::skip;
  test.kind.clear();
  test.cause = "the run ended before it";
  test.steps.clear();
  test.waivers.clear();
  test.started_unix_ns = test.duration_ms = 0;
  std::erase_if(run_.attestations,
                [&](const AttestationView& answer) { return answer.suite == test.suite && answer.test == test.name; });
  std::erase_if(calls_, [&](const auto& call) { return call.second.first == index; });
}

void RunBuilder::test_done(TestView& test, const Value& event, std::size_t line) {
  const auto index = static_cast<std::size_t>(&test - run_.tests.data());
  const auto outcome = outcome_from(text(event, "outcome"));
  if (test.is_done) return damage(fmt::format("line {}: test '{}' ends a second time, ignored", line, test.name));
  test.is_done = true;
  test.outcome = outcome.value_or(Outcome::error);
  test.kind = text(event, "kind");
  test.cause = text(event, "cause");
  if (const auto started = test_started_us_.find(index); started != test_started_us_.end())
    test.duration_ms = (us_of(event) - started->second) / 1000;
  test.waivers = uses_of(run_.waivers, test);
  if (!outcome) {
    damage(fmt::format("line {}: '{}' is no outcome of a test", line, text(event, "outcome")));
  } else if (const auto why = contradiction(test); !why.empty()) {
    damage(fmt::format("line {}: test '{}' is said to end as '{}', but {}", line, test.name, to_word(*outcome), why));
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
    view.number = event["n"].integer_or(0);
    step->exchanges.push_back(std::move(view));
  } else if (type == "log") {
    step->logs.push_back(log_from_value(event));
  } else if (type == "evidence") {
    RecordView view{
        .record = record_from_value(event), .at_unix_ns = time_of(event), .number = event["n"].integer_or(0)};
    note_answer(view.record);
    view.record.sent = body(event["sent"]).text;
    view.record.received = body(event["received"]).text;
    step->records.push_back(std::move(view));
  }
}

// Of a question of a connector: asked of people in place of a system, which a report says.
void RunBuilder::note_answer(const host::EvidenceRecord& record) {
  if (record.protocol != "person") return;
  for (const auto& attribute : record.attributes)
    if (attribute.name == "answer" && attribute.value != "pending") {
      answered_.insert(record.instance.substr(0, record.instance.find('@')) + "/" + record.step);
      if (!record.peer.empty()) answering_.insert(record.peer);
    }
}

RunBuilder::Body RunBuilder::body(const Value& value) {
  Body body;
  body.text = text(value, "text");
  body.blob = text(value, "blob");
  if (body.blob.empty()) return body;
  auto bytes = read_blob(run_.folder, body.blob);
  if (!bytes) {
    // What is not as it was recorded is not shown.
    std::error_code error;
    const auto file = run_.folder / blobs_folder_name / body.blob;
    const bool is_missing = is_blob_name(body.blob) && std::filesystem::symlink_status(file, error).type() ==
                                                           std::filesystem::file_type::not_found;
    if (told_blobs_.insert(body.blob).second)
      damage(is_missing ? fmt::format("blob {} is missing", body.blob) : bytes.error().what);
    return {};
  }
  if (bytes->size() > view_body_bytes_max) bytes->resize(view_body_bytes_max);
  body.text = *std::move(bytes);
  return body;
}

void RunBuilder::set_message(StepView& step, const Value& event) {
  Body content = body(event["body"]);
  step.message = Message::from_value(event["message"], std::move(content.text));
  step.body_blob = std::move(content.blob);
  step.has_message = true;
}

void RunBuilder::end_step(TestView& test, const Value& event, std::size_t line) {
  StepView& step = test.steps.back();
  const auto told = [&](std::string_view what) {
    damage(fmt::format("line {}: step '{}' of test '{}' {}", line, text(event, "step"), test.name, what));
  };
  if (step.id != text(event, "step")) return told("is judged but was not begun, ignored");
  if (step.outcome) return told("is judged a second time, ignored");
  const Value& claims = event["claims"];
  for (std::size_t i = 0; i < claims.size(); ++i) {
    step.claims.push_back(claim_from_value(claims[i]));
    if (!is_one_of(step.claims.back().outcome, claim_outcomes))
      told(fmt::format("has a claim that is '{}', which is no outcome of a claim", step.claims.back().outcome));
    const bool is_waived =
        !step.is_cleanup && find_waiver(run_.waivers, test.suite, test.name, step.id, step.claims.back()) != nullptr;
    if (step.claims.back().is_waived != is_waived)
      told(fmt::format("has a claim that is {}, which the waivers of the run contradict",
                       is_waived ? "not waived" : "waived"));
  }
  step.outcome = outcome_from(text(event, "outcome"));
  if (!step.outcome)
    told(fmt::format("is '{}', which is no outcome", text(event, "outcome")));
  else if (const Outcome expected = outcome_of(step, text(event, "kind")); *step.outcome != expected)
    told(fmt::format("is said to be '{}', but its claims make it '{}'", to_word(*step.outcome), to_word(expected)));
  const auto index = static_cast<std::size_t>(&test - run_.tests.data());
  step.duration_ms = (us_of(event) - step_started_us_[index]) / 1000;
}

void RunBuilder::report_unknown() {
  for (const auto& [type, count] : unknown_types_)
    problem(fmt::format("{} event{} of unknown type '{}', ignored", count, count == 1 ? "" : "s", type));
}

// What the run said of itself at its end follows from its tests, or the folder
// is not as it was written.
void RunBuilder::judge() {
  list_waits();
  for (const auto& test : run_.tests)
    if (test.is_done || !run_.is_waiting) run_.counts.add(test.outcome);
  settle_waivers(run_.waivers, run_.tests);
  run_.verdict = verdict_of(run_.tests, standing_of(run_), run_.part, run_.waivers);
  if (run_.is_complete) {
    for (const auto& test : run_.tests)
      if (!test.is_done)
        damage(fmt::format("the run is said to be done, but test '{}/{}' has no end", test.suite, test.name));
  }
  if (!ending_.is_null()) check_ending();
  if (damage_count_ > damage_listed_max)
    problem(fmt::format("{} more of the like are not listed", damage_count_ - damage_listed_max));
  if (!run_.is_damaged) return;
  run_.verdict = {"inconclusive", 3, "the evidence is damaged and proves nothing: " + first_damage_};
  if (damage_count_ > 1) run_.verdict.sentence += fmt::format("; and {} more", damage_count_ - 1);
}

void RunBuilder::check_ending() {
  const std::string type = text(ending_, "type");
  const Value counts = counts_to_value(run_.counts);
  if (ending_["counts"] != counts)
    damage(fmt::format("{} counts {}, its tests come to {}", type, to_json(ending_["counts"]), to_json(counts)));
  const std::string word = text(ending_, "verdict");
  if (word != run_.verdict.word || ending_["exit_status"] != Value(run_.verdict.exit_status))
    damage(fmt::format("{} says '{}' with status {}, its tests come to '{}' with status {}", type, word,
                       to_json(ending_["exit_status"]), run_.verdict.word, run_.verdict.exit_status));
}

// What tests that are not done wait for, and those that need them.
void RunBuilder::list_waits() {
  if (!run_.is_waiting) return;
  for (auto& test : run_.tests)
    if (!test.is_done) {
      test.is_waiting = true;
      test.cause = "not done yet: the run waits";
    }
  for (auto& [index, wait] : waits_) {
    run_.tests[index].cause = wait.event == person_event
                                  ? fmt::format("waits for the answer of a person: {}", wait.tell)
                                  : fmt::format("waits for {}{}{} until {}", wait.event,
                                                wait.address.empty() ? "" : " at ", wait.address, wait.until);
    run_.waits.push_back(std::move(wait));
  }
  if (run_.waits.empty()) damage("run_detached, but no test waits");
}

Result<RunView> RunBuilder::finish() && {
  if (!is_started_) return Error{"there is no run_started event"};
  report_unknown();
  if (!answered_.empty())
    run_.notes.push_back(
        fmt::format("attended: {} of connectors {} answered by {}",
                    answered_.size() == 1 ? "1 question" : fmt::format("{} questions", answered_.size()),
                    answered_.size() == 1 ? "was" : "were", fmt::join(answering_, ", ")));
  judge();
  roll_up_requirements(run_);
  return std::move(run_);
}

std::string to_text(const ConnectorView& connector) {
  std::string text = connector.connector;
  if (connector.plugin.empty()) return text;
  text += fmt::format(" of {} {}, ABI {}", connector.plugin, connector.version, connector.abi);
  if (!connector.sha256.empty()) text += ", SHA-256 " + connector.sha256;
  return text;
}

Standing standing_of(const RunView& run) {
  if (run.is_complete) return Standing::done;
  return run.is_waiting ? Standing::waiting : Standing::broken_off;
}

Counts counts_for_verdict(const std::vector<TestView>& tests, Standing standing) {
  Counts counts;
  for (const auto& test : tests) {
    if (!test.counts || (standing == Standing::waiting && !test.is_done)) continue;
    const bool is_mild = test.outcome == Outcome::not_attested && test.level != Level::shall;
    counts.add(is_mild ? Outcome::warn : test.outcome);
  }
  return counts;
}

Verdict verdict_of(const std::vector<TestView>& tests, Standing standing, const std::optional<Part>& part,
                   const std::vector<WaiverView>& waivers) {
  const auto to_review = static_cast<int>(std::count_if(waivers.begin(), waivers.end(), is_to_review));
  Verdict verdict = decide(counts_for_verdict(tests, standing), standing, part, to_review);
  const bool is_silent = std::none_of(tests.begin(), tests.end(), [](const TestView& test) {
    const bool is_judged = test.outcome != Outcome::omit && test.outcome != Outcome::not_attested;
    return test.counts && !test.rows.empty() && is_judged;
  });
  const bool is_verifying =
      std::any_of(tests.begin(), tests.end(), [](const TestView& test) { return !test.rows.empty(); });
  if (verdict.word.starts_with("conformant") && is_verifying && is_silent)
    return {"inconclusive", to_review > 0 ? 6 : 3,
            "nothing that counts was judged: every requirement was omitted or does not count"};
  return verdict;
}

}  // namespace bb::evidence
