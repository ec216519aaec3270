// Published FHIR: what HL7's validator refuses for its structure is refused here
// with the same defect named, at the same element; the published examples of US
// Core have no error.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <map>
#include <set>

#include <bb/core/files.hpp>
#include <bb/core/json.hpp>
#include <bb/records/fhir.hpp>
#include <bb/records/read.hpp>

#include "harness/documents/check.hpp"
#include "support/published_folder.hpp"
#include "support/temporary_folder.hpp"

namespace bb::documents {
namespace {

namespace fs = std::filesystem;
using test::published_folder;
using testing::HasSubstr;
using testing::IsEmpty;

// What HL7's validator says, and what is said here of the same element.
struct Defect {
  const char* file;
  const char* theirs;  // part of the text of an error of expected/fhir-validator-outcomes.json
  const char* rule;
  const char* path;
};

constexpr Defect defects[] = {
    {"Observation-ex-pain.json", "Observation.code: minimum required = 1", "fhir-missing", "Observation"},
    {"Observation-ex-pain.json", "The property 'value' is invalid", "fhir-unknown",
     "Observation.value.ofType(integer).value"},
    {"ai4.json", "Not a valid date format: 'not a date'", "fhir-format", "Patient.birthDate"},
    {"ai8.json", "StructureDefinition.name: minimum required", "fhir-missing", "StructureDefinition"},
    {"ai8.json", "StructureDefinition.status: minimum required", "fhir-missing", "StructureDefinition"},
    {"ai8.json", "StructureDefinition.abstract: minimum required", "fhir-missing", "StructureDefinition"},
    {"attachment-with-invalid-binary.json", "is not a valid Base64 value", "fhir-format", "Media.content.data"},
    {"bad-bundle-reference-type.xml", "has resourceType Organization", "fhir-reference",
     "Bundle.entry[0].resource.generalPractitioner[0]"},
    {"bad-json-close-2.json", "Error parsing JSON", "fhir", ""},
    {"bundle-document-versioned-references-bad.json", "Multiple matches in bundle", "fhir-reference",
     "Bundle.entry[0].resource.section[0].entry[1]"},
    {"bundle-document-versioned-references-bad.json", "Can't find 'Observation/ObservationExample/_history/3'",
     "fhir-reference", "Bundle.entry[0].resource.section[0].entry[0]"},
    {"bundle-dual-subject.xml", "Composition.subject: max allowed = 1", "fhir-too-many", "Bundle.entry[0].resource"},
    {"bundle-duplicate-id.json", "The fullUrl must be an absolute URL (not 'Patient/1')", "fhir-full-url",
     "Bundle.entry[0]"},
    {"bundle-duplicate-id.json", "The fullUrl must be an absolute URL (not 'RelatedPerson/1')", "fhir-full-url",
     "Bundle.entry[1]"},
    {"bundle-ea-testcase.json", "Canonical URLs must be absolute URLs if they are not fragment references (Library/",
     "fhir-format", "Bundle.entry[0].resource.library[0]"},
    {"bundle-ea-testcase.json", "(Measure/measure-EXM104-8.2.000)", "fhir-format", "Bundle.entry[1].resource.measure"},
    {"bundle-ea-testcase.json", "(not '1a19a371-91b8-4a1d-9bb0-e8a997baa655')", "fhir-full-url",
     "Bundle.entry[1].resource.contained[0].entry[0]"},
    {"bundle-ea-testcase.json", "List.status: minimum required", "fhir-missing",
     "Bundle.entry[1].resource.contained[0].entry[0].resource"},
    {"bundle-ea-testcase.json", "List.mode: minimum required", "fhir-missing",
     "Bundle.entry[1].resource.contained[0].entry[0].resource"},
    {"bundle-ea-testcase.json", "Relative URLs must be of the format [ResourceName]/[id]", "fhir-reference",
     "Bundle.entry[1].resource.contained[0].entry[0].resource.entry[0].item"},
    {"bundle-ea-testcase.json", "is not referenced to from elsewhere", "fhir-contained",
     "Bundle.entry[1].resource.contained[0]"},
    {"bundle-id-search-3.json", "Search results must have ids", "fhir-missing", "Bundle.entry[0]"},
    {"bundle-validation-location-2.xml", "The value provided ('invalid') was not found in the value set",
     "fhir-binding", "Bundle.entry[0].resource.gender"},
    {"bundle-validation-location-2.xml", "The value provided ('invalid') was not found in the value set",
     "fhir-binding", "Bundle.entry[1].resource.gender"},
    {"contained-resource.json", "Invalid Resource id: Too long (65 chars)", "fhir-format", "Condition.contained[0].id"},
    {"contained-resource.json", "is not referenced to from elsewhere", "fhir-contained", "Condition.contained[0]"},
    {"cs-bad-oid.xml", "then the identifier.value must be a full URI", "fhir-format", "CodeSystem.identifier[0]"},
    {"cs-meta-profile.json", "The property profile must be a JSON Array", "fhir-json", "CodeSystem.meta.profile[0]"},
    {"document-css.xml", "it must end with the correct type and id", "fhir-full-url", "Bundle.entry[0]"},
    {"hakan-se-2.json", "MedicationRequest.medication[x]: minimum required", "fhir-missing", "MedicationRequest"},
    {"hakan-se-2.json", "If a date has a time, it must have a timezone", "fhir-format", "MedicationRequest.authoredOn"},
    {"json-comments.json", "Unrecognized property 'fhir_comments'", "fhir-unknown", "Patient.fhir_comments"},
    {"maiden-name.json", "is not allowed to be used at this point", "fhir-extension", "Patient.name[0].extension[0]"},
    {"message.xml", "Hyperlink scheme 'urn' in 'urn:uuid:7221aa91", "fhir-narrative",
     "Bundle.entry[0].resource.text.div"},
    {"message.xml", "Hyperlink scheme 'urn' in 'urn:uuid:75ea28b5", "fhir-narrative",
     "Bundle.entry[1].resource.text.div"},
    {"mni-patientOverview-bundle-example1b.json", "Can't find 'Patient/1' in the bundle (Composition.subject)",
     "fhir-reference", "Bundle.entry[0].resource.subject"},
    {"mni-patientOverview-bundle-example1b.json", "Can't find 'Device/1' in the bundle (Composition.author)",
     "fhir-reference", "Bundle.entry[0].resource.author[0]"},
    {"mni-patientOverview-bundle-example1b.json", "The fullUrl must be an absolute URL (not 'Device/1')",
     "fhir-full-url", "Bundle.entry[2]"},
    {"mr-covid-m.json", "Expression.language: minimum required", "fhir-missing",
     "Measure.group[0].population[0].criteria"},
    {"mr-m-simple-nossystem.xml", "Canonical URLs must be absolute URLs", "fhir-format", "Measure.library[0]"},
    {"obs-quantity.json", "Observation.code: minimum required", "fhir-missing", "Observation"},
    {"obs-unit-profile.json", "StructureDefinition.name: minimum required", "fhir-missing", "StructureDefinition"},
    {"obs-vs-2.json", "Narrative.div: minimum required", "fhir-missing", "Observation.text"},
    {"pat-security-bad-string2.xml", "Undefined element 'script'", "fhir-unknown", "Patient.name[0].text.script"},
    {"patient-extension-bad.xml", "Extension.url must be an absolute URL", "fhir-extension", "Patient.extension[0]"},
    {"patient-extension-bad3.xml", "Extension.url: minimum required", "fhir-missing", "Patient.extension[0]"},
    {"patient-extension-complex-bad2.xml", "Sub-extension url 'species-x' is not defined", "fhir-extension",
     "Patient.extension[0].extension[1]"},
    {"patient-id-bad-2.json", "Invalid Resource id", "fhir-format", "Patient.id"},
    {"patient-id-only.xml", "ele-1", "fhir-empty", "Patient.implicitRules"},
    {"profile-missing-elements.xml", "ElementDefinition.slicing.discriminator.path: minimum required", "fhir-missing",
     "StructureDefinition.differential.element[0].slicing.discriminator[0]"},
    {"profile-missing-elements.xml", "The value provided ('expression') was not found", "fhir-binding",
     "StructureDefinition.differential.element[0].slicing.discriminator[0].type"},
    {"relative_reference_to_fullUrl.id_in_Composition.xml", "but the resource has no id", "fhir-full-url",
     "Bundle.entry[1]"},
    {"relative_reference_to_fullUrl.no_ids.PROBLEM.xml",
     "The fullUrl 'http://zrbj.eu/x/Composition/666' looks like a RESTful server URL", "fhir-full-url",
     "Bundle.entry[0]"},
    {"resource-invalid-id-1.json", "Invalid Resource id", "fhir-format", "Location.id"},
    {"resource-invalid-id-3.json", "Invalid Resource id", "fhir-format", "Location.contained[0].id"},
    {"synthea.json", "The property reasonCode must be a JSON Array", "fhir-json", "Encounter.reasonCode[0]"},
    {"synthea.json", "The value provided ('completed') was not found in the value set", "fhir-binding",
     "Encounter.status"},
    {"versioned-extension.json", "The extension URL must not contain a version", "fhir-extension",
     "Patient.extension[1]"},
    {"versioned-extension.json", "but is fixed to", "fhir-fixed", "Patient.extension[1].url"},
    {"versioned-extension.json", "Extension.url: minimum required", "fhir-missing", "Patient.extension[2]"},
    {"vs-canonical-bad.json", "Canonical URLs in contained resources must be absolute", "fhir-format",
     "ValueSet.contained[0].url"},
    {"vs-canonical-bad.json", "(ValueSet/vs-canonical-bad)", "fhir-format", "ValueSet.url"},
    {"vs-canonical-urn-bad.json", "UUIDs must be valid and lowercase (f3b2bd36", "fhir-format",
     "ValueSet.contained[0].url"},
    {"vs-canonical-urn-bad.json", "UUIDs must be valid and lowercase (6a2ee390", "fhir-format", "ValueSet.url"},
    {"xml-bad-entities.json", "Invalid entity in the XHTML", "fhir-narrative", "Encounter.text.div"},
    {"xml-fail.xml", "Text should not be present ('[%loop count=70%]')", "fhir-syntax", "Bundle"},
    {"xml-fail.xml", "Undefined element 'coding' at Endpoint/f:connectionType", "fhir-unknown",
     "Bundle.entry[0].resource.connectionType.coding"},
    {"xml-fail.xml", "Invalid Resource id: Invalid Characters ('[%count%]')", "fhir-format",
     "Bundle.entry[0].resource.id"},
    {"xml-fail.xml", "The value provided ('[%status%]') was not found", "fhir-binding",
     "Bundle.entry[0].resource.status"},
};

// Files whose defects are none of the structure, and why nothing is said of them.
const std::map<std::string, std::string> others = {
    {"bad-markdown.json", "a setting of the case: no HTML in markdown"},
    {"capstmt.json", "compares with the definition of a search parameter"},
    {"cvx.json", "terminology: the display of a code of CVX"},
    {"encounter-period.json", "per-1 on a day and a time of the same day, which FHIRPath cannot compare: a warning"},
    {"ips-nz-pj.json", "terminology: displays of LOINC"},
    {"obs-temp-code2.json", "terminology: a code that SNOMED CT does not have"},
    {"observation-ucum.xml", "the profile of blood pressure, which the resource does not claim; terminology of UCUM"},
    {"parameters-reference-bad.json", "a setting of the case: every reference has to be found"},
    {"pat-dob-ext.json", "an extension that nobody has the definition of is allowed in R4: a warning"},
    {"pat-security-bad-string.json", "a setting of the case: no HTML in strings"},
    {"patient-with-turvakielto.json", "an extension that nobody has the definition of: a warning"},
    {"patient-xver.xml", "a rule on extensions that stand for another version of FHIR: a warning, as nobody has it"},
    {"q-bp.xml", "extensions that nobody has the definition of: warnings"},
    {"qr-bad-ref2.json", "a setting of the case: canonical addresses are fetched"},
    {"questionnaire-enableWhen-dw.json", "an invariant in FHIRPath, que-12"},
    {"sp-diff-base.json", "compares with the definition of a search parameter"},
    {"sp-diff-type.json", "compares with the definition of a search parameter"},
    {"test-ndjson.ndjson", "per-1, as encounter-period.json"},
    {"vs-bad-ecl-us.json", "the content of a value set: an expression of SNOMED CT"},
    {"vs-bad-props.json", "the content of a value set: properties of SNOMED CT"},
};

// Of those, what is told as a warning.
struct Warned {
  const char* file;
  const char* rule;
  const char* path;
};
constexpr std::array warnings{
    Warned{"encounter-period.json", "fhir-period", "Encounter.period"},
    Warned{"pat-dob-ext.json", "fhir-extension", "Patient.birthDate.extension[0]"},
    Warned{"patient-with-turvakielto.json", "fhir-extension", "Patient.extension[0]"},
    Warned{"patient-xver.xml", "fhir-extension", "Patient.extension[0]"},
    Warned{"q-bp.xml", "fhir-extension", "Questionnaire.extension[0]"},
    Warned{"q-bp.xml", "fhir-extension", "Questionnaire.extension[1]"},
    Warned{"q-bp.xml", "fhir-extension", "Questionnaire.item[0].item[1].extension[0]"},
    Warned{"q-bp.xml", "fhir-extension", "Questionnaire.item[2].item[0].extension[0]"},
    Warned{"test-ndjson.ndjson", "fhir-period", "Encounter.period"},
};

class FhirPublishedTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    if (!fs::exists(published_folder() / "fhir")) return;
    data_ = std::make_unique<test::TemporaryFolder>();
    auto store = DataStore::open(data_->path());
    ASSERT_TRUE(store) << store.error().what;
    const auto imported = store->import(published_folder() / "fhir");
    ASSERT_TRUE(imported) << imported.error().what;
    auto formats = Formats::read(fs::path(BB_SOURCE_DIR) / "conformance/documents/formats.yaml");
    ASSERT_TRUE(formats);
    Selection selection;
    selection.has_own = false;
    checker_ = std::make_unique<DocumentChecker>(
        std::make_shared<Rules>(*std::move(formats), *std::move(store), selection, nullptr), CheckOptions{});
  }
  static void TearDownTestSuite() {
    checker_.reset();
    data_.reset();
  }
  void SetUp() override {
    if (checker_ == nullptr) GTEST_SKIP() << "no published documents at " << published_folder();
  }

