// FHIR R4 into the record: one thing at a time. tests/records/fhir_oracle.py counts
// the facts of published files.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <bb/core/json.hpp>
#include <bb/records/read.hpp>
#include <bb/records/record_value.hpp>

#include <chrono>
#include <ctime>

#include "records/test_data.hpp"

namespace bb::records {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

Record read_json(const std::string& json) {
  auto record = read_record(json);
  EXPECT_TRUE(record) << (record ? "" : record.error().what) << json;
  return record ? *record : Record{};
}

// "{"resourceType": type, members}"
Record resource(const std::string& type, const std::string& members) {
  return read_json("{\"resourceType\":\"" + type + "\"," + members + "}");
}

std::string bundle_of(const std::vector<std::string>& resources) {
  std::string entries;
  for (const auto& one : resources) entries += (entries.empty() ? "" : ",") + ("{\"resource\":" + one + "}");
  return R"({"resourceType":"Bundle","type":"collection","entry":[)" + entries + "]}";
}

std::string concept_json(const std::string& system, const std::string& code, const std::string& display) {
  return R"({"coding":[{"system":")" + system + R"(","code":")" + code + R"(","display":")" + display + R"("}]})";
}

TEST(FhirReaderTest, KeepsThePatientAsItIsSaid) {
  const auto record = resource("Patient", R"("id":"1","identifier":[
    {"system":"urn:oid:1.2.3","value":"A"},{"system":"http://hl7.org/fhir/sid/us-ssn","value":"B"},
    {"system":"http://hospital.example","value":"C"},{"system":"urn:ietf:rfc:3986","value":"urn:uuid:d"}],
    "name":[{"use":"maiden","family":"Old"},{"given":["Ann","B."],"family":"New"},{"use":"official","text":"Ann B. New"}],
    "telecom":[{"system":"phone","value":"+1-555-0100"},{"system":"email","value":"a@b.example"},{"value":"x"}],
    "gender":"female","birthDate":"1970-02","deceasedBoolean":false,
    "communication":[{"language":{"coding":[{"code":"en"}]}},{"language":{"coding":[{"code":"es"}]},"preferred":true}],
    "extension":[{"url":"http://hl7.org/fhir/us/core/StructureDefinition/us-core-race","extension":[
      {"url":"ombCategory","valueCoding":{"system":"urn:oid:2.16.840.1.113883.6.238","code":"2106-3","display":"White"}},
      {"url":"detailed","valueCoding":{"system":"urn:oid:2.16.840.1.113883.6.238","code":"2108-9","display":"European"}},
      {"url":"text","valueString":"White"}]}],
    "contact":[{"relationship":[{"text":"mother"}],"name":{"text":"Eve New"}}])");
  const auto& p = record.patient;
  EXPECT_EQ(record.format, "FHIR R4");
  EXPECT_EQ(p.name.full(), "Ann B. New");
  EXPECT_THAT(p.ids, ElementsAre(Identifier{"1.2.3", "A"}, Identifier{"2.16.840.1.113883.4.1", "B"},
                                 Identifier{"http://hospital.example", "C"}, Identifier{"d", ""}));
  EXPECT_THAT(p.telecoms, ElementsAre("tel:+1-555-0100", "mailto:a@b.example", "x"));
  EXPECT_EQ(p.birth_date, "1970-02");
  EXPECT_EQ(p.deceased, "no");
  EXPECT_EQ(p.language, "es");
  EXPECT_EQ(p.race.code, "2106-3");
  EXPECT_EQ(p.race.system_name, "CDC Race and Ethnicity");
  EXPECT_THAT(p.further_races, SizeIs(1));
  ASSERT_THAT(record.contacts, SizeIs(1));
  EXPECT_EQ(record.contacts[0].name, "Eve New");
}

TEST(FhirReaderTest, CallsARelatedPersonAContact) {
  const auto record = read_json(
      bundle_of({R"({"resourceType":"RelatedPerson","name":[{"text":"Eve New"}],"relationship":[{"text":"mother"}],
        "telecom":[{"system":"phone","value":"1"}]})"}));
  ASSERT_THAT(record.contacts, SizeIs(1));
  EXPECT_EQ(record.contacts[0].name, "Eve New");
  EXPECT_EQ(record.contacts[0].relationship.display, "mother");
  EXPECT_THAT(record.contacts[0].telecoms, ElementsAre("tel:1"));
}

TEST(FhirReaderTest, SaysWhatIsNotSo) {
  const auto snomed = [](const std::string& code) { return concept_json("http://snomed.info/sct", code, "words"); };
  const auto record = read_json(bundle_of({
      R"({"resourceType":"AllergyIntolerance","code":)" + snomed("716186003") + "}",
      R"({"resourceType":"AllergyIntolerance","verificationStatus":{"coding":[{"code":"refuted"}]},"code":)" +
          snomed("91936005") + "}",
      R"({"resourceType":"Condition","_code":{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/data-absent-reason","valueCode":"not-asked"}]}})",
      R"({"resourceType":"Procedure","status":"not-done","code":)" + snomed("80146002") + "}",
      R"({"resourceType":"MedicationStatement","status":"not-taken","medicationCodeableConcept":)" +
          snomed("372756006") + "}",
      R"({"resourceType":"Encounter","status":"cancelled","type":[)" + snomed("185349003") + "]}",
  }));
  std::vector<std::string> absences;
  for (const auto& a : record.absences)
    absences.push_back(a.section + " " + a.kind + " " + a.what.code + a.null_flavor);
  EXPECT_THAT(absences, ElementsAre("allergies none_known 716186003", "allergies negated 91936005",
                                    "problems unknown NASK", "procedures negated 80146002",
                                    "medications negated 372756006", "encounters negated 185349003"));
  EXPECT_THAT(record.allergies, IsEmpty());
}

