// What a suite asks for by `valid`, and when a document is that.
#include "harness/documents/validation.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include <fmt/format.h>
#include <bb/core/files.hpp>
#include <bb/core/text.hpp>

#include "documents/mail_recipe.hpp"
#include "support/temporary_folder.hpp"

namespace bb::documents {
namespace {

namespace fs = std::filesystem;
using testing::Contains;
using testing::HasSubstr;
using testing::StartsWith;

const fs::path conformance = fs::path(BB_SOURCE_DIR) / "conformance";

Formats formats() { return Formats::read(conformance / "documents/formats.yaml").value(); }

// A schema that allows everything but an attribute `forbidden` of the root.
constexpr const char* xsd = R"(<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:hl7-org:v3"
 xmlns="urn:hl7-org:v3" elementFormDefault="qualified"><xs:element name="deceasedInd"/>
<xs:element name="ClinicalDocument"><xs:complexType><xs:sequence>
<xs:any minOccurs="0" maxOccurs="unbounded" processContents="skip"/></xs:sequence></xs:complexType></xs:element></xs:schema>)";
constexpr const char* sch =
    R"sch(<schema xmlns="http://purl.oclc.org/dsdl/schematron"><ns prefix="cda" uri="urn:hl7-org:v3"/>
<phase id="errors"><active pattern="e"/></phase><phase id="warnings"><active pattern="w"/></phase>
<pattern id="e"><rule context="cda:ClinicalDocument[cda:templateId[@root='2.16.840.1.113883.10.20.22.1.1' and @extension='2015-08-01']]">
<assert id="one-title" test="count(cda:title)=1">SHALL have one title</assert></rule></pattern>
<pattern id="w"><rule context="cda:ClinicalDocument"><assert id="weak" test="false()">SHOULD be otherwise</assert></rule></pattern>
</schema>)sch";

// Without our own rules, of which tests of their own tell.
class ValidationTest : public testing::Test {
 protected:
  Validated validate(std::string_view word, std::string_view bytes) { return validator().validate(word, bytes); }

  const DocumentValidator& validator() {
    if (validator_ == nullptr) {
      auto store = DataStore::open(folder_.path() / "data").value();
      Selection selection;
      selection.has_own = false;
      selection.least = Level::error;
      validator_ =
          std::make_unique<DocumentValidator>(std::make_shared<Rules>(formats(), std::move(store), selection, nullptr));
    }
    return *validator_;
  }

  void import(std::initializer_list<std::pair<const char*, const char*>> files) {
    fs::create_directories(folder_.path() / "source");
    for (const auto& [name, text] : files) ASSERT_TRUE(write_text(folder_.path() / "source" / name, text));
    auto store = DataStore::open(folder_.path() / "data").value();
    const auto imported = store.import(folder_.path() / "source");
    ASSERT_TRUE(imported) << imported.error().what;
  }
  void import_all() {
    import({{"cda.xsd", xsd}, { "rules.sch", sch }});
  }

  test::TemporaryFolder folder_;
  std::unique_ptr<DocumentValidator> validator_;
};

std::string ccd(std::string_view extension, std::string_view content = "<title>T</title>") {
  return fmt::format(
      R"(<ClinicalDocument xmlns="urn:hl7-org:v3"><templateId root="2.16.840.1.113883.10.20.22.1.1"{0}/>)"
      R"(<templateId root="2.16.840.1.113883.10.20.22.1.2"{0}/>{1}</ClinicalDocument>)",
      extension.empty() ? "" : fmt::format(" extension=\"{}\"", extension), content);
}

TEST_F(ValidationTest, WordsAreReleasesAndTypesOfCcdaAndTheOtherFormats) {
  const auto words = validation_words(formats());
  for (const auto* word : {"ccda",    "ccda/2.1", "ccda/1.1", "ccda/ccd",    "ccda/referral_note-2.1",
                           "c32",     "c62",      "ccd-1.0",  "va-text",     "cms-text",
                           "fhir-r4", "pdf",      "html",     "xdm",         "direct-message",
                           "mdn",     "dsn",      "mail",     "certificate", "trust-bundle"})
    EXPECT_THAT(words, Contains(word));
  EXPECT_THAT(words, testing::Each(testing::Not(HasSubstr("ccr"))));  // there are no rules for it
}

TEST_F(ValidationTest, AGoodDocumentIsValidAsWhatItIs) {
  import_all();
  for (const auto* word : {"ccda", "ccda/2.1", "ccda/ccd", "ccda/ccd-2.1"}) {
    const auto validated = validate(word, ccd("2015-08-01"));
    EXPECT_EQ(validated.word, Validated::Word::valid) << word << ": " << validated.text;
    EXPECT_THAT(validated.text, StartsWith("C-CDA R2.1, Continuity of Care Document: no error by CDA R2 schema"));
    EXPECT_THAT(validated.text, HasSubstr("C-CDA R2.1 Schematron ("));
  }
}

