// What values say, by the HL7 V3 data types (R1): nothing of a value is lost.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <bb/core/json.hpp>
#include <bb/records/ccda.hpp>
#include <bb/records/fhir.hpp>
#include <bb/records/html.hpp>
#include <bb/records/va_text.hpp>

#include "records/test_data.hpp"

namespace bb::records {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Record result_of(const std::string& values) {
  return read_document(document_with(
      section_with("30954-2", "<observation><code code='1' displayName='It'/>" + values + "</observation>")));
}

const Observation& observation_of(const Record& record) { return record.results.at(0).observations.at(0); }

// "value|unit", here and in a C-CDA written from it.
std::string value_of(const std::string& value) {
  const auto record = result_of(value);
  const auto again = read_document(write_ccda(record));
  const auto& found = observation_of(record);
  EXPECT_EQ(observation_of(again).value, found.value);
  EXPECT_EQ(observation_of(again).unit, found.unit);
  return found.value + "|" + found.unit;
}

std::string ratio(const std::string& numerator, const std::string& denominator) {
  return value_of("<value xsi:type='RTO_PQ_PQ'><numerator " + numerator + "/><denominator " + denominator +
                  "/></value>");
}

TEST(ValuesTest, ARatioKeepsBothUnits) {
  EXPECT_EQ(ratio("value='1' unit='mg'", "value='2' unit='dL'"), "1/2|mg/dL");
  EXPECT_EQ(ratio("value='1' unit='mg'", "value='2' unit='kg.d'"), "1/2|mg/(kg.d)");
  EXPECT_EQ(ratio("value='5'", "value='1' unit='h'"), "5/1|/h");
  EXPECT_EQ(ratio("value='1'", "value='128'"), "1/128|");
  EXPECT_EQ(ratio("value='1' unit='mg'", "value='2'"), "1/2|mg");
}

std::string range(const std::string& bounds) { return value_of("<value xsi:type='IVL_PQ'>" + bounds + "</value>"); }

TEST(ValuesTest, ARangeOfTwoUnitsKeepsBoth) {
  EXPECT_EQ(range("<low value='13' unit='mg/dL'/><high value='2' unit='g/dL'/>"), "13 mg/dL - 2 g/dL|");
  EXPECT_EQ(range("<low value='13' unit='mg/dL'/><high value='20' unit='mg/dL'/>"), "13-20|mg/dL");
  EXPECT_EQ(range("<low value='13'/><high value='20' unit='mg/dL'/>"), "13-20|mg/dL");
}

TEST(ValuesTest, ARangeMayBeACentreAndAWidth) {
  EXPECT_EQ(range("<center value='5' unit='mg'/>"), "5|mg");
  EXPECT_EQ(range("<center value='5' unit='mg'/><width value='2' unit='mg'/>"), "5 mg, width 2 mg|");
  EXPECT_EQ(range("<low value='5' unit='mg'/><width value='2' unit='mg'/>"), ">=5 mg, width 2 mg|");
  EXPECT_EQ(range("<center nullFlavor='UNK'/>"), "|");
}

TEST(ValuesTest, Base64IsDecodedOrToldByTypeAndSize) {
  const auto data = [](const std::string& attributes, const std::string& base64) {
    return value_of("<value xsi:type='ED' representation='B64' " + attributes + ">" + base64 + "</value>");
  };
  // RFC 4648, section 10: "Zm9vYmFy" is "foobar".
  EXPECT_EQ(data("mediaType='text/plain'", "Zm9v\n YmFy"), "foobar|");
  EXPECT_EQ(data("", "Zm9vYmFy"), "foobar|");
  EXPECT_EQ(data("mediaType='image/png'", "Zm9vYmFy"), "image/png, 6 bytes|");
  EXPECT_EQ(data("mediaType='image/png'", "Zg=="), "image/png, 1 byte|");
  EXPECT_EQ(data("mediaType='image/png'", "not base64!"), "image/png, cannot be decoded|");
  EXPECT_EQ(data("mediaType='text/plain' compression='GZ'", "Zm9vYmFy"), "text/plain, cannot be decoded|");
  EXPECT_EQ(value_of("<value xsi:type='ED' mediaType='text/plain'>Zm9vYmFy</value>"), "Zm9vYmFy|");
}

TEST(ValuesTest, EveryValueOfAnObservationIsToldInEveryCopy) {
  const auto record = result_of(
      "<value xsi:type='PQ' value='13.2' unit='g/dL'/><value xsi:type='ST'>hazy</value>"
      "<value xsi:type='PQ' nullFlavor='UNK'/><value xsi:type='PQ' value='14' unit='g/dL'/>");
  EXPECT_EQ(observation_of(record).value, "13.2");
  EXPECT_THAT(observation_of(record).further_values, ElementsAre("hazy", "14 g/dL"));
  EXPECT_THAT(observation_of(read_document(write_ccda(record))).further_values, ElementsAre("hazy", "14 g/dL"));
  for (const auto& copy : {write_va_text(record, 0), write_html_fragment(record), write_fhir_bundle(record)}) {
    EXPECT_THAT(copy, HasSubstr("hazy"));
    EXPECT_THAT(copy, HasSubstr("14 g/dL"));
  }
}

TEST(ValuesTest, TheFirstValueThatSaysSomethingIsTheValue) {
  const auto record = result_of("<value xsi:type='PQ' nullFlavor='UNK'/><value xsi:type='ST'>hazy</value>");
  EXPECT_EQ(observation_of(record).value, "hazy");
  EXPECT_EQ(observation_of(record).null_flavor, "");
  EXPECT_THAT(observation_of(record).further_values, IsEmpty());
  EXPECT_EQ(observation_of(result_of("<value xsi:type='PQ' nullFlavor='UNK'/>")).null_flavor, "UNK");
}

Medication medication_of(const std::string& inner) {
  return read_document(
             document_with(section_with("10160-0", "<substanceAdministration>" + inner +
                                                       "<consumable><manufacturedProduct><manufacturedMaterial><code "
                                                       "displayName='It'/></manufacturedMaterial></manufacturedProduct>"
                                                       "</consumable></substanceAdministration>")))
      .medications.at(0);
}

TEST(ValuesTest, AnEventKeepsItsOffset) {
  const auto frequency_of = [](const std::string& code, const std::string& offset) {
    return medication_of("<effectiveTime xsi:type='EIVL_TS'><event code='" + code + "'/>" + offset + "</effectiveTime>")
        .frequency;
  };
  EXPECT_EQ(frequency_of("PCV", ""), "after dinner");
  EXPECT_EQ(frequency_of("PCV", "<offset value='30' unit='min'/>"), "30 minutes after dinner");
  EXPECT_EQ(frequency_of("PCV", "<offset><low value='1' unit='h'/></offset>"), "1 hour after dinner");
  EXPECT_EQ(frequency_of("PC", "<offset><low value='1' unit='h'/><high value='2' unit='h'/></offset>"),
            "1 hour to 2 hours after meals");
  // The example of the data types: one hour before breakfast.
  EXPECT_EQ(frequency_of("ACM", "<offset><low value='-1' unit='h'/></offset>"), "1 hour before breakfast");
  EXPECT_EQ(frequency_of("ACM", "<offset><low value='1' unit='h'/></offset>"), "before breakfast, offset 1 hour");
  EXPECT_EQ(frequency_of("HS", "<offset><low value='-5' unit='min'/></offset>"), "at bedtime, offset -5 minutes");
  EXPECT_EQ(frequency_of("CV", ""), "with dinner");
}

TEST(ValuesTest, AnOffsetSurvivesInTheInstructionsOfACopy) {
  Record record;
  record.medications.push_back(
      medication_of("<effectiveTime xsi:type='EIVL_TS'><event code='PCV'/><offset><low value='30' "
                    "unit='min'/></offset></effectiveTime>"));
  EXPECT_EQ(read_document(write_ccda(record)).medications.at(0).instructions, "30 minutes after dinner");
}

TEST(ValuesTest, TheAdministrationUnitIsWhatADoseCounts) {
  const auto dose_of = [](const std::string& quantity, const std::string& unit) {
    return medication_of("<doseQuantity " + quantity + "/><administrationUnitCode " + unit + "/>").dose;
  };
  EXPECT_EQ(dose_of("value='2'", "code='C65060' displayName='Puff'"), "2 Puff");
  EXPECT_EQ(dose_of("value='90' unit='ug'", "displayName='Puff'"), "90 ug (Puff)");
  EXPECT_EQ(dose_of("value='1' unit='{tablet}'", "displayName='TABLET'"), "1 tablet");
  EXPECT_EQ(dose_of("value='2'", "nullFlavor='NI'"), "2");
  EXPECT_EQ(dose_of("value='2'", "code='C65060' codeSystem='2.16.840.1.113883.3.26.1.1'"),
            "2 (code C65060 of NCI Thesaurus)");
  EXPECT_EQ(dose_of("nullFlavor='UNK'", "displayName='Puff'"), "Puff");
}

TEST(ValuesTest, TheRateAndTheMaximumDoseAreToldInEveryCopy) {
  Record record;
  record.medications.push_back(
      medication_of("<rateQuantity value='90' unit='ml/min'/><maxDoseQuantity><numerator value='4' unit='{tablet}'/>"
                    "<denominator value='24' unit='h'/></maxDoseQuantity>"));
  EXPECT_EQ(record.medications[0].rate, "90 ml/min");
  EXPECT_EQ(record.medications[0].max_dose, "4 tablet per 24 h");
  const auto again = read_document(write_ccda(record)).medications.at(0);
  EXPECT_EQ(again.rate, "90 ml/min");
  EXPECT_EQ(again.max_dose, "4 tablet per 24 h");
  for (const auto& copy : {write_html_fragment(record), write_fhir_bundle(record)})
    EXPECT_THAT(copy, HasSubstr("at 90 ml/min, at most 4 tablet per 24 h"));
  const auto text = write_va_text(record, 0);
  EXPECT_THAT(text, HasSubstr("Rate:                 90 ml/min\r\nMaximum Dose:         4 tablet per 24 h\r\n"));
  EXPECT_EQ(medication_of("<rateQuantity unit='CA'/><maxDoseQuantity nullFlavor='UNK'/>").rate, "");
}

TEST(ValuesTest, TellsTheTwoPuffsOfThePublishedSummary) {
  const auto text = read_text(published_folder() / "ccda/hl7-published/C-CDA_R2-1_CCD.xml");
  if (!text) GTEST_SKIP() << "no published documents at " << published_folder() << ": set BB_TEST_DATA";
  EXPECT_EQ(read_document(*text).medications.at(0).dose, "2 Puff");
}

}  // namespace
}  // namespace bb::records
