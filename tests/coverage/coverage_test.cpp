// What is told of requirements: by what each is proved, where it stands on a day,
// what is missing.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "harness/coverage/render.hpp"
#include "suite/suite_files.hpp"

namespace bb::test {
namespace {

using coverage::Proof;
using coverage::Standing;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class CoverageTest : public SuiteFiles {
 protected:
  // Rows in YAML, and the tests of a suite that has them.
  coverage::Coverage measured(const std::string& rows, const std::string& tests = unrelated,
                              const std::string& date = "2026-03-01") {
    const auto file = write("c.yaml", "format: bluebridge-catalogue/1\nrequirements:\n" + rows);
    auto catalogue = suite::read_catalogue(file);
    auto suite = suite::read_suite(write("s.yaml",
                                         "format: bluebridge-suite/1\nsuite: s\nversion: \"1.0.0\"\ntitle: T\n"
                                         "requirements: c.yaml\ntests:\n" +
                                             tests));
    EXPECT_THAT(render(catalogue.diagnostics) + render(suite.diagnostics), IsEmpty());
    sources_ = {};
    sources_.catalogues.push_back(std::move(*catalogue.value));
    sources_.suites.push_back(std::move(*suite.value));
    return coverage::measure(sources_, date);
  }
  Proof proof(const std::string& row, const std::string& tests = unrelated) {
    return measured("  A-1: {" + row + "}\n", tests).rows.at(0).proof;
  }
  std::string mistakes(const std::string& rows) {
    return replace_all(render(measured(rows).diagnostics), folder_.string() + "/", "");
  }
  Standing standing(const std::string& row, const std::string& date) {
    return measured("  A-1: {level: SHALL, text: T., " + row + "}\n", unrelated, date).rows.at(0).standing;
  }

  static constexpr auto unrelated = "  t: {title: It is so, steps: [{check: [{value: $run.id, is: a}]}]}\n";
  static constexpr auto tested = "  t: {title: It is so, verifies: A-1, steps: [{check: [{value: $run.id, is: a}]}]}\n";
  coverage::Sources sources_;
};

TEST_F(CoverageTest, ARowIsProvedByWhatSpeaksForIt) {
  const std::string shall = "level: SHALL, text: T.";
  EXPECT_EQ(proof(shall), Proof::gap);
  EXPECT_EQ(proof(shall, tested), Proof::test);
  EXPECT_EQ(proof(shall + ", untested: Later."), Proof::reason);
  EXPECT_EQ(proof(shall + ", judged_by: bluebridge check"), Proof::command);
  EXPECT_EQ(proof(shall + ", judged_by: 'tests/a_test.py: test_it'"), Proof::own_tests);
  EXPECT_EQ(proof(shall + ", check: none"), Proof::information);
  EXPECT_EQ(proof(shall, "  t: {title: It is so, verifies: A-1, steps: [{attest: It is so.}]}\n"), Proof::attested);
}

TEST_F(CoverageTest, AClaimWeakerThanTheRowProvesNothing) {
  const std::string claim = "[{value: $run.id, is: a, level: ";
  const auto test = [&](const std::string& level) {
    return "  t: {title: It is so, verifies: A-1, steps: [{check: " + claim + level + "}]}]}\n";
  };
  EXPECT_EQ(proof("level: SHALL, text: T.", test("SHOULD")), Proof::gap);
  EXPECT_EQ(proof("level: SHOULD, text: T.", test("SHOULD")), Proof::test);
}

TEST_F(CoverageTest, AClaimOfAnotherRowDoesNotSpeakForThis) {
  const auto coverage = measured(
      "  A-1: {level: SHALL, text: T.}\n  A-2: {level: SHALL, text: T.}\n",
      "  t: {title: It is so, verifies: A-1, steps: [{check: [{value: $run.id, is: a}, {value: $run.id, is: b, "
      "verifies: A-2}]}]}\n");
  ASSERT_EQ(coverage.rows[0].tests.size(), 1u);
  ASSERT_EQ(coverage.rows[0].tests[0].claims.size(), 1u);
  EXPECT_EQ(coverage.rows[0].tests[0].claims[0]->text, "value $run.id is a");
  EXPECT_EQ(coverage.rows[1].tests[0].claims[0]->text, "value $run.id is b");
}

TEST_F(CoverageTest, RowsThatRestOnOthersAreWhatTheseAre) {
  const auto proof_of_first = [&](const std::string& others) {
    return measured("  B-1: {level: SHALL, text: T., rests_on: [A-1, A-2]}\n  A-1: {level: SHALL, text: T.}\n" + others,
                    tested)
        .rows.at(0)
        .proof;
  };
  EXPECT_EQ(proof_of_first("  A-2: {level: SHALL, text: T., judged_by: bluebridge check}\n"), Proof::rows);
  EXPECT_EQ(proof_of_first("  A-2: {level: SHALL, text: T., rests_on: A-1}\n"), Proof::rows);
  EXPECT_EQ(proof_of_first("  A-2: {level: SHALL, text: T., untested: Later.}\n"), Proof::reason);
  EXPECT_EQ(proof_of_first("  A-2: {level: SHALL, text: T.}\n"), Proof::gap);
}

TEST_F(CoverageTest, WhatARowRestsOnIsThereAndInNoCircle) {
  EXPECT_EQ(mistakes("  A-1: {level: SHALL, text: T., rests_on: A-2}\n  A-2: {level: SHALL, text: T.}\n"), "");
  EXPECT_THAT(mistakes("  A-1: {level: SHALL, text: T., rests_on: [A-2, B-1]}\n  A-2: {level: SHALL, text: T.}\n"),
              HasSubstr("c.yaml:3:49: error: requirement 'A-1' rests on 'B-1', which no catalogue has"));
  EXPECT_THAT(mistakes("  A-1: {level: SHALL, text: T., rests_on: A-2}\n"
                       "  A-2: {level: SHALL, text: T., rests_on: [A-3]}\n"
                       "  A-3: {level: SHALL, text: T., rests_on: A-1}\n"),
              HasSubstr("c.yaml:5:43: error: requirement 'A-3' rests on 'A-1', which rests on it"));
  EXPECT_THAT(mistakes("  A-1: {level: SHALL, text: T., rests_on: A-2}\n  A-2: {level: MAY, text: T., check: none}\n"),
              HasSubstr("'A-2', which is information"));
}

TEST_F(CoverageTest, AChainOfRowsMayBeLongerThanAStackIsDeep) {
  constexpr int length = 60'000;
  std::string table = "id,level,text,rests_on\n";
  for (int i = 0; i < length; ++i) table += fmt::format("A-{},SHALL,T.,A-{}\n", i, i + 1);
  coverage::Sources sources;
  sources.catalogues.push_back(
      *suite::read_catalogue(write("c.csv", table + fmt::format("A-{},SHALL,T.,\n", length))).value);
  const auto coverage = coverage::measure(sources, "2026-03-01");
  EXPECT_EQ(coverage.gaps(false).size(), length + 1u);
  EXPECT_THAT(coverage.diagnostics, IsEmpty());
}

TEST_F(CoverageTest, ARowStandsWhereTheDayPutsIt) {
  const std::string dated = "from: \"2026-01-01\", until: \"2026-03-01\"";
  EXPECT_EQ(standing(dated, "2025-12-31"), Standing::not_yet);
  EXPECT_EQ(standing(dated, "2026-01-01"), Standing::in_force);
  EXPECT_EQ(standing(dated, "2026-02-28"), Standing::in_force);
  EXPECT_EQ(standing(dated, "2026-03-01"), Standing::no_longer);
  const std::string historic = "status: historic, from: \"2012-10-04\", until: \"2020-07-01\"";
  EXPECT_EQ(standing(historic, "2012-10-03"), Standing::not_yet);
  EXPECT_EQ(standing(historic, "2020-06-30"), Standing::historic);
  EXPECT_EQ(standing(historic, "2020-07-01"), Standing::no_longer);
  EXPECT_EQ(standing("status: proposed", "2026-01-01"), Standing::proposed);
  EXPECT_EQ(standing("status: house", "2026-01-01"), Standing::house);
}

TEST_F(CoverageTest, OnlyASHALLInForceOrOfTheHouseHasToBeAccountedFor) {
  const auto gaps = [&](const std::string& row, bool is_strict = false) {
    return measured("  A-1: {" + row + "}\n").gaps(is_strict).size();
  };
  EXPECT_EQ(gaps("level: SHALL NOT, text: T."), 1u);
  EXPECT_EQ(gaps("level: SHALL, text: T., status: house"), 1u);
  EXPECT_EQ(gaps("level: SHALL, text: T., check: attest"), 1u);
  EXPECT_EQ(gaps("level: SHOULD, text: T."), 0u);
  EXPECT_EQ(gaps("level: SHOULD, text: T.", true), 1u);
  EXPECT_EQ(gaps("level: SHALL, text: T., status: historic"), 0u);
  EXPECT_EQ(gaps("level: SHALL, text: T., status: historic", true), 1u);
  EXPECT_EQ(gaps("level: MAY, text: T., check: none", true), 0u);
}

TEST_F(CoverageTest, CountsSHALLRowsByCatalogueAndFamily) {
  const auto coverage = measured(
      "  A-1: {level: SHALL, text: T.}\n  A-2: {level: SHALL, text: T., untested: Later.}\n"
      "  A-3-b: {level: SHOULD, text: T.}\n  B-X-1: {level: SHALL, text: T., check: attest, untested: Later.}\n"
      "  B-X-2: {level: SHALL, text: T., status: house}\n",
      tested);
  ASSERT_EQ(coverage.catalogues.size(), 1u);
  EXPECT_EQ(coverage.catalogues[0].name, "c");
  EXPECT_EQ(coverage.all.rows, 5u);
  EXPECT_EQ(coverage.all.in_force.rows, 3u);
  EXPECT_EQ(coverage.all.in_force.by_program, 2u);
  EXPECT_EQ(coverage.all.in_force.checked, 1u);
  EXPECT_EQ(coverage.all.in_force.percent(), 50.0);
  EXPECT_EQ(coverage.all.in_force.of(Proof::reason), 2u);
  EXPECT_EQ(coverage.all.house.of(Proof::gap), 1u);
  EXPECT_EQ(coverage.all.house.percent(), 0.0);
  ASSERT_EQ(coverage.families.size(), 2u);
  EXPECT_EQ(coverage.families[0].name, "A");
  EXPECT_EQ(coverage.families[0].rows, 3u);
  EXPECT_EQ(coverage.families[1].name, "B-X");
}

TEST_F(CoverageTest, APercentageIsNeverRoundedUp) {
  coverage::Shall shall;
  shall.by_program = 3;
  shall.checked = 2;
  EXPECT_EQ(shall.percent(), 66.6);
  shall.by_program = 10'000;
  shall.checked = 9'999;
  EXPECT_EQ(shall.percent(), 99.9);
  EXPECT_EQ(coverage::Shall{}.percent(), 100.0);
}

TEST_F(CoverageTest, TheSameRowInTwoCataloguesIsAMistake) {
  measured("  A-1: {level: SHALL, text: T.}\n");
  const auto other = suite::read_catalogue(write("d.csv", "id,level,text\nA-1,MAY,U.\n"));
  auto sources = sources_;
  sources.catalogues.push_back(*other.value);
  const auto coverage = coverage::measure(sources, "2026-01-01");
  EXPECT_THAT(render(coverage.diagnostics), HasSubstr("d.csv:2:1: error: requirement 'A-1' stands twice"));
  // One that was named goes before one that is installed.
  sources = sources_;
  sources.known.push_back(*other.value);
  EXPECT_THAT(coverage::measure(sources, "2026-01-01").diagnostics, IsEmpty());
}

TEST_F(CoverageTest, TheTextTellsTestsClaimsAndFaults) {
  const auto coverage =
      measured("  A-1: {level: SHALL, text: It is so.}\n  A-2: {level: SHALL, text: T., untested: Later.}\n",
               "  t: {title: It is so, verifies: A-1, each: {n: [a, b]}, steps: [{check: [{value: $run.id, is: a}]}], "
               "catches: [{defect: view-empty}]}\n");
  EXPECT_EQ(coverage::render_text(coverage, "A-1", false),
            "A-1  SHALL  in force  test\n    It is so.\n    test s/t (2 instances): It is so\n"
            "      line 7: value $run.id is a\n    catches defect view-empty\n");
  const auto text = coverage::render_text(coverage, "", false);
  EXPECT_THAT(text, HasSubstr("Not tested, and why\n  A-2  SHALL  in force: Later.\n"));
  EXPECT_THAT(text, HasSubstr("2 SHALL rows in force, 0 of the house"));
}

TEST_F(CoverageTest, TheTableIsACatalogueAgain) {
  const auto coverage = measured(
      "  A-1: {level: SHALL NOT, text: \"He said \\\"no\\\", twice\", from: \"2026-01-01\", rests_on: [A-2, A-3]}\n"
      "  A-2: {level: MAY, text: T., how: \"L: it\\nF: not\"}\n  A-3: {level: SHALL, text: T.}\n");
  const auto read = suite::read_catalogue(write("out.csv", coverage::render_csv(coverage)));
  ASSERT_THAT(render(read.diagnostics), IsEmpty());
  ASSERT_EQ(read.value->requirements.size(), 3u);
  const auto& first = read.value->requirements[0];
  EXPECT_EQ(first.level_text, "SHALL NOT");
  EXPECT_EQ(first.text, "He said \"no\", twice");
  EXPECT_EQ(first.from, "2026-01-01");
  EXPECT_THAT(first.rests_on, ElementsAre("A-2", "A-3"));
  EXPECT_EQ(read.value->requirements[1].how, "L: it\nF: not");
}

TEST_F(CoverageTest, NoCellOfTheTableIsAFormula) {
  const auto coverage = measured(
      "  A-1: {level: SHALL, text: \"=HYPERLINK(1)\", how: \"@SUM(1)\", at: \"-1\", source: \"'+1\", applies: "
      "\"'tis\"}\n");
  const auto table = coverage::render_csv(coverage);
  EXPECT_THAT(table, HasSubstr("\r\nA-1,SHALL,'=HYPERLINK(1),'-1,''+1,in-force,'tis,,,test,'@SUM(1),"));
  const auto read = suite::read_catalogue(write("out.csv", table));
  const auto& row = read.value->requirements.at(0);
  EXPECT_THAT((std::vector{row.text, row.how, row.at, row.source, row.applies}),
              ElementsAre("=HYPERLINK(1)", "@SUM(1)", "-1", "'+1", "'tis"));
}

TEST_F(CoverageTest, ThePageEscapesWhatRowsSay) {
  const auto coverage = measured("  A-1: {level: SHALL, text: \"<script>x()</script> & more\"}\n");
  const auto page = coverage::render_page(coverage, sources_, "1.0");
  EXPECT_THAT(page, HasSubstr("1 requirement not accounted for"));
  EXPECT_THAT(page, HasSubstr("&lt;script&gt;x()"));
  EXPECT_THAT(page, Not(HasSubstr("<script>")));
}

}  // namespace
}  // namespace bb::test
