#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include <bb/core/files.hpp>

#include "harness/documents/check.hpp"
#include "support/kind_checker.hpp"
#include "support/temporary_folder.hpp"

namespace bb::documents {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::string_view definitions = R"({"resourceType": "Bundle", "entry": [
  {"resource": {"resourceType": "StructureDefinition", "kind": "primitive-type", "type": "code",
    "url": "http://hl7.org/fhir/StructureDefinition/code", "snapshot": {"element": [{"id": "code"}]}}},
  {"resource": {"resourceType": "StructureDefinition", "kind": "resource", "type": "Patient",
    "url": "http://hl7.org/fhir/StructureDefinition/Patient", "snapshot": {"element": [
      {"id": "Patient", "constraint": [{"key": "pat-1"}]},
      {"id": "Patient.gender", "min": 1, "max": "1", "type": [{"code": "code"}]}]}}}]})";

class KindFhirTest : public testing::Test {
 protected:
  void import() {
    ASSERT_TRUE(write_text(folder_.path() / "profiles.json", definitions));
    auto store = DataStore::open(folder_.path() / "data");
    const auto imported = store->import(folder_.path() / "profiles.json");
    ASSERT_TRUE(imported) << imported.error().what;
  }

  DocumentReport check(std::string_view bytes, bool has_schema = true, std::vector<std::string> profiles = {}) {
    auto formats = Formats::read(std::filesystem::path(BB_SOURCE_DIR) / "conformance/documents/formats.yaml");
    auto store = DataStore::open(folder_.path() / "data");
    const Selection selection{.has_schema = has_schema, .has_own = false, .profiles = std::move(profiles)};
    auto rules = std::make_shared<Rules>(*std::move(formats), *std::move(store), selection, nullptr);
    return DocumentChecker(rules, {}).check("file", bytes);
  }

  static std::vector<std::string> lines_of(const DocumentReport& report) {
    std::vector<std::string> lines;
    for (const auto& finding : report.findings)
      lines.push_back(std::to_string(finding.line) + ":" + std::to_string(finding.column) + " " + finding.rule + " " +
                      finding.path);
    return lines;
  }

  test::TemporaryFolder folder_;
};

constexpr std::string_view good = R"({"resourceType": "Patient", "gender": "male"})";

TEST_F(KindFhirTest, JudgesNothingWithoutDefinitions) {
  const auto report = check(good);
  EXPECT_THAT(report.missing, ElementsAre(HasSubstr("bluebridge data import")));
  EXPECT_EQ(report.exit_status(), 3);
  EXPECT_EQ(check(good, false).exit_status(), 0) << "it was not asked for";
}

TEST_F(KindFhirTest, RefusesDefinitionsThatWereChanged) {
  import();
  ASSERT_TRUE(write_text(folder_.path() / "data/fhir-r4/profiles.json", "{}"));
  EXPECT_THAT(check(good).missing, ElementsAre(HasSubstr("is not what was imported")));
}

TEST_F(KindFhirTest, GivesFindingsWithTheirPlaceAndPath) {
  import();
  const auto report = check("{\"resourceType\": \"Patient\",\n \"name\": \"A\"}");
  EXPECT_EQ(report.recognition.format, "fhir-r4");
  EXPECT_EQ(report.recognition.title, "FHIR R4, Patient");
  EXPECT_THAT(lines_of(report), ElementsAre("1:1 fhir-missing Patient", "2:2 fhir-unknown Patient.name"));
  EXPECT_EQ(report.exit_status(), 1);
  ASSERT_EQ(report.unjudged.size(), 1u);
  EXPECT_EQ(report.unjudged[0].rule, "fhir-invariant");
  EXPECT_EQ(report.unjudged[0].why, "FHIRPath invariants are not evaluated: pat-1");
}