  static std::string read(const fs::path& file) {
    auto bytes = read_text(file);
    EXPECT_TRUE(bytes) << bytes.error().what;
    return bytes ? *std::move(bytes) : std::string();
  }
  static DocumentReport check(const fs::path& file) { return checker_->check(file.filename().string(), read(file)); }

  static std::vector<std::string> errors_of(const DocumentReport& report) {
    std::vector<std::string> errors;
    for (const auto& finding : report.findings)
      if (finding.level == Level::error)
        errors.push_back(finding.rule + " " + finding.path + ": " + finding.message + " (found " + finding.found + ")");
    return errors;
  }

  // The texts of the errors of HL7's validator by file; of all settings of a case.
  static std::map<std::string, std::vector<std::string>> outcomes() {
    const auto all = parse_json(read(published_folder() / "expected/fhir-validator-outcomes.json"));
    std::map<std::string, std::vector<std::string>> errors;
    if (!all) return errors;
    for (const auto& one : *all->items()) {
      auto& texts = errors[fs::path(one["file"].string_or("")).filename().string()];
      if (const auto* issues = one["outcome"]["issue"].items())
        for (const auto& issue : *issues)
          if (const auto severity = issue["severity"].string_or(""); severity == "error" || severity == "fatal")
            texts.push_back(issue["details"]["text"].string_or(""));
    }
    return errors;
  }

