// The published samples of thing types: what they say, taken from them by hand with their schemas.
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <bb/records/read.hpp>

#include "fact_lines.hpp"
#include "thing_data.hpp"

namespace bb::healthvault {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;
using testing::UnorderedElementsAreArray;

class SamplesTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::is_directory(folder())) GTEST_SKIP() << "SKIPPED: no published samples at " << folder();
  }
  static std::filesystem::path folder() { return healthvault_folder() / "sample-xml"; }

  // By the beginning of the type's id, which is the name of the file.
  static ThingXml sample(std::string_view id) {
    for (const auto& entry : std::filesystem::directory_iterator(folder()))
      if (to_lower(entry.path().stem().string()).starts_with(id)) {
        const auto text = read_text(entry.path());
        return {entry.path().stem().string(), text ? *text : std::string{}};
      }
    ADD_FAILURE() << "no sample " << id;
    return {};
  }

  static std::vector<std::string> facts(std::string_view id) { return fact_lines(read_ok(sample(id)).record); }
};

TEST_F(SamplesTest, AreAllReadOrCarriedByTheirName) {
  std::vector<ThingXml> things;
  for (const auto& entry : std::filesystem::directory_iterator(folder()))
    things.push_back(sample(to_lower(entry.path().stem().string())));
  ASSERT_EQ(things.size(), 61u);
  const auto read = read_things(things);
  EXPECT_THAT(read.unreadable, IsEmpty());
  std::size_t carried = 0;
  for (const auto& one : read.carried) {
    EXPECT_FALSE(one.name.empty()) << one.type_id;
    carried += one.count;
  }
  // HV-TYPE-13: 25 of the samples are of types with facts.
  EXPECT_EQ(carried, 61u - 25u);
  EXPECT_EQ(read.notes.size(), 61u);
}

TEST_F(SamplesTest, WeightIsWhatWasEntered) {
  EXPECT_THAT(
      facts("3d34d87e"),
      UnorderedElementsAre("vital_signs.0.test.code = 29463-7", "vital_signs.0.test.system = 2.16.840.1.113883.6.1",
                           "vital_signs.0.test.system_name = LOINC", "vital_signs.0.test.display = Body weight",
                           "vital_signs.0.value = 132", "vital_signs.0.unit = [lb_av]",
                           "vital_signs.0.date = 1990-01-01T01:00:00"));
}

TEST_F(SamplesTest, BloodPressureIsFourObservations) {
  EXPECT_THAT(
      facts("ca3c57f4"),
      UnorderedElementsAre(
          "vital_signs.0.test.code = 8480-6", "vital_signs.0.test.system = 2.16.840.1.113883.6.1",
          "vital_signs.0.test.system_name = LOINC", "vital_signs.0.test.display = Systolic blood pressure",
          "vital_signs.0.value = 115", "vital_signs.0.unit = mm[Hg]", "vital_signs.0.date = 2006-01-01T09:30:00",
          "vital_signs.1.test.code = 8462-4", "vital_signs.1.test.system = 2.16.840.1.113883.6.1",
          "vital_signs.1.test.system_name = LOINC", "vital_signs.1.test.display = Diastolic blood pressure",
          "vital_signs.1.value = 76", "vital_signs.1.unit = mm[Hg]", "vital_signs.1.date = 2006-01-01T09:30:00",
          "vital_signs.2.test.code = 8867-4", "vital_signs.2.test.system = 2.16.840.1.113883.6.1",
          "vital_signs.2.test.system_name = LOINC", "vital_signs.2.test.display = Heart rate",
          "vital_signs.2.value = 80", "vital_signs.2.unit = /min", "vital_signs.2.date = 2006-01-01T09:30:00",
          "vital_signs.3.test.display = Irregular heartbeat", "vital_signs.3.value = no",
          "vital_signs.3.date = 2006-01-01T09:30:00"));
}