TEST(FhirReaderTest, KeepsRefusedVaccinesAndStatementsInError) {
  const auto record = read_json(bundle_of({
      R"({"resourceType":"Immunization","status":"not-done","vaccineCode":)" +
          concept_json("http://hl7.org/fhir/sid/cvx", "140", "flu") + "}",
      R"({"resourceType":"Condition","verificationStatus":{"coding":[{"code":"entered-in-error"}]},"code":{"text":"gout"}})",
  }));
  ASSERT_THAT(record.immunizations, SizeIs(1));
  EXPECT_EQ(record.immunizations[0].status, "refused");
  ASSERT_THAT(record.problems, SizeIs(1));
  EXPECT_EQ(record.problems[0].status, "entered-in-error");
}

// "{"fullUrl": url, "resource": resource}" of a Bundle.
std::string collection_of(const std::vector<std::pair<std::string, std::string>>& entries) {
  std::string text;
  for (const auto& [url, one] : entries)
    text += (text.empty() ? "" : ",") + (R"({"fullUrl":")" + url + R"(","resource":)" + one + "}");
  return R"({"resourceType":"Bundle","type":"collection","entry":[)" + text + "]}";
}

// FHIR R4, bundle.html#references: a relative reference is of the root of the full URL.
TEST(FhirReaderTest, FollowsRelativeReferencesOnTheirServer) {
  const std::string request =
      R"({"resourceType":"MedicationRequest","medicationReference":{"reference":"Medication/1","display":"shown"}})";
  const std::pair<std::string, std::string> of_a{"http://a/Medication/1",
                                                 R"({"resourceType":"Medication","id":"1","code":{"text":"Aspirin"}})"};
  const std::pair<std::string, std::string> of_b{
      "http://b/Medication/1", R"({"resourceType":"Medication","id":"1","code":{"text":"Warfarin"}})"};
  const auto drug_of = [](const std::vector<std::pair<std::string, std::string>>& entries) {
    const auto record = read_json(collection_of(entries));
    return record.medications.size() == 1 ? record.medications[0].drug.display : "not one";
  };
  EXPECT_EQ(drug_of({of_a, of_b, {"http://b/MedicationRequest/1", request}}), "Warfarin");
  EXPECT_EQ(drug_of({of_a, of_b, {"http://a/MedicationRequest/1", request}}), "Aspirin");
  EXPECT_EQ(drug_of({of_a, {"http://b/MedicationRequest/1", request}}), "shown") << "it is on another server";
  EXPECT_EQ(drug_of({of_a, of_b, {"urn:uuid:1", request}}), "shown") << "nobody knows which";
  EXPECT_EQ(drug_of({of_a, {"urn:uuid:1", request}}), "Aspirin");
}

// Nobody else's facts without a word.
TEST(FhirReaderTest, TellsThatFactsAreOfSomebodyElse) {
  const auto others_of = [](const std::string& subject) {
    const auto record = read_json(collection_of(
        {{"http://a/Patient/1", R"({"resourceType":"Patient","id":"1"})"},
         {"http://a/Condition/1",
          R"({"resourceType":"Condition","code":{"text":"x"},"subject":{"reference":")" + subject + "\"}}"}}));
    std::string others;
    for (const auto& other : record.other_patients) others += other.ids[0].extension + " ";
    return others;
  };
  EXPECT_EQ(others_of("Patient/1"), "");
  EXPECT_EQ(others_of("Patient/2"), "http://a/Patient/2 ");
  EXPECT_EQ(others_of("http://b/Patient/1"), "http://b/Patient/1 ");
  EXPECT_EQ(others_of("Group/2"), "");
  EXPECT_EQ(others_of("urn:uuid:6e0c1a5c-0d5e-4a8c-9d0e-3a1f0c7b2d11"),
            "urn:uuid:6e0c1a5c-0d5e-4a8c-9d0e-3a1f0c7b2d11 ");
  const std::string of_3 = R"({"resourceType":"Condition","code":{"text":"x"},"subject":{"reference":"Patient/3"}})";
  const std::string of_4 = R"({"resourceType":"Condition","code":{"text":"y"},"subject":{"reference":"Patient/4"}})";
  EXPECT_THAT(read_json(bundle_of({of_3, of_3})).other_patients, IsEmpty());
  EXPECT_THAT(read_json(bundle_of({of_3, of_4})).other_patients, SizeIs(1));
}

