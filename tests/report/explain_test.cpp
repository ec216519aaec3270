#include "harness/report/explain.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/run_view_fixture.hpp"

namespace bb::report {
namespace {

using evidence::Outcome;
using test::conformant_run;
using test::do_step;
using test::held_claim;
using test::killed_run;
using test::mixed_run;
using test::test_of;
using test::violated_claim;
using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::string> names(const std::vector<const evidence::TestView*>& tests) {
  std::vector<std::string> result;
  for (const auto* test : tests) result.push_back(test->name);
  return result;
}

TEST(ExplainTest, PutsTheMostSeriousTestsFirst) {
  EXPECT_THAT(names(open_tests(mixed_run())), ElementsAre("view", "share", "history", "download[ccda-2.1]"));
}

TEST(ExplainTest, LeavesNothingToDoInAConformantRun) { EXPECT_TRUE(open_tests(conformant_run()).empty()); }

TEST(ExplainTest, PutsTestsThatDoNotCountLast) {
  auto run = mixed_run();
  run.tests[1].counts = false;
  EXPECT_THAT(names(open_tests(run)), ElementsAre("share", "history", "download[ccda-2.1]", "view"));
}

TEST(ExplainTest, ListsTestsThatTheRunDidNotReach) {
  const auto run = killed_run();
  EXPECT_THAT(names(open_tests(run)), ElementsAre("view"));
  EXPECT_EQ(outcome_word(run.tests[1]), "not run");
}

TEST(ExplainTest, JudgesTheLastAttemptOfAStepAlone) {
  auto first = do_step("view", "portal.view as alice", {violated_claim()});
  auto second = do_step("view", "portal.view as alice", {held_claim("result is ok")});
  second.attempt = 2;
  const auto test = test_of("view", "", Outcome::pass, {}, {first, second});
  EXPECT_EQ(judged_steps(test).size(), 1u);
  EXPECT_TRUE(broken_claims(test).empty());
}

TEST(ExplainTest, LeavesSetUpAndCleanupOut) {
  auto setup = do_step("sign_in", "portal.sign_in", {violated_claim()});
  setup.is_setup = true;
  auto cleanup = do_step("sign_out", "portal.sign_out", {violated_claim()});
  cleanup.is_cleanup = true;
  EXPECT_TRUE(broken_claims(test_of("view", "", Outcome::pass, {}, {setup, cleanup})).empty());
}

TEST(ExplainTest, TakesTheHintOfTheClaimBeforeThatOfTheTest) {
  auto test = test_of("view", "", Outcome::fail, {}, {});
  test.hint = "hint of the test";
  auto claim = violated_claim();
  claim.hint = "hint of the claim";
  EXPECT_EQ(next_step(test, claim), "hint of the claim");
  claim.hint.clear();
  EXPECT_EQ(next_step(test, claim), "hint of the test");
  test.hint.clear();
  EXPECT_THAT(next_step(test, claim), HasSubstr("mend the system"));
}

TEST(ExplainTest, SaysThatALostConnectorIsNoFaultOfTheSystem) {
  auto test = test_of("share", "", Outcome::error, {}, {});
  test.kind = "connector_lost";
  EXPECT_THAT(next_step(test), HasSubstr("not the system under test"));
}

TEST(ExplainTest, HasAMeaningForEveryOutcome) {
  for (int i = 0; i <= static_cast<int>(Outcome::omit); ++i)
    EXPECT_FALSE(meaning(evidence::to_word(static_cast<Outcome>(i))).empty())
        << evidence::to_word(static_cast<Outcome>(i));
  EXPECT_FALSE(meaning("not run").empty());
  EXPECT_FALSE(meaning("untested").empty());
  EXPECT_TRUE(meaning("green").empty());
}

TEST(ExplainTest, AdvisesOnEveryOutcomeThatIsNotGood) {
  for (const auto outcome : {Outcome::fail, Outcome::error, Outcome::cancel, Outcome::not_attested, Outcome::skip,
                             Outcome::waived, Outcome::warn})
    EXPECT_FALSE(next_step(test_of("x", "", outcome, {}, {})).empty()) << evidence::to_word(outcome);
  for (const auto outcome : {Outcome::pass, Outcome::omit, Outcome::attested})
    EXPECT_TRUE(next_step(test_of("x", "", outcome, {}, {})).empty()) << evidence::to_word(outcome);
}

TEST(ExplainTest, GivesTheFirstBrokenClaimForAReason) {
  auto test = mixed_run().tests[1];
  EXPECT_EQ(reason(test), "does not hold: body text contains $patient.family_name");
  test.steps[0].claims.push_back(violated_claim());
  EXPECT_EQ(reason(test), "does not hold: body text contains $patient.family_name (and 1 more)");
}

TEST(ExplainTest, GivesTheCauseForAReasonWhereNoClaimIsBroken) {
  EXPECT_EQ(reason(test_of("view", "", Outcome::pass, {}, {})), "");
  auto test = test_of("view", "", Outcome::skip, {}, {});
  test.cause = "needs 'sign_in',\nwhich failed";
  EXPECT_EQ(reason(test), "needs 'sign_in', which failed");
  test.cause = std::string(1'000, 'x');
  EXPECT_LE(reason(test).size(), 240u);
}

TEST(ExplainTest, NamesSuiteFileLineAndStep) {
  const auto run = mixed_run();
  EXPECT_EQ(where(run, run.tests[1], broken_claims(run.tests[1]).front()),
            "suites/pledge.data_holder.yaml:41, step view");
}

TEST(ExplainTest, TellsOfAStrayMessageWithoutItsSubjectAndSenderWhereLogsAreKept) {
  evidence::ArrivalView arrival{.role = "inbox",
                                .id = "7",
                                .title = "Record of Newman",
                                .updated = "2026-11-21T12:00:00.000Z",
                                .nearest = {"demo", "send", "message", "inbox.message", "a@b.example", "", ""},
                                .differs = {{"subject", "'Visit'", "'Record of Newman'"},
                                            {"from", "c@d.example", "newman@e.example"},
                                            {"in_reply_to", "1@a.example", "none"}},
                                .sender = "newman@e.example"};
  EXPECT_EQ(sentence_of(arrival, Repeats::all),
            "inbox holds message 7, 'Record of Newman', from newman@e.example, of 2026-11-21T12:00:00.000Z, which no "
            "wait took; nearest is demo/send, step message: subject: expected 'Visit', found 'Record of Newman': from: "
            "expected c@d.example, found newman@e.example: in_reply_to: expected 1@a.example, found none");
  EXPECT_EQ(sentence_of(arrival, Repeats::nothing_of_the_message),
            "inbox holds message 7, of 2026-11-21T12:00:00.000Z, which no wait took; nearest is demo/send, step "
            "message: another subject, which the other reports name: another from, which the other reports name: "
            "in_reply_to: expected 1@a.example, found none");
}

TEST(ExplainTest, SaysWhatAWaitIsFor) {
  const evidence::WaitView wait{"demo",
                                "send",
                                "message",
                                "inbox.message",
                                "a@b.example",
                                "2026-11-21T12:00:00.000Z",
                                "",
                                {"Visit", "", "c@d.example", "1@a.example"}};
  EXPECT_EQ(sentence_of(wait),
            "demo/send waits for inbox.message at a@b.example, subject Visit, sender c@d.example, answer to "
            "1@a.example until 2026-11-21T12:00:00.000Z");
}

TEST(ExplainTest, SaysWhyThereWasNoAnswer) {
  auto view = test::exchange("https://127.0.0.1:1/", 0, "");
  EXPECT_EQ(describe(view), "GET https://127.0.0.1:1/: no answer");
  view.exchange.error = "connection refused";
  EXPECT_EQ(describe(view), "GET https://127.0.0.1:1/: connection refused");
}

TEST(ExplainTest, PrefersTheExchangeThatAnswered) {
  auto step = do_step("view", "portal.view", {});
  step.exchanges = {test::exchange("https://a/", 200, ""), test::exchange("https://b/", 200, "")};
  step.exchanges[1].exchange.is_answer = false;
  EXPECT_EQ(answering_exchange(step)->exchange.url, "https://a/");
  step.exchanges.clear();
  EXPECT_EQ(answering_exchange(step), nullptr);
}

}  // namespace
}  // namespace bb::report
