// Calls of a role at the same time: how many, how fast, and what is never beside others.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <map>
#include <mutex>
#include <thread>

#include <bb/core/time.hpp>

#include "run_fixture.hpp"

namespace bb::test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

// How many are inside, and the most that ever were.
class Counter {
 public:
  class Inside {
   public:
    explicit Inside(Counter& counter) : counter_(counter) {
      int most = counter_.most;
      for (const int now = ++counter_.now; now > most && !counter_.most.compare_exchange_weak(most, now);) {
      }
    }
    Inside(const Inside&) = delete;
    Inside& operator=(const Inside&) = delete;
    ~Inside() { --counter_.now; }

   private:
    Counter& counter_;
  };
  std::atomic<int> now = 0, most = 0;
};

constexpr auto a_while = std::chrono::milliseconds(3);

class OverlapTest : public RunFixture {
 protected:
  OverlapTest() {
    options.jobs = 8;
    connectors.set_overlap(true);
    connectors.on("bb.view/1 list", [this](const FakeCall& call) {
      const Counter::Inside inside(calls);
      const Counter::Inside of_role(by_role[call.instance.name.substr(0, call.instance.name.find('/'))]);
      std::this_thread::sleep_for(a_while);
      return emitted(Value::object({{"items", Value::array()}}));
    });
    by_role["portal"], by_role["inbox"];
  }
  // The target with keys for the portal.
  engine::RunInput load_with(const std::string& keys, const std::string& tests, const std::string& more = "") {
    return load(tests, replace_all(target_text, "portal: {connector: org.example.fake}",
                                   "portal: {connector: org.example.fake, " + keys + "}") +
                           more);
  }
  evidence::RunView run_with(const std::string& keys, const std::string& tests, const std::string& more = "") {
    return run(load_with(keys, tests, more));
  }
  // The paced_ms of each call that has one.
  std::vector<std::int64_t> paced_ms() const {
    std::vector<std::int64_t> found;
    const auto text = read_text(run_folder / std::string(evidence::events_file_name));
    for (const auto& line : split(text ? *text : "", '\n'))
      if (const auto event = parse_json(line); event && event->find("paced_ms"))
        found.push_back((*event)["paced_ms"].integer_or(0));
    std::sort(found.begin(), found.end());
    return found;
  }

  Counter calls;
  std::map<std::string, Counter> by_role;
};

constexpr const char* one_session = R"(
  sign_in:
    title: The patient signs in
    steps: [{do: portal.sign_in, as: $patient}]
  get:
    title: Everything is listed in one session
    each: {n: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]}
    needs: sign_in
    steps: [{do: portal.list}]
)";

TEST_F(OverlapTest, TestsThatShareASessionRunAtTheSameTimeUpToWhatTheTargetAllows) {
  EXPECT_EQ(run_with("max_in_flight: 3", one_session).counts.pass, 17);
  EXPECT_EQ(calls.most, 3);
  EXPECT_THAT(connectors.instances(), SizeIs(1));
}

TEST_F(OverlapTest, WithoutAWordOfTheTargetCallsOfASessionNeverOverlap) {
  EXPECT_EQ(run(one_session).counts.pass, 17);
  EXPECT_EQ(calls.most, 1);
}

TEST_F(OverlapTest, AConnectorThatIsNotMadeForItIsCalledOnceAtATime) {
  connectors.set_overlap(false);
  EXPECT_EQ(run_with("max_in_flight: 8", one_session).counts.pass, 17);
  EXPECT_EQ(calls.most, 1);
}

TEST_F(OverlapTest, TheLimitIsOfAllSessionsOfTheRoleTogether) {
  run_with("max_in_flight: 1", R"(
  get:
    title: Everybody lists
    each: {person: [alice, bob, carol]}
    steps: [{do: portal.list, as: $each.person}, {do: portal.list, as: $each.person}]
)");
  EXPECT_EQ(calls.most, 1);
  EXPECT_THAT(connectors.instances(), SizeIs(3));
}

TEST_F(OverlapTest, SignInAndSignOutAreAlone) {
  Counter session;
  for (const auto* const operation : {"bb.session/1 open", "bb.session/1 close"})
    connectors.on(operation, [&](const FakeCall&) {
      const Counter::Inside inside(session);
      EXPECT_EQ(calls.now, 0);
      std::this_thread::sleep_for(a_while);
      EXPECT_EQ(calls.now, 0);
      return emitted(Value::object());
    });
  run_with("max_in_flight: 8", std::string(one_session) + R"(
  leave:
    title: The patient signs out while others list
    each: {n: [1, 2, 3]}
    needs: sign_in
    steps: [{do: portal.list}, {do: portal.sign_out}]
)");
  EXPECT_EQ(session.most, 1);
  EXPECT_GT(calls.most, 1);
}

TEST_F(OverlapTest, ARateHoldsForAllCallsOfTheRoleInTheTimeOfTheRun) {
  std::mutex mutex;
  std::vector<std::int64_t> at_ms;
  connectors.on("bb.view/1 list", [&](const FakeCall& call) {
    const std::lock_guard lock(mutex);
    at_ms.push_back(call.instance.clock->now_unix_ns() / ns_per_ms);
    return emitted(Value::object({{"items", Value::array()}}));
  });
  const auto began = std::chrono::steady_clock::now();
  EXPECT_EQ(run_with("max_in_flight: 8, requests_per_second: 0.5", one_session, "clock: virtual\n").counts.pass, 17);
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(20)) << "this is virtual time";
  ASSERT_THAT(at_ms, SizeIs(16));
  std::sort(at_ms.begin(), at_ms.end());
  for (std::size_t call = 1; call < at_ms.size(); ++call) EXPECT_GE(at_ms[call] - at_ms[call - 1], 2000);
  EXPECT_EQ(at_ms.back() - at_ms.front(), 15 * 2000);
  EXPECT_THAT(paced_ms(), SizeIs(16));
}