TEST_F(KindFhirTest, ReadsXmlAndLines) {
  import();
  EXPECT_THAT(lines_of(check(R"(<Patient xmlns="http://hl7.org/fhir"><gender value="male"/></Patient>)")), IsEmpty());
  const std::string line(good);
  const auto report = check(line + "\n{\"resourceType\": \"Patient\"}\n{\"resourceType\": \n" + line + "\n");
  EXPECT_EQ(report.recognition.format, "fhir-ndjson");
  ASSERT_EQ(report.findings.size(), 2u);
  EXPECT_EQ(lines_of(report)[0], "2:1 fhir-missing Patient");
  EXPECT_EQ(report.findings[1].line, 3);
  EXPECT_EQ(report.findings[1].rule, "fhir");
  ASSERT_EQ(report.unjudged.size(), 1u);
  EXPECT_EQ(report.unjudged[0].count, 3u);
}

std::vector<std::string> releases_in(const DocumentReport& report) {
  std::vector<std::string> found;
  for (const auto& finding : report.findings)
    if (finding.rule == "fhir-release")
      found.push_back(std::to_string(finding.line) + ": " + finding.message + ", " + finding.found);
  return found;
}

TEST_F(KindFhirTest, SaysThatAResourceIsOfAnotherRelease) {
  import();
  const auto of_profile = [&](std::string_view claim) {
    return check(R"({"resourceType": "Patient", "gender": "male", "meta": {"profile": [")" + std::string(claim) +
                 R"("]}})");
  };
  auto report = of_profile("http://hl7.org/fhir/3.0/StructureDefinition/Patient");
  EXPECT_THAT(releases_in(report), ElementsAre("1: this is FHIR STU3, not R4, "
                                               "'http://hl7.org/fhir/3.0/StructureDefinition/Patient'"));
  EXPECT_EQ(report.findings.size(), 1u) << "the definitions of R4 say nothing of it";
  EXPECT_EQ(report.exit_status(), 1);
  EXPECT_EQ(report.recognition.title, "FHIR STU3, Patient");
  ASSERT_EQ(report.unjudged.size(), 1u);
  EXPECT_EQ(report.unjudged[0].why, "FHIR STU3 is not judged by the definitions of R4");
  EXPECT_THAT(releases_in(of_profile("http://hl7.org/fhir/StructureDefinition/Patient|5.0.0")),
              ElementsAre(HasSubstr("this is FHIR R5, not R4")));
  EXPECT_THAT(releases_in(of_profile("http://fhir.org/guides/argonaut/StructureDefinition/argo-patient")),
              ElementsAre(HasSubstr("this is FHIR DSTU2, not R4")));
  EXPECT_THAT(releases_in(of_profile("http://hl7.org/fhir/9.1/StructureDefinition/Patient")),
              ElementsAre(HasSubstr("this is FHIR 9.1, not R4")));
  for (const auto* claim :
       {"http://hl7.org/fhir/4.0/StructureDefinition/Patient", "http://hl7.org/fhir/StructureDefinition/Patient|4.0.1",
        "http://hl7.org/fhir/StructureDefinition/Patient",
        "http://hl7.org/fhir/us/core/StructureDefinition/us-core-patient|3.1.1"})
    EXPECT_THAT(releases_in(of_profile(claim)), IsEmpty()) << claim;
}

TEST_F(KindFhirTest, SeesAnotherReleaseInItsElements) {
  const auto seen = [&](std::string_view resource) { return releases_in(check(resource, false)); };
  EXPECT_THAT(seen(R"({"resourceType": "CapabilityStatement", "fhirVersion": "3.0.2"})"),
              ElementsAre("1: this is FHIR STU3, not R4, '3.0.2'"));
  EXPECT_THAT(seen(R"({"resourceType": "CapabilityStatement", "fhirVersion": "4.0.1"})"), IsEmpty());
  EXPECT_THAT(seen(R"(<MedicationOrder xmlns="http://hl7.org/fhir"/>)"),
              ElementsAre("1: this looks like FHIR DSTU2, it is not R4, MedicationOrder, which R4 does not have"));
  EXPECT_THAT(seen("{\"resourceType\": \"Bundle\", \"entry\": [\n{\"resource\": {\"resourceType\": "
                   "\"MedicationStatement\",\n \"taken\": \"y\"}}]}"),
              ElementsAre("3: this looks like FHIR STU3, it is not R4, MedicationStatement.taken, which R4 does not "
                          "have"));
  EXPECT_THAT(seen(R"({"resourceType": "Patient", "animal": {}})"),
              ElementsAre(HasSubstr("looks like FHIR DSTU2 or FHIR STU3")));
  EXPECT_THAT(seen(R"({"resourceType": "Patient", "animal": {}, "careProvider": [{}]})"),
              ElementsAre(HasSubstr("looks like FHIR DSTU2, it")));
  EXPECT_THAT(seen(R"({"resourceType": "Patient", "name": []})"), IsEmpty());
}

TEST_F(KindFhirTest, ListsAProfileThatNobodyImported) {
  import();
  const auto report = check(R"({"resourceType": "Patient", "gender": "male",
      "meta": {"profile": ["http://hl7.org/fhir/StructureDefinition/vitalsigns"]}})");
  EXPECT_THAT(report.missing, IsEmpty()) << "nobody asked for it but the resource";
  std::vector<std::string> reasons;
  for (const auto& one : report.unjudged) reasons.push_back(one.rule + ": " + one.why);
  EXPECT_THAT(reasons, testing::Contains("fhir-profile: the profile http://hl7.org/fhir/StructureDefinition/vitalsigns "
                                         "is not imported: give its package to 'bluebridge data import'"));
}

