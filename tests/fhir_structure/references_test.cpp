#include <gmock/gmock.h>

#include "fhir_structure/checked.hpp"
#include "harness/fhir/bundle.hpp"

namespace bb::fhir {
namespace {

using test::faults_of;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::string_view uuid_a = "urn:uuid:00000000-0000-0000-0000-00000000000a";

std::string patient(std::string_view more) { return R"({"resourceType": "Patient")" + std::string(more) + "}"; }
std::string pointing_to(std::string_view reference, std::string_view more = "") {
  return patient(R"(, "organization": {"reference": ")" + std::string(reference) + "\"}" + std::string(more));
}
std::string bundle(std::string_view entries, std::string_view type = "collection") {
  return R"({"resourceType": "Bundle", "type": ")" + std::string(type) + R"(", "entry": [)" + std::string(entries) +
         "]}";
}
std::string entry(std::string_view url, std::string_view resource) {
  return R"({"fullUrl": ")" + std::string(url) + R"(", "resource": )" + std::string(resource) + "}";
}

TEST(FhirReferencesTest, KnowsTheTypeThatAReferenceMayLeadTo) {
  EXPECT_THAT(faults_of(pointing_to("Organization/1")), IsEmpty());
  EXPECT_THAT(faults_of(pointing_to("http://x.org/fhir/Organization/1/_history/2")), IsEmpty());
  EXPECT_THAT(faults_of(pointing_to("Organization?identifier=x|1")), IsEmpty());
  EXPECT_THAT(faults_of(pointing_to("Patient/1")), ElementsAre("fhir-target Patient.organization"));
  EXPECT_THAT(faults_of(pointing_to("http://x.org/fhir/Patient/1")), ElementsAre("fhir-target Patient.organization"));
  EXPECT_THAT(faults_of(pointing_to("Spaceship/1")), ElementsAre("fhir-reference Patient.organization"));
}

// R4, references.html: "If both Reference.type and Reference.reference are populated
// and Reference.reference is a FHIR URL, both SHALL be consistent."
TEST(FhirReferencesTest, WantsTheTypeThatAReferenceSays) {
  const auto of_type = [](const std::string& members) {
    return faults_of(patient(R"(, "organization": {)" + members + "}"));
  };
  EXPECT_THAT(of_type(R"("reference": "Organization/1", "type": "Organization")"), IsEmpty());
  EXPECT_THAT(of_type(R"("reference": "Organization/1", "type": "Patient")"),
              ElementsAre("fhir-reference Patient.organization"));
  EXPECT_THAT(of_type(R"("type": "Organization", "display": "x")"), IsEmpty());
  EXPECT_THAT(of_type(R"("type": "Patient", "display": "x")"), ElementsAre("fhir-target Patient.organization"));
}

TEST(FhirReferencesTest, KnowsHowAReferenceIsWritten) {
  for (const auto* broken : {"1", "a/Organization/1", "Organization/a b", "organization/1"})
    EXPECT_THAT(faults_of(pointing_to(broken)), ElementsAre("fhir-reference Patient.organization")) << broken;
}

TEST(FhirReferencesTest, FindsContainedResources) {
  const std::string contained = R"(, "contained": [{"resourceType": "Organization", "id": "o"}])";
  EXPECT_THAT(faults_of(pointing_to("#o", contained)), IsEmpty());
  EXPECT_THAT(faults_of(pointing_to("#x", contained)),
              ElementsAre("fhir-reference Patient.organization", "fhir-contained Patient.contained[0]"));
  EXPECT_THAT(faults_of(pointing_to("#o", R"(, "contained": [{"resourceType": "Patient", "id": "o"}])")),
              ElementsAre("fhir-target Patient.organization"));
}

TEST(FhirReferencesTest, RefusesContainedResourcesThatNobodyCanFind) {
  EXPECT_THAT(faults_of(pointing_to("#o", R"(, "contained": [{"resourceType": "Organization", "id": "o"},
                                                             {"resourceType": "Organization", "id": "o"}])")),
              ElementsAre("fhir-contained Patient.contained[1]"));
  EXPECT_THAT(faults_of(patient(R"(, "contained": [{"resourceType": "Organization", "name": "x"}])")),
              ElementsAre("fhir-contained Patient.contained[0]"));
  EXPECT_THAT(faults_of(pointing_to("#o", R"(, "contained": [{"resourceType": "Organization", "id": "o",
                 "contained": [{"resourceType": "Organization", "id": "i"}]}])")),
              ElementsAre("fhir-contained Patient.contained[0].contained[0]"));
}

