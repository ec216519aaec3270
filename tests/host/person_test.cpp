// Questions of a connector to a person: who answered what reaches the connector
// and the record, and what is no question or no answer is told apart.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <optional>

#include <bb/core/time.hpp>
#include "host/certificates.hpp"
#include "host/host_fixture.hpp"
#include "services/person.hpp"
#include "support/temporary_folder.hpp"

namespace bb::test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::int64_t answered_ns = 1'700'000'000ll * ns_per_second;  // 2023-11-14T22:13:20Z

// Answers by question id, and counts how often it was asked.
class Book final : public host::People {
 public:
  std::optional<host::PersonAnswer> ask(const host::Question& question) override {
    asked.push_back(question);
    const auto found = answers.find(question.id);
    return found == answers.end() ? std::nullopt : std::optional(found->second);
  }
  std::string how_to_answer(const host::Question& question) const override { return "write down " + question.id; }

  std::map<std::string, host::PersonAnswer> answers;
  std::vector<host::Question> asked;
};

struct PersonTest : testing::Test, Scripted {
  PersonTest() { options.people = &book; }

  void answer(const std::string& text, const std::string& id = "consent") {
    book.answers[id] = {"Ada Example", answered_ns, false, text, {}, {}};
  }
  void hand_over(const std::filesystem::path& file, const std::string& media_type = {}) {
    book.answers["consent"] = {"Ada Example", answered_ns, false, {}, file, media_type};
  }
  host::Reply ask(Value arguments = Value::object(), const host::CallOptions& call = {}) {
    return probe("ask", std::move(arguments), call);
  }
  host::Reply ask(bb_question_kind kind) { return ask(Value::object({{"kind", kind}})); }
  static Value said(const host::Reply& reply) {
    EXPECT_EQ(reply.status, BB_OK) << reply.error.message;
    const auto parsed = parse_json(reply.body);
    return parsed ? *parsed : Value();
  }
  std::string noted(const std::string& name) const {
    for (const auto& [key, value] : recorder.records.at(0).attributes)
      if (key == name) return value;
    return "(none)";
  }

  Book book;
  TemporaryFolder folder;
};

// --- answers ---

TEST_F(PersonTest, AnAnswerSaysWhoAnsweredAndWhen) {
  answer("yes");
  const Value got = said(ask());
  EXPECT_EQ(got["text"].string_or(""), "yes");
  EXPECT_EQ(got["name"].string_or(""), "Ada Example");
  EXPECT_EQ(got["at"].integer_or(0), answered_ns);
  EXPECT_EQ(got["kind"].integer_or(0), BB_QUESTION_CONFIRM);
  EXPECT_EQ(got["size"].integer_or(-1), 0);
}

TEST_F(PersonTest, EveryKindIsAsked) {
  for (const auto& [kind, text] : {std::pair<bb_question_kind, std::string>{BB_QUESTION_INSTRUCT, "done"},
                                   {BB_QUESTION_CONFIRM, "no"},
                                   {BB_QUESTION_TEXT, "blue"}}) {
    const std::string id = "q" + std::to_string(kind);
    answer(text, id);
    EXPECT_EQ(said(ask(Value::object({{"kind", kind}, {"id", id}})))["text"].string_or(""), text);
  }
  answer("Z\xC3\xBCrich", "where");
  const Value got = said(ask(Value::object(
      {{"kind", BB_QUESTION_CHOICE}, {"id", "where"}, {"choices", Value::Array{"Bern", "Z\xC3\xBCrich"}}})));
  EXPECT_EQ(got["text"].string_or(""), "Z\xC3\xBCrich");
  EXPECT_EQ(book.asked.back().choices, (std::vector<std::string>{"Bern", "Z\xC3\xBCrich"}));
  EXPECT_EQ(book.asked.back().instance, "portal/alice");
}

