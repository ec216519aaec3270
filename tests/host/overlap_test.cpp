// Calls of one instance that run at the same time, where its type says that they may.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <barrier>
#include <chrono>
#include <map>
#include <thread>
#include <vector>

#include <bb/core/time.hpp>
#include "host/host_fixture.hpp"
#include "host/scripted_server.hpp"

namespace bb::test {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

constexpr int call_count = 8;

struct Overlapping : Scripted {
  Overlapping() {
    options.type_id = "org.example.scripted.bare";
    options.config = Value::object();
    instance();
  }
  host::Reply read(const std::string& url, std::uint64_t call_id, const host::Cancellation* cancellation = nullptr,
                   std::int64_t timeout_ms = 20'000) {
    return instance().invoke({"bb.view/1", "read", Value::object({{"item_id", url}})},
                             {call_id, timeout_ms, cancellation});
  }
};

// Answers so many requests at a time, none before all are there; each with its own target.
class Meeting {
 public:
  explicit Meeting(int count) : here_(count), server([this](Peer& peer) { serve(peer); }) {}

 private:
  void serve(Peer& peer) {
    for (std::string request; !(request = peer.read_request()).empty();) {
      here_.arrive_and_wait();
      const auto target = request.substr(4, request.find(" HTTP") - 4);
      if (!peer.send(plain_answer("this is " + target))) return;
    }
  }
  std::barrier<> here_;