TEST(FhirReferencesTest, FollowsFullUrlsInABundle) {
  const auto organization = R"({"resourceType": "Organization", "id": "1"})";
  EXPECT_THAT(faults_of(bundle(entry("http://x.org/Patient/1", patient(R"(, "id": "1", "organization":
                 {"reference": "Organization/1"})")) +
                               "," + entry("http://x.org/Organization/1", organization))),
              IsEmpty());
  EXPECT_THAT(faults_of(bundle(entry("http://x.org/Patient/1", patient(R"(, "id": "1", "organization":
                 {"reference": "Organization/1"})")) +
                               "," + entry("http://y.org/Organization/1", organization))),
              ElementsAre("warning fhir-reference Bundle.entry[0].resource.organization"));
  EXPECT_THAT(faults_of(bundle(entry("http://x.org/a", pointing_to(uuid_a)))),
              ElementsAre("warning fhir-reference Bundle.entry[0].resource.organization"));
  EXPECT_THAT(faults_of(bundle(entry("http://x.org/a", pointing_to(uuid_a)) + "," + entry(uuid_a, patient("")))),
              ElementsAre("fhir-target Bundle.entry[0].resource.organization"));
  EXPECT_THAT(faults_of(bundle(entry("http://x.org/a", pointing_to(uuid_a)) + "," + entry(uuid_a, organization))),
              IsEmpty());
}

// R4, bundle.html#references: "If the reference is version specific (either relative or
// absolute), then strip the version from the URL before matching ..."
TEST(FhirReferencesTest, FollowsReferencesToAVersion) {
  const auto organization = entry("http://x.org/Organization/1", R"({"resourceType": "Organization", "id": "1",
                                                                     "meta": {"versionId": "2"}})");
  const auto to = [&](std::string_view reference) {
    return faults_of(bundle(entry("http://x.org/Patient/1", patient(R"(, "id": "1", "organization": {"reference": ")" +
                                                                    std::string(reference) + "\"}")) +
                            "," + organization));
  };
  EXPECT_THAT(to("Organization/1/_history/2"), IsEmpty());
  EXPECT_THAT(to("http://x.org/Organization/1/_history/2"), IsEmpty());
  EXPECT_THAT(to("Organization/1/_history/3"),
              ElementsAre("warning fhir-reference Bundle.entry[0].resource.organization"));
}

TEST(FhirReferencesTest, KnowsTheServerOfAFullUrl) {
  EXPECT_EQ(base_of("http://x.org/fhir/Patient/1"), "http://x.org/fhir/");
  EXPECT_EQ(base_of("http://x.org/fhir/Patient/1/_history/2"), "http://x.org/fhir/");
  EXPECT_EQ(base_of("urn:uuid:00000000-0000-0000-0000-00000000000a"), "");
  EXPECT_EQ(base_of("http://x.org/patient-1"), "");
}

