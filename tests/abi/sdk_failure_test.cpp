// The exception barrier: what a connector throws, and what the host is told.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <new>
#include <stdexcept>

#include <bb/sdk/detail/guarded.hpp>

#include "support/fake_call.hpp"

namespace bb::test {
namespace {

using ::testing::HasSubstr;

template <class Body>
bb_status run(FakeCall& call, Body body) {
  return detail::guarded(call.raw(), body);
}

TEST(GuardedTest, IsOkWhenNothingIsThrown) {
  FakeCall call;
  EXPECT_EQ(run(call, [] {}), BB_OK);
  EXPECT_EQ(call.error.message, "");
}

TEST(GuardedTest, TellsTheHostEverythingOfAFailure) {
  FakeCall call;
  Failure failure{BB_E_RATE_LIMITED, "listing: too many requests", "http", 429, 1500};
  failure.remote_detail = "slow down";
  EXPECT_EQ(run(call, [&] { throw failure; }), BB_E_RATE_LIMITED);
  EXPECT_EQ(call.error.status, BB_E_RATE_LIMITED);
  EXPECT_EQ(call.error.message, "listing: too many requests");
  EXPECT_EQ(call.error.domain, "http");
  EXPECT_EQ(call.error.domain_code, 429);
  EXPECT_EQ(call.error.retry_after_ms, 1500u);
  EXPECT_EQ(call.error.remote_detail, "slow down");
}

TEST(GuardedTest, MakesPendingOfPending) {
  FakeCall call;
  EXPECT_EQ(run(call, [] { throw Pending{}; }), BB_E_PENDING);
}

TEST(GuardedTest, MakesOutOfMemoryOfBadAlloc) {
  FakeCall call;
  EXPECT_EQ(run(call, [] { throw std::bad_alloc{}; }), BB_E_OUT_OF_MEMORY);
  EXPECT_EQ(call.error.message, "out of memory");
}

TEST(GuardedTest, MakesInternalOfAnyOtherException) {
  FakeCall call;
  EXPECT_EQ(run(call, [] { throw std::runtime_error("no such field"); }), BB_E_INTERNAL);
  EXPECT_EQ(call.error.message, "no such field");
  EXPECT_EQ(run(call, [] { throw 17; }), BB_E_INTERNAL);
  EXPECT_THAT(call.error.message, HasSubstr("unknown type"));
}

TEST(GuardedTest, NeverReturnsAStatusOfTheHost) {
  // 503 and 504 say that a process died or hangs; a plugin cannot know.
  for (const bb_status status : {BB_E_CONNECTOR_LOST, BB_E_CONNECTOR_STUCK}) {
    FakeCall call;
    EXPECT_EQ(run(call, [&] { throw Failure{status, "gone"}; }), BB_E_INTERNAL);
    EXPECT_EQ(call.error.status, BB_E_INTERNAL);
  }
}

TEST(GuardedTest, KeepsTheFirstAndTheLastStatusThatExist) {
  for (const bb_status status : {100, 699}) {
    FakeCall call;
    EXPECT_EQ(run(call, [&] { throw Failure{status, "x"}; }), status);
  }
}

TEST(GuardedTest, MakesInternalOfAStatusOutsideAllClasses) {
  for (const bb_status status : {-1, 0, 99, 700}) {
    FakeCall call;
    EXPECT_EQ(run(call, [&] { throw Failure{status, "x"}; }), BB_E_INTERNAL) << status;
  }
}

TEST(GuardedTest, WorksWithoutACall) {
  EXPECT_EQ(detail::guarded(nullptr, [] { throw Failure{BB_E_CORRUPT, "x"}; }), BB_E_CORRUPT);
}

}  // namespace
}  // namespace bb::test
