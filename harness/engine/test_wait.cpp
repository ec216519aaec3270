#include "harness/engine/test_wait.hpp"

#include <fmt/format.h>

#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include <bb/core/time.hpp>

#include "harness/engine/test_calls.hpp"
#include "harness/engine/test_judge.hpp"
#include "harness/evidence/event_values.hpp"

namespace bb::engine {
namespace {

using evidence::Durability;
using evidence::Message;
using evidence::Outcome;
using suite::Action;
using suite::Step;

// A wait that was begun before, by an earlier process too, ends when it would have
// ended there.
void begin_wait(TestContext& test, const Step& step, const Value& with, evidence::Wanted wanted) {
  const std::int64_t now_ns = test.run.clock.now_unix_ns();
  const std::int64_t within_ms = step.within_ms.value_or(within_ms_default);
  if (!test.wait) {
    test.wait = InboxWait{.address = with["address"].string_or(""),
                          .began_unix_ns = now_ns,
                          .until_unix_ns = now_ns + within_ms * ns_per_ms,
                          .form = with["form"].string_or("") == "opened" ? Form::opened : Form::received,
                          .wanted = std::move(wanted)};
    if (const RecordedStep* const before = test.begun_before(step); before != nullptr && before->wait_until_ns) {
      test.wait->began_unix_ns = *before->wait_began_ns;
      test.wait->until_unix_ns = *before->wait_until_ns;
      test.wait->taken = before->taken;
    }
  }
  test.open_wait = evidence::WaitView{.suite = test.view.suite,
                                      .test = test.view.name,
                                      .step = step.id,
                                      .event = step.role + "." + step.verb,
                                      .address = test.wait->address,
                                      .until = format_utc(test.wait->until_unix_ns),
                                      .tell = "",
                                      .wanted = test.wait->wanted};
  if (!step.tell.empty()) {
    const auto tell = test.scope.resolve(Value(step.tell));
    test.open_wait->tell = tell ? tell->string_or(step.tell) : step.tell;
  }
  Value started = evidence::wait_to_value(*test.open_wait);
  started.set("within_ms", within_ms);
  static_cast<void>(test.run.writer.write("wait_started", started));
}

Came look_for_message(TestContext& test, const Step& step, std::size_t index) {
  const auto with = test.scope.resolve(step.with);
  if (!with) return {Outcome::skip, "", fmt::format("step '{}': {}", step.id, with.error().what)};
  auto wanted = wanted_by(step, test.scope);
  if (!wanted) return {Outcome::skip, "", fmt::format("step '{}': {}", step.id, wanted.error().what)};
  const Actor actor = find_actor(test.run.plan, test.node_index, step, index, Value());
  const auto inbox = test.run.inboxes.find(step.role);
  auto instance = test.run.pool.instance(actor, test.worker);
  if (instance)
    if (Came session = restore_session(test, **instance, step, actor); session.outcome != Outcome::pass) return session;
  // A test that parked before has one more look, as the same attempt unless set-up
  // stands between.
  const bool has_parked = test.wait.has_value();
  const bool is_new_attempt = !has_parked || test.view.steps.back().is_setup;
  if (is_new_attempt) test.begin_step(step, actor, test.next_attempt(step));
  if (!instance) return not_made(test, step, actor, instance.error());
  if (inbox == test.run.inboxes.end())
    return {Outcome::error, "config", fmt::format("step '{}': role '{}' has no inbox to wait on", step.id, step.role)};

  const std::int64_t look_ms = has_parked ? 0 : detach_ms;
  if (is_new_attempt) begin_wait(test, step, *with, *std::move(wanted));
  const bool may_park = test.run.options.is_detached && !test.is_cleanup;
  // Each look has the step's time of its own; `within` bounds them all.
  auto reply = wait_for_message(inbox->second, *test.wait, may_park ? std::optional(look_ms) : std::nullopt,
                                test.run.clock, test.run.options.cancellation, [&](const host::Operation& operation) {
                                  Caller::Step look = test.call_step(step);
                                  return test.caller.call(**instance, operation, look);
                                });
  const bool is_broken_off = reply && test.run.is_broken_off() && host::result_word(reply->reply) == "cancelled";
  test.is_parked = !reply || is_broken_off;
  test.is_left_open |= is_broken_off;
  if (test.is_parked) return {};
  {
    const std::lock_guard lock(inbox->second.seen_mutex);
    inbox->second.arrivals.add_wait({*test.open_wait, test.wait->began_unix_ns, test.run.clock.now_unix_ns()});
  }
  Value done = test.event_base(step.id);
  done.set("result", host::result_word(reply->reply));
  static_cast<void>(test.run.writer.write("wait_done", done, Durability::held));
  const Message message = test.take_message(step, *std::move(reply));
  return judge(test, step, &message);
}

}  // namespace

Came run_wait(TestContext& test, const Step& step, std::size_t index) {
  Came came = look_for_message(test, step, index);
  if (!test.is_parked) test.wait.reset();
  return came;
}

void forget_old_mail(TestContext& test, const Step& step, std::size_t index) {
  if (test.is_mail_forgotten || test.is_cleanup) return;
  test.is_mail_forgotten = true;
  std::set<std::pair<std::string, std::string>> looked_at;  // role, address
  for (std::size_t i = index + 1; i < test.definition.steps.size(); ++i) {
    const Step& wait = test.definition.steps[i];
    const auto inbox = test.run.inboxes.find(wait.role);
    if (wait.action != Action::wait || inbox == test.run.inboxes.end()) continue;
    const auto with = test.scope.resolve(wait.with);
    const Actor actor = find_actor(test.run.plan, test.node_index, wait, i, Value());
    auto instance = test.run.pool.instance(actor, test.worker);
    if (!with || !instance) continue;
    const std::string address = (*with)["address"].string_or("");
    if (!looked_at.emplace(wait.role, address).second) continue;
    Caller::Step calls = test.call_step(step);
    const Invoke invoke = [&](const host::Operation& operation) {
      return test.caller.call(**instance, operation, calls);
    };
    if (!address.empty() && begin_baseline(inbox->second)) {
      test.begin_setup(std::string(baseline_step), wait.role + ".poll");
      calls.id = baseline_step;
      note_baseline(inbox->second, invoke);
    }
    test.begin_setup(std::string(old_mail_step), wait.role + ".poll");
    calls.id = old_mail_step;
    forget_old_messages(inbox->second, address, test.run.clock, invoke);
  }
}

}  // namespace bb::engine