// Rules of ours see the lines as one record, each finding at its line.
TEST_F(KindFhirTest, SeesTheLinesAsOneRecord) {
  auto checker = test::own_rules_checker();
  const auto found = [&](const std::string& lines) {
    std::vector<std::string> findings;
    for (const auto& finding : checker.check("lines.ndjson", lines).findings)
      if (finding.level == Level::error) findings.push_back(std::to_string(finding.line) + " " + finding.rule);
    return findings;
  };
  const std::string patient = R"({"resourceType": "Patient", "id": "1"})";
  const auto condition = [](std::string_view subject, std::string_view more = "") {
    return R"({"resourceType": "Condition", "subject": {"reference": ")" + std::string(subject) + "\"}" +
           std::string(more) + "}";
  };
  const auto text = [](std::string_view body) {
    return R"(, "text": {"div": "<div xmlns=\"http://www.w3.org/1999/xhtml\">)" + std::string(body) + "</div>\"}";
  };
  EXPECT_THAT(found(patient + "\n" + condition("Patient/1", text("<p>a</p>")) + "\n"), IsEmpty());
  EXPECT_THAT(found(condition("Patient/1") + "\n" + condition("Patient/1")), IsEmpty()) << "the patient is elsewhere";
  EXPECT_THAT(found(patient + "\n" + condition("Patient/2")), ElementsAre("1 FHIRDOC-02.subject"));
  EXPECT_THAT(found(condition("Patient/1") + "\n" + condition("Patient/2")), ElementsAre("1 FHIRDOC-02.subject"));
  EXPECT_THAT(found(patient + "\n\n" + condition("Patient/1", text("<script>x()</script>"))),
              ElementsAre("3 FHIRDOC-04.element"));
  EXPECT_THAT(found(patient + "\n" + condition("#p")), testing::Contains("2 FHIRDOC-01.reference"));
}

// FHIRDOC-02 is of records: a list of service base URLs holds no Patient.
TEST_F(KindFhirTest, AsksNoPatientOfAListOfServiceBaseUrls) {
  auto checker = test::own_rules_checker();
  const auto lacks_patient = [&](const std::string& type, const std::vector<std::string>& resources) {
    std::string entries;
    for (const auto& resource : resources)
      entries += (entries.empty() ? "" : ", ") + (R"({"fullUrl": "https://a.example/)" + resource +
                                                  R"(/1", "resource": {"resourceType": ")" + resource + R"("}})");
    const auto report = checker.check(
        "bundle.json", R"({"resourceType": "Bundle", "type": ")" + type + R"(", "entry": [)" + entries + "]}");
    return test::rules_in(report).contains("FHIRDOC-02.patient");
  };
  EXPECT_FALSE(lacks_patient("collection", {"Endpoint", "Organization"}));
  EXPECT_TRUE(lacks_patient("collection", {"Organization"}));
  EXPECT_TRUE(lacks_patient("collection", {"Endpoint", "Organization", "Condition"}));
  EXPECT_TRUE(lacks_patient("document", {"Endpoint", "Organization"}));
}

// What is inside of a Bundle in a Bundle is looked for there.
TEST_F(KindFhirTest, FindsReferencesOfABundleInABundle) {
  auto checker = test::own_rules_checker();
  const auto dangling = [&](const std::string& organization) {
    const auto report = checker.check("bundle.json", R"({"resourceType": "Bundle", "type": "searchset", "entry": [
      {"fullUrl": "urn:uuid:00000000-0000-0000-0000-00000000000a", "resource": {"resourceType": "Bundle",
       "type": "document", "entry": [
        {"fullUrl": "urn:uuid:00000000-0000-0000-0000-00000000000b", "resource": {"resourceType": "Composition",
         "contained": [{"resourceType": "Organization", "id": "o"}], "custodian": {"reference": ")" +
                                                         organization + R"("}}},
        {"fullUrl": "urn:uuid:00000000-0000-0000-0000-00000000000c",
         "resource": {"resourceType": "Organization"}}]}}]})");
    return test::rules_in(report).contains("FHIRDOC-01.reference");
  };
  EXPECT_FALSE(dangling("#o"));
  EXPECT_FALSE(dangling("urn:uuid:00000000-0000-0000-0000-00000000000c"));
  EXPECT_TRUE(dangling("urn:uuid:00000000-0000-0000-0000-00000000000d"));
  EXPECT_TRUE(dangling("#x"));
}

