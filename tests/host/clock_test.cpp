#include <gtest/gtest.h>
#include <poll.h>

#include <atomic>
#include <thread>

#include <bb/core/time.hpp>
#include <bb/host/clock.hpp>

namespace bb::test {
namespace {

using host::Cancellation;
using host::Slept;
using host::VirtualClock;

constexpr std::int64_t start_ns = 1'700'000'000 * ns_per_second;
constexpr std::int64_t day_ns = 86'400 * ns_per_second;

TEST(CancellationTest, TheHandleIsReadableOnceCancelled) {
  Cancellation cancellation;
  pollfd wait{cancellation.wait_handle(), POLLIN, 0};
  EXPECT_EQ(::poll(&wait, 1, 0), 0);
  EXPECT_FALSE(cancellation.is_cancelled());
  cancellation.cancel();
  EXPECT_EQ(::poll(&wait, 1, 0), 1);
  EXPECT_TRUE(cancellation.is_cancelled());
}

TEST(CancellationTest, AnActionRunsOnceHoweverOftenCancelled) {
  Cancellation cancellation;
  int count = 0;
  const auto registration = cancellation.on_cancel([&] { ++count; });
  EXPECT_EQ(count, 0);
  cancellation.cancel();
  cancellation.cancel();
  EXPECT_EQ(count, 1);
}

TEST(CancellationTest, AnActionRunsAtOnceWhenAlreadyCancelled) {
  Cancellation cancellation;
  cancellation.cancel();
  int count = 0;
  const auto registration = cancellation.on_cancel([&] { ++count; });
  EXPECT_EQ(count, 1);
}

TEST(CancellationTest, AnActionWhoseRegistrationIsGoneDoesNotRun) {
  Cancellation cancellation;
  int count = 0;
  cancellation.on_cancel([&] { ++count; }).reset();
  cancellation.cancel();
  EXPECT_EQ(count, 0);
}

TEST(CancellationTest, ARegistrationMayOutliveTheCancellation) {
  auto cancellation = std::make_unique<Cancellation>();
  const auto registration = cancellation->on_cancel([] {});
  cancellation.reset();
}

TEST(RealClockTest, SleepsTheWholeTime) {
  const auto clock = host::make_real_clock();
  const std::int64_t before_ns = monotonic_ns();
  EXPECT_EQ(clock->sleep_ns(20 * ns_per_ms, nullptr, 0), Slept::whole);
  EXPECT_GE(monotonic_ns() - before_ns, 20 * ns_per_ms);
}

TEST(RealClockTest, ADeadlineAndACancelEndASleep) {
  const auto clock = host::make_real_clock();
  const std::int64_t before_ns = monotonic_ns();
  EXPECT_EQ(clock->sleep_ns(day_ns, nullptr, before_ns + 10 * ns_per_ms), Slept::deadline);
  Cancellation cancellation;
  std::thread canceller([&] { cancellation.cancel(); });
  EXPECT_EQ(clock->sleep_ns(day_ns, &cancellation, 0), Slept::cancelled);
  canceller.join();
  EXPECT_LT(monotonic_ns() - before_ns, 10 * ns_per_second);
}

TEST(RealClockTest, ADeadlineAfterTheWakeUpChangesNothing) {
  const auto clock = host::make_real_clock();
  EXPECT_EQ(clock->sleep_ns(ns_per_ms, nullptr, monotonic_ns() + day_ns), Slept::whole);
  EXPECT_EQ(clock->sleep_ns(0, nullptr, 0), Slept::whole);
  EXPECT_EQ(clock->sleep_ns(-5, nullptr, 0), Slept::whole);
}

TEST(VirtualClockTest, StandsStillUntilSomebodySleeps) {
  VirtualClock clock(start_ns);
  EXPECT_EQ(clock.now_unix_ns(), start_ns);
  std::this_thread::sleep_for(std::chrono::milliseconds(2));
  EXPECT_EQ(clock.now_unix_ns(), start_ns);
}

TEST(VirtualClockTest, ADayPassesAtOnceWhenTheOnlyWorkerSleeps) {
  VirtualClock clock(start_ns);
  const VirtualClock::Worker worker(clock);
  const std::int64_t before_ns = monotonic_ns();
  EXPECT_EQ(clock.sleep_ns(day_ns, nullptr, 0), Slept::whole);
  EXPECT_EQ(clock.now_unix_ns(), start_ns + day_ns);
  EXPECT_LT(monotonic_ns() - before_ns, 10 * ns_per_second);
}

TEST(VirtualClockTest, TimeWaitsForAWorkerThatIsStillBusy) {
  VirtualClock clock(start_ns);
  std::atomic<bool> is_awake = false;
  {
    const VirtualClock::Worker busy(clock);
    std::thread sleeper([&] {
      const VirtualClock::Worker worker(clock);
      EXPECT_EQ(clock.sleep_ns(day_ns, nullptr, 0), Slept::whole);
      is_awake = true;
    });
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    EXPECT_FALSE(is_awake);
    EXPECT_EQ(clock.now_unix_ns(), start_ns);
    // The busy worker sleeps too: the first to wake is it.
    EXPECT_EQ(clock.sleep_ns(ns_per_second, nullptr, 0), Slept::whole);
    EXPECT_EQ(clock.now_unix_ns(), start_ns + ns_per_second);
    clock.sleep_ns(2 * day_ns, nullptr, 0);
    sleeper.join();
  }
  EXPECT_TRUE(is_awake);
  EXPECT_EQ(clock.now_unix_ns(), start_ns + 2 * day_ns + ns_per_second);
}

TEST(VirtualClockTest, AWorkerThatEndsLetsTheOthersGoOn) {
  VirtualClock clock(start_ns);
  auto busy = std::make_unique<VirtualClock::Worker>(clock);
  std::thread sleeper([&] {
    const VirtualClock::Worker worker(clock);
    EXPECT_EQ(clock.sleep_ns(day_ns, nullptr, 0), Slept::whole);
  });
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  busy.reset();
  sleeper.join();
  EXPECT_EQ(clock.now_unix_ns(), start_ns + day_ns);
}

TEST(VirtualClockTest, ManySleepersWakeInOrderOfTheirTimes) {
  VirtualClock clock(start_ns);
  constexpr int count = 8;
  std::atomic<int> woken = 0;
  std::vector<std::unique_ptr<std::thread>> threads;
  std::atomic<int> ready = 0;
  for (int index = 1; index <= count; ++index)
    threads.push_back(std::make_unique<std::thread>([&, index] {
      const VirtualClock::Worker worker(clock);
      ++ready;
      while (ready < count) std::this_thread::yield();
      EXPECT_EQ(clock.sleep_ns(index * ns_per_second, nullptr, 0), Slept::whole);
      EXPECT_EQ(++woken, index);
      EXPECT_EQ(clock.now_unix_ns(), start_ns + index * ns_per_second);
    }));
  for (auto& thread : threads) thread->join();
}

TEST(VirtualClockTest, AdvancingWakesWhoeverIsDue) {
  VirtualClock clock(start_ns);
  const VirtualClock::Worker busy(clock);
  std::atomic<bool> is_awake = false;
  std::thread sleeper([&] {
    EXPECT_EQ(clock.sleep_ns(10, nullptr, 0), Slept::whole);
    EXPECT_GE(clock.now_unix_ns(), start_ns + 10);
    is_awake = true;
  });
  while (!is_awake) clock.advance_ns(1);
  sleeper.join();
}

TEST(VirtualClockTest, ARealDeadlineAndACancelEndAVirtualSleep) {
  VirtualClock clock(start_ns);
  const VirtualClock::Worker busy(clock);
  std::thread first(
      [&] { EXPECT_EQ(clock.sleep_ns(day_ns, nullptr, monotonic_ns() + 10 * ns_per_ms), Slept::deadline); });
  first.join();
  Cancellation cancellation;
  std::thread second([&] { EXPECT_EQ(clock.sleep_ns(day_ns, &cancellation, 0), Slept::cancelled); });
  std::this_thread::sleep_for(std::chrono::milliseconds(5));
  cancellation.cancel();
  second.join();
  EXPECT_EQ(clock.now_unix_ns(), start_ns);
}

}  // namespace
}  // namespace bb::test
