// Answers bring the evidence that the steps ask for.
#include <gmock/gmock.h>

#include <bb/core/time.hpp>
#include "suite_files.hpp"

namespace bb::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class AnswersLintTest : public SuiteFiles {
 protected:
  // What the linter says about answers to a suite of these steps.
  std::string lint(const std::string& steps, const std::string& answers) {
    const auto suite = suite::read_suite(write("s.yaml",
                                               "format: bluebridge-suite/1\nsuite: s\nversion: \"1.0.0\"\n"
                                               "roles: {portal: {needs: [view]}}\ntests:\n  g:\n    tests:\n      t:\n"
                                               "        each: {format: [a, b]}\n        steps:\n" +
                                                   steps));
    EXPECT_TRUE(suite.is_good()) << render(suite.diagnostics);
    const auto file = write("a.yaml",
                            "format: bluebridge-answers/1\nby: {name: Ada}\ndate: \"2026-11-20\"\n"
                            "answers:\n" +
                                answers);
    const auto loaded = suite::read_answers(file);
    EXPECT_TRUE(loaded.is_good()) << render(loaded.diagnostics);
    if (!suite.is_good() || !loaded.is_good()) return "unreadable";
    return replace_all(render(suite::lint_answers(*loaded.value, {*suite.value}, nullptr)), file.string() + ":", "");
  }

  static std::string asking(const std::string& evidence) {
    return "          - {attest: It is so., id: look, evidence: " + evidence + "}\n";
  }
};

TEST_F(AnswersLintTest, AYesWithoutTheEvidenceAskedForIsAMistakeInItsPlace) {
  EXPECT_EQ(lint(asking("file"), "  s/g.t: yes\n"),
            "5:3: error: the answer names no evidence, step 'look' asks for a file [A01]\n"
            "    5 |   s/g.t: yes\n      |   ^~~~~ write {answer: yes, evidence: FILE}\n");
  EXPECT_THAT(lint(asking("note"), "  s/g.t.look: {answer: yes}\n"),
              HasSubstr("5:3: error: the answer names no evidence, step 'look' asks for a note [A01]"));
  EXPECT_THAT(lint(asking("screenshot"), "  \"s/g.t[b]\": yes\n"), HasSubstr("asks for a screenshot [A01]"));
  EXPECT_THAT(lint(asking("screenshot"), "  \"s/g.t[b].look\": yes\n"), HasSubstr("asks for a screenshot [A01]"));
}

TEST_F(AnswersLintTest, AnAnswerThatExpiresBeforeItWasGivenIsAMistakeInItsPlace) {
  EXPECT_THAT(lint(asking("none"), "  s/g.t: {answer: yes, expires: \"2026-11-19\"}\n"),
              HasSubstr("5:33: error: the answer expires on 2026-11-19, before it was given on 2026-11-20 [A05]"));
  EXPECT_THAT(lint(asking("none"), "  s/g.t: {answer: yes, expires: \"2199-11-20\"}\n"), IsEmpty());
}

TEST_F(AnswersLintTest, AnAnswerThatExpiredIsWarnedOf) {
  EXPECT_THAT(lint(asking("none"), "  s/g.t: {answer: yes, date: \"2025-01-01\", expires: \"2025-01-01\"}\n"),
              HasSubstr("5:53: warning: the answer expired on 2025-01-01 and does not count; today is "));
  const std::string today = format_date(now_unix_ns());
  EXPECT_THAT(lint(asking("none"), "  s/g.t: {answer: yes, date: \"2025-01-01\", expires: \"" + today + "\"}\n"),
              IsEmpty());
}

TEST_F(AnswersLintTest, ANoteIsAnyText) {
  EXPECT_THAT(lint(asking("note"), "  s/g.t: {answer: yes, evidence: Seen on Monday.}\n"), IsEmpty());
}

TEST_F(AnswersLintTest, AFileLiesBesideTheAnswers) {
  const std::string answer = "  s/g.t: {answer: yes, evidence: shots/page.png}\n";
  EXPECT_EQ(lint(asking("file"), answer),
            "5:34: error: step 'look' asks for a file as evidence, and there is no file 'shots/page.png' [A02]\n"
            "    5 | " +
                answer +
                "      |                                  ^~~~~~~~~~~~~~ a path is relative to the folder of the "
                "answers\n");
  std::filesystem::create_directories(folder_ / "shots");
  write("shots/page.png", "png");
  EXPECT_THAT(lint(asking("file"), answer), IsEmpty());
  EXPECT_THAT(lint(asking("screenshot"), answer), IsEmpty());
  EXPECT_THAT(lint(asking("screenshot"), "  s/g.t: {answer: yes, evidence: shots}\n"), HasSubstr("[A02]"));
}

TEST_F(AnswersLintTest, WhoAnswersNoHasNothingToProve) {
  EXPECT_THAT(lint(asking("file"), "  s/g.t: no\n"), IsEmpty());
  EXPECT_THAT(lint(asking("file"), "  s/g.t: {answer: no, evidence: lost.png}\n"), HasSubstr("[A02]"));
}

