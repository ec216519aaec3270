// A record as a FHIR document, and the facts of the document again.
// tests/records/fhir_copy_oracle.py judges it by what HL7 published.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <bb/core/json.hpp>
#include <bb/records/fhir.hpp>
#include <bb/records/read.hpp>

#include "records/test_data.hpp"

namespace bb::records {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

constexpr const char* snomed = "2.16.840.1.113883.6.96";
constexpr const char* rxnorm = "2.16.840.1.113883.6.88";
constexpr const char* loinc = "2.16.840.1.113883.6.1";

Record again(const Record& record) {
  auto read = read_record(write_fhir_bundle(record));
  EXPECT_TRUE(read) << (read ? "" : read.error().what);
  return read ? *read : Record{};
}

Code coded(const char* code, const char* system, const char* name, const char* display) {
  return {code, system, name, display};
}

Observation observed(Code test, const char* value, const char* unit) {
  Observation observation;
  observation.test = std::move(test);
  observation.value = value;
  observation.unit = unit;
  observation.date = "2024-05-06";
  observation.status = "completed";
  return observation;
}

TEST(FhirWriterTest, WritesADocumentWhoseCompositionIsFirst) {
  const auto bundle = parse_json(write_fhir_bundle(read_sample("alice")));
  ASSERT_TRUE(bundle);
  EXPECT_EQ((*bundle)["type"].string_or(""), "document");
  const auto& composition = (*bundle)["entry"][std::size_t{0}]["resource"];
  EXPECT_EQ(composition["resourceType"].string_or(""), "Composition");
  std::vector<std::string> titles;
  for (const auto& section : *composition["section"].items()) {
    titles.push_back(section["title"].string_or(""));
    EXPECT_THAT(section["text"]["div"].string_or(""), HasSubstr("<table>")) << titles.back();
    EXPECT_GT(section["entry"].size(), 0U) << titles.back();
  }
  EXPECT_THAT(titles, ElementsAre("Allergies", "Problems", "Medications", "Immunizations", "Results", "Vital signs",
                                  "Encounters", "Social history"));
}

TEST(FhirWriterTest, IsACollectionWhereTheRecordHasNoDate) {
  EXPECT_THAT(write_fhir_bundle({}), HasSubstr(R"("type": "collection")"));
}

TEST(FhirWriterTest, KeepsThePatient) {
  auto record = read_sample("alice");
  Contact contact;
  contact.name = "Eve Newman";
  contact.telecoms = {"tel:+1-555-0100"};
  record.contacts = {contact};
  const auto read = again(record);
  EXPECT_EQ(read.patient, record.patient);
  ASSERT_THAT(read.contacts, SizeIs(1));
  EXPECT_EQ(read.contacts[0].name, contact.name);
  EXPECT_EQ(read.contacts[0].telecoms, contact.telecoms);
  EXPECT_EQ(read.author, record.author);
  EXPECT_EQ(read.custodian, record.custodian);
}

TEST(FhirWriterTest, KeepsAMedicationWithItsDose) {
  Record record;
  Medication medication;
  medication.drug = coded("314076", rxnorm, "RxNorm", "lisinopril 10 MG");
  medication.dose = "2.5 tablet";
  medication.rate = "90 ml/min";
  medication.max_dose = "4 tablet per 24 h";
  medication.route = "by mouth";
  medication.frequency = "every 4 to 6 hours";
  medication.instructions = "with food";
  medication.start = "2024-01";
  medication.stop = "2024-02-03";
  medication.status = "suspended";
  medication.source = "self-entered";
  for (const auto* frequency : {"every 4 to 6 hours", "every 12 hours", "at bedtime", "between meals", "as told"}) {
    medication.frequency = frequency;
    record.medications = {medication};
    const auto read = again(record);
    ASSERT_THAT(read.medications, SizeIs(1));
    const auto& m = read.medications[0];
    EXPECT_EQ(m.drug, medication.drug);
    EXPECT_EQ(m.dose + "|" + m.rate + "|" + m.max_dose, "2.5 tablet|90 ml/min|4 tablet per 24 h");
    EXPECT_EQ(m.route + "|" + m.frequency + "|" + m.instructions, "by mouth|" + std::string(frequency) + "|with food");
    EXPECT_EQ(m.start + "|" + m.stop + "|" + m.status + "|" + m.source, "2024-01|2024-02-03|suspended|self-entered");
  }
}

TEST(FhirWriterTest, KeepsABodySiteAndItsSide) {
  const auto left = coded("7771000", snomed, "SNOMED CT", "Left");
  const auto femur = coded("71341001", snomed, "SNOMED CT", "Bone structure of femur");
  for (const auto& site : {femur, Code{}}) {
    Record record;
    record.problems.push_back({.problem = {"", "", "", "fracture"},
                               .status = {},
                               .onset = {},
                               .resolved = {},
                               .body_site = site,
                               .laterality = left});
    record.procedures.push_back({.procedure = {"", "", "", "surgery"},
                                 .start = {},
                                 .end = {},
                                 .mood = {},
                                 .status = {},
                                 .body_site = site,
                                 .performer = {},
                                 .laterality = left});
    const auto read = again(record);
    ASSERT_THAT(read.problems, SizeIs(1));
    EXPECT_EQ(read.problems[0].body_site, site);
    EXPECT_EQ(read.problems[0].laterality, left);
    ASSERT_THAT(read.procedures, SizeIs(1));
    EXPECT_EQ(read.procedures[0].body_site, site);
    EXPECT_EQ(read.procedures[0].laterality, left);
  }
}

TEST(FhirWriterTest, KeepsADoseThatHasAUnitAlone) {
  for (const auto& [dose, json] : {std::pair<const char*, const char*>{"CAPSULE", R"("unit": "CAPSULE")"},
                                   {"code C25158 of NCI Thesaurus", R"("code": "C25158")"}}) {
    Record record;
    record.medications.push_back({.drug = {"", "", "", "drug"},
                                  .dose = dose,
                                  .rate = {},
                                  .max_dose = {},
                                  .route = {},
                                  .frequency = {},
                                  .instructions = "with food",
                                  .start = {},
                                  .stop = {},
                                  .mood = {},
                                  .status = {}});
    EXPECT_THAT(write_fhir_bundle(record), HasSubstr(json));
    const auto read = again(record);
    ASSERT_THAT(read.medications, SizeIs(1));
    EXPECT_EQ(read.medications[0].dose, dose);
    EXPECT_EQ(read.medications[0].instructions, "with food");
  }
}

// The profiles of the resources that are of this type.
std::vector<std::string> profiles_of(const Record& record, const std::string& type) {
  const auto bundle = parse_json(write_fhir_bundle(record));
  EXPECT_TRUE(bundle);
  std::vector<std::string> profiles;
  for (const auto& entry : *(*bundle)["entry"].items()) {
    if (entry["resource"]["resourceType"].string_or("") != type) continue;
    const auto url = entry["resource"]["meta"]["profile"][std::size_t{0}].string_or("none");
    profiles.push_back(url.substr(url.rfind('/') + 1));
  }
  return profiles;
}

TEST(FhirWriterTest, ClaimsTheProfileOfAVitalSignWhereItsUnitFits) {
  // The codes and units of US Core 6.1.0: us-core-body-height and its kin.
  const std::vector<std::pair<Observation, std::string>> cases = {
      {observed(coded("8302-2", loinc, "LOINC", "Height"), "177", "cm"), "us-core-body-height"},
      {observed(coded("8302-2", loinc, "LOINC", "Height"), "177", "m"), "us-core-vital-signs"},
      {observed(coded("29463-7", loinc, "LOINC", "Weight"), "180", "[lb_av]"), "us-core-body-weight"},
      {observed(coded("39156-5", loinc, "LOINC", "BMI"), "26", "kg/m2"), "us-core-bmi"},
      {observed(coded("8310-5", loinc, "LOINC", "Temperature"), "37.1", "Cel"), "us-core-body-temperature"},
      {observed(coded("8867-4", loinc, "LOINC", "Heart rate"), "72", "/min"), "us-core-heart-rate"},
      {observed(coded("8867-4", loinc, "LOINC", "Heart rate"), "72", ""), "us-core-vital-signs"},
      {observed(coded("8867-4", loinc, "LOINC", "Heart rate"), "fast", ""), "us-core-vital-signs"},
      {observed(coded("8867-4", snomed, "SNOMED CT", "Heart rate"), "72", "/min"), "us-core-vital-signs"},
      {observed(coded("9279-1", loinc, "LOINC", "Breaths"), "16", "/min"), "us-core-respiratory-rate"},
      {observed(coded("9843-4", loinc, "LOINC", "Head"), "40", "cm"), "us-core-head-circumference"},
  };
  for (const auto& [observation, profile] : cases) {
    Record record;
    record.vital_signs = {observation};
    EXPECT_THAT(profiles_of(record, "Observation"), ElementsAre(profile)) << observation.test.display;
  }
}

TEST(FhirWriterTest, ClaimsNoProfileOfAVitalSignWhoseDayIsNotKnown) {
  Record record;
  record.vital_signs = {observed(coded("8867-4", loinc, "LOINC", "Heart rate"), "72", "/min")};
  for (const auto* date : {"2024", "2024-05"}) {
    record.vital_signs[0].date = date;
    EXPECT_THAT(profiles_of(record, "Observation"), ElementsAre("none")) << date;
  }
  record.vital_signs[0].date.clear();
  EXPECT_THAT(profiles_of(record, "Observation"), ElementsAre("us-core-heart-rate"));
}

TEST(FhirWriterTest, SaysThatRequesterAndTimeOfIssueAreNotKnown) {
  // us-core-21 and us-core-9 ask for them.
  Record record;
  record.medications.resize(2);
  record.medications[1].mood = "PRP";
  record.results.resize(2);
  record.results[0].panel = record.results[1].panel = coded("58410-2", loinc, "LOINC", "CBC");
  record.results[0].date = "2024-05-06";
  const auto bundle = parse_json(write_fhir_bundle(record));
  std::vector<bool> has;
  for (const auto& entry : *(*bundle)["entry"].items()) {
    const auto& resource = entry["resource"];
    const auto type = resource["resourceType"].string_or("");
    if (type == "MedicationRequest") has.push_back(resource.find("requester") != nullptr);
    if (type == "DiagnosticReport") has.push_back(resource.find("_issued") != nullptr);
  }
  EXPECT_THAT(has, ElementsAre(true, false, true, false));
}

TEST(FhirWriterTest, PairsABloodPressureWhereBothHaveAUnit) {
  Record record;
  record.vital_signs = {observed(coded("8480-6", loinc, "LOINC", "Systolic"), "120", ""),
                        observed(coded("8462-4", loinc, "LOINC", "Diastolic"), "80", "mm[Hg]")};
  EXPECT_THAT(profiles_of(record, "Observation"), ElementsAre("us-core-vital-signs", "us-core-vital-signs"));
  record.vital_signs[0].unit = "mm[Hg]";
  EXPECT_THAT(profiles_of(record, "Observation"), ElementsAre("us-core-blood-pressure"));
}

TEST(FhirWriterTest, ClaimsTheProfileOfASmokingStatusThatIsACode) {
  Record record;
  auto status = observed(coded("72166-2", loinc, "LOINC", "Tobacco smoking status"), "Never smoker", "");
  record.social_history = {status};
  EXPECT_THAT(profiles_of(record, "Observation"), ElementsAre("none"));
  status.value_code = coded("266919005", snomed, "SNOMED CT", "Never smoker");
  record.social_history = {status};
  EXPECT_THAT(profiles_of(record, "Observation"), ElementsAre("us-core-smokingstatus"));
  status.end = "2024-06-01";
  record.social_history = {status};
  EXPECT_THAT(profiles_of(record, "Observation"), ElementsAre("none"));
}

TEST(FhirWriterTest, SaysTheSexOfThePatientWhereItWasObserved) {
  Record record;
  EXPECT_THAT(write_fhir_bundle(record), Not(HasSubstr("us-core-sex")));
  auto sex = observed(coded("46098-0", loinc, "LOINC", "Sex"), "Female", "");
  sex.value_code = coded("248152003", snomed, "SNOMED CT", "Female");
  auto birth_sex = observed(coded("76689-9", loinc, "LOINC", "Sex assigned at birth"), "Male", "");
  birth_sex.value_code = coded("M", "2.16.840.1.113883.5.1", "AdministrativeGender", "Male");
  record.social_history = {sex, birth_sex};
  const auto bundle = parse_json(write_fhir_bundle(record));
  std::vector<std::string> said;
  for (const auto& entry : *(*bundle)["entry"].items())
    for (std::size_t i = 0; i < entry["resource"]["extension"].size(); ++i) {
      const auto& extension = entry["resource"]["extension"][i];
      said.push_back(extension["url"].string_or("") + " " + extension["valueCode"].string_or(""));
    }
  EXPECT_THAT(said, ElementsAre("http://hl7.org/fhir/us/core/StructureDefinition/us-core-sex 248152003",
                                "http://hl7.org/fhir/us/core/StructureDefinition/us-core-birthsex M"));
}

TEST(FhirWriterTest, KeepsValuesOfEveryKind) {
  Record record;
  const auto test = coded("718-7", loinc, "LOINC", "Hemoglobin");
  record.vital_signs = {observed(coded("8480-6", loinc, "LOINC", "Systolic"), "120", "mm[Hg]"),
                        observed(coded("8462-4", loinc, "LOINC", "Diastolic"), "80", "mm[Hg]"),
                        observed(coded("8867-4", loinc, "LOINC", "Heart rate"), "72", "/min")};
  ResultPanel panel;
  panel.panel = coded("58410-2", loinc, "LOINC", "CBC");
  panel.date = "2024-05-06";
  panel.observations = {observed(test, "13.2", "g/dL"), observed(test, "<5", "g/dL"), observed(test, "12-16", "g/dL"),
                        observed(test, "trace", ""), observed(test, "", "")};
  panel.observations[0].interpretation = "H";
  panel.observations[0].reference_range = "12-16 g/dL";
  panel.observations[3].value_code = coded("260405006", snomed, "SNOMED CT", "trace");
  panel.observations[4].null_flavor = "NASK";
  record.results = {panel};
  const auto read = again(record);
  EXPECT_THAT(write_fhir_bundle(record), HasSubstr("us-core-blood-pressure"));
  ASSERT_THAT(read.vital_signs, SizeIs(3));
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(read.vital_signs[i].test, record.vital_signs[i].test);
    EXPECT_EQ(read.vital_signs[i].value, record.vital_signs[i].value);
    EXPECT_EQ(read.vital_signs[i].unit, record.vital_signs[i].unit);
  }
  ASSERT_THAT(read.results, SizeIs(1));
  EXPECT_EQ(read.results[0].panel, panel.panel);
  for (std::size_t i = 0; i < panel.observations.size(); ++i) {
    const auto &r = read.results[0].observations[i], &o = panel.observations[i];
    EXPECT_EQ(r.value + r.unit, o.value + o.unit);
    EXPECT_EQ(r.value_code, o.value_code);
    EXPECT_EQ(r.interpretation + r.reference_range + r.null_flavor,
              o.interpretation + o.reference_range + o.null_flavor);
    EXPECT_EQ(r.status + r.date, "completed2024-05-06");
  }
}

