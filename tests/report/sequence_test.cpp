// From what a run recorded to lanes and arrows. The texts are those of RFC 5321, 3501 and 1939; the
// DNS messages are put together by RFC 1035, 4.1.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/report/report.hpp"
#include "harness/report/sequence.hpp"
#include "harness/report/sequence_words.hpp"
#include "support/message_run.hpp"
#include "support/run_view_fixture.hpp"

namespace bb::report {
namespace {

using test::Recording;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

// "inbox > mail server: looks for mail; none there"
std::vector<std::string> told(const Sequence& sequence) {
  std::vector<std::string> lines;
  for (const auto& arrow : sequence.arrows) {
    auto line = sequence.lanes[arrow.from].title;
    if (arrow.to != arrow.from) line += " > " + sequence.lanes[arrow.to].title;
    line += ": " + arrow.what;
    if (!arrow.answer.empty()) line += "; " + arrow.answer;
    if (arrow.count > 1) line += " x" + std::to_string(arrow.count);
    if (arrow.is_inferred) line += " (inferred)";
    lines.push_back(line);
  }
  return lines;
}

TEST(SequenceTest, TellsTheWayOfAMessageFromThePortalToTheInbox) {
  const auto sequence = sequence_of(test::message_test());
  EXPECT_THAT(sequence.lanes,
              ElementsAre(Lane{"alice, by portal", "BlueBridge"}, Lane{"system behind portal", "portal.example:4001"},
                          Lane{"inbox", "BlueBridge"}, Lane{"mail server", "192.0.2.25"}));
  EXPECT_THAT(told(sequence),
              ElementsAre("alice, by portal > system behind portal: POST /api/shares; 202",
                          "system behind portal > alice, by portal: receipt: accepted for bob@direct.example.org",
                          "inbox > mail server: looks for mail; none there x2",
                          "system behind portal > mail server: encrypted message from alice@portal.example to "
                          "bob@direct.example.org; Received: from portal.example by mail.example.org (inferred)",
                          "mail server > inbox: encrypted message from alice@portal.example to bob@direct.example.org",
                          "inbox: opens the message; taken",
                          "inbox: reads the opened message; encryption valid, signature valid, signer trusted"));
  EXPECT_EQ(sequence.arrows[5].tone, Tone::good);
  EXPECT_EQ(sequence.arrows[6].tone, Tone::good);
  EXPECT_EQ(sequence.arrows[0].event, 1);
  EXPECT_GT(sequence.arrows[4].event, sequence.arrows[0].event);
  EXPECT_TRUE(is_worth_a_picture(sequence));
}

TEST(SequenceTest, AMessageForSomebodyElseDoesNotComeFromTheSystemThatShared) {
  auto test = test::message_test();
  for (auto& step : test.steps)
    for (auto& view : step.records)
      if (const auto at = view.record.received.find("Delivered-To: bob"); at != std::string::npos)
        view.record.received.replace(at, 17, "Delivered-To: eve");
  const auto lines = told(sequence_of(test));
  EXPECT_THAT(lines, testing::Contains(HasSubstr("portal.example > mail server: encrypted message")));
  EXPECT_THAT(lines, Not(testing::Contains(HasSubstr("system behind portal > mail server"))));
}

TEST(SequenceTest, ARefusedMessageIsMarkedSo) {
  auto test = test::message_test();
  for (auto& step : test.steps) {
    for (auto& view : step.records)
      if (view.record.protocol == "smime") view.record.received = "refused by DIRECT-SEC-04: it was changed";
    for (auto& attribute : step.message.attributes)
      if (attribute.name == "opened.signature") attribute.value = "invalid";
  }
  const auto sequence = sequence_of(test);
  EXPECT_EQ(sequence.arrows[5].answer, "refused by DIRECT-SEC-04: it was changed");
  EXPECT_EQ(sequence.arrows[5].tone, Tone::bad);
  EXPECT_EQ(sequence.arrows[6].tone, Tone::bad);
}

TEST(SequenceTest, HandsInAMessageAndTellsWhoWasRefused) {
  Recording recording("sender");
  recording.step("transmit");
  recording.stream("smtp", "open", "192.0.2.25:587");
  recording.stream("smtp", "exchange", "192.0.2.25:587", "", "220 mail.example.org ESMTP\r\n");
  recording.stream("smtp", "exchange", "192.0.2.25:587", "EHLO a.example\r\n",
                   "250-mail.example.org\r\n250 SIZE 1\r\n");
  recording.stream("smtp", "exchange", "192.0.2.25:587", "MAIL FROM:<a@a.example> SIZE=99\r\n", "250 ok\r\n");
  recording.stream("smtp", "exchange", "192.0.2.25:587", "RCPT TO:<b@b.example>\r\n", "250 ok\r\n");
  recording.stream("smtp", "exchange", "192.0.2.25:587", "RCPT TO:<c@b.example>\r\n", "550 5.1.1 nobody\r\n");
  recording.stream("smtp", "exchange", "192.0.2.25:587", "DATA\r\n", "354 go on\r\n");
  recording.stream("smtp", "exchange", "192.0.2.25:587",
                   "From: a@a.example\r\nContent-Type: multipart/signed; boundary=b\r\n\r\n...\r\n.\r\n",
                   "250 2.0.0 queued\r\n");
  EXPECT_THAT(told(sequence_of(recording.test)),
              ElementsAre("sender > mail server: message to c@b.example; 550 5.1.1 nobody",
                          "sender > mail server: signed message, not encrypted from a@a.example to b@b.example; 250 "
                          "2.0.0 queued"));
}

TEST(SequenceTest, TakesMessagesOutByPop3AndRemovesThem) {
  Recording recording("inbox");
  recording.step("message");
  recording.stream("pop3", "open", "192.0.2.25:110");
  recording.stream("pop3", "exchange", "192.0.2.25:110", "LIST\r\n", "+OK\r\n1 120\r\n2 130\r\n.\r\n");
  recording.stream("pop3", "exchange", "192.0.2.25:110", "TOP 1 0\r\n", "+OK\r\nSubject: x\r\n\r\n.\r\n");
  recording.stream("pop3", "exchange", "192.0.2.25:110", "RETR 1\r\n",
                   "+OK\r\nFrom: a@a.example\r\nContent-Type: multipart/report; boundary=b; "
                   "report-type=delivery-status\r\n\r\n.\r\n");
  recording.stream("pop3", "exchange", "192.0.2.25:110", "DELE 1\r\n", "+OK\r\n");
  recording.stream("pop3", "exchange", "192.0.2.25:110", "RETR 3\r\n", "-ERR there is none\r\n");
  recording.step("again");
  recording.stream("pop3", "open", "192.0.2.25:110");
  recording.stream("pop3", "exchange", "192.0.2.25:110", "LIST\r\n", "+OK\r\n2 130\r\n.\r\n");
  EXPECT_THAT(told(sequence_of(recording.test)), ElementsAre("mail server > inbox: delivery report from a@a.example",
                                                             "inbox > mail server: takes a message away",
                                                             "inbox > mail server: POP3 command; -ERR there is none",
                                                             "inbox > mail server: looks for mail; 1 there"));
}

TEST(SequenceTest, PutsQuestionsAndTheirAnswersTogether) {
  const std::string question(
      "\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x03"
      "bob\x07"
      "example\x00\x00\x25\x00\x01",
      29);
  auto answer = question;
  answer[2] = static_cast<char>(0x81);
  answer[7] = 2;
  auto cut = answer;
  cut[2] = static_cast<char>(0x83);
  auto nobody = question;
  nobody[3] = 3;
  EXPECT_EQ(dns_question(question), "CERT bob.example");
  EXPECT_EQ(dns_question(std::string("\x00\x1d", 2) + question), "CERT bob.example");  // over TCP
  EXPECT_EQ(dns_question(question.substr(0, 20)), "question that cannot be read");
  EXPECT_EQ(dns_question(""), "question that cannot be read");
  EXPECT_EQ(dns_answer(nobody), "no such name");
  EXPECT_EQ(dns_answer(question), "no such record");
  EXPECT_EQ(dns_answer("x"), "answer that cannot be read");

  Recording recording("sender");
  recording.step("discover");
  recording.stream("dns", "exchange", "192.0.2.53:53", question);
  recording.stream("dns", "exchange", "192.0.2.53:53", "", cut);
  recording.stream("dns", "exchange", "192.0.2.53:53", question, answer);
  recording.stream("ldap", "open", "192.0.2.54:389");
  recording.test.steps.back().records.back().record.attributes = {{"failure", "refused"}};
  const auto sequence = sequence_of(recording.test);
  EXPECT_THAT(told(sequence), ElementsAre("sender > name server: CERT bob.example; cut short (TC)",
                                          "sender > name server: CERT bob.example; 2 records",
                                          "sender > directory: ldap open; refused"));
  EXPECT_EQ(sequence.arrows[2].tone, Tone::bad);
}

TEST(SequenceTest, AReceiptTellsOfANotificationThatNobodySaw) {
  auto test = test::message_test();
  test.steps.push_back(test.steps[0]);
  test.steps.back().message.body =
      R"({"receipts": [{"delivery": "dispatched", "recipient": "bob@direct.example.org"},
                       {"delivery": "failed", "recipient": "eve@direct.example.org", "detail": "nobody there"}]})";
  const auto sequence = sequence_of(test);
  const auto lines = told(sequence);
  EXPECT_THAT(
      std::vector<std::string>(lines.end() - 3, lines.end()),
      ElementsAre("mail server > system behind portal: notification 'dispatched'; the receipt says so (inferred)",
                  "system behind portal > alice, by portal: receipt: dispatched for bob@direct.example.org",
                  "system behind portal > alice, by portal: receipt: failed for eve@direct.example.org; nobody "
                  "there"));
  EXPECT_EQ(sequence.arrows.back().tone, Tone::bad);
}

