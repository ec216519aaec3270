#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <bb/records/ccda.hpp>

#include <ctime>

#include "records/test_data.hpp"

namespace bb::records {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;

std::string error_of(const std::string& xml) {
  const auto record = read_ccda(xml);
  return record ? "no error" : record.error().what;
}

std::string problem_entry(const std::string& value, const std::string& attributes = {}) {
  return "<act><statusCode code=\"active\"/><entryRelationship><observation " + attributes + ">" + value +
         "</observation></entryRelationship></act>";
}

std::string medication_entry(const std::string& inner, const std::string& code) {
  return "<substanceAdministration>" + inner + "<consumable><manufacturedProduct><manufacturedMaterial>" + code +
         "</manufacturedMaterial></manufacturedProduct></consumable></substanceAdministration>";
}

constexpr const char* warfarin = R"(<code code="855332" displayName="Warfarin"/>)";

TEST(CcdaReaderTest, ReadsThePatientOfTheRichSample) {
  const auto patient = read_sample("alice").patient;
  EXPECT_EQ(patient.name.full(), "Alice Jones Newman");
  EXPECT_EQ(patient.birth_date, "1970-05-01");
  EXPECT_EQ(patient.gender, "female");
  EXPECT_EQ(patient.race.display, "White");
  EXPECT_EQ(patient.addresses.at(0).city, "Sampleton");
  EXPECT_THAT(patient.telecoms, ElementsAre("tel:+1-555-0111"));
}

TEST(CcdaReaderTest, CountsTheFactsOfTheRichSample) {
  const auto record = read_sample("alice");
  EXPECT_THAT(record.allergies, SizeIs(4));
  EXPECT_THAT(record.problems, SizeIs(5));
  EXPECT_THAT(record.medications, SizeIs(5));
  EXPECT_THAT(record.immunizations, SizeIs(4));
  EXPECT_THAT(record.results, SizeIs(3));
  EXPECT_THAT(record.vital_signs, SizeIs(9));
  EXPECT_THAT(record.encounters, SizeIs(3));
}

TEST(CcdaReaderTest, ReadsOneProblemAndNothingElseOfThePoorSample) {
  const auto record = read_sample("bruno");
  EXPECT_THAT(fact_names(record), ElementsAre("Otitis media"));
  EXPECT_THAT(record.encounters, IsEmpty());
}

TEST(CcdaReaderTest, KeepsLettersBeyondAsciiAsTheyAre) {
  const auto record = read_sample("zoe");
  EXPECT_EQ(record.patient.name.full(), "Zoë Søs Ångström-Nuñez");
  EXPECT_EQ(record.allergies.at(1).substance.display, "Cashew nut (腰果)");
  EXPECT_EQ(record.medications.at(0).instructions, "Täglich eine Tablette – nicht mit Öl <5 ml> einnehmen");
  EXPECT_EQ(record.encounters.at(0).location, "Clínica São João – 中文门诊");
}

TEST(CcdaReaderTest, KeepsThePrecisionOfDates) {
  const auto record = read_sample("dmitri");
  EXPECT_EQ(record.patient.birth_date, "1938");
  EXPECT_EQ(record.problems.at(1).resolved, "2010-04-22");
  EXPECT_EQ(record.vital_signs.at(0).date, "2024-10-01T09:10-07:00");
}

TEST(CcdaReaderTest, ReadsAnAllergyWholly) {
  const auto allergy = read_sample("alice").allergies.at(0);
  EXPECT_EQ(allergy.substance.display, "Penicillin");
  EXPECT_EQ(allergy.substance.system_name, "RxNorm");
  EXPECT_EQ(allergy.type.display, "Allergy to drug");
  EXPECT_THAT(allergy.reactions, SizeIs(2));
  EXPECT_EQ(allergy.reactions.at(1).display, "Shortness of breath");
  EXPECT_EQ(allergy.severity.display, "Moderate to severe");
  EXPECT_EQ(allergy.status, "active");
  EXPECT_EQ(allergy.onset, "1980-05-01");
}

TEST(CcdaReaderTest, ReadsAMedicationWholly) {
  const auto medication = read_sample("alice").medications.at(0);
  EXPECT_EQ(medication.drug.display, "albuterol 0.09 MG/ACTUAT Metered Dose Inhaler");
  EXPECT_EQ(medication.dose, "2 puff");
  EXPECT_EQ(medication.route, "Respiratory (Inhalation)");
  EXPECT_EQ(medication.frequency, "every 6 hours");
  EXPECT_EQ(medication.instructions, "Two puffs every 6 hours when short of breath");
  EXPECT_EQ(medication.start, "2024-01-15");
  EXPECT_EQ(medication.stop, "");
  EXPECT_EQ(medication.status, "active");
}

TEST(CcdaReaderTest, ReadsARefusedImmunizationAsRefused) {
  const auto immunization = read_sample("alice").immunizations.at(3);
  EXPECT_EQ(immunization.vaccine.display, "zoster vaccine recombinant");
  EXPECT_EQ(immunization.status, "refused");
}

TEST(CcdaReaderTest, ReadsResultsInTheirPanels) {
  const auto panel = read_sample("alice").results.at(0);
  EXPECT_EQ(panel.panel.display, "CBC panel - Blood by Automated count");
  EXPECT_EQ(panel.date, "2024-06-22T10:15:00-07:00");
  const auto& platelets = panel.observations.at(2);
  EXPECT_EQ(platelets.test.display, "Platelets [#/volume] in Blood by Automated count");
  EXPECT_EQ(platelets.value, "123");
  EXPECT_EQ(platelets.unit, "10*3/uL");
  EXPECT_EQ(platelets.interpretation, "L");
  EXPECT_EQ(platelets.reference_range, "150-350 10*3/uL");
}

TEST(CcdaReaderTest, ReadsAnUpperBoundAndWordsAsValues) {
  const auto urine = read_sample("alice").results.at(1).observations;
  EXPECT_EQ(urine.at(0).value, "Yellow");
  EXPECT_EQ(urine.at(2).value, "<50");
  EXPECT_EQ(urine.at(2).unit, "mg/dL");
}

TEST(CcdaReaderTest, PrefersTheLegalNameAmongSeveral) {
  const auto record = read_document(document_with("", R"(
      <name use="P"><given>Ally</given><family>Newman</family></name>
      <name use="L"><given>Alice</given><family>Newman</family></name>)"));
  EXPECT_EQ(record.patient.name.full(), "Alice Newman");
}

TEST(CcdaReaderTest, PassesOverANullName) {
  const auto record = read_document(document_with("", R"(
      <name use="L" nullFlavor="MSK"/><name><given>Alice</given></name>)"));
  EXPECT_EQ(record.patient.name.full(), "Alice");
}

TEST(CcdaReaderTest, LeavesTheNameAtBirthOutWhereThereIsACurrentOne) {
  const auto record = read_document(document_with("", R"(<name><given>Alice</given><given qualifier="BR">Alicia</given>
      <family qualifier="BR">Jones</family></name>)"));
  EXPECT_EQ(record.patient.name.full(), "Alice Jones");
}

TEST(CcdaReaderTest, KeepsAnUndividedNameWhole) {
  EXPECT_EQ(read_document(document_with("", "<name>  Alice \n Newman </name>")).patient.name.full(), "Alice Newman");
}

TEST(CcdaReaderTest, LeavesAnUnknownBirthDateAndGenderEmpty) {
  const auto patient = read_document(document_with("", R"(
      <administrativeGenderCode nullFlavor="UNK"/><birthTime nullFlavor="UNK"/>)"))
                           .patient;
  EXPECT_EQ(patient.birth_date, "");
  EXPECT_EQ(patient.gender, "");
}

TEST(CcdaReaderTest, RecognisesASectionByItsTemplateAlone) {
  const auto record = read_document(document_with(
      R"(<component><section><templateId root="2.16.840.1.113883.10.20.1.11"/><entry>)" +
      problem_entry(R"(<value code="195967001" displayName="Asthma"/>)") + "</entry></section></component>"));
  EXPECT_THAT(fact_names(record), ElementsAre("Asthma"));
}

TEST(CcdaReaderTest, ReadsSectionsInsideSections) {
  const auto record = read_document(document_with(
      "<component><section>" + section_with("11450-4", problem_entry(R"(<value displayName="Asthma"/>)")) +
      "</section></component>"));
  EXPECT_THAT(fact_names(record), ElementsAre("Asthma"));
}

TEST(CcdaReaderTest, TakesTheNameFromTheNarrativeItRefersTo) {
  const auto record = read_document(document_with(section_with(
      "11450-4", problem_entry(R"(<value code="1"><originalText><reference value="#p1"/></originalText></value>)"),
      R"(<table><tr><td ID="p1">Bronchial
         <content>asthma</content></td></tr></table>)")));
  EXPECT_EQ(record.problems.at(0).problem.display, "Bronchial asthma");
}

TEST(CcdaReaderTest, TakesTheNameOfATranslationLast) {
  const auto record = read_document(document_with(
      section_with("11450-4", problem_entry(R"(<value nullFlavor="OTH"><translation code="493.90" displayName="Asthma"
          codeSystem="2.16.840.1.113883.6.103"/></value>)"))));
  EXPECT_EQ(record.problems.at(0).problem, (Code{"493.90", "2.16.840.1.113883.6.103", "ICD-9-CM", "Asthma"}));
}

TEST(CcdaReaderTest, PrefersTheDisplayNameToTheNarrative) {
  const auto record = read_document(document_with(section_with(
      "11450-4",
      problem_entry(R"(<value code="1" displayName="Asthma"><originalText>wheezy</originalText></value>)"))));
  EXPECT_EQ(record.problems.at(0).problem.display, "Asthma");
}

TEST(CcdaReaderTest, LeavesOutWhatIsNegatedUnknownOrNone) {
  for (const auto& entry : {problem_entry(R"(<value displayName="Asthma"/>)", R"(negationInd="true")"),
                            problem_entry(R"(<value nullFlavor="UNK"/>)"),
                            problem_entry(R"(<value code="160245001" displayName="No current problems"/>)"),
                            problem_entry(R"(<value displayName="No known problems"/>)")})
    EXPECT_THAT(read_document(document_with(section_with("11450-4", entry))).problems, IsEmpty()) << entry;
}

TEST(CcdaReaderTest, KeepsAProblemWhoseNameOnlyBeginsLikeNone) {
  const auto entry = problem_entry(R"(<value displayName="Nonepileptic seizures"/>)");
  EXPECT_THAT(read_document(document_with(section_with("11450-4", entry))).problems, SizeIs(1));
}

TEST(CcdaReaderTest, NamesAnUncodedSubstanceByTheEntitysName) {
  const auto record = read_document(document_with(section_with("48765-2", R"(<act><entryRelationship><observation>
      <participant typeCode="CSM"><participantRole><playingEntity>
        <code codeSystem="2.16.840.1.113883.6.88"><originalText>Coded name not available</originalText></code>
        <name>BEE VENOM</name></playingEntity></participantRole></participant>
      </observation></entryRelationship></act>)")));
  EXPECT_EQ(record.allergies.at(0).substance.display, "BEE VENOM");
}

TEST(CcdaReaderTest, TellsPeriodsInHours) {
  const auto frequency_of = [](const std::string& period) {
    const auto entry =
        medication_entry(R"(<effectiveTime xsi:type="PIVL_TS" operator="A">)" + period + "</effectiveTime>", warfarin);
    return read_document(document_with(section_with("10160-0", entry))).medications.at(0).frequency;
  };
  EXPECT_EQ(frequency_of(R"(<period value="12" unit="h"/>)"), "every 12 hours");
  EXPECT_EQ(frequency_of(R"(<period value="12.00" unit="h"/>)"), "every 12 hours");
  EXPECT_EQ(frequency_of(R"(<period value=".5" unit="d"/>)"), "every 12 hours");
  EXPECT_EQ(frequency_of(R"(<period value=".3333333333333333333" unit="d"/>)"), "every 8 hours");
  EXPECT_EQ(frequency_of(R"(<period value="1" unit="d"/>)"), "every day");
  EXPECT_EQ(frequency_of(R"(<period><low value="4" unit="h"/><high value="6" unit="h"/></period>)"),
            "every 4 to 6 hours");
  EXPECT_EQ(frequency_of(R"(<period unit="BEDTIME"/>)"), "");
  EXPECT_EQ(frequency_of(R"(<period value="1e999" unit="h"/>)"), "");
  EXPECT_EQ(frequency_of(R"(<event code="HS"/>)"), "at bedtime");
}

TEST(CcdaReaderTest, ReadsAResultWithoutAPanel) {
  const auto record = read_document(
      document_with(section_with("30954-2", R"(<observation><code displayName="HGB"/><effectiveTime value="2000"/>
      <value xsi:type="PQ" value="13.2" unit="g/dl"/></observation>)")));
  EXPECT_EQ(record.results.at(0).panel, Code{});
  EXPECT_EQ(record.results.at(0).observations.at(0).value, "13.2");
}

TEST(CcdaReaderTest, GivesAnUndatedVitalSignTheDateOfItsOrganizer) {
  const auto record = read_document(
      document_with(section_with("8716-3", R"(<organizer><effectiveTime><low value="20120806"/></effectiveTime>
      <component><observation><code displayName="Height"/></observation></component></organizer>)")));
  EXPECT_EQ(record.vital_signs.at(0).date, "2012-08-06");
}

TEST(CcdaReaderTest, SaysWhereXmlIsNotWellFormed) {
  EXPECT_THAT(error_of("<ClinicalDocument xmlns='urn:hl7-org:v3'>\n  <a></b>\n</ClinicalDocument>"),
              StartsWith("line 2, column "));
  EXPECT_THAT(error_of(""), StartsWith("line 1, column 1: "));
  EXPECT_THAT(error_of("Content-Type: application/xml"), StartsWith("line 1, column 1: not well-formed XML"));
}

TEST(CcdaReaderTest, SaysWhatStandsInsteadOfAClinicalDocument) {
  EXPECT_EQ(error_of("<html xmlns='http://www.w3.org/1999/xhtml'/>"),
            "expected the root element ClinicalDocument of namespace urn:hl7-org:v3, found 'html' of namespace "
            "http://www.w3.org/1999/xhtml");
  EXPECT_THAT(error_of("<ClinicalDocument/>"), HasSubstr("found 'ClinicalDocument' without a namespace"));
}

TEST(CcdaReaderTest, RefusesADoctypeBeforeAnyEntityIsRead) {
  const std::string bomb = R"(<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>
<ClinicalDocument xmlns="urn:hl7-org:v3"><title>&b;</title></ClinicalDocument>)";
  EXPECT_THAT(error_of(bomb), HasSubstr("line 1, column 13: a DOCTYPE is not allowed in a clinical document"));
  EXPECT_THAT(error_of("<!DOCTYPE x SYSTEM \"file:///etc/passwd\"><ClinicalDocument xmlns='urn:hl7-org:v3'/>"),
              HasSubstr("a DOCTYPE is not allowed"));
}

TEST(CcdaReaderTest, RefusesAnUndeclaredPrefix) {
  EXPECT_THAT(error_of("<ClinicalDocument xmlns='urn:hl7-org:v3'><sdtc:x/></ClinicalDocument>"),
              HasSubstr("Namespace prefix sdtc"));
}

std::string nested(int depth) {
  std::string xml = "<ClinicalDocument xmlns='urn:hl7-org:v3'>";
  for (int i = 1; i < depth; ++i) xml += "<a>";
  for (int i = 1; i < depth; ++i) xml += "</a>";
  return xml + "</ClinicalDocument>";
}

TEST(CcdaReaderTest, BoundsTheDepth) {
  EXPECT_EQ(error_of(nested(256)), "no error");
  EXPECT_THAT(error_of(nested(257)), HasSubstr("elements are nested deeper than 256"));
}

std::string with_attributes(int count) {
  std::string xml = "<ClinicalDocument xmlns='urn:hl7-org:v3'><!-- a=1 > <x b=2 --><a ";
  for (int i = 0; i < count; ++i) xml += "a" + std::to_string(i) + "='>' ";
  return xml + "/></ClinicalDocument>";
}

TEST(CcdaReaderTest, BoundsTheAttributesOfAnElement) {
  EXPECT_EQ(error_of(with_attributes(256)), "no error");
  EXPECT_EQ(error_of(with_attributes(257)), "line 1, column 1: an element has more than 256 attributes");
}

// The default namespace and `count` - 1 prefixes, 200 an element.
std::string with_namespaces(int count) {
  std::string xml = "<ClinicalDocument xmlns='urn:hl7-org:v3'><a ";
  for (int i = 1; i < count; ++i) {
    if (i % 200 == 0) xml += "><a ";
    xml += "xmlns:n" + std::to_string(i) + "='urn:n' ";
  }
  xml += ">";
  for (int i = 0; i <= (count - 1) / 200; ++i) xml += "</a>";
  return xml + "</ClinicalDocument>";
}

TEST(CcdaReaderTest, BoundsTheNamespacesInScope) {
  EXPECT_EQ(error_of(with_namespaces(512)), "no error");
  EXPECT_THAT(error_of(with_namespaces(513)), HasSubstr("more than 512 namespace declarations in scope"));
}

std::string with_elements(std::size_t count) {
  std::string xml = "<ClinicalDocument xmlns='urn:hl7-org:v3'>";
  for (std::size_t i = 1; i < count; ++i) xml += "<a/>";
  return xml + "</ClinicalDocument>";
}

TEST(CcdaReaderTest, BoundsTheNumberOfElements) {
  EXPECT_EQ(error_of(with_elements(2'000'000)), "no error");
  EXPECT_THAT(error_of(with_elements(2'000'001)), HasSubstr("more than 2000000 elements"));
}

TEST(CcdaReaderTest, BoundsTheSize) {
  constexpr std::size_t bytes_max = 64ull * 1024 * 1024;
  std::string xml = "<ClinicalDocument xmlns='urn:hl7-org:v3'></ClinicalDocument>";
  xml.insert(xml.find("></"), bytes_max - xml.size(), ' ');
  EXPECT_EQ(error_of(xml), "no error");
  EXPECT_EQ(error_of(xml + "\n"), "line 1, column 1: the document has 67108865 bytes, at most 67108864 are read");
}

TEST(CcdaReaderTest, IsNotSlowedByReferencesToOneLongText) {
  std::string entries;
  for (int i = 0; i < 500; ++i)
    entries += "<entry>" +
               problem_entry(R"(<value code="1"><originalText><reference value="#n"/></originalText></value>)") +
               "</entry>";
  const auto xml = document_with("<component><section><code code=\"11450-4\"/><text ID=\"n\">" +
                                 std::string(10'000'000, 'x') + "</text>" + entries + "</section></component>");
  const auto start = std::clock();
  const auto record = read_document(xml);
  constexpr int cpu_seconds_max = 5;  // copying the text each time would take more
  EXPECT_LT((std::clock() - start) / CLOCKS_PER_SEC, cpu_seconds_max);
  EXPECT_THAT(record.problems, SizeIs(500));
  EXPECT_EQ(record.problems.at(0).problem.display.size(), 16U * 1024);
}

}  // namespace
}  // namespace bb::records
