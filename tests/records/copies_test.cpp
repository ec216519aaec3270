// Every copy of a record states the same facts.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <bb/core/json.hpp>
#include <bb/records/blue_button_text.hpp>
#include <bb/records/ccda.hpp>
#include <bb/records/fhir.hpp>
#include <bb/records/html.hpp>
#include <bb/records/record_value.hpp>

#include "records/test_data.hpp"

namespace bb::records {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr long long request_unix_ns = 1'731'693'720'000'000'000;  // 2024-11-15T18:02:00Z
void erase_lines(Value& value) {
  value.erase("line");
  if (auto* members = value.members())
    for (auto& member : *members) erase_lines(member.value);
  if (auto* items = value.items())
    for (auto& item : *items) erase_lines(item);
}

// What a written document cannot keep: it is a CCD, and its own identifier
// where the source has none.
Value comparable(const Record& record) {
  auto value = to_value(record);
  value.erase("document_type");
  value.erase("document_id");
  value.erase("document_title");
  // What the writer does not write (docs/reference/records.md, "What is written").
  for (const auto* key : {"format", "sections", "absences", "care_team", "social_history", "procedures", "plan",
                          "goals", "functional_status", "notes"})
    value.erase(key);
  erase_lines(value);
  return value;
}

void expect_same_facts(const Record& before, const Record& after, const std::string& name) {
  const auto expected = comparable(before);
  const auto found = comparable(after);
  for (const auto& member : *expected.members())
    EXPECT_EQ(to_json(member.value), to_json(found[member.key])) << name << ": " << member.key;
}

TEST(CopiesTest, ReadingAWrittenCcdaGivesTheSameFacts) {
  for (const auto* stem : {"alice", "bruno", "zoe", "dmitri"}) {
    const auto record = read_sample(stem);
    expect_same_facts(record, read_document(write_ccda(record)), stem);
  }
}

TEST(CopiesTest, KeepsDocumentIdAndTitleOfASample) {
  const auto record = read_sample("alice");
  const auto again = read_document(write_ccda(record));
  EXPECT_EQ(again.document_id, record.document_id);
  EXPECT_EQ(again.document_title, record.document_title);
}

TEST(CopiesTest, WritesTheSameBytesForTheSameRecord) {
  EXPECT_EQ(write_ccda(read_sample("alice")), write_ccda(read_sample("alice")));
  EXPECT_EQ(write_fhir_bundle(read_sample("alice")), write_fhir_bundle(read_sample("alice")));
}

TEST(CopiesTest, GivesDifferentRecordsDifferentIdentifiers) {
  auto other = read_sample("bruno");
  other.document_id.clear();
  auto another = other;
  another.patient.name.family = "Other";
  EXPECT_NE(read_document(write_ccda(other)).document_id, read_document(write_ccda(another)).document_id);
}

TEST(BlueButtonTextTest, LooksLikeTheVasFile) {
  const auto text = write_blue_button_text(read_sample("alice"), request_unix_ns);
  EXPECT_THAT(text, HasSubstr("Name: Newman, Alice Jones                       Date of Birth: 01 May 1970\n"));
  EXPECT_THAT(text, HasSubstr("\n------------------------- VA MEDICATION HISTORY -------------------------\n"));
  EXPECT_THAT(text, HasSubstr("\n----------------------------- VA ALLERGIES ------------------------------\n"));
  EXPECT_THAT(text, HasSubstr("\n---------------------------- VA PROBLEM LIST ----------------------------\n"));
  EXPECT_THAT(text, HasSubstr("\n--------------------------- VA IMMUNIZATIONS ----------------------------\n"));
  EXPECT_THAT(text, HasSubstr("\n------------------------- VA LABORATORY RESULTS -------------------------\n"));
  EXPECT_THAT(text, HasSubstr("\n------------------------ VA VITALS AND READINGS -------------------------\n"));
  EXPECT_THAT(text, HasSubstr("\nAllergy Name:         Penicillin\nCode:                 RxNorm 70618\n"));
  EXPECT_THAT(text, HasSubstr("System Request Date/Time: 15 Nov 2024 @ 1802 +00:00"));
}

TEST(BlueButtonTextTest, BreaksOnlyNamesThatFitNoLine) {
  Record record;
  record.problems.push_back({Code{"", "", "", std::string(70, 'x') + " yyyyyyy"}, "", "", ""});
  record.problems.push_back({Code{"", "", "", std::string(70, 'x') + " zzzzzzzz"}, "", "", ""});
  const auto text = write_blue_button_text(record, 0);
  EXPECT_THAT(text, HasSubstr("Problem:\n  " + std::string(70, 'x') + " yyyyyyy\n"));
  EXPECT_THAT(text, HasSubstr("Problem:\n  " + std::string(70, 'x') + "\n  zzzzzzzz\n"));
}

TEST(BlueButtonTextTest, SaysThatASectionIsEmpty) {
  const auto text = write_blue_button_text(Record{}, 0);
  EXPECT_THAT(text, HasSubstr("Name: not stated"));
  EXPECT_THAT(text, HasSubstr("No information was available that matched your selection."));
}

TEST(FhirTest, NamesCodeSystemsByTheirAddresses) {
  const auto fhir = write_fhir_bundle(read_sample("alice"));
  for (const auto* url : {"http://snomed.info/sct", "http://loinc.org", "http://www.nlm.nih.gov/research/umls/rxnorm",
                          "http://hl7.org/fhir/sid/cvx"})
    EXPECT_THAT(fhir, HasSubstr(url));
}

TEST(HtmlTest, TablesHaveCaptionsAndScopes) {
  const auto html = write_html_fragment(read_sample("alice"));
  EXPECT_THAT(html, HasSubstr("<caption>Allergies</caption>"));
  EXPECT_THAT(html, HasSubstr("<th scope=\"col\">Severity</th>"));
  EXPECT_THAT(html, HasSubstr("<th scope=\"row\">Penicillin</th>"));
  EXPECT_THAT(html, HasSubstr("<h2 id=\"patient\">Patient</h2>"));
}

TEST(HtmlTest, EscapesWhatTheRecordSays) {
  Record record;
  record.patient.name.family = "<script>alert('x')</script>";
  record.problems.push_back({Code{"", "", "", "a < b & \"c\""}, "", "", ""});
  const auto html = write_html_fragment(record);
  EXPECT_THAT(html, Not(HasSubstr("<script>")));
  EXPECT_THAT(html_to_text(html), HasSubstr("a < b & \"c\""));
  EXPECT_THAT(html_to_text(html), HasSubstr("<script>alert('x')</script>"));
}

TEST(HtmlTest, SaysACodeInWordsWhereThereIsNoName) {
  Record record;
  record.vital_signs.push_back({});
  record.vital_signs.back().test = {"8302-2", "2.16.840.1.113883.6.1", "LOINC", ""};
  EXPECT_THAT(write_html_fragment(record), HasSubstr("code 8302-2 of LOINC"));
}

TEST(CcdaWriterTest, WritesWhatXmlCannotCarryAsNothing) {
  Record record;
  record.patient.name.family = std::string("A\x01\xFF") + "B";
  const auto again = read_ccda(write_ccda(record));
  ASSERT_TRUE(again) << again.error().what;
  EXPECT_EQ(again->patient.name.family,
            "A\xEF\xBF\xBD"
            "B");
}

TEST(CcdaWriterTest, MovesAFrequencyWithoutACodeIntoTheInstructions) {
  Record record;
  record.medications.push_back({});
  record.medications.back().drug.display = "Warfarin";
  record.medications.back().frequency = "twice a day";
  record.medications.back().instructions = "with food";
  EXPECT_EQ(read_document(write_ccda(record)).medications.at(0).instructions, "twice a day; with food");
}

TEST(CcdaWriterTest, KeepsValuesOfEveryShape) {
  const std::vector<std::pair<std::string, std::string>> shapes{
      {"13.2", "g/dL"}, {"<5", "mg/L"}, {">=60", "mL/min"}, {"4-6", "mm"}, {"trace", "mg/dL"},
      {"negative", ""}, {"7", ""},      {"<5", ""},         {"", ""},      {"-1.5", "Cel"}};
  Record record;
  record.results.push_back({{"1", "", "", "Panel"}, "2024", {}});
  for (const auto& [value, unit] : shapes) {
    Observation observation;
    observation.test.display = "Test";
    observation.value = value;
    observation.unit = unit;
    observation.date = "2024";
    record.results[0].observations.push_back(observation);
  }
  const auto again = read_document(write_ccda(record)).results.at(0).observations;
  ASSERT_EQ(again.size(), shapes.size());
  for (std::size_t i = 0; i < shapes.size(); ++i) {
    EXPECT_EQ(again[i].value, shapes[i].first);
    EXPECT_EQ(again[i].unit, shapes[i].second) << shapes[i].first;
  }
}

}  // namespace
}  // namespace bb::records
