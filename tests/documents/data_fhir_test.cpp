#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bb/core/files.hpp>
#include <bb/core/json.hpp>

#include "harness/documents/data_store.hpp"
#include "tests/support/temporary_folder.hpp"

namespace bb::documents {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::string_view patient = R"({"resourceType": "StructureDefinition", "kind": "resource", "type": "Patient",
  "url": "http://hl7.org/fhir/StructureDefinition/Patient", "fhirVersion": "4.0.1", "abstract": false,
  "snapshot": {"element": [{"id": "Patient", "path": "Patient", "short": "words for people"},
    {"id": "Patient.gender", "path": "Patient.gender", "min": 0, "max": "1", "type": [{"code": "code"}],
     "binding": {"strength": "required", "valueSet": "http://hl7.org/fhir/ValueSet/administrative-gender|4.0.1"}}]}})";
constexpr std::string_view gender =
    R"({"resourceType": "CodeSystem", "url": "http://hl7.org/fhir/administrative-gender",
  "content": "complete", "concept": [{"code": "male", "display": "Male"}, {"code": "x", "concept": [{"code": "y"}]}]})";

class DataFhirTest : public testing::Test {
 protected:
  void write(const std::string& name, std::string_view text) {
    const auto path = folder_.path() / "source" / name;
    std::filesystem::create_directories(path.parent_path());
    ASSERT_TRUE(write_text(path, text));
  }

  Result<Imported> import() {
    store_ = DataStore::open(folder_.path() / "data");
    return store_->import(folder_.path() / "source");
  }

  std::vector<std::string> ids_of(const Result<Imported>& imported) {
    std::vector<std::string> ids;
    if (!imported) return {imported.error().what};
    for (const auto& set : imported->sets) ids.push_back(set.id);
    return ids;
  }

  static std::string bundle_of(std::initializer_list<std::string_view> resources) {
    std::string entries;
    for (const auto resource : resources)
      entries += (entries.empty() ? "" : ",") + ("{\"resource\":" + std::string(resource) + "}");
    return "{\"resourceType\":\"Bundle\",\"entry\":[" + entries + "]}";
  }

  test::TemporaryFolder folder_;
  Result<DataStore> store_ = Error{""};
};

TEST_F(DataFhirTest, KnowsTheDefinitionsOfR4AndKeepsWhatAChecksNeeds) {
  write("profiles.json", bundle_of({patient}));
  write("valuesets.json", bundle_of({gender}));
  const auto imported = import();
  ASSERT_THAT(ids_of(imported), ElementsAre("fhir-r4"));
  const auto& set = imported->sets.front();
  EXPECT_EQ(set.kind, DataSet::Kind::fhir);
  ASSERT_EQ(set.files.size(), 2u);
  const auto contents = store_->load(set);
  ASSERT_TRUE(contents) << contents.error().what;
  const auto kept = parse_json(contents->at("profiles.json"));
  ASSERT_TRUE(kept);
  const auto& element = (*kept)["structures"][0]["elements"][1];
  EXPECT_EQ(element["codes"].string_or(""), "http://hl7.org/fhir/ValueSet/administrative-gender|4.0.1");
  EXPECT_THAT(contents->at("profiles.json"), testing::Not(HasSubstr("words for people")));
  EXPECT_EQ(*parse_json(contents->at("valuesets.json"))->find("code_systems"),
            *parse_json(R"([{"url": "http://hl7.org/fhir/administrative-gender", "version": "", "is_complete": true,
                             "codes": ["male", "x", "y"], "parents": {"y": ["x"]}}])"));
}

TEST_F(DataFhirTest, NamesAGuideByItsPackage) {
  write("a/package.json", R"({"name": "hl7.fhir.us.core", "version": "6.1.0", "fhirVersions": ["4.0.1"]})");
  write("a/StructureDefinition-x.json", patient);
  write("b/ImplementationGuide-c.json", R"({"resourceType": "ImplementationGuide", "packageId": "hl7.fhir.us.carin-bb",
                                            "version": "2.0.0", "fhirVersion": ["4.0.1"]})");
  write("b/StructureDefinition-x.json", patient);
  write("c/package.json", R"({"name": "hl7.fhir.r4.core", "version": "4.0.1", "fhirVersions": ["4.0.1"]})");
  write("c/StructureDefinition-Patient.json", patient);
  EXPECT_THAT(ids_of(import()), ElementsAre("fhir-us-core-6.1.0", "fhir-carin-bb-2.0.0", "fhir-r4"));
}

TEST_F(DataFhirTest, LeavesExamplesAndOtherReleasesAlone) {
  std::string profile(patient);
  profile.replace(profile.find("StructureDefinition/Patient"), 27, "StructureDefinition/Pat");
  write("examples/StructureDefinition-x.json", profile);
  EXPECT_THAT(ids_of(import()), ElementsAre(HasSubstr("no FHIR R4 definitions")));

  write("r5/package.json", R"({"name": "hl7.fhir.r5.core", "version": "5.0.0", "fhirVersions": ["5.0.0"]})");
  write("r5/StructureDefinition-Patient.json", patient);
  EXPECT_THAT(ids_of(import()), ElementsAre(HasSubstr("r5: hl7.fhir.r5.core is no guide to FHIR R4")));

  std::string r5(patient);
  r5.replace(r5.find("4.0.1"), 5, "5.0.0");
  write("r5/StructureDefinition-Patient.json", r5);
  EXPECT_THAT(ids_of(import()), ElementsAre(HasSubstr("no FHIR R4 definitions")));
}

TEST_F(DataFhirTest, TellsOfADefinitionWithoutSnapshot) {
  write("package.json", R"({"name": "x.y", "version": "1.0", "fhirVersions": ["4.0.1"]})");
  write("a.json", patient);
  write("b.json", R"({"resourceType": "StructureDefinition", "url": "http://x.y/z", "differential": {}})");
  const auto imported = import();
  ASSERT_THAT(ids_of(imported), ElementsAre("fhir-x-y-1.0"));
  EXPECT_THAT(imported->notes, ElementsAre("http://x.y/z: has no snapshot, so nothing is checked by it"));
}

// A name that leads out of the folder of the store is no name.
TEST_F(DataFhirTest, TakesNoPackageNameThatIsAPath) {
  write("package.json", R"({"name": "../../x", "version": "1.0", "fhirVersions": ["4.0.1"]})");
  std::string profile(patient);
  profile.replace(profile.find("StructureDefinition/Patient"), 27, "StructureDefinition/Pat");
  write("a.json", profile);
  EXPECT_THAT(ids_of(import()), ElementsAre(HasSubstr("no FHIR R4 definitions")));
}

}  // namespace
}  // namespace bb::documents