TEST_F(ValidationTest, AnotherFormatOrTypeIsInvalid) {
  import_all();
  for (const auto* word : {"ccda/1.1", "ccda/referral_note", "ccda/ccd-2.0", "c32"}) {
    const auto validated = validate(word, ccd("2015-08-01"));
    EXPECT_EQ(validated.word, Validated::Word::invalid) << word;
    EXPECT_EQ(validated.text, "C-CDA R2.1, Continuity of Care Document") << word;
  }
}

TEST_F(ValidationTest, ACompanionGuidesDocumentIsOneOfR21) {
  import_all();
  for (const auto* extension : {"2023-05-01", "2024-05-01"})
    EXPECT_EQ(validate("ccda/ccd-2.1", ccd(extension)).word, Validated::Word::valid) << extension;
  EXPECT_EQ(validate("ccda/ccd-2.1", ccd("2014-06-09")).word, Validated::Word::invalid);
  EXPECT_EQ(validate("ccda/4.1", ccd("2015-08-01")).word, Validated::Word::invalid);
}

TEST_F(ValidationTest, ErrorsAreToldWithTheirLines) {
  import_all();
  const auto rules = validate("ccda", ccd("2015-08-01", "\n<title/><title/>"));
  EXPECT_EQ(rules.word, Validated::Word::invalid);
  EXPECT_EQ(rules.text,
            "1 error in C-CDA R2.1, Continuity of Care Document: line 1, column 1: SHALL have one title [one-title]");
  const auto schema =
      validate("ccda", replace_all(ccd("2015-08-01"), "<ClinicalDocument", "<ClinicalDocument forbidden='x'"));
  EXPECT_EQ(schema.word, Validated::Word::invalid);
  EXPECT_THAT(schema.text, HasSubstr("[xsd]"));
  for (const auto* other : {"", "no XML", "<html/>", "%PDF-1.4"})
    EXPECT_EQ(validate("ccda", other).word, Validated::Word::invalid) << other;
}

TEST_F(ValidationTest, WithoutSchemaOrRulesNothingIsValid) {
  const auto nothing = validate("ccda", ccd("2015-08-01"));
  EXPECT_EQ(nothing.word, Validated::Word::unavailable);
  EXPECT_THAT(nothing.text, HasSubstr("bluebridge data import"));
  import({{ "cda.xsd", xsd }});
  validator_.reset();
  EXPECT_EQ(validate("ccda", ccd("2015-08-01")).word, Validated::Word::unavailable);
  // What is wrong by the schema alone is wrong.
  EXPECT_EQ(
      validate("ccda", replace_all(ccd("2015-08-01"), "<ClinicalDocument", "<ClinicalDocument forbidden='x'")).word,
      Validated::Word::invalid);
  EXPECT_EQ(validate("ccda", "<html/>").word, Validated::Word::invalid);
  EXPECT_EQ(validate("no such word", ccd("2015-08-01")).word, Validated::Word::unavailable);
}

// By the rules that come with the product, of their own good examples and the changes
// that break them.
class RowTest : public testing::Test {
 protected:
  static std::unique_ptr<DocumentValidator> make(std::string_view direct_as) {
    auto own = OwnRules::read(conformance / "documents", conformance / "schemas/document-rules.schema.json", formats());
    auto store = DataStore::open(testing::TempDir() + "/no-data");
    auto mail = std::make_shared<MailSettings>();
    mail->direct_as = direct_as;
    Selection selection{.has_schema = false, .has_schematron = false};
    selection.mail = std::move(mail);
    return std::make_unique<DocumentValidator>(
        std::make_shared<Rules>(formats(), std::move(store).value(), selection, std::move(own).value()));
  }
  static const DocumentValidator& validator() {
    static const auto made = make("1.2");
    return *made;
  }
  static std::string example(const char* name) { return read_text(conformance / "documents" / name).value(); }
  static Validated judge(std::string_view word, std::string_view row, std::string_view bytes,
                         Level least = Level::error) {
    return validator().validate_row(word, row, least, bytes);
  }
};

TEST_F(RowTest, ADocumentIsJudgedByOneRequirement) {
  const auto text = example("text/examples/va-12.6.txt");
  const auto unnamed = replace_all(text, "Name: EXAMPLE, ANN B ", "Name: -- ");
  for (const auto* row : {"TXT-VA-05", "TXT-VA-06"}) {
    const auto good = judge("va-text", row, text);
    EXPECT_EQ(good.word, Validated::Word::valid) << good.text;
    EXPECT_THAT(good.text, HasSubstr(fmt::format("{} by BlueBridge's own rules", row)));
  }
  const auto bad = judge("va-text", "TXT-VA-06", unnamed);
  EXPECT_EQ(bad.word, Validated::Word::invalid);
  EXPECT_THAT(bad.text, HasSubstr("[TXT-VA-06]"));
  EXPECT_EQ(judge("va-text", "TXT-VA-05", unnamed).word, Validated::Word::valid);  // another requirement's fault
}

