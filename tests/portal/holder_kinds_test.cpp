#include <gmock/gmock.h>

#include <bb/core/json.hpp>

#include "portal/holder_kinds/holdings.hpp"
#include "portal/holder_kinds/own_copies.hpp"

namespace bb::portal {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

Value fill(const std::string& id, const std::string& drug, const std::string& date) {
  const auto json = R"({"resourceType": "MedicationDispense", "id": ")" + id + R"(", "status": "completed",
    "medicationCodeableConcept": {"coding": [{"system": "http://hl7.org/fhir/sid/ndc", "code": "99999-)" +
                    id + R"(", "display": ")" + drug + R"("}]}, "whenHandedOver": ")" + date + R"(",
    "quantity": {"value": 30, "unit": "tablet"}, "daysSupply": {"value": 15},
    "contained": [{"resourceType": "MedicationRequest", "requester": {"display": "Dana Sample MD"}}]})";
  const auto read = parse_json(json);
  EXPECT_TRUE(read);
  return read ? *read : Value();
}

Patients dispensed() {
  Patient patient;
  patient.id = "ada";
  patient.record.patient.name.given = {"Ada"};
  patient.record.patient.name.family = "Example";
  patient.dispensing = {fill("1", "first drug", "2024-01-16"), fill("2", "second drug", "2024-09-05")};
  return Patients({patient});
}

std::string copy_of(const Patient& patient, const records::Record& part, std::string_view format,
                    const Defects& defects = {}) {
  return write_copy(*find_format(format), patient, part, {}, 0, defects);
}

TEST(HolderKindsTest, APayerAndAPharmacyOfferNoCcda) {
  for (const auto kind : {HolderKind::payer, HolderKind::pharmacy}) {
    EXPECT_EQ(find_format_of(kind, "ccda-2.1"), nullptr);
    EXPECT_NE(find_format_of(kind, default_format_of(kind)), nullptr);
  }
  EXPECT_NE(find_format_of(HolderKind::provider, "ccda-2.1"), nullptr);
  EXPECT_FALSE(find_holder_kind("bank"));
}

TEST(HolderKindsTest, WhoHoldsNothingOfAnybodyIsToldWhatIsMissing) {
  const auto held = as_held_by(HolderKind::payer, dispensed(), {});
  ASSERT_FALSE(held);
  EXPECT_THAT(held.error().what, HasSubstr("--holder payer: no patient has a file of 'claims' in people.yaml"));
}

TEST(HolderKindsTest, AFillIsInEveryCopyWithAllThatBelongsToIt) {
  const auto held = as_held_by(HolderKind::pharmacy, dispensed(), {});
  ASSERT_TRUE(held) << held.error().what;
  const auto& ada = held->all().front();
  EXPECT_THAT(copy_of(ada, ada.record, "blue-button-text"),
              AllOf(HasSubstr("Medication: first drug (NDC 99999-1)\nFilled: 16 Jan 2024\nStatus: completed\n"
                              "Quantity: 30 tablet\nDays of supply: 15\nPrescriber: Dana Sample MD\nNDC: 99999-1\n"),
                    HasSubstr("second drug")));
  EXPECT_THAT(copy_of(ada, ada.record, "html"), AllOf(HasSubstr("first drug"), HasSubstr("Quantity: 30 tablet")));
  EXPECT_THAT(copy_of(ada, ada.record, "fhir-bundle"), AllOf(HasSubstr("first drug"), HasSubstr("2024-09-05")));
}

TEST(HolderKindsTest, APartHasTheFillsThatWereSelected) {
  const auto held = as_held_by(HolderKind::pharmacy, dispensed(), {});
  ASSERT_TRUE(held) << held.error().what;
  const auto& ada = held->all().front();
  auto part = ada.record;
  part.medications.pop_back();
  for (const auto* format : {"blue-button-text", "fhir-bundle"})
    EXPECT_THAT(copy_of(ada, part, format), AllOf(HasSubstr("first drug"), Not(HasSubstr("second drug")))) << format;
}

TEST(HolderKindsTest, ADefectTakesTheLatestFillOrTheNames) {
  const auto fewer = as_held_by(HolderKind::pharmacy, dispensed(), Defects(Defect::holder_fill_missing));
  ASSERT_TRUE(fewer) << fewer.error().what;
  EXPECT_THAT(copy_of(fewer->all().front(), fewer->all().front().record, "fhir-bundle"),
              AllOf(HasSubstr("first drug"), Not(HasSubstr("second drug"))));
  const auto codes = as_held_by(HolderKind::pharmacy, dispensed(), Defects(Defect::holder_codes_only));
  ASSERT_TRUE(codes) << codes.error().what;
  for (const auto* format : {"blue-button-text", "fhir-bundle", "html"})
    EXPECT_THAT(copy_of(codes->all().front(), codes->all().front().record, format),
                AllOf(HasSubstr("99999-1"), Not(HasSubstr("first drug"))))
        << format;
}

}  // namespace
}  // namespace bb::portal