TEST(FhirWriterTest, KeepsCareAndCoverage) {
  Record record;
  PlanItem item;
  item.kind = "act";
  item.what = coded("73761001", snomed, "SNOMED CT", "Colonoscopy");
  item.date = "2025-01";
  item.mood = "INT";
  record.plan = {item};
  record.goals = {observed(coded("29463-7", loinc, "LOINC", "Weight"), "70", "kg")};
  record.goals[0].status = "active";
  CareTeamMember member;
  member.name = "Dr. Ada Grey";
  member.role.display = "Primary care";
  member.organization = "Clinic";
  member.telecoms = {"mailto:ada@clinic.example"};
  record.care_team = {member};
  Coverage coverage;
  coverage.type.display = "HMO";
  coverage.plan = "Gold";
  coverage.payer = "Payer";
  coverage.member_id = "M1";
  coverage.group_id = "G1";
  coverage.status = "active";
  record.coverages = {coverage};
  FamilyCondition family;
  family.relative.display = "mother";
  family.condition.display = "asthma";
  family.onset = "45 years";
  record.family_history = {family};
  Device device;
  device.device.display = "pacemaker";
  device.id = "S-1";
  record.devices = {device};
  Note note;
  note.type.display = "Progress note";
  note.text = "Doing well.";
  note.date = "2024-05";
  record.notes = {note};
  const auto read = again(record);
  ASSERT_THAT(read.plan, SizeIs(1));
  EXPECT_EQ(read.plan[0].what, item.what);
  EXPECT_EQ(read.plan[0].date + read.plan[0].mood, "2025-01INT");
  ASSERT_THAT(read.goals, SizeIs(1));
  EXPECT_EQ(read.goals[0].test, record.goals[0].test);
  EXPECT_EQ(read.goals[0].value + read.goals[0].unit + read.goals[0].status, "70kgactive");
  ASSERT_THAT(read.care_team, SizeIs(1));
  EXPECT_EQ(read.care_team[0].name + read.care_team[0].organization, "Dr. Ada GreyClinic");
  EXPECT_EQ(read.care_team[0].telecoms, member.telecoms);
  ASSERT_THAT(read.coverages, SizeIs(1));
  const auto& c = read.coverages[0];
  EXPECT_EQ(c.type.display + c.plan + c.payer + c.member_id + c.group_id + c.status, "HMOGoldPayerM1G1active");
  ASSERT_THAT(read.family_history, SizeIs(1));
  EXPECT_EQ(read.family_history[0].onset, "45 years");
  ASSERT_THAT(read.devices, SizeIs(1));
  EXPECT_EQ(read.devices[0].id, "S-1");
  ASSERT_THAT(read.notes, SizeIs(1));
  EXPECT_EQ(read.notes[0].text + read.notes[0].date, "Doing well.2024-05");
}

