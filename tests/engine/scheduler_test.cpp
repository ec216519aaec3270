#include "harness/engine/scheduler.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <latch>
#include <mutex>

namespace bb::engine {
namespace {

using testing::ElementsAre;

// Jobs that never park.
void run_all(const std::vector<Job>& jobs, int threads, const std::function<void(std::size_t)>& work) {
  run_jobs(jobs, threads, [&](std::size_t job) {
    work(job);
    return Turn::done;
  });
}

std::vector<std::size_t> order_of(const std::vector<Job>& jobs, int threads) {
  std::mutex mutex;
  std::vector<std::size_t> order;
  run_all(jobs, threads, [&](std::size_t job) {
    const std::lock_guard lock(mutex);
    order.push_back(job);
  });
  return order;
}

TEST(SchedulerTest, NoJobsEndAtOnce) { EXPECT_THAT(order_of({}, 4), ElementsAre()); }

TEST(SchedulerTest, OneThreadKeepsTheOrderGivenWhereNeedsAllow) {
  // 1 needs 3, so 0 2 3 come first; 1 is then the first that may start.
  const std::vector<Job> jobs{{{}, {}}, {{3}, {}}, {{}, {}}, {{}, {}}, {{}, {}}};
  EXPECT_THAT(order_of(jobs, 1), ElementsAre(0, 2, 3, 1, 4));
}

TEST(SchedulerTest, ANeedWrittenTwiceCountsOnce) {
  const std::vector<Job> jobs{{{}, {}}, {{0, 0}, {}}};
  EXPECT_THAT(order_of(jobs, 2), ElementsAre(0, 1));
}

TEST(SchedulerTest, IndependentJobsReallyOverlap) {
  // Each of the three can only end when all three run: with fewer threads this
  // would never return.
  std::latch all_here(3);
  run_all({{}, {}, {}}, 3, [&](std::size_t) { all_here.arrive_and_wait(); });
  EXPECT_TRUE(all_here.try_wait());
}

TEST(SchedulerTest, AThingIsUsedByAsManyAsItHasRoomFor) {
  // Two jobs of the first thing can run at once; the third is passed over for one that need not wait.
  std::latch together(3);
  std::vector<std::size_t> began;
  std::mutex mutex;
  run_jobs({{{}, {}, {0}}, {{}, {}, {0}}, {{}, {}, {0}}, {{}, {}, {1}}}, 3,
           [&](std::size_t job) {
             {
               const std::lock_guard lock(mutex);
               began.push_back(job);
             }
             if (job != 2) together.arrive_and_wait();
             return Turn::done;
           },
           {2});
  std::sort(began.begin(), began.begin() + 3);
  EXPECT_THAT(began, ElementsAre(0, 1, 3, 2));
}

TEST(SchedulerTest, AJobStartsOnlyWhenAllItNeedsHaveEnded) {
  std::vector<Job> jobs(50);
  for (std::size_t i = 10; i < jobs.size(); ++i) jobs[i].needs = {i - 10, i - 1};
  std::vector<int> ended(jobs.size(), 0);  // not atomic: needs order the accesses
  run_all(jobs, 8, [&](std::size_t job) {
    for (const auto need : jobs[job].needs) EXPECT_EQ(ended[need], 1);
    ended[job] = 1;
  });
  EXPECT_THAT(ended, testing::Each(1));
}

TEST(SchedulerTest, JobsWithALockInCommonNeverOverlap) {
  std::vector<Job> jobs(40);
  for (std::size_t i = 0; i < jobs.size(); ++i) jobs[i].locks = {i % 2 == 0 ? "mailbox" : "browser", "both"};
  int inside = 0;  // not atomic: the lock orders the accesses
  run_all(jobs, 8, [&](std::size_t) {
    EXPECT_EQ(++inside, 1);
    --inside;
  });
}

TEST(SchedulerTest, AHeldLockDoesNotHoldUpOthers) {
  // Job 0 holds the lock until job 2 has run; job 1 waits for it meanwhile.
  std::latch free_ran(1);
  const std::vector<Job> jobs{{{}, {"mailbox"}}, {{}, {"mailbox"}}, {{}, {}}};
  run_all(jobs, 2, [&](std::size_t job) {
    if (job == 0) free_ran.wait();
    if (job == 2) free_ran.count_down();
  });
  EXPECT_TRUE(free_ran.try_wait());
}

TEST(SchedulerTest, WhatARunningJobUsesIsLeftForLater) {
  // Job 0 ends only when 2 and 3 have run; 1, first in order, would wait for it.
  std::latch others(2);
  std::vector<Job> jobs(4);
  jobs[0].uses = jobs[1].uses = {0};
  jobs[3].uses = {1};
  std::mutex mutex;
  std::vector<std::size_t> ended;
  run_all(jobs, 2, [&](std::size_t job) {
    if (job == 0) others.wait();
    {
      const std::lock_guard lock(mutex);
      ended.push_back(job);
    }
    if (job >= 2) others.count_down();
  });
  EXPECT_EQ(ended[0], 2U);
  EXPECT_EQ(ended[1], 3U);
}

TEST(SchedulerTest, WhatWouldWaitStartsAllTheSameWhereThereIsNoOther) {
  // Both use one thing, which is no lock: each ends only when both run.
  std::latch both(2);
  std::vector<Job> jobs(2);
  jobs[0].uses = jobs[1].uses = {0};
  run_all(jobs, 2, [&](std::size_t) { both.arrive_and_wait(); });
  EXPECT_TRUE(both.try_wait());
}

// One thread; `parks` says how many turns of a job park before it is done.
std::vector<std::size_t> turns_of(const std::vector<Job>& jobs, std::vector<int> parks) {
  std::vector<std::size_t> turns;
  run_jobs(jobs, 1, [&](std::size_t job) {
    turns.push_back(job);
    return parks[job]-- > 0 ? Turn::parked : Turn::done;
  });
  return turns;
}

TEST(SchedulerTest, AParkedJobHasAnotherTurnWhenAllOthersEnded) {
  EXPECT_THAT(turns_of({{{}, {}}, {{}, {}}, {{}, {}}}, {1, 0, 0}), ElementsAre(0, 1, 2, 0));
}

TEST(SchedulerTest, ParkedJobsAreLeftWhenNothingEndedSince) {
  // 0 looks again, since 1 ended and 2 parked after it; 2 parked last.
  EXPECT_THAT(turns_of({{{}, {}}, {{}, {}}, {{}, {}}}, {9, 0, 9}), ElementsAre(0, 1, 2, 0));
  EXPECT_THAT(turns_of({{{}, {}}}, {9}), ElementsAre(0));
}

TEST(SchedulerTest, WhatNeedsAParkedJobRunsWhenThatIsDone) {
  EXPECT_THAT(turns_of({{{}, {}}, {{0}, {}}, {{}, {}}}, {1, 0, 0}), ElementsAre(0, 2, 0, 1));
  EXPECT_THAT(turns_of({{{}, {}}, {{0}, {}}, {{}, {}}}, {9, 0, 0}), ElementsAre(0, 2, 0));
}

TEST(SchedulerTest, AParkedJobKeepsItsLocks) {
  const std::vector<Job> jobs{{{}, {"mailbox"}}, {{}, {"mailbox"}}, {{}, {}}};
  EXPECT_THAT(turns_of(jobs, {9, 0, 0}), ElementsAre(0, 2, 0));
  EXPECT_THAT(turns_of(jobs, {1, 0, 0}), ElementsAre(0, 2, 0, 1));
}

TEST(SchedulerTest, WhatAnEarlierProcessBeganGoesFirstAndHasItsLocks) {
  std::vector<Job> jobs{{{}, {"mailbox"}}, {{}, {}}, {{}, {"mailbox"}}};
  jobs[2].is_begun = true;
  EXPECT_THAT(turns_of(jobs, {0, 0, 0}), ElementsAre(2, 0, 1));
  EXPECT_THAT(turns_of(jobs, {0, 0, 9}), ElementsAre(2, 1, 2));
}

TEST(SchedulerTest, ManyThreadsEndThoughJobsStayParked) {
  std::vector<Job> jobs(40);
  std::atomic<int> turns = 0;
  run_jobs(jobs, 8, [&](std::size_t job) {
    ++turns;
    return job % 2 == 0 ? Turn::parked : Turn::done;
  });
  EXPECT_GE(turns, 40);
  EXPECT_LE(turns, 60);
}

}  // namespace
}  // namespace bb::engine
