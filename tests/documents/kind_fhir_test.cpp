#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include <bb/core/files.hpp>

#include "harness/documents/check.hpp"
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

  DocumentReport check(std::string_view bytes, bool has_schema = true) {
    auto formats = Formats::read(std::filesystem::path(BB_SOURCE_DIR) / "conformance/documents/formats.yaml");
    auto store = DataStore::open(folder_.path() / "data");
    const Selection selection{.has_schema = has_schema, .has_own = false};
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

TEST_F(KindFhirTest, RefusesWhatIsBroken) {
  import();
  const auto report = check("{\"resourceType\": \"Patient\", \"gender\"");
  ASSERT_EQ(report.findings.size(), 1u);
  EXPECT_EQ(report.findings[0].rule, "fhir");
  EXPECT_THAT(report.findings[0].message, HasSubstr("not JSON"));
}

}  // namespace
}  // namespace bb::documents
