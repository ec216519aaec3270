// Every copy of a record states the same facts.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <bb/core/json.hpp>
#include <bb/records/ccda.hpp>
#include <bb/records/cms_text.hpp>
#include <bb/records/fhir.hpp>
#include <bb/records/html.hpp>
#include <bb/records/read.hpp>
#include <bb/records/record_value.hpp>
#include <bb/records/va_text.hpp>

#include "records/test_data.hpp"

namespace bb::records {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

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
  // A section without facts says so, which is an absence.
  for (const auto* key : {"format", "sections", "absences"}) value.erase(key);
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

TEST(CopiesTest, KeepWhatOnlyPeopleCanRead) {
  // Goal: health concerns and instructions are words in a section of their own, and reach every reader.
  auto record = read_sample("bruno");
  record.sections.push_back(
      {"", {"8653-8", "2.16.840.1.113883.6.1", "LOINC", ""}, "Instructions", "Rest & drink.\nCall <us>.", 0, 0});
  record.sections.push_back({"problems", {}, "Problems", "kept by the kind's own section", 0, 0});
  const auto page = write_html_fragment(record);
  EXPECT_THAT(page, HasSubstr(">Instructions</h2>\n<p>Rest &amp; drink.</p>\n<p>Call &lt;us&gt;.</p>"));
  EXPECT_THAT(page, Not(HasSubstr("kept by the kind's own section")));
  const auto fhir = *parse_json(write_fhir_bundle(record));
  const auto& sections = fhir["entry"].items()->front()["resource"]["section"];
  const auto& last = sections.items()->back();
  EXPECT_EQ(last["title"].string_or(""), "Instructions");
  EXPECT_EQ(last["code"]["coding"].items()->front()["code"].string_or(""), "8653-8");
  EXPECT_THAT(last["text"]["div"].string_or(""), HasSubstr("<p>Call &lt;us&gt;.</p>"));
  const auto text = read_va_text(write_va_text(record, request_unix_ns));
  ASSERT_TRUE(text) << text.error().what;
  ASSERT_EQ(text->notes.size(), record.notes.size() + 1);
  EXPECT_EQ(text->notes.back().title, "Instructions");
  EXPECT_THAT(text->notes.back().text, AllOf(HasSubstr("Rest & drink."), HasSubstr("Call <us>.")));
  const auto again = read_document(write_ccda(record));
  ASSERT_FALSE(again.sections.empty());
  EXPECT_EQ(again.sections.back().code.code, "8653-8");
  EXPECT_EQ(again.sections.back().text, "Rest & drink.\nCall <us>.");
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

std::string lines_of(const std::string& text) { return replace_all(text, "\r\n", "\n"); }

TEST(BlueButtonTextTest, LooksLikeTheVasFile) {
  const auto text = lines_of(write_va_text(read_sample("alice"), request_unix_ns));
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

TEST(BlueButtonTextTest, FollowsTheLayoutToTheByte) {
  // TXT-VA-01 to TXT-VA-06, TXT-VA-09, TXT-VA-36
  const auto text = write_va_text(read_sample("alice"), request_unix_ns);
  EXPECT_THAT(text, StartsWith("--------------- MY HEALTHEVET PERSONAL INFORMATION REPORT ---------------\r\n"));
  EXPECT_THAT(text, EndsWith("\r\n-------------- END OF MY HEALTHEVET PERSONAL INFORMATION REPORT ----------"));
  EXPECT_THAT(text, HasSubstr(" 15 Nov 2024 @ 1802\r\n"));
  EXPECT_THAT(text, HasSubstr("mhv_NEWMAN_20241115_1802.txt\r\n"));
  EXPECT_EQ(replace_all(text, "\r\n", "").find_first_of("\r\n"), std::string::npos);
  for (const auto* stem : {"alice", "bruno", "zoe", "dmitri"}) {
    const auto document = parse_va_text(write_va_text(read_sample(stem), request_unix_ns));
    ASSERT_TRUE(document) << stem;
    for (const auto& deviation : document->deviations)
      ADD_FAILURE() << stem << ": " << deviation.kind << " " << deviation.what;
  }
}

TEST(BlueButtonTextTest, BreaksOnlyNamesThatFitNoLine) {
  Record record;
  record.problems.push_back({Code{"", "", "", std::string(70, 'x') + " yyyyyyy"}, "", "", ""});
  record.problems.push_back({Code{"", "", "", std::string(70, 'x') + " zzzzzzzz"}, "", "", ""});
  const auto text = lines_of(write_va_text(record, 0));
  EXPECT_THAT(text, HasSubstr("Problem:\n  " + std::string(70, 'x') + " yyyyyyy\n"));
  EXPECT_THAT(text, HasSubstr("Problem:\n  " + std::string(70, 'x') + "\n  zzzzzzzz\n"));
}

TEST(BlueButtonTextTest, SaysThatASectionIsEmpty) {
  const auto text = write_va_text(Record{}, 0);
  EXPECT_THAT(text, HasSubstr("Name: --"));
  EXPECT_THAT(text, HasSubstr("No information was available that matched your selection."));
}

Record read_again(const std::string& text) {
  auto record = read_record(text);
  EXPECT_TRUE(record) << (record ? "" : record.error().what);
  return record ? *record : Record{};
}

std::string facts_of(const Record& record) {
  auto value = to_value(record);
  erase_lines(value);
  return to_json(value);
}

// "2024-06-22T10:15:00-07:00" as a text can say it.
std::string date_to_the_minute(std::string date) {
  if (date.size() > 19 && date[16] == ':') date.erase(16, 3);
  return date;
}

TEST(TextCopiesTest, SayTheSameOnceTheyWereRead) {
  // read(write(read(write(x)))) == read(write(x)): what a text can hold it keeps.
  for (const auto* stem : {"alice", "bruno", "zoe", "dmitri"}) {
    const auto record = read_sample(stem);
    const auto va = read_again(write_va_text(record, request_unix_ns));
    EXPECT_EQ(facts_of(read_again(write_va_text(va, request_unix_ns))), facts_of(va)) << stem;
    const auto cms = read_again(write_cms_text(record, request_unix_ns));
    EXPECT_EQ(facts_of(read_again(write_cms_text(cms, request_unix_ns))), facts_of(cms)) << stem;
  }
}

TEST(TextCopiesTest, KeepTheFactsOfARecord) {
  for (const auto* stem : {"alice", "bruno", "zoe", "dmitri"}) {
    const auto record = read_sample(stem);
    const auto again = read_again(write_va_text(record, request_unix_ns));
    EXPECT_EQ(fact_names(again), fact_names(record)) << stem;
    EXPECT_EQ(again.patient.name, record.patient.name) << stem;
    EXPECT_EQ(again.patient.birth_date, record.patient.birth_date) << stem;
    EXPECT_EQ(again.patient.gender, record.patient.gender) << stem;
    EXPECT_EQ(again.patient.addresses, record.patient.addresses) << stem;
    EXPECT_EQ(again.patient.telecoms, record.patient.telecoms) << stem;
    ASSERT_EQ(again.medications.size(), record.medications.size()) << stem;
    for (std::size_t i = 0; i < record.medications.size(); ++i) {
      EXPECT_EQ(again.medications[i].drug, record.medications[i].drug) << stem;
      EXPECT_EQ(again.medications[i].start, record.medications[i].start) << stem;
      EXPECT_EQ(again.medications[i].status, record.medications[i].status) << stem;
      EXPECT_EQ(again.medications[i].mood, is_planned(record.medications[i].mood) ? record.medications[i].mood : "");
    }
    ASSERT_EQ(again.results.size(), record.results.size()) << stem;
    for (std::size_t i = 0; i < record.results.size(); ++i) {
      const auto &before = record.results[i].observations, &after = again.results[i].observations;
      ASSERT_EQ(after.size(), before.size()) << stem;
      for (std::size_t k = 0; k < before.size(); ++k) {
        EXPECT_EQ(after[k].test, before[k].test);
        EXPECT_EQ(after[k].value, before[k].value);
        EXPECT_EQ(after[k].unit, before[k].unit);
        EXPECT_EQ(after[k].interpretation, before[k].interpretation);
        EXPECT_EQ(after[k].reference_range, before[k].reference_range);
        EXPECT_EQ(after[k].date, date_to_the_minute(before[k].date));
      }
    }
  }
}

TEST(TextCopiesTest, KeepWhoseWordAFactIs) {
  Record record;
  const auto named = [](const char* name) { return Code{"", "", "", name}; };
  for (const auto* source : {"self-entered", "VA"}) {
    const std::string word = source;
    record.allergies.push_back({named("Nuts"), {}, {named("Hives")}, named("Mild"), "active", "2001-02-03", 0, word});
    record.problems.push_back({named("Gout"), "active", "2001-02-03", "", 0, word});
    Medication medication;
    medication.drug = named("Aspirin");
    medication.source = word;
    record.medications.push_back(medication);
    record.immunizations.push_back({named("Flu"), "2001-02-03", "", "", "", 0, word});
    Observation reading;
    reading.test = named("Pulse");
    reading.value = "80";
    reading.date = "2001-02-03T14:05";
    reading.source = word;
    record.vital_signs.push_back(reading);
    record.results.push_back({named("Pulse"), "2001-02-03T14:05", {reading}});
    record.coverages.push_back({named("HMO"), "Plan", "Payer", "1", "2", "2001-02-03", "2002-02-03", "", 0, word});
    record.contacts.push_back({"Ann Ash", named("sister"), {}, {"tel:1"}, 0, word});
  }
  record.care_team.push_back(
      {"Doc", named("Primary"), "", {"tel:1", "mailto:a@b.example"}, "", "", "", 0, "self-entered"});
  record.family_history.push_back({named("Mother"), named("Stroke"), "", "deceased", 0, "self-entered"});
  Observation goal;
  goal.test = named("Run");
  goal.status = "active";
  goal.date = "2001-02-03";
  goal.source = "self-entered";
  record.goals.push_back(goal);
  const auto again = read_again(write_va_text(record, request_unix_ns));
  const auto expect_both = [](const auto& facts) {
    ASSERT_EQ(facts.size(), 2U);
    EXPECT_NE(facts[0].source, facts[1].source);
  };
  expect_both(again.allergies);
  expect_both(again.problems);
  expect_both(again.medications);
  expect_both(again.immunizations);
  expect_both(again.vital_signs);
  expect_both(again.coverages);
  expect_both(again.contacts);
  EXPECT_EQ(again.results.size(), 2U);
  EXPECT_EQ(again.care_team.at(0).telecoms, record.care_team[0].telecoms);
  EXPECT_EQ(again.family_history.at(0).condition.display, "Stroke");
  EXPECT_EQ(again.goals.at(0).test.display, "Run");
  EXPECT_EQ(again.vital_signs.at(0).date, "2001-02-03T14:05");
  EXPECT_EQ(facts_of(read_again(write_va_text(again, request_unix_ns))), facts_of(again));

  // CMS: the patient's own words, and what Medicare says of plans and claims.
  const auto cms = read_again(write_cms_text(record, request_unix_ns));
  ASSERT_EQ(cms.problems.size(), 1U);
  EXPECT_EQ(cms.problems[0].source, "self-entered");
  EXPECT_EQ(cms.vital_signs.at(0).date, "2001-02-03T14:05");
  ASSERT_EQ(cms.coverages.size(), 1U);
  EXPECT_EQ(cms.coverages[0].source, "MyMedicare.gov");
  EXPECT_EQ(facts_of(read_again(write_cms_text(cms, request_unix_ns))), facts_of(cms));
}

TEST(TextCopiesTest, KeepNoKnownAllergies) {
  Record record;
  record.absences.push_back({"allergies", "none_known", Code{"", "", "", "No known allergies"}, "", 0});
  const auto again = read_again(write_va_text(record, 0));
  ASSERT_GE(again.absences.size(), 1U);
  const auto allergies = std::find_if(again.absences.begin(), again.absences.end(),
                                      [](const Absence& absence) { return absence.section == "allergies"; });
  ASSERT_NE(allergies, again.absences.end());
  EXPECT_EQ(allergies->kind, "none_known");
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
