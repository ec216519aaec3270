// What a payer says of a patient: the file, and what the portal makes of it. Resources by the published profiles are in
// e2e.portal_claims.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include <bb/core/json.hpp>
#include <bb/core/time.hpp>
#include <bb/records/ccda.hpp>

#include "portal/fhir/payer_resources.hpp"
#include "portal/fhir/search.hpp"
#include "portal/fhir/store.hpp"
#include "portal/resource_file.hpp"
#include "support/temporary_folder.hpp"

namespace bb::portal {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

Result<std::vector<Value>> read(const std::string& text) {
  const test::TemporaryFolder folder;
  const auto file = folder.path() / "claims.json";
  std::ofstream(file) << text;
  return read_claims(file);
}

std::string bundle_of(const std::string& resource) {
  return R"({"resourceType": "Bundle", "entry": [{"resource": )" + resource + "}]}";
}

TEST(ClaimsFileTest, GivesTheResourcesInTheirOrder) {
  const auto read_back = read(R"({"resourceType": "Bundle", "entry": [
      {"resource": {"resourceType": "Coverage", "id": "c.1-A"}},
      {"resource": {"resourceType": "ExplanationOfBenefit", "id": "c.1-A"}}]})");
  ASSERT_TRUE(read_back) << read_back.error().what;
  ASSERT_THAT(*read_back, SizeIs(2));
  EXPECT_EQ((*read_back)[1]["resourceType"].string_or(""), "ExplanationOfBenefit");
  EXPECT_THAT(*read(R"({"resourceType": "Bundle", "entry": []})"), IsEmpty());
}

TEST(ClaimsFileTest, SaysWhatIsWrongAndWhere) {
  const auto why = [](const std::string& text) {
    const auto result = read(text);
    return result ? "" : result.error().what;
  };
  EXPECT_THAT(why("{"), HasSubstr("claims.json: "));
  EXPECT_THAT(why(R"({"resourceType": "Coverage", "id": "a"})"), HasSubstr("expected a FHIR Bundle with entries"));
  EXPECT_THAT(why(R"({"resourceType": "Bundle"})"), HasSubstr("expected a FHIR Bundle with entries"));
  EXPECT_THAT(
      why(bundle_of(R"({"resourceType": "Observation", "id": "a"})")),
      HasSubstr("entry 1: expected a resource of the type Coverage, ExplanationOfBenefit, Organization, Patient, "
                "Practitioner, RelatedPerson; got 'Observation'"));
  EXPECT_THAT(why(bundle_of("7")), HasSubstr("entry 1: expected a resource of the type"));
  const auto with_id = [&](const std::string& id) {
    return why(bundle_of(R"({"resourceType": "Coverage", "id": ")" + id + "\"}"));
  };
  EXPECT_THAT(with_id(""), HasSubstr("entry 1: expected an id of 1 to 64 letters, digits, '-' and '.'; got ''"));
  EXPECT_THAT(with_id("a/b"), HasSubstr("got 'a/b'"));
  EXPECT_EQ(with_id(std::string(64, 'a')), "");
  EXPECT_THAT(with_id(std::string(65, 'a')), HasSubstr("expected an id of 1 to 64"));
  EXPECT_THAT(why(R"({"resourceType": "Bundle", "entry": [{"resource": {"resourceType": "Coverage", "id": "a"}},
                                                           {"resource": {"resourceType": "Coverage", "id": "a"}}]})"),
              HasSubstr("entry 2: Coverage/a is there twice"));
}

TEST(ClaimsFileTest, AreLeftOutWithAWarningWhereTheyCannotBeRead) {
  const test::TemporaryFolder folder;
  records::Record record;
  record.patient.name = {{"Ann"}, "Lee", "", ""};
  std::ofstream(folder.path() / "ann.xml") << records::write_ccda(record);
  std::ofstream(folder.path() / "ann.json") << "{";
  std::ofstream(folder.path() / "people.yaml") << "people:\n  ann: {record: ann.xml, claims: ann.json}\n";
  const auto people = read_people(folder.path() / "people.yaml");
  ASSERT_TRUE(people) << people.error().what;
  const auto loaded = load_patients(folder.path(), *people);
  ASSERT_TRUE(loaded) << loaded.error().what;
  ASSERT_THAT(loaded->patients.all(), SizeIs(1));
  EXPECT_THAT(loaded->patients.find("ann")->claims, IsEmpty());
  ASSERT_THAT(loaded->warnings, SizeIs(1));
  EXPECT_THAT(loaded->warnings[0], HasSubstr("ann.json: "));
}

TEST(ClaimsFileTest, LeaveOutWhatAnotherPatientHasUnderTheSameId) {
  const test::TemporaryFolder folder;
  std::ofstream people_file(folder.path() / "people.yaml");
  people_file << "people:\n";
  for (const std::string account : {"ann", "bea"}) {
    records::Record record;
    record.patient.name = {{account}, "Lee", "", ""};
    std::ofstream(folder.path() / (account + ".xml")) << records::write_ccda(record);
    std::ofstream(folder.path() / (account + ".json")) << R"({"resourceType": "Bundle", "entry": [
        {"resource": {"resourceType": "Organization", "id": "plan"}},
        {"resource": {"resourceType": "Coverage", "id": "1", "subscriberId": ")" +
                                                              account + R"("}},
        {"resource": {"resourceType": "Coverage", "id": ")" + account +
                                                              R"("}}]})";
    people_file << "  " << account << ": {record: " << account << ".xml, claims: " << account << ".json}\n";
  }
  people_file.close();
  const auto people = read_people(folder.path() / "people.yaml");
  ASSERT_TRUE(people) << people.error().what;
  const auto loaded = load_patients(folder.path(), *people);
  ASSERT_TRUE(loaded) << loaded.error().what;
  EXPECT_THAT(loaded->warnings, testing::ElementsAre(HasSubstr("Coverage/1 of 'bea' is left out: 'ann' has")));
  ASSERT_THAT(loaded->patients.all(), SizeIs(2));
  EXPECT_THAT(loaded->patients.find("ann")->claims, SizeIs(3));
  EXPECT_THAT(loaded->patients.find("bea")->claims, SizeIs(2));
}