  static inline std::unique_ptr<test::TemporaryFolder> data_;
  static inline std::unique_ptr<DocumentChecker> checker_;
};

TEST_F(FhirPublishedTest, NamesEveryStructuralDefectThatTheValidatorOfHl7Names) {
  const auto expected = outcomes();
  std::map<std::string, DocumentReport> reports;
  for (const auto& defect : defects) {
    SCOPED_TRACE(std::string(defect.file) + ": " + defect.theirs);
    const auto texts = expected.find(defect.file);
    ASSERT_NE(texts, expected.end());
    EXPECT_THAT(texts->second, testing::Contains(HasSubstr(defect.theirs)));
    if (!reports.contains(defect.file))
      reports.emplace(defect.file, check(published_folder() / "fhir/validator-cases" / defect.file));
    const auto& report = reports.at(defect.file);
    EXPECT_EQ(report.exit_status(), 1);
    EXPECT_THAT(errors_of(report),
                testing::Contains(testing::StartsWith(std::string(defect.rule) + " " + defect.path + ":")));
  }
}

TEST_F(FhirPublishedTest, KnowsWhyItSaysNothingOfTheOthers) {
  std::set<std::string> known;
  for (const auto& defect : defects) known.insert(defect.file);
  std::size_t count = 0;
  for (const auto& [file, errors] : outcomes()) {
    const auto report = check(published_folder() / "fhir/validator-cases" / file);
    if (errors.empty()) {
      EXPECT_THAT(errors_of(report), IsEmpty()) << file;
      continue;
    }
    ++count;
    EXPECT_NE(known.contains(file), others.contains(file)) << file << " has to be in one of the tables";
    if (others.contains(file)) {
      EXPECT_THAT(errors_of(report), IsEmpty()) << file << ": " << others.at(file);
    }
  }
  EXPECT_EQ(count, known.size() + others.size());
}