TEST(FhirReaderTest, FindsThePatientThatAResourceContains) {
  const auto record = resource("Condition", R"("code":{"text":"x"},"subject":{"reference":"#p"},
    "contained":[{"resourceType":"Patient","id":"p","name":[{"text":"Ann New"}],"birthDate":"1980-05-05"}])");
  EXPECT_EQ(record.patient.name.full(), "Ann New");
  EXPECT_EQ(record.patient.birth_date, "1980-05-05");
  EXPECT_THAT(record.other_patients, IsEmpty());
}

TEST(FhirReaderTest, PrefersTheNameOfToday) {
  const auto name_of = [](const std::string& names) {
    return resource("Patient", "\"name\":[" + names + "]").patient.name.full();
  };
  const std::string expired = R"({"family":"Expired","use":"official","period":{"end":"2001"}})";
  EXPECT_EQ(name_of(R"({"family":"Maiden","use":"maiden"},)" + expired + R"(,{"text":"Real"})"), "Real");
  EXPECT_EQ(name_of(expired), "Expired");
}

Medication with_dosages(const std::string& dosages) {
  const auto record = resource("MedicationRequest",
                               R"("medicationCodeableConcept":{"text":"Drug"},"dosageInstruction":[)" + dosages + "]");
  return record.medications.size() == 1 ? record.medications[0] : Medication{};
}

TEST(FhirReaderTest, SaysHowOftenInWords) {
  const auto frequency_of = [](const std::string& repeat, const std::string& more = "") {
    return with_dosages("{\"timing\":{\"repeat\":{" + repeat + "}}" + more + "}").frequency;
  };
  const std::string daily = R"("frequency":1,"period":1,"periodUnit":"d")";
  const std::string weekly = R"("frequency":1,"period":1,"periodUnit":"wk")";
  EXPECT_EQ(frequency_of(daily), "every day");
  EXPECT_EQ(frequency_of(R"("frequency":2,"period":1,"periodUnit":"d")"), "every 12 hours");
  EXPECT_EQ(frequency_of(daily + R"(,"frequencyMax":3)"), "1 to 3 times every day");
  EXPECT_EQ(frequency_of(R"("frequency":2,"period":3,"periodMax":4,"periodUnit":"d")"), "2 times every 3 to 4 days");
  EXPECT_EQ(frequency_of(weekly + R"(,"dayOfWeek":["mon","fri"])"), "every week, on Monday and Friday");
  EXPECT_EQ(frequency_of(daily + R"(,"timeOfDay":["08:00:00"])"), "every day, at 08:00");
  EXPECT_EQ(frequency_of(R"("when":["MORN","HS"])"), "in the morning, at bedtime");
  EXPECT_EQ(frequency_of(R"("when":["AC"],"offset":30)"), "30 minutes before meals");
  EXPECT_EQ(frequency_of(daily, R"(,"asNeededBoolean":true)"), "every day, as needed");
  EXPECT_EQ(frequency_of(daily, R"(,"asNeededBoolean":false)"), "every day");
  EXPECT_EQ(frequency_of(daily, R"(,"asNeededCodeableConcept":{"text":"pain"})"), "every day, as needed for pain");
}

TEST(FhirReaderTest, ReadsEveryDosage) {
  const auto dose = [](const std::string& amount, const std::string& more) {
    return R"({"doseAndRate":[{"doseQuantity":{"value":)" + amount + R"(,"unit":"mg"}}],"route":{"text":"oral"},)" +
           more + "}";
  };
  const auto two = with_dosages(dose("10", R"("timing":{"repeat":{"when":["MORN"]}})") + "," +
                                dose("40", R"("timing":{"repeat":{"when":["HS"]}})"));
  EXPECT_EQ(two.dose, "10 mg; 40 mg");
  EXPECT_EQ(two.frequency, "in the morning; at bedtime");
  EXPECT_EQ(two.route, "oral");
  const auto bounds = [](const std::string& start, const std::string& end) {
    return R"("timing":{"repeat":{"boundsPeriod":{"start":")" + start + R"(","end":")" + end + "\"}}}";
  };
  const auto less = with_dosages(dose("40", bounds("2024-01-01", "2024-01-07")) + "," +
                                 dose("20", bounds("2024-01-08", "2024-01-14")));
  EXPECT_EQ(less.frequency, "from 2024-01-01 to 2024-01-07; from 2024-01-08 to 2024-01-14");
  EXPECT_EQ(less.start + " " + less.stop, "2024-01-01 2024-01-14");
  EXPECT_EQ(with_dosages(dose("1", R"("text":"take","additionalInstruction":[{"text":"with water"}])")).instructions,
            "take; with water");
}

