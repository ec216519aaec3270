// Runs whose connector asks a person: the answers file answers, and what nobody
// answered is not judged.
#include "engine/run_fixture.hpp"
#include "harness/engine/asker.hpp"
#include "harness/engine/file_type.hpp"
#include "harness/engine/recorded_run.hpp"

namespace bb::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

constexpr const char* asking_target = R"(format: bluebridge-target/1
target: scripted
title: A connector that asks
roles:
  portal: {connector: org.example.scripted, config: {base_url: "https://portal.example"}}
patients:
  alice: {account: alice, method: none}
)";

// With connectors in this process, and in processes of their own.
struct PeopleTest : RunFixture, testing::WithParamInterface<const char*> {
  // Answers each question, or leaves it for later.
  struct ScriptedAsker final : engine::Asker {
    std::optional<engine::StatementAnswer> ask(const engine::Statement&) override { return std::nullopt; }
    std::optional<host::PersonAnswer> ask(const host::Question& question) override {
      asked.push_back(question.instance + "/" + question.id);
      if (answer.empty()) return std::nullopt;
      host::PersonAnswer said;
      said.name = "Bo Example";
      said.is_declined = answer == "decline";
      said.text = answer;
      return said;
    }
    std::vector<std::string> asked;
    std::string answer;
  };

  engine::RunInput asking_input(const std::string& with) {
    return load(R"(
  sign_in:
    title: Sign in
    steps: [{do: portal.sign_in, as: $patient}]
  ask:
    title: It asks
    verifies: R-A
    needs: sign_in
    steps: [{do: portal.probe, with: )" +
                    with + R"(, expect: [{json: $.text, is: yes}]}]
)",
                asking_target);
  }

  evidence::RunView ask(const std::string& with, const std::string& questions) {
    options.out = folder_.path() / "runs";
    auto input = asking_input(with);
    if (!questions.empty()) {
      const auto file = folder_.path() / "answers.yaml";
      EXPECT_TRUE(write_text(file,
                             "format: bluebridge-answers/1\nby: {name: Ada Example}\ndate: \"2026-11-20\"\n"
                             "questions:\n  " +
                                 questions + "\n"));
      auto answers = suite::read_answers(file);
      EXPECT_TRUE(answers.is_good()) << render(answers.diagnostics);
      if (answers.value) input.answers = *std::move(answers.value);
    }
    host::Host host({{BB_SCRIPTED_FOLDER}, "test", GetParam()});
    const auto result = engine::run(input, options, host);
    EXPECT_TRUE(result) << (result ? "" : result.error().what);
    if (!result) return {};
    auto view = evidence::read_run(result->folder);
    EXPECT_TRUE(view) << (view ? "" : view.error().what);
    return view ? *std::move(view) : evidence::RunView{};
  }
};

INSTANTIATE_TEST_SUITE_P(BothWays, PeopleTest, testing::Values("", BB_CONNECTOR_HOST),
                         [](const auto& way) { return *way.param == 0 ? "InProcess" : "Isolated"; });

TEST_P(PeopleTest, TheAnswersFileAnswers) {
  const auto view = ask("{name: ask}", "portal/alice/consent: yes");
  EXPECT_EQ(outcome(view, "ask"), "pass") << find(view, "ask").cause;
  const auto& records = find(view, "ask").steps.at(0).records;
  ASSERT_EQ(records.size(), 1u);
  EXPECT_EQ(records[0].record.protocol, "person");
  EXPECT_EQ(records[0].record.peer, "Ada Example");
}

TEST_P(PeopleTest, AnAnswerOfTheRoleServesItsPeople) {
  EXPECT_EQ(outcome(ask("{name: ask}", "portal/consent: yes"), "ask"), "pass");
}