TEST_F(FhirPublishedTest, WarnsOfWhatItCannotEvaluate) {
  for (const auto& wanted : warnings) {
    EXPECT_TRUE(others.contains(wanted.file)) << wanted.file;
    const auto report = check(published_folder() / "fhir/validator-cases" / wanted.file);
    EXPECT_TRUE(std::any_of(report.findings.begin(), report.findings.end(),
                            [&](const Finding& finding) {
                              return finding.level == Level::warning && finding.rule == wanted.rule &&
                                     finding.path == wanted.path;
                            }))
        << wanted.file << ": " << wanted.path;
  }
}

TEST_F(FhirPublishedTest, FindsNoErrorInAnyExampleOfUsCore) {
  std::size_t count = 0;
  for (const auto& file : fs::directory_iterator(published_folder() / "fhir/examples/us-core-6.1.0")) {
    EXPECT_THAT(errors_of(check(file.path())), IsEmpty()) << file.path();
    ++count;
  }
  EXPECT_EQ(count, 183u);
}

// "There is no support for HTML entities like &nbsp; or &copy;" (narrative.html): five
// examples of CARIN have &reg; in the title of the guide.
TEST_F(FhirPublishedTest, FindsNothingButAnEntityInTheExamplesOfCarin) {
  std::size_t count = 0;
  std::size_t with_entity = 0;
  for (const auto& file : fs::directory_iterator(published_folder() / "fhir/examples/carin-bb-2.0.0")) {
    ++count;
    const auto errors = errors_of(check(file.path()));
    const bool has_entity = read(file.path()).find("&reg;") != std::string::npos;
    with_entity += has_entity ? 1 : 0;
    EXPECT_EQ(errors.size(), has_entity ? 1u : 0u) << file.path();
    for (const auto& error : errors) EXPECT_THAT(error, HasSubstr("Entity 'reg' not defined")) << file.path();
  }
  EXPECT_EQ(count, 32u);
  EXPECT_EQ(with_entity, 5u);
}

