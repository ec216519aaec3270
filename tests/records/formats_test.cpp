// Documents beyond C-CDA: the CCR, and bodies that are no structure; and how
// much of a document is read.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <bb/records/ccda.hpp>
#include <bb/records/read.hpp>

#include "records/test_data.hpp"

namespace bb::records {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

Record read(const std::string& xml) {
  auto record = read_record(xml);
  EXPECT_TRUE(record) << (record ? "" : record.error().what);
  return record ? *record : Record{};
}

// Actor "p" is the patient, "d" a doctor.
Record read_ccr_with(const std::string& body) {
  return read(R"(<c:ContinuityOfCareRecord xmlns:c="urn:astm-org:CCR"><c:CCRDocumentObjectID>X1</c:CCRDocumentObjectID>
<c:DateTime><c:ExactDateTime>2010-03-25T13:15:00Z</c:ExactDateTime></c:DateTime>
<c:Patient><c:ActorID>p</c:ActorID></c:Patient><c:From><c:ActorLink><c:ActorID>d</c:ActorID></c:ActorLink></c:From>
<c:Body>)" + body +
              R"(</c:Body><c:Actors><c:Actor><c:ActorObjectID>p</c:ActorObjectID><c:Person><c:Name><c:CurrentName>
<c:Given>John</c:Given><c:Middle>D.</c:Middle><c:Family>Stuart</c:Family></c:CurrentName></c:Name>
<c:DateOfBirth><c:ExactDateTime>1953-02</c:ExactDateTime></c:DateOfBirth><c:Gender><c:Text>Male</c:Text></c:Gender>
</c:Person><c:EMail><c:Value>j@example.org</c:Value></c:EMail></c:Actor>
<c:Actor><c:ActorObjectID>d</c:ActorObjectID><c:Person><c:Name><c:DisplayName>Dr Henry</c:DisplayName></c:Name></c:Person>
</c:Actor></c:Actors></c:ContinuityOfCareRecord>)");
}

std::string described(const std::string& words, const std::string& code = {}, const std::string& system = {}) {
  return "<c:Description><c:Text>" + words + "</c:Text>" +
         (code.empty()
              ? ""
              : "<c:Code><c:Value>" + code + "</c:Value><c:CodingSystem>" + system + "</c:CodingSystem></c:Code>") +
         "</c:Description>";
}

TEST(CcrReaderTest, ReadsHeaderAndPatient) {
  const auto record = read_ccr_with("");
  EXPECT_EQ(record.format, "CCR");
  EXPECT_EQ(record.document_id, "X1");
  EXPECT_EQ(record.created, "2010-03-25T13:15:00+00:00");
  EXPECT_EQ(record.author, "Dr Henry");
  EXPECT_EQ(record.patient.name.full(), "John D. Stuart");
  EXPECT_EQ(record.patient.birth_date, "1953-02");
  EXPECT_EQ(record.patient.gender, "male");
  EXPECT_THAT(record.patient.telecoms, ElementsAre("mailto:j@example.org"));
}

TEST(CcrReaderTest, ReadsAProblemWithItsSpan) {
  const auto record = read_ccr_with("\n<c:Problems><c:Problem>" + described("Asthma", "493.00", "ICD9-CM") +
                                    R"(<c:Status><c:Text>Active</c:Text></c:Status>
      <c:DateTime><c:Type><c:Text>Onset</c:Text></c:Type><c:ExactDateTime>2002-12-22</c:ExactDateTime></c:DateTime>
      <c:DateTime><c:Type><c:Text>Resolved</c:Text></c:Type><c:ApproximateDateTime><c:Text>childhood</c:Text>
      </c:ApproximateDateTime></c:DateTime></c:Problem></c:Problems>)");
  ASSERT_THAT(record.problems, SizeIs(1));
  const auto& problem = record.problems[0];
  EXPECT_EQ(problem.problem, (Code{"493.00", "2.16.840.1.113883.6.103", "ICD-9-CM", "Asthma"}));
  EXPECT_EQ(problem.status, "active");
  EXPECT_EQ(problem.onset, "2002-12-22");
  EXPECT_EQ(problem.resolved, "childhood");
  EXPECT_EQ(problem.line, 5);
}

TEST(CcrReaderTest, ReadsAnAllergyByItsAgent) {
  const auto record = read_ccr_with("<c:Alerts><c:Alert>" + described("Codeine allergy") + R"(
      <c:Agent><c:Products><c:Product><c:Product><c:ProductName><c:Text>Codeine</c:Text></c:ProductName></c:Product>
      </c:Product></c:Products></c:Agent><c:Reaction>)" +
                                    described("Hives") + "</c:Reaction></c:Alert><c:Alert>" +
                                    described("No known food allergies") + "</c:Alert></c:Alerts>");
  ASSERT_THAT(record.allergies, SizeIs(1));
  EXPECT_EQ(record.allergies[0].substance.display, "Codeine");
  EXPECT_EQ(record.allergies[0].reactions.at(0).display, "Hives");
  ASSERT_THAT(record.absences, SizeIs(1));
  EXPECT_EQ(record.absences[0].kind, "none_known");
}