TEST_F(AnswersLintTest, EvidenceIsAskedForByTheStep) { EXPECT_THAT(lint(asking("none"), "  s/g.t: yes\n"), IsEmpty()); }

TEST_F(AnswersLintTest, AnAnswerToWhatNobodyAsksIsAMistakeInItsPlace) {
  const std::string steps = asking("none") + "          - {do: portal.list, expect: [result: ok]}\n";
  for (const auto* good : {"s/g.t", "s/g.t.look", "\"s/g.t[a]\"", "\"s/g.t[b].look\""})
    EXPECT_THAT(lint(steps, "  " + std::string(good) + ": yes\n"), IsEmpty()) << good;
  EXPECT_EQ(
      lint(steps, "  s/g.t.loook: yes\n"),
      "5:3: error: nobody asks 's/g.t.loook' [A03]\n    5 |   s/g.t.loook: yes\n      |   ^~~~~~~~~~~ did you mean "
      "'s/g.t.look'? questions: s/g.t, s/g.t.look, s/g.t[a], s/g.t[a].look, s/g.t[b], s/g.t[b].look\n");
  for (const auto* bad : {"s/g.tt", "s/g", "s/g.t.list", "\"s/g.t[c]\"", "\"s/g.t[a].list\"", "\"s/g[a]\""})
    EXPECT_THAT(lint(steps, "  " + std::string(bad) + ": yes\n"), HasSubstr("error: nobody asks '")) << bad;
}

TEST_F(AnswersLintTest, AnswersToOtherSuitesAreToldAndMisspeltOnesRefused) {
  EXPECT_THAT(lint(asking("none"), "  other.suite/g.t: yes\n"),
              HasSubstr("5:3: warning: no suite of this run is called 'other.suite' [A03]"));
  EXPECT_THAT(
      lint(asking("none"), "  ss/g.t: yes\n"),
      AllOf(HasSubstr("5:3: error: no suite of this run is called 'ss' [A03]"), HasSubstr("did you mean 's'?")));
}

TEST_F(AnswersLintTest, InstancesThatOnlyATargetKnowsMayBeAnybody) {
  const auto suite = suite::read_suite(write("s.yaml",
                                             "format: bluebridge-suite/1\nsuite: s\nversion: \"1.0.0\"\ntests:\n  t:\n"
                                             "    each: {person: $target.people}\n    steps: [attest: It is so.]\n"));
  const auto answers = suite::read_answers(
      write("a.yaml",
            "format: bluebridge-answers/1\nby: {name: Ada}\ndate: \"2026-11-20\"\n"
            "answers: {\"s/t[anybody]\": yes, \"s/t[anybody].attest\": yes, \"s/t[anybody].attset\": yes}\n"));
  const auto text = render(suite::lint_answers(*answers.value, {*suite.value}, nullptr));
  EXPECT_THAT(text, HasSubstr("nobody asks 's/t[anybody].attset' [A03]"));
  EXPECT_EQ(text.find("[A03]"), text.rfind("[A03]"));
}

TEST_F(AnswersLintTest, NobodyAnswersOnADayToCome) {
  constexpr std::int64_t day_ns = std::int64_t{24} * 3600 * ns_per_second;
  const auto dated = [&](std::int64_t days) {
    return lint(asking("none"),
                "  s/g.t: {answer: yes, date: \"" + format_date(now_unix_ns() + days * day_ns) + "\"}\n");
  };
  EXPECT_THAT(dated(-1), IsEmpty());
  EXPECT_THAT(dated(0), IsEmpty());
  EXPECT_THAT(dated(2), AllOf(HasSubstr("5:30: error: the answer is dated "), HasSubstr(", and today is "),
                              HasSubstr(" [A04]\n"), HasSubstr("write the day on which it was given")));
}

TEST_F(AnswersLintTest, ADayIsRefusedOnce) {
  const auto said = [&](const std::string& date, const std::string& answers) {
    const auto suite = suite::read_suite(write("s.yaml",
                                               "format: bluebridge-suite/1\nsuite: s\nversion: \"1.0.0\"\n"
                                               "roles: {portal: {needs: [view]}}\ntests:\n  t: {steps: [attest: A, "
                                               "{attest: B, id: b}]}\n"));
    const auto loaded = suite::read_answers(
        write("a.yaml", "format: bluebridge-answers/1\nby: {name: Ada}\ndate: \"" + date + "\"\nanswers: " + answers));
    auto all = loaded.diagnostics;
    for (auto& each : suite::lint_answers(*loaded.value, {*suite.value}, nullptr)) all.push_back(std::move(each));
    return all;
  };
  const std::string two = "{s/t: yes, s/t.b: yes}\n";
  EXPECT_THAT(said("2026-11-20", two), IsEmpty());
  for (const auto* impossible : {"2026-02-30", "2199-02-30", "yesterday"}) {
    const auto all = said(impossible, two);
    ASSERT_EQ(all.size(), 1u) << render(all);
    EXPECT_THAT(all[0].message, HasSubstr("'date' takes a date, got '"));
  }
  const auto to_come = said("2199-02-28", two);
  ASSERT_EQ(to_come.size(), 1u) << render(to_come);
  EXPECT_THAT(to_come[0].message, HasSubstr("the answer is dated 2199-02-28"));
}

