#include <fmt/format.h>
#include <gmock/gmock.h>

#include <bb/core/files.hpp>
#include <bb/core/text.hpp>
#include <bb/records/html.hpp>
#include <bb/records/read.hpp>

#include "checks/fixtures.hpp"
#include "harness/checks/validator.hpp"

namespace bb::checks {
namespace {

using evidence::Level;
using evidence::Outcome;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

suite::Step step(std::initializer_list<std::string_view> expect, std::initializer_list<std::string_view> require = {}) {
  suite::Step step;
  for (const auto text : expect) step.expect.push_back(claim(text));
  for (const auto text : require) step.require.push_back(claim(text));
  return step;
}
suite::Step saving(suite::Step step, std::string name, std::string kind, Value argument = {}) {
  step.save.push_back({std::move(name), {std::move(kind), std::move(argument), {}}, false});
  return step;
}

StepJudgement judge(const suite::Step& step, const evidence::Message& message, Level level = Level::shall) {
  return judge_step(step, scope(), &message, level);
}

evidence::Message ended_with(std::string result) {
  auto ended = message("application/json", "");
  ended.result = std::move(result);
  ended.error = "because";
  return ended;
}

constexpr auto sees_x = R"({"body": "text", "contains": "x"})";
constexpr auto sees_y = R"({"body": "text", "contains": "y"})";
constexpr auto has_status = R"({"status": 200})";

TEST(JudgeStepTest, PassesWhenEveryClaimHolds) {
  const auto judged = judge(step({R"({"result": "ok"})", sees_x}), message("text/plain", "x"));
  EXPECT_EQ(judged.outcome, Outcome::pass);
  EXPECT_EQ(judged.cause, "");
  EXPECT_THAT(judged.claims, SizeIs(2));
  EXPECT_EQ(judged.claims[0].gate, "expect");
}

TEST(JudgeStepTest, AShallThatDoesNotHoldFails) {
  const auto judged = judge(step({sees_y}), message("text/plain", "x"));
  EXPECT_EQ(judged.outcome, Outcome::fail);
  EXPECT_THAT(judged.cause, HasSubstr(R"(expected contains "y", found not in "x")"));
}

TEST(JudgeStepTest, LevelsDecideWhatAViolationIs) {
  const auto outcome = [](std::string_view text, Level level) {
    return judge(step({text}), message("text/plain", "x"), level).outcome;
  };
  EXPECT_EQ(outcome(sees_y, Level::shall), Outcome::fail);
  EXPECT_EQ(outcome(sees_y, Level::should), Outcome::warn);
  EXPECT_EQ(outcome(sees_y, Level::may), Outcome::pass);
  EXPECT_EQ(outcome(R"({"body": "text", "contains": "y", "level": "SHOULD"})", Level::shall), Outcome::warn);
  EXPECT_EQ(outcome(R"({"body": "text", "contains": "y", "level": "MAY"})", Level::shall), Outcome::pass);
  EXPECT_EQ(outcome(R"({"body": "text", "contains": "y", "level": "SHALL"})", Level::may), Outcome::fail);
}

TEST(JudgeStepTest, WhatDoesNotCountWarnsAndStopsNothing) {
  auto idle = step({R"({"result": "denied"})", sees_y, sees_x});
  idle.expect[0].counts = idle.expect[1].counts = false;
  const auto judged = judge(idle, message("text/plain", "x"));
  EXPECT_EQ(judged.outcome, Outcome::warn);
  EXPECT_THAT(judged.cause, HasSubstr("do not count"));
  ASSERT_THAT(judged.claims, SizeIs(3));
  EXPECT_EQ(judged.claims[1].level, Level::shall);
  EXPECT_FALSE(judged.claims[1].counts);
  EXPECT_TRUE(judged.claims[2].counts);
  idle.expect[2].counts = true;
  EXPECT_EQ(judge(idle, message("text/plain", "z")).outcome, Outcome::fail);
  auto absent = step({R"({"value": "$demo.nothing", "is": "a"})", sees_x});
  absent.expect[0].counts = false;
  EXPECT_EQ(judge(absent, message("text/plain", "x")).outcome, Outcome::pass);
}

TEST(JudgeStepTest, TheStepsLevelIsWrittenIntoItsClaims) {
  const auto judged = judge(step({sees_y}), message("text/plain", "x"), Level::should);
  ASSERT_THAT(judged.claims, SizeIs(2));
  EXPECT_EQ(judged.claims[1].level, Level::should);
}

TEST(JudgeStepTest, ExpectsOkWhenNothingIsSaidAboutTheResult) {
  const auto judged = judge(step({sees_x}), ended_with("refused"));
  EXPECT_EQ(judged.outcome, Outcome::fail);
  ASSERT_THAT(judged.claims, SizeIs(1));
  EXPECT_EQ(judged.claims[0].claim, nullptr);
  EXPECT_EQ(judged.claims[0].text, "result ok");
  EXPECT_EQ(judged.claims[0].found, "\"refused\": because");
  EXPECT_EQ(judge(step({}), message("text/plain", "x")).outcome, Outcome::pass);
}

TEST(JudgeStepTest, AStatedResultOrStatusReplacesTheImpliedOne) {
  EXPECT_EQ(judge(step({R"({"result": "refused"})"}), ended_with("refused")).outcome, Outcome::pass);
  EXPECT_EQ(judge(step({has_status}), ended_with("refused")).outcome, Outcome::pass);
  EXPECT_EQ(judge(step({R"({"status": 403})"}), ended_with("refused")).outcome, Outcome::fail);
}

TEST(JudgeStepTest, AStatusThatIsOnlyThereReplacesNothing) {
  EXPECT_EQ(judge(step({R"({"status": true})"}), ended_with("refused")).outcome, Outcome::fail);
}

TEST(JudgeStepTest, AStatusClaimOfASavedValueDoesNotReplaceTheImpliedOne) {
  const auto judged = judge(step({R"({"status": 200, "of": "$view.page"})"}), ended_with("refused"));
  EXPECT_EQ(judged.outcome, Outcome::fail);
}

TEST(JudgeStepTest, ResultIsJudgedBeforeRequire) {
  // Rule 11: a refusal must not turn a failure into a skip.
  const auto judged = judge(step({sees_x, R"({"result": "ok"})"}, {sees_y}), ended_with("refused"));
  EXPECT_EQ(judged.outcome, Outcome::fail);
  EXPECT_THAT(judged.claims, SizeIs(1));
}

TEST(JudgeStepTest, AnUnmetRequireSkipsAndNamesItsHint) {
  const auto judged =
      judge(step({sees_y}, {R"({"value": "$patient.encounters", "min": 3, "hint": "The test patient has no visit."})"}),
            message("text/plain", "x"));
  EXPECT_EQ(judged.outcome, Outcome::skip);
  EXPECT_THAT(judged.cause, HasSubstr("The test patient has no visit."));
  ASSERT_THAT(judged.claims, SizeIs(2));
  EXPECT_EQ(judged.claims[1].gate, "require");
}

TEST(JudgeStepTest, ARequireThatCannotBeJudgedIsUnmet) {
  EXPECT_EQ(judge(step({sees_x}, {R"({"value": "$patient.nickname"})"}), message("text/plain", "x")).outcome,
            Outcome::skip);
}

TEST(JudgeStepTest, WhatCannotBeJudgedSkipsAndNeverPasses) {
  const auto judged = judge(step({R"({"result": "ok"})", R"({"header": "etag"})"}), mail());
  EXPECT_EQ(judged.outcome, Outcome::skip);
  EXPECT_THAT(judged.cause, HasSubstr("has no HTTP header"));
}

TEST(JudgeStepTest, AProvenFailureOutweighsWhatCannotBeJudged) {
  const auto judged = judge(step({R"({"header": "etag"})", R"({"mime": "attachment", "count": 9})"}), mail());
  EXPECT_EQ(judged.outcome, Outcome::fail);
}

TEST(JudgeStepTest, NothingThatCannotBeJudgedCountsAtMay) {
  EXPECT_EQ(judge(step({R"({"header": "etag", "level": "MAY"})"}), mail()).outcome, Outcome::pass);
}

TEST(JudgeStepTest, AFailedShouldAboutTheResultDoesNotHideAShall) {
  const auto judged = judge(step({R"({"status": 201, "level": "SHOULD"})", sees_y}), message("text/plain", "x"));
  EXPECT_EQ(judged.outcome, Outcome::fail);
  EXPECT_THAT(judged.claims, SizeIs(2));
}

TEST(JudgeStepTest, ResultsThatNobodyJudgesAreErrorsOfTheirKind) {
  const auto kind = [](std::string result) {
    const auto judged = judge(step({R"({"result": "ok"})"}), ended_with(std::move(result)));
    EXPECT_EQ(judged.outcome, Outcome::error);
    EXPECT_THAT(judged.claims, IsEmpty());
    EXPECT_THAT(judged.cause, HasSubstr(": because"));
    return judged.kind;
  };
  EXPECT_EQ(kind("connector_lost"), "connector_lost");
  EXPECT_EQ(kind("connector_stuck"), "connector_stuck");
  EXPECT_EQ(kind("internal"), "connector_broken");
  EXPECT_EQ(kind("out_of_memory"), "connector_broken");
  EXPECT_EQ(kind("host_fault"), "harness");
  EXPECT_EQ(kind("invalid"), "config");
}

TEST(JudgeStepTest, CancelledAndPendingAreNotJudged) {
  EXPECT_EQ(judge(step({sees_x}), ended_with("cancelled")).outcome, Outcome::cancel);
  EXPECT_EQ(judge(step({sees_x}), ended_with("pending")).outcome, Outcome::skip);
}

TEST(JudgeStepTest, NoAnswerFailsEvenWithoutAResultClaim) {
  EXPECT_EQ(judge(step({has_status}), unanswered()).outcome, Outcome::fail);
  EXPECT_EQ(judge(step({sees_x}), unanswered()).outcome, Outcome::fail);
}

TEST(JudgeStepTest, ACheckHasNoImpliedResult) {
  auto check = step({R"({"value": "$patient.family_name", "is": "Newman"})"});
  check.action = suite::Action::check;
  const auto judged = judge_step(check, scope(), nullptr, Level::shall);
  EXPECT_EQ(judged.outcome, Outcome::pass);
  ASSERT_THAT(judged.claims, SizeIs(1));
  EXPECT_EQ(judged.claims[0].gate, "check");
}

TEST(JudgeStepTest, SavesWhatWasAskedFor) {
  const auto judged = judge(saving(saving(step({}), "page", "body"), "b", "json", "$.a[*]"),
                            message("application/json", R"({"a": [1, 2]})"));
  ASSERT_THAT(judged.saved, SizeIs(2));
  EXPECT_EQ(judged.saved[0].first, "page");
  EXPECT_EQ(as_document(judged.saved[0].second)->body, R"({"a": [1, 2]})");
  EXPECT_EQ(to_json(judged.saved[1].second), "[1,2]");
}

TEST(JudgeStepTest, ASavedQueryForOneNodeStaysWhole) {
  const auto judged = judge(saving(step({}), "list", "json", "$.a"), message("application/json", R"({"a": [1]})"));
  ASSERT_THAT(judged.saved, SizeIs(1));
  EXPECT_EQ(to_json(judged.saved[0].second), "[1]");
}

TEST(JudgeStepTest, ReferencesOfWhatIsSavedAreReplaced) {
  const auto judged =
      judge(saving(step({}), "a", "json", "$.a[?@.n == '${patient.family_name}'].id"),
            message("application/json", R"({"a": [{"n": "Oldman", "id": 1}, {"n": "Newman", "id": 2}]})"));
  ASSERT_THAT(judged.saved, SizeIs(1));
  EXPECT_EQ(to_json(judged.saved[0].second), "2");
}

TEST(JudgeStepTest, SavesNothingThatIsNotThere) {
  EXPECT_THAT(judge(saving(step({}), "a", "json", "$.b"), message("application/json", "{}")).saved, IsEmpty());
  EXPECT_THAT(judge(saving(step({}), "a", "json", "$.b"), message("text/html", "<p>")).saved, IsEmpty());
}

TEST(JudgeStepTest, SavesNothingOfARefusalOrAnUnmetRequire) {
  EXPECT_THAT(judge(saving(step({R"({"result": "ok"})"}), "page", "body"), ended_with("refused")).saved, IsEmpty());
  EXPECT_THAT(judge(saving(step({}, {sees_y}), "page", "body"), message("text/plain", "x")).saved, IsEmpty());
  EXPECT_THAT(
      judge(saving(step({R"({"status": 201, "level": "SHOULD"})"}), "page", "body"), message("text/plain", "x")).saved,
      IsEmpty());
}

TEST(JudgeStepTest, SavesAlsoWhenAnotherClaimFails) {
  EXPECT_THAT(judge(saving(step({sees_y}), "page", "body"), message("text/plain", "x")).saved, SizeIs(1));
}

// Judges by the first word of a document: "good", "bad"; nothing of others.
class FakeValidator : public Validator {
 public:
  Validity validate(const Asked& asked, std::string_view bytes) const override {
    last_direct_as = asked.direct_as;
    if (!asked.row.empty()) last_row = fmt::format("{} {}", asked.row, evidence::to_word(asked.level));
    const std::string found = std::string(asked.kind) + ": " + std::string(bytes);
    if (bytes.starts_with("good")) return {Holds::held, found};
    if (bytes.starts_with("bad")) return {Holds::violated, found};
    return {Holds::unjudgeable, "no rules at hand"};
  }