TEST(CcrReaderTest, ReadsAMedicationAndAnImmunization) {
  const std::string product = R"(<c:Product><c:ProductName><c:Text>furosemide</c:Text></c:ProductName>
      <c:BrandName><c:Text>Lasix</c:Text></c:BrandName></c:Product>)";
  const auto record = read_ccr_with("<c:Medications><c:Medication>" + product + R"(<c:Directions><c:Direction>
      <c:Dose><c:Value>1</c:Value><c:Units><c:Unit>tab</c:Unit></c:Units></c:Dose>
      <c:Route><c:Text>Oral</c:Text></c:Route><c:Frequency><c:Value>BID</c:Value></c:Frequency></c:Direction>
      </c:Directions></c:Medication></c:Medications><c:Immunizations><c:Immunization>)" +
                                    product + "</c:Immunization></c:Immunizations>");
  ASSERT_THAT(record.medications, SizeIs(1));
  const auto& medication = record.medications[0];
  EXPECT_EQ(medication.drug.display, "furosemide (Lasix)");
  EXPECT_EQ(medication.dose + "|" + medication.route + "|" + medication.frequency, "1 tab|Oral|BID");
  EXPECT_THAT(record.immunizations, SizeIs(1));
}

TEST(CcrReaderTest, ReadsResultsAndVitalSigns) {
  const std::string test = "<c:Result>" + described("Panel") + "<c:Test>" + described("Potassium", "2823-3", "LOINC") +
                           R"(<c:TestResult><c:Value>4.3</c:Value><c:Units><c:Unit>mmol/L</c:Unit></c:Units>
      </c:TestResult><c:NormalResult><c:Normal><c:Value>3.5 - 5.3</c:Value></c:Normal></c:NormalResult>
      <c:Flag><c:Text>Normal</c:Text></c:Flag></c:Test></c:Result>)";
  const auto record = read_ccr_with("<c:Results>" + test + "</c:Results><c:VitalSigns>" + test + "</c:VitalSigns>");
  ASSERT_THAT(record.results, SizeIs(1));
  ASSERT_THAT(record.vital_signs, SizeIs(1));
  const auto& potassium = record.results[0].observations.at(0);
  EXPECT_EQ(potassium.test.code, "2823-3");
  EXPECT_EQ(potassium.value + " " + potassium.unit, "4.3 mmol/L");
  EXPECT_EQ(potassium.reference_range, "3.5 - 5.3");
  EXPECT_EQ(potassium.interpretation, "Normal");
}

TEST(CcrReaderTest, ReadsTheOtherSections) {
  const auto record = read_ccr_with(
      "<c:Procedures><c:Procedure>" + described("Biopsy") +
      "<c:Practitioners><c:Practitioner><c:ActorID>d</c:ActorID></c:Practitioner></c:Practitioners></c:Procedure>"
      "</c:Procedures><c:Encounters><c:Encounter>" +
      described("Visit") +
      "</c:Encounter></c:Encounters><c:SocialHistory><c:SocialHistoryElement><c:Type><c:Text>Smoking"
      "</c:Text></c:Type>" +
      described("never") + "</c:SocialHistoryElement></c:SocialHistory><c:PlanOfCare><c:Plan>" + described("Rest") +
      "</c:Plan></c:PlanOfCare><c:FunctionalStatus><c:Function>" + described("Walks") +
      "</c:Function></c:FunctionalStatus><c:HealthCareProviders><c:Provider><c:ActorID>d</c:ActorID></c:Provider>"
      "</c:HealthCareProviders><c:Payers><c:Payer>Blue Shield</c:Payer></c:Payers>");
  EXPECT_EQ(record.procedures.at(0).performer, "Dr Henry");
  EXPECT_EQ(record.encounters.at(0).type.display, "Visit");
  EXPECT_EQ(record.social_history.at(0).test.display + " " + record.social_history.at(0).value, "Smoking never");
  EXPECT_EQ(record.plan.at(0).what.display, "Rest");
  EXPECT_EQ(record.functional_status.at(0).test.display, "Walks");
  EXPECT_EQ(record.care_team.at(0).name, "Dr Henry");
  EXPECT_THAT(record.sections, SizeIs(7));
  EXPECT_EQ(record.sections.back().text, "Blue Shield");
  EXPECT_THAT(record.absences, IsEmpty());
}