// By a profile that makes the date of birth required.
class AskedProfileTest : public KindFhirTest {
 protected:
  void SetUp() override {
    auto text = std::string(definitions);
    text.insert(text.rfind(']'), std::string(", ") + dated);
    ASSERT_TRUE(write_text(folder_.path() / "profiles.json", text));
    auto store = DataStore::open(folder_.path() / "data");
    const auto imported = store->import(folder_.path() / "profiles.json");
    ASSERT_TRUE(imported) << imported.error().what;
  }

  static constexpr const char* dated = R"({"resource": {"resourceType": "StructureDefinition", "kind": "resource",
    "type": "Patient", "url": "http://p.org/StructureDefinition/dated-patient", "version": "2.0",
    "title": "Dated Patient", "derivation": "constraint",
    "snapshot": {"element": [{"id": "Patient"}, {"id": "Patient.gender", "min": 0, "max": "1"},
                             {"id": "Patient.birthDate", "min": 1, "max": "1"}]}}})";
};

TEST_F(AskedProfileTest, FindsWhatAProfileThatWasAskedForForbids) {
  EXPECT_THAT(lines_of(check(good)), IsEmpty());
  for (const auto* word : {"dated-patient", "dated-patient|2.0", "http://p.org/StructureDefinition/dated-patient"}) {
    const auto report = check(good, true, {word});
    EXPECT_THAT(lines_of(report), ElementsAre("1:1 fhir-missing Patient")) << word;
    EXPECT_THAT(report.missing, IsEmpty());
  }
  const std::string line(good);
  EXPECT_THAT(lines_of(check(line + "\n" + line + "\n", true, {"dated-patient"})),
              ElementsAre("1:1 fhir-missing Patient", "2:1 fhir-missing Patient"));
}

TEST_F(AskedProfileTest, FindsAFileWithoutAResourceOfTheProfile) {
  const auto report = check(R"({"resourceType": "Bundle"})", true, {"dated-patient"});
  const auto found = std::find_if(report.findings.begin(), report.findings.end(),
                                  [](const Finding& finding) { return finding.rule == "profile"; });
  ASSERT_NE(found, report.findings.end());
  EXPECT_EQ(found->message, "there is no resource Patient that Dated Patient was asked for");
  EXPECT_EQ(found->found, "Bundle");
  EXPECT_FALSE(test::rules_in(check(good, true, {"dated-patient"})).contains("profile"));
  EXPECT_THAT(test::rules_in(check("{\"resourceType\": \"Patient\",", true, {"dated-patient"})), ElementsAre("fhir"))
      << "one error is enough";
}

TEST_F(AskedProfileTest, JudgesNothingByAProfileThatIsNotAtHand) {
  auto report = check(good, true, {"http://p.org/StructureDefinition/dated-patients"});
  EXPECT_THAT(
      report.missing,
      ElementsAre("the profile http://p.org/StructureDefinition/dated-patients is not imported: give its package "
                  "to 'bluebridge data import'; did you mean "
                  "'http://p.org/StructureDefinition/dated-patient'?"));
  EXPECT_EQ(report.exit_status(), 3);
  EXPECT_EQ(check(good, true, {"dated-patient|3.0"}).exit_status(), 3);
  std::filesystem::remove_all(folder_.path() / "data");
  report = check(good, true, {"dated-patient"});
  EXPECT_THAT(report.missing, testing::Contains(HasSubstr("the profile dated-patient: no definitions")));
  EXPECT_EQ(report.exit_status(), 3);
}

TEST_F(AskedProfileTest, TakesTheDocumentsOfAPackageForWhatWasAskedFor) {
  Profiles profiles;
  profiles.words = profiles.document_types = {"ccd"};
  EXPECT_FALSE(
      profiles.unmet_by({.format = "xdm", .title = "", .document_type = "", .document_title = "", .claims = {}}));
  EXPECT_TRUE(
      profiles.unmet_by({.format = "pdf", .title = "", .document_type = "", .document_title = "", .claims = {}}));
}

TEST_F(KindFhirTest, RefusesWhatIsBroken) {
  import();
  const auto report = check("{\"resourceType\": \"Patient\", \"gender\"");
  ASSERT_EQ(report.findings.size(), 1u);
  EXPECT_EQ(report.findings[0].rule, "fhir");
  EXPECT_THAT(report.findings[0].message, HasSubstr("not JSON"));
}

}  // namespace
}  // namespace bb::documents
