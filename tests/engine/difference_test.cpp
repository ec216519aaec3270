// What changed between two runs: docs/reference/diff.md.
#include "harness/report/difference.hpp"

#include <bb/core/text.hpp>

#include "run_fixture.hpp"

namespace bb::test {
namespace {

using report::RequirementChange;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

using Kind = RequirementChange::Kind;

// R-EARLY was a rule until 2014, R-LATE is one from 2030.
const std::string dated_head = replace_all(
    std::string(suite_head), "  R-OLD: {level: SHALL, text: Was asked once., status: historic, until: \"2014-01-01\"}",
    "  R-EARLY: {level: SHALL, text: Was asked once., source: The rule of 2011, until: \"2014-01-01\"}\n"
    "  R-LATE: {level: SHALL, text: Will be asked., source: The rule of 2030, from: \"2030-01-01\"}");

class DifferenceTest : public RunFixture {
 protected:
  DifferenceTest() {
    connectors.on("bb.download/1 fetch",
                  [this](const FakeCall&) { return status == BB_OK ? content(body, "text/plain") : refusal(status); });
  }
  evidence::RunView run_with(const std::string& answer, const std::string& suite_tests = tests) {
    body = answer;
    return run(load(suite_tests, std::string(target_text), dated_head));
  }
  static std::string kind(const report::Difference& difference, const std::string& id) {
    for (const auto& change : difference.requirements)
      if (change.id == id) return std::string(to_word(change.kind));
    return "not there";
  }
  static const RequirementChange& row(const report::Difference& difference, const std::string& id) {
    for (const auto& change : difference.requirements)
      if (change.id == id) return change;
    ADD_FAILURE() << "no change of " << id;
    static const RequirementChange none;
    return none;
  }

