// Nothing of a patient is left in a redacted run folder, and its claims still hold.
#include "harness/bundle/redact.hpp"

#include <bb/core/crypto.hpp>
#include <bb/core/files.hpp>
#include <bb/core/text.hpp>

#include "engine/run_fixture.hpp"
#include "harness/bundle/masker.hpp"
#include "harness/bundle/verify.hpp"
#include "harness/engine/rejudge.hpp"

namespace bb::bundle {
namespace {

using test::content;
using test::FakeCall;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::MatchesRegex;

class MaskerTest : public testing::Test {
 protected:
  MaskerTest() {
    pseudonyms.learn_name("Zoë Ångström-Nuñez");
    pseudonyms.learn_value("MRN-48213-7");
    pseudonyms.learn_value("+1 (555) 555-0199");
    pseudonyms.learn_value("17 Daws Hill");
    pseudonyms.learn_value("zoe.canary@mail.example.org");
    pseudonyms.learn_date("1984-02-29");
  }
  std::string masked(std::string_view text) {
    const std::string out = masker.text(text);
    EXPECT_FALSE(masker.finds(out)) << out;
    return out;
  }
  Pseudonyms pseudonyms;
  Masker masker{pseudonyms};
};

TEST_F(MaskerTest, TheSameValueHasTheSamePseudonymOfItsForm) {
  const auto once = masked("Zoë Ångström-Nuñez, MRN-48213-7");
  EXPECT_EQ(once, masked("Zoë Ångström-Nuñez, MRN-48213-7"));
  EXPECT_THAT(once, MatchesRegex("[A-Z][a-z][a-z] [A-Z][a-z]*-[A-Z][a-z]*, [A-Z]*-[0-9]*-[0-9]"));
  const auto family = masked("Ångström");
  EXPECT_THAT(once, HasSubstr(family)) << "a part of a name is what it is in the whole";
  EXPECT_THAT(masked("ÅNGSTRÖM"), MatchesRegex("[A-Z]+"));
  EXPECT_EQ(to_lower(masked("ÅNGSTRÖM")), to_lower(family));
  Pseudonyms other;
  other.learn_name("Ångström");
  EXPECT_NE(Masker(other).text("Ångström"), family) << "another bundle has another key";
}

// Each writes the name, the number or the date in a way of its own.
TEST_F(MaskerTest, AValueIsFoundHoweverItIsWritten) {
  const std::vector<std::string> written = {
      "Ångström",
      "angstrom",
      "ANGSTROM",
      "A\xCC\x8Angstro\xCC\x88m",  // with combining marks
      "NUÑEZ^ZOË",
      "file_Angstrom_Zoe.xml",
      "zoeangstrom1984",
      "%C3%85ngstr%C3%B6m",
      "%c3%85ngstr%c3%b6m",
      "name=zoe%20angstrom&x=1",
      "\"\\u00c5ngstr\\u00f6m\"",
      "\"\\u0041ngstr\\u006Fm\"",
      "one\\nZoe",
      "&#197;ngstr&#xF6;m",
      "&Aring;ngstr&ouml;m angstrom",
      "=C3=85ngstr=C3=B6m",
      "=C3=85ng=\r\nstr=C3=B6m",
      "=?UTF-8?B?" + base64_encode("Zoë Ångström") + "?=",
      "=?UTF-8?Q?Zo=C3=AB_=C3=85ngstr=C3=B6m?=",
      base64_encode("The patient is Zoë Ångström, born 1984-02-29."),
      base64url_encode("{\"name\":\"Zoë Ångström\"}"),
      base64_encode(base64_encode("The patient is Zoë Ångström.")),
      "%2541ngstr%25C3%25B6m",
      "MRN-48213-7",
      "mrn482137",
      "MRN 48213 7",
      "tel:+1-555-555-0199",
      "15555550199",
      "(1) 555 555 0199",
      "17  Daws\n  Hill",
      "17+Daws+Hill",
      "zoe.canary@mail.example.org",
      "zoe.canary%40mail.example.org",
      "1984-02-29",
      "19840229",
      "19840229103000+0000",
      "1984-02-29T10:30:00Z",
      "02/29/1984",
      "2/29/1984",
      "29.02.1984",
      "29 Feb 1984",
      "February 29, 1984",
      "29-FEB-1984",
      "<y>1984</y><m>2</m><d>29</d>",
  };
  for (const auto& text : written) {
    EXPECT_TRUE(masker.finds(text)) << text;
    EXPECT_NE(masked(text), text);
  }
}

TEST_F(MaskerTest, WhatIsNobodysStays) {
  for (const auto* const text : {"Zoetrope and prose", "1984", "2984-02-291", "29", "MRN", "The patient is well",
                                 "Daws Hill", "--input settle=MILLISECONDS", "aHR0cHM6Ly9leGFtcGxlLm9yZy9yZWNvcmQ="})
    EXPECT_EQ(masker.text(text), text);
  EXPECT_EQ(masker.left_out(), 0u);
}

TEST_F(MaskerTest, AFakeDateIsADateInEachForm) {
  const auto iso = masked("1984-02-29");
  EXPECT_THAT(iso, MatchesRegex("19[0-9][0-9]-[01][0-9]-[0-3][0-9]"));
  EXPECT_EQ(masked("19840229"), replace_all(iso, "-", ""));
  EXPECT_THAT(masked("29 Feb 1984"), MatchesRegex("[0-9]+ [A-Z][a-z][a-z] 19[0-9][0-9]"));
  EXPECT_THAT(masked("29 FEBRUARY 1984"), MatchesRegex("[0-9]+ [A-Z]+ 19[0-9][0-9]"));
}

TEST_F(MaskerTest, WhatCannotBeLookedIntoIsLeftOut) {
  for (const auto& bytes : {std::string("%PDF-1.7 anything"), std::string("PK\x03\x04zip"),
                            std::string("\xFF\xD8\xFF\xE0 image"), std::string("a\0b", 3), std::string("\x80\x81")}) {
    const auto out = masker.body(bytes);
    EXPECT_THAT(out, MatchesRegex("\\[left out, it cannot be masked: [0-9]+ bytes, SHA-256 [0-9a-f]*\\]"));
    EXPECT_THAT(out, HasSubstr(sha256_hex(bytes)));
  }
  const auto in_mail = masker.body("Content-Transfer-Encoding: base64\r\n\r\n" + base64_encode("%PDF-1.7 Ångström"));
  EXPECT_THAT(in_mail, HasSubstr(base64_encode("[left out, it cannot be masked: 19 bytes").substr(0, 50)));
  EXPECT_EQ(masker.left_out(), 6u);
}

TEST_F(MaskerTest, TwoValuesNeverGetOnePseudonym) {
  Pseudonyms many;
  std::set<std::string> names;
  for (int i = 0; i < 500; ++i) many.learn_value(std::to_string(1000 + i));
  for (int i = 0; i < 500; ++i) names.insert(many.masked(std::to_string(1000 + i), Writing::plain));
  EXPECT_EQ(names.size(), 500u);
}

class RedactTest : public test::RunFixture {
 protected:
  RedactTest() {
    connectors.on("bb.download/1 fetch", [](const FakeCall&) {
      return content("<p>Quillfeather, Tamsin, born 05/01/1970, id CANARY-4711</p>" + std::string(5000, ' '));
    });
  }
  static constexpr const char* people = R"(format: bluebridge-target/1
target: fake
title: A portal in memory
version: "1.0"
roles:
  portal: {connector: org.example.fake}
  inbox: {connector: org.example.fake}
patients:
  alice: {account: canary-account, secrets: {password: {env: BB_TEST_PASSWORD}}, family_name: Quillfeather,
          given_name: Tamsin, birth_date: "1970-05-01", birth_date_shown: 05/01/1970, mrn: CANARY-4711, gender: female}
  bob: {account: bob, secrets: {password: {env: BB_TEST_PASSWORD}}, family_name: Oz}
)";
  std::string everything_in(const std::filesystem::path& folder) {
    std::string all;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
      if (entry.is_regular_file()) all += *read_text(entry.path());
    return all;
  }
};

TEST_F(RedactTest, NothingOfThePatientIsLeftAndTheClaimsComeToTheSame) {
  run(load(R"(
  get:
    title: The record is the patient's
    verifies: R-A
    steps:
      - do: portal.download
        with: {format: a}
        expect: [{body: text, contains: $patient.family_name}, {body: text, contains: $patient.birth_date_shown},
                 {body: text, contains: "id ${patient.mrn}"}]
  wrong:
    title: It is somebody else's
    verifies: R-B
    steps: [{do: portal.download, with: {format: a}, expect: [{body: text, contains: "of ${patient.given_name} only"}]}]
)",
           people));
  const auto out = folder_.path() / "redacted";
  const auto done = redact(run_folder, out);
  ASSERT_TRUE(done) << done.error().what;
  const std::string all = to_lower(everything_in(out));
  for (const std::string_view word : {"quillfeather", "tamsin", "4711", "canary", "05/01/1970", "1970-05-01"})
    EXPECT_EQ(all.find(word), std::string::npos) << all.substr(std::max<std::size_t>(all.find(word), 100) - 100, 200);
  EXPECT_THAT(all, HasSubstr("redacted: names"));
  const auto verified = verify(out);
  ASSERT_TRUE(verified);
  EXPECT_THAT(verified->problems, IsEmpty());
  EXPECT_EQ(verified->run.verdict.word, "not conformant");
  const auto replay = engine::Replay::open(out, nullptr);
  ASSERT_TRUE(replay) << replay.error().what;
  const auto judged = engine::rejudge(*replay);
  ASSERT_TRUE(judged);
  EXPECT_THAT(judged->differences, IsEmpty());
  EXPECT_GE(judged->claims, 5u);
}

