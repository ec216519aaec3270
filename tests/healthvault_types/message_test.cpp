// A mail as a thing.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <bb/healthvault/message_thing.hpp>
#include <bb/records/mime.hpp>

#include "thing_data.hpp"

namespace bb::healthvault {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

std::string mail(const std::string& text) {
  records::OutgoingMail outgoing;
  outgoing.from = "a@direct.example.org";
  outgoing.to = "b@direct.example.org";
  outgoing.subject = "Summary & more";
  outgoing.message_id = "1@direct.example.org";
  outgoing.text = text;
  outgoing.attachments = {{"application/cda+xml", "attachment", "a.xml", "<a/>"},
                          {"application/pdf", "attachment", "", std::string("\0\xFF", 2)}};
  return records::write_mime(outgoing);
}

TEST(MessageTest, IsItsTextAndItsAttachments) {
  const auto bytes = mail("Dear B,\nsee below.");
  const auto made = message_thing(bytes, "2012-08-06T10:30:00-05:00");
  ASSERT_TRUE(made);
  const auto& xml = made->thing.bytes;
  EXPECT_THAT(xml, HasSubstr("<headers><name>subject</name><value>Summary &amp; more</value></headers>"));
  EXPECT_THAT(xml, HasSubstr("<size>" + std::to_string(bytes.size()) + "</size><summary>Dear B,"));
  EXPECT_THAT(xml, HasSubstr("<text-blob-name>TextBody</text-blob-name><attachments><name>a.xml</name>"
                             "<blob-name>Attachment2</blob-name><inline-display>false</inline-display></attachments>"));
  ASSERT_EQ(made->blobs.size(), 4u);
  EXPECT_EQ(made->blobs[0].name, "FullMessage");
  EXPECT_EQ(made->blobs[0].bytes, bytes);
  EXPECT_EQ(made->blobs[2].bytes, "<a/>");
  EXPECT_EQ(made->blobs[3].bytes, std::string("\0\xFF", 2));
  const auto read = read_ok(made->thing);
  ASSERT_EQ(read.record.attachments.size(), 2u);
  EXPECT_EQ(read.record.attachments[1].reference, "Attachment3");
  EXPECT_EQ(read.record.notes.at(0).date, "2012-08-06T10:30:00-05:00");
}

TEST(MessageTest, IsValidByThePublishedSchema) {
  if (!schema_file("message.xsd")) GTEST_SKIP() << "SKIPPED: no published schemas at " << healthvault_folder();
  const auto made = message_thing(mail("x"), "2012-08-06");
  ASSERT_TRUE(made);
  EXPECT_THAT(violations(made->thing), IsEmpty()) << made->thing.bytes;
}

TEST(MessageTest, SummarisesItsFirst512Characters) {
  std::string text;
  for (int i = 0; i < 513; ++i) text += "\xC3\xA9";
  const auto made = message_thing(mail(text), "2012-08-06");
  ASSERT_TRUE(made);
  EXPECT_THAT(made->thing.bytes, HasSubstr("<summary>" + text.substr(0, 1024) + "</summary>"));
}

TEST(MessageTest, NeedsADateAndAMail) {
  EXPECT_THAT(message_thing(mail("x"), "2012").error().what, HasSubstr("to the day at least"));
  EXPECT_FALSE(message_thing("", "2012-08-06"));
}

}  // namespace
}  // namespace bb::healthvault