TEST_F(RowTest, EveryKindOfDocumentIsJudged) {
  const auto page = example("html/examples/summary.html");
  EXPECT_EQ(judge("html", "A11Y-15", page).word, Validated::Word::valid);
  EXPECT_EQ(judge("html", "A11Y-15", replace_all(page, " lang=", " data-lang=")).word, Validated::Word::invalid);
  const auto bundle = example("fhir/examples/document.json");
  EXPECT_EQ(judge("fhir-r4", "FHIRDOC-01", bundle).word, Validated::Word::valid);
  EXPECT_EQ(judge("fhir-r4", "FHIRDOC-01", replace_all(bundle, "\"document\"", "\"transaction\"")).word,
            Validated::Word::invalid);
  const auto cms = example("text/examples/cms-2.0.txt");
  EXPECT_EQ(judge("cms-text", "TXT-CMS-30", cms).word, Validated::Word::valid);
  EXPECT_EQ(judge("cms-text", "TXT-CMS-30", "MINE\n" + cms).word, Validated::Word::invalid);
}

TEST_F(RowTest, AClaimThatOnlyWarnsAsksTheRulesThatWarnToo) {
  const auto page = example("html/examples/summary.html");
  const auto vague = replace_all(page, "</body>", "<p><a href=\"#top\">click here</a></p></body>");
  EXPECT_EQ(judge("html", "A11Y-14-b", page, Level::warning).word, Validated::Word::valid);
  EXPECT_EQ(judge("html", "A11Y-14-b", vague, Level::warning).word, Validated::Word::invalid);
  // What this page does not show was not evaluated: no pass.
  const auto styled =
      judge("html", "A11Y-21", replace_all(page, "<style>", "<link rel='stylesheet' href='a.css'><style>"));
  EXPECT_EQ(styled.word, Validated::Word::unavailable);
  EXPECT_THAT(styled.text, HasSubstr("A11Y-21 was not evaluated: a style sheet of another file"));
  // Rules that only warn never fail a claim that is to fail: it is not judged, so it is no pass.
  const auto asked = judge("html", "A11Y-14-b", vague, Level::error);
  EXPECT_EQ(asked.word, Validated::Word::unavailable);
  EXPECT_EQ(asked.text, "no rule of 'html' judges A11Y-14-b as error");
}

TEST_F(RowTest, WhatIsAnotherFormatOrCannotBeReadKeepsNoRequirement) {
  EXPECT_EQ(judge("va-text", "TXT-VA-05", example("text/examples/cms-2.0.txt")).word, Validated::Word::invalid);
  EXPECT_EQ(judge("fhir-r4", "FHIRDOC-04", example("fhir/examples/document.json").substr(0, 900)).word,
            Validated::Word::invalid);
  for (const auto* nothing : {"", "hello", "<html"})
    EXPECT_EQ(judge("fhir-r4", "FHIRDOC-04", nothing).word, Validated::Word::invalid) << nothing;
  EXPECT_EQ(judge("va-text", "TXT-CMS-30", "x").word, Validated::Word::unavailable);
  EXPECT_EQ(judge("no such word", "TXT-CMS-30", "x").word, Validated::Word::unavailable);
}

// Mails, of the recipes of the rules; `change` is "from => to" of a recipe's text.
class MailRowTest : public RowTest {
 protected:
  static std::string made(const char* recipe, std::initializer_list<std::pair<const char*, const char*>> changes = {}) {
    auto text = example(recipe);
    for (const auto& [from, to] : changes) {
      EXPECT_THAT(text, HasSubstr(from));
      text = replace_all(text, from, to);
    }
    return test::make_mail(text, (conformance / "documents/mail/examples").string()).bytes;
  }
  // As a mailbox that has the key keeps it: what was signed, under the header that came.
  static constexpr std::pair<const char*, const char*> decrypted{"encrypt: aes256", "encrypt: no"};
};

constexpr const char* sealed = "mail/examples/sealed.recipe";
constexpr const char* processed = "mail/examples/processed.recipe";

