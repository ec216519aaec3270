// Whom a document is about.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <bb/core/json.hpp>
#include <bb/records/ccda.hpp>
#include <bb/records/fhir.hpp>
#include <bb/records/html.hpp>
#include <bb/records/record_value.hpp>
#include <bb/records/va_text.hpp>

#include "records/test_data.hpp"

namespace bb::records {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

std::string document_about(const std::vector<std::string>& names) {
  std::string xml = "<ClinicalDocument xmlns='urn:hl7-org:v3'>";
  for (const auto& name : names)
    xml += "<recordTarget><patientRole><patient><name>" + name + "</name></patient></patientRole></recordTarget>";
  return xml + "</ClinicalDocument>";
}

// CDA R2: ClinicalDocument.recordTarget is 1..*.
TEST(PatientsTest, ADocumentMayBeAboutSeveralAndEveryCopySaysSo) {
  const auto record = read_document(document_about({"Ann Ash", "Bob Birch", "Cy Cedar"}));
  EXPECT_EQ(record.patient.name.full(), "Ann Ash");
  ASSERT_THAT(record.other_patients, SizeIs(2));
  EXPECT_EQ(record.other_patients[1].name.full(), "Cy Cedar");
  EXPECT_EQ(to_value(record)["other_patients"][0]["full_name"].string_or(""), "Bob Birch");
  EXPECT_EQ(read_document(write_ccda(record)).other_patients, record.other_patients);
  for (const auto& copy : {write_va_text(record, 0), write_html_fragment(record)}) {
    EXPECT_THAT(copy, HasSubstr("about 3 patients"));
    EXPECT_THAT(copy, HasSubstr("Cy Cedar"));
  }
  EXPECT_THAT(write_fhir_bundle(record), HasSubstr("Cy Cedar"));
}

TEST(PatientsTest, ADocumentAboutOneSaysNothingOfOthers) {
  const auto record = read_document(document_about({"Ann Ash"}));
  EXPECT_THAT(record.other_patients, IsEmpty());
  for (const auto& copy : {write_va_text(record, 0), write_html_fragment(record)})
    EXPECT_THAT(copy, Not(HasSubstr("patients")));
}

Record record_about(const std::string& person) {
  return read_document(
      "<ClinicalDocument xmlns='urn:hl7-org:v3' xmlns:sdtc='urn:hl7-org:sdtc'><recordTarget>"
      "<patientRole><patient>" +
      person + "</patient></patientRole></recordTarget></ClinicalDocument>");
}

TEST(PatientsTest, DeathIsReadFromHl7sExtension) {
  const auto dead = record_about("<sdtc:deceasedInd value='1'/><sdtc:deceasedTime value='20120806'/>");
  EXPECT_EQ(dead.patient.deceased, "yes");
  EXPECT_EQ(dead.patient.death_date, "2012-08-06");
  EXPECT_EQ(record_about("<sdtc:deceasedTime value='2012'/>").patient.deceased, "yes");
  EXPECT_EQ(record_about("<sdtc:deceasedInd value='false'/>").patient.deceased, "no");
  EXPECT_EQ(record_about("<sdtc:deceasedInd nullFlavor='UNK'/>").patient.deceased, "");
  EXPECT_EQ(record_about("<deceasedInd value='true'/>").patient.deceased, "");
  for (const auto& copy : {write_va_text(dead, 0), write_html_fragment(dead)})
    EXPECT_THAT(copy, HasSubstr("yes, 06 Aug 2012"));
  EXPECT_THAT(write_fhir_bundle(dead), HasSubstr(R"("deceasedDateTime": "2012-08-06")"));
  EXPECT_EQ(read_document(write_ccda(dead)).patient, dead.patient);
}

TEST(PatientsTest, FurtherRacesAreReadFromHl7sExtension) {
  const auto record = record_about(R"(<raceCode code="2106-3" displayName="White"/>
      <sdtc:raceCode code="2028-9" displayName="Asian"/><sdtc:raceCode nullFlavor="UNK"/>)");
  EXPECT_EQ(record.patient.race.display, "White");
  ASSERT_THAT(record.patient.further_races, SizeIs(1));
  EXPECT_EQ(record.patient.further_races[0].code, "2028-9");
  for (const auto& copy : {write_va_text(record, 0), write_html_fragment(record)})
    EXPECT_THAT(copy, HasSubstr("White, Asian"));
  EXPECT_EQ(read_document(write_ccda(record)).patient, record.patient);
}

TEST(PatientsTest, RefusesMorePatientsThanItCanHold) {
  EXPECT_FALSE(read_ccda(document_about(std::vector<std::string>(100'002, ""))));
}

// A name of PN with a validTime that has ended is one that the patient bore before.
TEST(PatientsTest, AFormerNameStaysFormerInEveryCopy) {
  const auto record = read_document(
      "<ClinicalDocument xmlns='urn:hl7-org:v3'><recordTarget><patientRole><patient>"
      "<name><given>Nora</given><family>Ek</family><validTime><high value='20200601'/></validTime></name>"
      "<name use='L'><given>Nora</given><family>Lind</family></name>"
      "</patient></patientRole></recordTarget></ClinicalDocument>");
  EXPECT_EQ(record.patient.name.full(), "Nora Lind");
  ASSERT_THAT(record.patient.former_names, SizeIs(1));
  EXPECT_EQ(record.patient.former_names[0].name.full(), "Nora Ek");
  EXPECT_EQ(record.patient.former_names[0].until, "2020-06-01");
  EXPECT_EQ(read_document(write_ccda(record)).patient.former_names, record.patient.former_names);
  EXPECT_THAT(write_html_fragment(record), HasSubstr("<dt>Former name</dt><dd>Nora Ek, until 01 Jun 2020</dd>"));
  EXPECT_THAT(write_va_text(record, 0), HasSubstr("Former Name:          Nora Ek, until 01 Jun 2020"));
  const auto bundle = parse_json(write_fhir_bundle(record));
  ASSERT_TRUE(bundle);
  Value names;
  for (const auto& entry : *(*bundle)["entry"].items())
    if (entry["resource"]["resourceType"].string_or("") == "Patient") names = entry["resource"]["name"];
  EXPECT_EQ(names[0]["family"].string_or(""), "Lind");
  EXPECT_EQ(names[1]["use"].string_or(""), "old");
  EXPECT_EQ(names[1]["family"].string_or(""), "Ek");
  EXPECT_EQ(names[1]["period"]["end"].string_or(""), "2020-06-01");
}

// CDA R2: setId and versionNumber name the versions of a document, relatedDocument RPLC the one that it replaces.
TEST(PatientsTest, ADocumentNamesItsVersionsAndItsPeriodWhereItIsTold) {
  Record record;
  record.document_id = "2.999.1^second";
  const auto version = write_ccda_version(record, {"2020-01-02", "2020-01-03", "2.999.1^first", 2, "2.999.1^first"});
  EXPECT_THAT(version, HasSubstr(R"(<setId root="2.999.1" extension="first"/>)"));
  EXPECT_THAT(version, HasSubstr(R"(<versionNumber value="2"/>)"));
  EXPECT_THAT(version, HasSubstr(R"(<relatedDocument typeCode="RPLC">)"));
  EXPECT_THAT(version, HasSubstr(R"(<low value="20200102"/>)"));
  EXPECT_THAT(version, HasSubstr(R"(<high value="20200103"/>)"));
  EXPECT_THAT(write_ccda(record), Not(HasSubstr("setId")));
  EXPECT_THAT(write_ccda(record), Not(HasSubstr("relatedDocument")));
}

TEST(PatientsTest, ACorrectedResultSaysSoInEveryCopy) {
  Record record;
  Observation result;
  result.test.display = "Ferritin";
  result.value = "174.5";
  result.status = "corrected";
  result.corrected = "2026-11-23T20:00:00+00:00";
  ResultPanel panel;
  panel.observations = {result};
  record.results = {panel};
  const std::string said = "corrected on 23 Nov 2026 @ 2000 +00:00";
  EXPECT_THAT(write_html_fragment(record), HasSubstr(said));
  EXPECT_THAT(write_va_text(record, 0), HasSubstr(said));
  EXPECT_THAT(write_ccda(record), HasSubstr(said));
  EXPECT_THAT(write_ccda(record), Not(HasSubstr(R"(statusCode code="corrected")"))) << "no status of a CDA act";
  const auto bundle = parse_json(write_fhir_bundle(record));
  ASSERT_TRUE(bundle);
  for (const auto& entry : *(*bundle)["entry"].items())
    if (entry["resource"]["resourceType"].string_or("") == "Observation") {
      EXPECT_EQ(entry["resource"]["status"].string_or(""), "corrected");
      EXPECT_EQ(entry["resource"]["issued"].string_or(""), "2026-11-23T20:00:00+00:00");
    }
}

}  // namespace
}  // namespace bb::records
