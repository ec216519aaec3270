#include <bb/direct/notification.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bb/core/bytes.hpp>

#include "people.hpp"

namespace {

using namespace bb::direct;
using bb::test::must;
using testing::HasSubstr;

Notification notification_in(const std::string& message) {
  auto read = must(read_notification(must(read_entity(message))));
  EXPECT_TRUE(read);
  return read.value_or(Notification{});
}

NotificationRequest request() {
  NotificationRequest made;
  made.from = "bob@direct.example.net";
  made.to = "alice@direct.example.org";
  made.message_id = "mdn-1@direct.example.net";
  made.date_unix_ns = 1'795'300'000'000'000'000;
  made.original_message_id = "<one@direct.example.org>";
  made.reporting_ua = "direct.example.net; BlueBridge";
  return made;
}

// The example of RFC 8098, 9, shortened; its own values.
TEST(NotificationTest, ReadsTheExampleOfTheStandard) {
  const auto read = notification_in(
      "Date: Wed, 20 Sep 1995 00:19:00 (EDT) -0400\r\n"
      "From: Joe Recipient <Joe_Recipient@example.com>\r\n"
      "Message-Id: <199509200019.12345@example.com>\r\n"
      "Subject: Re: First draft of report Disposition notification\r\n"
      "To: Jane Sender <Jane_Sender@example.org>\r\n"
      "MIME-Version: 1.0\r\n"
      "Content-Type: multipart/report; report-type=disposition-notification;\r\n "
      "boundary=\"RAA14128.773615765/example.com\"\r\n"
      "\r\n"
      "--RAA14128.773615765/example.com\r\n"
      "Content-type: text/plain; charset=utf-8\r\n\r\n"
      "The message has been displayed.\r\n"
      "--RAA14128.773615765/example.com\r\n"
      "Content-type: message/disposition-notification\r\n\r\n"
      "Reporting-UA: joes-pc.cs.example.com; Foomail 97.1\r\n"
      "Original-Recipient: rfc822;Joe_Recipient@example.com\r\n"
      "Final-Recipient: rfc822;Joe_Recipient@example.com\r\n"
      "Original-Message-ID: <199509192301.23456@example.org>\r\n"
      "Disposition: manual-action/MDN-sent-manually; displayed\r\n"
      "\r\n"
      "--RAA14128.773615765/example.com\r\n"
      "Content-type: message/rfc822\r\n\r\n"
      "Subject: First draft\r\n\r\n"
      "--RAA14128.773615765/example.com--\r\n");
  EXPECT_EQ(read.disposition_mode, "manual-action/mdn-sent-manually");
  EXPECT_EQ(read.disposition, "displayed");
  EXPECT_EQ(read.final_recipient, "Joe_Recipient@example.com");
  EXPECT_EQ(read.original_message_id, "<199509192301.23456@example.org>");
  EXPECT_EQ(read.reporting_ua, "joes-pc.cs.example.com; Foomail 97.1");
  EXPECT_EQ(read.text, "The message has been displayed.");
  EXPECT_EQ(read.fields.size(), 5u);
}

TEST(NotificationTest, WritesWhatDirectAsksFor) {  // DIRECT-MDN-03 to -07, -10
  const auto text = write_notification(request());
  EXPECT_TRUE(is_canonical(text));
  const auto message = must(read_entity(text));
  EXPECT_EQ(message.type.value, "multipart/report");
  EXPECT_EQ(message.type.of("report-type"), "disposition-notification");
  EXPECT_EQ(message.value("date"), "Sat, 21 Nov 2026 22:26:40 +0000");
  EXPECT_EQ(message.value("message-id"), "<mdn-1@direct.example.net>");
  EXPECT_EQ(message.find("disposition-notification-to"), nullptr);
  ASSERT_EQ(message.parts.size(), 2u);
  EXPECT_EQ(message.parts[0].type.value, "text/plain");
  EXPECT_EQ(message.parts[1].type.value, "message/disposition-notification");
  EXPECT_THAT(text, HasSubstr("\r\nDisposition: automatic-action/MDN-sent-automatically;processed\r\n"));
  EXPECT_THAT(text, HasSubstr("\r\nFinal-Recipient: rfc822; bob@direct.example.net\r\n"));
  EXPECT_THAT(text, HasSubstr("\r\nOriginal-Message-ID: <one@direct.example.org>\r\n"));

  const auto read = notification_in(text);
  EXPECT_EQ(read.disposition, "processed");
  EXPECT_EQ(read.final_recipient, "bob@direct.example.net");
  EXPECT_EQ(read.find(final_delivery), nullptr);
}

TEST(NotificationTest, WritesTheFieldOfFinalDelivery) {  // DIRECT-DN-03, -04
  auto dispatched = request();
  dispatched.disposition = "dispatched";
  dispatched.has_final_delivery = true;
  const auto read = notification_in(write_notification(dispatched));
  EXPECT_EQ(read.disposition, "dispatched");
  EXPECT_NE(read.find(final_delivery), nullptr);
}

TEST(NotificationTest, LetsNoFieldBeSmuggledIn) {
  auto hostile = request();
  hostile.original_message_id = "<one>\r\nDisposition: automatic-action/MDN-sent-automatically;dispatched\r\nX: y";
  hostile.from = "bob@direct.example.net\r\nBcc: eve@example.org";
  hostile.text = "Zo\xC3\xAB\r\n--boundary";
  const auto text = write_notification(hostile);
  const auto message = must(read_entity(text));
  EXPECT_EQ(message.find("bcc"), nullptr);
  const auto read = notification_in(text);
  EXPECT_EQ(read.disposition, "processed");
  EXPECT_EQ(read.find("x"), nullptr);
  EXPECT_EQ(read.text, "Zo\xC3\xAB\r\n--boundary");
  EXPECT_TRUE(bb::are_ascii(text));
}

TEST(NotificationTest, TellsAnotherMessageFromABrokenOne) {
  EXPECT_FALSE(must(read_notification(must(read_entity("Subject: x\r\n\r\ny")))));
  const auto broken = [](std::string_view from, std::string_view to) {
    auto text = write_notification(request());
    text.replace(text.find(from), from.size(), to);
    const auto read = read_notification(must(read_entity(text)));
    return read ? std::string() : read.error().what;
  };
  EXPECT_THAT(broken("message/disposition-notification", "text/plain"), HasSubstr("no part message/disposition"));
  EXPECT_THAT(broken("Disposition: ", "X-Disposition: "), HasSubstr("no Disposition"));
  EXPECT_THAT(broken("automatically;processed", "automatically processed"), HasSubstr("has no ';'"));
  EXPECT_THAT(broken(";processed", ";"), HasSubstr("names no type"));
}

// RFC 8098, 3.2.6 has OWS, which is [CFWS], on both sides of "/" and ";".
TEST(NotificationTest, ReadsADispositionWithCommentsAndBlanks) {
  auto text = write_notification(request());
  const std::string plain = "automatic-action/MDN-sent-automatically;processed";
  text.replace(text.find(plain), plain.size(),
               "automatic-action / MDN-sent-automatically\r\n\t(by rule) ; processed (1)");
  const auto read = notification_in(text);
  EXPECT_EQ(read.disposition_mode, "automatic-action/mdn-sent-automatically");
  EXPECT_EQ(read.disposition, "processed");
}

// As an agent in the field wrote it (the development data's context/DSN.eml).
TEST(NotificationTest, ReadsARecipientWithAName) {
  auto text = write_notification(request());
  text.replace(text.find("rfc822; bob@"), 12, "rfc822;\"Bob\" <bob@");
  text.insert(text.find("\r\n", text.find("<bob@")), ">");
  EXPECT_EQ(notification_in(text).final_recipient, "bob@direct.example.net");
}

TEST(NotificationTest, ReadsModifiers) {
  auto text = write_notification(request());
  text.replace(text.find(";processed"), 10, ";processed/Error, warning");
  EXPECT_THAT(notification_in(text).modifiers, testing::ElementsAre("error", "warning"));
}

// RFC 3464, appendix E: the first example, its own values.
TEST(DeliveryStatusTest, ReadsTheExampleOfTheStandard) {
  const auto found = must(read_delivery_status(must(read_entity(
      "Content-Type: multipart/report; report-type=delivery-status; boundary=\"RAA14128.773615765/CS.UTK.EDU\"\r\n"
      "\r\n"
      "--RAA14128.773615765/CS.UTK.EDU\r\n\r\nThe original message was received\r\n"
      "--RAA14128.773615765/CS.UTK.EDU\r\ncontent-type: message/delivery-status\r\n\r\n"
      "Reporting-MTA: dns; cs.utk.edu\r\n\r\n"
      "Original-Recipient: rfc822;louisl@larry.slip.umd.edu\r\n"
      "Final-Recipient: rfc822;louisl@larry.slip.umd.edu\r\n"
      "Action: failed\r\nStatus: 4.0.0\r\n"
      "Diagnostic-Code: smtp; 426 connection timed out\r\n"
      "Last-Attempt-Date: Thu, 7 Jul 1994 17:15:49 -0400\r\n\r\n"
      "--RAA14128.773615765/CS.UTK.EDU\r\ncontent-type: message/rfc822\r\n\r\n"
      "Message-Id: <199407072116.RAA14128@CS.UTK.EDU>\r\n\r\noriginal\r\n"
      "--RAA14128.773615765/CS.UTK.EDU--\r\n"))));
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].recipient, "louisl@larry.slip.umd.edu");
  EXPECT_EQ(found[0].action, "failed");
  EXPECT_EQ(found[0].status, "4.0.0");
  EXPECT_EQ(found[0].diagnostic, "426 connection timed out");
  EXPECT_EQ(found[0].original_message_id, "<199407072116.RAA14128@CS.UTK.EDU>");
}

