// Which message a wait takes, and what is said of those that it leaves.
#include "harness/engine/message_match.hpp"

#include <map>
#include <vector>

#include <bb/core/text.hpp>

#include "run_fixture.hpp"

namespace bb::test {
namespace {

using engine::fields_of;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(MessageFieldsTest, AreDecodedAndWithoutNames) {
  const auto fields = fields_of(
      "From: \"Doe, Jane\" <jane@direct.example>\r\nSubject: =?utf-8?Q?=C3=9Cber?=\r\n"
      "In-Reply-To: <1@a.example>\r\nReferences: <0@a.example>\r\n\t<1@a.example>\r\n\r\nhello\r\n");
  EXPECT_EQ(fields.subject, "Über");
  EXPECT_EQ(fields.sender, "jane@direct.example");
  EXPECT_THAT(*fields.answers, ElementsAre("1@a.example", "0@a.example", "1@a.example"));
}

// RFC 8098, appendix A, shortened.
TEST(MessageFieldsTest, ANotificationAnswersTheMessageItReportsOn) {
  const auto fields = fields_of(
      "From: Joe Recipient <Joe_Recipient@example.com>\r\nSubject: Re: Disposition notification\r\n"
      "MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=disposition-notification;\r\n"
      " boundary=\"RAA14128.773615765/example.com\"\r\n\r\n--RAA14128.773615765/example.com\r\n"
      "Content-type: text/plain\r\n\r\nThe message has been displayed.\r\n\r\n--RAA14128.773615765/example.com\r\n"
      "Content-type: message/disposition-notification\r\n\r\nReporting-UA: joes-pc.cs.example.com; Foomail 97.1\r\n"
      "Original-Recipient: rfc822;Joe_Recipient@example.com\r\nFinal-Recipient: rfc822;Joe_Recipient@example.com\r\n"
      "Original-Message-ID: <199509192301.23456@example.org>\r\n"
      "Disposition: manual-action/MDN-sent-manually; displayed\r\n\r\n--RAA14128.773615765/example.com--\r\n");
  EXPECT_THAT(*fields.answers, ElementsAre("199509192301.23456@example.org"));
}

// A mailbox that holds what a test puts into it once something was sent.
class MatchTest : public RunFixture {
 protected:
  struct Message {
    std::string id, header, title{}, opened_header{};
  };
  MatchTest() {
    connectors.add_function("bb.inbox/1 allocate");
    connectors.on("bb.inbox/1 allocate", [](const FakeCall&) {
      return emitted(Value::object({{"address", "a@inbox.example"}}));
    });
    connectors.on("bb.share/1 send", [this](const FakeCall&) {
      is_sent = true;
      return emitted(Value::object({{"receipts", Value::array()}}));
    });
    connectors.on("bb.inbox/1 poll", [this](const FakeCall&) {
      Value items = Value::array();
      for (const auto& one : is_sent ? messages : std::vector<Message>()) {
        Value item = Value::object({{"id", one.id}, {"kind", "message"}});
        if (!one.title.empty()) item.set("title", one.title);
        items.push(std::move(item));
        if (!one.opened_header.empty())
          items.push(
              Value::object({{"id", one.id + ":opened"}, {"kind", "message"}, {"opened", true}, {"parent", one.id}}));
      }
      return emitted(Value::object({{"items", std::move(items)}}));
    });
    connectors.on("bb.inbox/1 read", [this](const FakeCall& call) {
      const std::string id = call.operation.arguments["item_id"].string_or("");
      read.push_back(id);
      for (const auto& one : messages) {
        if (one.id == id) return content(one.header + "\r\n\r\nas it came\r\n", "message/rfc822");
        if (one.id + ":opened" == id) return content(one.opened_header + "\r\n\r\nopened\r\n", "message/rfc822");
      }
      return refusal(BB_E_NOT_FOUND, "no such message");
    });
  }

  // Sends, then waits by each of these arguments in turn, `w0`, `w1` ..., for nine seconds.
  evidence::RunView wait_for(const std::vector<std::string>& arguments) {
    std::string tests =
        "\n  send:\n    title: Messages arrive\n    steps:\n      - {do: portal.share, with: {to: "
        "$inbox.address}}\n";
    for (std::size_t i = 0; i < arguments.size(); ++i)
      tests += "      - {wait: inbox.message, id: w" + std::to_string(i) + ", with: {address: $inbox.address, " +
               arguments[i] + "}, within: 9s}\n";
    return run(load(tests, std::string(target_text) + "clock: virtual\n"));
  }
  // The messages that waits took, by the header's first line; "none" where the time was over.
  static std::vector<std::string> taken(const evidence::RunView& view) {
    std::vector<std::string> lines;
    for (const auto& step : find(view, "send").steps)
      if (step.action.starts_with("wait"))
        lines.push_back(step.message.result == "ok" ? step.message.body.substr(0, step.message.body.find("\r\n"))
                                                    : "none: " + step.message.error);
    return lines;
  }