TEST_F(SamplesTest, BloodGlucoseIsAResultInItsOwnUnit) {
  EXPECT_THAT(
      facts("879e7c04"),
      UnorderedElementsAre("results.0.date = 2006-01-01T09:30:00", "results.0.observations.0.test.code = 15074-8",
                           "results.0.observations.0.test.system = 2.16.840.1.113883.6.1",
                           "results.0.observations.0.test.system_name = LOINC",
                           "results.0.observations.0.test.display = Glucose [Moles/volume] in Blood",
                           "results.0.observations.0.value = 7.444444", "results.0.observations.0.unit = mmol/L",
                           "results.0.observations.0.date = 2006-01-01T09:30:00"));
  EXPECT_THAT(told(read_ok(sample("879e7c04")).unheld, "measurement-context/text"), ElementsAre("Before meal"));
  EXPECT_THAT(told(read_ok(sample("879e7c04")).unheld, "is-control-test"), ElementsAre("true"));
}

TEST_F(SamplesTest, HeartRate) {
  EXPECT_THAT(facts("b81eb4a6"),
              UnorderedElementsAre(
                  "vital_signs.0.test.code = 8867-4", "vital_signs.0.test.system = 2.16.840.1.113883.6.1",
                  "vital_signs.0.test.system_name = LOINC", "vital_signs.0.test.display = Heart rate",
                  "vital_signs.0.value = 76", "vital_signs.0.unit = /min", "vital_signs.0.date = 2009-12-01T18:15:00"));
  EXPECT_THAT(told(read_ok(sample("b81eb4a6")).unheld, "measurement-conditions/text"), ElementsAre("Resting"));
}

TEST_F(SamplesTest, VitalSignsHaveRangeAndFlag) {
  EXPECT_THAT(
      facts("73822612"),
      UnorderedElementsAre("vital_signs.0.test.code = Tmp", "vital_signs.0.test.system_name = wc/vital-statistics",
                           "vital_signs.0.test.display = Temperature", "vital_signs.0.value = 68",
                           "vital_signs.0.unit = Cel", "vital_signs.0.interpretation = N",
                           "vital_signs.0.reference_range = 65-90", "vital_signs.0.date = 2005-01-01T06:00:00"));
}

TEST_F(SamplesTest, MedicationVersion2) {
  EXPECT_THAT(
      facts("30cafccc"),
      UnorderedElementsAre("medications.0.drug.code = df48b0ac-de8b-4bca-8785-dad6897fb53d",
                           "medications.0.drug.system_name = Mayo/MayoMedications",
                           "medications.0.drug.display = Ibuprofen", "medications.0.dose = 3 Tablets/Day",
                           "medications.0.route = By mouth", "medications.0.frequency = 1 tablet every 8 hours",
                           "medications.0.instructions = 3 tablets/day, have it after dinner.",
                           "medications.0.start = 2005-01-01T06:00:00", "medications.0.stop = 2005-01-10T06:00:00"));
  const auto unheld = read_ok(sample("30cafccc")).unheld;
  EXPECT_THAT(told(unheld, "strength/display"), ElementsAre("600mg"));
  EXPECT_THAT(told(unheld, "prescription/date-prescribed"), IsEmpty());  // an approx-date-time, told inside
  EXPECT_THAT(told(unheld, "prescription/date-prescribed/structured"), ElementsAre("2005-01-01T05:00:00"));
  EXPECT_THAT(told(unheld, "prescription/refills"), ElementsAre("2"));
}

TEST_F(SamplesTest, MedicationVersion1) {
  EXPECT_THAT(facts("5c5f1223"),
              UnorderedElementsAre(
                  "medications.0.drug.display = Amoxicillin", "medications.0.dose = 0.6 combination forms",
                  "medications.0.route = implant", "medications.0.frequency = 0.5 to 0.6 per day.",
                  "medications.0.instructions = Take after dinner.", "medications.0.stop = 2005-10-10T06:00:00"));
  EXPECT_THAT(told(read_ok(sample("5c5f1223")).unheld, "dose-value/description"), ElementsAre("Increase dose"));
}

