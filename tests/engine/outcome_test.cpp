#include "harness/evidence/outcome.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bb::evidence {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

Counts counts(const std::vector<Outcome>& outcomes) {
  Counts made;
  for (const auto outcome : outcomes) made.add(outcome);
  return made;
}

TEST(OutcomeTest, EveryWordIsReadBack) {
  for (int i = 0; i <= static_cast<int>(Outcome::omit); ++i) {
    const auto outcome = static_cast<Outcome>(i);
    EXPECT_EQ(outcome_from(to_word(outcome)), outcome);
  }
  EXPECT_EQ(outcome_from("not_attested"), std::nullopt);
  EXPECT_EQ(to_word(Outcome::not_attested), "not attested");
}

TEST(OutcomeTest, ShallNotReadsAsShall) {
  EXPECT_EQ(level_from("SHALL NOT"), Level::shall);
  EXPECT_EQ(level_from("SHOULD NOT"), Level::should);
  EXPECT_EQ(level_from("MAY"), Level::may);
  EXPECT_EQ(level_from("shall"), std::nullopt);
}

struct Case {
  std::vector<Outcome> tests;
  Standing standing;
  std::string word;
  int exit_status;
};

// product.md, "Outcomes" and "Commands".
class DecideTest : public testing::TestWithParam<Case> {};

TEST_P(DecideTest, FollowsTheRollUp) {
  const Verdict verdict = decide(counts(GetParam().tests), GetParam().standing, std::nullopt);
  EXPECT_EQ(verdict.word, GetParam().word);
  EXPECT_EQ(verdict.exit_status, GetParam().exit_status);
  EXPECT_FALSE(verdict.sentence.empty());
}

using enum Outcome;
INSTANTIATE_TEST_SUITE_P(Table, DecideTest,
                         testing::Values(Case{{pass}, Standing::done, "conformant", 0},
                                         Case{{pass, warn}, Standing::done, "conformant", 0},
                                         Case{{pass, omit}, Standing::done, "conformant", 0},
                                         Case{{pass, waived}, Standing::done, "conformant", 0},
                                         Case{{pass, attested}, Standing::done, "conformant, 1 attested", 0},
                                         Case{{attested, attested}, Standing::done, "conformant, 2 attested", 0},
                                         Case{{pass, skip}, Standing::done, "inconclusive", 3},
                                         Case{{pass, not_attested}, Standing::done, "inconclusive", 3},
                                         Case{{pass, error}, Standing::done, "inconclusive", 3},
                                         Case{{pass, cancel}, Standing::done, "cancelled", 5},
                                         Case{{pass, fail}, Standing::done, "not conformant", 1},
                                         // One proven failure decides, an error only leaves the question open.
                                         Case{{fail, error}, Standing::done, "not conformant", 1},
                                         // The exit status has an order of its own: a person's stop first.
                                         Case{{fail, cancel}, Standing::done, "not conformant", 5},
                                         Case{{error, cancel}, Standing::done, "inconclusive", 5},
                                         // Nothing shown is nothing proved.
                                         Case{{}, Standing::done, "inconclusive", 3},
                                         Case{{omit}, Standing::done, "inconclusive", 3},
                                         // A run that was killed is never conformant.
                                         Case{{pass}, Standing::broken_off, "inconclusive", 3},
                                         Case{{attested}, Standing::broken_off, "inconclusive", 3},
                                         Case{{pass, fail}, Standing::broken_off, "not conformant", 1}));
// A run that waits is not conformant yet; what is known stays known.
INSTANTIATE_TEST_SUITE_P(Waiting, DecideTest,
                         testing::Values(Case{{}, Standing::waiting, "waiting", 4},
                                         Case{{pass}, Standing::waiting, "waiting", 4},
                                         Case{{omit}, Standing::waiting, "waiting", 4},
                                         Case{{attested, warn, waived}, Standing::waiting, "waiting", 4},
                                         Case{{pass, fail}, Standing::waiting, "not conformant", 1},
                                         Case{{pass, skip}, Standing::waiting, "inconclusive", 3},
                                         Case{{pass, not_attested}, Standing::waiting, "inconclusive", 3},
                                         Case{{pass, error}, Standing::waiting, "inconclusive", 3},
                                         Case{{pass, cancel}, Standing::waiting, "cancelled", 5},
                                         Case{{fail, cancel}, Standing::waiting, "not conformant", 5}));

// product.md: 6 is weaker than 2, 5 and 1, and stronger than 3, 4 and 0.
TEST(DecideTest, WaiversToReviewComeAfterWhatFailedOrWasStopped) {
  const auto status = [](const std::vector<Outcome>& tests, Standing standing) {
    return decide(counts(tests), standing, std::nullopt, 1).exit_status;
  };
  EXPECT_EQ(status({pass, waived}, Standing::done), 6);
  EXPECT_EQ(status({pass, skip}, Standing::done), 6);
  EXPECT_EQ(status({pass}, Standing::waiting), 6);
  EXPECT_EQ(status({fail}, Standing::done), 1);
  EXPECT_EQ(status({pass, cancel}, Standing::done), 5);
  EXPECT_EQ(decide(counts({pass}), Standing::done, std::nullopt, 1).word, "conformant");
  EXPECT_THAT(decide(counts({pass}), Standing::done, std::nullopt, 2).sentence,
              EndsWith("2 waivers are stale or expired"));
}

TEST(DecideTest, TheSentenceNamesWaitingTestsBehindWhatDecides) {
  for (const auto outcome : {fail, error, cancel, not_attested, skip})
    EXPECT_THAT(decide(counts({outcome}), Standing::waiting, std::nullopt).sentence, EndsWith("; other tests wait"));
  EXPECT_THAT(decide(counts({pass}), Standing::waiting, std::nullopt).sentence, Not(HasSubstr("other tests")));
}

TEST(DecideTest, TheSentenceNamesACancelBehindAFailure) {
  EXPECT_THAT(decide(counts({fail, cancel}), Standing::done, std::nullopt).sentence,
              HasSubstr("1 test failed; 1 test cancelled"));
}

TEST(DecideTest, APartIsNeverPlainConformant) {
  const Part part{3, 23};
  EXPECT_EQ(decide(counts({pass}), Standing::done, part).word, "conformant, in part: 3 of 23 tests were run");
  EXPECT_EQ(decide(counts({pass}), Standing::done, Part{1, 2}).word, "conformant, in part: 1 of 2 tests was run");
  EXPECT_EQ(decide(counts({pass, attested}), Standing::done, part).word,
            "conformant, 1 attested, in part: 3 of 23 tests were run");
  EXPECT_EQ(decide(counts({pass, warn}), Standing::done, part).exit_status, 0);
  // What a part shows of these, the whole does too.
  EXPECT_EQ(decide(counts({fail}), Standing::done, part).word, "not conformant");
  EXPECT_EQ(decide(counts({skip}), Standing::done, part).word, "inconclusive");
  EXPECT_EQ(decide(counts({cancel}), Standing::done, part).word, "cancelled");
  EXPECT_EQ(decide(counts({pass}), Standing::waiting, part).word, "waiting");
}

}  // namespace
}  // namespace bb::evidence