TEST(FhirReaderTest, SaysThatAnAllergyIsNotSureAndHowCriticalItIs) {
  const auto status_of = [](const std::string& verification) {
    const auto record = resource("AllergyIntolerance",
                                 R"("code":{"text":"x"},"clinicalStatus":{"coding":[{"code":"active"}]},
      "criticality":"high","verificationStatus":{"coding":[{"code":")" +
                                     verification + "\"}]}");
    return record.allergies.size() == 1 ? record.allergies[0].status + ", " + record.allergies[0].criticality
                                        : "not one";
  };
  EXPECT_EQ(status_of("confirmed"), "active, high");
  EXPECT_EQ(status_of("unconfirmed"), "active (unconfirmed), high");
}

TEST(FhirReaderTest, FindsModifiersAtAnyDepth) {
  const auto record = resource("Condition", R"("code":{"text":"x"},
    "modifierExtension":[{"url":"http://example.org/a"}],
    "stage":[{"summary":{"text":"II"},
              "modifierExtension":[{"url":"http://example.org/b"}]}],
    "extension":[{"url":"http://example.org/c"}])");
  std::vector<std::string> found;
  for (const auto& m : record.modifiers) found.push_back(m.url + " of " + m.of_what + " " + std::to_string(m.line));
  EXPECT_THAT(found, ElementsAre("http://example.org/a of Condition 2", "http://example.org/b of Condition 4"));
}

TEST(FhirReaderTest, SaysThatAProblemIsNotSure) {
  const auto status_of = [](const std::string& verification) {
    const auto record = resource("Condition", R"("code":{"text":"x"},"clinicalStatus":{"coding":[{"code":"active"}]},
      "verificationStatus":{"coding":[{"code":")" +
                                                  verification + "\"}]}");
    return record.problems.size() == 1 ? record.problems[0].status : "not one";
  };
  EXPECT_EQ(status_of("confirmed"), "active");
  EXPECT_EQ(status_of("unconfirmed"), "active (unconfirmed)");
  EXPECT_EQ(status_of("provisional"), "active (provisional)");
  EXPECT_EQ(status_of("differential"), "active (differential)");
}

TEST(FhirReaderTest, ReadsTheBodySiteAndItsSide) {
  const auto site_of = [](const std::string& extension) {
    const auto record = resource("Condition", R"("code":{"text":"fracture"},"bodySite":[{"text":"tibia")" + extension +
                                                  R"(},{"text":"fibula"}])");
    if (record.problems.size() != 1) return std::string("not one");
    return record.problems[0].body_site.display + "/" + record.problems[0].laterality.display;
  };
  const auto extension = [](const std::string& url) {
    return R"(,"extension":[{"url":")" + url + R"(","valueCodeableConcept":)" +
           concept_json("http://snomed.info/sct", "7771000", "Left") + "}]";
  };
  EXPECT_EQ(site_of(""), "tibia/");
  EXPECT_EQ(site_of(extension("http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-laterality-qualifier")),
            "tibia/Left");
  EXPECT_EQ(site_of(extension("http://example.org/side")), "tibia/") << "of another meaning";
}

TEST(FhirReaderTest, KeepsTheWordsOfTimes) {
  const auto problem = [](const std::string& members) {
    const auto record = resource("Condition", R"("code":{"text":"x"},)" + members);
    return record.problems.size() == 1 ? record.problems[0].onset + "|" + record.problems[0].resolved : "not one";
  };
  EXPECT_EQ(problem(R"("onsetAge":{"value":30,"unit":"years","code":"a"})"), "at age 30 years|");
  EXPECT_EQ(problem(R"("onsetString":"as a child","abatementString":"last spring")"), "as a child|last spring");
  EXPECT_EQ(problem(R"("onsetPeriod":{"end":"2012"},"abatementPeriod":{"end":"2013"})"), "before 2012|2013");
  EXPECT_EQ(problem(R"("onsetPeriod":{"start":"2011","end":"2012"})"), "2011|");
  const auto start_of = [](const std::string& performed) {
    const auto record = resource("Procedure", R"("code":{"text":"x"},)" + performed);
    return record.procedures.size() == 1 ? record.procedures[0].start : "not one";
  };
  EXPECT_EQ(start_of(R"("performedAge":{"value":5,"code":"a"})"), "at age 5 a");
  EXPECT_EQ(start_of(R"("performedString":"in school")"), "in school");
  const auto vaccine = resource("Immunization", R"("vaccineCode":{"text":"x"},"occurrenceString":"as a baby")");
  ASSERT_THAT(vaccine.immunizations, SizeIs(1));
  EXPECT_EQ(vaccine.immunizations[0].date, "as a baby");
}

TEST(FhirReaderTest, FollowsReferencesOfEveryKind) {
  const auto record = read_json(R"({"resourceType":"Bundle","type":"collection","entry":[
    {"fullUrl":"urn:uuid:m1","resource":{"resourceType":"Medication","code":{"text":"by urn"}}},
    {"fullUrl":"http://a.example/fhir/Medication/m2","resource":{"resourceType":"Medication","id":"m2","code":{"text":"by id"}}},
    {"resource":{"resourceType":"MedicationRequest","medicationReference":{"reference":"urn:uuid:m1"}}},
    {"resource":{"resourceType":"MedicationRequest","medicationReference":{"reference":"Medication/m2"}}},
    {"resource":{"resourceType":"MedicationRequest","medicationReference":{"reference":"http://a.example/fhir/Medication/m2/_history/3"}}},
    {"resource":{"resourceType":"MedicationRequest","contained":[{"resourceType":"Medication","id":"c","code":{"text":"contained"}}],
      "medicationReference":{"reference":"#c"}}},
    {"resource":{"resourceType":"MedicationRequest","medicationReference":{"reference":"Medication/gone","display":"words"}}}]})");
  std::vector<std::string> drugs;
  for (const auto& m : record.medications) drugs.push_back(m.drug.display);
  EXPECT_THAT(drugs, ElementsAre("by urn", "by id", "by id", "contained", "words"));
}

// "The rules for resolving references in contained resources are the same as those for
// resolving references in the resource that contains the contained resource."
TEST(FhirReaderTest, FollowsReferencesOfContainedResources) {
  const auto performed = [](const std::string& practitioner) {
    return R"({"resourceType":"Procedure","code":{"text":"a"},"performer":[{"actor":{"reference":"#role"}}],
      "contained":[
      {"resourceType":"PractitionerRole","id":"role","practitioner":{"reference":")" +
           practitioner + R"("}},
      {"resourceType":"Practitioner","id":"near","name":[{"family":"Near"}]}]})";
  };
  EXPECT_EQ(read_json(performed("#near")).procedures.at(0).performer, "Near");
  const auto on_server = read_json(R"({"resourceType":"Bundle","type":"collection","entry":[
    {"fullUrl":"http://x.org/Practitioner/1","resource":{"resourceType":"Practitioner","id":"1",
     "name":[{"family":"X"}]}},
    {"fullUrl":"http://y.org/Practitioner/1","resource":{"resourceType":"Practitioner","id":"1",
     "name":[{"family":"Y"}]}},
    {"fullUrl":"http://y.org/Procedure/1","resource":)" +
                                   performed("Practitioner/1") + "}]}");
  EXPECT_EQ(on_server.procedures.at(0).performer, "Y");
}

// The full URL of an entry names no version, but some servers write one.
TEST(FhirReaderTest, KnowsTheServerOfAFullUrlWithAVersion) {
  const auto record = read_json(R"({"resourceType":"Bundle","type":"collection","entry":[
    {"fullUrl":"http://x.org/Practitioner/1","resource":{"resourceType":"Practitioner","id":"1",
     "name":[{"family":"X"}]}},
    {"fullUrl":"http://y.org/Practitioner/1","resource":{"resourceType":"Practitioner","id":"1",
     "name":[{"family":"Y"}]}},
    {"fullUrl":"http://x.org/Procedure/1/_history/2","resource":{"resourceType":"Procedure","id":"1",
     "code":{"text":"a"},"performer":[{"actor":{"reference":"Practitioner/1"}}]}}]})");
  EXPECT_EQ(record.procedures.at(0).performer, "X");
}