TEST_F(FhirPublishedTest, FindsNoErrorInWhatSyntheaMakes) {
  for (const auto& file : fs::directory_iterator(published_folder() / "fhir/synthea"))
    EXPECT_THAT(errors_of(check(file.path())), IsEmpty()) << file.path();
}

TEST_F(FhirPublishedTest, FindsNoErrorInTheCopiesThatWeWrite) {
  std::size_t count = 0;
  for (const auto& folder : {fs::path(BB_SOURCE_DIR) / "samples/records", published_folder() / "ccda/vendors/HL7"})
    for (const auto& file : fs::directory_iterator(folder)) {
      if (file.path().extension() != ".xml") continue;
      const auto record = records::read_record(read(file.path()));
      ASSERT_TRUE(record) << file.path() << ": " << record.error().what;
      EXPECT_THAT(errors_of(checker_->check("copy.json", records::write_fhir_bundle(*record))), IsEmpty())
          << file.path();
      ++count;
    }
  EXPECT_GE(count, 5u);
}

// Whatever status and kind a record has, what is written is a code of R4's value sets.
TEST_F(FhirPublishedTest, FindsNoErrorInAnyStatusThatWeWrite) {
  for (const auto* status :
       {"", "active", "completed", "aborted", "cancelled", "suspended", "held", "draft", "declined", "inactive",
        "resolved", "recurrence", "refused", "normal", "nullified", "entered-in-error", "active (provisional)"})
    for (const auto* mood : {"", "INT", "PRP", "PRMS", "ARQ", "RQO"}) {
      records::Record record;
      record.created = "2024-05-06T10:00:00Z";
      record.patient.name.family = "Doe";
      record.patient.gender = "female";
      const records::Code what{"", "", "", "thing"};
      record.allergies.emplace_back().substance = what;
      record.problems.emplace_back().problem = what;
      record.medications.emplace_back().drug = what;
      record.immunizations.emplace_back().vaccine = what;
      record.procedures.emplace_back().procedure = what;
      record.encounters.emplace_back().type = what;
      record.vital_signs.emplace_back().test = what;
      record.goals.emplace_back().test = what;
      record.devices.emplace_back().device = what;
      record.coverages.emplace_back().type = what;
      record.family_history.emplace_back().condition = what;
      record.claims.emplace_back().type = what;
      for (const auto* kind : {"act", "encounter", "medication", "observation", "procedure", "supply", "other"}) {
        auto& item = record.plan.emplace_back();
        item.kind = kind;
        item.what = what;
        item.mood = mood;
        item.status = status;
      }
      for (const auto* flavor : {"", "NI", "UNK", "ASKU", "NAV", "NASK", "MSK", "NA", "OTH", "UNC", "NINF", "QS"}) {
        auto& one = record.social_history.emplace_back();
        one.test = what;
        one.null_flavor = flavor;
      }
      const auto set_status = [&](auto& facts) { facts.back().status = status; };
      const auto set_mood = [&](auto& facts) { facts.back().mood = mood; };
      set_status(record.allergies);
      set_status(record.problems);
      set_status(record.medications);
      set_status(record.immunizations);
      set_status(record.procedures);
      set_status(record.vital_signs);
      set_status(record.goals);
      set_status(record.devices);
      set_status(record.coverages);
      set_status(record.family_history);
      set_status(record.claims);
      set_mood(record.medications);
      set_mood(record.immunizations);
      set_mood(record.procedures);
      set_mood(record.encounters);
      EXPECT_THAT(errors_of(checker_->check("copy.json", records::write_fhir_bundle(record))), IsEmpty())
          << status << " " << mood;
    }
}

