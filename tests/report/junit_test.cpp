// The oracle for XML and for "what a reader sees" is Debian's junitparser.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bb/core/files.hpp>
#include <bb/core/process.hpp>
#include <bb/core/text.hpp>
#include "harness/report/report.hpp"
#include "support/golden.hpp"
#include "support/run_view_fixture.hpp"
#include "support/temporary_folder.hpp"

namespace bb::report {
namespace {

using test::conformant_run;
using test::expect_golden;
using test::killed_run;
using test::mixed_run;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr auto python = "/usr/bin/python3";

// What junitparser counts: "tests failures errors skipped", then one line for
// each case with its first result.
constexpr auto count_script = R"(
import sys
from junitparser import JUnitXml, Failure, Error, Skipped
xml = JUnitXml.fromfile(sys.argv[1])
print(xml.tests, xml.failures, xml.errors, xml.skipped)
for suite in xml:
    for case in suite:
        print(case.name, type(case.result[0]).__name__ if case.result else 'Passed')
claimed = (xml.tests, xml.failures, xml.errors, xml.skipped)
xml.update_statistics()
assert claimed == (xml.tests, xml.failures, xml.errors, xml.skipped), 'wrong totals'
)";

CommandResult run_python(const std::vector<std::string>& arguments) {
  auto result =
      run_command({.program = python, .arguments = arguments, .environment = {}, .is_stderr_captured = true}, 30'000);
  EXPECT_TRUE(result) << result.error().what;
  return result ? *result : CommandResult{.status = -1, .out = {}, .err = {}};
}

#define SKIP_WITHOUT_JUNITPARSER()                          \
  if (run_python({"-c", "import junitparser"}).status != 0) \
  GTEST_SKIP() << "junitparser is not installed (Debian package junitparser)"

class JunitTest : public testing::Test {
 protected:
  std::string write(const evidence::RunView& run) {
    const auto file = folder_.path() / "junit.xml";
    const auto written = write_text(file, render_junit(run));
    EXPECT_TRUE(written) << written.error().what;
    return file.string();
  }
  // Exit status of `junitparser verify`.
  int verify(const evidence::RunView& run) { return run_python({"-m", "junitparser", "verify", write(run)}).status; }

  test::TemporaryFolder folder_;
};

TEST_F(JunitTest, IsAsItWas) { expect_golden(render_junit(mixed_run()), "report/golden/mixed.junit.xml"); }

TEST_F(JunitTest, PassesVerifyWhenConformant) {
  SKIP_WITHOUT_JUNITPARSER();
  EXPECT_EQ(verify(conformant_run()), 0);
}

TEST_F(JunitTest, SaysThatAPartIsAPart) {
  EXPECT_THAT(render_junit(test::part_run()),
              testing::HasSubstr(R"(<property name="verdict" value="conformant, in part: 2 of 23 tests were run"/>)"));
}

TEST_F(JunitTest, SaysThatSeveralProcessesMadeTheRun) {
  const std::string property = R"(<property name="processes" value="3"/>)";
  EXPECT_THAT(render_junit(test::resumed_run()), HasSubstr(property));
  EXPECT_THAT(render_junit(conformant_run()), Not(HasSubstr("processes")));
}

TEST_F(JunitTest, SaysHowToGoOnWithARunThatWasKilled) {
  EXPECT_THAT(render_junit(killed_run()), HasSubstr("go on with 'bluebridge resume' for a verdict"));
}

TEST_F(JunitTest, SaysWhatConnectorsBroke) {
  auto run = conformant_run();
  run.are_connectors_checked = true;
  EXPECT_THAT(render_junit(run),
              HasSubstr("name=\"connectors\" value=\"no rule of the plugin contract was seen broken\""));
}

TEST_F(JunitTest, DoesNotPassVerifyWhenATestFailed) {
  SKIP_WITHOUT_JUNITPARSER();
  EXPECT_EQ(verify(mixed_run()), 1);
}

TEST_F(JunitTest, DoesNotPassVerifyWhenTheRunWasKilled) {
  SKIP_WITHOUT_JUNITPARSER();
  EXPECT_EQ(verify(killed_run()), 1);
  auto nothing_ran = test::empty_run();
  nothing_ran.is_complete = false;
  EXPECT_EQ(verify(nothing_ran), 1);
}

TEST_F(JunitTest, DoesNotPassVerifyWhenTheEvidenceIsDamaged) {
  EXPECT_THAT(render_junit(test::damaged_run()), testing::HasSubstr("line 6: not an event, ignored: &lt;garbage&gt;"));
  SKIP_WITHOUT_JUNITPARSER();
  EXPECT_EQ(verify(test::damaged_run()), 1);
}

TEST_F(JunitTest, GivesEachOutcomeItsElement) {
  SKIP_WITHOUT_JUNITPARSER();
  const auto seen = run_python({"-c", count_script, write(mixed_run())});
  EXPECT_EQ(seen.status, 0) << seen.err;
  EXPECT_EQ(seen.out,
            "7 1 1 3\nsign_in Passed\nview Failure\ndownload[ccda-2.1] Passed\nhistory Skipped\nshare Error\n"
            "readable Skipped\nmessages Skipped\n");
}

TEST_F(JunitTest, IsXmlWhateverTheSystemSent) {
  SKIP_WITHOUT_JUNITPARSER();
  auto run = mixed_run();
  std::string all_bytes;
  for (int i = 0; i < 256; ++i) all_bytes += static_cast<char>(i);
  run.tests[1].name = "view[\"<&>'\x01]";
  run.tests[1].cause = all_bytes;
  run.tests[1].title = all_bytes;
  run.tests[1].steps[0].claims[1].found = all_bytes + "]]>";
  run.tests[1].steps[0].exchanges[0].exchange.url = all_bytes;
  const auto seen = run_python({"-c", count_script, write(run)});
  EXPECT_EQ(seen.status, 0) << seen.err;
  EXPECT_THAT(seen.out, HasSubstr("view[\"<&>'␁] Failure"));
}

TEST_F(JunitTest, NamesTheRequirementsOfATest) {
  EXPECT_THAT(render_junit(conformant_run()), HasSubstr(R"(<property name="verifies" value="PLEDGE-DH-07"/>)"));
}

TEST_F(JunitTest, SaysWhatAPersonAnsweredIsNoPass) {
  auto run = mixed_run();
  EXPECT_THAT(render_junit(run), AllOf(HasSubstr(R"(<skipped type="attested")"),
                                       HasSubstr(R"(<property name="answer" value="yes: The page is readable)")));
  run.attestations[0].expired_by = "2027-11-21";
  EXPECT_THAT(render_junit(run), AllOf(HasSubstr(R"(value="expired: The page is readable)"),
                                       HasSubstr("expires 2027-11-20: it does not count on 2027-11-21")));
}

TEST_F(JunitTest, TakesAFailureThatDoesNotCountForNoFailure) {
  SKIP_WITHOUT_JUNITPARSER();
  auto run = conformant_run();
  run.tests[1].outcome = evidence::Outcome::fail;
  EXPECT_EQ(verify(run), 1);
  run.tests[1].counts = false;
  EXPECT_EQ(verify(run), 0);
}

TEST_F(JunitTest, HasTheOptionsOfASuiteAndWhereTheyWereChosen) {
  auto run = conformant_run();
  run.suites[0].options = test::direct_options();
  EXPECT_THAT(render_junit(run), HasSubstr(R"x(<property name="option.direct_as" value="1.2 (default)"/>)x"
                                           R"x(<property name="option.recipients" value="all (target)"/>)x"));
  SKIP_WITHOUT_JUNITPARSER();
  EXPECT_EQ(verify(run), 0);
}

TEST_F(JunitTest, KeepsOutputShort) {
  auto run = conformant_run();
  auto& exchanges = run.tests[0].steps[0].exchanges;
  for (int i = 0; i < 1000; ++i) exchanges.push_back(exchanges.front());
  EXPECT_LT(render_junit(run).size(), 8192u);
}

TEST_F(JunitTest, ShowsASuiteThatOnlyTestsName) {
  auto run = conformant_run();
  run.suites.clear();
  EXPECT_THAT(render_junit(run), HasSubstr(R"(<testsuite name="pledge.data_holder" tests="2")"));
}

}  // namespace
}  // namespace bb::report
