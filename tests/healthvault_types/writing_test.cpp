// What becomes of facts as things.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "thing_data.hpp"

namespace bb::healthvault {
namespace {

using records::Record;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

const std::string loinc = "2.16.840.1.113883.6.1";

std::vector<std::string> names(const WrittenThings& written) {
  std::vector<std::string> all;
  for (const auto& thing : written.things) all.push_back(find_thing_type(thing.type_id)->name);
  return all;
}

std::string why(const WrittenThings& written, std::string_view where) {
  for (const auto& one : written.unheld)
    if (one.where == where) return one.why;
  return "not told";
}

records::Observation vital(const std::string& code, const std::string& value, const std::string& unit,
                           const std::string& date = "2012-08-06") {
  records::Observation o;
  o.test = {code, loinc, "LOINC", "x"};
  o.value = value;
  o.unit = unit;
  o.date = date;
  return o;
}

Record with(std::vector<records::Observation> vital_signs) {
  Record record;
  record.vital_signs = std::move(vital_signs);
  return record;
}

TEST(WritingTest, TurnsPoundsIntoKilograms) {
  // HV-TYPE-04: 200 lb x 0.45359237 kg/lb.
  const auto written = write_things(with({vital("29463-7", "200", "[lb_av]")}));
  ASSERT_THAT(written.things, SizeIs(1));
  const auto& xml = written.things[0].bytes;
  const auto begin = xml.find("<kg>") + 4;
  EXPECT_NEAR(std::stod(xml.substr(begin)), 90.718474, 1e-6);
  EXPECT_THAT(xml, HasSubstr("<display units=\"lb\" units-code=\"lb\">200</display>"));
}

TEST(WritingTest, TurnsInchesIntoMetres) {
  const auto written = write_things(with({vital("8302-2", "70", "[in_i]")}));
  ASSERT_THAT(names(written), ElementsAre("Height"));
  EXPECT_THAT(written.things[0].bytes, HasSubstr("<m>1.778</m>"));
}

TEST(WritingTest, PutsABloodPressureOfOneTimeTogether) {
  // HV-TYPE-05.
  const auto written = write_things(
      with({vital("8867-4", "66", "/min"), vital("8462-4", "80", "mm[Hg]"), vital("8480-6", "120", "mm[Hg]"),
            vital("8480-6", "130", "mm[Hg]", "2012-08-07"), vital("8462-4", "85", "mm[Hg]", "2012-08-07")}));
  ASSERT_THAT(names(written), ElementsAre("Blood pressure", "Blood pressure"));
  EXPECT_THAT(written.things[0].bytes,
              HasSubstr("<systolic>120</systolic><diastolic>80</diastolic><pulse>66</pulse></blood-pressure>"));
  EXPECT_THAT(written.things[1].bytes, HasSubstr("<systolic>130</systolic><diastolic>85</diastolic></blood-pressure>"));
}

TEST(WritingTest, WritesHalfABloodPressureAsAVitalSign) {
  EXPECT_THAT(names(write_things(with({vital("8480-6", "120", "mm[Hg]")}))), ElementsAre("Vital signs"));
  // Integers alone.
  EXPECT_THAT(names(write_things(with({vital("8480-6", "120.5", "mm[Hg]"), vital("8462-4", "80", "mm[Hg]")}))),
              ElementsAre("Vital signs", "Vital signs"));
}

TEST(WritingTest, MakesUpNoDayForATypeThatAsksForOne) {
  // HV-TYPE-11.
  const auto written = write_things(with({vital("29463-7", "200", "[lb_av]", "2012")}));
  EXPECT_THAT(written.things, IsEmpty());
  EXPECT_THAT(why(written, "vital_signs[0]"), HasSubstr("requires 'when'"));
}

TEST(WritingTest, KeepsAYearAYear) {
  Record record;
  record.problems = {{{"", "", "", "Asthma"}, "", "2009", "as a child"}};
  const auto written = write_things(record);
  ASSERT_THAT(written.things, SizeIs(1));
  EXPECT_THAT(written.things[0].bytes,
              HasSubstr("<onset-date><structured><date><y>2009</y></date></structured></onset-date>"));
  EXPECT_THAT(written.things[0].bytes, HasSubstr("<stop-date><descriptive>as a child</descriptive></stop-date>"));
}

TEST(WritingTest, SaysARxNormCodeByItsFamily) {
  // HV-TYPE-06.
  Record record;
  record.medications.push_back({});
  record.medications[0].drug = {"309362", "2.16.840.1.113883.6.88", "RxNorm", "Clopidogrel"};
  const auto written = write_things(record);
  ASSERT_THAT(written.things, SizeIs(1));
  EXPECT_THAT(written.things[0].bytes,
              HasSubstr("<text>Clopidogrel</text><code><value>309362</value><family>RxNorm</family>"));
}

TEST(WritingTest, NamesVocabulariesAsThePlatformDoes) {
  // HV-TYPE-08; of SNOMED CT and LOINC the published samples.
  Record record;
  record.immunizations = {{{"88", "2.16.840.1.113883.12.292", "CVX", "Flu"}, "2012", "EVN", "completed", ""}};
  record.problems = {{{"195967001", "2.16.840.1.113883.6.96", "SNOMED CT", "Asthma"}, "", "", ""}};
  const auto written = write_things(record);
  ASSERT_THAT(names(written), ElementsAre("Immunization", "Condition"));
  EXPECT_THAT(written.things[0].bytes, HasSubstr("<value>88</value><family>HL7</family><type>vaccines-cvx</type>"));
  EXPECT_THAT(written.things[1].bytes,
              HasSubstr("<value>195967001</value><family>Snomed</family><type>SnomedComplete</type>"));
}

TEST(WritingTest, GivesACodeWithoutWordsWords) {
  // HV-TYPE-10.
  Record record;
  record.problems = {{{"195967001", "2.16.840.1.113883.6.96", "SNOMED CT", ""}, "", "", ""}};
  const auto written = write_things(record);
  ASSERT_THAT(written.things, SizeIs(1));
  EXPECT_THAT(written.things[0].bytes, HasSubstr("<text>code 195967001 of SNOMED CT</text>"));
  EXPECT_EQ(read_ok(written.things[0]).record.problems[0].problem.display, "");
}

TEST(WritingTest, NeverSaysThatThereIsNoAllergy) {
  // HV-TYPE-07.
  Record record;
  record.absences = {{"allergies", "none_known", {}, ""}};
  const auto written = write_things(record);
  EXPECT_THAT(written.things, IsEmpty());
  EXPECT_THAT(why(written, "absences[0]"), HasSubstr("not so"));
}

TEST(WritingTest, WritesNoVaccineThatWasRefusedOrIsPlanned) {
  // HV-TYPE-08.
  Record record;
  record.immunizations = {{{"", "", "", "Flu"}, "2012", "EVN", "refused", ""},
                          {{"", "", "", "Flu"}, "2012", "INT", "completed", ""},
                          {{"", "", "", "Flu"}, "2012", "EVN", "entered-in-error", ""},
                          {{"", "", "", "Flu"}, "2012", "EVN", "completed", ""}};
  const auto written = write_things(record);
  EXPECT_THAT(names(written), ElementsAre("Immunization"));
  EXPECT_THAT(why(written, "immunizations[0]"), HasSubstr("refused"));
  EXPECT_THAT(why(written, "immunizations[1]"), HasSubstr("planned"));
  EXPECT_THAT(why(written, "immunizations[2]"), HasSubstr("in error"));
}

TEST(WritingTest, TellsWhatATypeHasNoElementForAndSaysItBesideIt) {
  Record record;
  record.allergies = {
      {{"", "", "", "Nuts"}, {}, {}, {"24484000", "2.16.840.1.113883.6.96", "SNOMED CT", "Severe"}, "resolved", ""}};
  record.allergies[0].source = "VA";
  const auto written = write_things(record);
  ASSERT_THAT(written.things, SizeIs(1));
  const auto& xml = written.things[0].bytes;
  EXPECT_THAT(
      xml,
      HasSubstr("<common><source>VA</source><note>Not held by this type: severity: Severe; status: resolved</note>"));
  EXPECT_THAT(why(written, "allergies[0].status"), HasSubstr("common/extension"));
  EXPECT_THAT(why(written, "allergies[0].severity.code"), HasSubstr("common/extension"));
  EXPECT_EQ(why(written, "allergies[0].source"), "not told");  // it has its place
  const auto back = read_ok(written.things[0]).record.allergies[0];
  EXPECT_EQ(back.severity, record.allergies[0].severity);
  EXPECT_EQ(back.source, "VA");
}

TEST(WritingTest, SaysThatAMedicationIsPlanned) {
  Record record;
  record.medications.resize(2);
  record.medications[0].drug.display = record.medications[1].drug.display = "Aspirin";
  record.medications[0].mood = "INT";
  record.medications[1].mood = "EVN";
  const auto written = write_things(record);
  ASSERT_THAT(written.things, SizeIs(2));
  EXPECT_THAT(written.things[0].bytes, HasSubstr("<note>Not held by this type: planned (INT)</note>"));
  EXPECT_THAT(written.things[1].bytes, Not(HasSubstr("<note>")));
  const auto read = read_things(written.things);
  EXPECT_EQ(read.record.medications.at(0).mood, "INT");
  EXPECT_EQ(read.record.medications.at(1).mood, "EVN");
}

TEST(WritingTest, TellsEveryFactThatNoTypeStates) {
  Record record;
  record.goals = {vital("1", "2", "")};
  record.care_team = {{"Dr. No", {}, "", {}, "", "", ""}};
  record.claims = {{}};
  record.claims[0].id = "c1";
  record.document_title = "Summary";
  const auto written = write_things(record);
  EXPECT_THAT(written.things, IsEmpty());
  for (const auto* where : {"goals[0]", "care_team[0]", "claims[0]", "document_title"})
    EXPECT_NE(why(written, where), "not told") << where;
}

TEST(WritingTest, LeavesAnObservationThatIsAnErrorOutOfItsPanel) {
  Record record;
  auto wrong = vital("718-7", "99", "g/dL");
  wrong.status = "entered-in-error";
  record.results = {{{"", "", "", "Count"}, "2012", {wrong, vital("718-7", "13", "g/dL")}}};
  const auto written = write_things(record);
  ASSERT_THAT(written.things, SizeIs(1));
  EXPECT_THAT(written.things[0].bytes, Not(HasSubstr("99")));
  EXPECT_THAT(why(written, "results[0].observations.0"), HasSubstr("in error"));
}

TEST(WritingTest, EscapesWhatIsMarkupAndReplacesWhatXmlCannotCarry) {
  Record record;
  record.problems = {{{"", "", "", std::string("<b>&\x01\xFF")}, "", "", ""}};
  const auto written = write_things(record);
  ASSERT_THAT(written.things, SizeIs(1));
  EXPECT_THAT(written.things[0].bytes, HasSubstr("&lt;b&gt;&amp;"));
  EXPECT_TRUE(read_thing(written.things[0]));
}

TEST(WritingTest, SortsTelecomsByTheirKind) {
  Record record;
  record.contacts = {{"Ann", {"", "", "", "mother"}, {}, {"mailto:ann@example.org", "http://example.org", "tel:555"}}};
  const auto written = write_things(record);
  ASSERT_THAT(written.things, SizeIs(1));
  EXPECT_THAT(written.things[0].bytes,
              HasSubstr("<contact><phone><number>555</number></phone><email><address>ann@example.org</address></email>"
                        "</contact><type><text>mother</text></type></person>"));
  EXPECT_THAT(why(written, "contacts[0].telecoms.1"), HasSubstr("common/extension"));
}

TEST(WritingTest, TakesNoLongerForManyFactsOfOneTime) {
  // Each with each would be 25 million.
  Record record;
  for (int i = 0; i < 5'000; ++i)
    record.vital_signs.push_back(vital(i % 2 == 0 ? "8480-6" : "8462-4", "120", "mm[Hg]"));
  record.results = {{{"", "", "", "Count"}, "2012", record.vital_signs}};
  const auto written = write_things(record);
  EXPECT_THAT(written.things, SizeIs(2'501));
  const auto read = read_things(written.things);
  EXPECT_THAT(read.record.vital_signs, SizeIs(5'000));
  EXPECT_THAT(read.record.results.at(0).observations, SizeIs(5'000));
}

TEST(WritingTest, SaysWhichTypesAreNotMadeOfFacts) {
  EXPECT_FALSE(write_things({}, "9c48a2b8-952c-4f5a-935d-f3292326bf54"));
  EXPECT_FALSE(write_things({}, "356fbba9-e0c9-4f4f-b0d9-4594f2490d2f"));
  EXPECT_TRUE(write_things({}, "3d34d87e-7fc1-4153-800f-f56592cb0d17"));
}

}  // namespace
}  // namespace bb::healthvault