Attachment attachment_of(const std::string& text) {
  const auto record = read("<ClinicalDocument xmlns='urn:hl7-org:v3'><component><nonXMLBody>" + text +
                           "</nonXMLBody></component></ClinicalDocument>");
  EXPECT_THAT(record.attachments, SizeIs(1));
  return record.attachments.empty() ? Attachment{} : record.attachments[0];
}

TEST(UnstructuredBodyTest, DecodesText) {
  const auto attachment = attachment_of("<text mediaType='text/plain' representation='B64'>SGVs\n bG8K</text>");
  EXPECT_EQ(attachment.media_type, "text/plain");
  EXPECT_EQ(attachment.text, "Hello\n");
  EXPECT_EQ(attachment.size, 6U);
  EXPECT_TRUE(attachment.is_readable);
  EXPECT_EQ(attachment.line, 1);
}

TEST(UnstructuredBodyTest, KeepsPlainTextWithItsLines) {
  EXPECT_EQ(attachment_of("<text>one\n  two</text>").text, "one\n  two");
}

TEST(UnstructuredBodyTest, TellsTheSizeOfWhatIsNoText) {
  const auto attachment = attachment_of("<text mediaType='application/pdf' representation='B64'>JVBERg==</text>");
  EXPECT_EQ(attachment.size, 4U);
  EXPECT_EQ(attachment.text, "");
  EXPECT_TRUE(attachment.is_readable);
}

TEST(UnstructuredBodyTest, SaysThatItCannotBeDecoded) {
  for (const auto* text : {"<text mediaType='text/plain' representation='B64'>SGVs#</text>",
                           "<text mediaType='text/plain' representation='B64' compression='GZ'>SGVs</text>"}) {
    const auto attachment = attachment_of(text);
    EXPECT_FALSE(attachment.is_readable) << text;
    EXPECT_EQ(attachment.size, 0U);
  }
}

TEST(UnstructuredBodyTest, NamesWhatLiesElsewhere) {
  const auto attachment = attachment_of("<text mediaType='application/pdf'>\n<reference value='scan.pdf'/></text>");
  EXPECT_EQ(attachment.reference, "scan.pdf");
  EXPECT_FALSE(attachment.is_readable);
}

TEST(ReadRecordTest, SaysWhatStandsInsteadOfADocument) {
  const auto record = read_record("<unstructuredC62/>");
  ASSERT_FALSE(record);
  EXPECT_EQ(record.error().what,
            "expected the root element ClinicalDocument of namespace urn:hl7-org:v3 or ContinuityOfCareRecord of "
            "namespace urn:astm-org:CCR, found 'unstructuredC62' without a namespace");
  EXPECT_FALSE(read_ccda("<ContinuityOfCareRecord xmlns='urn:astm-org:CCR'/>"));
  EXPECT_FALSE(read_record("<ClinicalDocument xmlns='urn:astm-org:CCR'/>"));
}

// So many problems in a CDA document, in one entry or one each.
std::string with_problems(std::size_t count, bool is_one_entry) {
  std::string entries;
  for (std::size_t i = 0; i < count; ++i) {
    if (!is_one_entry || i == 0) entries += "<entry>";
    entries += "<observation><value code='1'/></observation>";
    if (!is_one_entry || i + 1 == count) entries += "</entry>";
  }
  return document_with("<component><section><code code='11450-4'/>" + entries + "</section></component>");
}

TEST(ReadRecordTest, BoundsTheNumberOfFacts) {
  for (const bool is_one_entry : {false, true}) {
    EXPECT_TRUE(read_record(with_problems(100'000, is_one_entry)));
    const auto refused = read_record(with_problems(100'001, is_one_entry));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().what, "the document states more than 100000 facts");
  }
}

TEST(ReadRecordTest, BoundsTheObservationsOfPanels) {
  std::string components;
  for (int i = 0; i < 100'001; ++i) components += "<component><observation><code code='1'/></observation></component>";
  const auto record = read_record(document_with(section_with("30954-2", "<organizer>" + components + "</organizer>")));
  ASSERT_FALSE(record);
  EXPECT_THAT(record.error().what, HasSubstr("more than 100000 facts"));
}

TEST(ReadRecordTest, BoundsTheFactsOfACcr) {
  std::string problems;
  for (int i = 0; i < 100'001; ++i) problems += "<Problem/>";
  const auto record = read_record("<ContinuityOfCareRecord xmlns='urn:astm-org:CCR'><Body><Problems>" + problems +
                                  "</Problems></Body></ContinuityOfCareRecord>");
  ASSERT_FALSE(record);
  EXPECT_THAT(record.error().what, HasSubstr("more than 100000 facts"));
}

}  // namespace
}  // namespace bb::records
