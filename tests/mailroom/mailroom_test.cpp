// The toolkit's SMTP, IMAP and POP3 clients against the mail room, over real sockets.
#include "mailroom/running_mailroom.hpp"

#include <gmock/gmock.h>

#include <bb/direct/entity.hpp>
#include <bb/direct/mailbox.hpp>
#include <bb/direct/notification.hpp>
#include <bb/direct/smtp.hpp>

#include "mailroom/peer.hpp"
#include "support/pass_phrase_watch.hpp"

namespace bb::test {
namespace {

using direct::MailboxProtocol;
using direct::SmtpStep;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;

const std::string mail = "From: bob@example.net\r\nTo: alice@direct.example.org\r\n\r\n.dot\r\n..two\r\n\r\nend\r\n";

std::optional<direct::SmtpFailure> send(RunningMailroom& running, const std::vector<std::string>& to,
                                        direct::SmtpReceipt& receipt, const std::string& message = mail) {
  auto sockets = running.sockets();
  direct::SmtpClient client(sockets, running.server(running.room().smtp_port()), "client.example.net");
  auto failure = client.send("bob@example.net", to, message, receipt);
  client.end();
  return failure;
}

class MailroomTest : public testing::TestWithParam<MailboxProtocol> {
 protected:
  std::unique_ptr<direct::Mailbox> mailbox(RunningMailroom& running, sockets::Sockets& sockets,
                                           const std::string& user = "alice", const std::string& password = "secret") {
    const auto port = GetParam() == MailboxProtocol::imap ? running.room().imap_port() : running.room().pop3_port();
    return direct::Mailbox::create(GetParam(), sockets, running.server(port, user, password));
  }
};

TEST_P(MailroomTest, GivesBackWhatWasSentAndDropsWhatIsRemoved) {
  RunningMailroom running;
  direct::SmtpReceipt receipt;
  ASSERT_FALSE(send(running, {"Alice@Direct.example.org"}, receipt));
  ASSERT_FALSE(send(running, {"alice@direct.example.org"}, receipt, "Subject: second\r\n\r\ntext\r\n"));

  auto sockets = running.sockets();
  auto box = mailbox(running, sockets);
  std::vector<direct::MailboxEntry> entries;
  ASSERT_FALSE(box->list(entries));
  ASSERT_EQ(entries.size(), 2u);
  std::string message;
  ASSERT_FALSE(box->fetch(entries[0].id, 10'000, message));
  EXPECT_THAT(message, EndsWith(mail));
  EXPECT_THAT(message, HasSubstr("Return-Path: <bob@example.net>\r\n"));
  EXPECT_THAT(message, HasSubstr("Received: from client.example.net by localhost with ESMTPS;\r\n "));
  EXPECT_EQ(message.size(), entries[0].bytes);
  EXPECT_TRUE(box->fetch(entries[0].id, 10, message));  // beyond what the client takes
  std::string header;
  ASSERT_FALSE(box->fetch_header(entries[0].id, 10'000, header));
  EXPECT_THAT(header, EndsWith("From: bob@example.net\r\nTo: alice@direct.example.org\r\n\r\n"));
  box = mailbox(running, sockets);
  ASSERT_FALSE(box->remove(entries[0].id));
  box->end();

  box = mailbox(running, sockets);
  std::vector<direct::MailboxEntry> left;
  ASSERT_FALSE(box->list(left));
  ASSERT_EQ(left.size(), 1u);
  EXPECT_EQ(left[0].id, entries[1].id);
  const auto gone = box->fetch(entries[0].id, 10'000, message);
  ASSERT_TRUE(gone);
  EXPECT_THAT(gone->what, HasSubstr("there is no message"));
}

TEST_P(MailroomTest, RefusesAWrongPassword) {
  RunningMailroom running;
  auto sockets = running.sockets();
  const auto failure = mailbox(running, sockets, "alice", "wrong")->begin();
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->step, direct::MailboxStep::sign_in);
  EXPECT_FALSE(mailbox(running, sockets)->begin());
}

TEST_P(MailroomTest, TakesNoPasswordInTheClear) {
  RunningMailroom running;
  auto sockets = running.sockets();
  const auto port = GetParam() == MailboxProtocol::imap ? running.room().imap_port() : running.room().pop3_port();
  auto server = running.server(port, "alice", "secret");
  server.protection = direct::Protection::none;
  server.may_be_heard = true;
  const auto failure = direct::Mailbox::create(GetParam(), sockets, server)->begin();
  ASSERT_TRUE(failure);
  EXPECT_THAT(failure->what, HasSubstr("begin TLS first"));
}

INSTANTIATE_TEST_SUITE_P(Protocols, MailroomTest, testing::Values(MailboxProtocol::imap, MailboxProtocol::pop3),
                         [](const auto& row) { return row.param == MailboxProtocol::imap ? "Imap" : "Pop3"; });

TEST(MailroomSmtpTest, RefusesUnknownRecipientsAndTakesTheOthers) {
  RunningMailroom running({.accounts = {{"alice", "secret", {"alice@direct.example.org"}}}});
  direct::SmtpReceipt receipt;
  ASSERT_FALSE(
      send(running, {"nobody@direct.example.org", "alice@direct.example.org", "alice@elsewhere.example"}, receipt));
  EXPECT_THAT(receipt.accepted, ElementsAre("alice@direct.example.org"));
  ASSERT_EQ(receipt.refused.size(), 2u);
  EXPECT_EQ(receipt.refused[0].reply.code, 550);
  EXPECT_EQ(running.room().mailboxes().list("alice").size(), 1u);
  const auto failure = send(running, {"nobody@direct.example.org"}, receipt);
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->step, SmtpStep::recipient);
  EXPECT_EQ(running.room().mailboxes().list("alice").size(), 1u);
}

TEST(MailroomSmtpTest, GivesTheRestOfADomainToOneBox) {
  RunningMailroom running;
  direct::SmtpReceipt receipt;
  ASSERT_FALSE(send(running, {"whoever@direct.example.org"}, receipt));
  EXPECT_EQ(running.room().mailboxes().list("rest").size(), 1u);
  EXPECT_EQ(running.room().mailboxes().list("alice").size(), 0u);
}

TEST(MailroomSmtpTest, ChecksThePassword) {
  RunningMailroom running;
  auto sockets = running.sockets();
  const auto port = running.room().smtp_port();
  direct::SmtpClient wrong(sockets, running.server(port, "alice", "wrong"), "client.example.net");
  const auto failure = wrong.begin();
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->reply.code, 535);
  direct::SmtpClient right(sockets, running.server(port, "alice", "secret"), "client.example.net");
  EXPECT_FALSE(right.begin());
  EXPECT_THAT(right.offers(), testing::Contains("AUTH PLAIN"));
}

TEST(MailroomSmtpTest, TakesAsManyBytesAsItSaysAndNotOneMore) {
  RunningMailroom running({.message_bytes_max = 1000});
  direct::SmtpReceipt receipt;
  const auto of_size = [](std::size_t bytes) { return std::string(bytes - 2, 'x') + "\r\n"; };
  EXPECT_FALSE(send(running, {"alice@direct.example.org"}, receipt, of_size(1000)));
  const auto failure = send(running, {"alice@direct.example.org"}, receipt, of_size(1001));
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->reply.code, 552);
  auto sockets = running.sockets();
  direct::SmtpClient client(sockets, running.server(running.room().smtp_port()), "client.example.net");
  ASSERT_FALSE(client.begin());
  EXPECT_EQ(client.command("MAIL FROM:<bob@example.net> SIZE=1001")->code, 552);
  EXPECT_EQ(client.command("MAIL FROM:<bob@example.net> SIZE=1000")->code, 250);
}

TEST(MailroomSmtpTest, KeepsTheOrderOfCommandsAndHangsUpAfterTwentyMistakes) {
  RunningMailroom running;
  auto sockets = running.sockets();
  direct::SmtpClient client(sockets, running.server(running.room().smtp_port()), "client.example.net");
  ASSERT_FALSE(client.begin());
  EXPECT_EQ(client.command("RCPT TO:<alice@direct.example.org>")->code, 503);
  EXPECT_EQ(client.command("DATA")->code, 503);
  EXPECT_EQ(client.command("STARTTLS")->code, 503);
  EXPECT_EQ(client.command("MAIL bob")->code, 501);
  for (int mistakes = 5; mistakes <= 20; ++mistakes) EXPECT_EQ(client.command("HELLO")->code, 500);
  EXPECT_EQ(client.command("NOOP")->code, 421);
  EXPECT_FALSE(client.command("NOOP"));
}

TEST(MailroomSmtpTest, RefusesMoreThanAHundredRecipients) {
  RunningMailroom running;
  std::vector<std::string> to;
  for (int number = 0; number <= 100; ++number) to.push_back("a" + std::to_string(number) + "@direct.example.org");
  direct::SmtpReceipt receipt;
  ASSERT_FALSE(send(running, to, receipt));
  EXPECT_EQ(receipt.accepted.size(), 100u);
  ASSERT_EQ(receipt.refused.size(), 1u);
  EXPECT_EQ(receipt.refused[0].reply.code, 452);
}

TEST(MailroomSmtpTest, GivesBackWhatItIsToldToWithAReport) {
  RunningMailroom running({.accounts = {{"bob", "secret", {"bob@example.net"}}}, .returned = {"gone@example.org"}});
  direct::SmtpReceipt receipt;
  const std::string message = "Message-ID: <1@example.net>\r\nSubject: lost\r\n\r\ntext\r\n";
  ASSERT_FALSE(send(running, {"Gone@example.org"}, receipt, message));
  const auto entries = running.room().mailboxes().list("bob");
  ASSERT_EQ(entries.size(), 1u);
  const auto report = direct::read_entity(*running.room().mailboxes().read("bob", entries[0].uid));
  ASSERT_TRUE(report);
  EXPECT_EQ(report->value("return-path"), "<>");  // RFC 5321, 4.5.5
  const auto said = direct::read_delivery_status(*report);
  ASSERT_TRUE(said) << said.error().what;
  ASSERT_EQ(said->size(), 1u);
  EXPECT_EQ(said->front().recipient, "Gone@example.org");
  EXPECT_EQ(said->front().action, "failed");
  EXPECT_EQ(said->front().original_message_id, "<1@example.net>");
}

TEST(MailroomTlsTest, SpeaksTlsFromTheFirstByteOnPortsOfItsOwn) {
  RunningMailroom running;
  auto& room = running.room();
  auto sockets = running.sockets();
  const auto at_once = [&](std::uint16_t port, const std::string& user = "", const std::string& password = "") {
    auto server = running.server(port, user, password);
    server.protection = direct::Protection::tls;
    return server;
  };
  direct::SmtpClient smtp(sockets, at_once(room.smtps_port(), "alice", "secret"), "client.example.net");
  direct::SmtpReceipt receipt;
  const auto failure = smtp.send("bob@example.net", {"alice@direct.example.org"}, mail, receipt);
  ASSERT_FALSE(failure) << failure->what;
  EXPECT_THAT(smtp.offers(), testing::Not(testing::Contains("STARTTLS")));
  for (const auto& [protocol, port] :
       {std::pair{MailboxProtocol::imap, room.imaps_port()}, std::pair{MailboxProtocol::pop3, room.pop3s_port()}}) {
    const auto box = direct::Mailbox::create(protocol, sockets, at_once(port, "alice", "secret"));
    std::vector<direct::MailboxEntry> entries;
    const auto trouble = box->list(entries);
    ASSERT_FALSE(trouble) << trouble->what;
    EXPECT_EQ(entries.size(), 1u);
  }
  // Who speaks first without TLS gets nothing to read.
  auto bare = running.server(room.smtps_port());
  bare.protection = direct::Protection::none;
  sockets::Sockets impatient({.anchors_pem = running.anchors_pem(), .wait_ms_max = 300});
  direct::SmtpClient stranger(impatient, bare, "client.example.net");
  EXPECT_TRUE(stranger.begin());
}

TEST(MailboxesTest, HoldsAsMuchAsItIsAllowed) {
  mailroom::Mailboxes boxes({{"alice", "secret", {"alice@example.org"}}}, {.messages_max = 2, .bytes_max = 10});
  EXPECT_TRUE(boxes.deliver("alice", std::string(6, 'x')));
  EXPECT_FALSE(boxes.deliver("alice", std::string(5, 'x')));
  EXPECT_TRUE(boxes.deliver("alice", std::string(4, 'x')));
  EXPECT_FALSE(boxes.deliver("alice", ""));  // the third
  boxes.remove("alice", 1);
  EXPECT_TRUE(boxes.deliver("alice", std::string(6, 'x')));
  EXPECT_EQ(boxes.list("alice").back().uid, 3u);  // 1 is never used again
}

TEST(MailroomStopTest, EndsWhileAClientIsConnected) {
  RunningMailroom running;
  auto sockets = running.sockets();
  direct::SmtpClient client(sockets, running.server(running.room().smtp_port()), "client.example.net");
  ASSERT_FALSE(client.begin());
  const auto started_ns = monotonic_ns();
  running.room().stop();
  EXPECT_LT(monotonic_ns() - started_ns, ns_per_second);
  EXPECT_FALSE(client.command("NOOP"));
}

TEST(MailroomIdentityTest, AsksNobodyForAPassPhrase) {
  const PassPhraseWatch watch;
  EXPECT_FALSE(mailroom::TlsIdentity::read(encrypted_pem("PRIVATE KEY") + encrypted_pem("CERTIFICATE")));
  EXPECT_FALSE(watch.was_asked());
}

}  // namespace
}  // namespace bb::test
