// How fast a system is asked, in virtual time.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <latch>
#include <mutex>
#include <thread>
#include <vector>

#include <bb/core/time.hpp>
#include <bb/host/pace.hpp>
#include "host/host_fixture.hpp"
#include "host/scripted_server.hpp"

namespace bb::test {
namespace {

using host::Pace;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::int64_t begin_ns = 1'700'000'000 * ns_per_second;

class PaceTest : public testing::Test {
 protected:
  // When each of so many threads had its turns.
  std::vector<std::int64_t> turns_ms(Pace& pace, int threads, int each) {
    std::vector<std::int64_t> turns;
    std::mutex mutex;
    std::vector<std::jthread> running;
    // All are there before time may move.
    std::latch all_here(threads + 1);
    for (int thread = 0; thread < threads; ++thread)
      running.emplace_back([&] {
        const host::VirtualClock::Worker worker(clock);
        all_here.arrive_and_wait();
        for (int turn = 0; turn < each; ++turn) {
          EXPECT_EQ(pace.wait(nullptr, {}).turn, Pace::Turn::now);
          const std::scoped_lock lock(mutex);
          turns.push_back(now_ms());
        }
      });
    all_here.arrive_and_wait();
    running.clear();
    std::sort(turns.begin(), turns.end());
    return turns;
  }
  std::int64_t now_ms() { return (clock.now_unix_ns() - begin_ns) / ns_per_ms; }