TEST(FhirWriterTest, KeepsClaims) {
  Claim claim;
  claim.id = "C-7";
  claim.type.display = "Part B";
  claim.status = "active";
  claim.provider = "Clinic";
  claim.start = "2024-01-02";
  claim.end = "2024-01-03";
  claim.charged = "104.9";
  claim.approved = "80.25";
  claim.paid = "64";
  claim.patient_owes = "16.25";
  claim.currency = "USD";
  claim.diagnoses = {coded("I10", "2.16.840.1.113883.6.90", "ICD-10-CM", "Hypertension")};
  ClaimItem item;
  item.number = "3";
  item.service = coded("99213", "2.16.840.1.113883.6.12", "CPT", "Office visit");
  item.modifiers = {Code{{}, {}, {}, "bilateral"}};
  item.start = "2024-01-02";
  item.quantity = "2";
  item.charged = "50";
  item.allowed = "40.5";
  item.place.display = "Office";
  item.type.display = "Medical care";
  item.provider = "Dr. Grey";
  claim.items = {item, item};
  claim.items[1].number = "4";
  claim.items[1].end = "2024-01-03";
  claim.items[1].provider = "Dr. White";
  Record record;
  record.claims = {claim, Claim{}};
  record.claims[1].id = "C-8";
  const auto text = write_fhir_bundle(record);
  EXPECT_THAT(text, HasSubstr("Lines of claim C-7")) << "people read them too";
  const auto read = again(record);
  ASSERT_THAT(read.claims, SizeIs(2));
  const auto& c = read.claims[0];
  EXPECT_EQ(c.id + c.type.display + c.status + c.provider + c.start + c.end,
            "C-7Part BactiveClinic2024-01-022024-01-03");
  EXPECT_EQ(c.charged + "|" + c.approved + "|" + c.paid + "|" + c.patient_owes + c.currency, "104.9|80.25|64|16.25USD");
  EXPECT_EQ(c.diagnoses, claim.diagnoses);
  ASSERT_THAT(c.items, SizeIs(2));
  for (std::size_t i = 0; i < 2; ++i) {
    const auto &r = c.items[i], &w = claim.items[i];
    EXPECT_EQ(r.number + r.start + r.end + r.quantity, w.number + w.start + w.end + w.quantity);
    EXPECT_EQ(r.charged + r.allowed + r.provider, w.charged + w.allowed + w.provider);
    EXPECT_EQ(r.service, w.service);
    EXPECT_EQ(r.modifiers, w.modifiers);
    EXPECT_EQ(r.place.display + r.type.display, "OfficeMedical care");
  }
  EXPECT_EQ(read.claims[1].id, "C-8");
  EXPECT_EQ(read.claims[1].charged + read.claims[1].status, "") << "nothing is made up";
}