TEST_F(PersonTest, AFileComesInPieces) {
  const std::string bytes(200'000, 'x');
  hand_over(write_file(folder.path(), "export.xml", bytes), "application/xml");
  const Value got = said(ask(Value::object({{"kind", BB_QUESTION_FILE}, {"accept", "text/plain application/*"}})));
  EXPECT_EQ(got["filename"].string_or(""), "export.xml");
  EXPECT_EQ(got["media_type"].string_or(""), "application/xml");
  EXPECT_EQ(got["size"].integer_or(0), 200'000);
  EXPECT_EQ(got["written"].integer_or(0), 200'000);
  EXPECT_EQ(recorder.records.at(0).received, bytes);
}

TEST_F(PersonTest, WhatWasHandedOverInAnEarlierProcessIsHandedOverAgain) {
  host::PersonAnswer answer{"Ada Example", answered_ns, false, {}, {}, "text/html"};
  answer.content = "<p>kept</p>";
  answer.filename = "page.html";
  book.answers["consent"] = answer;
  const Value got = said(ask(BB_QUESTION_FILE));
  EXPECT_EQ(got["filename"].string_or(""), "page.html");
  EXPECT_EQ(got["written"].integer_or(0), 11);
  EXPECT_EQ(recorder.records.at(0).received, "<p>kept</p>");
  EXPECT_EQ(noted("filename"), "page.html");
}

TEST_F(PersonTest, AnEmptyFileIsAnAnswer) {
  hand_over(write_file(folder.path(), "empty", ""));
  const Value got = said(ask(BB_QUESTION_SCREENSHOT));
  EXPECT_EQ(got["size"].integer_or(-1), 0);
  EXPECT_EQ(got["written"].integer_or(-1), 0);
}

TEST_F(PersonTest, TheSameQuestionIsAskedOnce) {
  answer("yes");
  ask();
  ask();
  EXPECT_THAT(book.asked, SizeIs(1));
  EXPECT_THAT(recorder.records, SizeIs(1));
}

// --- nobody answers ---

TEST_F(PersonTest, NobodyHasAnsweredYet) {
  const host::Reply reply = ask();
  EXPECT_EQ(reply.status, BB_E_PENDING);
  EXPECT_EQ(host::result_word(reply), "pending");
  EXPECT_EQ(reply.error.message, "nobody has answered yet: 'May I?'; write down consent");
}

TEST_F(PersonTest, WhatIsPendingIsAskedAgainAndRecordedOnce) {
  ask();
  ask();
  EXPECT_THAT(book.asked, SizeIs(2));
  ASSERT_THAT(recorder.records, SizeIs(1));
  EXPECT_EQ(noted("answer"), "pending");
  answer("yes");
  EXPECT_EQ(ask().status, BB_OK);
  EXPECT_THAT(recorder.records, SizeIs(2));
}

TEST_F(PersonTest, AHostWithoutPeopleLeavesEveryQuestionOpen) {
  options.people = nullptr;
  const host::Reply reply = ask();
  EXPECT_EQ(reply.status, BB_E_PENDING);
  EXPECT_THAT(reply.error.message, HasSubstr("this host has nobody to ask"));
}

TEST_F(PersonTest, AQuestionThatNobodyAnsweredInTimeIsNobodysMistake) {
  const host::Reply reply = ask(Value::object({{"deadline", 1}}));
  EXPECT_EQ(reply.status, BB_E_DEADLINE);
  EXPECT_EQ(host::result_word(reply), "pending");
  EXPECT_THAT(reply.error.message, HasSubstr("nobody answered in time: 'May I?'"));
  EXPECT_EQ(ask(Value::object({{"deadline", clock->now_unix_ns() + 3600 * ns_per_second}})).status, BB_E_PENDING);
}

TEST_F(PersonTest, WhoDeclinesStopsTheCall) {
  book.answers["consent"] = {"Ada Example", answered_ns, true, {}, {}, {}};
  const host::Reply reply = ask();
  EXPECT_EQ(host::result_word(reply), "cancelled");
  EXPECT_EQ(reply.error.message, "Ada Example declined to answer 'May I?'");
  EXPECT_EQ(noted("answer"), "declined");
}

TEST_F(PersonTest, ACancelledCallAsksNobody) {
  host::Cancellation cancellation;
  cancellation.cancel();
  EXPECT_EQ(ask(Value::object(), {.cancellation = &cancellation}).status, BB_E_CANCELLED);
  EXPECT_THAT(book.asked, IsEmpty());
}

TEST_F(PersonTest, SigningInMayWaitForAPersonWithoutAChallenge) {
  const Value request = Value::object({{"method", "password"}, {"account", "asks-a-person"}});
  const host::Reply waiting = invoke("bb.session/1", "open", request);
  EXPECT_EQ(waiting.status, BB_E_PENDING) << waiting.error.message;
  answer("yes");
  EXPECT_EQ(invoke("bb.session/1", "open", request).status, BB_OK);
}

// --- evidence ---

TEST_F(PersonTest, QuestionAndAnswerAreEvidenceWithoutSecrets) {
  options.secrets["password"] = {"", write_file(folder.path(), "password", "person-canary")};
  probe("secret", Value::object({{"name", "password"}}));
  answer("it is person-canary");
  const Value got = said(
      ask(Value::object(
              {{"kind", BB_QUESTION_TEXT}, {"title", "Which colour?"}, {"text", "On the page\nafter person-canary"}}),
          {.call_id = 9}));
  EXPECT_EQ(got["text"].string_or(""), "it is [secret password]");  // the reply is redacted too
  ASSERT_THAT(recorder.records, SizeIs(1));
  const host::EvidenceRecord& record = recorder.records[0];
  EXPECT_EQ(record.instance, "portal/alice");
  EXPECT_EQ(record.call_id, 9u);
  EXPECT_EQ(record.protocol, "person");
  EXPECT_EQ(record.step, "consent");
  EXPECT_EQ(record.peer, "Ada Example");
  EXPECT_EQ(record.sent, "Which colour?\n\nOn the page\nafter [secret password]");
  EXPECT_EQ(record.received, "it is [secret password]");
  EXPECT_EQ(noted("kind"), "text");
  EXPECT_EQ(noted("answer"), "given");
  EXPECT_EQ(noted("at"), "2023-11-14T22:13:20.000Z");
}

// --- what is no answer ---

TEST_F(PersonTest, AnAnswerThatIsNoneIsAMistakeOfWhoGaveIt) {
  const auto told = [&](const std::string& text, Value question) {
    answer(text);
    const host::Reply reply = ask(std::move(question));
    EXPECT_EQ(host::result_word(reply), "invalid");
    connector.reset();
    return reply.error.message;
  };
  EXPECT_EQ(told("maybe", Value::object()),
            "the answer of Ada Example to question 'consent' of portal/alice is 'maybe', expected 'yes' or 'no'; "
            "write down consent");
  EXPECT_THAT(told("yes", Value::object({{"kind", BB_QUESTION_INSTRUCT}})), HasSubstr("is 'yes', expected 'done'"));
  EXPECT_THAT(told("c", Value::object({{"kind", BB_QUESTION_CHOICE}, {"choices", Value::Array{"a", "b"}}})),
              HasSubstr("is 'c', expected one of: a, b"));
  EXPECT_THAT(told("x.xml", Value::object({{"kind", BB_QUESTION_FILE}})), HasSubstr("is 'x.xml', expected a file"));
  EXPECT_THAT(told(std::string(host::answer_text_bytes_max + 1, 'a'), Value::object({{"kind", BB_QUESTION_TEXT}})),
              HasSubstr("has 65537 bytes, expected at most 65536"));
  EXPECT_THAT(recorder.records, IsEmpty());
}

TEST_F(PersonTest, TheLongestAnswerIsOne) {
  answer(std::string(host::answer_text_bytes_max, 'a'));
  EXPECT_EQ(ask(BB_QUESTION_TEXT).status, BB_OK);
}

TEST_F(PersonTest, AFileOfAnotherTypeOrForAnotherKindIsNoAnswer) {
  hand_over(write_file(folder.path(), "a.png", "x"), "image/png");
  EXPECT_THAT(ask(Value::object({{"kind", BB_QUESTION_FILE}, {"accept", "text/xml application/xml"}})).error.message,
              HasSubstr("is a file of type 'image/png', expected text/xml or application/xml"));
  connector.reset();
  EXPECT_THAT(ask(BB_QUESTION_TEXT).error.message, HasSubstr("is a file, expected text"));
}

TEST_F(PersonTest, AFileThatIsNotThereIsNamed) {
  hand_over(folder.path() / "gone.xml");
  const host::Reply reply = ask(BB_QUESTION_FILE);
  EXPECT_EQ(reply.status, BB_E_NOT_FOUND);
  EXPECT_EQ(host::result_word(reply), "invalid");
  EXPECT_THAT(reply.error.message, HasSubstr("gone.xml"));
  // Goal: who puts it there later is heard.
  write_file(folder.path(), "gone.xml", "here");
  EXPECT_EQ(said(ask(BB_QUESTION_FILE))["content"].string_or(""), "here");
  EXPECT_THAT(recorder.records, SizeIs(1));
}

TEST_F(PersonTest, AFileThatHasChangedIsEvidenceAgain) {
  hand_over(write_file(folder.path(), "a", "first"));
  ask(BB_QUESTION_FILE);
  ask(BB_QUESTION_FILE);
  EXPECT_THAT(recorder.records, SizeIs(1));
  write_file(folder.path(), "a", "second");
  EXPECT_EQ(said(ask(BB_QUESTION_FILE))["content"].string_or(""), "second");
  ASSERT_THAT(recorder.records, SizeIs(2));
  EXPECT_EQ(recorder.records[1].received, "second");
  EXPECT_THAT(book.asked, SizeIs(1));
}

TEST_F(PersonTest, AFileOverTheLimitIsRefusedUnread) {
  const auto file = write_file(folder.path(), "large", "");
  std::filesystem::resize_file(file, host::answer_file_bytes_max + 1);
  hand_over(file);
  const host::Reply reply = ask(BB_QUESTION_FILE);
  EXPECT_EQ(reply.status, BB_E_TOO_LARGE);
  EXPECT_EQ(host::result_word(reply), "invalid");
  EXPECT_THAT(reply.error.message, HasSubstr("has 67108865 bytes, at most 67108864 are allowed"));
}

TEST_F(PersonTest, ASinkThatStopsEndsTheAnswer) {
  hand_over(write_file(folder.path(), "a", "x"));
  for (const char* const at : {"answer", "write"})
    EXPECT_EQ(ask(Value::object({{"kind", BB_QUESTION_FILE}, {"stop_at", at}})).status, BB_E_INTERNAL) << at;
}

// --- what is no question ---

TEST_F(PersonTest, AQuestionThatBreaksARuleIsTheConnectors) {
  answer("yes");
  const auto told = [&](Value question) {
    const host::Reply reply = ask(std::move(question));
    EXPECT_EQ(host::result_word(reply), "internal");
    return reply.error.message;
  };
  EXPECT_EQ(told(Value::object({{"id", "Consent"}})),
            "a question's id must be 1 to 64 of a-z, 0-9, '_' and '-', got 'Consent'");
  EXPECT_THAT(told(Value::object({{"id", ""}})), HasSubstr("got ''"));
  EXPECT_THAT(told(Value::object({{"id", std::string(65, 'a')}})), HasSubstr("a question's id"));
  EXPECT_THAT(told(Value::object({{"kind", 0}})), HasSubstr("the kind of question 'consent' is 0, which is none"));
  EXPECT_THAT(told(Value::object({{"kind", 7}})), HasSubstr("is 7, which is none"));
  for (const std::string& title : {std::string(), std::string("a\nb"), std::string("\x1b[2J"), std::string(201, 't')})
    EXPECT_THAT(told(Value::object({{"title", title}})), HasSubstr("must be one line of 1 to 200 bytes"));
  for (const std::string& body : {std::string("\x07"), std::string(4097, 't')})
    EXPECT_THAT(told(Value::object({{"text", body}})), HasSubstr("must be plain text of at most 4096 bytes"));
  EXPECT_THAT(told(Value::object({{"accept", std::string(401, 'a')}})), HasSubstr("at most 400 bytes"));
  EXPECT_THAT(told(Value::object({{"choices", Value::Array{"a"}}})), HasSubstr("has 1 choices, expected none"));
  const auto choice = [](Value::Array choices) {
    return Value::object({{"kind", BB_QUESTION_CHOICE}, {"choices", std::move(choices)}});
  };
  EXPECT_THAT(told(choice({})), HasSubstr("has 0 choices, expected 1 to 100"));
  EXPECT_THAT(told(choice({"a", "b", "a"})), HasSubstr("the choice 'a' of question 'consent' is there twice"));
  EXPECT_THAT(told(choice({std::string(201, 'c')})), HasSubstr("a choice of question 'consent' must be one line"));
  Value::Array many;
  for (int i = 0; i <= 100; ++i) many.push_back(std::to_string(i));
  EXPECT_THAT(told(choice(many)), HasSubstr("has 101 choices"));
  Value null_choices = choice({"a"});
  null_choices.set("no_choices", true);
  EXPECT_THAT(told(std::move(null_choices)), HasSubstr("choices"));
  EXPECT_THAT(told(Value::object({{"struct_size", 8}})), HasSubstr("incomplete"));
  EXPECT_THAT(book.asked, IsEmpty());
  EXPECT_THAT(recorder.records, IsEmpty());
}

TEST_F(PersonTest, TheLongestQuestionIsOne) {
  const std::string id(host::question_id_bytes_max, 'a');
  answer("99", id);
  Value::Array choices{std::string(host::question_choice_bytes_max, 'c')};
  for (std::size_t i = 1; i < host::question_choices_max; ++i) choices.push_back(std::to_string(i));
  const host::Reply reply = ask(Value::object({{"kind", BB_QUESTION_CHOICE},
                                               {"id", id},
                                               {"title", std::string(host::question_title_bytes_max, 't')},
                                               {"text", std::string(host::question_text_bytes_max, '\n')},
                                               {"choices", std::move(choices)}}));
  EXPECT_EQ(reply.status, BB_OK) << reply.error.message;
}

TEST_F(PersonTest, AnotherQuestionNeedsAnotherId) {
  answer("yes");
  ask();
  const host::Reply reply = ask(Value::object({{"title", "Something else?"}}));
  EXPECT_EQ(host::result_word(reply), "internal");
  EXPECT_THAT(reply.error.message, HasSubstr("asks something else than before"));
}

TEST_F(PersonTest, WhoAsksWithoutEndIsStopped) {
  for (std::size_t i = 0; i < host::questions_max; ++i)
    ASSERT_EQ(ask(Value::object({{"id", "q" + std::to_string(i)}})).status, BB_E_PENDING);
  const host::Reply reply = ask(Value::object({{"id", "one-more"}}));
  EXPECT_EQ(host::result_word(reply), "internal");
  EXPECT_THAT(reply.error.message, HasSubstr("asked over 1000 questions"));
}

}  // namespace
}  // namespace bb::test