TEST(FhirReaderTest, ReadsDosesAndTimes) {
  const auto record = resource("MedicationRequest", R"("status":"stopped","authoredOn":"2024-01-02","intent":"order",
    "medicationCodeableConcept":{"text":"x"},"dosageInstruction":[{"text":"as told","timing":{"repeat":{
    "frequency":2,"period":1,"periodUnit":"d","boundsPeriod":{"start":"2024-01-03","end":"2024-02"}}},
    "route":{"text":"by mouth"},"doseAndRate":[{"doseQuantity":{"value":1.50,"unit":"tablet"}}],
    "maxDosePerPeriod":{"numerator":{"value":4,"unit":"tablet"},"denominator":{"value":24,"unit":"h"}}}])");
  ASSERT_THAT(record.medications, SizeIs(1));
  const auto& m = record.medications[0];
  EXPECT_EQ(m.dose, "1.50 tablet");
  EXPECT_EQ(m.max_dose, "4 tablet per 24 h");
  EXPECT_EQ(m.frequency, "every 12 hours");
  EXPECT_EQ(m.route, "by mouth");
  EXPECT_EQ(m.instructions, "as told");
  EXPECT_EQ(m.start, "2024-01-03");
  EXPECT_EQ(m.stop, "2024-02");
  EXPECT_EQ(m.status, "aborted");
}

