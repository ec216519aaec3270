#include "harness/evidence/requirement_rollup.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <vector>

#include "harness/evidence/rested_rows.hpp"

namespace bb::evidence {
namespace {

ClaimView claim(std::string outcome, std::vector<std::string> verifies = {}, Level level = Level::shall,
                std::string gate = "expect") {
  ClaimView view;
  view.gate = std::move(gate);
  view.outcome = std::move(outcome);
  view.level = level;
  view.verifies = std::move(verifies);
  view.line = 10;
  return view;
}

TestView test_of(Outcome outcome, std::vector<std::string> verifies, std::vector<TestView::Row> rows,
                 std::vector<ClaimView> claims) {
  TestView test;
  test.suite = "s";
  test.name = "t";
  test.is_done = true;
  test.outcome = outcome;
  test.verifies = std::move(verifies);
  test.rows = std::move(rows);
  test.steps.resize(1);
  test.steps[0].claims = std::move(claims);
  return test;
}

// The outcome of row `id`, of the level given, in a run of these tests.
std::string rolled(std::vector<TestView> tests, const std::string& id = "A", const std::string& level = "SHALL",
                   std::vector<AttestationView> answers = {}) {
  RunView run;
  run.tests = std::move(tests);
  run.attestations = std::move(answers);
  RequirementView row;
  row.id = id;
  row.level = level;
  run.requirements.push_back(row);
  roll_up_requirements(run);
  return run.requirements[0].is_tested ? std::string(to_word(run.requirements[0].outcome)) : "not tested";
}

AttestationView answer(bool is_yes) {
  AttestationView view;
  view.suite = "s";
  view.test = "t";
  view.is_answered = true;
  view.is_yes = is_yes;
  return view;
}

using enum Outcome;

TEST(RequirementRollupTest, ARowThatNothingVerifiesIsNotTested) {
  EXPECT_EQ(rolled({test_of(pass, {"B"}, {{"B", 1}}, {claim("held")})}), "not tested");
}

TEST(RequirementRollupTest, ATestsClaimsSpeakForAllItsRows) {
  EXPECT_EQ(rolled({test_of(pass, {"A"}, {{"A", 1}}, {claim("held")})}), "pass");
  EXPECT_EQ(rolled({test_of(fail, {"A"}, {{"A", 1}}, {claim("violated")})}), "fail");
  EXPECT_EQ(rolled({test_of(skip, {"A"}, {{"A", 1}}, {claim("unjudgeable")})}), "skip");
}

TEST(RequirementRollupTest, AClaimThatNamesARowFailsThatRowAlone) {
  const auto test = test_of(fail, {"A", "B"}, {{"A", 2}, {"B", 1}}, {claim("violated", {"A"}), claim("held")});
  EXPECT_EQ(rolled({test}, "A"), "fail");
  EXPECT_EQ(rolled({test}, "B"), "pass");
}

TEST(RequirementRollupTest, ARowNamedByAClaimOnlyIsTestedByIt) {
  const auto test = test_of(fail, {"A"}, {{"A", 1}, {"B", 1}}, {claim("violated"), claim("held", {"B"})});
  EXPECT_EQ(rolled({test}, "B"), "pass");
}

TEST(RequirementRollupTest, AViolatedClaimWeighsNoMoreThanItsRow) {
  const auto test = test_of(fail, {"A"}, {{"A", 1}}, {claim("violated")});
  EXPECT_EQ(rolled({test}, "A", "SHALL NOT"), "fail");
  EXPECT_EQ(rolled({test}, "A", "SHOULD"), "warn");
  EXPECT_EQ(rolled({test_of(warn, {"A"}, {{"A", 1}}, {claim("violated", {}, Level::should)})}), "warn");
}

TEST(RequirementRollupTest, ARowIsNoPassWithoutAClaimAsStrongAsItself) {
  const auto all = [](Level level, const std::string& outcome) {
    return test_of(pass, {"A"}, {{"A", 1}}, {claim(outcome, {}, level)});
  };
  for (const auto* outcome : {"held", "violated"}) {
    EXPECT_EQ(rolled({all(Level::may, outcome)}), "skip") << outcome;
    EXPECT_EQ(rolled({all(Level::may, outcome)}, "A", "SHALL NOT"), "skip") << outcome;
    EXPECT_EQ(rolled({all(Level::may, outcome)}, "A", "SHOULD"), "skip") << outcome;
  }
  EXPECT_EQ(rolled({all(Level::should, "held")}), "skip");
  EXPECT_EQ(rolled({all(Level::should, "held")}, "A", "SHOULD"), "pass");
  EXPECT_EQ(rolled({all(Level::shall, "held")}, "A", "SHOULD"), "pass");
  EXPECT_EQ(rolled({all(Level::may, "held")}, "A", "MAY"), "pass");
  EXPECT_EQ(rolled({test_of(pass, {"A", "B"}, {{"A", 1}, {"B", 1}},
                            {claim("held", {"B"}), claim("held", {"A"}, Level::may)})}),
            "skip");
}

TEST(RequirementRollupTest, AnOptionThatIsNotOfferedIsOmitted) {
  const auto test =
      test_of(pass, {"A"}, {{"A", 2}}, {claim("violated", {}, Level::may), claim("held", {}, Level::may)});
  EXPECT_EQ(rolled({test}, "A", "MAY"), "omit");
  EXPECT_EQ(rolled({test_of(fail, {"A"}, {{"A", 1}}, {claim("violated")})}, "A", "MAY"), "omit");
}

TEST(RequirementRollupTest, TheWorstOfSeveralTestsCounts) {
  const auto good = test_of(pass, {"A"}, {{"A", 1}}, {claim("held")});
  auto bad = test_of(warn, {"A"}, {{"A", 1}}, {claim("violated", {}, Level::should)});
  EXPECT_EQ(rolled({good, bad}), "warn");
  bad = test_of(omit, {"A"}, {{"A", 1}}, {});
  EXPECT_EQ(rolled({good, bad}), "pass");
  EXPECT_EQ(rolled({bad}), "omit");
}

TEST(RequirementRollupTest, ClaimsThatWereNotReachedLeaveARowSkipped) {
  const auto ended_early = test_of(fail, {"A"}, {{"A", 2}, {"B", 1}}, {claim("held"), claim("violated", {"B"})});
  EXPECT_EQ(rolled({ended_early}), "skip");
  EXPECT_EQ(rolled({test_of(pass, {"A"}, {{"A", 1}}, {claim("held")})}), "pass");
}

TEST(RequirementRollupTest, AFailureThatNoClaimExplainsCountsForEveryRow) {
  EXPECT_EQ(rolled({test_of(fail, {"A"}, {{"A", 1}}, {claim("held")})}), "fail");
  EXPECT_EQ(rolled({test_of(fail, {"A"}, {{"A", 1}}, {claim("held")})}, "A", "SHOULD"), "warn");
}

TEST(RequirementRollupTest, AHeldRequireIsNoProof) {
  EXPECT_EQ(rolled({test_of(pass, {"A"}, {{"A", 1}}, {claim("held", {}, Level::shall, "require")})}), "skip");
  EXPECT_EQ(rolled({test_of(skip, {"A"}, {{"A", 0}}, {claim("violated", {}, Level::shall, "require")})}), "skip");
}

TEST(RequirementRollupTest, TheImpliedResultIsNotAmongTheClaimsOfARow) {
  auto implied = claim("held");
  implied.line = 0;
  EXPECT_EQ(rolled({test_of(pass, {"A"}, {{"A", 0}}, {implied})}), "pass");
  EXPECT_EQ(rolled({test_of(pass, {"A"}, {{"A", 1}}, {implied})}), "skip");
}

TEST(RequirementRollupTest, AnErrorIsNoFailureButStrongerThanASkip) {
  EXPECT_EQ(rolled({test_of(error, {"A"}, {{"A", 2}}, {claim("held")})}), "error");
  EXPECT_EQ(rolled({test_of(cancel, {"A"}, {{"A", 1}}, {})}), "cancel");
}

TEST(RequirementRollupTest, AnAnswerSpeaksForTheRowsOfItsTest) {
  const auto test = test_of(attested, {"A"}, {{"A", 0}, {"B", 0}}, {});
  EXPECT_EQ(rolled({test}, "A", "SHALL", {answer(true)}), "attested");
  EXPECT_EQ(rolled({test}, "A", "SHALL", {answer(false)}), "not attested");
  AttestationView silence = answer(true);
  silence.is_answered = false;
  EXPECT_EQ(rolled({test}, "A", "SHALL", {silence}), "not attested");
}

TEST(RequirementRollupTest, ATestThatDidNotEndIsSkipped) {
  auto test = test_of(pass, {"A"}, {{"A", 1}}, {claim("held")});
  test.is_done = false;
  EXPECT_EQ(rolled({test}), "skip");
}

TEST(RequirementRollupTest, CleanupAndSetUpJudgeNothing) {
  auto test = test_of(pass, {"A"}, {{"A", 1}}, {claim("held")});
  test.steps.resize(2);
  test.steps[1].is_cleanup = true;
  test.steps[1].claims = {claim("violated")};
  EXPECT_EQ(rolled({test}), "pass");
}

// The outcome of a row that rests on others and is verified by no test.
std::string rested(std::vector<RequirementView> others, std::vector<std::string> rests_on,
                   const std::string& level = "SHALL") {
  RunView run;
  run.requirements = std::move(others);
  RequirementView row;
  row.id = "R";
  row.level = level;
  row.rests_on = std::move(rests_on);
  run.requirements.insert(run.requirements.begin(), row);
  roll_up_rested_rows(run);
  return run.requirements[0].is_tested ? std::string(to_word(run.requirements[0].outcome)) : "not tested";
}

RequirementView judged(std::string id, std::optional<Outcome> outcome, std::vector<std::string> rests_on = {}) {
  RequirementView row;
  row.id = std::move(id);
  row.level = "SHALL";
  row.is_tested = outcome.has_value();
  row.outcome = outcome.value_or(skip);
  row.rests_on = std::move(rests_on);
  if (outcome) row.tests = {"s/" + row.id};
  return row;
}

TEST(RestedRowsTest, ARowIsWhatTheRowsItRestsOnComeTo) {
  EXPECT_EQ(rested({judged("A", pass), judged("B", pass)}, {"A", "B"}), "pass");
  EXPECT_EQ(rested({judged("A", pass), judged("B", warn)}, {"A", "B"}), "warn");
  EXPECT_EQ(rested({judged("A", attested), judged("B", fail)}, {"A", "B"}), "fail");
  EXPECT_EQ(rested({judged("A", pass), judged("B", attested)}, {"A", "B"}), "attested");
  EXPECT_EQ(rested({judged("A", omit), judged("B", pass)}, {"A", "B"}), "pass");
}

TEST(RestedRowsTest, WhatWasNotJudgedLeavesItOpen) {
  EXPECT_EQ(rested({judged("A", pass), judged("B", std::nullopt)}, {"A", "B"}), "skip");
  EXPECT_EQ(rested({judged("A", pass)}, {"A", "B"}), "skip");
  EXPECT_EQ(rested({judged("A", std::nullopt)}, {"A", "B"}), "not tested");
  EXPECT_EQ(rested({judged("A", fail)}, {"A", "B"}), "fail");
}

TEST(RestedRowsTest, AFailureWeighsNoMoreThanTheRow) {
  EXPECT_EQ(rested({judged("A", fail)}, {"A"}, "SHOULD"), "warn");
  EXPECT_EQ(rested({judged("A", fail)}, {"A"}, "MAY"), "omit");
}

TEST(RestedRowsTest, RowsMayRestOnRowsThatRest) {
  EXPECT_EQ(rested({judged("A", std::nullopt, {"B"}), judged("B", pass)}, {"A"}), "pass");
  EXPECT_EQ(rested({judged("A", std::nullopt, {"B", "C"}), judged("B", pass)}, {"A"}), "skip");
}

TEST(RestedRowsTest, ACircleProvesNothing) {
  EXPECT_EQ(rested({judged("A", std::nullopt, {"R"})}, {"A"}), "not tested");
  EXPECT_EQ(rested({judged("A", std::nullopt, {"R"}), judged("B", pass)}, {"A", "B"}), "skip");
}

TEST(RestedRowsTest, AChainMayBeLongerThanAStackIsDeep) {
  std::vector<RequirementView> chain;
  for (int i = 0; i < 60'000; ++i)
    chain.push_back(judged("A" + std::to_string(i), std::nullopt, {"A" + std::to_string(i + 1)}));
  chain.push_back(judged("A60000", warn));
  EXPECT_EQ(rested(std::move(chain), {"A0"}), "warn");
}

TEST(RestedRowsTest, ATestGoesBeforeTheRowsItRestsOn) {
  RunView run;
  run.requirements = {judged("R", pass, {"A"}), judged("A", fail)};
  roll_up_rested_rows(run);
  EXPECT_EQ(run.requirements[0].outcome, pass);
}

}  // namespace
}  // namespace bb::evidence
