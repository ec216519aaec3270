#include <gmock/gmock.h>

#include "fhir_structure/checked.hpp"

namespace bb::fhir {
namespace {

using test::faults_of;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(FhirCheckerTest, FindsNothingInAResourceThatIsAsDefined) {
  EXPECT_THAT(faults_of(R"({"resourceType": "Patient", "id": "p-1", "active": true, "name": [{"family": "A",
      "given": ["B", "C"], "_given": [null, {"id": "g"}]}], "gender": "female", "birthDate": "1970-02-28",
      "deceasedDateTime": "2020", "number": 7, "photo": "YWJj",
      "contact": [{"name": {"family": "D"}, "inner": [{"name": {"family": "E"}}]}]})"),
              IsEmpty());
  EXPECT_THAT(faults_of(R"(<Patient xmlns="http://hl7.org/fhir"><id value="p"/>
      <text><status value="generated"/><div xmlns="http://www.w3.org/1999/xhtml">words</div></text>
      <active value="true"/><name><family value="A"/><given value="B"/><given value="C"/></name>
      <deceasedBoolean value="true"/></Patient>)"),
              IsEmpty());
}

TEST(FhirCheckerTest, NamesAnUnknownElementAndTheOneThatMayBeMeant) {
  const auto checked = test::check("{\"resourceType\": \"Patient\",\n  \"birthdate\": \"1970\", \"x\": [1, 2]}");
  EXPECT_THAT(faults_of(checked), ElementsAre("fhir-unknown Patient.birthdate", "fhir-unknown Patient.x"));
  const auto& fault = checked.faults[0];
  EXPECT_EQ(fault.message, "Patient has no element 'birthdate'");
  EXPECT_EQ(fault.expected, "'birthDate'");
  EXPECT_EQ(fault.place.line, 2);
  EXPECT_EQ(fault.place.column, 3);
}

