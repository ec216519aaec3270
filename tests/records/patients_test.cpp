// Whom a document is about.
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
  for (const auto& copy : {write_blue_button_text(record, 0), write_html_fragment(record)}) {
    EXPECT_THAT(copy, HasSubstr("about 3 patients"));
    EXPECT_THAT(copy, HasSubstr("Cy Cedar"));
  }
  EXPECT_THAT(write_fhir_bundle(record), HasSubstr("Cy Cedar"));
}

TEST(PatientsTest, ADocumentAboutOneSaysNothingOfOthers) {
  const auto record = read_document(document_about({"Ann Ash"}));
  EXPECT_THAT(record.other_patients, IsEmpty());
  for (const auto& copy : {write_blue_button_text(record, 0), write_html_fragment(record)})
    EXPECT_THAT(copy, Not(HasSubstr("patients")));
}

TEST(PatientsTest, RefusesMorePatientsThanItCanHold) {
  EXPECT_FALSE(read_ccda(document_about(std::vector<std::string>(100'002, ""))));
}

}  // namespace
}  // namespace bb::records
