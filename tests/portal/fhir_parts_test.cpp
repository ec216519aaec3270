// The resources that are made of a record, where no document of a vendor has what they need; the parts of a search.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include <bb/core/crypto.hpp>
#include <bb/core/time.hpp>

#include "portal/fhir/answers.hpp"
#include "portal/fhir/capability.hpp"
#include "portal/fhir/clinical_document.hpp"
#include "portal/fhir/ids.hpp"
#include "portal/fhir/operations.hpp"
#include "portal/fhir/record_resources.hpp"
#include "portal/fhir/search.hpp"
#include "portal/fhir/searchset.hpp"
#include "portal/fhir/store.hpp"

namespace bb::portal::fhir {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::SizeIs;

const Making making{.base_url = "https://portal.example/fhir/r4", .started_ns = 1'700'000'000 * ns_per_second};

Patient patient_of(const std::string& account, records::Record record) {
  record.patient.name = {{"Ann"}, "Lee", "", ""};
  return {account, "<document/>", std::move(record)};
}

std::vector<Resource> of_type(const std::vector<Resource>& all, const std::string& type) {
  std::vector<Resource> some;
  std::copy_if(all.begin(), all.end(), std::back_inserter(some), [&](const auto& one) { return one.type == type; });
  return some;
}

std::vector<Resource> made(records::Record record, const std::string& type) {
  return of_type(make_resources(patient_of("ann", std::move(record)), making), type);
}

TEST(FhirResourcesTest, NamesThePayerOfACoverageInAResource) {
  records::Record record;
  record.coverages.resize(1);
  record.coverages[0].payer = "Example Health Plan";
  record.coverages[0].member_id = "M-1";
  const auto coverages = made(record, "Coverage");
  ASSERT_THAT(coverages, SizeIs(1));
  EXPECT_EQ(coverages[0].content["beneficiary"]["reference"].string_or(""), "Patient/ann");
  const auto payor = coverages[0].content["payor"][0]["reference"].string_or("");
  const auto organizations = made(record, "Organization");
  ASSERT_THAT(organizations, SizeIs(1));
  EXPECT_EQ(payor, organizations[0].reference());
  EXPECT_EQ(organizations[0].content["name"].string_or(""), "Example Health Plan");
  EXPECT_TRUE(organizations[0].content["active"].boolean_or(false));
}

TEST(FhirResourcesTest, HasDevicesAndClaims) {
  records::Record record;
  record.devices.resize(1);
  record.devices[0].device.display = "Pacemaker";
  record.claims.resize(1);
  record.claims[0].id = "C-1";
  EXPECT_EQ(made(record, "Device").at(0).content["patient"]["reference"].string_or(""), "Patient/ann");
  EXPECT_EQ(made(record, "ExplanationOfBenefit").at(0).content["identifier"][0]["value"].string_or(""), "C-1");
}

TEST(FhirResourcesTest, HasAMedicationOfADrugWithACodeAlone) {
  records::Record record;
  record.medications.resize(2);
  record.medications[0].drug = {"314076", "2.16.840.1.113883.6.88", "RxNorm", "Lisinopril 10 MG"};
  record.medications[1].drug.display = "Grandmother's tea";
  const auto requests = made(record, "MedicationRequest");
  const auto medications = made(record, "Medication");
  ASSERT_THAT(requests, SizeIs(2));
  ASSERT_THAT(medications, SizeIs(1));
  EXPECT_EQ(requests[0].content["medicationReference"]["reference"].string_or(""), medications[0].reference());
  EXPECT_EQ(requests[0].content.find("medicationCodeableConcept"), nullptr);
  EXPECT_EQ(requests[1].content["medicationCodeableConcept"]["text"].string_or(""), "Grandmother's tea");
}

TEST(FhirResourcesTest, GivesTheTextOfANoteInPlaceAndAsABinary) {
  records::Record record;
  record.notes.resize(1);
  record.notes[0].type = {"11506-3", "2.16.840.1.113883.6.1", "LOINC", "Progress note"};
  record.notes[0].text = "Feels better.";
  record.notes[0].author = "Dr. Gray";
  const auto note = made(record, "DocumentReference").at(0);
  const auto& attachment = note.content["content"][0]["attachment"];
  EXPECT_EQ(attachment["contentType"].string_or(""), "text/plain");
  EXPECT_EQ(attachment["url"].string_or(""), making.base_url + "/Binary/" + note.id);
  EXPECT_EQ(note.content["author"][0]["reference"].string_or(""), made(record, "Practitioner").at(0).reference());
  for (const auto& binary : made(record, "Binary")) {
    if (binary.id == note.id) {
      EXPECT_EQ(base64_decode(binary.content["data"].string_or("")), "Feels better.");
    }
  }
}

TEST(FhirResourcesTest, FindsNotesByTypeAndRange) {
  // US Core 6.1.0, operation docref: `type` is a token.
  records::Record record;
  record.notes.resize(2);
  for (auto& note : record.notes) {
    note.type = {"11506-3", "2.16.840.1.113883.6.1", "LOINC", "Progress note"};
    note.text = "Feels better.";
  }
  record.notes[0].date = "2023-01-02T10:00:00Z";
  record.notes[1].date = "2024-01-02T10:00:00Z";
  const Store store(Patients({patient_of("ann", record), patient_of("bea", record)}), making);
  const auto count = [&](const FormFields& fields) {
    const auto query = read_docref(fields, making.base_url);
    EXPECT_TRUE(query);
    return documents_of("ann", *query, store).size();
  };
  const std::pair<std::string, std::string> patient{"patient", "ann"};
  EXPECT_EQ(count({patient, {"type", "11506-3"}}), 2u);
  EXPECT_EQ(count({patient, {"type", "http://loinc.org|11506-3"}, {"start", "2024"}}), 1u);
  EXPECT_EQ(count({patient, {"type", "http://loinc.org|11506-3"}, {"end", "2022"}}), 0u);
  EXPECT_EQ(count({patient, {"type", "http://loinc.org|11488-4"}}), 0u);
  EXPECT_EQ(count({patient, {"type", "11506-3"}, {"profile", "http://example.org/p"}}), 0u);
}

TEST(FhirResourcesTest, DatesAReportByItsResultsWhereTheyAgree) {
  records::Record record;
  record.results.resize(1);
  record.results[0].panel.display = "Lipid panel";
  record.results[0].observations.resize(2);
  for (auto& observation : record.results[0].observations) observation.date = "2024-05-06";
  EXPECT_EQ(made(record, "DiagnosticReport").at(0).content["effectiveDateTime"].string_or(""), "2024-05-06");
  record.results[0].observations[1].date = "2024-05-07";
  EXPECT_EQ(made(record, "DiagnosticReport").at(0).content.find("effectiveDateTime"), nullptr);
}

TEST(FhirResourcesTest, ServesTheFirstPatientOfADocumentAlone) {
  records::Record record;
  record.other_patients.resize(1);
  record.other_patients[0].name = {{"Bea"}, "Lee", "", ""};
  const auto patients = made(record, "Patient");
  ASSERT_THAT(patients, SizeIs(1));
  EXPECT_EQ(patients[0].id, "ann");
  EXPECT_EQ(patients[0].content["name"][0]["text"].string_or(""), "Ann Lee");
}

TEST(FhirResourcesTest, TellsPatientsWithOneDocumentApart) {
  records::Record record;
  record.document_id = "2.999^1";
  record.encounters.resize(1);
  record.encounters[0].location = "Ward 1";
  const Store store(Patients({patient_of("ann", record), patient_of("bea", record)}), making);
  EXPECT_THAT(of_type(store.all(), "Encounter"), SizeIs(2));
  const auto locations = of_type(store.all(), "Location");
  ASSERT_THAT(locations, SizeIs(1));  // the ward is one
  EXPECT_THAT(locations[0].owners, ElementsAre("ann", "bea"));
  const auto encounters = of_type(store.all(), "Encounter");
  EXPECT_NE(encounters[0].id, encounters[1].id);
  EXPECT_THAT(encounters[1].owners, ElementsAre("bea"));
}

TEST(FhirIdsTest, AreOfTheSyntaxOfIds) {
  EXPECT_EQ(patient_id_of("ann-1.b"), "ann-1.b");
  EXPECT_THAT(patient_id_of("ann_1"), MatchesRegex("[A-Za-z0-9.-]+"));
  EXPECT_NE(patient_id_of("ann_1"), patient_id_of("ann_2"));
  EXPECT_THAT(id_of("\n anything"), MatchesRegex("[a-f0-9]+"));
}

TEST(FhirDocumentTest, ReadsTheRangeInItsIdsAndNoOther) {
  const auto ann = patient_of("ann", {}), bea = patient_of("bea", {});
  for (const DateRange& range : {DateRange{5 * ns_per_second, 9 * ns_per_second}, DateRange{std::nullopt, 0},
                                 DateRange{-86'400 * ns_per_second, std::nullopt}}) {
    const auto id = clinical_document_id(ann, range);
    EXPECT_THAT(id, MatchesRegex("[A-Za-z0-9.-]+"));
    EXPECT_LE(id.size(), 64u);
    const auto again = range_of_id(id, ann);
    ASSERT_TRUE(again) << id;
    EXPECT_EQ(again->from_ns, range.from_ns);
    EXPECT_EQ(again->until_ns, range.until_ns);
    EXPECT_FALSE(range_of_id(id, bea));
  }
  const auto whole = clinical_document_id(ann, {});
  for (const auto* tail : {"", ".x.x", ".1", ".1.", ".1.2.3", ".1.2x", ".99999999999.x"})
    EXPECT_FALSE(range_of_id(whole + tail, ann)) << tail;
}

TEST(FhirSearchPartsTest, BoundsWhatIsAsked) {
  FormFields fields(50, {"_id", "a"});
  EXPECT_TRUE(read_query("Patient", fields, Handling::strict));
  fields.emplace_back("_id", "a");
  EXPECT_THAT(read_query("Patient", fields, Handling::strict).error().what, HasSubstr("more than 50 parameters"));
  std::string values = "a";
  for (int i = 1; i < 100; ++i) values += ",a";
  EXPECT_TRUE(read_query("Patient", {{"_id", values}}, Handling::strict));
  EXPECT_THAT(read_query("Patient", {{"_id", values + ",a"}}, Handling::strict).error().what,
              HasSubstr("more than 100 values"));
  EXPECT_EQ(read_query("Patient", {{"_count", "200"}}, Handling::strict)->page_entries, 200u);
  EXPECT_EQ(read_query("Patient", {{"_count", "201"}}, Handling::strict)->page_entries, 200u);
}

TEST(FhirSearchPartsTest, KeepsACommaThatIsEscaped) {
  const auto query = read_query("Patient", {{"name", "Lee\\, Ann,Bea"}}, Handling::strict);
  ASSERT_TRUE(query);
  EXPECT_THAT(query->criteria[0].values, ElementsAre("Lee, Ann", "Bea"));
}

TEST(FhirSearchPartsTest, ReadsThePagesThatItWrote) {
  const auto page = read_page(write_page({{{"name", "L\u00e9e&="}}, 7}));
  ASSERT_TRUE(page);
  EXPECT_EQ(page->offset, 7u);
  EXPECT_EQ(page->fields, (FormFields{{"name", "L\u00e9e&="}}));
  for (const std::string text :
       {"", "{}", "x y", "[]", R"({"fields":[],"offset":-1})", R"({"fields":[["a"]],"offset":1})",
        R"({"fields":{},"offset":1})", R"({"fields":[],"offset":"1"})"}) {
    EXPECT_FALSE(read_page(text));
    EXPECT_FALSE(read_page(base64url_encode(text))) << text;
  }
  EXPECT_FALSE(read_page(std::string(16 * 1024 + 1, 'a')));
}

TEST(FhirCapabilityTest, TellsTheAddressesOfTheAuthorizationServer) {
  // SMART App Launch 1.0, oauth-uris; what there is not is not told.
  OauthUris uris;
  uris.authorize = "https://portal.example/authorize";
  uris.token = "https://portal.example/token";
  const auto told = capability_statement(making.base_url, uris, 0, {})["rest"][0]["security"]["extension"][0];
  EXPECT_EQ(told["url"].string_or(""), "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris");
  ASSERT_EQ(told["extension"].size(), 2u);
  EXPECT_EQ(told["extension"][0]["url"].string_or(""), "authorize");
  EXPECT_EQ(told["extension"][0]["valueUri"].string_or(""), uris.authorize);
  EXPECT_EQ(told["extension"][1]["url"].string_or(""), "token");
  EXPECT_EQ(capability_statement(making.base_url, {}, 0, {})["rest"][0]["security"].find("extension"), nullptr);
}

TEST(FhirAnswersTest, WritesTimesAsHttpHasThem) {
  // RFC 9110, 5.6.7
  EXPECT_EQ(http_date(784'111'777 * ns_per_second), "Sun, 06 Nov 1994 08:49:37 GMT");
}

}  // namespace
}  // namespace bb::portal::fhir