TEST_F(RedactTest, FilesOfAnswersAndWaiversAreMaskedAndStillHold) {
  ASSERT_TRUE(write_text(folder_.path() / "shown.txt", "The page of Tamsin Quillfeather"));
  ASSERT_TRUE(write_text(folder_.path() / "waivers.yaml", R"(format: bluebridge-waivers/1
waivers:
  - {test: demo/get, subject: fake, outcome: fail, claim: body text contains Smith, reason: Quillfeather's release.,
     expires: "2250-01-01"}
)"));
  auto input = load(R"(
  get:
    title: The record is another's
    verifies: R-A
    steps: [{do: portal.download, with: {format: a}, expect: [{body: text, contains: Smith}]}]
  read:
    title: Somebody looks at it
    verifies: R-B
    steps: [{attest: "Can you read the page?", id: read, evidence: file}]
)",
                    std::string(people) + "waivers: waivers.yaml\n");
  input.answers.file = folder_.path() / "answers.yaml";
  input.answers.answers.push_back({"demo/read", true, "Dr. Who", "tester", "2026-11-20", "shown.txt", {}, {}});
  const auto before = run(input);
  EXPECT_EQ(outcome(before, "get"), "waived");
  EXPECT_EQ(outcome(before, "read"), "attested");
  const auto out = folder_.path() / "redacted";
  const auto done = redact(run_folder, out);
  ASSERT_TRUE(done) << done.error().what;
  const auto after = evidence::read_run(out);
  ASSERT_TRUE(after);
  EXPECT_THAT(after->problems, IsEmpty());
  EXPECT_EQ(outcome(*after, "get"), "waived");
  EXPECT_EQ(to_lower(everything_in(out)).find("quillfeather"), std::string::npos);
  EXPECT_THAT(everything_in(out), HasSubstr("The page of "));
}

