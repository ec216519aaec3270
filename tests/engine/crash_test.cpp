// A run whose connector crashes goes on with a fresh process, and nothing is
// judged that the system did not do.
#include <mutex>
#include <set>

#include "engine/run_fixture.hpp"
#include "host/scripted_server.hpp"

namespace bb::test {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* hostile_target = R"(format: bluebridge-target/1
target: hostile
title: A connector that does harm
roles:
  portal: {connector: org.example.hostile}
patients:
  alice: {account: alice, method: none}
  bob: {account: bob, method: none}
)";

struct CrashTest : RunFixture {
  evidence::RunView run_hostile(const std::string& tests, const std::string& target = hostile_target) {
    options.out = folder_.path() / "runs";
    host::Host host({{BB_HOSTILE_FOLDER}, "test", BB_CONNECTOR_HOST});
    const auto result = engine::run(load(tests, target), options, host);
    EXPECT_TRUE(result) << (result ? "" : result.error().what);
    if (!result) return {};
    folder = result->folder;
    auto view = evidence::read_run(folder);
    EXPECT_TRUE(view) << (view ? "" : view.error().what);
    return view ? *std::move(view) : evidence::RunView{};
  }
  std::string events() const { return *read_text(folder / "events.ndjson"); }
  std::filesystem::path folder;
  static std::vector<std::string> actions(const evidence::TestView& test) {
    std::vector<std::string> actions;
    for (const auto& step : test.steps) actions.push_back((step.is_setup ? "set-up: " : "") + step.action);
    return actions;
  }
};

constexpr const char* crash_between = R"(
  sign_in:
    title: Sign in
    steps: [{do: portal.sign_in, as: $patient}]
  crash:
    title: It crashes
    verifies: R-A
    needs: sign_in
    steps: [{do: portal.view, timeout: 1s, with: {item: MISDEED}}]
  after:
    title: It goes on
    verifies: R-B
    needs: sign_in
    steps: [{do: portal.view, with: {item: good}, expect: [{body: text, contains: went on}]}]
)";

std::string with(std::string tests, const std::string& misdeed) {
  return tests.replace(tests.find("MISDEED"), std::string("MISDEED").size(), misdeed);
}

TEST_F(CrashTest, ACrashIsAnErrorAndTheSessionIsMadeAgain) {
  const auto view = run_hostile(with(crash_between, "segfault"));
  const auto& crash = find(view, "crash");
  EXPECT_EQ(outcome(view, "crash"), "error");
  EXPECT_EQ(crash.kind, "connector_lost");
  EXPECT_THAT(crash.cause, HasSubstr("plugin process ended by signal 11 (SIGSEGV)"));
  EXPECT_EQ(outcome(view, "after"), "pass") << find(view, "after").cause;
  EXPECT_THAT(actions(find(view, "after")),
              ElementsAre("set-up: portal.sign_in again as alice", "portal.view as alice"));
  EXPECT_EQ(requirement(view, "R-A"), "error");
  EXPECT_EQ(view.verdict.exit_status, 3);
}

TEST_F(CrashTest, AHangIsAnErrorAndTheRunGoesOn) {
  const auto view = run_hostile(with(crash_between, "hang"));
  EXPECT_EQ(outcome(view, "crash"), "error");
  EXPECT_EQ(find(view, "crash").kind, "connector_stuck");
  EXPECT_EQ(outcome(view, "after"), "pass") << find(view, "after").cause;
}

TEST_F(CrashTest, ACrashWhileSendingIsSentOnceOnlyAndSaysThatNobodyKnows) {
  const auto view = run_hostile(R"(
  sign_in:
    title: Sign in
    steps: [{do: portal.sign_in, as: $patient}]
  send:
    title: It sends
    verifies: R-A
    needs: sign_in
    steps:
      - do: portal.share
        with: {to: a@direct.example, format: text}
        retry: {times: 3, every: 1ms, only: transport}
)");
  EXPECT_EQ(find(view, "send").kind, "connector_lost");
  EXPECT_THAT(find(view, "send").cause, HasSubstr("whether it was sent is not known"));
  EXPECT_THAT(actions(find(view, "send")),
              ElementsAre("portal.share as alice", "set-up: portal.sign_in again as alice", "portal.share as alice"));
}

