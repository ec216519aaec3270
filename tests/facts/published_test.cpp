// C-CDA documents and the FHIR bundles that another program made of them (the FHIR
// converter for health data): what its templates lose is found. The differences are
// explained in docs/reference/facts.md.
#include <gmock/gmock.h>

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

TEST_F(ConvertedTest, WhatLosesNothingAgrees) {
  for (const std::string name : {"CDA_with_Embedded_PDF", "Patient-and-Provider-Organization-Direct-Address-C-CDAR2.1"})
    EXPECT_EQ(converted("fhir-converter/" + name, name), "") << name;
}

}  // namespace
}  // namespace bb::facts
