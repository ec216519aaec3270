#include "portal/sent_tracking.hpp"

#include <gtest/gtest.h>

namespace bb::portal_test {
namespace {

using portal::SentTracking;

constexpr std::size_t kept_max = 10'000;

void add_others(SentTracking& tracking, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) tracking.add({"other" + std::to_string(i), "alice", "bob@bob.example"}, 0);
}

TEST(SentTrackingTest, KeepsTheLastTenThousand) {
  SentTracking tracking;
  tracking.add({"first", "alice", "bob@bob.example"}, 0);
  add_others(tracking, kept_max - 1);
  EXPECT_TRUE(tracking.find("first"));
  tracking.add({"last", "alice", "bob@bob.example"}, 0);
  EXPECT_FALSE(tracking.find("first"));
  EXPECT_TRUE(tracking.find("other0"));
}

TEST(SentTrackingTest, OneThatIsAddedTwiceTakesOnePlace) {
  SentTracking tracking;
  add_others(tracking, 1);
  for (std::size_t i = 0; i < kept_max; ++i) tracking.add({"again", "alice", "bob@bob.example"}, 0);
  EXPECT_TRUE(tracking.find("other0"));
  EXPECT_TRUE(tracking.find("again"));
}

TEST(SentTrackingTest, SaysWhyAMessageFailedThoughItIsKeptNoLonger) {
  SentTracking tracking;
  tracking.add({"first", "alice", "bob@bob.example"}, 0);
  const auto failed = tracking.note("<first>", "bob@bob.example", "failed", "no such box", 0);
  ASSERT_TRUE(failed);
  EXPECT_EQ(failed->detail, "no such box");
  tracking.add({"second", "alice", "bob@bob.example", 5}, 0);
  const auto expired = tracking.expire(5, 0);
  ASSERT_EQ(expired.size(), 1u);
  EXPECT_EQ(expired.front().sent.message_id, "second");
  add_others(tracking, kept_max);
  EXPECT_FALSE(tracking.find("second"));
  EXPECT_NE(expired.front().detail.find("did not say in time that it has it"), std::string::npos);
}

}  // namespace
}  // namespace bb::portal_test
