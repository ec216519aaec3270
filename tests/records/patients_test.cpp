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

}  // namespace
}  // namespace bb::records
