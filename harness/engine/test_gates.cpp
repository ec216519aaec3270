#include "harness/engine/test_gates.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include <bb/core/text.hpp>

#include "harness/evidence/requirement_rollup.hpp"

namespace bb::engine {
namespace {

using evidence::Outcome;
using suite::Step;

bool is_met(Outcome outcome) {
  return outcome == Outcome::pass || outcome == Outcome::warn || outcome == Outcome::attested ||
         outcome == Outcome::waived;
}

void collect_texts(const Value& value, std::vector<std::string>& texts) {
  if (const auto* text = value.string()) texts.push_back(*text);
  if (const auto* items = value.items())
    for (const auto& item : *items) collect_texts(item, texts);
  if (const auto* members = value.members())
    for (const auto& member : *members) collect_texts(member.value, texts);
}

void collect_texts(const std::vector<Step>& steps, std::vector<std::string>& texts) {
  const auto claims = [&](const std::vector<suite::Claim>& list) {
    for (const auto& claim : list) {
      collect_texts(claim.argument, texts);
      texts.insert(texts.end(), claim.of.begin(), claim.of.end());
      for (const auto& [matcher, value] : claim.matchers) collect_texts(value, texts);
    }
  };
  for (const auto& step : steps) {
    collect_texts(step.with, texts);
    texts.push_back(step.tell);
    claims(step.require);
    claims(step.expect);
  }
}

// Whether a test speaks of `$role.address`.
bool asks_address(const suite::Test& test, const std::string& role) {
  std::vector<std::string> texts;
  collect_texts(test.steps, texts);
  collect_texts(test.cleanup, texts);
  const std::string whole = "$" + role + ".address";
  const std::string inside = "${" + role + ".address}";
  return std::any_of(texts.begin(), texts.end(),
                     [&](const std::string& text) { return text == whole || text.find(inside) != std::string::npos; });
}

Came check_needs(const TestContext& test) {
  const evidence::TestView* unmet = nullptr;
  for (const auto need : test.node.needs) {
    const evidence::TestView& needed = test.run.results[need].view;
    if (is_met(needed.outcome)) continue;
    if (unmet == nullptr || needed.outcome < unmet->outcome) unmet = &needed;
  }
  if (unmet == nullptr) return {};
  // What is built on something that does not apply does not apply either, but
  // a SHALL is not dodged that way.
  const bool is_omitted =
      unmet->outcome == Outcome::omit && (test.view.rows.empty() || test.view.level != suite::Level::shall);
  // A test that ran says itself why; a skip is told down to the test that ran.
  return {is_omitted ? Outcome::omit : Outcome::skip, "",
          with_cause(fmt::format("needs '{}', whose outcome is {}", unmet->name, evidence::to_word(unmet->outcome)),
                     unmet->outcome == Outcome::skip ? unmet->cause : "")};
}

bool supports_probe(TestContext& test, const std::string& role, const std::string& probe) {
  auto instance = test.run.pool.instance({role, "", Actor::no_session}, test.worker);
  if (!instance) return false;
  test.begin_setup("probes", role + " probes");
  Caller::Step step{"probes", Budget(step_ms_default), test.run.options.cancellation};
  const host::Reply listed = test.caller.call(**instance, {"bb.probe/1", "list"}, step);
  const Value& probes = listed.emitted["probes"];
  for (std::size_t i = 0; i < probes.size(); ++i)
    if (probes[i]["name"].string_or("") == probe) return true;
  return false;
}

void allocate_address(TestContext& test, const std::string& role, Inbox& inbox) {
  const auto* binding = test.run.input.target.find_role(role);
  if (binding != nullptr) inbox.address = binding->config["address"].string_or("");
  inbox.cause = fmt::format("role '{}' has no address: its connector allocates none and the target names none", role);
  auto instance = test.run.pool.instance({role, "", Actor::no_session}, test.worker);
  if (!instance) {
    inbox.address.clear();
    inbox.cause = fmt::format("role '{}' has no address: {}", role, instance.error().what);
  } else if ((*instance)->connector.load()->has_function("bb.inbox/1", "allocate")) {
    test.begin_setup("allocate", role + ".allocate");
    Caller::Step step{"allocate", Budget(step_ms_default), test.run.options.cancellation};
    const host::Reply reply = test.caller.call(
        **instance, {"bb.inbox/1", "allocate", Value::object({{"tag", "bb-" + test.run.facts.id}})}, step);
    inbox.address = reply.status == BB_OK ? reply.emitted["address"].string_or("") : "";
    if (inbox.address.empty())
      inbox.cause = with_cause(
          fmt::format("role '{}' has no address: allocating one was answered {}", role, host::result_word(reply)),
          reply.error.message);
  }
  inbox.is_asked = !test.run.is_cancelled();
  if (!inbox.address.empty())
    static_cast<void>(
        test.run.writer.write("address_allocated", Value::object({{"role", role}, {"address", inbox.address}})));
}

}  // namespace

Came check_gates(const TestContext& test) {
  if (test.run.is_cancelled()) return {Outcome::cancel, "", "the run was cancelled before this test started"};
  if (auto why = why_omitted(test.run.plan, test.node_index)) return {Outcome::omit, "", *std::move(why)};
  if (Came needs = check_needs(test); needs.outcome != Outcome::pass) return needs;
  const int limit = test.run.options.max_failures;
  if (limit > 0 && test.run.failures >= limit)
    return {Outcome::skip, "",
            fmt::format("not run: {} tests had failed, the limit is {}", test.run.failures.load(), limit)};
  return {};
}

Came check_supports(TestContext& test) {
  for (const auto& when : test.definition.when)
    for (const auto& wanted : when.supports) {
      const auto parts = split(wanted, '.');
      const std::string& role = parts.front();
      const auto* binding = test.run.input.target.find_role(role);
      bool is_supported = false;
      if (binding != nullptr && parts.size() >= 3 && parts[1] == "probe") {
        is_supported = supports_probe(test, role, wanted.substr(role.size() + std::string_view(".probe.").size()));
      } else if (binding != nullptr && parts.size() == 2) {
        const auto interfaces = test.run.source.interfaces(binding->connector);
        if (!interfaces) return {Outcome::error, "config", interfaces.error().what};
        is_supported = std::find(interfaces->begin(), interfaces->end(), "bb." + parts[1] + "/1") != interfaces->end();
      }
      if (is_supported) continue;
      const bool is_shall = !test.view.rows.empty() && test.view.level == suite::Level::shall;
      return {is_shall ? Outcome::skip : Outcome::omit, "",
              binding == nullptr
                  ? fmt::format("needs '{}', and the target binds no connector to role '{}'", wanted, role)
                  : fmt::format("needs '{}', which connector '{}' does not offer", wanted, binding->connector)};
    }
  return {};
}

Came find_addresses(TestContext& test) {
  for (auto& [role, inbox] : test.run.inboxes) {
    if (!asks_address(test.definition, role)) continue;
    const auto lock = test.worker.lock(inbox.address_mutex);
    if (!inbox.is_asked) allocate_address(test, role, inbox);
    if (inbox.address.empty()) return {Outcome::skip, "", inbox.cause};
    test.scope.set(role, Value::object({{"address", inbox.address}}));
  }
  return {};
}

// What must hold was looked at, or nothing was shown. The linter sees to it; a
// suite that was not linted must not pass for its silence.
void check_decided(const TestContext& test, Came& came) {
  for (const auto& row : test.view.rows) {
    const auto* requirement = test.run.plan.suite_of(test.node).catalogue.find(row.id);
    if (requirement == nullptr || requirement->level != suite::Level::shall) continue;
    if (test.view.counts && !requirement_counts(*requirement, test.run.plan.rule_date)) continue;
    if (evidence::is_decided(test.view, row.id, suite::Level::shall)) continue;
    came = {Outcome::skip, "", fmt::format("no claim of level SHALL was judged for '{}'", row.id)};
    return;
  }
}

}  // namespace bb::engine