TEST(SequenceTest, TwoRolesMaySpeakWithOneSystem) {
  Recording recording("portal/alice");
  recording.step("share");
  recording.exchange("POST", "https://portal.example/shares", 202);
  recording.instance = "received";
  recording.exchange("GET", "https://portal.example/messages", 200);
  recording.exchange("GET", "https://portal.example:4443/messages", 200);
  EXPECT_THAT(told(sequence_of(recording.test)),
              ElementsAre("alice, by portal > system behind portal: POST /shares; 202",
                          "received > system behind portal: GET /messages; 200",
                          "received > system behind received: GET /messages; 200"));
}

TEST(SequenceTest, SaysWhenASystemDidNotAnswer) {
  auto test = test::message_test();
  test.steps[0].exchanges[0].exchange.status = 0;
  test.steps[0].exchanges[0].exchange.error = "connection refused\r\nmore";
  const auto sequence = sequence_of(test);
  EXPECT_EQ(sequence.arrows[0].answer, "no answer: connection refused");
  EXPECT_EQ(sequence.arrows[0].tone, Tone::bad);
}

TEST(SequenceTest, ShowsNothingOfWhatIsSensitive) {
  auto test = test::message_test();
  for (auto& step : test.steps)
    for (auto& view : step.records) view.record.is_sensitive = true;
  for (const auto& line : told(sequence_of(test))) {
    EXPECT_THAT(line, Not(HasSubstr("encrypted message")));
    EXPECT_THAT(line, Not(HasSubstr("taken")));
  }
}