  mutable std::string last_row;
  mutable std::string last_direct_as;
};

StepJudgement judge_valid(const suite::Step& step, const evidence::Message& message, Level level = Level::shall) {
  const FakeValidator validator;
  return judge_step(step, scope(), &message, level, &validator);
}

TEST(JudgeStepTest, TheRunsOptionChoosesTheVersionThatMailsAreJudgedBy) {
  const FakeValidator validator;
  const auto asked = [&](Value options) {
    Scope with_options(Value::object({{"options", std::move(options)}}));
    const auto mail = message("message/rfc822", "good");
    judge_step(step({R"({"valid": "direct-message"})"}), with_options, &mail, Level::shall, &validator);
    return validator.last_direct_as;
  };
  EXPECT_EQ(asked(Value::object({{"direct_as", "1.3"}})), "1.3");
  EXPECT_EQ(asked(Value::object()), "");
}

constexpr auto is_valid = R"({"valid": "ccda/ccd-2.1"})";

TEST(JudgeStepTest, ADocumentIsJudgedWhole) {
  const auto good = judge_valid(step({is_valid}), message("text/xml", "good one"));
  EXPECT_EQ(good.outcome, Outcome::pass);
  ASSERT_THAT(good.claims, SizeIs(2));
  EXPECT_EQ(good.claims[1].expected, "a valid document of ccda/ccd-2.1");
  EXPECT_EQ(good.claims[1].found, "ccda/ccd-2.1: good one");
  const auto bad = judge_valid(step({is_valid}), message("text/xml", "bad one"));
  EXPECT_EQ(bad.outcome, Outcome::fail);
  EXPECT_THAT(bad.cause, HasSubstr("found ccda/ccd-2.1: bad one"));
  EXPECT_EQ(judge_valid(step({is_valid}), message("text/xml", "bad one"), Level::should).outcome, Outcome::warn);
  EXPECT_EQ(judge_valid(step({is_valid}), message("text/xml", "")).outcome, Outcome::fail);
}

TEST(JudgeStepTest, ADocumentIsJudgedByTheRulesOfOneRequirement) {
  const FakeValidator validator;
  const auto document = message("text/plain", "bad one");
  const auto judged =
      judge_step(step({R"({"valid": "va-text", "by": "TXT-VA-01"})"}), scope(), &document, Level::shall, &validator);
  EXPECT_EQ(judged.outcome, Outcome::fail);
  EXPECT_EQ(judged.claims[1].expected, "a document of va-text that keeps TXT-VA-01");
  EXPECT_EQ(validator.last_row, "TXT-VA-01 SHALL");
  // The level of the claim is that of the rules that are asked.
  const auto weak = judge_step(step({R"({"valid": "html", "by": "A11Y-14-b", "level": "SHOULD"})"}), scope(), &document,
                               Level::shall, &validator);
  EXPECT_EQ(weak.outcome, Outcome::warn);
  EXPECT_EQ(validator.last_row, "A11Y-14-b SHOULD");
}

TEST(JudgeStepTest, ADocumentThatWasSavedIsJudgedWhole) {
  const FakeValidator validator;
  Scope saved = scope();
  saved.save("download", "file", make_document({"text/xml", "", "bad one"}));
  const auto judged = [&](std::string_view text) {
    suite::Step check = step({text});
    check.action = suite::Action::check;
    return judge_step(check, saved, nullptr, Level::shall, &validator).outcome;
  };
  EXPECT_EQ(judged(R"({"valid": "ccda", "of": "$download.file"})"), Outcome::fail);
  EXPECT_EQ(judged(R"({"valid": "ccda", "of": "$download.other"})"), Outcome::skip);
  EXPECT_EQ(judged(R"({"valid": "ccda"})"), Outcome::skip);
}

TEST(JudgeStepTest, WithoutItsValidatorNothingIsValidAndNothingFails) {
  const auto unknown = message("text/xml", "?");
  for (const auto& asked : {step({is_valid}), step({}, {is_valid})}) {
    const auto judged = judge_valid(asked, unknown);
    EXPECT_EQ(judged.outcome, Outcome::error);
    EXPECT_EQ(judged.kind, "validator_unavailable");
    EXPECT_THAT(judged.cause, HasSubstr("no rules at hand"));
  }
  EXPECT_EQ(judge(step({is_valid}), message("text/xml", "good")).kind, "validator_unavailable");
  EXPECT_EQ(judge_valid(step({is_valid}), unknown, Level::may).outcome, Outcome::pass);
  // What the system did wrong is still that.
  const auto failed = judge_valid(step({is_valid, sees_y}), message("text/plain", "?"));
  EXPECT_EQ(failed.outcome, Outcome::fail);
  EXPECT_EQ(failed.kind, "");
}

// Copies of a record that tests saved.
class SameTest : public testing::Test {
 protected:
  SameTest() {
    const auto text = read_text(std::string(BB_SOURCE_DIR) + "/samples/records/alice.xml");
    EXPECT_TRUE(text);
    ccda_ = text ? *text : std::string{};
    const auto record = records::read_record(ccda_);
    EXPECT_TRUE(record);
    if (record) page_ = records::write_html_fragment(*record);
    save("view", page_);
    save("download", ccda_);
  }

