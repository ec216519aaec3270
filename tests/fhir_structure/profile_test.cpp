#include <gmock/gmock.h>

#include "fhir_structure/checked.hpp"

namespace bb::fhir {
namespace {

using test::element;
using test::faults_of;
using test::list;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// A profile of a resource: a StructureDefinition with derivation constraint.
std::string profile(std::string_view name, std::string_view type, const std::vector<std::string>& elements,
                    std::string_view version = "1.0", std::string_view contexts = "") {
  auto text = test::structure(
      type, type == "Extension" ? "complex-type" : "resource", type, list(elements),
      R"("derivation": "constraint", "version": ")" + std::string(version) + "\"" + std::string(contexts));
  const std::string url = R"("url": "http://hl7.org/fhir/StructureDefinition/)" + std::string(type) + "\"";
  return text.replace(text.find(url), url.size(), R"("url": "http://p.org/)" + std::string(name) + "\"");
}

std::string patient(std::string_view more, std::string_view claim = "http://p.org/one") {
  return R"({"resourceType": "Patient", "meta": {"profile": [")" + std::string(claim) + R"("]})" + std::string(more) +
         "}";
}

TEST(FhirProfileTest, ChecksWhatAProfileRestricts) {
  const std::vector<std::string> one{
      profile("one", "Patient",
              {element("Patient", "0..*", ""), element("Patient.active", "1..1", "boolean", R"("fixedBoolean": true)"),
               element("Patient.name", "1..2", "HumanName"), element("Patient.name.family", "1..1", "string"),
               element("Patient.birthDate", "0..0", "date"), element("Patient.deceased[x]", "0..1", "boolean")})};
  EXPECT_THAT(faults_of(patient(R"(, "active": true, "name": [{"family": "A"}])"), one), IsEmpty());
  const auto checked = test::check(patient(R"(, "active": false, "name": [{"given": ["B"]}], "birthDate": "1970",
                                             "deceasedDateTime": "2020")"),
                                   one);
  EXPECT_THAT(faults_of(checked),
              testing::UnorderedElementsAre("fhir-fixed Patient.active", "fhir-missing Patient.name[0]",
                                            "fhir-too-many Patient", "fhir-type Patient.deceasedDateTime"));
  EXPECT_THAT(faults_of(patient(""), one), ElementsAre("fhir-missing Patient", "fhir-missing Patient"));
  EXPECT_THAT(test::check(patient(""), one).faults[0].message, HasSubstr("Patient.active is required by Patient 1.0"));
}

// The faults of a resource by a profile that it does not claim itself.
Checked check_asked(std::string_view text, const std::vector<std::string>& more,
                    const std::vector<std::string>& addresses) {
  const auto known = test::definitions(more);
  const auto reading = read(text);
  std::vector<const Structure*> asked;
  for (const auto& address : addresses) asked.push_back(known->find(address));
  return check(std::get<Document>(reading), *known, asked);
}

TEST(FhirProfileTest, ChecksByAProfileThatIsAskedForAsByOneThatIsClaimed) {
  const std::vector<std::string> one{
      profile("one", "Patient", {element("Patient", "0..*", ""), element("Patient.active", "1..1", "boolean")})};
  constexpr std::string_view bare = R"({"resourceType": "Patient"})";
  EXPECT_THAT(faults_of(bare, one), IsEmpty());
  EXPECT_THAT(faults_of(check_asked(bare, one, {"http://p.org/one"})), ElementsAre("fhir-missing Patient"));
  EXPECT_THAT(faults_of(check_asked(patient(""), one, {"http://p.org/one"})), ElementsAre("fhir-missing Patient"))
      << "claimed and asked for: told once";
  const auto good = check_asked(R"({"resourceType": "Patient", "active": true})", one, {"http://p.org/one"});
  EXPECT_THAT(faults_of(good), IsEmpty());
  EXPECT_THAT(good.asked_counts, ElementsAre(1));
}

TEST(FhirProfileTest, ChecksEveryResourceOfTheTypeThatAProfileAskedForIsAbout) {
  const std::vector<std::string> more{
      profile("one", "Patient", {element("Patient", "0..*", ""), element("Patient.active", "1..1", "boolean")}),
      profile("any", "Resource", {element("Resource", "0..*", "")})};
  constexpr std::string_view bundle = R"({"resourceType": "Bundle", "type": "collection", "entry": [
        {"resource": {"resourceType": "Patient", "active": true}}, {"resource": {"resourceType": "Patient"}},
        {"resource": {"resourceType": "Observation", "code": {"coding": [{"system": "http://x.org/system", "code": "a"}]},
          "subject": {"reference": "#p"}, "contained": [{"resourceType": "Patient", "id": "p"}]}}]})";
  const auto checked = check_asked(bundle, more, {"http://p.org/one", "http://p.org/any"});
  EXPECT_THAT(faults_of(checked), testing::UnorderedElementsAre("fhir-missing Bundle.entry[1].resource",
                                                                "fhir-missing Bundle.entry[2].resource.contained[0]"));
  EXPECT_THAT(checked.asked_counts, ElementsAre(3, 5));
  EXPECT_THAT(check_asked(R"({"resourceType": "Organization"})", more, {"http://p.org/one"}).asked_counts,
              ElementsAre(0));
}

