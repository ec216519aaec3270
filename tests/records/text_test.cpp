// Text files of the VA, of CMS and of others: what their layouts allow, how a file
// may depart from them, and bytes that are none.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <bb/core/json.hpp>
#include <bb/records/cms_text.hpp>
#include <bb/records/key_value_text.hpp>
#include <bb/records/read.hpp>
#include <bb/records/record_value.hpp>
#include <bb/records/va_text.hpp>

#include <chrono>
#include <random>

#include "records/test_data.hpp"

namespace bb::records {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

const std::string va_head =
    "------------------ MY HEALTHEVET PERSONAL INFORMATION REPORT -------------------\r\n"
    "                    *************CONFIDENTIAL*************\r\n"
    "                    Produced by the VA Blue Button (v12.9)\r\n"
    "                               09 Sep 2013 @ 0602\r\n\r\n"
    "Name: PATIENT, TEST A         Date of Birth: 01 Mar 1948\r\n\r\n";
const std::string va_end = "-------------- END OF MY HEALTHEVET PERSONAL INFORMATION REPORT ----------";

std::string va_file(const std::string& sections) { return va_head + replace_all(sections, "\n", "\r\n") + va_end; }
std::string va_section(const std::string& title, const std::string& lines, const std::string& source = "VA") {
  return "----- " + title + " -----\n\nSource: " + source + "\n\n" + lines + "\n";
}

const std::string cms_head =
    "--------------------------------\nMYMEDICARE.GOV PERSONAL HEALTH INFORMATION\n\n"
    "--------------------------------\n**********CONFIDENTIAL***********\n\nProduced by the Blue Button (v2.0)\n\n"
    "03/16/2013 5:10 AM\n\n";
std::string cms_section(const std::string& title, const std::string& lines,
                        const std::string& source = "Self-Entered") {
  return "--------------------------------\n" + title + "\n\n--------------------------------\n\nSource: " + source +
         "\n\n" + lines + "\n\n";
}
std::string cms_file(const std::string& sections) { return cms_head + sections + "--------------------------------\n"; }

TextDocument va(const std::string& bytes) {
  auto document = parse_va_text(bytes);
  EXPECT_TRUE(document) << (document ? "" : document.error().what);
  return document ? *document : TextDocument{};
}

TextDocument cms(const std::string& bytes) {
  auto document = parse_cms_text(bytes);
  EXPECT_TRUE(document) << (document ? "" : document.error().what);
  return document ? *document : TextDocument{};
}

Record read(const std::string& bytes) {
  auto record = read_record(bytes);
  EXPECT_TRUE(record) << (record ? "" : record.error().what);
  return record ? *record : Record{};
}

std::vector<std::string> kinds_of(const TextDocument& document) {
  std::vector<std::string> kinds;
  for (const auto& deviation : document.deviations) kinds.push_back(deviation.kind);
  return kinds;
}

std::vector<std::string> keys_of(const TextEntry& entry) {
  std::vector<std::string> keys;
  for (const auto& field : entry.fields) keys.push_back(field.key);
  return keys;
}

TEST(VaTextTest, TakesAVersionThatNobodyHasSeen) {
  const auto document = va(va_file(va_section("VA ALLERGIES", "Allergy Name:  PENICILLIN\n")));
  EXPECT_EQ(document.version, "12.9");
  EXPECT_EQ(document.created, "09 Sep 2013 @ 0602");
  EXPECT_THAT(document.deviations, IsEmpty());
  const auto record =
      read(va_file(""  // a request summary is a section too
                   "---- DOWNLOAD REQUEST SUMMARY ----\nFile Name: x.txt\n"));
  EXPECT_EQ(record.format, "VA text");
  EXPECT_EQ(record.created, "2013-09-09T06:02");
  EXPECT_EQ(record.patient.name.full(), "TEST A PATIENT");
  EXPECT_EQ(record.patient.birth_date, "1948-03-01");
}

TEST(VaTextTest, ReadsBannersOfEveryShape) {
  for (const std::string banner : {"--- VA ALLERGIES ---", "----------- VA ALLERGIES------------",
                                   "----VA ALLERGIES----", "------ Va Allergies -------   "}) {
    const auto document = va(va_file(banner + "\nSource: VA\n\nAllergy Name: X\n"));
    ASSERT_EQ(document.sections.size(), 1U) << banner;
    EXPECT_EQ(document.sections[0].name, "VA ALLERGIES");
    EXPECT_EQ(document.sections[0].entries.size(), 1U);
  }
}

TEST(VaTextTest, NamesSectionsOfVersion12AsTheNewOnes) {
  const auto document = va(va_file(va_section("ALLERGIES/ADVERSE REACTIONS", "Allergy Name: X\n", "Self-Entered")));
  EXPECT_EQ(document.sections.at(0).name, "SELF REPORTED ALLERGIES");
  EXPECT_EQ(
      read(va_file(va_section("IMMUNIZATIONS", "Immunization: Flu\n", "Self-Entered"))).immunizations.at(0).source,
      "self-entered");
}

TEST(VaTextTest, ReadsAKeyInTheMiddleOfALineAndOneWithoutAValue) {
  const auto document =
      va(va_file(va_section("SELF REPORTED HEALTH INSURANCE",
                            "Health Insurance Company: A  B\nID Number: 1                      Group Number: 2\n"
                            "Start Date: 01 Jan 2009                 Stop Date: \n",
                            "Self-Entered")));
  const auto& entry = document.sections.at(0).entries.at(0);
  EXPECT_THAT(keys_of(entry),
              ElementsAre("Health Insurance Company", "ID Number", "Group Number", "Start Date", "Stop Date"));
  EXPECT_EQ(text_of(entry, "ID Number"), "1");
  EXPECT_EQ(text_of(entry, "Group Number"), "2");
  EXPECT_EQ(text_of(entry, "Stop Date"), "");
  EXPECT_EQ(entry.fields[2].column, 35);
  EXPECT_EQ(entry.fields[2].line, 13);
}

TEST(VaTextTest, JoinsWrappedLinesAndKeepsKeysInProseAsWords) {
  const auto document = va(va_file(
      va_section("VA PROBLEM LIST",
                 "Problem:  A long\n          name\nStatus: ACTIVE\nComments: first\nStatus: of nothing\nlast\n\n"
                 "Problem:  B\n")));
  const auto& entries = document.sections.at(0).entries;
  ASSERT_EQ(entries.size(), 2U);
  EXPECT_EQ(text_of(entries[0], "Problem"), "A long name");
  EXPECT_EQ(text_of(entries[0], "Status"), "ACTIVE");
  EXPECT_EQ(text_of(entries[0], "Comments"), "first Status: of nothing last");
}

TEST(VaTextTest, TakesDashesForNoInformation) {
  const auto record = read(va_file(va_section("VA ALLERGIES", "Allergy Name: X\nReaction: --\nAllergy Type: \n")));
  EXPECT_THAT(record.allergies.at(0).reactions, IsEmpty());
  EXPECT_EQ(record.allergies.at(0).type, Code{});
}

TEST(VaTextTest, KeepsKeysOfANoteInItsText) {
  const auto record = read(va_file(va_section(
      "VA NOTES",
      "====\nDate/Time:  25 Jan 2013 @ 0701\nNote Title:  VISIT\nSigned By: DOC\n-----\n\nSUBJECTIVE:\nNote Title: no\n"
      "=====\n 1) a list\n---- ALLERGIES ----\n====\nDate/Time: 26 Jan 2013 @ 0800\nNote Title: "
      "NEXT\n---\nx\n====\n")));
  ASSERT_EQ(record.notes.size(), 2U);
  EXPECT_EQ(record.notes[0].text, "SUBJECTIVE:\nNote Title: no\n=====\n 1) a list\n---- ALLERGIES ----");
  EXPECT_EQ(record.notes[1].title, "NEXT");
  EXPECT_EQ(record.sections.size(), 1U);
}

TEST(VaTextTest, SplitsTheFlagOffAResult) {
  const struct {
    std::string said, value, flag;
  } cases[] = {{"6.5 Critical High", "6.5", "HH"},
               {"8.5 High", "8.5", "H"},
               {"2 Low", "2", "L"},
               {"1 Critical Low", "1", "LL"},
               {"NEG", "NEG", ""},
               {"Yellow", "Yellow", ""},
               {"Low", "Low", ""},
               {"--", "", ""}};
  for (const auto& one : cases) {
    const auto record =
        read(va_file(va_section("VA LABORATORY RESULTS", "====\nLab Test: P\n---\nTest Name: T\nResult: " + one.said +
                                                             "\nReference Range: (3-5)\n")));
    const auto& found = record.results.at(0).observations.at(0);
    EXPECT_EQ(found.value, one.value);
    EXPECT_EQ(found.interpretation, one.flag) << one.said;
    EXPECT_EQ(found.reference_range, "3-5");
  }
}

TEST(VaTextTest, CountsWhatATableRepeatsOnceAndKeepsWhatItAdds) {
  const auto record = read(va_file(va_section(
      "VA IMMUNIZATIONS",
      "====\nfive most recent\n\nImmunization                    Date Received\n-----------------------\n"
      "INFLUENZA                       07 Dec 2012 @ 1155\nONLY IN TABLE                   06 Dec 2012\n\n"
      "====\nall\n-----\n\nImmunization:   INFLUENZA\nDate Received:  07 Dec 2012 @ 1155\nReaction:*      None\n")));
  ASSERT_EQ(record.immunizations.size(), 2U);
  EXPECT_EQ(record.immunizations[0].vaccine.display, "ONLY IN TABLE");
  EXPECT_EQ(record.immunizations[1].date, "2012-12-07T11:55");
}

TEST(VaTextTest, KeepsADateThatIsNone) {
  const auto record =
      read(va_file(va_section("VA IMMUNIZATIONS", "Immunization: B\nDate Received: 31 Jun 2011 @ 0830\n")));
  EXPECT_EQ(record.immunizations.at(0).date, "31 Jun 2011 @ 0830");
}

TEST(VaTextTest, TellsNothingKnownFromNothingSaid) {
  const auto record =
      read(va_file(va_section("VA ALLERGIES", "No information was available that matched your selection.\n") +
                   va_section("VA PROBLEM LIST", "Problem: No known problems\n")));
  ASSERT_EQ(record.absences.size(), 2U);
  EXPECT_EQ(record.absences[0].section, "allergies");
  EXPECT_EQ(record.absences[0].kind, "unknown");
  EXPECT_EQ(record.absences[0].null_flavor, "NI");
  EXPECT_EQ(record.absences[1].kind, "none_known");
  EXPECT_THAT(record.problems, IsEmpty());
}

TEST(VaTextTest, TellsEveryDeparture) {
  const auto allergy = [](const std::string& lines) { return va_file(va_section("VA ALLERGIES", lines)); };
  const auto good = allergy("Allergy Name: X\n");
  const struct {
    std::string bytes, kind;
  } cases[] = {
      {replace_all(good, "\r\n", "\n"), "line-ends"},
      {replace_all(good, "\r\n", "\r"), "line-ends"},
      {good + "\r\n", "final-line-break"},
      {"\xEF\xBB\xBF" + good, "byte-order-mark"},
      {replace_all(good, "Name: X", "Name: \xFF"), "not-utf8"},
      {replace_all(good, "Name: X", "Name: \x01"), "control-character"},
      {"\r\n" + good, "text-before-title"},
      {replace_all(good, "------------------ MY HEALTHEVET PERSONAL", "MY HEALTHEVET PERSONAL"), "title"},
      {replace_all(good, "CONFIDENTIAL", "SECRET"), "confidential"},
      {replace_all(good, "Produced by", "Made by"), "producer"},
      {replace_all(good, " @ 0602", ""), "time-stamp"},
      {replace_all(good, "Name: PATIENT, TEST A ", ""), "no-name"},
      {replace_all(good, "Date of Birth: 01 Mar 1948", ""), "no-birth-date"},
      {replace_all(good, "VA ALLERGIES", "VA HOROSCOPE"), "unknown-section"},
      {va_file(va_section("VA ALLERGIES", "") + va_section("VA ALLERGIES", "")), "repeated-section"},
      {replace_all(good, "Source: VA", ""), "no-source"},
      {replace_all(good, "Source: VA", "Source: Self-Entered"), "source"},
      {allergy("Allergy Name: X\nShoe Size: 9\n"), "unknown-key"},
      {allergy("Allergy Name: X\nLocation: A\nLocation: B\n"), "repeated-key"},
      {allergy("Allergy Name: X\nLocation: A\n\nLocation: B\n"), "entry-without-first-key"},
      {good.substr(0, good.size() - 10), "no-end"},
      {good + "\r\nmore", "text-after-end"},
  };
  EXPECT_THAT(kinds_of(va(good)), IsEmpty());
  for (const auto& one : cases) EXPECT_THAT(kinds_of(va(one.bytes)), Contains(one.kind)) << one.kind;
}

TEST(VaTextTest, KeepsAFieldThatTheLayoutDoesNotKnow) {
  const auto document = va(va_file(va_section("VA ALLERGIES", "Allergy Name: X\nShoe Size: 9\nLocation: A\n")));
  const auto& entry = document.sections.at(0).entries.at(0);
  EXPECT_EQ(text_of(entry, "Shoe Size"), "9");
  EXPECT_FALSE(entry.fields[1].is_known);
  EXPECT_EQ(text_of(entry, "Location"), "A");
}

TEST(CmsTextTest, KeepsClaimsWithoutATitleAndClaimsOfPartD) {
  const std::string rule = "--------------------------------\n";
  const auto bytes = cms_file(cms_section(
      "Claim Summary",
      "Claim Number: 1\n\nAmount Charged: $1,504.80\n\nClaim Type: PartB\n\nDiagnosis Code 1: 3534\nDiagnosis Code 2: "
      "7393\n\n" +
          rule + "Claim Lines for Claim Number: 1\n\n" + rule + "\nLine number:  1\n\nNon-Covered: $0.00\n\n" + rule +
          "\n\n" + rule + "\nClaim Number: 2\n\nClaim Type: Outpatient\n\n" + rule +
          "Claim Lines for Claim Number: 2\n\n" + rule + "\nLine number: 1\n\nLine number: 2\n\n" + rule +
          "Claim Lines for Claim Number: 3\n\n" + rule +
          "\nClaim Type: Part D\n\nClaim Number: 3\n\nDrug Code: 00093013505\n\nPrescriber Identifer: 9\n",
      "MyMedicare.gov"));
  EXPECT_THAT(kinds_of(cms(bytes)), IsEmpty());
  const auto claims = read(bytes).claims;
  ASSERT_EQ(claims.size(), 3U);
  EXPECT_EQ(claims[0].charged, "1504.80");
  EXPECT_EQ(claims[0].currency, "USD");
  EXPECT_EQ(claims[0].diagnoses.size(), 2U);
  EXPECT_EQ(claims[1].items.size(), 2U);
  EXPECT_EQ(claims[2].type.display, "Part D");
  EXPECT_EQ(claims[2].items.at(0).service.code, "00093013505");
  EXPECT_EQ(claims[2].items.at(0).service.system_name, "NDC");
}

TEST(CmsTextTest, PutsDescriptionsUnderTheirType) {
  const auto record = read(cms_file(
      cms_section("Family Medical History",
                  "Family Member: Brother\n\nType: \n\nDOB:1/10/1915\n\nType: Allergy\n\nDescription: Pollen\n\n"
                  "Type: Condition\n\nDescription: Asthma\n\nDescription: Gout\n")));
  ASSERT_EQ(record.family_history.size(), 3U);
  EXPECT_EQ(record.family_history[0].condition.display, "Allergy: Pollen");
  EXPECT_EQ(record.family_history[2].condition.display, "Gout");
  EXPECT_EQ(record.family_history[2].relative.display, "Brother");
}

TEST(CmsTextTest, ReadsDatesAndTimesAndNoData) {
  const auto record =
      read(cms_file(cms_section("Self Reported Vital Statistics",
                                "Vital Statistic Type: Pulse\n\nDate: 7/2/2011\n\nTime: 3:00 PM\n\nReading: 80\n\n"
                                "Vital Statistic Type: Pain\n\nDate: \n\nTime: 12:05 AM\n\n"
                                "Reading: * Not Available *\n")));
  ASSERT_EQ(record.vital_signs.size(), 2U);
  EXPECT_EQ(record.vital_signs[0].date, "2011-07-02T15:00");
  EXPECT_EQ(record.vital_signs[0].source, "self-entered");
  EXPECT_EQ(record.vital_signs[1].date, "");
  EXPECT_EQ(record.vital_signs[1].value, "");
}

TEST(CmsTextTest, TellsEveryDeparture) {
  const std::string rule = "--------------------------------\n";
  const auto drug = cms_file(cms_section("Drugs", "Drug Name: Aspirin\n"));
  const auto claims = [&](const std::string& lines) {
    return cms_file(cms_section("Claim Summary", lines, "MyMedicare.gov"));
  };
  const auto lines_of = [&](const std::string& number) {
    return rule + "Claim Lines for Claim Number: " + number + "\n\n" + rule;
  };
  const struct {
    std::string bytes, kind;
  } cases[] = {
      {replace_all(drug, "\n", "\r\n"), "line-ends"},
      {replace_all(drug, "\n\n", "\r\n\n"), "line-ends"},
      {"hello\n" + drug, "text-before-title"},
      {drug.substr(drug.find('M')), "title"},
      {replace_all(drug, "CONFIDENTIAL", "SECRET"), "confidential"},
      {replace_all(drug, "(v2.0)", ""), "producer"},
      {replace_all(drug, "03/16/2013", ""), "time-stamp"},
      {replace_all(drug, "Drugs", "Potions"), "unknown-section"},
      {replace_all(drug, "Source: Self-Entered", ""), "no-source"},
      {replace_all(drug, "Source: Self-Entered", "Source: Elsewhere"), "source"},
      {replace_all(drug, "Aspirin", "Aspirin\n\nShoe Size: 9"), "unknown-key"},
      {cms_file(cms_section("Drugs", "") + cms_section("Drugs", "")), "repeated-section"},
      {cms_head + rule + "Drugs\n\nSource: Self-Entered\n\nDrug Name: Aspirin\n\n" + rule, "frame-not-closed"},
      {claims("Claim Number: 1\n\n"), "claim-without-lines"},
      {claims("Claim Number: 1\n\n" + lines_of("2") + "Line number: 1\n\n"), "orphan-claim-lines"},
      {claims(lines_of("2") + "Claim Type: Part D\n\nClaim Number: 3\n\n"), "claim-number"},
      {cms_head + lines_of("2") + "Claim Type: Part D\n\nClaim Number: 2\n\n" + rule, "claims-without-title"},
      {drug.substr(0, drug.size() - 40), "no-end"},
  };
  EXPECT_THAT(kinds_of(cms(drug)), IsEmpty());
  for (const auto& one : cases) EXPECT_THAT(kinds_of(cms(one.bytes)), Contains(one.kind)) << one.kind;
}

TEST(KeyValueTextTest, ReadsThePatientAndKeepsTheRestAsWords) {
  const auto record = read(
      "------- TRICARE ONLINE -------\nName: DOE, JANE\nDate of Birth: 02 Feb 1970\n\n-------- ALLERGIES --------\n"
      "Source: DoD\nAllergy: PENICILLIN\nSeverity: MILD\n\nAllergy: NUTS\n");
  EXPECT_EQ(record.format, "text");
  EXPECT_EQ(record.patient.name.full(), "JANE DOE");
  EXPECT_EQ(record.patient.birth_date, "1970-02-02");
  EXPECT_THAT(record.allergies, IsEmpty());
  ASSERT_EQ(record.sections.size(), 2U);
  EXPECT_EQ(record.sections[1].entry_count, 2);
  EXPECT_EQ(record.sections[1].text, "Allergy: PENICILLIN\nSeverity: MILD\nAllergy: NUTS");
}

TEST(KeyValueTextTest, LeavesLettersAndMarkupAlone) {
  EXPECT_FALSE(looks_like_key_value_text("Dear Sir: hello\nTo: you\n"));
  EXPECT_FALSE(looks_like_key_value_text("---- A ----\nno keys"));
  EXPECT_FALSE(looks_like_key_value_text("<a>---- A ----\nB: c\nD: e\n</a>"));
  // Titles and keys of other texts: a changelog, a private key, a message, mail, Markdown.
  EXPECT_FALSE(
      looks_like_key_value_text("------- 1.0 -------\nAuthor: me\nDate: 2020\n------- 1.1 -------\nAuthor: me\n"));
  EXPECT_FALSE(looks_like_key_value_text(
      "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nName: A\n-----END RSA PRIVATE KEY-----\n"));
  EXPECT_FALSE(
      looks_like_key_value_text("-----BEGIN PGP MESSAGE-----\nVersion: 1\nName: x\n-----END PGP MESSAGE-----\n"));
  EXPECT_FALSE(looks_like_key_value_text("From: a@b.c\nSubject: hi\n----- Original Message -----\nName: A\nTo: b\n"));
  EXPECT_FALSE(looks_like_key_value_text("# Title\n------ SECTION -----\nName: x\nDate of Birth: 1970-01-01\n"));
  EXPECT_FALSE(looks_like_key_value_text("------ A ------\nName: --\nDate of Birth: never\nKey: b\n"));
  EXPECT_TRUE(looks_like_key_value_text("------ A ------\nKey: b\nDOB: 02/02/1970\n"));
}

// CommonMark 4.2 (headings), 4.5 (fences), 6.2 (emphasis), 6.3 (links); tables and task lists of GitHub's
// Markdown; YAML front matter; the head of a mail (RFC 5322) and what one forwards; a program.
TEST(KeyValueTextTest, LeavesMarkdownMailAndSourceAlone) {
  const std::string text = "------ A ------\nName: DOE, JANE\nDate of Birth: 02 Feb 1970\n";
  ASSERT_TRUE(looks_like_key_value_text(text));
  ASSERT_TRUE(looks_like_key_value_text("*************CONFIDENTIAL*************\n" + text));
  ASSERT_TRUE(looks_like_key_value_text("----------\nALLERGIES\n----------\nName: X\nDOB: 02/02/1970\n"));
  for (const char* line :
       {"### Notes", "######", "```", "~~~ text", "| Key | Value |\n|-----|:-----:|", "**Allergies** of mine",
        "see [the file](record.txt)", "![chart](a.png)", "- [x] done", "> quoted",
        "---------- Forwarded message ---------", "Received: from a.example by b.example", "#include <string>",
        "// the text", "/* the text", "text = \"\"\"", "class Sample {", "<!-- a page -->"})
    for (const auto& whole : {line + ("\n" + text), text + line + "\n"})
      EXPECT_FALSE(looks_like_key_value_text(whole)) << whole;
  EXPECT_FALSE(
      looks_like_key_value_text("---\nName: DOE, JANE\nDate of Birth: 02 Feb 1970\n---\n--- About ---\nOf: me\n"));
  EXPECT_FALSE(looks_like_key_value_text("Name: DOE, JANE\nDate of Birth: 02 Feb 1970\n------ THE END ------\n"));
}

// FMT-02, FMT-03: the title makes the report, at its place.
TEST(ReportTitleTest, IsALineOfItsOwnThatTheReportBeginsWith) {
  const std::string rule = "--------------------------------\n";
  const struct {
    bool (*looks_like)(std::string_view);
    std::string title, other_title, signs;
  } formats[] = {{looks_like_va_text, "---- MY HEALTHEVET PERSONAL INFORMATION REPORT ----\n",
                  "MY HEALTHEVET PERSONAL INFORMATION REPORT\n", "   *************CONFIDENTIAL*************\n"},
                 {looks_like_cms_text, rule + "MYMEDICARE.GOV PERSONAL HEALTH INFORMATION\n\n" + rule,
                  "MYMEDICARE.GOV PERSONAL HEALTH INFORMATION\n", "Produced by the Blue Button (v2.0)\n"}};
  for (const auto& [looks_like, title, bare, signs] : formats) {
    for (const auto& good :
         {title, "\n\n" + title, "\xEF\xBB\xBF" + title, bare + signs, "A warning: on line 3\n" + title + signs,
          "one\ntwo\nthree\n" + title + signs, to_lower(bare) + "Name: DOE, JANE\n"})
      EXPECT_TRUE(looks_like(good)) << good;
    for (const auto& bad :
         {bare, "The file has the title\n" + bare + "and no more.\n", "The title is\n" + title + "and no more.\n",
          "one\ntwo\nthree\nfour\n" + title + signs, "Subject: my record\n\n" + title + signs,
          "From: a@b.example\nTo: c@d.example\n\n" + title + signs, "> " + title + signs, "# Sample\n" + title + signs,
          "```\n" + title + signs, "text = \"\"\"\n" + title + signs, "const char* text = R\"(\n" + title + signs,
          "std::string_view title = \"" + bare.substr(0, bare.size() - 1) + "\";\n" + signs, "// " + bare + signs,
          "{\"text\": \"" + title + signs, "<x>" + title + signs, "*" + bare + signs,
          std::string(3000, ' ') + title + signs})
      EXPECT_FALSE(looks_like(bad)) << bad;
  }
}

// ---- any bytes ----

std::string utf16(const std::string& ascii, bool is_big_endian) {
  std::string out = is_big_endian ? "\xFE\xFF" : "\xFF\xFE";
  for (const char c : ascii) {
    out += is_big_endian ? '\0' : c;
    out += is_big_endian ? c : '\0';
  }
  return out;
}

std::string facts(const Record& record) {
  auto value = to_value(record);
  for (const auto* key : {"format", "document_title"}) value.erase(key);
  return to_json(value);
}

const std::string& va_sample() {
  static const auto bytes =
      va_file(va_section("VA ALLERGIES", "Allergy Name: PENICILLIN\nReaction: HIVES\n\nAllergy Name: NUTS\n") +
              va_section("VA LABORATORY RESULTS",
                         "====\nLab Test: P\nDate/Time Collected: 01 Feb 2012 @ 0809\n----\nTest Name: T\n"
                         "Result: 6.5 High\nUnits: g\n----\nTest Name: U\nResult: 1\n") +
              va_section("VA NOTES", "====\nDate/Time: 25 Jan 2013 @ 0701\nNote Title: N\n----\ntext\n"));
  return bytes;
}
const std::string& cms_sample() {
  static const auto bytes =
      cms_file(cms_section("Drugs", "Drug Name: Aspirin\n\nSupply: Daily\n") +
               cms_section("Claim Summary",
                           "Claim Number: 1\n\nClaim Type: PartB\n\n-----\nClaim Lines for Claim Number: 1\n\n-----\n\n"
                           "Line number: 1\n\nNon-Covered: $0.00\n",
                           "MyMedicare.gov"));
  return bytes;
}

TEST(TextInputTest, ReadsTheSameInEveryEncodingAndWithEveryLineEnd) {
  for (const auto& sample : {va_sample(), cms_sample()}) {
    const auto lf = replace_all(sample, "\r\n", "\n");
    const auto expected = facts(read(lf));
    for (const auto& bytes :
         {replace_all(lf, "\n", "\r\n"), replace_all(lf, "\n", "\r"), replace_all(lf, "\n", "\r\r\n"),
          "\xEF\xBB\xBF" + lf, utf16(lf, false), utf16(lf, true), utf16(replace_all(lf, "\n", "\r\n"), false)})
      EXPECT_EQ(facts(read(bytes)), expected);
  }
}

TEST(VaTextTest, TellsDemographicsOfAnotherPatient) {
  const auto with = [](const std::string& lines) {
    return kinds_of(va(va_file("----- DOWNLOAD REQUEST SUMMARY -----\n\n" +
                               va_section("SELF REPORTED DEMOGRAPHICS", lines, "Self-Entered"))));
  };
  EXPECT_THAT(with("First Name: TEST\nLast Name: Patient\nDate of Birth: 01 Mar 1948\n"), IsEmpty());
  EXPECT_THAT(with("First Name: EVE\nLast Name: PATIENT\nDate of Birth: 01 Mar 1948\n"), ElementsAre("other-patient"));
  EXPECT_THAT(with("First Name: TEST\nLast Name: PATIENT\nDate of Birth: 02 Apr 1950\n"), ElementsAre("other-patient"));
}

TEST(VaTextTest, TellsASecondReport) {
  const auto kinds = kinds_of(va(va_sample() + "\r\n" + va_sample()));
  EXPECT_THAT(kinds, Contains("second-report"));
}

TEST(VaTextTest, NoAssessmentIsNoSubstance) {
  const auto record = read(va_file(va_section("VA ALLERGIES", "Allergy Name: No Allergy Assessment\n")));
  EXPECT_THAT(record.allergies, IsEmpty());
  ASSERT_EQ(record.absences.size(), 1U);
  EXPECT_EQ(record.absences[0].section, "allergies");
  EXPECT_EQ(record.absences[0].kind, "unknown");
}

TEST(TextInputTest, TellsLineEndsThatHaveOneReturnTooMany) {
  const auto document = va(replace_all(va_sample(), "\r\n", "\r\r\n"));
  EXPECT_EQ(document.line_ends, "CRCRLF");
  EXPECT_THAT(kinds_of(document), ElementsAre("line-ends"));
  EXPECT_EQ(document.line_count, va(va_sample()).line_count);
}

TEST(TextInputTest, SurvivesACutAtEveryByte) {
  for (const auto& sample : {va_sample(), cms_sample()})
    for (std::size_t size = 0; size < sample.size(); ++size) {
      const auto record = read_record(sample.substr(0, size));
      if (!record) {
        EXPECT_THAT(record.error().what, testing::AnyOf(StartsWith("line "), StartsWith("expected CDA or CCR in XML")))
            << size;
      } else {
        EXPECT_FALSE(to_json(to_value(*record)).empty());
      }
    }
}

TEST(TextInputTest, TellsATextThatEndsBeforeItsFirstSection) {
  const auto cut = read_record(va_head);
  ASSERT_FALSE(cut);
  EXPECT_THAT(cut.error().what, HasSubstr("line 7, column 1: the My HealtheVet text ends before its first section"));
  EXPECT_FALSE(read_record("MYMEDICARE.GOV PERSONAL HEALTH INFORMATION"));
}

TEST(TextInputTest, SurvivesRandomChanges) {
  std::mt19937 random(20261122);
  for (const auto& sample : {va_sample(), cms_sample()})
    for (int round = 0; round < 2'000; ++round) {
      auto changed = sample;
      for (int i = 0; i < 5; ++i) changed[random() % changed.size()] = static_cast<char>(random());
      if (const auto record = read_record(changed)) {
        EXPECT_TRUE(parse_json(to_json(to_value(*record))));
      }
    }
}

// Far more than a file has, in a time that a person waits.
TEST(TextInputTest, ReadsHugeFilesInTime) {
  const auto huge = [](const std::string& begin, const std::string& unit) {
    std::string bytes = begin;
    while (bytes.size() + unit.size() < 16 * 1024 * 1024) bytes += unit;
    return bytes;
  };
  const auto start = std::chrono::steady_clock::now();
  for (const auto& bytes : {
           huge(va_head + "--- VA ALLERGIES ---\nSource: VA\nAllergy Name: ", "a  b "),
           huge(va_head, "--- VA ALLERGIES ---\nSource: VA\n"),
           huge(va_head + "--- VA ALLERGIES ---\nSource: VA\n", "Allergy Name: x\nReaction: y\n"),
           huge(va_head + "--- VA ALLERGIES ---\nSource: VA\nAllergy Name: x\n", "Reaction: y\n"),
           huge(va_head + "--- VA NOTES ---\nSource: VA\nDate/Time: x\n---\n", "====\n\n"),
           huge(va_head + "--- VA IMMUNIZATIONS ---\nSource: VA\n", "a  b  c\n---\nd  e  f\n"),
           huge(cms_head, "--------\nDrugs\n--------\n"),
           huge(cms_head + "--------\nClaim Summary\n--------\n",
                "--------\nClaim Lines for Claim Number: 1\n--------\n"),
           huge(cms_head, "--------\n\n"),
           huge("--- A ---\nName: c\nD: e\n", "--- F ---\nG: h\n"),
       })
    if (const auto record = read_record(bytes); !record) {
      EXPECT_THAT(record.error().what, testing::AnyOf(HasSubstr("more than"), StartsWith("line ")))
          << bytes.substr(0, 80);
    }
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(60));
}

}  // namespace
}  // namespace bb::records
