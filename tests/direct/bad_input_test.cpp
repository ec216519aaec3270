// Servers that lie and messages that are bombs: each ends with an error that says what
// is wrong, and takes little more than what the limits let in.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bb/core/time.hpp>
#include <bb/direct/bundle.hpp>
#include <bb/direct/mailbox.hpp>
#include <bb/direct/message.hpp>
#include <bb/direct/notification.hpp>
#include <bb/direct/reception.hpp>
#include <bb/direct/smtp.hpp>

#include "people.hpp"

namespace {

using namespace bb::direct;
using namespace bb::test;
using testing::HasSubstr;

constexpr std::size_t gigabyte = std::size_t{1024} * 1024 * 1024;
constexpr std::size_t megabyte = std::size_t{1024} * 1024;

// A peer that says `first` and then `more`, again and again, a gigabyte of it.
class Endless : public Connections {
 public:
  Endless(std::string first, std::string more) : first_(std::move(first)), more_(std::move(more)) {
    while (more_.size() < 64 * 1024) more_ += more_;
  }

  bb::Result<std::unique_ptr<Stream>> open(const Endpoint&) override {
    return std::unique_ptr<Stream>(std::make_unique<Side>(*this));
  }
  Trouble trouble() const override { return Trouble::none; }

  std::size_t said = 0;

 private:
  class Side : public Stream {
   public:
    explicit Side(Endless& of) : of_(of) {}
    bb::Result<std::string> read(std::size_t) override {
      if (of_.said > gigabyte) return std::string();
      auto piece = of_.said == 0 && !of_.first_.empty() ? of_.first_ : of_.more_;
      of_.said += piece.size();
      return piece;
    }
    bb::Status write(std::string_view) override { return {}; }
    bb::Status start_tls() override { return {}; }
    Trouble trouble() const override { return Trouble::none; }

   private:
    Endless& of_;
  };