  void save(const std::string& test, const std::string& body) {
    scope_.save(test, "file", make_document({"application/octet-stream", "", body}));
  }

  StepJudgement judged(std::string_view claim) {
    suite::Step check = step({claim});
    check.action = suite::Action::check;
    return judge_step(check, scope_, nullptr, Level::shall, validator_);
  }

  const Validator* validator_ = nullptr;
  Scope scope_ = scope();
  std::string ccda_, page_;
};

constexpr auto are_same = R"({"same": ["$view.file", "$download.file"]})";

TEST_F(SameTest, CopiesThatAgreePass) {
  const auto judgement = judged(are_same);
  EXPECT_EQ(judgement.outcome, Outcome::pass);
  EXPECT_THAT(judgement.claims.back().found, HasSubstr("The copies agree: 39 facts compared."));
}

TEST_F(SameTest, NamesTheFactThatDiffers) {
  save("transmit", replace_all(ccda_, "value=\"2\" unit=\"{puff}\"", "value=\"3\" unit=\"{puff}\""));
  const auto judgement = judged(R"({"same": ["$download.file", "$transmit.file"]})");
  EXPECT_EQ(judgement.outcome, Outcome::fail);
  EXPECT_THAT(judgement.cause,
              HasSubstr("medication 'albuterol 0.09 MG/ACTUAT Metered Dose Inhaler': dose is '3 puff' in B"));
  EXPECT_EQ(judged(R"({"same": ["$download.file", "$transmit.file"], "by": "facts/identity"})").outcome, Outcome::pass);
}

TEST_F(SameTest, ByXmlTheDocumentIsTheSameAndNotItsFactsAlone) {
  constexpr auto are_same_xml = R"({"same": ["$download.file", "$transmit.file"], "by": "xml"})";
  save("transmit", ccda_ + "<!-- behind it -->");
  EXPECT_EQ(judged(are_same_xml).outcome, Outcome::pass) << judged(are_same_xml).cause;
  save("transmit", replace_all(ccda_, "</paragraph>", " </paragraph>"));
  EXPECT_EQ(judged(R"({"same": ["$download.file", "$transmit.file"]})").outcome, Outcome::pass);
  const auto failed = judged(are_same_xml);
  EXPECT_EQ(failed.outcome, Outcome::fail);
  EXPECT_THAT(failed.cause, HasSubstr("$download.file and $transmit.file differ: line "));
  save("transmit", "no document");
  EXPECT_THAT(judged(are_same_xml).cause, HasSubstr("$transmit.file: not XML: line 1"));
  save("transmit", "");
  EXPECT_EQ(judged(are_same_xml).outcome, Outcome::fail);
  EXPECT_EQ(judged(R"({"same": ["$download.file", "$nothing.file"], "by": "xml"})").outcome, Outcome::skip);
}

// A program that reads PDF, and finds these words.
class PdfReader : public Validator {
 public:
  explicit PdfReader(std::string words) : words_(std::move(words)) {}
  Validity validate(const Asked&, std::string_view) const override { return {}; }
  Result<std::string> pdf_words(std::string_view) const override { return words_; }