TEST(FhirCheckerTest, CountsElements) {
  EXPECT_THAT(faults_of(R"({"resourceType": "Patient", "contact": [{}, {"name": {"family": "A"}}]})"),
              ElementsAre("fhir-missing Patient.contact[0]"));
  EXPECT_THAT(
      faults_of(R"(<Patient xmlns="http://hl7.org/fhir"><active value="true"/><active value="true"/></Patient>)"),
      ElementsAre("fhir-too-many Patient"));
  EXPECT_THAT(faults_of(R"({"resourceType": "Patient", "deceasedBoolean": true, "deceasedDateTime": "2020"})"),
              ElementsAre("fhir-too-many Patient"));
  EXPECT_THAT(faults_of(R"({"resourceType": "Patient", "contact": [{"name": {"family": "A"}, "inner": [{}]}]})"),
              ElementsAre("fhir-missing Patient.contact[0].inner[0]"));
}

TEST(FhirCheckerTest, KnowsWhatJsonWritesAsAnArray) {
  EXPECT_THAT(faults_of(R"({"resourceType": "Patient", "name": {"family": "A"}, "gender": ["male"]})"),
              ElementsAre("fhir-json Patient.name[0]", "fhir-json Patient.gender"));
}

TEST(FhirCheckerTest, KnowsHowEachTypeIsWritten) {
  EXPECT_THAT(faults_of(R"({"resourceType": "Patient", "active": "true", "number": "7", "birthDate": 1970,
                            "name": ["A"], "gender": {"code": "male"}})"),
              ElementsAre("fhir-type Patient.active", "fhir-type Patient.number", "fhir-type Patient.birthDate",
                          "fhir-type Patient.name[0]", "fhir-unknown Patient.gender.code", "fhir-type Patient.gender"));
  EXPECT_THAT(faults_of(R"({"resourceType": "Patient", "id": "a b", "birthDate": "1970-02-30", "number": 0})"),
              ElementsAre("fhir-format Patient.id", "fhir-format Patient.birthDate", "fhir-format Patient.number"));
  EXPECT_THAT(faults_of(R"(<Patient xmlns="http://hl7.org/fhir"><active value="yes"/><name value="A"/></Patient>)"),
              ElementsAre("fhir-format Patient.active", "fhir-type Patient.name[0]"));
}

TEST(FhirCheckerTest, KnowsTheTypesOfAChoice) {
  EXPECT_THAT(faults_of(R"({"resourceType": "Patient", "deceasedString": "x"})"),
              ElementsAre("fhir-type Patient.deceasedString"));
  EXPECT_THAT(faults_of(R"({"resourceType": "Patient", "deceased": true})"), ElementsAre("fhir-type Patient.deceased"));
  EXPECT_THAT(faults_of(R"({"resourceType": "Patient", "deceasedDateTime": "soon"})"),
              ElementsAre("fhir-format Patient.deceased.ofType(dateTime)"));
}

TEST(FhirCheckerTest, KnowsThePlaceOfElementsInXml) {
  EXPECT_THAT(
      faults_of(R"(<Patient xmlns="http://hl7.org/fhir"><gender value="male"/><active value="true"/></Patient>)"),
      ElementsAre("fhir-order Patient.active"));
}

TEST(FhirCheckerTest, KnowsCodesThatCanBeListed) {
  EXPECT_THAT(faults_of(R"({"resourceType": "Patient", "gender": "f"})"), ElementsAre("fhir-binding Patient.gender"));
  const auto observation = [](std::string_view code) {
    return R"({"resourceType": "Observation", "code": {)" + std::string(code) + "}}";
  };
  EXPECT_THAT(faults_of(observation(R"("coding": [{"system": "http://x.org/system", "code": "aa"}])")), IsEmpty());
  EXPECT_THAT(faults_of(observation(R"("coding": [{"system": "http://x.org/system", "code": "b"}])")),
              ElementsAre("fhir-binding Observation.code"));
  EXPECT_THAT(faults_of(observation(R"("coding": [{"system": "http://y.org/other", "code": "aa"}])")),
              ElementsAre("fhir-binding Observation.code"));
  EXPECT_THAT(faults_of(observation(R"("text": "words alone")")), ElementsAre("fhir-binding Observation.code"));
}

TEST(FhirCheckerTest, CountsWhatItDoesNotEvaluate) {
  const auto checked = test::check(R"({"resourceType": "Observation", "language": "x",
      "code": {"coding": [{"system": "http://x.org/system", "code": "a"}]}})");
  EXPECT_THAT(faults_of(checked), IsEmpty());
  ASSERT_EQ(checked.not_evaluated.size(), 2u);
  EXPECT_EQ(checked.not_evaluated[0].rule, "dom-6");
  EXPECT_EQ(checked.not_evaluated[0].why, invariants_words);
  EXPECT_EQ(checked.not_evaluated[1].rule, "fhir-binding");
  EXPECT_THAT(checked.not_evaluated[1].why, HasSubstr("http://x.org/unlisted cannot be listed"));
}

TEST(FhirCheckerTest, WantsContentInEveryElement) {
  EXPECT_THAT(faults_of(R"({"resourceType": "Patient", "_birthDate": {"id": "b"}, "name": [{"id": "n"}]})"),
              ElementsAre("fhir-empty Patient.birthDate", "fhir-empty Patient.name[0]"));
  EXPECT_THAT(faults_of(R"({"resourceType": "Patient", "birthDate": ""})"),
              ElementsAre("fhir-format Patient.birthDate"));
}

TEST(FhirCheckerTest, RefusesWhatIsNoResourceOfR4) {
  EXPECT_THAT(faults_of(R"({"resourceType": "ReferralRequest"})"), ElementsAre("fhir-type ReferralRequest"));
  EXPECT_THAT(faults_of(R"({"resourceType": "DomainResource"})"), ElementsAre("fhir-type DomainResource"));
  EXPECT_THAT(faults_of(R"({"resourceType": "Bundle", "type": "collection", "entry": [{"resource": {"id": "x"}}]})"),
              ElementsAre("fhir-type Bundle.entry[0].resource"));
}

TEST(FhirCheckerTest, WantsAWholeUriOfAnIdentifierThatIsOne) {
  const auto organization = [](std::string_view system, std::string_view value) {
    return R"({"resourceType": "Organization", "identifier": [{"system": ")" + std::string(system) +
           R"(", "value": ")" + std::string(value) + R"("}]})";
  };
  EXPECT_THAT(faults_of(organization("urn:ietf:rfc:3986", "urn:oid:1.2.3")), IsEmpty());
  EXPECT_THAT(faults_of(organization("http://x.org/ids", "1.2.3")), IsEmpty());
  EXPECT_THAT(faults_of(organization("urn:ietf:rfc:3986", "1.2.3")),
              ElementsAre("fhir-format Organization.identifier[0]"));
}

TEST(FhirCheckerTest, ComparesTheEndsOfAPeriod) {
  const auto name = [](std::string_view start, std::string_view end) {
    return R"({"resourceType": "Patient", "name": [{"period": {"start": ")" + std::string(start) + R"(", "end": ")" +
           std::string(end) + R"("}}]})";
  };
  EXPECT_THAT(faults_of(name("2020", "2019-12")), ElementsAre("fhir-period Patient.name[0].period"));
  // FHIRPath compares them to nothing, and HL7's validator holds that for false.
  for (const auto& [start, end] : {std::pair{"2020", "2020-01"}, std::pair{"2020-01-02T10:00:00Z", "2020-01-02"}})
    EXPECT_THAT(faults_of(name(start, end)), ElementsAre("warning fhir-period Patient.name[0].period")) << start;
  for (const auto& [start, end] :
       {std::pair{"2020", "2021-01"}, std::pair{"2020", "2020"}, std::pair{"2020-01-01", "2020-01-02T10:00:00Z"}})
    EXPECT_THAT(faults_of(name(start, end)), IsEmpty()) << start;
  EXPECT_THAT(faults_of(name("2020-01-02T10:00:00Z", "2020-01-02T09:00:00Z")),
              ElementsAre("fhir-period Patient.name[0].period"));
  EXPECT_THAT(faults_of(name("2020-01-02T10:00:00Z", "2020-01-02T09:00:00-05:00")), IsEmpty());
}

TEST(FhirCheckerTest, KeepsThePathsShortAndTheFaultsBounded) {
  EXPECT_LT(test::check(R"({"resourceType": "Patient", ")" + std::string(250, 'x') + R"(": 1})").faults[0].path.size(),
            200u);
  std::string text = R"({"resourceType": "Patient", "name": [)";
  for (std::size_t i = 0; i < fault_count_max + 10; ++i) text += std::string(i == 0 ? "" : ",") + R"({"x": 1})";
  const auto checked = test::check(text + "]}");
  EXPECT_EQ(checked.faults.size(), fault_count_max);
  EXPECT_EQ(checked.dropped_count, 10u);
}

TEST(FhirCheckerTest, RefusesKeptTextOfAnotherForm) {
  EXPECT_FALSE(Definitions::read({"{"}));
  EXPECT_FALSE(Definitions::read({R"({"format": "other/1"})"}));
  EXPECT_FALSE(Definitions::read({R"({"format": "bluebridge-fhir-definitions/1"})"}));
}

}  // namespace
}  // namespace bb::fhir