TEST_P(PeopleTest, WhatNobodyAnsweredIsSkippedAndSaysHowToAnswer) {
  for (const char* const with : {"{name: ask}", "{name: ask, deadline: 1}"}) {
    const auto view = ask(with, "");
    EXPECT_EQ(outcome(view, "ask"), "skip");
    EXPECT_THAT(find(view, "ask").cause,
                AllOf(HasSubstr("nobody"), HasSubstr("'May I?'; the answers file takes 'portal/alice/consent' under "
                                                     "'questions'")));
    EXPECT_EQ(requirement(view, "R-A"), "skip");
    EXPECT_EQ(view.verdict.exit_status, 3);
  }
}

TEST_P(PeopleTest, AnExpiredAnswerIsNone) {
  const auto view =
      ask("{name: ask}", "portal/alice/consent: {answer: yes, date: \"2026-01-02\", expires: \"2026-01-03\"}");
  EXPECT_EQ(outcome(view, "ask"), "skip");
  EXPECT_THAT(find(view, "ask").cause, HasSubstr("the answer of Ada Example, of 2026-01-02, expired on 2026-01-03"));
}

TEST_P(PeopleTest, WhoDeclinesCancelsTheTest) {
  const auto view = ask("{name: ask}", "portal/alice/consent: {declined: true}");
  EXPECT_EQ(outcome(view, "ask"), "cancel");
  EXPECT_THAT(find(view, "ask").cause, HasSubstr("Ada Example declined to answer 'May I?'"));
}

TEST_P(PeopleTest, WhatNoFileAnswersIsAskedOutsideTheCallAndTheCallIsMadeAgain) {
  ScriptedAsker asker;
  asker.answer = "yes";
  options.asker = &asker;
  const auto view = ask("{name: ask}", "");
  EXPECT_EQ(outcome(view, "ask"), "pass") << find(view, "ask").cause;
  EXPECT_THAT(asker.asked, testing::ElementsAre("portal/alice/consent"));
  const auto& records = find(view, "ask").steps.at(0).records;
  ASSERT_EQ(records.size(), 2u);  // asked, and answered
  EXPECT_EQ(records[1].record.peer, "Bo Example");
}

TEST_P(PeopleTest, TestsThatShareASessionAreEachAskedTheirOwn) {
  ScriptedAsker asker;
  asker.answer = "yes";
  options.asker = &asker;
  options.jobs = 4;
  options.out = folder_.path() / "runs";
  const auto input = load(R"(
  sign_in:
    title: Sign in
    steps: [{do: portal.sign_in, as: $patient}]
  ask:
    title: It asks ${each.id}
    each: {id: [a, b, c, d, e, f, g, h]}
    verifies: R-A
    needs: sign_in
    steps: [{do: portal.probe, with: {name: ask, id: $each.id}, expect: [{json: $.text, is: yes}]}]
)",
                          asking_target);
  host::Host host({{BB_SCRIPTED_FOLDER}, "test", GetParam()});
  const auto result = engine::run(input, options, host);
  ASSERT_TRUE(result) << result.error().what;
  const auto view = evidence::read_run(result->folder);
  ASSERT_TRUE(view) << view.error().what;
  EXPECT_EQ(view->counts.pass, 9) << view->verdict.sentence;
  EXPECT_EQ(asker.asked.size(), 8u);
}

TEST_P(PeopleTest, WhatTheFileAnswersNobodyIsAsked) {
  ScriptedAsker asker;
  options.asker = &asker;
  EXPECT_EQ(outcome(ask("{name: ask}", "portal/alice/consent: yes"), "ask"), "pass");
  EXPECT_THAT(asker.asked, testing::IsEmpty());
}

TEST_P(PeopleTest, AnAskedPersonMayDecline) {
  ScriptedAsker asker;
  asker.answer = "decline";
  options.asker = &asker;
  const auto view = ask("{name: ask}", "");
  EXPECT_EQ(outcome(view, "ask"), "cancel");
  EXPECT_THAT(find(view, "ask").cause, HasSubstr("Bo Example declined to answer 'May I?'"));
}