TEST_F(RedactTest, AFileThatSomebodyHandedOverIsPartOfTheRunAndIsMaskedToo) {
  auto input = load(R"(
  shown: {title: The page can be read, verifies: R-A, steps: [{attest: The page can be read., evidence: file}]}
)",
                    people);
  ASSERT_TRUE(write_text(folder_.path() / "page.txt", "As Tamsin Quillfeather reads it."));
  input.answers.file = folder_.path() / "answers.yaml";
  input.answers.answers.push_back({"demo/shown", true, "Ada", "clerk", "2026-11-20", "page.txt", {}, {}, {}});
  EXPECT_EQ(run(std::move(input)).verdict.word, "conformant, 1 attested");
  const auto whole = verify(run_folder);
  ASSERT_TRUE(whole);
  EXPECT_THAT(whole->problems, IsEmpty());
  const auto out = folder_.path() / "redacted";
  const auto done = redact(run_folder, out);
  ASSERT_TRUE(done) << done.error().what;
  const auto verified = verify(out);
  ASSERT_TRUE(verified);
  EXPECT_THAT(verified->problems, IsEmpty());
  EXPECT_THAT(verified->notes, IsEmpty());
  const std::string all = everything_in(out);
  EXPECT_THAT(all, HasSubstr(" reads it."));
  EXPECT_THAT(all, testing::Not(HasSubstr("Quillfeather")));
}

TEST_F(RedactTest, NothingIsOverwrittenAndNothingDamagedIsRedacted) {
  run("  get: {title: It downloads, verifies: R-A, steps: [{do: portal.download, with: {format: a}}]}\n");
  EXPECT_THAT(redact(run_folder, folder_.path()).error().what, HasSubstr("is there already"));
  ASSERT_TRUE(write_text(run_folder / "run.json", "{}"));
  EXPECT_THAT(redact(run_folder, folder_.path() / "out").error().what, HasSubstr("damaged"));
  EXPECT_FALSE(std::filesystem::exists(folder_.path() / "out"));
}

}  // namespace
}  // namespace bb::bundle