// The entries of the inner Bundle are what a reference in it leads to.
TEST(FhirReferencesTest, FollowsReferencesInABundleInABundle) {
  const auto organization = entry("http://x.org/Organization/1", R"({"resourceType": "Organization", "id": "1"})");
  const auto referring =
      entry("http://x.org/Patient/1", patient(R"(, "id": "1", "organization": {"reference": "Organization/1"})"));
  const auto outer = [&](const std::string& inner) {
    return faults_of(bundle(entry("http://y.org/Bundle/b", R"({"resourceType": "Bundle", "id": "b",
        "type": "collection", "entry": [)" + inner + "]}") +
                            "," + entry("http://x.org/Organization/1", patient(R"(, "id": "1")"))));
  };
  const auto is_of_the_other = "warning fhir-full-url Bundle.entry[1]";
  EXPECT_THAT(outer(referring + "," + organization), ElementsAre(is_of_the_other));
  // The composition of the outer document is the outer first entry alone.
  const auto composition = R"({"resourceType": "Composition", "subject": {"reference": "Patient/7"}})";
  EXPECT_THAT(faults_of(bundle(entry(uuid_a, R"({"resourceType": "Bundle", "type": "collection", "entry": [
                  {"resource": )" + std::string(composition) +
                                                 "}]}"),
                               "document")),
              IsEmpty());
}

// "The rules for resolving references in contained resources are the same as those for
// resolving references in the resource that contains the contained resource."
TEST(FhirReferencesTest, FollowsReferencesOfContainedResources) {
  const auto container = [](std::string_view reference) {
    return R"(, "id": "1", "organization": {"reference": "#p"}, "contained": [{"resourceType": "Patient", "id": "p",
              "organization": {"reference": ")" +
           std::string(reference) + R"("}}])";
  };
  const auto faults = [&](std::string_view reference, std::string_view other) {
    return faults_of(bundle(entry("http://x.org/Patient/1", patient(container(reference))) + "," +
                            entry(other, R"({"resourceType": "Organization", "id": "1"})")));
  };
  const auto container_fault = "fhir-target Bundle.entry[0].resource.organization";
  EXPECT_THAT(faults("Organization/1", "http://x.org/Organization/1"), ElementsAre(container_fault));
  EXPECT_THAT(faults("Organization/1", "http://y.org/Organization/1"),
              testing::UnorderedElementsAre(
                  container_fault, "warning fhir-reference Bundle.entry[0].resource.contained[0].organization"));
}

TEST(FhirReferencesTest, WantsTheSubjectOfADocumentInIt) {
  const auto composition = R"({"resourceType": "Composition", "id": "c", "subject": {"reference": "Patient/1"}})";
  EXPECT_THAT(faults_of(bundle(entry("http://x.org/Composition/c", composition), "document")),
              ElementsAre("fhir-reference Bundle.entry[0].resource.subject"));
  EXPECT_THAT(faults_of(bundle(entry("http://x.org/Composition/c", composition) + "," +
                                   entry("http://x.org/Patient/1", patient(R"(, "id": "1")")),
                               "document")),
              IsEmpty());
}

TEST(FhirReferencesTest, ChecksFullUrls) {
  EXPECT_THAT(faults_of(bundle(entry("Patient/1", patient("")))), ElementsAre("fhir-full-url Bundle.entry[0]"));
  EXPECT_THAT(faults_of(bundle(entry(uuid_a, patient("")) + "," + entry(uuid_a, patient("")))),
              ElementsAre("fhir-full-url Bundle.entry[1]"));
  EXPECT_THAT(faults_of(bundle(entry("http://x.org/Patient/1/_history/2", patient(R"(, "id": "1")")))),
              ElementsAre("fhir-full-url Bundle.entry[0]"));
  const auto other = entry("http://x.org/Patient/1", patient(R"(, "id": "2")"));
  EXPECT_THAT(faults_of(bundle(other)), ElementsAre("warning fhir-full-url Bundle.entry[0]"));
  EXPECT_THAT(faults_of(bundle(other, "document")), ElementsAre("fhir-full-url Bundle.entry[0]"));
  EXPECT_THAT(faults_of(bundle(entry(uuid_a, patient("")), "searchset")), ElementsAre("fhir-missing Bundle.entry[0]"));
}

}  // namespace
}  // namespace bb::fhir
