#include "harness/engine/replay.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <system_error>

#include <bb/core/crypto.hpp>
#include <bb/core/files.hpp>
#include <bb/host/call.hpp>

#include "harness/evidence/event_values.hpp"
#include "harness/evidence/run_reader.hpp"
#include "harness/suite/reader.hpp"
#include "harness/suite/row_claims.hpp"

namespace bb::engine {
namespace {

namespace fs = std::filesystem;

// A private folder for the suites' copies; gone when this is.
class TemporaryFolder {
 public:
  static Result<std::unique_ptr<TemporaryFolder>> create() {
    std::unique_ptr<TemporaryFolder> folder(new TemporaryFolder);
    std::error_code error;
    folder->path_ = fs::temp_directory_path(error) / ("bluebridge-" + to_hex(random_bytes(8)));
    if (error) return Error{fmt::format("there is no folder for temporary files: {}", error.message())};
    BB_CHECK(make_private_folder(folder->path_));
    return folder;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const fs::path& path() const { return path_; }

 private:
  TemporaryFolder() = default;
  fs::path path_;
};

// A stored path stays inside the folder: the run folder may come from anybody.
bool is_inside(const fs::path& path) {
  return path.is_relative() &&
         std::none_of(path.begin(), path.end(), [](const fs::path& part) { return part == ".."; });
}

// Writes the stored files and returns the suite's own, which comes first.
Result<fs::path> unpack(const fs::path& run_folder, const Value& files, const fs::path& into) {
  if (files.size() == 0) return Error{"the run folder holds no copy of the suite"};
  for (std::size_t i = 0; i < files.size(); ++i) {
    const fs::path path = files[i]["path"].string_or("");
    if (path.empty() || !is_inside(path)) return Error{fmt::format("'{}' is no path of a suite's copy", path.string())};
    BB_TRY(const std::string text, evidence::read_blob(run_folder, files[i]["blob"].string_or("")));
    std::error_code error;
    fs::create_directories((into / path).parent_path(), error);
    if (error) return Error{fmt::format("{}: {}", (into / path).string(), error.message())};
    BB_CHECK(write_text(into / path, text, Privacy::private_));
  }
  return into / fs::path(files[std::size_t{0}]["path"].string_or(""));
}

}  // namespace

Result<Replay> Replay::open(const fs::path& run_folder, std::shared_ptr<const checks::Validator> validator,
                            const Also& also) {
  Replay replay;
  replay.validator_ = std::move(validator);
  replay.folder_ = run_folder;
  evidence::StreamProblems problems;
  BB_CHECK(evidence::read_events(run_folder, problems, [&](const Value& event, std::size_t) {
    if (also) also(event);
    return replay.take(event);
  }));
  if (replay.plan_.suites.empty()) return Error{fmt::format("{}: there is no run_started event", run_folder.string())};
  return replay;
}

std::size_t Replay::find_node(const Value& event) const {
  const auto found = nodes_.find({event["suite"].string_or(""), event["test"].string_or("")});
  return found == nodes_.end() ? plan_.nodes.size() : found->second;
}

Status Replay::take(const Value& event) {
  const std::string type = event["type"].string_or("");
  if (type == "run_started") return restore_plan(event);
  if (type == "address_allocated") {
    for (auto& root : plan_.roots)
      root.root.set(event["role"].string_or(""), Value::object({{"address", event["address"]}}));
    return {};
  }
  if (type == "call_done") {
    const auto call = calls_.find(event["call"].integer_or(0));
    if (call == calls_.end()) return {};
    Step& step = tests_[call->second.first].steps[call->second.second];
    step.has_message = true;
    step.message = event["message"];
    step.body = event["body"];
    return {};
  }
  if (type == "run_resumed") {
    const Value& redone = event["redo"]["tests"];
    for (std::size_t i = 0; i < redone.size(); ++i) forget(find_node(redone[i]));
    return {};
  }
  const std::size_t node = find_node(event);
  if (node == plan_.nodes.size()) return {};
  RecordedTest& test = tests_[node];
  if (type == "step_started") {
    Step step;
    step.id = event["step"].string_or("");
    step.is_setup = event["is_setup"].boolean_or(false);
    step.is_cleanup = event["is_cleanup"].boolean_or(false);
    test.steps.push_back(std::move(step));
  } else if (type == "call_started" && !test.steps.empty()) {
    calls_[event["call"].integer_or(0)] = {node, test.steps.size() - 1};
  } else if (type == "message" && !test.steps.empty()) {
    test.steps.back().has_message = true;
    test.steps.back().message = event["message"];
    test.steps.back().body = event["body"];
  } else if (type == "step_judged" && !test.steps.empty()) {
    test.steps.back().judged = event;
  } else if (type == "attestation" && !test.steps.empty()) {
    test.steps.back().attestation = event;
  } else if (type == "test_done") {
    test.is_done = true;
    test.outcome = evidence::outcome_from(event["outcome"].string_or("")).value_or(evidence::Outcome::error);
  }
  return {};
}

// A test that is done again: what it had come to counts no more.
void Replay::forget(std::size_t node) {
  if (node == plan_.nodes.size()) return;
  tests_[node] = {};
  std::erase_if(calls_, [&](const auto& call) { return call.second.first == node; });
}

Status Replay::restore_suite(const Value& suite) {
  BB_TRY(const auto temporary, TemporaryFolder::create());
  const std::string id = suite["id"].string_or("");
  auto file = unpack(folder_, suite["files"], temporary->path());
  if (!file) return Error{fmt::format("suite '{}': {}", id, file.error().what)};
  auto loaded = suite::read_suite(*file);
  if (!loaded.is_good())
    return Error{fmt::format("suite '{}' of the run cannot be read any more:\n{}", id, render(loaded.diagnostics))};
  plan_.suites.push_back(*std::move(loaded.value));
  settle(plan_.suites.back(), plan_.rule_date);
  plan_.roots.push_back({suite["scope"], {}, {}});
  return {};
}

Status Replay::restore_plan(const Value& run_started) {
  if (!plan_.suites.empty()) return {};
  const Value& suites = run_started["suites"];
  plan_.rule_date = run_started["rule_date"].string_or("");
  for (std::size_t i = 0; i < suites.size(); ++i) BB_CHECK(restore_suite(suites[i]));
  const Value& waivers = run_started["waivers"];
  for (std::size_t i = 0; i < waivers.size(); ++i) waivers_.push_back(evidence::waiver_from_value(waivers[i]));
  const Value& tests = run_started["plan"];
  for (std::size_t i = 0; i < tests.size(); ++i) {
    PlanNode node;
    node.view = evidence::planned_from_value(tests[i]);
    node.name = node.view.name;
    if (const Value* each = tests[i].find("each")) node.each = *each;
    const auto suite = std::find_if(plan_.suites.begin(), plan_.suites.end(),
                                    [&](const suite::Suite& candidate) { return candidate.id == node.view.suite; });
    if (suite != plan_.suites.end()) node.test = suite->find_test(tests[i]["path"].string_or(node.name));
    if (node.test == nullptr)
      return Error{fmt::format("the run planned '{}/{}', which is not in its own copy of the suite", node.view.suite,
                               node.name)};
    node.suite = static_cast<std::size_t>(suite - plan_.suites.begin());
    node.claim_level = level_of(*suite, node.test->verifies, plan_.rule_date);
    nodes_.emplace(std::pair(node.view.suite, node.name), plan_.nodes.size());
    plan_.nodes.push_back(std::move(node));
  }
  for (auto& node : plan_.nodes)
    for (const auto& name : node.view.needs)
      if (const auto need = nodes_.find({node.view.suite, name}); need != nodes_.end())
        node.needs.push_back(need->second);
  tests_.resize(plan_.nodes.size());
  return {};
}

Result<evidence::Message> Replay::message(std::size_t node, const std::string& step) const {
  const auto& steps = tests_[node].steps;
  const auto found = std::find_if(steps.rbegin(), steps.rend(), [&](const Step& recorded) {
    return !recorded.is_setup && !recorded.is_cleanup && recorded.has_message && recorded.id == step;
  });
  if (found == steps.rend())
    return Error{fmt::format("the run recorded no message of step '{}' in test '{}'", step, plan_.nodes[node].name)};
  return message(*found);
}

Status Replay::load() {
  for (auto& test : tests_)
    for (auto& step : test.steps) {
      if (!step.has_message || step.loaded) continue;
      BB_TRY(auto message, this->message(step));
      step.loaded = std::make_shared<const evidence::Message>(std::move(message));
    }
  return {};
}

Result<evidence::Message> Replay::message(const Step& step) const {
  if (step.loaded) return *step.loaded;
  BB_TRY(std::string body, evidence::read_body(folder_, step.body));
  return evidence::Message::from_value(step.message, std::move(body));
}

Result<Replay::Judged> Replay::judge(std::size_t node, const std::vector<TestResult>& results,
                                     const Changed& changed) const {
  const PlanNode& planned = plan_.nodes[node];
  checks::Scope scope = test_scope(plan_, node, results);
  Judged judged;
  for (const auto& step : planned.test->steps) {
    if (step.action == suite::Action::attest) continue;
    evidence::Message message;
    if (step.action != suite::Action::check) {
      if (const auto other = changed.find({node, step.id}); other != changed.end()) {
        message = other->second;
      } else {
        BB_TRY(message, this->message(node, step.id));
      }
      if (!host::is_judged(message.result)) break;
    }
    auto judgement = checks::judge_step(step, scope, step.action == suite::Action::check ? nullptr : &message,
                                        planned.claim_level, validator_.get());
    judged.claims.insert(judged.claims.end(), judgement.claims.begin(), judgement.claims.end());
    for (auto& [name, value] : judgement.saved) {
      save(scope, planned, name, value);
      judged.saved.emplace_back(name, std::move(value));
    }
    if (judgement.outcome != evidence::Outcome::pass && judgement.outcome != evidence::Outcome::warn) break;
  }
  return judged;
}

}  // namespace bb::engine
