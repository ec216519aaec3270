#include "web/sign_in_guard.hpp"

#include <gtest/gtest.h>

#include <bb/core/time.hpp>

namespace bb::web {
namespace {

constexpr std::int64_t minute_ns = 60 * ns_per_second;

TEST(SignInGuardTest, StopsAnAccountAfterTwentyFailuresForAMinute) {
  std::int64_t now_ns = 0;
  SignInGuard guard([&] { return now_ns; });
  for (std::size_t failure = 0; failure < SignInGuard::failures_max; ++failure) {
    EXPECT_TRUE(guard.may_try("alice"));
    guard.failed("alice");
  }
  EXPECT_FALSE(guard.may_try("alice"));
  EXPECT_TRUE(guard.may_try("bob"));
  now_ns = minute_ns - 1;
  EXPECT_FALSE(guard.may_try("alice"));
  now_ns = minute_ns;
  EXPECT_TRUE(guard.may_try("alice"));
}

}  // namespace
}  // namespace bb::web