  const std::string first_;
  std::string more_;
};

MailServer plain_server() { return {.host = "mail.example.org", .port = 143, .protection = Protection::none}; }

struct Ended {
  std::string what;
  std::size_t megabytes = 0;  // that were read
};

template <class Use>
Ended with_mailbox(MailboxProtocol protocol, std::string first, std::string more, const Use& use) {
  Endless peer(std::move(first), std::move(more));
  const auto box = Mailbox::create(protocol, peer, plain_server());
  const auto failure = use(*box);
  return {failure ? failure->what : "no failure", peer.said / megabyte};
}

Ended listing(MailboxProtocol protocol, std::string first, std::string more) {
  return with_mailbox(protocol, std::move(first), std::move(more), [](Mailbox& box) {
    std::vector<MailboxEntry> entries;
    return box.list(entries);
  });
}

constexpr const char* imap_open = "* OK\r\n* OK [UIDVALIDITY 1] ok\r\nb1 OK\r\n";
constexpr const char* pop3_open = "+OK\r\n+OK\r\n1 12\r\n.\r\n+OK\r\n1 aa\r\n.\r\n+OK\r\n";

TEST(LyingServerTest, ALineWithoutItsEndIsNoGigabyte) {
  for (const auto protocol : {MailboxProtocol::imap, MailboxProtocol::pop3}) {
    const auto ended = listing(protocol, "", "x");
    EXPECT_EQ(ended.what, "the peer sent a line of more than 65536 bytes");
    EXPECT_LE(ended.megabytes, 1u);
  }
  Endless peer("", "2");
  SmtpClient client(peer, plain_server(), "client.example.org");
  EXPECT_THAT(client.begin()->what, HasSubstr("a line of more than 4096 bytes"));
  EXPECT_LE(peer.said, megabyte);
}

TEST(LyingServerTest, AnAnswerWithoutEndIsBounded) {
  const auto imap = listing(MailboxProtocol::imap, std::string(imap_open) + "b2 OK\r\n", "* 1 FETCH (FLAGS ())\r\n");
  EXPECT_EQ(imap.what, "an answer without end");
  EXPECT_LE(imap.megabytes, 33u);
  const auto wide = listing(MailboxProtocol::imap, std::string(imap_open) + "b2 OK\r\n",
                            "* 1 FETCH (UID 1 RFC822.SIZE 1 X " + std::string(60'000, 'x') + ")\r\n");
  EXPECT_EQ(wide.what, "an answer without end");
  EXPECT_LE(wide.megabytes, 33u);
  const auto pop3 = listing(MailboxProtocol::pop3, "+OK\r\n+OK\r\n", "1 12\r\n");
  EXPECT_EQ(pop3.what, "a list that is none of POP3, or is endless");
  EXPECT_LE(pop3.megabytes, 33u);
  const auto pop3_wide = listing(MailboxProtocol::pop3, "+OK\r\n+OK\r\n", "1 " + std::string(60'000, '2') + "\r\n");
  EXPECT_EQ(pop3_wide.what, "a list that is none of POP3, or is endless");
  EXPECT_LE(pop3_wide.megabytes, 33u);
}

TEST(LyingServerTest, AMessageIsNoLongerThanWhatIsRead) {
  const auto fetch = [](Mailbox& box, const char* id) {
    std::string message;
    return box.fetch(id, megabyte, message);
  };
  // RFC 3501, 4.3: a literal says its size before it comes.
  for (const auto* size : {"4294967295", "18446744073709551615", "1048577"}) {
    const auto ended =
        with_mailbox(MailboxProtocol::imap, std::string(imap_open) + "* 1 FETCH (UID 1 BODY[] {" + size + "}\r\n", "x",
                     [&](Mailbox& box) { return fetch(box, "1.1"); });
    EXPECT_EQ(ended.what, std::string("a message of ") + size + " bytes; at most 1048576 are read");
    EXPECT_LE(ended.megabytes, 1u);
  }
  const auto many = with_mailbox(MailboxProtocol::imap, imap_open,
                                 "* 1 FETCH (UID 1 BODY[] {1000}\r\n" + std::string(1000, 'x') + ")\r\n",
                                 [&](Mailbox& box) { return fetch(box, "1.1"); });
  EXPECT_THAT(many.what, testing::AnyOf(HasSubstr("without end"), HasSubstr("at most")));
  EXPECT_LE(many.megabytes, 34u);
  const auto pop3 =
      with_mailbox(MailboxProtocol::pop3, pop3_open, "line\r\n", [&](Mailbox& box) { return fetch(box, "aa"); });
  EXPECT_EQ(pop3.what, "a message of more than 1048576 bytes");
  EXPECT_LE(pop3.megabytes, 2u);
}

TEST(LyingServerTest, AHeaderThatIsCutEndsToo) {
  const auto ended = with_mailbox(MailboxProtocol::pop3, pop3_open, "X: y\r\n", [](Mailbox& box) {
    std::string header;
    return box.fetch_header("aa", 1000, header);
  });
  EXPECT_EQ(ended.what, "a message of more than 1000 bytes");
  EXPECT_LE(ended.megabytes, 34u);
}

TEST(LyingServerTest, CountsThatDifferHarmNobody) {
  const auto list = [](const std::string& rows, const std::string& ids) {
    Endless peer("+OK\r\n+OK\r\n" + rows + ".\r\n+OK\r\n" + ids + ".\r\n", "-ERR\r\n");
    const auto box = Mailbox::create(MailboxProtocol::pop3, peer, plain_server());
    std::vector<MailboxEntry> entries;
    const auto failure = box->list(entries);
    return failure ? failure->what : std::to_string(entries.size());
  };
  EXPECT_EQ(list("1 12\r\n2 99999999999999999999\r\n", "1 aa\r\n2 bb\r\n3 cc\r\n"), "3");
  EXPECT_EQ(list("1 -5\r\n", ""), "0");
  // RFC 1939, 7: "characters in the range 0x21 to 0x7E"; an id goes on to people.
  EXPECT_THAT(list("1 12\r\n", "1 a\xff\r\n"), HasSubstr("is no unique id"));
  EXPECT_THAT(list("1 12\r\n", "1 " + std::string(1000, 'a') + "\r\n"), HasSubstr("is no unique id"));
  EXPECT_THAT(list("1 12\r\n", "1 \r\n"), HasSubstr("is no unique id"));
}

TEST(LyingServerTest, NothingIsTakenThatCameBehindTheGoAhead) {  // CVE-2011-0411
  const auto what = [](MailboxProtocol protocol, const char* said) {
    Endless peer(said, "-ERR\r\n");
    auto server = plain_server();
    server.protection = Protection::starttls;
    return Mailbox::create(protocol, peer, server)->begin()->what;
  };
  EXPECT_THAT(what(MailboxProtocol::imap, "* OK\r\nb1 OK begin\r\nb2 OK signed in\r\n"), HasSubstr("before TLS"));
  EXPECT_THAT(what(MailboxProtocol::pop3, "+OK\r\n+OK begin\r\n+OK\r\n"), HasSubstr("before TLS"));
  Endless peer("220 hi\r\n250-a\r\n250 STARTTLS\r\n220 go\r\n250 a\r\n", "250 a\r\n");
  auto server = plain_server();
  server.protection = Protection::starttls;
  EXPECT_THAT(SmtpClient(peer, server, "client.example.org").begin()->what, HasSubstr("before TLS"));
}

// --- messages ---

// What all that read messages make of one: the error of the first, or what a receiver says.
std::string verdict(const std::string& message) {
  const auto begun = bb::monotonic_ns();
  const auto layers = look_through(message, {people().alice});
  std::string what = layers ? "no error" : layers.error().what;
  if (layers) {
    ReceptionPolicy policy;
    policy.trust.at = noon;
    const auto reception = receive(message, *layers, {"alice", "direct.example.org"}, policy);
    EXPECT_FALSE(reception.is_taken());
  }
  static_cast<void>(inspect_envelope(message));
  if (const auto entity = read_entity(message)) {
    static_cast<void>(read_notification(*entity));
    static_cast<void>(read_delivery_status(*entity));
    static_cast<void>(body_of(*entity));
  }
  EXPECT_LT(bb::monotonic_ns() - begun, 10 * bb::ns_per_second);
  return what;
}

std::string repeated(int count, const std::string& text) {
  std::string all;
  for (int i = 0; i < count; ++i) all += text;
  return all;
}

TEST(BadMessageTest, BombsAreBounded) {
  constexpr const char* mixed = "Content-Type: multipart/mixed; boundary=b\r\n\r\n";
  EXPECT_THAT(verdict(mixed + repeated(100'000, "--b\r\n\r\nx\r\n") + "--b--\r\n"), HasSubstr("more than 1000 parts"));
  EXPECT_THAT(verdict(repeated(10'000, "Content-Type: message/rfc822\r\n\r\n")), HasSubstr("more than 20 deep"));
  std::string nested;
  for (int i = 0; i < 10'000; ++i) {
    const auto boundary = "b" + std::to_string(i);
    nested += "Content-Type: multipart/mixed; boundary=" + boundary + "\r\n\r\n--" + boundary + "\r\n";
  }
  EXPECT_THAT(verdict(nested), HasSubstr("more than 20 deep"));
  EXPECT_THAT(verdict(repeated(100'000, "X: y\r\n") + "\r\n"), HasSubstr("more than 1000 header fields"));
  EXPECT_THAT(verdict("Subject: " + std::string(2 * megabyte, 'x') + "\r\n\r\n"), HasSubstr("a header of more than"));
  EXPECT_THAT(verdict("Subject: x\r\n" + repeated(500'000, " y\r\n") + "\r\n"), HasSubstr("a header of more than"));
  EXPECT_EQ(verdict("Subject: x\r\n\r\n" + std::string(60 * megabyte, 'x')), "no error") << "one long line";
  EXPECT_THAT(verdict("Subject: x\r\n\r\n" + std::string(65 * megabyte, 'x')), HasSubstr("a message of more than"));
  const std::string parameters = "Content-Type: multipart/mixed; " + repeated(50'000, "a*0=b; ") + "\r\n\r\n";
  EXPECT_THAT(verdict(parameters), HasSubstr("a multipart without a boundary"));
  EXPECT_EQ(verdict("To: " + repeated(100'000, "(") + "\r\n\r\n"), "no error");
  EXPECT_EQ(verdict("From: " + repeated(50'000, "a@b.c, ") + "\r\n\r\n"), "no error");
}

TEST(BadMessageTest, BytesThatMayNotStandThereAreToldOrHarmless) {
  EXPECT_THAT(verdict(std::string("From: a@b.c\r\nX\0Y: z\r\n\r\n", 24)), HasSubstr("line 2"));
  EXPECT_EQ(verdict(std::string("From: a\0@b.c\r\nSubject: \xff\xfe\r\n\r\n\0\0", 34)), "no error");
  EXPECT_EQ(verdict("Subject: caf\xe9\r\nFrom: J\xc3\xb6rg <a@b.c>\r\n\r\n"), "no error");
  const auto sealed = std::string(
      "Content-Type: application/pkcs7-mime; smime-type=enveloped-data\r\nContent-Transfer-Encoding: base64\r\n\r\n");
  for (const auto* body : {"****", "MIIB", "MII=B", "", "////////////////"}) {
    const auto layers = look_through(sealed + body + "\r\n", {people().alice});
    ASSERT_TRUE(layers) << body;
    EXPECT_EQ(layers->encryption, Encryption::closed) << body;
  }
  EXPECT_FALSE(body_of(*read_entity("Content-Transfer-Encoding: base64\r\n\r\nA*==\r\n")));
}

TEST(BadMessageTest, NoHeaderCarriesAnother) {
  EXPECT_FALSE(read_address("bob@direct.example.org\r\nBcc: eve@example.org"));
  EXPECT_FALSE(read_address(std::string("bob\0@direct.example.org", 23)));
  if (const auto several = read_addresses("bob@direct.example.org\r\nBcc: eve@example.org")) {
    for (const auto& one : *several) EXPECT_EQ(one.text().find_first_of("\r\n"), std::string::npos);
  }
  const auto notification = write_notification({.from = "a@b.example",
                                                .to = "c@d.example",
                                                .message_id = "1@b.example\r\nBcc: eve@example.org",
                                                .original_message_id = "<2@d.example>\r\nX-Evil: 1",
                                                .error = "no\r\nX-Evil: 2"});
  EXPECT_THAT(notification, testing::Not(HasSubstr("\nBcc:")));
  EXPECT_THAT(notification, testing::Not(HasSubstr("\nX-Evil:")));
}

TEST(BadMessageTest, LengthsThatLieEndCms) {
  const auto good = must(sign("content\r\n", people().alice, {.is_detached = false}));
  for (const std::size_t at : {1u, 2u, 3u, 5u, 20u, 40u}) {
    for (const char byte : {'\x00', '\x7f', '\x80', '\x84', '\x88', '\xff'}) {
      auto bytes = good;
      bytes[at] = byte;
      if (bytes == good) continue;
      const auto data = verify(bytes, std::nullopt);
      const bool is_good = data && data->signers.size() == 1 && data->signers[0].integrity == Integrity::good;
      EXPECT_FALSE(is_good && data->content != "content\r\n") << at;
    }
  }
  for (std::size_t size = 0; size < good.size(); size += 7)
    EXPECT_FALSE(verify(good.substr(0, size), std::nullopt)) << size;
  EXPECT_FALSE(read_bundle("\x30\x84\xff\xff\xff\xff", {}, noon));
  EXPECT_FALSE(read_bundle(std::string(17 * megabyte, 'x'), {}, noon));
}

}  // namespace