TEST(FhirReaderTest, SaysInWordsHowOftenADrugIsTaken) {
  const auto frequency = [](const std::string& repeat) {
    const auto record = resource("MedicationRequest", R"("medicationCodeableConcept":{"text":"x"},"dosageInstruction":[
      {"timing":{"code":{"text":"as told"},"repeat":{)" + repeat +
                                                          "}}}]");
    return record.medications.at(0).frequency;
  };
  EXPECT_EQ(frequency(R"("frequency":1,"period":1,"periodUnit":"d")"), "every day");
  EXPECT_EQ(frequency(R"("frequency":3,"period":1,"periodUnit":"d")"), "every 8 hours");
  EXPECT_EQ(frequency(R"("frequency":5,"period":1,"periodUnit":"d")"), "5 times every day");
  EXPECT_EQ(frequency(R"("frequency":0,"period":1,"periodUnit":"d")"), "0 times every day");
  EXPECT_EQ(frequency(R"("period":4,"periodMax":6,"periodUnit":"h")"), "every 4 to 6 hours");
  EXPECT_EQ(frequency(R"("when":["HS"])"), "at bedtime");
  EXPECT_EQ(frequency(R"("count":1)"), "as told");
}

TEST(FhirReaderTest, GivesABloodPressureAsItsTwoValues) {
  const auto record = resource("Observation", R"("status":"final","category":[{"coding":[{"code":"vital-signs"}]}],
    "code":{"text":"BP"},"effectiveDateTime":"2024-05-06T07:08:09Z","component":[
    {"code":{"coding":[{"system":"http://loinc.org","code":"8480-6"}]},"valueQuantity":{"value":120,"system":"http://unitsofmeasure.org","code":"mm[Hg]"}},
    {"code":{"coding":[{"system":"http://loinc.org","code":"8462-4"}]},"dataAbsentReason":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/data-absent-reason","code":"unknown"}]}}])");
  ASSERT_THAT(record.vital_signs, SizeIs(2));
  EXPECT_EQ(record.vital_signs[0].value + record.vital_signs[0].unit, "120mm[Hg]");
  EXPECT_EQ(record.vital_signs[0].status, "completed");
  EXPECT_EQ(record.vital_signs[1].date, "2024-05-06T07:08:09+00:00");
  EXPECT_EQ(record.vital_signs[1].null_flavor, "UNK");
}

TEST(FhirReaderTest, ReadsEachResultOnceThoughTwoReportsHoldIt) {
  const std::string report =
      R"({"resourceType":"DiagnosticReport","code":{"text":"panel"},"result":[{"reference":"Observation/1"}]})";
  const auto record = read_json(bundle_of(
      {report, report,
       R"({"resourceType":"Observation","id":"1","code":{"text":"Na"},"valueRange":{"low":{"value":1,"unit":"g"},"high":{"value":2,"unit":"g"}},"referenceRange":[{"low":{"value":5,"unit":"g"}}]})"}));
  ASSERT_THAT(record.results, SizeIs(1));
  EXPECT_EQ(record.results[0].panel.display, "panel");
  EXPECT_EQ(record.results[0].observations[0].value, "1-2");
  EXPECT_EQ(record.results[0].observations[0].reference_range, ">=5 g");
}

TEST(FhirReaderTest, TellsThePatientsOwnWord) {
  const auto record = read_json(bundle_of(
      {R"({"resourceType":"Patient","id":"p"})",
       R"({"resourceType":"AllergyIntolerance","asserter":{"reference":"Patient/p"},"type":"allergy","category":["food"],"code":{"text":"nuts"}})"}));
  ASSERT_THAT(record.allergies, SizeIs(1));
  EXPECT_EQ(record.allergies[0].source, "self-entered");
  EXPECT_EQ(record.allergies[0].type.code, "414285001");
}

TEST(FhirReaderTest, ReadsADocumentByItsComposition) {
  const auto record = read_json(
      R"({"resourceType":"Bundle","type":"document","identifier":{"system":"urn:ietf:rfc:3986","value":"urn:uuid:1"},
    "timestamp":"2024-01-01T00:00:00Z","entry":[{"resource":{"resourceType":"Composition","title":"Summary","date":"2024-02-03",
    "subject":{"reference":"Patient/b"},"author":[{"reference":"Practitioner/d"}],"section":[
    {"title":"Allergies","code":{"coding":[{"system":"http://loinc.org","code":"48765-2"}]},"emptyReason":{"coding":[{"code":"nilknown"}]},
     "text":{"div":"<div><p>none</p></div>"}}]}},
    {"resource":{"resourceType":"Patient","id":"a","birthDate":"1970"}},
    {"resource":{"resourceType":"Patient","id":"b","birthDate":"1980"}},
    {"resource":{"resourceType":"Practitioner","id":"d","name":[{"family":"Doc"}]}}]})");
  EXPECT_EQ(record.document_title, "Summary");
  EXPECT_EQ(record.created, "2024-02-03");
  EXPECT_EQ(record.author, "Doc");
  EXPECT_EQ(record.document_id, "1");
  EXPECT_EQ(record.patient.birth_date, "1980");
  ASSERT_THAT(record.other_patients, SizeIs(1));
  ASSERT_THAT(record.sections, SizeIs(1));
  EXPECT_EQ(record.sections[0].kind, "allergies");
  EXPECT_EQ(record.sections[0].text, "none");
  ASSERT_THAT(record.absences, SizeIs(1));
  EXPECT_EQ(record.absences[0].kind, "none_known");
}

TEST(FhirReaderTest, RefusesWhatSaysNothingAboutAPatient) {
  const auto record = read_record(R"({"resourceType":"OperationOutcome","issue":[]})");
  ASSERT_FALSE(record);
  EXPECT_THAT(record.error().what,
              HasSubstr("expected FHIR resources about a patient, found only others such as OperationOutcome"));
  EXPECT_TRUE(read_record(R"({"resourceType":"Bundle","type":"searchset","total":0})"));
}

TEST(FhirReaderTest, AnswersEveryTruncationSoonAndWithAPlace) {
  const auto folder = published_folder() / "fhir/examples/us-core-6.1.0";
  const auto text = read_text(folder / "Bundle-c887e62f-6166-419f-8268-b5ecd6c7b901.json");
  if (!text) GTEST_SKIP() << "no published documents at " << folder << ": set BB_TEST_DATA";
  const auto start = std::chrono::steady_clock::now();
  for (std::size_t i = 1; i < 200; ++i) {
    const auto record = read_record(text->substr(0, text->size() * i / 200));
    ASSERT_FALSE(record) << i;
    EXPECT_THAT(record.error().what, HasSubstr("line ")) << i;
  }
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(20));
}

// A role that is its own practitioner.
TEST(FhirReaderTest, NamesNobodyByARoleThatRefersToItself) {
  const auto record = read_json(bundle_of({
      R"({"resourceType":"PractitionerRole","id":"x","practitioner":{"reference":"PractitionerRole/x"}})",
      R"({"resourceType":"Procedure","code":{"text":"a"},
        "performer":[{"actor":{"reference":"PractitionerRole/x","display":"somebody"}}]})",
  }));
  ASSERT_THAT(record.procedures, SizeIs(1));
  EXPECT_EQ(record.procedures[0].performer, "somebody");
}