TEST_F(SamplesTest, AllergyThatATreatmentNegatesIsAnAllergy) {
  // HV-TYPE-07: is-negated is no "no known allergies".
  const auto read = read_ok(sample("52bf9104"));
  EXPECT_THAT(
      fact_lines(read.record),
      UnorderedElementsAre(
          "allergies.0.substance.code = V1509", "allergies.0.substance.system = 2.16.840.1.113883.6.103",
          "allergies.0.substance.system_name = ICD-9-CM",
          "allergies.0.substance.display = allergy other than medicinal agents", "allergies.0.type.code = animal",
          "allergies.0.type.system_name = wc/allergen-type", "allergies.0.type.display = animal",
          "allergies.0.reactions.0.code = 787.2", "allergies.0.reactions.0.system_name = wc/reactions",
          "allergies.0.reactions.0.display = difficulty swallowing", "allergies.0.onset = 2005-01-01T06:00:00"));
  EXPECT_THAT(read.record.absences, IsEmpty());
  EXPECT_THAT(told(read.unheld, "is-negated"), ElementsAre("true"));
  EXPECT_THAT(told(read.unheld, "treatment/text"), ElementsAre("Hotwatertreament"));
}

TEST_F(SamplesTest, ImmunizationVersion2) {
  EXPECT_THAT(facts("cd3587b5"),
              UnorderedElementsAre("immunizations.0.vaccine.code = 24",
                                   "immunizations.0.vaccine.system_name = wc/immunizations-common",
                                   "immunizations.0.vaccine.display = Anthrax vaccine",
                                   "immunizations.0.date = 2005-01-01T06:00:00", "immunizations.0.lot = N/A"));
  EXPECT_THAT(told(read_ok(sample("cd3587b5")).unheld, "expiration-date"), ElementsAre("2008-01-01"));
}

TEST_F(SamplesTest, ImmunizationVersion1) {
  EXPECT_THAT(facts("3d817dbe"),
              UnorderedElementsAre("immunizations.0.vaccine.code = adenovirus, type 7",
                                   "immunizations.0.vaccine.system_name = wc/immunizations",
                                   "immunizations.0.vaccine.display = adenovirus vaccine, type 7, live, oral",
                                   "immunizations.0.date = 2005-01-01T06:00:00", "immunizations.0.lot = N/A"));
}

TEST_F(SamplesTest, EncounterVersion1) {
  // Its duration begins on another day than it does.
  EXPECT_THAT(facts("3d4bdf01"),
              UnorderedElementsAre("encounters.0.type.display = String", "encounters.0.id = String",
                                   "encounters.0.start = 2009-09-01T20:00:00", "encounters.0.end = 1000-01-01"));
  EXPECT_THAT(told(read_ok(sample("3d4bdf01")).unheld, "duration/start-date/structured"), ElementsAre("1000-01-01"));
}

TEST_F(SamplesTest, FamilyHistoryVersions1And2) {
  EXPECT_THAT(facts("6d39f894"),
              UnorderedElementsAre("family_history.0.condition.code = Blo",
                                   "family_history.0.condition.system_name = wc/family-history-conditions",
                                   "family_history.0.condition.display = Blood Disorder",
                                   "family_history.0.relative.code = Mth",
                                   "family_history.0.relative.system_name = wc/personal-relationship",
                                   "family_history.0.relative.display = Mother", "family_history.0.onset = 50 years"));
  EXPECT_THAT(
      facts("22826e13"),
      UnorderedElementsAre(
          "family_history.0.condition.display = Contact the HealthVault team to help define this vocabulary",
          "family_history.0.relative.code = Bro", "family_history.0.relative.system_name = wc/personal-relationship",
          "family_history.0.relative.display = Brother", "family_history.0.onset = 2005-01-01"));
}

TEST_F(SamplesTest, Condition) {
  EXPECT_THAT(
      facts("7ea7a1f9"),
      UnorderedElementsAre("problems.0.problem.code = 1147", "problems.0.problem.system_name = Mayo/MayoConditions",
                           "problems.0.problem.display = High blood pressure", "problems.0.status = inactive",
                           "problems.0.onset = 2009-02-01T20:30:00", "problems.0.resolved = 2009-10-01T00:00:00"));
  EXPECT_THAT(told(read_ok(sample("7ea7a1f9")).unheld, "stop-reason"), ElementsAre("In Control"));
}

TEST_F(SamplesTest, ProcedureVersion2) {
  EXPECT_THAT(
      facts("df4db479"),
      UnorderedElementsAre("procedures.0.procedure.code = 84f1cdaf-5179-4126-9c23-8322a7c941e1",
                           "procedures.0.procedure.system_name = Mayo/MayoSurgeriesAndProcedures",
                           "procedures.0.procedure.display = Amputation", "procedures.0.start = 2005-01-01T06:00:00",
                           "procedures.0.performer = John Mc Kense"));
}