TEST(SequenceTest, IsBounded) {
  Recording recording("inbox");
  recording.step("list");
  for (int i = 0; i < 200; ++i) recording.exchange("GET", "https://portal.example/" + std::to_string(i), 200);
  for (int i = 0; i < 200; ++i) recording.exchange("GET", "https://portal.example/same?n=" + std::to_string(i), 200);
  const auto sequence = sequence_of(recording.test);
  EXPECT_EQ(sequence.arrows.size(), sequence_arrows_max);
  EXPECT_EQ(sequence.left_out, 201 - sequence_arrows_max);
  EXPECT_FALSE(is_worth_a_picture(sequence));  // two parties: the list of exchanges tells it
}

TEST(SequenceTest, OfATestWithoutEvidenceThereIsNothing) {
  const auto sequence = sequence_of(test::conformant_run().tests[0]);
  EXPECT_FALSE(is_worth_a_picture(sequence));
  EXPECT_THAT(sequence_of({}).arrows, IsEmpty());
}

TEST(SequenceWordsTest, TellsMessagesApartByTheirHeader) {
  const auto kind = [](const std::string& type) { return mail_words("Content-Type: " + type + "\r\n\r\nx").kind; };
  EXPECT_EQ(kind("application/pkcs7-mime; smime-type=enveloped-data"), "encrypted message");
  EXPECT_EQ(kind("application/x-pkcs7-mime"), "encrypted message");
  EXPECT_EQ(kind("application/pkcs7-mime; smime-type=signed-data"), "signed message, not encrypted");
  EXPECT_EQ(kind("multipart/report; boundary=b; report-type=disposition-notification"), "notification, not encrypted");
  EXPECT_EQ(kind("multipart/mixed"), "message that cannot be read");  // without a boundary
  EXPECT_EQ(kind("text/plain"), "message, neither signed nor encrypted");
  const auto words = mail_words(
      "Received: from b.example (b [192.0.2.1])\r\n by c.example with ESMTPS; x\r\nReceived: from a.example by "
      "b.example;\r\n"
      "Message-ID: <1@a.example>\r\n\r\nbody");
  ASSERT_EQ(words.hops.size(), 2u);
  EXPECT_EQ(words.hops[0].from + ">" + words.hops[0].by, "b.example>c.example");
  EXPECT_EQ(words.hops[1].from + ">" + words.hops[1].by, "a.example>b.example");
  EXPECT_EQ(words.message_id, "<1@a.example>");
}

