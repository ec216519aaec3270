// C-CDA documents and the FHIR bundles that another program made of them (the FHIR
// converter for health data): what its templates lose is found. The differences are
// explained in docs/reference/facts.md.
#include <gmock/gmock.h>
#include <bb/core/text.hpp>

#include "facts/copies.hpp"
#include "support/published_folder.hpp"

namespace bb::facts {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

std::string converted(const std::string& ccda, const std::string& bundle) {
  const auto folder = test::published_folder();
  const auto a = read_text(folder / "ccda" / (ccda + ".xml"));
  const auto b = read_text(folder / "expected/ccda-to-fhir" / (bundle + "-expected.json"));
  EXPECT_TRUE(a && b) << ccda;
  if (!a || !b) return {};
  return in_lines(compare({copy_from("a", *a), copy_from("b", *b)}, "all", Tables::built_in()));
}

class ConvertedTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::is_directory(test::published_folder() / "expected/ccda-to-fhir"))
      GTEST_SKIP() << "no published conversions in " << test::published_folder();
  }
};

TEST_F(ConvertedTest, ARefusedVaccineBecameAGivenOne) {
  EXPECT_THAT(
      converted("fhir-converter/Transfer_Summary", "Transfer_Summary"),
      AllOf(HasSubstr("different immunization.status Tetanus and diphtheria toxoids - preservative free: "
                      "refused / completed\n"),
            HasSubstr(
                "different immunization.code Tetanus and diphtheria toxoids - preservative free: CVX 103 / CVX 09\n"),
            Not(HasSubstr("identity"))));
}

TEST_F(ConvertedTest, NoneKnownBecameAStatement) {
  const std::string name = "CCD-Parent-Document-Replace-C-CDAR2.1";
  EXPECT_THAT(
      converted("fhir-converter/" + name, name),
      AllOf(HasSubstr("missing absence problems: none known"), HasSubstr("extra problem Problem"),
            HasSubstr("missing absence medications: none known"), HasSubstr("extra medication drug or medication")));
}

TEST_F(ConvertedTest, VitalSignsAndStatusesWereLost) {
  EXPECT_THAT(
      converted("vendors/Allscripts/170.314B2_Amb_CCD", "170.314B2_Amb_CCD"),
      AllOf(HasSubstr("missing vital_sign Weight: Weight / \n"),
            HasSubstr("different problem.status Asthma: active / \n"), HasSubstr("missing care_team Dr Penny Puffer")));
}

// HL7's task force: laterality of a problem is a qualifier of its target site.
TEST_F(ConvertedTest, TheOtherLegIsFound) {
  const auto text =
      read_text(test::published_folder() / "ccda/fhir-converter/PROBLEMS_in_Empty_C-CDA_2.1-C-CDAR2.1.xml");
  ASSERT_TRUE(text);
  const std::string left = R"(code="7771000" codeSystem="2.16.840.1.113883.6.96" displayName="Left")";
  const std::string right = R"(code="24028007" codeSystem="2.16.840.1.113883.6.96" displayName="Right")";
  ASSERT_NE(text->find(left), std::string::npos);
  const auto found =
      compare({copy_from("a", *text), copy_from("b", replace_all(*text, left, right))}, "all", Tables::built_in());
  EXPECT_EQ(in_lines(found), "different problem.laterality Below Knee Amputation: Left / Right\n");
}

// A translation, a header's visit, and the first of several take the place of what was said.
TEST_F(ConvertedTest, ATranslationTookThePlaceOfTheCode) {
  EXPECT_THAT(
      converted("fhir-converter/History_and_Physical", "History_and_Physical"),
      AllOf(HasSubstr("missing allergy Codeine: Codeine / \n"),
            HasSubstr("missing immunization Influenza virus vaccine"),
            HasSubstr("extra immunization influenza, live, intranasal"),
            HasSubstr("extra encounter Evaluation and Management"),
            HasSubstr("different result.reference range HGB: M 13-18 g/dl; F 12-16 g/dl / 12.0-15.5 g/dl"),
            HasSubstr(
                "different medication.dose Proventil 0.09 MG/ACTUAT inhalant solution: 1 mg/actuat (INHALANT) / \n"),
            HasSubstr("different medication.start Proventil 0.09 MG/ACTUAT inhalant solution: 2007-01-03 / \n")));
  EXPECT_THAT(converted("fhir-converter/Transfer_Summary", "Transfer_Summary"),
              HasSubstr("different allergy.severity Penicillin: Mild / \n"));
}

TEST_F(ConvertedTest, WhatLosesNothingAgrees) {
  for (const std::string name : {"CDA_with_Embedded_PDF", "Patient-and-Provider-Organization-Direct-Address-C-CDAR2.1"})
    EXPECT_EQ(converted("fhir-converter/" + name, name), "") << name;
}

}  // namespace
}  // namespace bb::facts
