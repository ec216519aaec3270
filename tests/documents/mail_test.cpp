// Mails, certificates and bundles: what they are, what is in them, and bad input.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>

#include <bb/core/crypto.hpp>
#include <bb/core/files.hpp>
#include <bb/core/text.hpp>
#include <bb/direct/message.hpp>

#include "direct/people.hpp"
#include "documents/mail_recipe.hpp"
#include "documents/zip_text.hpp"
#include "harness/documents/batch.hpp"
#include "harness/documents/kind_certificate.hpp"
#include "harness/documents/kind_mail.hpp"
#include "harness/documents/mail_forms.hpp"
#include "support/temporary_folder.hpp"

namespace bb::documents {
namespace {

namespace fs = std::filesystem;
using test::must;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const fs::path source = BB_SOURCE_DIR;
const fs::path examples = source / "conformance/documents/mail/examples";
const std::string head =
    "From: alice@direct.example.org\r\nTo: bob@direct.example.net\r\nDate: Mon, 21 Sep 2026 13:33:20 +0000\r\n"
    "Message-ID: <1@direct.example.org>\r\nSubject: Note\r\nMIME-Version: 1.0\r\n";

class Reports : public ReportSink {
 public:
  bool begin(const std::string&) override { return true; }
  void end(const DocumentReport& report) override { all.push_back(report); }
  std::vector<DocumentReport> all;
};

DocumentChecker make_checker(const MailSettings& settings) {
  auto formats = must(Formats::read(source / "conformance/documents/formats.yaml"));
  auto own = must(OwnRules::read(source / "conformance/documents",
                                 source / "conformance/schemas/document-rules.schema.json", formats));
  auto store = must(DataStore::open(fs::path(testing::TempDir()) / "no data"));
  const Selection selection{.has_schema = false,
                            .has_schematron = false,
                            .has_own = true,
                            .files = {},
                            .mail = std::make_shared<const MailSettings>(settings)};
  return {std::make_shared<Rules>(std::move(formats), std::move(store), selection, std::move(own)), {}};
}

// Of the mail, then of what is attached to it.
std::vector<DocumentReport> reports_of(const std::string& bytes, const MailSettings& settings = {}) {
  static auto usual = make_checker({});
  auto other = settings.keys.empty() ? std::optional<DocumentChecker>() : make_checker(settings);
  Reports reports;
  check_input({.name = "mail.eml", .bytes = std::make_shared<const std::string>(bytes)}, other ? *other : usual,
              KeepSource::no, reports);
  return reports.all;
}

std::set<std::string> rules_in(const DocumentReport& report) {
  std::set<std::string> rules;
  for (const auto& finding : report.findings) rules.insert(finding.rule);
  return rules;
}

std::set<std::string> rules_in(const std::string& mail) { return rules_in(reports_of(mail).at(0)); }

test::MadeMail made(const std::string& name) {
  return test::make_mail(must(read_text(examples / name)), examples.string());
}

std::string multipart(const std::string& parts) {
  return head + "Content-Type: multipart/mixed; boundary=\"b\"\r\n\r\n" + parts + "--b--\r\n";
}

std::string attached(const std::string& name, std::string_view bytes) {
  return "--b\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n"
         "Content-Disposition: attachment; filename=\"" +
         name + "\"\r\n\r\n" + base64_encode(bytes) + "\r\n";
}

// Bounded for any input: what a test machine does in a tenth of it.
class Clock {
 public:
  ~Clock() {
    EXPECT_LT(std::chrono::steady_clock::now() - begin_, std::chrono::seconds(20)) << "a bound of time was missed";
  }