  bool is_sent = false;
  std::vector<Message> messages;
  std::vector<std::string> read;
};

TEST_F(MatchTest, ASubjectPicksTheMessageAndLeavesTheOthersToLaterWaits) {
  messages = {{"1", "Subject: Visit (hello)"}, {"2", "Subject: Record"}};
  const auto view = wait_for({"subject: Record", R"(subject: {matches: "\\(${word}\\)$"})"});
  EXPECT_EQ(outcome(view, "send"), "pass") << find(view, "send").cause;
  EXPECT_THAT(taken(view), ElementsAre("Subject: Record", "Subject: Visit (hello)"));
  EXPECT_THAT(view.arrivals, IsEmpty());
}

TEST_F(MatchTest, AValueInAPatternStaysAValue) {
  options.inputs["word"] = "a.b";
  messages = {{"1", "Subject: axb"}, {"2", "Subject: a.b"}};
  EXPECT_THAT(taken(wait_for({"subject: {matches: \"^${word}$\"}"})), ElementsAre("Subject: a.b"));
}

TEST_F(MatchTest, ASubjectIsTheWholeOfIt) {
  messages = {{"1", "Subject: Record of a visit"}};
  EXPECT_THAT(taken(wait_for({"subject: Record"})), ElementsAre(HasSubstr("none: no new message")));
}

TEST_F(MatchTest, ASenderIsComparedByAddress) {
  messages = {{"1", "From: other@direct.example"}, {"2", "From: \"Doe, Jane\" <Jane@Direct.example>"}};
  EXPECT_THAT(taken(wait_for({"from: jane@direct.example"})), ElementsAre("From: \"Doe, Jane\" <Jane@Direct.example>"));
}

TEST_F(MatchTest, AnAnswerIsFoundWithOrWithoutBrackets) {
  messages = {{"1", "In-Reply-To: <1@a.example>"}, {"2", "References: <1@a.example> <2@a.example>"}};
  EXPECT_THAT(taken(wait_for({"in_reply_to: <2@a.example>", "in_reply_to: 1@a.example"})),
              ElementsAre("References: <1@a.example> <2@a.example>", "In-Reply-To: <1@a.example>"));
}

TEST_F(MatchTest, AllThatIsAskedForHasToHold) {
  messages = {{"1", "Subject: Record\r\nFrom: a@a.example"}, {"2", "Subject: Record\r\nFrom: b@a.example"}};
  const auto view = wait_for({"subject: Record, from: b@a.example"});
  EXPECT_THAT(find(view, "send").steps.back().message.body, HasSubstr("From: b@a.example"));
}

TEST_F(MatchTest, OfAnOpenedMessageTheFieldsInsideCount) {
  messages = {{"1", "Subject: Encrypted", "", "Subject: Record"}};
  const auto view = wait_for({"subject: Record"});
  ASSERT_EQ(outcome(view, "send"), "pass") << find(view, "send").cause;
  // What is given is the form that was asked for: as it came.
  EXPECT_THAT(taken(view), ElementsAre("Subject: Encrypted"));
  EXPECT_THAT(read, ElementsAre("1:opened", "1"));
}

TEST_F(MatchTest, ATitleThatIsListedNeedsNoReading) {
  messages = {{"1", "Subject: Visit", "Visit"}, {"2", "Subject: Record", "Record"}};
  EXPECT_THAT(taken(wait_for({"subject: Record"})), ElementsAre("Subject: Record"));
  EXPECT_THAT(read, ElementsAre("2"));
}

TEST_F(MatchTest, WhatIsNotItIsReadOnceAndToldWithTheFieldThatDiffers) {
  messages = {{"1", "Subject: Record\r\nFrom: other@direct.example"}};
  const auto view = wait_for({"from: jane@direct.example"});
  EXPECT_THAT(taken(view),
              ElementsAre("none: no new message for a@inbox.example within 9.0 s; what came differs in from"));
  EXPECT_THAT(read, ElementsAre("1"));
  ASSERT_EQ(view.arrivals.size(), 1U);
  EXPECT_EQ(view.arrivals[0].sender, "other@direct.example");
  EXPECT_EQ(view.arrivals[0].nearest.wanted.from, "jane@direct.example");
  ASSERT_EQ(view.arrivals[0].differs.size(), 1U);
  EXPECT_EQ(view.arrivals[0].differs[0].field, "from");
  EXPECT_EQ(view.arrivals[0].differs[0].expected, "jane@direct.example");
  EXPECT_EQ(view.arrivals[0].differs[0].found, "other@direct.example");
}

TEST_F(MatchTest, AFieldThatWouldBeMetByEveryMessageIsNoWait) {
  messages = {{"1", "Subject: Record"}};
  options.inputs["word"] = "";
  const auto view = wait_for({"in_reply_to: $word"});
  EXPECT_EQ(outcome(view, "send"), "skip");
  EXPECT_THAT(find(view, "send").cause, HasSubstr("'in_reply_to' of the wait is \"\", expected a text"));
}

}  // namespace
}  // namespace bb::test