// Claims come from text files of CMS.
TEST_F(FhirPublishedTest, FindsNoErrorInTheClaimsThatWeWrite) {
  std::size_t claims = 0;
  for (const auto& file : fs::directory_iterator(published_folder() / "bluebutton-text/cms")) {
    const auto record = records::read_record(read(file.path()));
    if (!record) continue;
    const auto copy = records::write_fhir_bundle(*record);
    EXPECT_THAT(errors_of(checker_->check("copy.json", copy)), IsEmpty()) << file.path();
    const auto again = records::read_record(copy);
    ASSERT_TRUE(again) << again.error().what;
    EXPECT_EQ(again->claims.size(), record->claims.size()) << file.path();
    claims += record->claims.size();
  }
  EXPECT_GE(claims, 5u);
}

// Version 1 of CMS Blue Button is FHIR STU3: its claims have the elements of that.
TEST_F(FhirPublishedTest, TellsTheReleaseOfCmsByTheElementsThatR4DoesNotHave) {
  for (const auto* name : {"eob_read_carrier_v1.json", "eob_read_in_pt_v1.json", "eob_read_out_pt_v1.json"}) {
    const auto errors = errors_of(check(published_folder() / "fhir/cms-blue-button-2.0" / name));
    EXPECT_THAT(errors, testing::Contains(HasSubstr("looks like FHIR STU3, it is not R4"))) << name;
    EXPECT_THAT(errors, testing::Contains(HasSubstr("fhir-unknown ExplanationOfBenefit."))) << name;
    EXPECT_THAT(errors, testing::Contains(HasSubstr("ExplanationOfBenefit.insurer is required"))) << name;
  }
  for (const auto& file : fs::directory_iterator(published_folder() / "fhir/cms-blue-button-2.0"))
    EXPECT_EQ(check(file.path()).failure, "") << file.path();
}