  static constexpr const char* tests = R"(
  get:
    title: The patient downloads
    verifies: [R-A, R-S]
    steps:
      - do: portal.download
        with: {format: a}
        require: [{body: text, not: {contains: empty}}]
        expect: [{body: text, contains: Newman}, {body: text, contains: 1970, level: SHOULD, verifies: R-S}]
  early: {title: It is as it was, verifies: R-EARLY, steps: [{check: [{value: $word, is: goodbye}]}]}
  late:
    title: It is as it will be
    verifies: R-LATE
    steps: [{do: portal.formats, require: [{json: $.formats, contains: none}], expect: [result: ok]}]
)";
  std::string body;
  bb_status status = BB_OK;
};

TEST_F(DifferenceTest, OfARunAndItselfThereIsNone) {
  options.rule_date = "2020-01-01";
  const auto one = run_with("Newman 1970");
  const auto difference = report::compare_runs(one, run_with("Newman 1970"));
  EXPECT_TRUE(difference.is_empty());
  EXPECT_FALSE(difference.is_worse());
  EXPECT_THAT(difference.not_comparable, IsEmpty());
  EXPECT_THAT(report::render_difference(difference, one, one, {}), HasSubstr("nothing changed"));
}

TEST_F(DifferenceTest, WhatFailsNowIsWorseAndWhatHoldsNowIsNot) {
  options.rule_date = "2020-01-01";
  const auto good = run_with("Newman 1970");
  const auto bad = run_with("Smith 1970");
  const auto worse = report::compare_runs(good, bad);
  EXPECT_TRUE(worse.is_worse());
  EXPECT_EQ(kind(worse, "R-A"), "newly failing");
  EXPECT_THAT(row(worse, "R-A").cites, IsEmpty()) << "the system made the difference";
  EXPECT_THAT(row(worse, "R-A").tests, ElementsAre("demo/get"));
  ASSERT_EQ(worse.tests.size(), 1u);
  EXPECT_EQ(worse.tests[0].before, "pass");
  EXPECT_EQ(worse.tests[0].after, "fail");
  ASSERT_EQ(worse.tests[0].claims_after.size(), 1u);
  EXPECT_EQ(worse.tests[0].claims_after[0].text, "body text contains Newman");
  EXPECT_THAT(worse.tests[0].claims_after[0].found, HasSubstr("Smith 1970"));
  const auto text = report::render_difference(worse, good, bad, {});
  EXPECT_THAT(text, AllOf(HasSubstr("! R-A SHALL, A must hold.: pass, then fail"), HasSubstr("something got worse"),
                          HasSubstr("conformant (0), then not conformant (1)")));
  EXPECT_THAT(report::difference_page(worse, good, bad), AllOf(HasSubstr("newly failing"), Not(HasSubstr("<script"))));

  const auto better = report::compare_runs(bad, good);
  EXPECT_FALSE(better.is_worse());
  EXPECT_EQ(kind(better, "R-A"), "newly passing");
}

TEST_F(DifferenceTest, WhatIsNotJudgedAnyMoreIsWorseWhereItHeld) {
  options.rule_date = "2020-01-01";
  const auto good = run_with("Newman 1970");
  const auto skipped = run_with("empty");
  const auto bad = run_with("Smith 1970");
  auto difference = report::compare_runs(good, skipped);
  EXPECT_EQ(kind(difference, "R-A"), "no longer judged");
  EXPECT_TRUE(row(difference, "R-A").is_worse);
  ASSERT_EQ(difference.tests.at(0).claims_after.size(), 1u);
  EXPECT_THAT(difference.tests[0].claims_after[0].text, HasSubstr("contains empty")) << "what the test requires";
  difference = report::compare_runs(bad, skipped);
  EXPECT_EQ(kind(difference, "R-A"), "no longer judged");
  EXPECT_FALSE(row(difference, "R-A").is_worse) << "it failed before";
  difference = report::compare_runs(skipped, good);
  EXPECT_EQ(kind(difference, "R-A"), "newly judged");
  EXPECT_FALSE(difference.is_worse());
}

TEST_F(DifferenceTest, AWarningIsWorseThanAPass) {
  options.rule_date = "2020-01-01";
  const auto difference = report::compare_runs(run_with("Newman 1970"), run_with("Newman"));
  EXPECT_EQ(kind(difference, "R-S"), "changed");
  EXPECT_TRUE(difference.is_worse());
  EXPECT_FALSE(difference.is_verdict_worse);
}

TEST_F(DifferenceTest, AnotherClaimThatDoesNotHoldIsAChange) {
  options.rule_date = "2020-01-01";
  const auto difference = report::compare_runs(run_with("Smith 1970"), run_with("Smith"));
  ASSERT_EQ(difference.tests.size(), 1u);
  EXPECT_EQ(difference.tests[0].before, "fail");
  EXPECT_EQ(difference.tests[0].after, "fail");
  EXPECT_EQ(difference.tests[0].claims_after.size(), 2u);
}

TEST_F(DifferenceTest, OnePortalAtThreeRuleDatesHasThreeVerdictsAndEachDifferenceCitesItsRule) {
  std::vector<evidence::RunView> runs;
  for (const auto* day : {"2013-06-01", "2020-06-01", "2031-06-01"}) {
    options.rule_date = day;
    runs.push_back(run_with("Newman 1970"));
  }
  EXPECT_EQ(runs[0].verdict.word, "not conformant");
  EXPECT_EQ(runs[1].verdict.word, "conformant");
  EXPECT_EQ(runs[2].verdict.word, "inconclusive");

  const auto ended = report::compare_runs(runs[0], runs[1]);
  EXPECT_EQ(kind(ended, "R-EARLY"), "no longer judged");
  EXPECT_THAT(row(ended, "R-EARLY").cites,
              AllOf(HasSubstr("R-EARLY (The rule of 2011), SHALL, in-force, open to 2014-01-01"),
                    HasSubstr("decides on 2013-06-01, then does not decide on 2020-06-01")));
  EXPECT_FALSE(ended.is_worse());
  ASSERT_EQ(ended.tests.size(), 1u);
  EXPECT_EQ(ended.tests[0].name, "early");
  EXPECT_THAT(ended.tests[0].cites, ElementsAre(HasSubstr("R-EARLY (The rule of 2011)")));

  const auto began = report::compare_runs(runs[1], runs[2]);
  EXPECT_THAT(row(began, "R-LATE").cites,
              AllOf(HasSubstr("R-LATE (The rule of 2030), SHALL, in-force, 2030-01-01 to open"),
                    HasSubstr("does not decide on 2020-06-01, then decides on 2031-06-01")));
  EXPECT_TRUE(row(began, "R-LATE").is_worse) << "it is skipped, and so open";
  // No row of the same rules changed, and every one that did cites its rule.
  for (const auto* difference : {&ended, &began})
    for (const auto& change : difference->requirements) EXPECT_THAT(change.cites, HasSubstr(change.id));
  EXPECT_EQ(ended.setup.at(0).what, "rule date");
}

TEST_F(DifferenceTest, ACatalogueThatSaysSomethingElseIsCited) {
  options.rule_date = "2020-01-01";
  const auto before = run_with("Newman 1970");
  const auto after = run(load(tests, std::string(target_text),
                              replace_all(dated_head, "R-S: {level: SHOULD, text: S should hold.}",
                                          "R-S: {level: SHALL, text: S should hold., source: S 2}")));
  const auto difference = report::compare_runs(before, after);
  EXPECT_EQ(kind(difference, "R-S"), "rule changed");
  EXPECT_FALSE(row(difference, "R-S").is_worse) << "it holds in both";
  EXPECT_THAT(row(difference, "R-S").cites, HasSubstr("level: SHOULD, then SHALL"));
  EXPECT_THAT(difference.not_comparable,
              Contains(HasSubstr("suite demo is called 1.0.0 in both runs and its text is another")));
}

TEST_F(DifferenceTest, WaiversAnswersAndTheSetUpAreTold) {
  options.rule_date = "2020-01-01";
  const std::string asking = std::string(tests) + R"(
  asked: {title: Somebody looks at it, verifies: R-B, steps: [{attest: It is readable.}]}
)";
  auto input = load(asking, std::string(target_text), dated_head);
  body = "Smith 1970";
  const auto before = run(input);
  ASSERT_TRUE(
      write_text(folder_.path() / "w.yaml",
                 "format: bluebridge-waivers/1\nwaivers:\n  - {test: demo/get, subject: fake, outcome: fail, claim: "
                 "body text contains Newman, reason: Known., expires: \"2199-01-01\"}\n"));
  input =
      load(asking, replace_all(std::string(target_text), "version: \"1.0\"", "version: \"1.1\"") + "waivers: w.yaml\n",
           dated_head);
  input.answers.answers.push_back({"demo/asked", true, "Ada", "clerk", "2026-11-20", "seen", {}, {}, {}});
  const auto after = run(input);
  const auto difference = report::compare_runs(before, after);
  EXPECT_EQ(kind(difference, "R-A"), "changed") << "what is waived holds no more than before";
  EXPECT_EQ(row(difference, "R-A").after, "waived");
  ASSERT_EQ(difference.waivers.size(), 1u);
  EXPECT_EQ(difference.waivers[0].before, "not there");
  EXPECT_THAT(difference.waivers[0].after, HasSubstr("used, fail until 2199-01-01: Known."));
  ASSERT_EQ(difference.attestations.size(), 1u);
  EXPECT_EQ(difference.attestations[0].before, "nobody answered");
  EXPECT_EQ(difference.attestations[0].after, "yes, Ada, clerk, 2026-11-20, seen");
  EXPECT_EQ(difference.setup.at(0).what, "version of the system");
  EXPECT_THAT(difference.setup, Contains(testing::Field(&report::FieldChange::what, "target file")));
}