TEST_P(PeopleTest, WhatIsLeftForLaterWaitsAndAnswersAreNotAskedForAgain) {
  ScriptedAsker asker;
  options.asker = &asker;
  const auto left = ask("{name: ask}", "");
  EXPECT_TRUE(left.is_waiting);
  ASSERT_EQ(left.waits.size(), 1u);
  EXPECT_EQ(left.waits[0].event, "person.answer");
  EXPECT_EQ(left.waits[0].tell, "May I?");
  EXPECT_EQ(left.verdict.exit_status, 4);
  const auto go_on = [&] {
    auto folder = evidence::RunFolder::open(left.folder);
    EXPECT_TRUE(folder) << (folder ? "" : folder.error().what);
    const auto before = engine::RecordedRun::open(left.folder);
    EXPECT_TRUE(before) << (before ? "" : before.error().what);
    auto again = options;
    before->restore_options(again);
    const auto input = asking_input("{name: ask}");
    host::Host host({{BB_SCRIPTED_FOLDER}, "test", GetParam()});
    const auto result = engine::resume(input, again, **folder, *before, host);
    EXPECT_TRUE(result) << (result ? "" : result.error().what);
    auto view = evidence::read_run(left.folder);
    EXPECT_TRUE(view) << (view ? "" : view.error().what);
    return *std::move(view);
  };
  EXPECT_TRUE(go_on().is_waiting);
  asker.answer = "yes";
  const auto done = go_on();
  EXPECT_EQ(outcome(done, "ask"), "pass") << find(done, "ask").cause;
  EXPECT_EQ(asker.asked.size(), 3u);
  EXPECT_FALSE(done.is_damaged) << done.verdict.sentence;
}

TEST_P(PeopleTest, ADetachedRunWaitsForAnAnswer) {
  options.is_detached = true;
  const auto view = ask("{name: ask}", "");
  EXPECT_TRUE(view.is_waiting);
  EXPECT_EQ(view.verdict.exit_status, 4);
}

TEST(FileTypeTest, IsThatOfTheFirstBytesAndElseOfTheName) {
  EXPECT_EQ(engine::media_type_of("a.xml", "%PDF-1.7"), "application/pdf");
  EXPECT_EQ(engine::media_type_of("a", "\x89PNG\r\n\x1a\n"), "image/png");
  EXPECT_EQ(engine::media_type_of("a", "\xEF\xBB\xBF <!DOCTYPE html><title>x</title>"), "text/html");
  EXPECT_EQ(engine::media_type_of("a", "<?xml version=\"1.0\"?><html xmlns=\"x\"/>"), "text/html");
  EXPECT_EQ(engine::media_type_of("a", "<ClinicalDocument/>"), "application/xml");
  EXPECT_EQ(engine::media_type_of("a", " {\"resourceType\": \"Bundle\"}"), "application/json");
  EXPECT_EQ(engine::media_type_of("record.csv", "a,b"), "text/csv");
  EXPECT_EQ(engine::media_type_of("record.txt", "ALLERGIES"), "text/plain");
  EXPECT_EQ(engine::media_type_of("a", std::string("a\0b", 3)), "application/octet-stream");
  EXPECT_EQ(engine::media_type_of("a", ""), "text/plain");
}

TEST_P(PeopleTest, AFileLiesBesideTheAnswers) {
  ASSERT_TRUE(write_text(folder_.path() / "page.html", "<p>yes</p>"));
  const auto view = ask("{name: ask, kind: 5}", "portal/alice/consent: {file: page.html, media_type: text/html}");
  const auto& step = find(view, "ask").steps.at(0);
  EXPECT_THAT(step.message.body, AllOf(HasSubstr("\"filename\":\"page.html\""), HasSubstr("<p>yes</p>")));
}

TEST_P(PeopleTest, AnAnswerThatIsNoneIsAMistakeOfTheFile) {
  const auto view = ask("{name: ask}", "portal/alice/consent: perhaps");
  EXPECT_EQ(outcome(view, "ask"), "error");
  EXPECT_EQ(find(view, "ask").kind, "config");
  EXPECT_THAT(find(view, "ask").cause, HasSubstr("is 'perhaps', expected 'yes' or 'no'"));
}

}  // namespace
}  // namespace bb::test