TEST(SequencePageTest, DrawsAndListsEachArrowWithItsEvidence) {
  const auto page = render_html(test::message_run(), {});
  EXPECT_THAT(page, HasSubstr("Who spoke with whom:"));
  EXPECT_THAT(page, HasSubstr("7 steps between 4 parties"));
  const auto sequence = sequence_of(test::message_test());
  for (std::size_t i = 1; i <= sequence.arrows.size(); ++i)
    EXPECT_THAT(page, HasSubstr(">evidence of " + std::to_string(i) + "</a>"));
  for (const auto& arrow : sequence.arrows)
    if (arrow.event > 0) {
      const auto anchor = "event-" + std::to_string(arrow.event) + "\"";
      EXPECT_THAT(page, HasSubstr("<a href=\"#" + anchor));
      EXPECT_THAT(page, HasSubstr(" id=\"" + anchor));
    }
  EXPECT_THAT(page, HasSubstr("(inferred: nobody saw it)"));
  EXPECT_THAT(render_html(test::conformant_run(), {}), Not(HasSubstr("Who spoke with whom:")));
}

TEST(SequencePageTest, EscapesWhatPeersSaid) {
  auto run = test::message_run();
  for (auto& test : run.tests)
    for (auto& step : test.steps)
      for (auto& view : step.records) {
        view.record.peer = "<script>:1";
        if (view.record.protocol == "smime") view.record.received = "taken</li><script>{{{style}}}";
      }
  const auto page = render_html(run, {});
  EXPECT_THAT(page, HasSubstr("taken&lt;/li&gt;"));
  EXPECT_THAT(page, Not(HasSubstr("<script")));
}

}  // namespace
}  // namespace bb::report