// The table of other releases names nothing that R4 has, by HL7's own definitions.
TEST_F(FhirPublishedTest, KnowsNothingOfR4AsOfAnotherRelease) {
  const auto formats = Formats::read(fs::path(BB_SOURCE_DIR) / "conformance/documents/formats.yaml");
  ASSERT_TRUE(formats);
  const auto published = parse_json(read(published_folder() / "fhir/definitions-r4/profiles-resources.json"));
  ASSERT_TRUE(published);
  std::map<std::string, std::set<std::string>> paths;  // by resource, "Patient.animal"
  for (const auto& entry : *(*published)["entry"].items()) {
    const auto& one = entry["resource"];
    if (one["resourceType"].string_or("") != "StructureDefinition" || one["kind"].string_or("") != "resource") continue;
    auto& own = paths[one["type"].string_or("")];
    for (const auto& element : *one["snapshot"]["element"].items()) {
      const auto path = element["path"].string_or("");
      if (!path.ends_with("[x]")) own.insert(path);
      if (const auto* types = element["type"].items(); types != nullptr && path.ends_with("[x]"))
        for (const auto& type : *types) {
          auto word = type["code"].string_or("");
          word[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(word[0])));
          own.insert(path.substr(0, path.size() - 3) + word);
        }
    }
  }
  ASSERT_GT(paths.size(), 140u);
  EXPECT_EQ(formats->fhir_releases().size(), 4u);
  for (const auto& release : formats->fhir_releases()) {
    EXPECT_FALSE(release.types.empty()) << release.title;
    for (const auto& type : release.types) EXPECT_FALSE(paths.contains(type)) << release.title << ": " << type;
    for (const auto& [type, names] : release.elements) {
      ASSERT_TRUE(paths.contains(type)) << release.title << ": " << type;
      for (const auto& name : names)
        EXPECT_FALSE(paths.at(type).contains(type + "." + name)) << release.title << ": " << type << "." << name;
    }
  }
}

// What is cut off somewhere is one error at its place, and no crash.
TEST_F(FhirPublishedTest, RefusesEveryTruncationOfADocument) {
  const auto whole = read(published_folder() / "fhir/examples/us-core-6.1.0/Patient-example.json");
  ASSERT_GT(whole.size(), 1000u);
  for (std::size_t cut = 1; cut <= 200; ++cut) {
    const auto part = whole.substr(0, (whole.size() - 2) * cut / 201);
    const auto report = checker_->check("cut.json", part);
    EXPECT_EQ(report.exit_status(), 1) << part.size();
    EXPECT_EQ(report.findings.size(), 1u) << part.size();
  }
}

}  // namespace
}  // namespace bb::documents
