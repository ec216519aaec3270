#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bb/core/text.hpp>
#include "harness/report/plain.hpp"
#include "harness/report/report.hpp"
#include "support/golden.hpp"
#include "support/run_view_fixture.hpp"

namespace bb::report {
namespace {

using test::conformant_run;
using test::expect_golden;
using test::killed_run;
using test::mixed_run;
using testing::HasSubstr;
using testing::Not;

TEST(ConsoleTest, SaysWhatFailedWhyAndWhatToDo) {
  expect_golden(render_console(mixed_run(), {.is_coloured = false, .width = 100}), "report/golden/mixed.txt");
}

TEST(ConsoleTest, IsShortWhenAllIsWell) {
  expect_golden(render_console(conformant_run(), {.is_coloured = false, .width = 100}), "report/golden/conformant.txt");
}

TEST(ConsoleTest, SaysThatAPartIsAPart) {
  expect_golden(render_console(test::part_run(), {.is_coloured = false, .width = 100}), "report/golden/part.txt");
}

TEST(ConsoleTest, SaysThatAKilledRunIsIncomplete) {
  const auto text = render_console(killed_run(), {});
  EXPECT_THAT(text, HasSubstr("This run is incomplete."));
  EXPECT_THAT(text, HasSubstr("the last line is torn"));
  EXPECT_THAT(text, HasSubstr("not run"));
}

TEST(ConsoleTest, SaysThatSeveralProcessesMadeTheRun) {
  const std::string sentence = "This run was made by 3 processes, one after the other.";
  EXPECT_THAT(render_console(test::resumed_run(), {}), HasSubstr(sentence));
  EXPECT_THAT(render_console(conformant_run(), {}), Not(HasSubstr("This run was made by")));
}

TEST(ConsoleTest, SaysWhichOptionsWereChosenAndWhere) {
  auto run = conformant_run();
  EXPECT_THAT(render_console(run, {}), Not(HasSubstr("options of")));
  run.suites[0].options = test::direct_options();
  EXPECT_THAT(render_console(run, {.is_coloured = false, .width = 120}),
              HasSubstr("\noptions of pledge.data_holder: direct_as 1.2 (default), recipients all (target)\n"));
}

TEST(ConsoleTest, SaysThatTheEvidenceIsDamaged) {
  const auto text = render_console(test::damaged_run(), {});
  EXPECT_THAT(text, HasSubstr("Verdict: inconclusive\nThe evidence of this run is damaged.\nproblem: line 6: "));
  EXPECT_THAT(text, HasSubstr("problem: blob 0a was changed"));
  EXPECT_THAT(text, HasSubstr("nothing in this report can be relied on"));
  EXPECT_THAT(text, Not(HasSubstr("Publish")));
}

TEST(ConsoleTest, SaysWhichRulesConnectorsBroke) {
  auto run = conformant_run();
  EXPECT_THAT(render_console(run, {}), Not(HasSubstr("Connectors")));
  run.are_connectors_checked = true;
  EXPECT_THAT(render_console(run, {}), HasSubstr("\nConnectors\nno rule of the plugin contract was seen broken\n"));
  run.notices = test::notices();
  const auto text = render_console(run, {.is_coloured = false, .width = 120});
  EXPECT_THAT(text,
              HasSubstr("Connectors\nrules of the plugin contract were seen broken at least 3 times; this changes no "
                        "verdict\n"));
  EXPECT_THAT(text, HasSubstr("plugin misbehaving: BB-R030 portal/alice, at least 2 times\n"));
  EXPECT_THAT(text, HasSubstr("seen      view.read: the call gave BB_E_NOT_FOUND without a message\n"));
  EXPECT_THAT(text, HasSubstr("says      bb/abi/base.h:150\n"));
  EXPECT_THAT(text, HasSubstr("host misbehaving: BB-R057 portal/alice, 1 time\n"));
  EXPECT_THAT(text, HasSubstr("Verdict: conformant"));
}

TEST(ConsoleTest, HasEscapeSequencesOnlyWhenColoured) {
  EXPECT_THAT(render_console(mixed_run(), {.is_coloured = false}), Not(HasSubstr("\x1b")));
  EXPECT_THAT(render_console(mixed_run(), {.is_coloured = true}), HasSubstr("\x1b[1;31m"));
}

TEST(ConsoleTest, SendsNothingOfTheSystemsOwnToTheTerminal) {
  auto run = mixed_run();
  run.tests[1].steps[0].claims[1].found = "\x1b]0;owned\x07";
  run.tests[1].steps[0].exchanges[0].exchange.url = "https://127.0.0.1/\x1b[2J";
  const auto text = render_console(run, {.is_coloured = false});
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
  EXPECT_THAT(text, HasSubstr("␛]0;owned␇"));
}

TEST(ConsoleTest, StaysWithinTheWidth) {
  // Goal: nothing runs over at 60 columns; names of hashes and the like are cut.
  for (const auto& line : split(render_console(mixed_run(), {.is_coloured = false, .width = 60}), '\n'))
    EXPECT_LE(columns(line), 60u) << line;
}

TEST(ConsoleTest, ListsAttestedRequirementsApart) {
  const auto text = render_console(mixed_run(), {});
  const auto apart = text.find("Answered by a person, listed apart");
  ASSERT_NE(apart, std::string::npos);
  EXPECT_GT(text.find("PLEDGE-DH-12"), apart);
  EXPECT_LT(text.find("PLEDGE-DH-09"), apart);
}

TEST(ConsoleTest, MarksRequirementsThatDoNotCount) {
  auto run = conformant_run();
  run.requirements[0].counts = false;
  EXPECT_THAT(render_console(run, {.is_coloured = false, .width = 200}), HasSubstr("(does not count in this run)"));
}

}  // namespace
}  // namespace bb::report