// In its entries too references lead to other entries.
TEST(FhirProfileTest, FollowsTheReferencesInABundleByItsProfile) {
  const std::vector<std::string> one{
      profile("one", "Bundle",
              {element("Bundle", "0..*", ""), element("Bundle.entry", "0..*", "BackboneElement"),
               element("Bundle.entry.resource", "0..1", "Resource"),
               test::reference_to("Bundle.entry.resource.organization", "0..1", "Organization")})};
  constexpr std::string_view bundle = R"({"resourceType": "Bundle", "meta": {"profile": ["http://p.org/one"]},
      "type": "collection", "entry": [
        {"fullUrl": "urn:uuid:00000000-0000-0000-0000-00000000000a", "resource": {"resourceType": "Patient",
         "organization": {"reference": "urn:uuid:00000000-0000-0000-0000-00000000000b"}}},
        {"fullUrl": "urn:uuid:00000000-0000-0000-0000-00000000000b", "resource": {"resourceType": "Organization"}}]})";
  EXPECT_THAT(faults_of(bundle, one), IsEmpty());
  // A relative one is of the server that the full URL of its own entry names.
  constexpr std::string_view relative = R"({"resourceType": "Bundle", "meta": {"profile": ["http://p.org/one"]},
      "type": "collection", "entry": [
        {"fullUrl": "http://x.org/Patient/1", "resource": {"resourceType": "Patient", "id": "1",
         "organization": {"reference": "Organization/1"}}},
        {"fullUrl": "http://x.org/Organization/1", "resource": {"resourceType": "Organization", "id": "1"}}]})";
  EXPECT_THAT(faults_of(relative, one), IsEmpty());
}

std::vector<std::string> profiles_not_evaluated(const Checked& checked) {
  std::vector<std::string> reasons;
  for (const auto& one : checked.not_evaluated)
    if (one.rule == "fhir-profile") reasons.push_back(one.why);
  return reasons;
}

TEST(FhirProfileTest, TakesTheVersionThatIsClaimedElseTheNewest) {
  const std::vector<std::string> both{
      profile("one", "Patient", {element("Patient", "0..*", ""), element("Patient.active", "1..1", "boolean")}, "9.0"),
      profile("one", "Patient", {element("Patient", "0..*", ""), element("Patient.birthDate", "1..1", "date")},
              "10.0")};
  EXPECT_THAT(test::check(patient(""), both).faults[0].message, HasSubstr("Patient.birthDate is required"));
  EXPECT_THAT(test::check(patient("", "http://p.org/one|9.0"), both).faults[0].message,
              HasSubstr("Patient.active is required"));
  EXPECT_THAT(profiles_not_evaluated(test::check(patient("", "http://p.org/one|3.0"), both)),
              ElementsAre(HasSubstr("the profile http://p.org/one|3.0 is not imported")));
}

TEST(FhirProfileTest, TellsOfAProfileThatNobodyImportedOrThatIsOfAnotherResource) {
  EXPECT_THAT(
      profiles_not_evaluated(test::check(patient("", "http://x.org/unknown"))),
      ElementsAre("the profile http://x.org/unknown is not imported: give its package to 'bluebridge data import'"));
  EXPECT_THAT(faults_of(patient(""), {profile("one", "Organization", {element("Organization", "0..*", "")})}),
              ElementsAre("fhir-profile Patient"));
}

std::string observation(std::string_view categories, std::string_view more = "") {
  return R"({"resourceType": "Observation", "meta": {"profile": ["http://p.org/one"]},
             "code": {"coding": [{"system": "http://x.org/system", "code": "a"}]}, "category": [)" +
         std::string(categories) + "]" + std::string(more) + "}";
}

