#include <bb/direct/mailbox.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scripted.hpp"

namespace {

using namespace bb::direct;
using bb::test::Script;
using testing::ElementsAre;
using testing::HasSubstr;

MailServer server() {
  MailServer made{.host = "mail.example.org", .port = 143, .protection = Protection::starttls};
  made.user = "bob";
  made.password = "se\"cret";
  return made;
}

std::vector<std::string> ids_of(const std::vector<MailboxEntry>& entries) {
  std::vector<std::string> ids;
  for (const auto& entry : entries) ids.push_back(entry.id);
  return ids;
}

std::deque<std::string> imap_begin() {
  return {"* OK ready\r\n", "b1 OK begin\r\n", "b2 OK signed in\r\n",
          "* 2 EXISTS\r\n* OK [UIDVALIDITY 77] ok\r\nb3 OK [READ-WRITE] done\r\n"};
}

std::deque<std::string> with(std::deque<std::string> first, const std::vector<std::string>& more) {
  first.insert(first.end(), more.begin(), more.end());
  return first;
}

TEST(ImapTest, ReadsWhatLiesThere) {
  Script script(with(imap_begin(), {"b4 OK done\r\n",
                                    "* 1 FETCH (UID 4 RFC822.SIZE 12)\r\n* 2 FETCH (RFC822.SIZE 30 UID 9)\r\nb5 OK\r\n",
                                    "* 2 FETCH (UID 9 BODY[] {12}\r\nSubject: x\r\n)\r\nb6 OK done\r\n", "b7 OK\r\n",
                                    "* 2 EXPUNGE\r\nb8 OK\r\n", "* BYE\r\nb9 OK\r\n"}));
  const auto box = Mailbox::create(MailboxProtocol::imap, script, server());
  std::vector<MailboxEntry> entries;
  auto failure = box->list(entries);
  ASSERT_FALSE(failure) << failure->what;
  EXPECT_THAT(ids_of(entries), ElementsAre("77.4", "77.9"));
  EXPECT_EQ(entries[1].bytes, 30u);
  std::string message;
  failure = box->fetch("77.9", 1000, message);
  ASSERT_FALSE(failure) << failure->what;
  EXPECT_EQ(message, "Subject: x\r\n");
  EXPECT_FALSE(box->remove("77.9"));
  box->end();
  EXPECT_THAT(script.heard,
              ElementsAre("b1 STARTTLS\r\n", "TLS", "b2 LOGIN \"bob\" \"se\\\"cret\"\r\n", "b3 SELECT \"INBOX\"\r\n",
                          "b4 NOOP\r\n", "b5 UID FETCH 1:* (UID RFC822.SIZE)\r\n", "b6 UID FETCH 9 (BODY.PEEK[])\r\n",
                          "b7 UID STORE 9 +FLAGS.SILENT (\\Deleted)\r\n", "b8 EXPUNGE\r\n", "b9 LOGOUT\r\n"));
}

// Exchange and others answer BAD to "1:*" there; RFC 3501, 9 lets them of sequence numbers.
TEST(ImapTest, AsksForNoMessagesOfAnEmptyMailbox) {
  auto says = imap_begin();
  says.back() = "* 1 EXISTS\r\n* OK [UIDVALIDITY 77] ok\r\nb3 OK done\r\n";
  Script script(with(std::move(says), {"* 1 EXPUNGE\r\nb4 OK\r\n", "* 1 EXISTS\r\nb5 OK\r\n",
                                       "* 1 FETCH (UID 4 RFC822.SIZE 12)\r\nb6 OK\r\n"}));
  const auto box = Mailbox::create(MailboxProtocol::imap, script, server());
  std::vector<MailboxEntry> entries;
  EXPECT_FALSE(box->list(entries));
  EXPECT_THAT(entries, testing::IsEmpty());
  EXPECT_EQ(script.heard.back(), "b4 NOOP\r\n");
  EXPECT_FALSE(box->list(entries));
  EXPECT_THAT(ids_of(entries), ElementsAre("77.4"));
}

TEST(ImapTest, ReadsAHeaderAlone) {
  Script script(with(imap_begin(), {"* 2 FETCH (UID 9 BODY[HEADER]<0> {14}\r\nSubject: x\r\n\r\n)\r\nb4 OK done\r\n"}));
  const auto box = Mailbox::create(MailboxProtocol::imap, script, server());
  std::string header;
  const auto failure = box->fetch_header("77.9", 1000, header);
  ASSERT_FALSE(failure) << failure->what;
  EXPECT_EQ(header, "Subject: x\r\n\r\n");
  EXPECT_EQ(script.heard.back(), "b4 UID FETCH 9 (BODY.PEEK[HEADER]<0.1000>)\r\n");
}

TEST(ImapTest, KnowsNoIdOfAnotherMailbox) {
  Script script(imap_begin());
  const auto box = Mailbox::create(MailboxProtocol::imap, script, server());
  std::string message;
  const auto failure = box->fetch("76.9", 1000, message);
  EXPECT_THAT(failure->what, HasSubstr("no message '76.9'"));
  EXPECT_TRUE(failure->is_missing);
  EXPECT_TRUE(box->fetch("77.9 BODY[]\r\nb9 LOGOUT", 1000, message));
  EXPECT_TRUE(box->fetch("", 1000, message));
}

TEST(ImapTest, IsBounded) {
  Script script(with(imap_begin(), {"* 1 FETCH (UID 9 BODY[] {1001}\r\n"}));
  const auto box = Mailbox::create(MailboxProtocol::imap, script, server());
  std::string message;
  EXPECT_THAT(box->fetch("77.9", 1000, message)->what, HasSubstr("a message of 1001 bytes"));
}

TEST(ImapTest, SaysWhereItWasRefused) {
  const auto step = [](std::deque<std::string> says) {
    Script script(std::move(says));
    const auto failure = Mailbox::create(MailboxProtocol::imap, script, server())->begin();
    return failure ? std::string(word_of(failure->step)) : "none";
  };
  EXPECT_EQ(step({}), "greeting");
  EXPECT_EQ(step({"* BYE full\r\n"}), "greeting");
  EXPECT_EQ(step({"* OK\r\n", "b1 NO never\r\n"}), "start_tls");
  EXPECT_EQ(step({"* OK\r\n", "b1 OK go\r\n* OK injected\r\n"}), "start_tls");
  EXPECT_EQ(step({"* OK\r\n", "b1 OK\r\n", "b2 NO wrong\r\n"}), "sign_in");
  EXPECT_EQ(step({"* OK\r\n", "b1 OK\r\n", "b2 OK\r\n", "b3 NO none\r\n"}), "open");
  EXPECT_EQ(step(imap_begin()), "none");
}

TEST(Pop3Test, ReadsWhatLiesThere) {
  Script script({"+OK ready\r\n", "+OK begin\r\n", "+OK\r\n", "+OK\r\n", "+OK\r\n1 12\r\n2 30\r\n.\r\n",
                 "+OK\r\n1 aa\r\n2 bb\r\n.\r\n", "+OK\r\nSubject: x\r\n\r\n..dot\r\n.\r\n", "+OK\r\n", "+OK\r\n"});
  const auto box = Mailbox::create(MailboxProtocol::pop3, script, server());
  std::vector<MailboxEntry> entries;
  auto failure = box->list(entries);
  ASSERT_FALSE(failure) << failure->what;
  EXPECT_THAT(ids_of(entries), ElementsAre("aa", "bb"));
  EXPECT_EQ(entries[1].bytes, 30u);
  std::string message;
  failure = box->fetch("bb", 1000, message);
  ASSERT_FALSE(failure) << failure->what;
  EXPECT_EQ(message, "Subject: x\r\n\r\n.dot\r\n");
  EXPECT_FALSE(box->remove("bb"));
  EXPECT_THAT(box->fetch("cc", 1000, message)->what, HasSubstr("no message 'cc'"));
  box->end();
  EXPECT_THAT(script.heard, ElementsAre("STLS\r\n", "TLS", "USER bob\r\n", "PASS se\"cret\r\n", "LIST\r\n", "UIDL\r\n",
                                        "RETR 2\r\n", "DELE 2\r\n", "QUIT\r\n"));
}

TEST(Pop3Test, ReadsAHeaderAloneAndCutsWhatIsTooLong) {
  Script script({"+OK\r\n", "+OK\r\n", "+OK\r\n", "+OK\r\n", "+OK\r\n1 12\r\n.\r\n", "+OK\r\n1 aa\r\n.\r\n",
                 "+OK\r\nSubject: x\r\n\r\n.\r\n", "+OK\r\nSubject: " + std::string(2000, 'x') + "\r\n\r\n.\r\n",
                 "+OK\r\n"});
  const auto box = Mailbox::create(MailboxProtocol::pop3, script, server());
  std::string header;
  auto failure = box->fetch_header("aa", 1000, header);
  ASSERT_FALSE(failure) << failure->what;
  EXPECT_EQ(header, "Subject: x\r\n\r\n");
  EXPECT_EQ(script.heard.back(), "TOP 1 0\r\n");
  failure = box->fetch_header("aa", 1000, header);
  ASSERT_FALSE(failure) << failure->what;
  EXPECT_EQ(header, "Subject: " + std::string(991, 'x'));
  EXPECT_FALSE(box->remove("aa")) << "the conversation goes on behind what was cut";
}

TEST(Pop3Test, IsBounded) {
  Script script({"+OK\r\n", "+OK\r\n", "+OK\r\n", "+OK\r\n", "+OK\r\n1 12\r\n.\r\n", "+OK\r\n1 aa\r\n.\r\n",
                 "+OK\r\n" + std::string(900, 'x') + "\r\n" + std::string(200, 'x') + "\r\n.\r\n"});
  const auto box = Mailbox::create(MailboxProtocol::pop3, script, server());
  std::string message;
  EXPECT_THAT(box->fetch("aa", 1000, message)->what, HasSubstr("more than 1000 bytes"));
}

TEST(Pop3Test, SendsNoPasswordInPlainText) {
  Script script({"+OK\r\n", "+OK\r\n"});
  auto plain = server();
  plain.protection = Protection::none;
  EXPECT_THAT(Mailbox::create(MailboxProtocol::pop3, script, plain)->begin()->what, HasSubstr("without TLS"));
  EXPECT_THAT(script.heard, testing::IsEmpty());
}

}  // namespace