 private:
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

TEST(MailTest, IsKnownByItsHeader) {
  const auto format = [](const std::string& bytes) { return reports_of(bytes).at(0).recognition.format; };
  EXPECT_EQ(format(head + "\r\nHello\r\n"), "mail");
  EXPECT_EQ(format(head + "Content-Type: application/x-pkcs7-mime; smime-type=enveloped-data\r\n\r\nMII\r\n"),
            "direct-message");
  EXPECT_EQ(
      format(head + "Content-Type: multipart/signed; protocol=\"application/pgp-signature\"; boundary=\"b\"\r\n\r\n"),
      "mail");
  EXPECT_EQ(format(made("processed.recipe").bytes), "direct-message");
  EXPECT_EQ(format(made("status.recipe").bytes), "dsn");
  EXPECT_EQ(format(made("certificate.recipe").bytes), "certificate");
  EXPECT_EQ(format(made("bundle.recipe").bytes), "trust-bundle");
}

TEST(MailTest, OfAMailboxFileIsKnownAndItsFirstLineIsFound) {
  const auto report =
      reports_of("From alice@direct.example.org Mon Sep 21 13:33:20 2026\r\n" + head + "\r\nHello\r\n").at(0);
  EXPECT_EQ(report.recognition.format, "mail");
  ASSERT_THAT(rules_in(report), ElementsAre("DIRECT-MSG-01.readable"));
  EXPECT_THAT(report.findings[0].found, HasSubstr("line 1: 'From alice@direct.example.org"));
  EXPECT_FALSE(is_mail("From here on"));
}

TEST(MailTest, ACertificateIsKnownHoweverItIsWritten) {
  const auto& certificate = test::people().alice.certificate;
  const auto base64 = base64_encode(certificate.der());
  const auto pem = [&](const std::string& label) {
    return "-----BEGIN " + label + "-----\n" + base64 + "\n-----END " + label + "-----\n";
  };
  EXPECT_TRUE(is_certificate(certificate.der()));
  EXPECT_TRUE(is_certificate(base64));
  EXPECT_TRUE(is_certificate(pem("CERTIFICATE")));
  EXPECT_TRUE(is_certificate("\xEF\xBB\xBF" + pem("CERTIFICATE")));
  EXPECT_TRUE(is_certificate(pem("X509 CERTIFICATE")));
  EXPECT_TRUE(is_certificate("subject=CN = x\n" + pem("CERTIFICATE")));
  EXPECT_FALSE(is_certificate(base64.substr(0, 400)));
  EXPECT_FALSE(is_certificate(pem("PRIVATE KEY")));
  EXPECT_FALSE(is_certificate("a text with " + pem("CERTIFICATE")));
}

TEST(MailTest, IsNoTextOfKeysAndValues) {
  EXPECT_FALSE(is_mail("Destination: a@b\nPatient: Ann\nData-holder: A\nRecurring: No\n"));
  EXPECT_FALSE(is_mail("Date: today\nSubject: a visit\n"));
  EXPECT_FALSE(is_mail("no header"));
  EXPECT_FALSE(is_mail(""));
}

TEST(MailTest, WithoutItsKeyIsNotJudgedAndNeverPasses) {
  const auto report = reports_of(made("sealed.recipe").bytes).at(0);
  EXPECT_THAT(rules_in(report), IsEmpty());
  EXPECT_EQ(report.exit_status(), 3);
  ASSERT_EQ(report.missing.size(), 1u);
  EXPECT_THAT(report.missing[0], HasSubstr("--key"));
  ASSERT_EQ(report.unjudged.size(), 1u);
  EXPECT_THAT(report.unjudged[0].rule, HasSubstr("SEC-03"));
}

TEST(MailTest, WithItsKeyAndAnchorIsRight) {
  const auto mail = made("sealed.recipe");
  const auto report = reports_of(mail.bytes, mail.settings).at(0);
  EXPECT_THAT(rules_in(report), IsEmpty());
  EXPECT_EQ(report.exit_status(), 0);
  EXPECT_EQ(report.judged_by, "the Applicability Statement 1.2, certificates at 2026-09-21T14:13:20.000Z (as asked)");
}

TEST(MailTest, SaysWhatTimeCertificatesAreJudgedBy) {
  auto mail = made("sealed.recipe");
  mail.settings.at.reset();
  mail.settings.direct_as = "1.3";
  const auto report = reports_of(mail.bytes, mail.settings).at(0);
  EXPECT_EQ(report.judged_by,
            "the Applicability Statement 1.3, certificates at 2026-09-21T13:33:20.000Z (the mail's Date)");
  EXPECT_THAT(rules_in(report), IsEmpty());
}

TEST(MailTest, OfAnotherIsNotJudged) {
  auto mail = made("sealed.recipe");
  mail.settings.keys = {test::people().alice};
  EXPECT_EQ(reports_of(mail.bytes, mail.settings).at(0).exit_status(), 3);
}

TEST(MailTest, DamagedForItsOwnKeyIsAFindingAndNotUnjudged) {
  const auto entity = must(direct::encrypted_entity("no header\r\n", {test::people().bob.certificate}, {}));
  MailSettings settings;
  settings.keys = {test::people().bob};
  const auto report =
      reports_of(replace_all(head, "MIME-Version: 1.0\r\n", "") + "MIME-Version: 1.0\r\n" + entity, settings).at(0);
  EXPECT_THAT(rules_in(report), Contains("DIRECT-MSG-08.opens"));
  EXPECT_THAT(report.missing, IsEmpty());
  EXPECT_EQ(report.exit_status(), 1);
}

TEST(MailTest, WithoutAnAnchorSaysThatTrustIsNotJudged) {
  auto mail = made("sealed.recipe");
  mail.settings.anchors.clear();
  const auto report = reports_of(mail.bytes, mail.settings).at(0);
  EXPECT_EQ(report.exit_status(), 0);
  ASSERT_FALSE(report.unjudged.empty());
  EXPECT_THAT(report.unjudged[0].why, HasSubstr("--anchor"));
}

TEST(MailTest, FindingsStandAtTheirLines) {
  const auto report = reports_of(replace_all(head, "21 Sep 2026", "41 Sep 2026") + "\r\nHello\r\n").at(0);
  ASSERT_EQ(report.findings.size(), 1u);
  EXPECT_EQ(report.findings[0].rule, "DIRECT-HDR-04.form");
  EXPECT_EQ(report.findings[0].line, 3);
  EXPECT_EQ(report.findings[0].path, "the message > Date");
}

TEST(MailTest, GivesWhatIsAttached) {
  const auto visit = must(read_text(source / "samples/records/alice.xml"));
  const auto reports =
      reports_of(multipart(attached("visit.xml", visit) + attached("visit.zip", zip_of({{"a.xml", visit}})) +
                           "--b\r\nContent-Type: text/html\r\n\r\n<html><p>Hello</p></html>\r\n"));
  std::vector<std::string> names;
  for (const auto& report : reports) names.push_back(report.name + " " + report.recognition.format);
  EXPECT_THAT(names,
              ElementsAre("mail.eml mail", "mail.eml!/visit.xml ccda-2.1", "mail.eml!/visit.zip!/a.xml ccda-2.1"));
}

TEST(MailTest, GivesWhatIsAttachedInsideOfEncryption) {
  const auto visit = must(read_text(source / "samples/records/alice.xml"));
  const auto& bob = test::people().bob;
  const auto mail =
      must(direct::seal(multipart(attached("visit.xml", visit)), test::people().alice, {bob.certificate}));
  MailSettings settings;
  settings.keys = {bob};
  settings.at = test::noon;
  const auto reports = reports_of(mail, settings);
  ASSERT_EQ(reports.size(), 2u);
  EXPECT_EQ(reports[1].name, "mail.eml!/visit.xml");
  EXPECT_EQ(reports[1].recognition.format, "ccda-2.1");
  EXPECT_EQ(reports_of(mail).size(), 1u) << "closed";
}

TEST(MailTest, AttachedToAttachedEndsSomewhere) {
  std::string mail = head + "\r\nHello\r\n";
  for (int i = 0; i < 8; ++i) mail = multipart(attached("inner.eml", mail));
  EXPECT_EQ(reports_of(mail).size(), 3u) << "the mail and two below";
}

// Bad input.

TEST(MailTest, PartsInPartsAreBounded) {
  const Clock clock;
  std::string open;
  for (int i = 0; i < 5000; ++i)
    open += "--b" + std::to_string(i) + "\r\nContent-Type: multipart/mixed; boundary=\"b" + std::to_string(i + 1) +
            "\"\r\n\r\n";
  EXPECT_THAT(rules_in(head + "Content-Type: multipart/mixed; boundary=\"b0\"\r\n\r\n" + open),
              Contains("DIRECT-MSG-01.readable"));
}

TEST(MailTest, AHundredThousandPartsAreBounded) {
  const Clock clock;
  std::string parts;
  for (int i = 0; i < 100'000; ++i) parts += "--b\r\n\r\nx\r\n";
  EXPECT_THAT(rules_in(multipart(parts)), Contains("DIRECT-MSG-01.readable"));
}

TEST(MailTest, EncodedMessagesInEachOtherAreBounded) {
  const Clock clock;
  std::string mail = head + "\r\nHello\r\n";
  for (int i = 0; i < 12; ++i)
    mail = head + "Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64_encode(mail);
  const auto report = reports_of(mail).at(0);
  ASSERT_EQ(report.unjudged.size(), 1u);
  EXPECT_THAT(report.unjudged[0].why, HasSubstr("deep"));
}

TEST(MailTest, ALineOfSixtyMegabytesIsAFinding) {
  const Clock clock;
  const auto report = reports_of(head + "\r\n" + std::string(60'000'000, 'x')).at(0);
  ASSERT_THAT(rules_in(report), ElementsAre("DIRECT-HDR-17.length"));
  EXPECT_EQ(report.findings[0].found, "60000000");
  EXPECT_EQ(report.findings[0].line, 8);
}

TEST(MailTest, AFileOfAGigabyteIsNotRead) {
  const Clock clock;
  const test::TemporaryFolder folder;
  const auto file = folder.path() / "large.eml";
  ASSERT_TRUE(write_text(file, head + "\r\n"));
  fs::resize_file(file, std::uintmax_t{1} << 30u);
  std::vector<std::string> problems;
  read_input({.name = file.string()}, [&](const Piece& piece) { problems.push_back(piece.problem); });
  EXPECT_THAT(problems, ElementsAre(HasSubstr("at most")));
}

TEST(MailTest, HeaderFieldsThatInjectOthersAreFound) {
  EXPECT_THAT(rules_in(replace_all(head, "Note", "Note\rBcc: eve@example.org") + "\r\nHello\r\n"),
              testing::IsSupersetOf({"DIRECT-HDR-09.control", "DIRECT-HDR-17.mixed"}));
  EXPECT_THAT(rules_in(replace_all(head, "Note", std::string("Note\0Bcc: eve", 13)) + "\r\nHello\r\n"),
              testing::IsSupersetOf({"DIRECT-HDR-09.control", "DIRECT-HDR-17.zero"}));
  EXPECT_THAT(rules_in(replace_all(head, "Note", "Not\xE9") + "\r\nHello\r\n"), ElementsAre("DIRECT-HDR-01.ascii"));
}

TEST(MailTest, BrokenBase64IsFound) {
  EXPECT_THAT(rules_in(multipart("--b\r\nContent-Transfer-Encoding: base64\r\n\r\nUE*G\r\n")),
              ElementsAre("DIRECT-MSG-01.decoded"));
}

TEST(MailTest, FieldsOfManyPartsAreBounded) {
  const Clock clock;
  std::string parts;
  const std::string fields = [] {
    std::string text;
    for (int i = 0; i < 900; ++i) text += "X-" + std::to_string(i) + ": y\r\n";
    return text;
  }();
  for (int i = 0; i < 300; ++i) parts += "--b\r\nContent-Type: message/rfc822\r\n\r\n" + fields + "\r\nx\r\n";
  const auto report = reports_of(multipart(parts)).at(0);
  ASSERT_EQ(report.unjudged.size(), 1u);
  EXPECT_THAT(report.unjudged[0].why, HasSubstr("first 100000"));
}

TEST(MailFormsTest, Dates) {
  // RFC 5322, appendix A.1.1, A.5 (comments) and A.6.2 (obsolete); seconds by `date -u -d`.
  EXPECT_EQ(mail_time("Fri, 21 Nov 1997 09:55:06 -0600"), 880127706);
  EXPECT_EQ(mail_time("Thu, 13 Feb 1969 23:32 -0330 (Newfoundland Time)"), -27723480);
  EXPECT_EQ(mail_time("21 Nov 97 09:55:06 GMT"), 880106106);
  EXPECT_TRUE(is_mail_date("Fri, 21 Nov 1997 09:55:06 -0600"));
  EXPECT_FALSE(is_mail_date("21 Nov 97 09:55:06 GMT"));
  for (const auto* wrong :
       {"", "Fri, 21 Nov 1997", "Fri, 31 Nov 1997 09:55:06 -0600", "Fri, 21 Nov 1997 24:55:06 -0600",
        "Fri, 21 Nov 1997 09:55:06 -0660", "Fri, 21 Nov 1997 09:55:06 -0600 (open", "Thu, 21 Nov 1997 09:55:06 -0600"})
    EXPECT_FALSE(mail_time(wrong)) << wrong;
}

TEST(MailFormsTest, Mailboxes) {
  // RFC 5322, appendix A.1.2 and A.1.3.
  EXPECT_TRUE(are_mailboxes("\"Joe Q. Public\" <john.q.public@example.com>"));
  EXPECT_TRUE(are_mailboxes("Mary Smith <mary@x.test>, jdoe@example.org, Who? <one@y.test>"));
  EXPECT_TRUE(are_mailboxes("A Group:Ed Jones <c@a.test>,joe@where.test,John <jdoe@one.test>;"));
  EXPECT_TRUE(are_mailboxes("Undisclosed recipients:;"));
  EXPECT_TRUE(are_mailboxes("root@localhost"));
  EXPECT_TRUE(are_mailboxes("root@[127.0.0.1]"));
  EXPECT_FALSE(are_direct_addresses("root@localhost"));
  EXPECT_FALSE(are_direct_addresses("root@[127.0.0.1]"));
  for (const auto* wrong : {"", "Mary", "mary@", "@x.test", "mary@x.test jdoe@x.test", "Mary <mary@x.test"})
    EXPECT_FALSE(are_mailboxes(wrong)) << wrong;
  EXPECT_FALSE(is_mailbox("a@x.test, b@x.test"));
}

TEST(MailFormsTest, OtherFields) {
  EXPECT_TRUE(is_return_path("<>"));
  EXPECT_TRUE(is_return_path("<a@x.test>"));
  EXPECT_FALSE(is_return_path("a@x.test"));
  // RFC 5322, appendix A.4.
  EXPECT_TRUE(
      is_received("from x.y.test by example.net via TCP with ESMTP id ABC12345 for <mary@example.net>; "
                  "21 Nov 1997 10:05:43 -0600"));
  EXPECT_FALSE(is_received("from x.y.test by example.net"));
  EXPECT_TRUE(is_message_id("<5678.21-Nov-1997@example.com>"));
  EXPECT_FALSE(is_message_id("<a@b> <c@d>"));
  EXPECT_FALSE(is_message_id("<a b@c>"));
  EXPECT_TRUE(are_message_ids("<1234@local.machine.example> <3456@example.net>"));
  EXPECT_FALSE(are_message_ids(""));
  EXPECT_FALSE(are_keywords("a,,b"));
  EXPECT_TRUE(is_with_parameters("text/plain; charset=utf-8"));
  EXPECT_FALSE(is_with_parameters("text/plain; charset"));
}

TEST(CertificatesInTest, ReadsWhatAnchorsComeAs) {
  const auto& root = test::people().root.certificate;
  EXPECT_EQ(must(certificates_in(root.der())).size(), 1u);
  EXPECT_EQ(must(certificates_in(pki::to_pem(root) + pki::to_pem(root))).size(), 2u);
  EXPECT_EQ(must(certificates_in(made("bundle.recipe").bytes)).size(), 1u);
  EXPECT_FALSE(certificates_in("no certificate"));
  EXPECT_FALSE(certificates_in(root.der().substr(0, 100)));
}

}  // namespace
}  // namespace bb::documents