TEST(FhirProfileTest, TellsSlicesApartByTheirPatterns) {
  const std::vector<std::string> one{
      profile("one", "Observation",
              {element("Observation", "0..*", ""),
               element("Observation.category", "1..*", "CodeableConcept",
                       R"("slicing": {"discriminator": [{"type": "pattern", "path": "$this"}], "rules": "closed"})"),
               element("Observation.category:kind", "1..1", "CodeableConcept",
                       R"("patternCodeableConcept": {"coding": [{"system": "s:s", "code": "k"}]})"),
               element("Observation.category:kind.text", "1..1", "string")})};
  const std::string kind = R"({"coding": [{"system": "s:s", "code": "k"}], "text": "x"})";
  EXPECT_THAT(faults_of(observation(kind), one), IsEmpty());
  EXPECT_THAT(faults_of(observation(kind + "," + kind), one), ElementsAre("fhir-slice Observation"));
  EXPECT_THAT(faults_of(observation(R"({"coding": [{"system": "s:s", "code": "k"}]})"), one),
              ElementsAre("fhir-missing Observation.category[0]"));
  EXPECT_THAT(faults_of(observation(kind + R"(, {"text": "other"})"), one),
              ElementsAre("fhir-slice Observation.category[1]"));
}

TEST(FhirProfileTest, CountsSlicesThatItCannotTellApart) {
  const std::vector<std::string> one{profile(
      "one", "Observation",
      {element("Observation", "0..*", ""),
       element("Observation.category", "0..*", "CodeableConcept",
               R"j("slicing": {"discriminator": [{"type": "profile", "path": "resolve()"}], "rules": "open"})j"),
       element("Observation.category:kind", "0..1", "CodeableConcept")})};
  const auto checked = test::check(observation(R"({"text": "x"})"), one);
  EXPECT_THAT(faults_of(checked), IsEmpty());
  EXPECT_THAT(checked.not_evaluated.back().why, HasSubstr("the slices of Observation.category in Observation 1.0"));
}

const char* const on_names = R"(, "context": [{"type": "element", "expression": "HumanName"}])";

std::vector<std::string> extension() {
  return {profile("ext", "Extension",
                  {element("Extension", "0..1", ""), element("Extension.extension", "0..0", "Extension"),
                   element("Extension.url", "1..1", "uri", R"("fixedUri": "http://p.org/ext")"),
                   element("Extension.value[x]", "1..1", "string")},
                  "1.0", on_names)};
}
std::string with_extension(std::string_view members) {
  return R"({"resourceType": "Patient", "name": [{"extension": [{)" + std::string(members) + "}]}]}";
}

TEST(FhirProfileTest, ChecksAnExtensionByItsDefinition) {
  EXPECT_THAT(faults_of(with_extension(R"("url": "http://p.org/ext", "valueString": "x")"), extension()), IsEmpty());
  EXPECT_THAT(faults_of(with_extension(R"("url": "http://p.org/ext", "valueBoolean": true)"), extension()),
              testing::Contains("fhir-type Patient.name[0].extension[0].valueBoolean"));
  EXPECT_THAT(
      faults_of(R"({"resourceType": "Patient", "extension": [{"url": "http://p.org/ext", "valueString": "x"}]})",
                extension()),
      ElementsAre("fhir-extension Patient.extension[0]"));
}

TEST(FhirProfileTest, ChecksTheShapeOfEveryExtension) {
  EXPECT_THAT(faults_of(with_extension(R"("url": "http://x.org/y", "valueString": "x")")),
              ElementsAre("warning fhir-extension Patient.name[0].extension[0]"));
  EXPECT_THAT(faults_of(with_extension(R"("url": "http://x.org/y", "valueString": "x"}, {"url": "http://x.org/y",
                                          "valueString": "z"}, {"url": "http://x.org/z", "valueString": "z")")),
              ElementsAre("warning fhir-extension Patient.name[0].extension[0]",
                          "warning fhir-extension Patient.name[0].extension[2]"))
      << "once for each url";
  EXPECT_THAT(faults_of(with_extension(R"("url": "relative", "valueString": "x")")),
              ElementsAre("fhir-extension Patient.name[0].extension[0]"));
  EXPECT_THAT(faults_of(with_extension(R"("valueString": "x")")),
              ElementsAre("fhir-missing Patient.name[0].extension[0]"));
  EXPECT_THAT(faults_of(with_extension(R"("url": "http://x.org/y")")),
              ElementsAre("fhir-extension Patient.name[0].extension[0]",
                          "warning fhir-extension Patient.name[0].extension[0]"));
  EXPECT_THAT(faults_of(with_extension(R"("url": "http://x.org/y|1", "valueString": "x")")),
              ElementsAre("fhir-extension Patient.name[0].extension[0]"));
  const auto checked = test::check(with_extension(R"("url": "http://x.org/y", "valueString": "x")"));
  EXPECT_THAT(checked.not_evaluated.back().why, HasSubstr("the definition of http://x.org/y is not at hand"));
}

}  // namespace
}  // namespace bb::fhir