 public:
  ScriptedServer server;
};

template <class Call>
void all_at_once(const Call& call) {
  std::vector<std::jthread> threads;
  for (int number = 0; number < call_count; ++number) threads.emplace_back([&, number] { call(number); });
}

TEST(OverlapTest, CallsRunAtTheSameTimeAndEachGetsItsOwnAnswer) {
  Meeting meeting(call_count);
  Overlapping scripted;
  ASSERT_TRUE(scripted.instance().may_overlap());
  std::vector<host::Reply> replies(call_count);
  all_at_once([&](int number) {
    replies[static_cast<std::size_t>(number)] =
        scripted.read(meeting.server.url("/" + std::to_string(number)), static_cast<std::uint64_t>(100 + number));
  });
  std::map<std::uint64_t, std::string> urls;
  for (const auto& exchange : scripted.recorder.exchanges) urls[exchange.call_id] = exchange.url;
  for (int number = 0; number < call_count; ++number) {
    const auto& reply = replies[static_cast<std::size_t>(number)];
    EXPECT_EQ(reply.body, "this is /" + std::to_string(number)) << reply.error.message;
    // The evidence is of the call that made it.
    EXPECT_EQ(urls[static_cast<std::uint64_t>(100 + number)], meeting.server.url("/" + std::to_string(number)));
  }
}

TEST(OverlapTest, ATypeThatDoesNotSaySoIsCalledOnceAtATime) {
  std::atomic<int> open = 0, open_max = 0;
  ScriptedServer server([&](Peer& peer) {
    while (!peer.read_request().empty()) {
      int most = open_max;
      for (const int now = ++open; now > most && !open_max.compare_exchange_weak(most, now);) {
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
      --open;
      if (!peer.send(plain_answer("hello"))) return;
    }
  });
  Scripted scripted;
  EXPECT_FALSE(scripted.instance().may_overlap());
  all_at_once([&](int) { EXPECT_EQ(scripted.get(server.url()).body, "hello"); });
  EXPECT_EQ(open_max, 1);
  EXPECT_EQ(server.connection_count(), 1);
}

TEST(OverlapTest, AConnectionServesOneCallAtATimeAndIsKept) {
  Meeting meeting(call_count);
  Overlapping scripted;
  for (int turn = 0; turn < 3; ++turn) {
    all_at_once([&](int number) {
      scripted.read(meeting.server.url("/"), static_cast<std::uint64_t>(1 + turn * call_count + number));
    });
    if (turn == 0) {
      EXPECT_EQ(meeting.server.connection_count(), call_count);
    }
  }
  EXPECT_EQ(meeting.server.connection_count(), call_count);
}

TEST(OverlapTest, ADeadlineAndACancelEndTheirOwnCallsAlone) {
  // Two are never answered; the third is while they wait.
  ScriptedServer server([&](Peer& peer) {
    const auto request = peer.read_request();
    if (request.find("/answered") != std::string::npos)
      peer.send(plain_answer("hello"));
    else
      peer.wait_for_end();
  });
  Overlapping scripted;
  host::Cancellation cancellation;
  host::Reply late, cancelled, answered;
  {
    std::jthread first([&] { late = scripted.read(server.url("/late"), 1, nullptr, 300); });
    std::jthread second([&] { cancelled = scripted.read(server.url("/cancelled"), 2, &cancellation); });
    while (server.connection_count() < 2) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    answered = scripted.read(server.url("/answered"), 3);
    cancellation.cancel();
  }
  EXPECT_EQ(late.status, BB_E_DEADLINE);
  EXPECT_EQ(cancelled.status, BB_E_CANCELLED);
  EXPECT_EQ(answered.body, "hello");
  EXPECT_EQ(scripted.read(server.url("/answered"), 4).body, "hello");
}

TEST(OverlapTest, CallsThatAreCancelledOrLateByTheHundredsLeaveTheOthersAlone) {
  ScriptedServer server([](Peer& peer) {
    for (std::string request; !(request = peer.read_request()).empty();) {
      // "/7": after 7 ms.
      std::this_thread::sleep_for(std::chrono::milliseconds(std::atoi(request.c_str() + std::string("GET /").size())));
      if (!peer.send(plain_answer(request.substr(0, request.find(" HTTP"))))) return;
    }
  });
  Overlapping scripted;
  std::atomic<int> ended_early = 0;
  all_at_once([&](int number) {
    for (int turn = 0; turn < 40; ++turn) {
      const int wait_ms = (number + turn) % 12;
      const auto path = "/" + std::to_string(wait_ms) + "/" + std::to_string(number) + "/" + std::to_string(turn);
      const auto id = static_cast<std::uint64_t>(1 + number * 40 + turn);
      host::Cancellation cancellation;
      std::jthread canceller;
      if (turn % 3 == 1)
        canceller = std::jthread([&] {
          std::this_thread::sleep_for(std::chrono::milliseconds(turn % 9));
          cancellation.cancel();
        });
      const auto reply = scripted.read(server.url(path), id, &cancellation, turn % 3 == 2 ? 1 + turn % 8 : 10'000);
      if (reply.status == BB_OK) {
        EXPECT_EQ(reply.body, "GET " + path);
        continue;
      }
      ++ended_early;
      EXPECT_EQ(reply.status, turn % 3 == 1 ? BB_E_CANCELLED : BB_E_DEADLINE) << reply.error.message;
      EXPECT_NE(turn % 3, 0) << reply.error.message;
    }
  });
  EXPECT_GT(ended_early, 0);
}

TEST(OverlapTest, WhereTheProcessEndsAllCallsInFlightAreLostAndItIsToldOnce) {
  if (connector_host().empty()) GTEST_SKIP() << "in this process nothing survives a crash";
  std::atomic<bool> is_over = false;
  ScriptedServer server([&](Peer& peer) {
    peer.read_request();
    peer.wait_for_end();
  });
  Overlapping scripted;
  std::vector<host::Reply> replies(call_count);
  std::jthread killer([&] {
    while (server.connection_count() < call_count - 1) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    host::Reply crash = scripted.read("http://crash", 99);
    EXPECT_EQ(crash.status, BB_E_CONNECTOR_LOST);
    is_over = true;
  });
  all_at_once([&](int number) {
    if (number > 0)
      replies[static_cast<std::size_t>(number)] =
          scripted.read(server.url("/"), static_cast<std::uint64_t>(number), nullptr, 2'000);
  });
  killer.join();
  EXPECT_TRUE(is_over);
  for (int number = 1; number < call_count; ++number) {
    const auto& reply = replies[static_cast<std::size_t>(number)];
    EXPECT_EQ(reply.status, BB_E_CONNECTOR_LOST);
    EXPECT_EQ(reply.ran, host::Ran::unknown);
    EXPECT_THAT(reply.error.message, HasSubstr("plugin process ended by signal"));
  }
  EXPECT_TRUE(scripted.instance().is_lost());
  EXPECT_THAT(scripted.recorder.records, SizeIs(1));
  EXPECT_EQ(scripted.recorder.records.at(0).step, "lost");
}

}  // namespace
}  // namespace bb::test
