// A run whose connector crashes goes on with a fresh process, and nothing is
// judged that the system did not do.
#include "engine/run_fixture.hpp"

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
)";

struct CrashTest : RunFixture {
  evidence::RunView run_hostile(const std::string& tests) {
    options.out = folder_.path() / "runs";
    host::Host host({{BB_HOSTILE_FOLDER}, "test", BB_CONNECTOR_HOST});
    const auto result = engine::run(load(tests, hostile_target), options, host);
    EXPECT_TRUE(result) << (result ? "" : result.error().what);
    if (!result) return {};
    auto view = evidence::read_run(result->folder);
    EXPECT_TRUE(view) << (view ? "" : view.error().what);
    return view ? *std::move(view) : evidence::RunView{};
  }
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
  EXPECT_THAT(actions(find(view, "send")), ElementsAre("portal.share as alice"));
}

}  // namespace
}  // namespace bb::test