TEST_F(MailRowTest, EveryKindIsJudgedByItsRows) {
  struct Row {
    const char *word, *row, *recipe, *from, *to;
  };
  for (const auto& [word, row, recipe, from, to] : {
           Row{"direct-message", "DIRECT-ALG-04", sealed, "encrypt: aes256", "encrypt: des3"},
           Row{"mdn", "DIRECT-MDN-04", processed, "automatically;processed", "automatically;arrived"},
           Row{"dsn", "DIRECT-MSG-01", "mail/examples/status.recipe", "message/delivery-status", "text/plain"},
           Row{"mail", "DIRECT-HDR-04", "mail/examples/note.recipe", "Date: Mon, 21 Sep 2026 13:33:20 +0000\n", ""},
           Row{"certificate", "DIRECT-CERT-09", "mail/examples/certificate.recipe", "rsa_2048", "rsa_1024"},
           Row{"trust-bundle", "DIRECT-BUNDLE-06", "mail/examples/bundle.recipe", "bundle: root", "bundle: expired"},
       }) {
    const bool is_mdn = word == std::string_view("mdn");
    const auto good = is_mdn ? made(recipe, {{"seal: yes", "seal: no"}}) : made(recipe);
    const auto bad = is_mdn ? made(recipe, {{"seal: yes", "seal: no"}, {from, to}}) : made(recipe, {{from, to}});
    const auto held = judge(word, row, good);
    EXPECT_EQ(held.word, Validated::Word::valid) << word << ": " << held.text;
    const auto violated = judge(word, row, bad);
    EXPECT_EQ(violated.word, Validated::Word::invalid) << word << ": " << violated.text;
    EXPECT_THAT(violated.text, HasSubstr(row));
    EXPECT_EQ(judge(word, row, "hello").word, Validated::Word::invalid) << word;
  }
}

TEST_F(MailRowTest, WhatIsEncryptedIsNotJudgedByWhatStandsInside) {
  const auto closed = made(sealed);
  for (const auto* row : {"DIRECT-MSG-02", "DIRECT-MSG-06", "DIRECT-MSG-14", "DIRECT-ALG-01", "DIRECT-HDR-04",
                          "DIRECT-HDR-16", "DIRECT-CERT-08", "DIRECT-MDN-04", "DIRECT-SEC-09"}) {
    const auto judged = judge("direct-message", row, closed);
    EXPECT_EQ(judged.word, Validated::Word::unavailable) << row << ": " << judged.text;
    EXPECT_THAT(judged.text, HasSubstr("the message is encrypted"));
  }
  for (const auto* row : {"DIRECT-MSG-08", "DIRECT-ALG-04", "DIRECT-ALG-06", "DIRECT-SEC-10", "DIRECT-HDR-12"})
    EXPECT_EQ(judge("direct-message", row, closed).word, Validated::Word::valid) << row;
  const auto open = made(sealed, {decrypted});
  for (const auto* row : {"DIRECT-MSG-02", "DIRECT-MSG-14", "DIRECT-ALG-01", "DIRECT-HDR-04", "DIRECT-CERT-08"})
    EXPECT_EQ(judge("direct-message", row, open).word, Validated::Word::valid) << row;
}

TEST_F(MailRowTest, WithoutAnAnchorNoPathIsValid) {
  const auto judged = judge("direct-message", "DIRECT-SEC-05", made(sealed, {decrypted}));
  EXPECT_EQ(judged.word, Validated::Word::unavailable);
  EXPECT_THAT(judged.text, HasSubstr("no trust anchor is given"));
}

TEST_F(MailRowTest, TheVersionDecides) {
  struct Row {
    const char *row, *from, *to, *first, *last;  // the versions that allow it
  };
  for (const auto& [row, from, to, first, last] : {
           Row{"DIRECT-MSG-02", "wrap: yes", "wrap: no", "1.0", "1.1"},
           Row{"DIRECT-ALG-01", "sign: sha256", "sign: sha1", "1.0", "1.1"},
           Row{"DIRECT-ALG-05", "signer-key: rsa_2048", "signer-key: p256", "1.3", "1.3"},
       }) {
    const auto message = made(sealed, {decrypted, {from, to}});
    for (const auto version : direct_versions) {
      const bool is_allowed = version >= first && version <= last;
      EXPECT_EQ(make(version)->validate_row("direct-message", row, Level::error, message).word,
                is_allowed ? Validated::Word::valid : Validated::Word::invalid)
          << row << " by " << version;
    }
  }
}

TEST_F(ValidationTest, ThreadsShareIt) {
  import_all();
  const auto& shared = validator();
  std::vector<std::thread> threads;
  std::atomic<int> good = 0;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      for (int n = 0; n < 10; ++n)
        good += shared.validate("ccda", ccd("2015-08-01")).word == Validated::Word::valid &&
                shared.validate("ccda", ccd("2015-08-01", "")).word == Validated::Word::invalid;
    });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(good, 40);
}

}  // namespace
}  // namespace bb::documents
