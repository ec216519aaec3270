#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <bb/records/mime.hpp>

#include "records/test_data.hpp"

namespace bb::records {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Pair;
using ::testing::SizeIs;

std::string error_of(const std::string& message) {
  const auto read = read_mime(message);
  return read ? "no error" : read.error().what;
}

MimeMessage read(const std::string& message) {
  auto result = read_mime(message);
  EXPECT_TRUE(result) << (result ? "" : result.error().what);
  return result ? *result : MimeMessage{};
}

OutgoingMail sample_mail() {
  OutgoingMail mail;
  mail.from = "portal@sender.example";
  mail.to = "inbox@receiver.example";
  mail.subject = "Record of Zoë";
  mail.message_id = "<1@sender.example>";
  mail.text = "Grüße\nsecond line";
  mail.date_unix_ns = 1'731'693'720'000'000'000;
  mail.attachments.push_back({"application/xml", "attachment", "zoë.xml", std::string("<a>\r\n\0\xFF</a>", 12)});
  return mail;
}

TEST(MimeTest, ReadsAnAttachmentByteForByteAsWritten) {
  const auto mail = sample_mail();
  const auto message = read(write_mime(mail));
  ASSERT_THAT(message.parts, SizeIs(2));
  EXPECT_EQ(message.parts[0].content_type, "text/plain");
  // RFC 2046, 4.1.1: "The canonical form of any MIME "text" subtype MUST always
  // represent a line break as a CRLF sequence."
  EXPECT_EQ(message.parts[0].body, "Grüße\r\nsecond line");
  EXPECT_EQ(message.parts[1].content_type, "application/xml");
  EXPECT_EQ(message.parts[1].disposition, "attachment");
  EXPECT_EQ(message.parts[1].filename, "zoë.xml");
  EXPECT_EQ(message.parts[1].body, mail.attachments[0].body);
}

TEST(MimeTest, KeepsTheLineEndsOfAttachedText) {
  auto mail = sample_mail();
  mail.attachments[0] = {"text/plain", "attachment", "record.txt", "one\ntwo\r\nthree\n"};
  EXPECT_EQ(read(write_mime(mail)).parts.at(1).body, "one\ntwo\r\nthree\n");
}

TEST(MimeTest, AnAttachmentThatSaysItIsCompositeTravelsAsBytes) {
  for (const std::string type : {"multipart/mixed", "message/rfc822", "Multipart/Alternative"}) {
    OutgoingMail mail = sample_mail();
    mail.attachments[0].content_type = type;
    const auto read = read_mime(write_mime(mail));
    ASSERT_TRUE(read) << type;
    ASSERT_EQ(read->parts.size(), 1 + mail.attachments.size()) << type;
    EXPECT_EQ(read->parts[1].content_type, "application/octet-stream") << type;
    EXPECT_EQ(read->parts[1].body, mail.attachments[0].body) << type;
    EXPECT_EQ(read->parts[1].filename, mail.attachments[0].filename) << type;
  }
}

TEST(MimeTest, WritesTheHeaderFieldsOfTheMail) {
  const auto headers = read(write_mime(sample_mail())).headers;
  EXPECT_THAT(headers, Contains(Pair("from", "portal@sender.example")));
  EXPECT_THAT(headers, Contains(Pair("to", "inbox@receiver.example")));
  EXPECT_THAT(headers, Contains(Pair("subject", "Record of Zoë")));
  EXPECT_THAT(headers, Contains(Pair("message-id", "<1@sender.example>")));
  EXPECT_THAT(headers, Contains(Pair("date", "Fri, 15 Nov 2024 18:02:00 +0000")));
  EXPECT_THAT(headers, Contains(Pair("mime-version", "1.0")));
}

TEST(MimeTest, WritesTheSameBytesForTheSameMail) { EXPECT_EQ(write_mime(sample_mail()), write_mime(sample_mail())); }

TEST(MimeTest, WritesOnlySevenBitLinesThatEndInCrLf) {
  const auto message = write_mime(sample_mail());
  for (std::size_t i = 0; i < message.size(); ++i) {
    ASSERT_LT(static_cast<unsigned char>(message[i]), 0x80) << "at " << i;
    if (message[i] == '\n') {
      ASSERT_TRUE(i > 0 && message[i - 1] == '\r') << "at " << i;
    }
  }
}

TEST(MimeTest, LetsNoValueStartAHeaderField) {
  auto mail = sample_mail();
  mail.subject = "a\r\nBcc: thief@example.org";
  mail.to = "b@example.org\r\nBcc: thief@example.org";
  mail.attachments[0].filename = "c\r\nBcc: thief@example.org";
  for (const auto& [name, value] : read(write_mime(mail)).headers) EXPECT_NE(name, "bcc") << value;
}

TEST(MimeTest, KeepsADestinationThatIsNoMailbox) {
  auto mail = sample_mail();
  mail.to = "https://127.0.0.1:40123/inbox/abc";
  EXPECT_THAT(read(write_mime(mail)).headers, Contains(Pair("to", HasSubstr("https://127.0.0.1:40123/inbox/abc"))));
}

TEST(MimeTest, UndoesBothTransferEncodings) {
  const auto message = read(
      "From: a@example.org\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n"
      "--x\r\nContent-Type: Text/Plain\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nGr=C3=BC=\r\n=C3=9Fe\r\n"
      "--x\r\nContent-Transfer-Encoding: base64\r\n\r\nPGEv\r\nPg==\r\n--x--\r\n");
  ASSERT_THAT(message.parts, SizeIs(2));
  EXPECT_EQ(message.parts[0].body, "Grüße");
  EXPECT_EQ(message.parts[0].content_type, "text/plain");
  EXPECT_EQ(message.parts[1].body, "<a/>");
}

TEST(MimeTest, ReadsAMessageOfOnePart) {
  const auto message = read("Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n\r\nbody");
  EXPECT_THAT(message.headers, Contains(Pair("subject", "Grüße")));
  ASSERT_THAT(message.parts, SizeIs(1));
  EXPECT_EQ(message.parts[0].body, "body");
}

TEST(MimeTest, ListsLeavesOfNestedMultipartsInOrder) {
  const auto message = read(
      "From: a@example.org\nContent-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: multipart/alternative; "
      "boundary=y\n\n--y\n\n1\n--y\n\n2\n--y--\n--x\n\n3\n--x--\n");
  ASSERT_THAT(message.parts, SizeIs(3));
  EXPECT_EQ(message.parts[0].body + message.parts[1].body + message.parts[2].body, "123");
}

std::string message_with_parts(int count) {
  std::string message = "From: a@example.org\nContent-Type: multipart/mixed; boundary=x\n\n";
  for (int i = 0; i < count; ++i) message += "--x\n\n" + std::to_string(i) + "\n";
  return message + "--x--\n";
}

TEST(MimeTest, BoundsTheNumberOfParts) {
  EXPECT_EQ(error_of(message_with_parts(100)), "no error");
  EXPECT_EQ(error_of(message_with_parts(101)), "the message has more than 100 parts");
  EXPECT_EQ(error_of(message_with_parts(100'000)), "the message has more than 100 parts");
}

std::string nested_message(int depth) {
  std::string message = "From: a@example.org\n";
  std::string tail;
  for (int i = 0; i < depth; ++i) {
    const auto boundary = "b" + std::to_string(i) + "e";
    message += "Content-Type: multipart/mixed; boundary=" + boundary + "\n\n--" + boundary + "\n";
    tail = "\n--" + boundary + "--\n" + tail;
  }
  return message + "\nleaf" + tail;
}

TEST(MimeTest, BoundsTheDepth) {
  EXPECT_EQ(error_of(nested_message(20)), "no error");
  EXPECT_EQ(error_of(nested_message(21)), "multipart bodies are nested deeper than 20");
}

TEST(MimeTest, LeavesSigpipeAsItWas) {
  static_cast<void>(read_mime("From: a@example.org\r\n\r\nhello\r\n"));
  struct sigaction now {};
  ASSERT_EQ(sigaction(SIGPIPE, nullptr, &now), 0);
  EXPECT_EQ(now.sa_handler, SIG_DFL);
}

TEST(MimeTest, BoundsTheSize) {
  constexpr std::size_t bytes_max = 64ull * 1024 * 1024;
  std::string message = "From: a@example.org\n\n";
  message.resize(bytes_max, 'x');
  EXPECT_EQ(error_of(message), "no error");
  EXPECT_EQ(error_of(message + "x"), "the message has 67108865 bytes, at most 67108864 are read");
}

TEST(MimeTest, SaysThatSomethingIsNoMessage) {
  EXPECT_EQ(error_of(" \r\n "), "the message is empty");
  EXPECT_THAT(error_of("<html>no mail</html>"), HasSubstr("no mail message: expected header fields"));
}

TEST(MimeTest, ReadsPublishedMessages) {
  const auto folder = published_folder() / "direct/mime";
  if (!std::filesystem::is_directory(folder)) GTEST_SKIP() << "no published messages at " << folder;
  int count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const auto text = read_text(entry.path());
    ASSERT_TRUE(text);
    const auto message = read_mime(*text);
    count += message ? 1 : 0;
  }
  EXPECT_GT(count, 0);
}

}  // namespace
}  // namespace bb::records