// Many things of one resource, each naming the last of as many others.
TEST(FhirReaderTest, ReadsManyPartsOfOneResourceSoon) {
  constexpr int count = 20'000;
  const auto list_of = [](const std::string& before, const std::string& after) {
    std::string items;
    for (int i = 0; i < count; ++i) items += (i == 0 ? "" : ",") + before + std::to_string(i) + after;
    return "[" + items + "]";
  };
  const auto last = std::to_string(count - 1);
  const auto start = std::chrono::steady_clock::now();
  const auto team = resource(
      "CareTeam",
      "\"contained\":" + list_of(R"({"resourceType":"Practitioner","name":[{"family":"Doc"}],"id":"p)", "\"}") +
          ",\"participant\":" + list_of(R"({"member":{"reference":"#p)" + last + R"("},"id":")", "\"}") +
          R"(,"status":"active")");
  EXPECT_THAT(team.care_team, SizeIs(count));
  EXPECT_EQ(team.care_team.back().name + team.care_team.back().status, "Docactive");
  const auto claim = resource("ExplanationOfBenefit",
                              "\"careTeam\":" + list_of(R"({"provider":{"display":"Doc"},"sequence":)", "}") +
                                  ",\"item\":" + list_of(R"({"careTeamSequence":[)" + last + R"(],"sequence":)", "}"));
  ASSERT_THAT(claim.claims, SizeIs(1));
  EXPECT_EQ(claim.claims[0].items.back().provider, "Doc");
  const auto observation =
      resource("Observation", "\"component\":" + list_of(R"({"valueString":"a","code":{"text":")", "\"}}"));
  ASSERT_THAT(observation.results, SizeIs(1));
  const auto family = resource("FamilyMemberHistory", "\"condition\":" + list_of(R"({"code":{"text":")", "\"}}"));
  EXPECT_THAT(family.family_history, SizeIs(count));
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(10));
}