TEST_F(DifferenceTest, AnotherInputIsTold) {
  options.rule_date = "2020-01-01";
  const auto before = run_with("Newman 1970");
  options.inputs = {{"word", "goodbye"}};
  const auto difference = report::compare_runs(before, run_with("Newman 1970"));
  ASSERT_EQ(difference.setup.size(), 1u);
  EXPECT_EQ(difference.setup[0].what, "input word");
  EXPECT_EQ(difference.setup[0].before, "not there");
  EXPECT_EQ(difference.setup[0].after, "\"goodbye\"");
}

TEST_F(DifferenceTest, EvidenceThatIsDamagedNowIsWorse) {
  options.rule_date = "2020-01-01";
  const auto bad = run_with("Smith 1970");
  run_with("Newman 1970");
  const auto file = run_folder / "events.ndjson";
  ASSERT_TRUE(write_text(file, replace_all(*read_text(file), "Newman 1970", "Newman 1971")));
  const auto damaged = evidence::read_run(run_folder);
  ASSERT_TRUE(damaged);
  ASSERT_TRUE(damaged->is_damaged);
  EXPECT_TRUE(report::compare_runs(bad, *damaged).is_worse());
  EXPECT_FALSE(report::compare_runs(*damaged, bad).is_empty());
}

TEST_F(DifferenceTest, RunsTheOtherWayRoundAreTold) {
  options.rule_date = "2020-01-01";
  auto before = run_with("Newman 1970");
  const auto after = run_with("Smith 1970");
  before.started_unix_ns = after.started_unix_ns - 1;
  const auto first_began_last = HasSubstr("the first run began after the second");
  EXPECT_THAT(report::compare_runs(after, before).not_comparable, Contains(first_began_last));
  EXPECT_THAT(report::compare_runs(before, after).not_comparable, Not(Contains(first_began_last)));
}

