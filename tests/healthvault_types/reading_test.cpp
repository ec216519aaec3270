// What is read of things: forms that the published samples do not show, and bad input.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fact_lines.hpp"
#include "thing_data.hpp"

namespace bb::healthvault {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr auto weight = "3d34d87e-7fc1-4153-800f-f56592cb0d17";
constexpr auto allergy = "52bf9104-2c5e-4f1f-a66d-552ebcc53df7";
constexpr auto condition = "7ea7a1f9-880b-4bd4-b593-f5660f20eda8";
constexpr auto lab = "5800eab5-a8c2-482a-a4d6-f1db25ae08c3";
constexpr auto personal = "92ba621e-66b3-4a01-bd73-74844aed4f5b";
constexpr auto basic = "3b3e6b16-eb69-483c-8d7e-dfe116ae6092";
constexpr auto contact = "162dd12d-9859-4a66-b75f-96760d67072b";

const std::string day = "<when><date><y>2014</y><m>1</m><d>31</d></date></when>";

std::string weight_of(const std::string& value) { return "<weight>" + day + "<value>" + value + "</value></weight>"; }

TEST(ReadingTest, TakesWhatWasEnteredWhereItSaysWhatThePlatformSays) {
  // HV-TYPE-04; 200 lb are 90.718474 kg.
  const auto read =
      read_ok({weight, weight_of("<kg>90.718474</kg><display units=\"lb\" units-code=\"lb\">200</display>")});
  ASSERT_EQ(read.record.vital_signs.size(), 1u);
  EXPECT_EQ(read.record.vital_signs[0].value, "200");
  EXPECT_EQ(read.record.vital_signs[0].unit, "[lb_av]");
  EXPECT_THAT(read.unheld, IsEmpty());
}

TEST(ReadingTest, TakesThePlatformsValueWhereTheEnteredOneSaysOtherwise) {
  const auto read = read_ok({weight, weight_of("<kg>90.718474</kg><display units=\"lb\">190</display>")});
  EXPECT_EQ(read.record.vital_signs[0].value, "90.718474");
  EXPECT_EQ(read.record.vital_signs[0].unit, "kg");
  EXPECT_THAT(told(read.unheld, "value/display"), ElementsAre("190"));
}

TEST(ReadingTest, TakesThePlatformsValueWhereTheUnitIsUnknown) {
  const auto read = read_ok({weight, weight_of("<kg>63.5</kg><display units=\"stone\">10</display>")});
  EXPECT_EQ(read.record.vital_signs[0].value, "63.5");
  EXPECT_THAT(told(read.unheld, "value/display"), ElementsAre("10"));
}

TEST(ReadingTest, ReadsNoMeasurementWithoutANumber) {
  const auto read = read_ok({weight, weight_of("<kg>heavy</kg>")});
  EXPECT_THAT(read.record.vital_signs, IsEmpty());
  EXPECT_THAT(told(read.unheld, "value/kg"), ElementsAre("heavy"));
}

std::string onset_of(const std::string& date) {
  const auto read =
      read_ok({condition, "<condition><name><text>x</text></name><onset-date>" + date + "</onset-date></condition>"});
  return read.record.problems.empty() ? "" : read.record.problems[0].onset;
}

TEST(ReadingTest, KeepsThePrecisionOfADate) {
  // HV-TYPE-11.
  EXPECT_EQ(onset_of("<structured><date><y>2009</y></date></structured>"), "2009");
  EXPECT_EQ(onset_of("<structured><date><y>2009</y><m>5</m></date></structured>"), "2009-05");
  EXPECT_EQ(onset_of("<structured><date><y>2009</y><m>12</m><d>31</d></date></structured>"), "2009-12-31");
  EXPECT_EQ(
      onset_of("<structured><date><y>2009</y><m>5</m><d>1</d></date><time><h>23</h><m>59</m></time></structured>"),
      "2009-05-01T23:59");
  EXPECT_EQ(
      onset_of("<structured><date><y>2009</y><m>5</m><d>1</d></date><time><h>0</h><m>0</m><s>59</s><f>70</f></time>"
               "<tz><text>UTC-05:00</text></tz></structured>"),
      "2009-05-01T00:00:59.07-05:00");
  EXPECT_EQ(onset_of("<descriptive>as a child</descriptive>"), "as a child");
}

TEST(ReadingTest, ReadsNoDateThatTheSchemaDoesNotAllow) {
  EXPECT_EQ(onset_of("<structured><date><y>999</y></date></structured>"), "");
  EXPECT_EQ(onset_of("<structured><date><y>1000</y></date></structured>"), "1000");
  EXPECT_EQ(onset_of("<structured><date><y>2009</y><m>13</m></date></structured>"), "");
  EXPECT_EQ(onset_of("<structured><date><y>2009</y><m>1</m><d>32</d></date></structured>"), "");
}

TEST(ReadingTest, TellsATimeZoneThatIsNoOffset) {
  const auto read =
      read_ok({condition,
               "<condition><name><text>x</text></name><onset-date><structured><date><y>2009</y><m>5</m><d>1</d></date>"
               "<time><h>1</h><m>2</m></time><tz><text>Eastern</text></tz></structured></onset-date></condition>"});
  EXPECT_EQ(read.record.problems[0].onset, "2009-05-01T01:02");
  EXPECT_THAT(told(read.unheld, "onset-date/structured/tz/text"), ElementsAre("Eastern"));
}

TEST(ReadingTest, TakesTheCodeOfAVocabularyThatOthersKnow) {
  const auto read =
      read_ok({condition,
               "<condition><name><text>Asthma</text><code><value>1</value><family>Mayo</family><type>MayoConditions</"
               "type></code>"
               "<code><value>493.90</value><family>icd</family><type>icd9cm</type></code></name></condition>"});
  EXPECT_EQ(read.record.problems[0].problem,
            (records::Code{"493.90", "2.16.840.1.113883.6.103", "ICD-9-CM", "Asthma"}));
  EXPECT_THAT(told(read.unheld, "name/code"), ElementsAre("1 of MayoConditions"));
}

TEST(ReadingTest, ReadsLabResultsGroupByGroup) {
  const std::string result =
      "<results><when><structured><date><y>2014</y><m>1</m><d>30</d></date></structured></when><name>Hgb</name>"
      "<clinical-code><text>Hemoglobin</text><code><value>718-7</value><family>regenstrief</family><type>LOINC</type></"
      "code>"
      "</clinical-code><value><measurement><display>13.2 g/dL</display><structured><value>13.2</value><units>"
      "<text>grams per "
      "deciliter</text><code><value>g/dL</value><family>wc</family><type>lab-results-units</type></code>"
      "</units></structured></measurement><ranges><type><text>normal</text></type><text><text>12-16</text></text>"
      "</ranges><flag><text>Normal</text><code><value>N</value><family>wc</family><type>lab-result-flag</type></code></"
      "flag>"
      "</value><status><text>final</text></status><note>seen</note></results>";
  const auto read =
      read_ok({lab,
               "<lab-test-results><when><structured><date><y>2014</y></date></structured></when><lab-group>"
               "<group-name><text>Blood count</text></group-name><sub-groups><group-name><text>Smear</text>"
               "</group-name><results><name>Blasts</name><value><measurement><display>none</display>"
               "</measurement></value></results></sub-groups>" +
                   result + "</lab-group></lab-test-results>"});
  const auto lines = fact_lines(read.record);
  ASSERT_EQ(read.record.results.size(), 2u);
  const auto& panel = read.record.results[read.record.results[0].panel.display == "Smear" ? 1 : 0];
  EXPECT_EQ(panel.panel.display, "Blood count");
  EXPECT_EQ(panel.date, "2014");
  ASSERT_EQ(panel.observations.size(), 1u);
  const auto& hemoglobin = panel.observations[0];
  EXPECT_EQ(hemoglobin.test, (records::Code{"718-7", "2.16.840.1.113883.6.1", "LOINC", "Hemoglobin"}));
  EXPECT_EQ(hemoglobin.value, "13.2");
  EXPECT_EQ(hemoglobin.unit, "g/dL");
  EXPECT_EQ(hemoglobin.reference_range, "12-16");
  EXPECT_EQ(hemoglobin.interpretation, "N");
  EXPECT_EQ(hemoglobin.date, "2014-01-30");
  EXPECT_EQ(hemoglobin.status, "final");
  EXPECT_THAT(lines, Contains(HasSubstr("observations.0.value = none")));
  EXPECT_THAT(told(read.unheld, "lab-group/results/name"), ElementsAre("Hgb"));
  EXPECT_THAT(told(read.unheld, "lab-group/results/note"), ElementsAre("seen"));
}

TEST(ReadingTest, MakesOnePatientOfThreeThings) {
  const auto read = read_things(
      {{basic,
        "<basic><gender>f</gender><birthyear>1980</birthyear><postcode>98052</postcode><city>Redmond</city>"
        "<language><language><text>English</text></language></language></basic>"},
       {personal,
        "<personal><name><full>Dr Ada B "
        "Lovelace</full><title><text>Dr</text></title><first>Ada</first><middle>B</middle>"
        "<last>Lovelace</last></name><birthdate><date><y>1980</y><m>12</m><d>10</d></date></birthdate>"
        "<is-deceased>false</is-deceased></personal>"},
       {contact,
        "<contact><contact><address><street>1 Main St</street><city>Redmond</city><postcode>98052</postcode>"
        "<country>US</country></address><phone><number>555-0100</number></phone></contact></contact>"}});
  EXPECT_THAT(read.unheld, IsEmpty());
  const auto& patient = read.record.patient;
  EXPECT_EQ(patient.gender, "female");
  EXPECT_EQ(patient.birth_date, "1980-12-10");
  EXPECT_EQ(patient.language, "English");
  EXPECT_EQ(patient.name.full(), "Dr Ada B Lovelace");
  EXPECT_THAT(patient.name.given, ElementsAre("Ada", "B"));
  EXPECT_EQ(patient.deceased, "no");
  ASSERT_EQ(patient.addresses.size(), 1u);
  EXPECT_THAT(patient.addresses[0].lines, ElementsAre("1 Main St"));
  EXPECT_THAT(patient.telecoms, ElementsAre("tel:555-0100"));
}

TEST(ReadingTest, TellsWhatTwoThingsSayDifferentlyOfThePatient) {
  const auto read = read_things({{basic, "<basic><gender>f</gender><birthyear>1980</birthyear></basic>"},
                                 {basic, "<basic><gender>m</gender><birthyear>1981</birthyear></basic>"}});
  EXPECT_EQ(read.record.patient.gender, "female");
  EXPECT_THAT(told(read.unheld, "patient.gender"), ElementsAre("male"));
  EXPECT_THAT(told(read.unheld, "patient.birth_date"), ElementsAre("1981"));
}

TEST(ReadingTest, BoundsTheListsOfAPatient) {
  const auto phones = [](int count) {
    std::string xml = "<contact><contact>";
    for (int i = 0; i < count; ++i) xml += "<phone><number>" + std::to_string(i) + "</number></phone>";
    return ThingXml{contact, xml + "</contact></contact>"};
  };
  const auto most = read_things({phones(1000)});
  EXPECT_EQ(most.record.patient.telecoms.size(), 1000u);
  EXPECT_THAT(most.unheld, IsEmpty());
  const auto more = read_things({phones(1001)});
  EXPECT_EQ(more.record.patient.telecoms.size(), 1000u);
  EXPECT_THAT(told(more.unheld, "patient.telecoms"), ElementsAre(""));
}

TEST(ReadingTest, ReadsSourceAndNoteBesideTheData) {
  // HV-PUT-09.
  const auto read = read_ok({allergy,
                             "<allergy><name><text>Nuts</text></name></allergy><common><source>Clinic &amp; Co</source>"
                             "<note>ask her</note><tags>a,b</tags></common>"});
  EXPECT_EQ(read.record.allergies[0].source, "Clinic & Co");
  EXPECT_THAT(read.notes, ElementsAre("ask her"));
  EXPECT_THAT(told(read.unheld, "common/tags"), ElementsAre("a,b"));
}

TEST(ReadingTest, FillsOnlyWhatTheThingLeavesOpenFromOurExtension) {
  const auto read =
      read_ok({allergy,
               "<allergy><name><text>Nuts</text></name></allergy><common>"
               "<extension source=\"org.bluebridge.record\"><field name=\"status\">resolved</field>"
               "<field name=\"substance.display\">Milk</field><field name=\"no.such\">x</field></extension>"
               "<extension source=\"other\"><field name=\"onset\">2001</field></extension></common>"});
  EXPECT_EQ(read.record.allergies[0].status, "resolved");
  EXPECT_EQ(read.record.allergies[0].substance.display, "Nuts");
  EXPECT_EQ(read.record.allergies[0].onset, "");
  EXPECT_THAT(told(read.unheld, "common/extension/substance.display"), ElementsAre("Milk"));
  EXPECT_THAT(told(read.unheld, "common/extension/no.such"), ElementsAre("x"));
  EXPECT_THAT(told(read.unheld, "common/extension"), ElementsAre("other"));
}

TEST(ReadingTest, CountsWhatItCarriesAndWhatItDoesNotKnow) {
  // HV-TYPE-13.
  const auto read = read_things({{"85A21DDB-DB20-4C65-8D30-33C899CCF612", "<exercise/>"},
                                 {"85a21ddb-db20-4c65-8d30-33c899ccf612", "<exercise/>"},
                                 {"00000000-0000-0000-0000-000000000001", "<own/>"}});
  ASSERT_EQ(read.carried.size(), 2u);
  EXPECT_EQ(read.carried[0].name, "Exercise");
  EXPECT_EQ(read.carried[0].count, 2u);
  EXPECT_EQ(read.carried[1].name, "");
  EXPECT_EQ(read.carried[1].count, 1u);
}

std::string error_of(const ThingXml& thing) {
  const auto read = read_thing(thing);
  return read ? "" : read.error().what;
}

TEST(ReadingTest, SaysWhatIsWrongWithDataAndWhere) {
  EXPECT_THAT(error_of({weight, "<height/>"}), HasSubstr("expected the element 'weight', found 'height'"));
  EXPECT_THAT(error_of({weight, "<weight>\n  <when></weight>"}), HasSubstr("line 2, column"));
  EXPECT_THAT(error_of({weight, ""}), HasSubstr("there is no element"));
  EXPECT_THAT(error_of({weight, "<weight/><weight/>"}), HasSubstr("found 'weight' behind them"));
  EXPECT_THAT(error_of({weight, "<weight/></data-xml><data-xml>"}), HasSubstr("not well-formed"));
  EXPECT_THAT(error_of({weight, "<!DOCTYPE weight [<!ENTITY a \"b\">]><weight>&a;</weight>"}), Not(IsEmpty()));
  EXPECT_THAT(error_of({weight, "<weight>\xFF</weight>"}), HasSubstr("not UTF-8"));
  EXPECT_THAT(error_of({weight, "<w:weight xmlns:w=\"urn:other\"/>"}), HasSubstr("expected the element 'weight'"));
}

TEST(ReadingTest, RefusesAnElementThatIsTooDeep) {
  std::string deep;
  for (int i = 0; i < 300; ++i) deep += "<a>";
  EXPECT_THAT(error_of({weight, "<weight>" + deep}), HasSubstr("nested deeper than"));
}

TEST(ReadingTest, GoesOnBehindAThingThatCannotBeRead) {
  const auto read = read_things({{weight, "<weight>"}, {weight, weight_of("<kg>60</kg>")}});
  ASSERT_EQ(read.unreadable.size(), 1u);
  EXPECT_EQ(read.unreadable[0].thing, 0u);
  EXPECT_EQ(read.record.vital_signs.size(), 1u);
}

TEST(ReadingTest, KeepsWhatItCannotReadOfADischargeSummaryAsWords) {
  const auto read =
      read_ok({"02ef57a2-a620-425a-8e92-a301542cca54",
               "<discharge-summary>" + day +
                   "<text>Went well.</text><principal-diagnosis><text>Pneumonia</text></principal-diagnosis>"
                   "</discharge-summary>"});
  ASSERT_EQ(read.record.notes.size(), 1u);
  EXPECT_EQ(read.record.notes[0].text, "Went well.\nprincipal-diagnosis/text: Pneumonia");
  EXPECT_EQ(read.record.notes[0].type.code, "18842-5");
  EXPECT_EQ(read.record.notes[0].date, "2014-01-31");
  EXPECT_THAT(read.unheld, IsEmpty());
}

}  // namespace
}  // namespace bb::healthvault