// CARIN for Blue Button, value set C4BBEOBInstitutionalProcedureCodes: not-applicable where a line has a revenue code
// alone.
TEST(FhirReaderTest, TakesTheRevenueCodeOfALineWithoutAService) {
  const auto line = [](const std::string& system, const std::string& code) {
    return R"({"sequence":1,"revenue":{"coding":[{"system":"https://www.nubc.org/CodeSystem/RevenueCodes","code":"0120"}]},
      "productOrService":{"coding":[{"system":")" +
           system + R"(","code":")" + code + "\"}]}}";
  };
  const auto absent = line("http://terminology.hl7.org/CodeSystem/data-absent-reason", "not-applicable");
  const auto claim = resource("ExplanationOfBenefit",
                              "\"item\":[" + absent + "," + line("http://www.ama-assn.org/go/cpt", "99213") + "]");
  ASSERT_THAT(claim.claims, SizeIs(1));
  ASSERT_THAT(claim.claims[0].items, SizeIs(2));
  EXPECT_EQ(claim.claims[0].items[0].service.code, "0120");
  EXPECT_EQ(claim.claims[0].items[1].service.code, "99213");
}

TEST(FhirReaderTest, TakesNoDiagnosisFromWhatNamesNone) {
  // CMS writes the group of a hospital's claim as a diagnosis without diagnosis[x], which R4 demands.
  const auto record = resource("ExplanationOfBenefit", R"("diagnosis":[
      {"sequence":1,"packageCode":{"coding":[{"code":"191"}]}},
      {"sequence":2,"diagnosisCodeableConcept":{"coding":[{"code":"49392"}]}}])");
  ASSERT_THAT(record.claims, SizeIs(1));
  ASSERT_THAT(record.claims[0].diagnoses, SizeIs(1));
  EXPECT_EQ(record.claims[0].diagnoses[0].code, "49392");
}

TEST(FhirReaderTest, TakesTheChargeAndNotTheRateOfAUnit) {
  // As CMS writes it (eob_read_out_pt_v2.json): both are C4BB's "submitted".
  const auto amount = [](const std::string& variable, int value) {
    return R"({"category":{"coding":[{"code":"submitted"},{"code":"https://bluebutton.cms.gov/resources/variables/)" +
           variable + R"("}]},"amount":{"value":)" + std::to_string(value) + "}}";
  };
  const auto record =
      resource("ExplanationOfBenefit", R"("item":[{"sequence":1,"adjudication":[)" + amount("rev_cntr_rate_amt", 10) +
                                           "," + amount("rev_cntr_tot_chrg_amt", 60) + "]}]");
  ASSERT_THAT(record.claims, SizeIs(1));
  ASSERT_THAT(record.claims[0].items, SizeIs(1));
  EXPECT_EQ(record.claims[0].items[0].charged, "60");
}

// Many references to one resource that is itself large, and to many that are alike.
TEST(FhirReaderTest, FollowsManyReferencesToOneResourceSoon) {
  constexpr int count = 20'000;
  const auto repeat = [](const std::string& item) {
    std::string items = item;
    for (int i = 1; i < count; ++i) items += "," + item;
    return items;
  };
  const std::string long_name(50'000, 'n');
  const auto start = std::clock();  // of this process: others may be busy
  const auto entry = [](const std::string& one) { return R"({"resource":)" + one + "}"; };
  const auto procedure = entry(
      R"({"resourceType":"Procedure","code":{"text":"a"},"performer":[{"actor":{"reference":"Practitioner/1"}}]})");
  const auto many_names =
      read_json(R"({"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Practitioner","id":"1","name":[)" +
                repeat(R"({"use":"old","family":"F"})") + R"(]}},)" + repeat(procedure) + "]}");
  EXPECT_EQ(many_names.procedures.size(), count);
  EXPECT_EQ(many_names.procedures.back().performer, "F");
  const auto one_long_name = read_json(
      R"({"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Practitioner","id":"1","name":[{"family":")" +
      long_name + R"("}]}},)" + repeat(procedure) + "]}");
  EXPECT_LT(one_long_name.procedures.back().performer.size(), 1100u) << "no copy of 50,000 bytes for each";
  const auto many_alike = read_json(
      R"({"resourceType":"Bundle","entry":[)" +
      repeat(R"({"fullUrl":"http://x.org/Practitioner/1","resource":{"resourceType":"Practitioner","id":"1"}})") + "," +
      repeat(entry(R"({"resourceType":"Procedure","code":{"text":"a"},
                  "performer":[{"actor":{"reference":"http://y.org/Practitioner/1","display":"D"}}]})")) +
      "]}");
  EXPECT_EQ(many_alike.procedures.back().performer, "D");
  const auto drug = read_json(
      R"({"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Medication","id":"1","code":{"coding":[)" +
      repeat(R"({"system":"http://x.org","code":"1"})") + R"(]}}},)" +
      repeat(entry(R"({"resourceType":"MedicationRequest","medicationReference":{"reference":"Medication/1"}})")) +
      "]}");
  EXPECT_EQ(drug.medications.back().drug.code, "1");
  EXPECT_LT((std::clock() - start) / CLOCKS_PER_SEC, 10);
}

TEST(FhirReaderTest, BoundsTheFacts) {
  const std::string one = R"({"resource":{"resourceType":"Condition","code":{"text":"x"}}})";
  std::string entries = one;
  for (int i = 0; i < 100'001; ++i) entries += "," + one;
  const auto record = read_record(R"({"resourceType":"Bundle","entry":[)" + entries + "]}");
  ASSERT_FALSE(record);
  EXPECT_THAT(record.error().what, HasSubstr("more than 100000 facts"));
}

}  // namespace
}  // namespace bb::records