TEST_F(DifferenceTest, AnotherVersionOfAConnectorIsTold) {
  options.rule_date = "2020-01-01";
  const auto unknown = run_with("Newman 1970");  // as of an earlier version of the program
  connectors.set_version({"org.example", "1.0.0", "1.0", ""});
  const auto before = run_with("Newman 1970");
  const auto same = report::compare_runs(before, run_with("Newman 1970"));
  EXPECT_TRUE(same.is_empty());
  EXPECT_THAT(same.not_comparable, IsEmpty());
  connectors.set_version({"org.example", "1.1.0", "1.0", ""});
  const auto newer = report::compare_runs(before, run_with("Newman 1970"));
  ASSERT_EQ(newer.setup.size(), 2u);
  EXPECT_EQ(newer.setup[0].what, "connector of role portal");
  EXPECT_EQ(newer.setup[0].before, "org.example.fake of org.example 1.0.0, ABI 1.0");
  EXPECT_EQ(newer.setup[0].after, "org.example.fake of org.example 1.1.0, ABI 1.0");
  EXPECT_THAT(newer.not_comparable, Contains(HasSubstr("the connector of role inbox is another")));
  // The same version, built again.
  connectors.set_version({"org.example", "1.0.0", "1.0", std::string(64, 'a')});
  EXPECT_EQ(report::compare_runs(before, run_with("Newman 1970")).setup.size(), 2u);
  EXPECT_THAT(report::compare_runs(unknown, before).setup, IsEmpty()) << "it is not known whether it changed";
}

TEST_F(DifferenceTest, APartAndAnotherSystemAreNotComparable) {
  options.rule_date = "2020-01-01";
  const auto before = run_with("Newman 1970");
  options.filters = {"demo/get"};
  auto after = run_with("Newman 1970");
  after.target = "other";
  const auto difference = report::compare_runs(before, after);
  EXPECT_THAT(difference.not_comparable, Contains(HasSubstr("'fake' and 'other'")));
  EXPECT_THAT(difference.not_comparable, Contains(HasSubstr("the later run is a part, 1 of 3 tests")));
}

}  // namespace
}  // namespace bb::test