// A system that keeps idempotency keys, and counts what it got.
struct Counting {
  std::mutex mutex;
  std::vector<std::string> keys;  // of every request
  std::set<std::string> sent;
  ScriptedServer server{[this](Peer& peer) {
    const std::string request = peer.read_request();
    const auto begin = request.find("Idempotency-Key: ") + std::string("Idempotency-Key: ").size();
    const std::string key = request.substr(begin, request.find("\r\n", begin) - begin);
    const std::scoped_lock lock(mutex);
    keys.push_back(key);
    const bool is_new = sent.insert(key).second;
    peer.send(std::string("HTTP/1.1 ") + (is_new ? "201 Created" : "200 OK") + "\r\nContent-Length: 0\r\n\r\n");
  }};
};

constexpr const char* one_share = R"(
  sign_in:
    title: Sign in
    steps: [{do: portal.sign_in, as: $patient}]
  send:
    title: It sends
    verifies: R-A
    needs: sign_in
    steps: [{do: portal.share, with: {to: a@direct.example, format: text}, expect: [{result: ok}]}]
)";

std::string target_at(const std::string& url) {
  std::string target = hostile_target;
  const std::string role = "{connector: org.example.hostile}";
  return target.replace(target.find(role), role.size(),
                        "{connector: org.example.hostile, allow_cleartext: true, config: {base_url: \"" + url + "\"}}");
}

TEST_F(CrashTest, WhatMayHaveBeenSentIsAskedForAgainWithTheSameKey) {
  Counting system;
  const auto view = run_hostile(one_share, target_at(system.server.url()));
  EXPECT_EQ(outcome(view, "send"), "pass") << find(view, "send").cause;
  EXPECT_THAT(actions(find(view, "send")),
              ElementsAre("portal.share as alice", "set-up: portal.sign_in again as alice", "portal.share as alice"));
  ASSERT_EQ(system.keys.size(), 2u);
  EXPECT_EQ(system.keys[0], system.keys[1]);
  EXPECT_EQ(system.sent.size(), 1u) << "nothing went out twice";
  // The first answer stays on the record as what it is.
  EXPECT_EQ(find(view, "send").steps[0].message.result, "connector_lost");
  EXPECT_THAT(events(), testing::ContainsRegex("\"type\": ?\"call_done\"[^\n]*\"is_uncertain\": ?true"));
}

TEST_F(CrashTest, ASendThatNeverBeganIsBegunAgainAndIsNotUncertain) {
  Counting system;
  const auto view = run_hostile(R"(
  sign_in:
    title: Sign in
    steps: [{do: portal.sign_in, as: $patient}]
  sign_in_bob:
    title: Bob signs in
    steps: [{do: portal.sign_in, as: bob}]
  send:
    title: It sends
    verifies: R-A
    needs: [sign_in, sign_in_bob]
    steps:
      - {do: portal.view, with: {item: exit later}}
      - {do: portal.view, id: pause, as: bob, with: {item: pause}}
      - {do: portal.share, with: {to: a@direct.example, format: text}, expect: [{result: ok}]}
)",
                                target_at(system.server.url()));
  EXPECT_EQ(find(view, "send").steps.at(2).message.error, "nothing was called: plugin process exited with status 3");
  // The first that is sent crashes, too: that one is uncertain.
  EXPECT_EQ(outcome(view, "send"), "pass") << find(view, "send").cause;
  EXPECT_EQ(system.keys.size(), 2u);
  EXPECT_EQ(system.sent.size(), 1u);
  std::size_t uncertain = 0;
  const std::string all = events();
  for (auto at = all.find("is_uncertain"); at != std::string::npos; at = all.find("is_uncertain", at + 1)) ++uncertain;
  EXPECT_EQ(uncertain, 1u);
}

TEST_F(CrashTest, ThreeDeathsPutThePluginIntoQuarantine) {
  std::string tests = R"(
  sign_in:
    title: Sign in
    steps: [{do: portal.sign_in, as: $patient}]
)";
  for (const char* const name : {"one", "two", "three", "four"})
    tests += std::string("  ") + name +
             ": {title: It crashes, verifies: R-A, needs: sign_in, steps: [{do: portal.view, timeout: 5s, with: {item: "
             "segfault}}]}\n";
  options.jobs = 1;
  const auto view = run_hostile(tests);
  int quarantined = 0;
  for (const char* const name : {"one", "two", "three", "four"}) {
    EXPECT_EQ(outcome(view, name), "error");
    EXPECT_EQ(find(view, name).kind, "connector_lost") << name;
    if (find(view, name)
            .cause.find("plugin org.example.hostile 1.0.0 is in quarantine for the rest of this run: 3 of its "
                        "processes ended within 60 s, the last: plugin process ended by signal 11") !=
        std::string::npos)
      ++quarantined;
  }
  EXPECT_EQ(quarantined, 1);
  EXPECT_THAT(events(), HasSubstr("\"quarantine\""));
}

}  // namespace
}  // namespace bb::test