const fhir::Making making{.base_url = "https://portal.example/fhir/r4", .started_ns = 1'700'000'000 * ns_per_second};

Patient member(const std::string& account) {
  Patient patient{account, "<document/>", {}};
  patient.record.patient.name = {{"Ann"}, "Lee", "", ""};
  patient.claims = *read(R"({"resourceType": "Bundle", "entry": [
      {"resource": {"resourceType": "Patient", "id": "m-1", "meta": {"profile": ["http://example.org/member"]},
                    "identifier": [{"system": "http://example.org", "value": "1"}]}},
      {"resource": {"resourceType": "Organization", "id": "plan", "name": "Example Health Plan"}},
      {"resource": {"resourceType": "ExplanationOfBenefit", "id": ")" +
                         account + R"(-1",
                    "meta": {"lastUpdated": "2024-01-02T03:04:05Z"}, "patient": {"reference": "Patient/m-1"},
                    "insurer": {"reference": "Organization/plan"}, "payee": {"party": {"reference": "Patient/m-1"}}}}]})");
  return patient;
}

TEST(PayerResourcesTest, AreOfThePatientOfThePortal) {
  const fhir::Store store(Patients({member("ann"), member("bea")}), making);
  const auto* claim = store.find("ExplanationOfBenefit", "ann-1");
  ASSERT_NE(claim, nullptr);
  EXPECT_EQ(claim->content["patient"]["reference"].string_or(""), "Patient/ann");
  EXPECT_EQ(claim->content["payee"]["party"]["reference"].string_or(""), "Patient/ann");
  EXPECT_EQ(claim->last_updated_ns, *parse_time("2024-01-02T03:04:05Z"));
  EXPECT_EQ(claim->content["meta"]["lastUpdated"].string_or(""), "2024-01-02T03:04:05Z");
  EXPECT_EQ(claim->content["meta"]["versionId"].string_or(""), "1");
  EXPECT_TRUE(claim->is_of("ann"));
  EXPECT_FALSE(claim->is_of("bea"));
  EXPECT_EQ(store.find("Patient", "m-1"), nullptr);
}

TEST(PayerResourcesTest, MakeThePatientAMember) {
  const fhir::Store store(Patients({member("ann")}), making);
  const auto& patient = store.find("Patient", "ann")->content;
  EXPECT_THAT(to_json(patient["identifier"]), HasSubstr(R"({"system":"http://example.org","value":"1"})"));
  EXPECT_EQ(strings_of(patient["meta"]["profile"]).back(), "http://example.org/member");
  EXPECT_EQ(patient["name"][0]["family"].string_or(""), "Lee");
}

TEST(PayerResourcesTest, ShareWhatSeveralPatientsHave) {
  const fhir::Store store(Patients({member("ann"), member("bea")}), making);
  const auto* plan = store.find("Organization", "plan");
  ASSERT_NE(plan, nullptr);
  EXPECT_TRUE(plan->is_of("ann"));
  EXPECT_TRUE(plan->is_of("bea"));
}

TEST(PayerResourcesTest, SayThatTheyComeFromThePayer) {
  const fhir::Store store(Patients({member("ann")}), making);
  const auto provenances = store.provenances_of("ExplanationOfBenefit/ann-1");
  ASSERT_THAT(provenances, SizeIs(1));
  EXPECT_EQ(provenances[0]->content["agent"][0]["who"]["reference"].string_or(""), "Organization/plan");
  EXPECT_THAT(store.provenances_of("Organization/plan"), IsEmpty());
}

TEST(PayerResourcesTest, ComeAlongByAStar) {
  const fhir::Store store(Patients({member("ann")}), making);
  const auto included = [&](const std::string& include) {
    const auto query = fhir::read_query("ExplanationOfBenefit", {{"_include", include}}, fhir::Handling::strict);
    EXPECT_TRUE(query) << query.error().what;
    std::vector<std::string> references;
    for (const auto* one : fhir::included_with(*store.find("ExplanationOfBenefit", "ann-1"), *query, store))
      references.push_back(one->reference());
    return references;
  };
  EXPECT_THAT(included("ExplanationOfBenefit:insurer"), testing::ElementsAre("Organization/plan"));
  EXPECT_THAT(included("ExplanationOfBenefit:*"), testing::UnorderedElementsAre("Patient/ann", "Organization/plan"));
  EXPECT_FALSE(fhir::read_query("ExplanationOfBenefit", {{"_include", "*"}}, fhir::Handling::strict));
  EXPECT_FALSE(fhir::read_query("ExplanationOfBenefit", {{"_include", "Coverage:*"}}, fhir::Handling::strict));
}

}  // namespace
}  // namespace bb::portal