 private:
  std::string words_;
};

TEST_F(SameTest, APdfIsReadWhereSomethingReadsItsWords) {
  save("view", "%PDF-1.7");
  const auto words = records::html_to_text(page_);
  const PdfReader reader(words), other(replace_all(words, "Penicillin", "Aspirin"));
  validator_ = &reader;
  EXPECT_EQ(judged(are_same).outcome, Outcome::pass) << judged(are_same).cause;
  validator_ = &other;
  EXPECT_EQ(judged(are_same).outcome, Outcome::fail);
  EXPECT_THAT(judged(are_same).cause, HasSubstr("Penicillin"));
}

TEST_F(SameTest, WhatIsNoCopyFailsAndWhatCannotBeReadIsLeftOpen) {
  save("view", "");
  EXPECT_EQ(judged(are_same).outcome, Outcome::fail);
  save("view", "no document");
  EXPECT_EQ(judged(are_same).outcome, Outcome::fail);
  save("view", "%PDF-1.7 words that nothing reads here");
  EXPECT_EQ(judged(are_same).outcome, Outcome::skip);
  EXPECT_EQ(judged(R"({"same": ["$download.file", "$nothing.file"]})").outcome, Outcome::skip);
  // People's copies alone hold no facts that could be missing.
  save("view", page_);
  save("other", page_);
  EXPECT_EQ(judged(R"({"same": ["$view.file", "$other.file"]})").outcome, Outcome::skip);
}

}  // namespace
}  // namespace bb::checks