TEST_F(SamplesTest, EncounterVersion2) {
  EXPECT_THAT(facts("464083cc"),
              UnorderedElementsAre("encounters.0.type.display = Emergency room", "encounters.0.start = 1984-02-03",
                                   "encounters.0.end = 1984-02-04", "encounters.0.location = Lakeview Hospital"));
  EXPECT_THAT(told(read_ok(sample("464083cc")).unheld, "reason"), ElementsAre("Car accident"));
}

TEST_F(SamplesTest, AppointmentIsAnEncounterThatIsPlanned) {
  EXPECT_THAT(
      facts("4b18aeb6"),
      UnorderedElementsAre("encounters.0.type.code = OP", "encounters.0.type.system_name = wc/appointment-care-class",
                           "encounters.0.type.display = Outpatient", "encounters.0.mood = APT",
                           "encounters.0.start = 2005-01-01T10:00:00", "encounters.0.end = 2005-01-01T11:00:00",
                           "encounters.0.location = InterLake Dental Clinic"));
  EXPECT_THAT(told(read_ok(sample("4b18aeb6")).unheld, "clinic/name/full"), ElementsAre("John Mc Kense"));
}

TEST_F(SamplesTest, ExplanationOfBenefits) {
  EXPECT_THAT(
      facts("356fbba9"),
      UnorderedElementsAre(
          "claims.0.id = 222222222", "claims.0.type.code = Medical",
          "claims.0.type.system_name = wc/explanation-of-benefits-claim-types", "claims.0.type.display = Medical",
          "claims.0.provider = Darryl Doctor", "claims.0.charged = 360.00", "claims.0.approved = 276.67",
          "claims.0.paid = 150", "claims.0.patient_owes = 126.67", "claims.0.currency = USD",
          "claims.0.items.0.type.display = Office Visit", "claims.0.items.0.start = 2010-01-01",
          "claims.0.items.0.charged = 110", "claims.0.items.0.allowed = 90", "claims.0.items.1.type.display = Lab",
          "claims.0.items.1.start = 2010-01-01", "claims.0.items.1.charged = 140", "claims.0.items.1.allowed = 96.67",
          "claims.0.items.2.type.display = Lab", "claims.0.items.2.start = 2010-01-01",
          "claims.0.items.2.charged = 110", "claims.0.items.2.allowed = 90"));
  EXPECT_THAT(told(read_ok(sample("356fbba9")).unheld, "claim-totals/coinsurance"), ElementsAre("16.67"));
}

TEST_F(SamplesTest, MedicalImageStudyNamesItsImages) {
  EXPECT_THAT(facts("cdfc0a9b"),
              UnorderedElementsAre(
                  "procedures.0.procedure.display = Study of head", "procedures.0.start = 2009-01-08T11:04:09.097",
                  "attachments.0.media_type = application/dicom", "attachments.0.reference = image blob name",
                  "attachments.1.media_type = application/dicom", "attachments.1.reference = ImageBlob",
                  "attachments.2.media_type = application/dicom", "attachments.2.reference = ImageBlob2",
                  "attachments.3.media_type = application/dicom", "attachments.3.reference = ImageBloba",
                  "attachments.4.media_type = application/dicom", "attachments.4.reference = ImageBloba2"));
  EXPECT_THAT(told(read_ok(sample("cdfc0a9b")).unheld, "study-instance-uid"), ElementsAre("0.2.3.5.1.3.5.3.2.1"));
}