  host::VirtualClock clock{begin_ns};
};

TEST_F(PaceTest, WithoutALimitNobodyWaits) {
  Pace pace(clock, 0);
  for (int turn = 0; turn < 100; ++turn) EXPECT_EQ(pace.wait(nullptr, {}).ms, 0);
  EXPECT_EQ(now_ms(), 0);
}

TEST_F(PaceTest, RequestsAreSpacedAsTheRateSays) {
  Pace pace(clock, 4);
  const auto turns = turns_ms(pace, 5, 4);
  ASSERT_THAT(turns, SizeIs(20));
  for (std::size_t turn = 0; turn < turns.size(); ++turn)
    EXPECT_EQ(turns[turn], static_cast<std::int64_t>(turn) * 250) << turn;
}

TEST_F(PaceTest, ARateMayBeAFraction) {
  Pace pace(clock, 0.5);
  EXPECT_THAT(turns_ms(pace, 1, 3), testing::ElementsAre(0, 2000, 4000));
}

TEST_F(PaceTest, WhoComesLaterHasNoCreditForTheTimeBefore) {
  Pace pace(clock, 1);
  clock.advance_ns(100 * ns_per_second);
  EXPECT_EQ(pace.wait(nullptr, {}).ms, 0);
  EXPECT_EQ(pace.wait(nullptr, {}).ms, 1000);
}

TEST_F(PaceTest, WhatTheSystemSaysHoldsForAllWhoWait) {
  Pace pace(clock, 0);
  EXPECT_TRUE(pace.throttle(7 * ns_per_second));
  EXPECT_FALSE(pace.throttle(3 * ns_per_second)) << "shorter than what is known";
  const auto turns = turns_ms(pace, 4, 1);
  EXPECT_THAT(turns, testing::Each(7000));
}

TEST_F(PaceTest, WhoWaitsForTheRateHeedsWhatTheSystemSaysMeanwhile) {
  Pace pace(clock, 1);
  EXPECT_EQ(pace.wait(nullptr, {}).ms, 0);
  std::latch both_here(2);
  std::jthread system([&] {
    const host::VirtualClock::Worker worker(clock);
    both_here.arrive_and_wait();
    clock.sleep_ns(ns_per_second / 2, nullptr, 0);
    pace.throttle(9 * ns_per_second);
  });
  const host::VirtualClock::Worker worker(clock);
  both_here.arrive_and_wait();
  EXPECT_EQ(pace.wait(nullptr, {}).ms, 9500);
}

TEST_F(PaceTest, AWaitThatWouldTakeTooLongIsNotBegun) {
  Pace pace(clock, 0);
  pace.throttle(10 * ns_per_second);
  EXPECT_EQ(pace.wait(nullptr, {.ns_max = 9 * ns_per_second}).turn, Pace::Turn::too_late);
  EXPECT_EQ(now_ms(), 0);
  EXPECT_EQ(pace.wait(nullptr, {.ns_max = 10 * ns_per_second}).turn, Pace::Turn::now);
  EXPECT_EQ(now_ms(), 10'000);
}

TEST_F(PaceTest, ASystemThatIsToBeLeftAloneForLongIsAskedAgain) {
  Pace pace(clock, 0);
  pace.throttle(24 * 3600 * ns_per_second);
  EXPECT_EQ(pace.wait(nullptr, {.throttled_ns_max = 30 * ns_per_second}).ms, 30'000);
}

TEST_F(PaceTest, ACancelEndsAWait) {
  const auto real = host::make_real_clock();
  Pace pace(*real, 0);
  pace.throttle(3600 * ns_per_second);
  host::Cancellation cancellation;
  std::jthread other([&] { cancellation.cancel(); });
  EXPECT_EQ(pace.wait(&cancellation, {}).turn, Pace::Turn::cancelled);
}

TEST_F(PaceTest, RetryAfterIsSecondsOrADate) {
  // RFC 9110, 10.2.3 and 5.6.7; the date is that of its example.
  const std::int64_t date_ns = *parse_time("1999-12-31T23:59:59Z");
  EXPECT_EQ(host::retry_after_ns("120", 0), 120 * ns_per_second);
  EXPECT_EQ(host::retry_after_ns(" 0 ", 0), 0);
  EXPECT_EQ(host::retry_after_ns("Fri, 31 Dec 1999 23:59:59 GMT", date_ns - 5 * ns_per_second), 5 * ns_per_second);
  EXPECT_EQ(host::retry_after_ns("Fri, 31 Dec 1999 23:59:59 GMT", date_ns + 1), 0);
  EXPECT_EQ(host::retry_after_ns("31536000", 0), 7 * 24 * 3600 * ns_per_second);
  for (const auto* const none : {"", "-1", "1.5", "soon", "99999999999999999999", "Fri, 31 Dec 1999 23:59:59 CET",
                                 "Fri, 31 Dez 1999 23:59:59 GMT", "Fri, 99 Dec 1999 23:59:59 GMT"})
    EXPECT_EQ(host::retry_after_ns(none, 0), std::nullopt) << none;
}

// --- of answers that a connector gets ---

ScriptedServer::Script answer_with(std::string status, std::string fields) {
  return [=](Peer& peer) {
    while (!peer.read_request().empty() &&
           peer.send("HTTP/1.1 " + status + "\r\n" + fields + "Content-Length: 0\r\n\r\n")) {
    }
  };
}

// One call after another, in virtual time.
struct Paced : Scripted {
  host::VirtualClock time{begin_ns};
  Pace pace{time, 0};
  Paced() {
    options.clock = &time;
    options.pace = &pace;
  }
  std::int64_t now_ms() { return (time.now_unix_ns() - begin_ns) / ns_per_ms; }
};

TEST_F(PaceTest, AnAnswer429Or503WithRetryAfterHoldsTheNextRequestBack) {
  for (const auto* const status : {"429 Too Many Requests", "503 Service Unavailable"}) {
    ScriptedServer server(answer_with(status, "Retry-After: 5\r\n"));
    Paced scripted;
    EXPECT_EQ(scripted.get(server.url()).paced_ms, 0);
    EXPECT_EQ(scripted.now_ms(), 0);
    EXPECT_EQ(scripted.get(server.url()).paced_ms, 5000);
    EXPECT_EQ(scripted.now_ms(), 5000);
    ASSERT_THAT(scripted.recorder.records, SizeIs(2));
    const auto& record = scripted.recorder.records.front();
    EXPECT_EQ(record.protocol, "pace");
    EXPECT_EQ(record.step, "throttled");
    EXPECT_THAT(record.attributes,
                testing::ElementsAre(host::Attribute{"status", std::string(status).substr(0, 3)},
                                     host::Attribute{"retry_after_ms", "5000"},
                                     host::Attribute{"until", format_utc(begin_ns + 5 * ns_per_second)}));
  }
}

TEST_F(PaceTest, OtherAnswersHoldNothingBack) {
  for (const auto* const status : {"200 OK", "202 Accepted", "500 Internal Server Error", "301 Moved Permanently"}) {
    ScriptedServer server(answer_with(status, "Retry-After: 5\r\n"));
    Paced scripted;
    scripted.get(server.url());
    EXPECT_EQ(scripted.get(server.url()).paced_ms, 0) << status;
    EXPECT_THAT(scripted.recorder.records, IsEmpty());
  }
  ScriptedServer server(answer_with("429 Too Many Requests", ""));
  Paced scripted;
  scripted.get(server.url());
  EXPECT_EQ(scripted.get(server.url()).paced_ms, 0);
}

TEST_F(PaceTest, WhatAHelperIsToldIsOfAnotherServerAndHoldsNothingBack) {
  ScriptedServer server(answer_with("429 Too Many Requests", "Retry-After: 604800\r\n"));
  Paced scripted;
  const auto helper = Value::object({{"url", server.url()}, {"answer", false}});
  EXPECT_EQ(scripted.probe("http", helper).paced_ms, 0);
  EXPECT_EQ(scripted.get(server.url()).paced_ms, 0);
  EXPECT_THAT(scripted.recorder.exchanges, SizeIs(2));
}

TEST_F(PaceTest, ACallWhoseTimeEndsBeforeThatIsNotSent) {
  ScriptedServer server(answer_with("429 Too Many Requests", "Retry-After: 60\r\n"));
  Paced scripted;
  scripted.get(server.url());
  const auto reply = scripted.get(server.url(), within_ms(20'000));
  EXPECT_EQ(reply.status, BB_E_RATE_LIMITED);
  EXPECT_EQ(reply.blame, host::Blame::system);
  EXPECT_THAT(reply.error.message, HasSubstr("asked by Retry-After to be left alone until 2023-11-14T22:14:20"));
  EXPECT_THAT(scripted.recorder.exchanges, SizeIs(1));
  EXPECT_EQ(scripted.now_ms(), 0);
  // One that had waited already is sent: its caller asks again.
  host::CallOptions has_waited = within_ms(20'000);
  has_waited.has_turn = true;
  scripted.get(server.url(), has_waited);
  EXPECT_THAT(scripted.recorder.exchanges, SizeIs(2));
}

}  // namespace
}  // namespace bb::test