TEST(FhirWriterTest, KeepsDoubtsAndTimesInWords) {
  Record record;
  Problem problem;
  problem.problem.display = "gout";
  problem.status = "active (provisional)";
  problem.onset = "at age 30 years";
  record.problems.push_back(problem);
  Procedure procedure;
  procedure.procedure.display = "surgery";
  procedure.start = "in school";
  record.procedures.push_back(procedure);
  Immunization vaccine;
  vaccine.vaccine.display = "tetanus";
  vaccine.date = "as a baby";
  record.immunizations.push_back(vaccine);
  Medication medication;
  medication.drug.display = "drug";
  medication.dose = "10 mg; 40 mg";
  medication.frequency = "in the morning; at bedtime";
  record.medications.push_back(medication);
  EXPECT_THAT(write_fhir_bundle(record), HasSubstr("\"provisional\""));
  const auto read = again(record);
  ASSERT_EQ(read.problems.size(), 1u);
  EXPECT_EQ(read.problems[0].status, "active (provisional)");
  EXPECT_EQ(read.problems[0].onset, "at age 30 years");
  ASSERT_EQ(read.procedures.size(), 1u);
  EXPECT_EQ(read.procedures[0].start, "in school");
  ASSERT_EQ(read.immunizations.size(), 1u);
  EXPECT_EQ(read.immunizations[0].date, "as a baby");
  ASSERT_EQ(read.medications.size(), 1u);
  EXPECT_EQ(read.medications[0].frequency, "in the morning; at bedtime");
  EXPECT_EQ(read.medications[0].instructions, "10 mg; 40 mg") << "no number says it";
}

