#include "harness/engine/recorded_run.hpp"

#include <fmt/format.h>

#include <algorithm>

#include <bb/core/json.hpp>
#include <bb/core/text.hpp>
#include <bb/core/time.hpp>
#include <bb/host/redact_value.hpp>

#include "harness/engine/run_record.hpp"
#include "harness/engine/session_pool.hpp"
#include "harness/evidence/event_values.hpp"
#include "harness/evidence/requirement_rollup.hpp"
#include "harness/evidence/run_reader.hpp"

namespace bb::engine {
namespace {

constexpr std::size_t shown_bytes_max = 80;

using evidence::Outcome;

std::string text(const Value& value, std::string_view key) { return value[key].string_or(""); }

std::map<std::string, std::string> pairs(const Value& object) {
  std::map<std::string, std::string> found;
  if (const auto* members = object.members())
    for (const auto& member : *members) found.emplace(member.key, member.value.string_or(""));
  return found;
}

std::uint64_t call_of(const Value& event) { return static_cast<std::uint64_t>(event["call"].integer_or(0)); }

// Where two values differ first, "" for the values themselves; none where they are equal.
struct Difference {
  std::string path;
  Value was, is;
};

std::string shown(const Value& value) { return value.is_null() ? "nothing" : shorten(to_json(value), shown_bytes_max); }

std::optional<Difference> first_difference(const Value& was, const Value& is, const std::string& path = "") {
  if (was == is) return std::nullopt;
  std::vector<std::pair<std::string, std::pair<const Value*, const Value*>>> parts;
  if (was.is_object() && is.is_object()) {
    const std::string dot = path.empty() ? "" : ".";
    for (const auto& member : *was.members())
      parts.push_back({path + dot + member.key, {&member.value, &is[member.key]}});
    for (const auto& member : *is.members())
      parts.push_back({path + dot + member.key, {&was[member.key], &member.value}});
  }
  if (was.items() != nullptr && is.items() != nullptr)
    for (std::size_t i = 0; i < std::max(was.size(), is.size()); ++i)
      parts.push_back({fmt::format("{}[{}]", path, i), {&was[i], &is[i]}});
  for (const auto& [name, values] : parts)
    if (auto found = first_difference(*values.first, *values.second, name)) return found;
  return Difference{path, was, is};
}

// A target, or a scope with one, without what may be another in a further process.
Value without_roles(Value target) {
  target.erase("roles");
  return target;
}

Value without_run_and_roles(Value scope) {
  scope.erase("run");
  scope.set("target", without_roles(scope["target"]));
  return scope;
}

Status refuse_difference(const std::string& what, const Value& was, const Value& is) {
  const auto found = first_difference(was, is);
  if (!found) return {};
  return Error{
      fmt::format("{}: '{}' is {}, and was {} when the run began: what was judged and what is left would be of two "
                  "systems; give it as it was, or run again",
                  what, found->path, shown(found->is), shown(found->was))};
}

}  // namespace

const RecordedStep* RecordedTest::last(const std::string& id, bool is_cleanup) const {
  const auto found = std::find_if(steps.rbegin(), steps.rend(), [&](const RecordedStep& step) {
    return !step.is_setup && step.is_cleanup == is_cleanup && step.id == id;
  });
  return found == steps.rend() ? nullptr : &*found;
}

bool RecordedTest::has_sent() const {
  return std::any_of(steps.begin(), steps.end(),
                     [](const RecordedStep& step) { return !step.is_cleanup && !step.idempotency_key.empty(); });
}

bool RecordedTest::is_left_unjudged(const std::string& id) const {
  return std::any_of(steps.begin(), steps.end(), [&](const RecordedStep& step) {
    return step.id == id && !step.is_setup && !step.is_cleanup && step.is_asked && !step.outcome;
  });
}

Result<RecordedRun> RecordedRun::open(const std::filesystem::path& folder) {
  BB_TRY(auto view, evidence::read_run(folder));
  if (view.is_damaged)
    return Error{fmt::format("{}: nobody can go on with this run: {}", folder.string(), view.verdict.sentence)};
  RecordedRun run(std::move(view));
  for (auto& test : run.view_.tests) {
    run.names_.emplace(std::pair(test.suite, test.name), run.tests_.size());
    RecordedTest recorded;
    recorded.is_done = test.is_done;
    if (test.is_done) test.steps.clear();  // nothing is done with them any more
    recorded.view = std::move(test);
    run.tests_.push_back(std::move(recorded));
  }
  BB_TRY(run.replay_, Replay::open(folder, nullptr, [&](const Value& event) { run.take(event); }));
  if (!run.settings().is_object())
    return Error{
        fmt::format("{}: this run was made by an earlier version, which did not write down what another "
                    "process needs to go on with it; run again",
                    folder.string())};
  return run;
}

void RecordedRun::take(const Value& event) {
  const std::string type = text(event, "type");
  if (type == "call_started") last_call_ = std::max(last_call_, call_of(event));
  end_.number = event["n"].integer_or(0);
  end_.us = event["us"].integer_or(0);
  end_.chain = text(event, "chain");
  // Written with milliseconds: it was at most this late.
  if (const auto at = parse_time(text(event, "at"))) last_unix_ns_ = std::max(last_unix_ns_, *at + ns_per_ms);
  if (type == "run_started") {
    started_ = event;
    started_.erase("plan");
    started_.erase("requirements");
  } else if (type == "address_allocated") {
    addresses_[text(event, "role")] = text(event, "address");
  } else if (type == "run_resumed") {
    take_redo(event["redo"]);
  } else if (type == "call_done") {
    take_call_done(event);
  } else if (type == "evidence" && text(event, "protocol") == "person") {
    take_answer(event);
  } else if (const auto found = names_.find({text(event, "suite"), text(event, "test")}); found != names_.end()) {
    if (type == "call_started")
      take_call_started(event, found->second);
    else if (type == "test_started")
      tests_[found->second].is_begun = true;
    else
      take_step(type, event, found->second);
  }
}

void RecordedRun::take_step(std::string_view type, const Value& event, std::size_t node) {
  RecordedTest& test = tests_[node];
  if (type == "step_started") {
    RecordedStep step;
    step.id = text(event, "step");
    step.attempt = static_cast<int>(event["attempt"].integer_or(1));
    step.is_setup = event["is_setup"].boolean_or(false);
    step.is_cleanup = event["is_cleanup"].boolean_or(false);
    test.steps.push_back(std::move(step));
    return;
  }
  if (test.steps.empty()) return;
  RecordedStep& step = test.steps.back();
  if (type == "wait_started") {
    step.wait = evidence::wait_from_value(event);
    step.wait_until_ns = parse_time(step.wait.until);
    if (step.wait_until_ns) step.wait_began_ns = *step.wait_until_ns - event["within_ms"].integer_or(0) * ns_per_ms;
  } else if (type == "wait_done") {
    if (text(event, "result") == "ok") take_message(step);
  } else if (type == "attestation") {
    const auto answer = evidence::attestation_from_value(event);
    step.outcome = evidence::outcome_of(answer);
    step.cause = cause_of(answer);
  } else if (type == "step_judged") {
    step.outcome = evidence::outcome_from(text(event, "outcome"));
    step.kind = text(event, "kind");
    step.cause = text(event, "cause");
    step.saved = strings_of(event["saved"]);
    if (step.is_session_changed) sign_ins_.push_back({node, step.id, step.is_cleanup});
  }
}

// A wait that asks for more than an address reads messages that are not for it too: the
// last it read is its own when it is done.
void RecordedRun::take_message(RecordedStep& step) {
  if (step.read_last.empty()) return;
  step.taken = step.read_last;
  seen_[step.wait.event.substr(0, step.wait.event.find('.'))].insert(step.taken);
}

void RecordedRun::take_call_started(const Value& event, std::size_t test) {
  const std::uint64_t id = call_of(event);
  if (tests_[test].steps.empty()) return;
  RecordedStep& step = tests_[test].steps.back();
  Call call{test, tests_[test].steps.size() - 1, role_of_instance(text(event, "instance")), text(event, "interface"),
            text(event, "function")};
  step.is_asked = true;
  if (const std::string key = text(event, "idempotency_key"); !key.empty()) {
    step.idempotency_key = key;
    step.is_answered = false;
  }
  if (step.wait_until_ns && call.interface == "bb.inbox/1" && call.function == "read") {
    step.read_last = text(event["arguments"], "item_id");
    if (step.wait.wanted.is_anything()) take_message(step);
  }
  calls_[id] = std::move(call);
}

void RecordedRun::take_call_done(const Value& event) {
  const auto found = calls_.find(call_of(event));
  if (found == calls_.end()) return;
  const Call& call = found->second;
  RecordedStep& step = tests_[call.test].steps[call.step];
  const std::string result = text(event["message"], "result");
  const bool is_ok = result == "ok";
  if (call.interface == "bb.session/1" && is_ok && !step.is_setup) step.is_session_changed = true;
  // What waits for a person, or was broken off, is asked for again with its key.
  if (call.function == "send")
    step.is_answered = !event["is_uncertain"].boolean_or(false) && result != "pending" && result != "cancelled";
  if (call.function != "poll" || !step.is_setup || !is_ok) return;
  if (step.id == baseline_step) see_listed(before_[call.role], event["body"]);
  if (step.id == old_mail_step) see_listed(seen_[call.role], event["body"]);
}

// As if it had never begun; its view is that of the end of the stream.
void RecordedRun::forget(std::size_t node) {
  tests_[node].is_begun = false;
  tests_[node].steps.clear();
  std::erase_if(sign_ins_, [&](const RecordedSignIn& sign_in) { return sign_in.node == node; });
  std::erase_if(calls_, [&](const auto& call) { return call.second.test == node; });
}

// Of a `run_resumed` event; null where nothing is done again.
void RecordedRun::take_redo(const Value& redo) {
  if (redo.is_null()) return;
  ++rounds_;
  given_answers_.clear();
  const Value& tests = redo["tests"];
  for (std::size_t i = 0; i < tests.size(); ++i)
    if (const auto found = names_.find({text(tests[i], "suite"), text(tests[i], "test")}); found != names_.end())
      forget(found->second);
}

void RecordedRun::begin_redo(Redo which) {
  const auto is_chosen = [&](Outcome outcome) {
    if (outcome == Outcome::fail || outcome == Outcome::error) return which.failed;
    return which.skipped &&
           (outcome == Outcome::skip || outcome == Outcome::not_attested || outcome == Outcome::cancel);
  };
  const Plan& plan = replay_.plan();
  std::vector<bool> is_redone(tests_.size());
  for (const auto node : plan.in_order_of_need()) {
    const auto& needs = plan.nodes[node].needs;
    const bool needs_redone =
        std::any_of(needs.begin(), needs.end(), [&](std::size_t need) { return is_redone[need]; });
    const Outcome outcome = tests_[node].view.outcome;
    is_redone[node] = is_chosen(outcome) || (needs_redone && outcome == Outcome::skip);
  }
  for (std::size_t node = 0; node < tests_.size(); ++node) {
    if (!is_redone[node]) continue;
    forget(node);
    tests_[node].is_done = tests_[node].view.is_done = false;
    redone_.push_back(node);
  }
  if (redone_.empty()) return;
  redo_words_ = which.skipped && which.failed ? "--skipped --failed" : which.skipped ? "--skipped" : "--failed";
  given_answers_.clear();
  ++rounds_;
}

// As person.cpp of the host wrote it down.
void RecordedRun::take_answer(const Value& event) {
  const auto record = evidence::record_from_value(event);
  std::map<std::string, std::string> noted;
  for (const auto& attribute : record.attributes) noted[attribute.name] = attribute.value;
  if (noted["answer"] == "pending") return;
  host::PersonAnswer answer;
  answer.name = record.peer;
  answer.at_unix_ns = parse_time(noted["at"]).value_or(0);
  answer.is_declined = noted["answer"] == "declined";
  answer.filename = noted["filename"];
  answer.media_type = noted["media_type"];
  auto received = evidence::read_body(view_.folder, event["received"]);
  if (!received) return;
  if (answer.filename.empty())
    answer.text = *std::move(received);
  else
    answer.content = *std::move(received);
  given_answers_[asked_of(record.instance) + "/" + record.step] = std::move(answer);
}

void RecordedRun::see_listed(std::set<std::string>& seen, const Value& body) const {
  const auto listed = evidence::read_body(view_.folder, body);
  const auto value = listed ? parse_json(*listed) : Result<Value>(listed.error());
  if (!value) return;
  const Value& items = (*value)["items"];
  for (std::size_t i = 0; i < items.size(); ++i) seen.insert(text(items[i], "id"));
}

void RecordedRun::restore_options(RunOptions& options) const {
  for (const auto& [name, value] : pairs(settings()["inputs"])) options.inputs.emplace(name, value);
  options.options = pairs(settings()["options"]);
  options.filters = strings_of(settings()["filters"]);
  options.tags = strings_of(settings()["tags"]);
  options.max_failures = static_cast<int>(settings()["max_failures"].integer_or(0));
  options.rule_date = text(started_, "rule_date");
  const Value& seed = started_["seed"];
  options.seed = seed.is_number() ? std::optional(static_cast<std::uint64_t>(seed.integer_or(0))) : std::nullopt;
  options.are_connectors_checked = started_["connectors_checked"].boolean_or(false);
}

RunFacts RecordedRun::facts() const {
  const Value& run = started_["suites"][std::size_t{0}]["scope"]["run"];
  return {text(run, "id"), parse_time(text(run, "started")).value_or(0),
          static_cast<std::uint64_t>(run["seed"].integer_or(0)), text(run, "state")};
}

std::size_t RecordedRun::open_test_count() const {
  return static_cast<std::size_t>(
      std::count_if(tests_.begin(), tests_.end(), [](const RecordedTest& test) { return !test.is_done; }));
}

std::filesystem::path RecordedRun::target_file() const { return text(settings()["target"], "file"); }
std::filesystem::path RecordedRun::answers_file() const { return text(settings(), "answers"); }
std::string RecordedRun::target_sha256() const { return text(settings()["target"], "sha256"); }
std::vector<std::string> RecordedRun::secret_inputs() const { return strings_of(settings()["secret_inputs"]); }

Status RecordedRun::match(const Plan& plan, const suite::Target& target) const {
  const bool is_same = plan.nodes.size() == tests_.size() && plan.roots.size() == started_["suites"].size() &&
                       std::equal(tests_.begin(), tests_.end(), plan.nodes.begin(),
                                  [](const RecordedTest& recorded, const PlanNode& node) {
                                    return recorded.view.suite == node.view.suite && recorded.view.name == node.name;
                                  });
  if (!is_same)
    return Error{
        fmt::format("the target makes another plan of the suites than when the run began ({} tests, then {}): "
                    "give the target as it was, or run again",
                    plan.nodes.size(), tests_.size())};
  host::Redactor redactor;
  learn_secrets(plan, target, redactor);
  BB_CHECK(refuse_difference("the target", without_roles(started_["target"]),
                             without_roles(host::redacted(redactor, target_value(target, People::all)))));
  for (std::size_t i = 0; i < plan.roots.size(); ++i)
    BB_CHECK(refuse_difference(fmt::format("suite '{}'", plan.suites[i].id),
                               without_run_and_roles(started_["suites"][i]["scope"]),
                               without_run_and_roles(recorded_root(plan.roots[i], redactor))));
  return {};
}

}  // namespace bb::engine
