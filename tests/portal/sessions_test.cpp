#include "portal/sessions.hpp"

#include <gtest/gtest.h>

#include <bb/core/time.hpp>

namespace bb::portal {
namespace {

constexpr std::int64_t minute_ns = 60 * ns_per_second;

TEST(SessionsTest, EndAProgramsSessionAfterFifteenMinutesHoweverMuchItIsUsed) {
  std::int64_t now_ns = 0;
  Sessions sessions([&] { return now_ns; });
  const auto token = sessions.open("alice", "", Client::program).token;
  now_ns = 10 * minute_ns;
  EXPECT_TRUE(sessions.find(token, Client::program));
  now_ns = 15 * minute_ns - 1;
  EXPECT_TRUE(sessions.find(token, Client::program));
  now_ns = 15 * minute_ns;
  EXPECT_FALSE(sessions.find(token, Client::program));
  EXPECT_EQ(sessions.count(), 0u);
}

TEST(SessionsTest, EndABrowsersSessionAfterFifteenMinutesWithoutUse) {
  std::int64_t now_ns = 0;
  Sessions sessions([&] { return now_ns; });
  const auto token = sessions.open("alice", "", Client::browser).token;
  now_ns = 10 * minute_ns;
  EXPECT_TRUE(sessions.find(token, Client::browser));
  now_ns = 25 * minute_ns - 1;
  EXPECT_TRUE(sessions.find(token, Client::browser));
  now_ns = 40 * minute_ns - 1;
  EXPECT_FALSE(sessions.find(token, Client::browser));
}

TEST(SessionsTest, KeepBrowsersAndProgramsApart) {
  Sessions sessions([] { return std::int64_t{0}; });
  const auto program = sessions.open("alice", "", Client::program);
  const auto browser = sessions.open("alice", "", Client::browser);
  EXPECT_FALSE(sessions.find(program.token, Client::browser));
  EXPECT_FALSE(sessions.find(browser.token, Client::program));
  EXPECT_EQ(program.session.csrf, "");
  EXPECT_NE(browser.session.csrf, "");
  EXPECT_FALSE(sessions.find("", Client::program));
}

}  // namespace
}  // namespace bb::portal