TEST(FhirWriterTest, KeepsWhatIsNotSo) {
  Record record;
  const auto gout = coded("90560007", snomed, "SNOMED CT", "Gout");
  record.absences = {{"allergies", "none_known", {}, "", 0},
                     {"problems", "negated", gout, "", 0},
                     {"medications", "none_known", {}, "", 0},
                     {"procedures", "unknown", {}, "NASK", 0}};
  const auto read = again(record);
  EXPECT_THAT(read.allergies, IsEmpty());
  EXPECT_THAT(read.problems, IsEmpty());
  std::vector<std::string> absences;
  for (const auto& a : read.absences) absences.push_back(a.section + " " + a.kind + " " + a.what.code + a.null_flavor);
  EXPECT_THAT(absences, ::testing::UnorderedElementsAre("allergies none_known 716186003", "problems negated 90560007",
                                                        "medications none_known ", "procedures unknown NASK"));
}

TEST(FhirWriterTest, KeepsAnAllergyWithItsReactions) {
  Record record;
  Allergy allergy;
  allergy.substance = coded("91936005", snomed, "SNOMED CT", "Penicillin");
  allergy.type = coded("416098002", snomed, "SNOMED CT", "Allergy to drug");
  allergy.reactions = {coded("247472004", snomed, "SNOMED CT", "Hives")};
  allergy.severity = coded("6736007", snomed, "SNOMED CT", "moderate");
  allergy.status = "active";
  allergy.onset = "2001";
  allergy.source = "self-entered";
  for (const auto* status : {"active", "inactive", "resolved", "entered-in-error"}) {
    allergy.status = status;
    record.allergies = {allergy};
    const auto read = again(record);
    ASSERT_THAT(read.allergies, SizeIs(1));
    const auto& a = read.allergies[0];
    EXPECT_EQ(a.substance, allergy.substance);
    EXPECT_EQ(a.type, allergy.type);
    EXPECT_EQ(a.reactions, allergy.reactions);
    EXPECT_EQ(a.severity, allergy.severity);
    EXPECT_EQ(a.status + a.onset + a.source, std::string(status) + "2001self-entered");
  }
}

}  // namespace
}  // namespace bb::records