TEST_F(OverlapTest, WhatOneCallIsToldByTheSystemSlowsTheWholeRoleAndNoOther) {
  std::mutex mutex;
  std::map<std::string, std::vector<std::int64_t>> at_ms;
  std::atomic<bool> is_told = false;
  connectors.on("bb.view/1 list", [&](const FakeCall& call) {
    {
      const std::lock_guard lock(mutex);
      at_ms[call.instance.name].push_back(call.instance.clock->now_unix_ns() / ns_per_ms);
    }
    if (!is_told.exchange(true)) {
      call.instance.pace->throttle(20 * ns_per_second);
      return refusal(BB_E_RATE_LIMITED);
    }
    return emitted(Value::object({{"items", Value::array()}}));
  });
  connectors.on("bb.inbox/1 poll", [&](const FakeCall& call) {
    EXPECT_TRUE(is_told);
    const std::lock_guard lock(mutex);
    at_ms["inbox"].push_back(call.instance.clock->now_unix_ns() / ns_per_ms);
    return emitted(Value::object({{"items", Value::array()}}));
  });
  options.jobs = 1;
  const auto view = run_with("max_in_flight: 2", R"(
  first: {title: The first is refused, verifies: R-A, steps: [{do: portal.list, as: alice}]}
  other: {title: Another role is asked, steps: [{wait: inbox.message, within: 1s, expect: [{result: timeout}]}]}
  second: {title: The second waits, steps: [{do: portal.list, as: alice}]}
  third: {title: Another session waits, steps: [{do: portal.list, as: bob}]}
)",
                             "clock: virtual\n");
  // What the system said is judged as it is: nothing was asked again behind the test's back.
  EXPECT_EQ(outcome(view, "first"), "fail");
  EXPECT_EQ(outcome(view, "second"), "pass");
  EXPECT_EQ(outcome(view, "third"), "pass");
  ASSERT_THAT(at_ms["portal/alice"], SizeIs(2));
  ASSERT_THAT(at_ms["inbox"], testing::Not(IsEmpty()));
  const auto first = at_ms["portal/alice"][0];
  EXPECT_EQ(at_ms["portal/alice"][1] - first, 20'000);
  EXPECT_GE(at_ms["portal/bob"].at(0) - first, 20'000);
  EXPECT_LT(at_ms["inbox"][0] - first, 20'000);
  EXPECT_THAT(paced_ms(), SizeIs(1));
}

TEST_F(OverlapTest, ASystemThatWantsToBeLeftAloneForADayIsAskedAgainAfterTheTimeOfAStep) {
  std::vector<std::int64_t> at_ms;
  connectors.on("bb.view/1 list", [&](const FakeCall& call) {
    at_ms.push_back(call.instance.clock->now_unix_ns() / ns_per_ms);
    call.instance.pace->throttle(24 * 3600 * ns_per_second);
    return emitted(Value::object({{"items", Value::array()}}));
  });
  options.jobs = 1;
  run_with("max_in_flight: 2", R"(
  get: {title: It lists twice, steps: [{do: portal.list, as: alice}, {do: portal.list, as: alice, timeout: 7s}]}
)",
           "clock: virtual\n");
  ASSERT_THAT(at_ms, SizeIs(2));
  EXPECT_EQ(at_ms[1] - at_ms[0], 7000);
}

TEST_F(OverlapTest, ASessionThatItsProcessTookWithItIsNotCalledAsIfItWereThere) {
  // Eight tests use the session when its process ends: each is told so or has the session made again.
  std::atomic<int> number = 0;
  std::atomic<bool> is_open = false;
  connectors.on("bb.session/1 open", [&](const FakeCall&) {
    is_open = true;
    return emitted(Value::object());
  });
  const auto ended = [] { return refusal(BB_E_CONNECTOR_LOST, "plugin process ended by signal 11 (SIGSEGV)"); };
  connectors.on("bb.view/1 list", [&](const FakeCall& call) {
    // In this order: the process ends before the session does.
    const bool has_session = is_open;
    if (connectors.is_lost(call.instance.name)) return ended();
    if (!has_session) return refusal(BB_E_UNAUTHENTICATED);
    if (++number == 5) {
      connectors.lose_processes();
      is_open = false;
    }
    std::this_thread::sleep_for(a_while);
    if (connectors.is_lost(call.instance.name)) return ended();
    return emitted(Value::object({{"items", Value::array()}}));
  });
  const auto view = run_with("max_in_flight: 8", one_session);
  int lost = 0;
  for (const auto& test : view.tests) {
    EXPECT_NE(test.outcome, evidence::Outcome::fail) << test.name << ": " << test.cause;
    lost += test.outcome == evidence::Outcome::error ? 1 : 0;
  }
  EXPECT_GE(lost, 1);
  EXPECT_GE(view.counts.pass, 5);
}

}  // namespace
}  // namespace bb::test