TEST(DeliveryStatusTest, TakesTheIdFromAFieldWhereNoHeaderCameBack) {
  const auto id_of = [](const std::string& more) {
    return must(read_delivery_status(must(read_entity(
                    "Content-Type: multipart/report; report-type=delivery-status; boundary=\"b\"\r\n\r\n"
                    "--b\r\n\r\nNo.\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n"
                    "Reporting-MTA: dns; mx.example.net\r\nX-Original-Message-ID: <field@example.org>\r\n\r\n"
                    "Final-Recipient: rfc822; \"Bob\" <bob@example.net>\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n" +
                    more + "--b--\r\n"))))
        .at(0);
  };
  EXPECT_EQ(id_of("").original_message_id, "<field@example.org>");
  EXPECT_EQ(id_of("").recipient, "bob@example.net");
  EXPECT_EQ(id_of("--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <header@example.org>\r\n\r\n")
                .original_message_id,
            "<header@example.org>");
}

TEST(FinalDeliveryTest, TellsWhatIsAskedFor) {  // DIRECT-DN-01, -05, -06
  const auto asked = [](const std::string& header) { return asked_of(must(read_entity(header + "\r\n"))); };
  EXPECT_EQ(asked(final_delivery_option()), FinalDelivery::asked);
  EXPECT_EQ(asked("Disposition-Notification-Options: X-DIRECT-FINAL-DESTINATION-DELIVERY=optional, true\r\n"),
            FinalDelivery::asked);
  EXPECT_EQ(asked("Subject: x\r\n"), FinalDelivery::not_asked);
  EXPECT_EQ(asked("Disposition-Notification-Options: X-DIRECT-FINAL-DESTINATION-DELIVERY=bogus\r\n"),
            FinalDelivery::ill_formed);
  EXPECT_EQ(asked("Disposition-Notification-Options: X-DIRECT-FINAL-DESTINATION-DELIVERY=required,true\r\n"),
            FinalDelivery::ill_formed);
  EXPECT_EQ(asked("Disposition-Notification-Options: signed-receipt-protocol=optional,pkcs7-signature\r\n"),
            FinalDelivery::not_asked);
  // RFC 8098, 2.2: parameters with ";" between them.
  EXPECT_EQ(asked("Disposition-Notification-Options: signed-receipt-protocol=optional,pkcs7-signature;\r\n "
                  "X-DIRECT-FINAL-DESTINATION-DELIVERY=optional,true\r\n"),
            FinalDelivery::asked);
  EXPECT_EQ(asked("Disposition-Notification-Options: X-DIRECT-FINAL-DESTINATION-DELIVERY=optional,true; a=b,c\r\n"),
            FinalDelivery::asked);
  EXPECT_EQ(asked("Disposition-Notification-Options: a=b,X-DIRECT-FINAL-DESTINATION-DELIVERY\r\n"),
            FinalDelivery::ill_formed);
  EXPECT_EQ(asked("Disposition-Notification-Options: X-DIRECT-FINAL-DESTINATION-DELIVERY\r\n"),
            FinalDelivery::ill_formed);
}

}  // namespace
