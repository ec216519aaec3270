// W01 the test, W02 the claim, W03 one claim, W04 what it can come to, W05 the
// day, W06 the system's version. docs/reference/suite-lint.md.
#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include <bb/core/text.hpp>
#include "harness/evidence/waivers.hpp"
#include "harness/suite/form.hpp"
#include "harness/suite/lint_context.hpp"
#include "harness/suite/test_graph.hpp"

namespace bb::suite {
namespace {

// A claim that a waiver may name, where it stands.
struct Named {
  const Step* step = nullptr;
  const Claim* claim = nullptr;  // null: the implied `result ok`
  bool is_require = false;
};

class WaiversLinter {
 public:
  WaiversLinter(const Target& target, std::string_view today, std::vector<Diagnostic>& diagnostics)
      : target_(target), today_(today), diagnostics_(diagnostics) {}

  void check(const Waiver& waiver, const Suite& suite) {
    if (waiver.subject.target != target_.id) return;
    if (!waiver.subject.versions.empty() && target_.version.empty())
      warn("W06", waiver.place,
           fmt::format("'{}' is of versions, and target '{}' states none, so it waives nothing",
                       shorten(waiver.subject.text, 60), target_.id),
           "write version: in the target");
    if (waiver.expires < today_)
      warn("W05", waiver.expires_place,
           fmt::format("the waiver held until {}, and today is {}", waiver.expires, today_),
           "mend the system, or agree on another day; until then the run ends with 6 where nothing else is wrong");
    if (!suite.unread.contains("tests")) check_test(waiver, suite);
  }

 private:
  void check_test(const Waiver& waiver, const Suite& suite) {
    bool is_found = false;
    for (const auto& test : suite.tests) {
      const auto found = named_by(waiver, test);
      if (!found) continue;
      is_found = true;
      if (test.is_whole) check_claim(waiver, test, *found);
    }
    if (is_found) return;
    std::vector<std::string> known;
    for (const auto& test : suite.tests) known.push_back(suite.id + "/" + test.path);
    warn("W01", waiver.test_place,
         fmt::format("suite '{}' {} has no test '{}'", suite.id, suite.version, shorten(waiver.address, 80)),
         suggest(waiver.test, known, "tests"));
  }

  // The claims of the test that the waiver names, none where it is of another test.
  static std::optional<std::vector<Named>> named_by(const Waiver& waiver, const Test& test) {
    std::vector<std::string> instances = instance_labels(test);
    for (auto& label : instances) label = fmt::format("{}[{}]", test.path, label);
    // Whose instances only a target knows.
    const auto open = waiver.address.find('[');
    const auto close = waiver.address.find(']', open == std::string::npos ? 0 : open);
    if (has_open_instances(test) && close != std::string::npos)
      instances.push_back(waiver.address.substr(0, close + 1));
    instances.push_back(test.path);
    std::optional<std::vector<Named>> found;
    for (const auto& step : test.steps) {
      if (std::none_of(instances.begin(), instances.end(),
                       [&](const std::string& instance) { return waiver.names(test.path, instance, step.id); }))
        continue;
      if (!found) found.emplace();
      collect(waiver, step, *found);
    }
    return found;
  }

  static void collect(const Waiver& waiver, const Step& step, std::vector<Named>& found) {
    const auto is_named = [&](const std::string& text) { return evidence::is_claim(text, waiver.claim); };
    for (const auto& claim : step.expect)
      if (is_named(claim.text)) found.push_back({&step, &claim, false});
    for (const auto& claim : step.require)
      if (is_named(claim.text)) found.push_back({&step, &claim, true});
    const bool is_called = step.action == Action::do_ || step.action == Action::wait;
    if (is_called && !states_result(step) && is_named(std::string(evidence::implied_claim)))
      found.push_back({&step, nullptr, false});
  }

  void check_claim(const Waiver& waiver, const Test& test, const std::vector<Named>& found) {
    if (found.empty())
      return warn("W02", waiver.claim_place,
                  fmt::format("test '{}' has no claim '{}'", test.path, shorten(waiver.claim, 80)),
                  suggest(waiver.claim, texts_of(test), "claims"));
    if (found.size() > 1)
      return error("W03", waiver.claim_place,
                   fmt::format("'{}' are {} claims of test '{}', and a waiver lets one fail", shorten(waiver.claim, 80),
                               found.size(), test.path),
                   found.front().step != found.back().step
                       ? fmt::format("name the step: {}/{}.{}", waiver.suite, test.path, found.front().step->id)
                       : fmt::format("write more of it: {}", found.front().claim ? found.front().claim->text : ""));
    const Named& one = found.front();
    if (one.is_require)
      return error("W04", waiver.claim_place,
                   fmt::format("'{}' is a 'require': unmet it skips the test, which no waiver changes",
                               shorten(waiver.claim, 80)),
                   "mend the set-up");
    if (!one.claim || !one.claim->level) return;
    const auto expected = *one.claim->level == Level::shall ? evidence::Outcome::fail : evidence::Outcome::warn;
    if (*one.claim->level == Level::may)
      error("W04", waiver.claim_place,
            fmt::format("'{}' is a MAY: it neither fails nor warns", shorten(waiver.claim, 80)), "take the waiver out");
    else if (expected == evidence::Outcome::warn && waiver.outcome != expected)
      error("W04", waiver.claim_place,
            fmt::format("'{}' is a SHOULD: it warns and never fails", shorten(waiver.claim, 80)),
            "write outcome: warn, or take the waiver out");
  }

  static std::vector<std::string> texts_of(const Test& test) {
    std::vector<std::string> texts;
    for (const auto& step : test.steps)
      for (const auto& claim : step.expect)
        if (std::find(texts.begin(), texts.end(), claim.text) == texts.end()) texts.push_back(claim.text);
    return texts;
  }

  void say(Severity severity, std::string_view rule, const Place& place, const std::string& message,
           const std::string& note) {
    diagnostics_.push_back({severity, place, fmt::format("{} [{}]", message, rule), note});
  }
  void error(std::string_view rule, const Place& place, const std::string& message, const std::string& note) {
    say(Severity::error, rule, place, message, note);
  }
  void warn(std::string_view rule, const Place& place, const std::string& message, const std::string& note) {
    say(Severity::warning, rule, place, message, note);
  }

  const Target& target_;
  const std::string_view today_;
  std::vector<Diagnostic>& diagnostics_;
};

}  // namespace

std::vector<Diagnostic> lint_waivers(const Target& target, const std::vector<Suite>& suites, std::string_view today) {
  std::vector<Diagnostic> diagnostics;
  WaiversLinter linter(target, today, diagnostics);
  for (const auto& waiver : target.waivers.waivers) {
    if (!waiver.is_whole) continue;
    for (const auto& suite : suites)
      if (suite.id == waiver.suite) linter.check(waiver, suite);
  }
  return diagnostics;
}

}  // namespace bb::suite