class QuestionsLintTest : public SuiteFiles {
 protected:
  // What reader and linter say about answers to the questions of connectors.
  std::string lint(const std::string& questions, bool has_target = true) {
    const auto suite = suite::read_suite(write("s.yaml",
                                               "format: bluebridge-suite/1\nsuite: s\nversion: \"1.0.0\"\n"
                                               "roles: {portal: {needs: [view]}}\n"
                                               "tests:\n  t: {steps: [attest: It is so.]}\n"));
    EXPECT_TRUE(suite.is_good()) << render(suite.diagnostics);
    suite::Target target;
    for (const auto* id : {"alice", "bruno"}) target.people.emplace_back().id = id;
    const auto file = write(
        "a.yaml", "format: bluebridge-answers/1\nby: {name: Ada}\ndate: \"2026-11-20\"\nquestions:\n" + questions);
    const auto loaded = suite::read_answers(file);
    auto all = loaded.diagnostics;
    for (auto& each : suite::lint_answers(*loaded.value, {*suite.value}, has_target ? &target : nullptr))
      all.push_back(std::move(each));
    return replace_all(render(all), file.string() + ":", "");
  }
};

TEST_F(QuestionsLintTest, RolesAndPeopleAreThoseOfTheRun) {
  EXPECT_THAT(lint("  portal/alice/consent: yes\n  portal/code: \"1\"\n"), IsEmpty());
  EXPECT_EQ(lint("  portl/alice/consent: yes\n"),
            "5:3: error: no suite of this run has a role 'portl' [A03]\n    5 |   portl/alice/consent: yes\n      |   "
            "^~~~~~~~~~~~~~~~~~~ did you mean 'portal'? roles: portal\n");
  EXPECT_THAT(lint("  portal/alic/consent: yes\n"),
              AllOf(HasSubstr("5:3: error: the target has nobody called 'alic' [A03]"),
                    HasSubstr("did you mean 'alice'? people: alice, bruno")));
  // Answers may serve several runs.
  EXPECT_THAT(lint("  laboratory/consent: yes\n"), HasSubstr("5:3: warning: no suite of this run has a role"));
  EXPECT_THAT(lint("  portal/zoe/consent: yes\n"), HasSubstr("5:3: warning: the target has nobody called 'zoe'"));
  EXPECT_THAT(lint("  portl/alic/consent: yes\n", false), IsEmpty());
}

TEST_F(QuestionsLintTest, AFileLiesBesideTheAnswers) {
  const std::string answer = "  portal/export: {file: out/e.xml, media_type: application/xml}\n";
  EXPECT_THAT(lint(answer), AllOf(HasSubstr("5:25: error: there is no file 'out/e.xml' [A02]"),
                                  HasSubstr("^~~~~~~~~ a path is relative to the folder of the answers")));
  std::filesystem::create_directories(folder_ / "out");
  write("out/e.xml", "<e/>");
  EXPECT_THAT(lint(answer), IsEmpty());
  EXPECT_THAT(lint("  portal/export: {file: out}\n"), HasSubstr("there is no file 'out' [A02]"));
}

TEST_F(QuestionsLintTest, AllMistakesAreToldAtOnceInTheirPlaces) {
  const auto text = lint(
      "  portl/a: yes\n"
      "  portal/alic/b: yes\n"
      "  portal/c: {file: none.xml, media_type: xml}\n"
      "  portal/d: {answer: x, date: \"2199-01-01\"}\n");
  for (const auto* part :
       {"5:3: error: no suite of this run has a role 'portl' [A03]",
        "6:3: error: the target has nobody called 'alic' [A03]", "7:20: error: there is no file 'none.xml' [A02]",
        "7:42: error: 'media_type' takes a media type, got 'xml'", "for example application/xml",
        "8:31: error: the answer is dated 2199-01-01, and today is "})
    EXPECT_THAT(text, HasSubstr(part));
}

TEST_F(AnswersLintTest, TheAnswerThatCountsIsTheOneLookedAt) {
  const std::string second = "          - {attest: That too., id: listen}\n";
  EXPECT_THAT(lint(asking("note") + second, "  s/g.t.look: {answer: yes, evidence: Seen.}\n  s/g.t: yes\n"), IsEmpty());
  EXPECT_THAT(lint(asking("note") + second, "  s/g.t.listen: yes\n  s/g.t: yes\n"), HasSubstr("6:3: error: "));
}

}  // namespace
}  // namespace bb::test
