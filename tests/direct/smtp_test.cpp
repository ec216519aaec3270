#include <bb/direct/smtp.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scripted.hpp"

namespace {

using namespace bb::direct;
using bb::test::Script;
using testing::ElementsAre;
using testing::HasSubstr;

const std::string hello = "250-mx.example.org\r\n250-STARTTLS\r\n250-AUTH PLAIN LOGIN\r\n250 8BITMIME\r\n";
constexpr auto letter = "Subject: x\r\n\r\nhello\r\n.\r\n..dots\r\n";

MailServer server(Protection protection = Protection::starttls) {
  MailServer made{.host = "mx.example.org", .port = 587, .protection = protection};
  made.user = "alice";
  made.password = "secret";
  return made;
}

struct Sent {
  std::optional<SmtpFailure> failure;
  SmtpReceipt receipt;
};
Sent send(Script& script, const MailServer& to, const std::vector<std::string>& recipients = {"bob@example.net"}) {
  SmtpClient client(script, to, "client.example.org");
  Sent sent;
  sent.failure = client.send("alice@example.org", recipients, letter, sent.receipt);
  client.end();
  return sent;
}

TEST(SmtpTest, HandsAMessageOverUnderTls) {
  Script script({"220 mx.example.org ESMTP\r\n", hello, "220 go ahead\r\n", hello, "235 welcome\r\n", "250 ok\r\n",
                 "250 ok\r\n", "354 go\r\n", "250 queued as 1\r\n", "221 bye\r\n"});
  const auto sent = send(script, server());
  ASSERT_FALSE(sent.failure) << sent.failure->what;
  EXPECT_EQ(sent.receipt.reply.text, "queued as 1");
  EXPECT_THAT(sent.receipt.accepted, ElementsAre("bob@example.net"));
  EXPECT_THAT(script.heard, ElementsAre("EHLO client.example.org\r\n", "STARTTLS\r\n", "TLS",
                                        "EHLO client.example.org\r\n", "AUTH PLAIN AGFsaWNlAHNlY3JldA==\r\n",
                                        "MAIL FROM:<alice@example.org>\r\n", "RCPT TO:<bob@example.net>\r\n",
                                        "DATA\r\n", "Subject: x\r\n\r\nhello\r\n..\r\n...dots\r\n.\r\n", "QUIT\r\n"));
}

TEST(SmtpTest, GoesNoFurtherWithoutTls) {
  Script script({"220 hi\r\n", "250-mx\r\n250 AUTH PLAIN\r\n"});
  const auto sent = send(script, server());
  ASSERT_TRUE(sent.failure);
  EXPECT_EQ(sent.failure->step, SmtpStep::start_tls);
  EXPECT_THAT(script.heard, ElementsAre("EHLO client.example.org\r\n"));

  Script plain({"220 hi\r\n", "250-mx\r\n250 AUTH PLAIN\r\n"});
  const auto heard = send(plain, server(Protection::none));
  ASSERT_TRUE(heard.failure);
  EXPECT_EQ(heard.failure->step, SmtpStep::sign_in);
  EXPECT_THAT(plain.heard, ElementsAre("EHLO client.example.org\r\n")) << "the password stays";
}

TEST(SmtpTest, RefusesWhatCameBeforeTls) {
  Script script({"220 hi\r\n", hello, "220 go ahead\r\n250 injected\r\n"});
  const auto sent = send(script, server());
  ASSERT_TRUE(sent.failure);
  EXPECT_EQ(sent.failure->trouble, Trouble::untrusted);
  EXPECT_THAT(script.heard, testing::Not(testing::Contains("TLS")));
}

TEST(SmtpTest, SendsToThoseWhoAreTaken) {
  auto to = server(Protection::tls);
  to.user.clear();
  Script script({"220 hi\r\n", hello, "250 ok\r\n", "550 5.1.1 no such user\r\n", "250 ok\r\n", "354 go\r\n",
                 "250 ok\r\n", "221 bye\r\n"});
  const auto sent = send(script, to, {"nobody@example.net", "bob@example.net"});
  ASSERT_FALSE(sent.failure);
  EXPECT_THAT(sent.receipt.accepted, ElementsAre("bob@example.net"));
  ASSERT_EQ(sent.receipt.refused.size(), 1u);
  EXPECT_EQ(sent.receipt.refused[0].recipient, "nobody@example.net");
  EXPECT_EQ(sent.receipt.refused[0].reply.code, 550);
  EXPECT_EQ(script.opened.at(0).transport, Transport::tls);
}

TEST(SmtpTest, SaysWhereItWasRefused) {
  auto to = server(Protection::tls);
  to.user.clear();
  const auto step = [&](std::deque<std::string> says) {
    Script script(std::move(says));
    const auto sent = send(script, to);
    return sent.failure ? std::string(word_of(sent.failure->step)) : "none";
  };
  EXPECT_EQ(step({}), "greeting");
  EXPECT_EQ(step({"554 no\r\n"}), "greeting");
  EXPECT_EQ(step({"HTTP/1.1 400 Bad Request\r\n"}), "greeting");
  EXPECT_EQ(step({"220 hi\r\n", "502 what\r\n"}), "hello");
  EXPECT_EQ(step({"220 hi\r\n", hello, "550 no\r\n"}), "sender");
  EXPECT_EQ(step({"220 hi\r\n", hello, "250 ok\r\n", "550 no\r\n", "250 ok\r\n"}), "recipient");
  EXPECT_EQ(step({"220 hi\r\n", hello, "250 ok\r\n", "250 ok\r\n", "554 no\r\n"}), "message");
  EXPECT_EQ(step({"220 hi\r\n", hello, "250 ok\r\n", "250 ok\r\n", "354 go\r\n", "552 too big\r\n"}), "message");
}

TEST(SmtpTest, KnowsThatAnUnansweredMessageMayHaveBeenTaken) {
  auto to = server(Protection::tls);
  to.user.clear();
  Script script({"220 hi\r\n", hello, "250 ok\r\n", "250 ok\r\n", "354 go\r\n"});
  const auto sent = send(script, to);
  ASSERT_TRUE(sent.failure);
  EXPECT_TRUE(sent.failure->is_uncertain);
  EXPECT_EQ(sent.failure->trouble, Trouble::unavailable);
}

TEST(SmtpTest, LetsNoAddressCarryACommand) {
  auto to = server(Protection::tls);
  to.user.clear();
  Script script({"220 hi\r\n", hello, "250 ok\r\n", "250 ok\r\n"});
  const auto sent = send(script, to, {"bob@example.net>\r\nDATA"});
  ASSERT_TRUE(sent.failure);
  for (const auto& line : script.heard) EXPECT_THAT(line, testing::Not(HasSubstr("DATA")));
}

TEST(SmtpTest, IsBounded) {
  auto to = server(Protection::tls);
  Script line({"220 " + std::string(5000, 'x') + "\r\n"});
  EXPECT_THAT(send(line, to).failure->what, HasSubstr("more than 4096 bytes"));
  std::string lines;
  for (int i = 0; i < 300; ++i) lines += "220-x\r\n";
  Script many({lines});
  EXPECT_THAT(send(many, to).failure->what, HasSubstr("more than 200 lines"));
  Script down({});
  down.is_down = true;
  EXPECT_EQ(send(down, to).failure->step, SmtpStep::connect);
}

}  // namespace