TEST_F(SamplesTest, HealthcareProxyIsTwoContacts) {
  std::vector<std::string> expected;
  const auto add = [&](const std::string& at, const std::string& name, const std::string& role,
                       const std::string& street, const std::string& tel, const std::string& mail) {
    for (const auto& line :
         {"name = " + name, std::string("relationship.code = HPOWATT"),
          std::string("relationship.system = 2.16.840.1.113883.5.111"),
          std::string("relationship.system_name = RoleCode"), "relationship.display = " + role,
          "addresses.0.lines.0 = " + street, std::string("addresses.0.city = DC"),
          std::string("addresses.0.state = WA"), std::string("addresses.0.postal_code = 98008"),
          std::string("addresses.0.country = USA"), "telecoms.0 = tel:" + tel, "telecoms.1 = mailto:" + mail})
      expected.push_back("contacts." + at + "." + line);
  };
  add("0", "John Mc Kense", "healthcare power of attorney", "SE 140th St", "4254485432", "john@live.com");
  add("1", "Suzan de capri", "alternate healthcare power of attorney", "SE 140th St", "4254485444", "suzan@live.com");
  EXPECT_THAT(facts("7ea47715"), UnorderedElementsAreArray(expected));
  EXPECT_THAT(told(read_ok(sample("7ea47715")).unheld, "primary-witness/name/full"), ElementsAre("Sean Mc Millan"));
}

TEST_F(SamplesTest, FamilyHistoryVersion3) {
  EXPECT_THAT(
      facts("4a04fcc8"),
      UnorderedElementsAre(
          "family_history.0.relative.code = Fth", "family_history.0.relative.system_name = wc/personal-relationship",
          "family_history.0.relative.display = Father",
          "family_history.0.condition.display = Contact the HealthVault team to help define this vocabulary",
          "family_history.0.onset = 1998-05-23"));
  EXPECT_THAT(told(read_ok(sample("4a04fcc8")).unheld, "condition/severity/text"), ElementsAre("Severe"));
  EXPECT_THAT(told(read_ok(sample("4a04fcc8")).unheld, "relative/date-of-death"), ElementsAre("2001-02-20"));
}

TEST_F(SamplesTest, FileIsAnAttachment) {
  EXPECT_THAT(facts("bd0403c5"),
              UnorderedElementsAre("attachments.0.reference = HVCCTest.xml", "attachments.0.size = 20000"));
}

TEST_F(SamplesTest, MedicalAnnotationIsANote) {
  EXPECT_THAT(facts("7ab3e662"),
              UnorderedElementsAre("notes.0.date = 2005-01-01T06:00:00", "notes.0.author = John Mc Kense"));
}

TEST_F(SamplesTest, MedicalDevice) {
  EXPECT_THAT(facts("ef9cf8d5"),
              UnorderedElementsAre("devices.0.device.display = Digital Peak Flow Meter", "devices.0.id = 23456543",
                                   "devices.0.date = 2008-01-01T10:30:00"));
  EXPECT_THAT(told(read_ok(sample("ef9cf8d5")).unheld, "model"), ElementsAre("PF100"));
}

TEST_F(SamplesTest, CcdIsReadAsTheDocumentThatItIs) {
  const auto thing = sample("9c48a2b8");
  const auto read = read_ok(thing);
  const auto document = records::read_record(thing.bytes);
  ASSERT_TRUE(document);
  EXPECT_EQ(fact_lines(read.record), fact_lines(*document));
  EXPECT_EQ(read.record.patient.name.family, "Levin");
  EXPECT_EQ(read.record.patient.birth_date, "1932-09-24");
  EXPECT_THAT(fact_lines(read.record), Contains("allergies.0.substance.display = Penicillin"));
}

TEST_F(SamplesTest, ThingsOfAnAnswerAreReadWithTheirCommonPart) {
  // ThingSample.xml of the .NET SDK: what was entered (80 mg/dl) is not what the platform has (4 mmol/l).
  const auto text = read_text(healthvault_folder() / "sdk-samples/ThingSample.xml");
  ASSERT_TRUE(text);
  const auto begin = text->find("<data-xml>") + 10;
  const auto read =
      read_ok({"879e7c04-4e8a-4707-9ad3-b054df467ce4", text->substr(begin, text->find("</data-xml>") - begin)});
  EXPECT_THAT(fact_lines(read.record), Contains("results.0.observations.0.value = 4"));
  EXPECT_THAT(fact_lines(read.record), Contains("results.0.observations.0.unit = mmol/L"));
  EXPECT_THAT(told(read.unheld, "value/display"), ElementsAre("80"));
  EXPECT_THAT(read.notes, ElementsAre("Test Note"));
}

}  // namespace
}  // namespace bb::healthvault
