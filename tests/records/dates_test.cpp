#include <gtest/gtest.h>

#include "records/dates.hpp"

namespace bb::records {
namespace {

TEST(DatesTest, KeepsThePrecisionOfATimestamp) {
  EXPECT_EQ(iso_from_hl7("2012"), "2012");
  EXPECT_EQ(iso_from_hl7("201208"), "2012-08");
  EXPECT_EQ(iso_from_hl7("20120806"), "2012-08-06");
  EXPECT_EQ(iso_from_hl7("2012080610"), "2012-08-06T10");
  EXPECT_EQ(iso_from_hl7("201208061030-0500"), "2012-08-06T10:30-05:00");
  EXPECT_EQ(iso_from_hl7("20120806103059.123+0930"), "2012-08-06T10:30:59.123+09:30");
}

TEST(DatesTest, RefusesWhatIsNoDate) {
  for (const auto* text : {"", "abc", "201", "20121301", "20120230", "20110229", "2012080624", "201208061060",
                           "00000101", "2012-8-6", "20120806 1030", "20120806103000-05000", "20120806x"})
    EXPECT_EQ(iso_from_hl7(text), "") << text;
}

TEST(DatesTest, KnowsLeapYears) {
  EXPECT_EQ(iso_from_hl7("20120229"), "2012-02-29");
  EXPECT_EQ(iso_from_hl7("20000229"), "2000-02-29");
  EXPECT_EQ(iso_from_hl7("19000229"), "");
}

TEST(DatesTest, WritesBackWhatItRead) {
  for (const auto* text : {"2012", "201208", "20120806", "2012080610", "201208061030-0500", "20120806103059.123+0930"})
    EXPECT_EQ(hl7_from_iso(iso_from_hl7(text)), text);
}

TEST(DatesTest, SpeaksToPeople) {
  EXPECT_EQ(date_for_people("2012"), "2012");
  EXPECT_EQ(date_for_people("2012-08"), "Aug 2012");
  EXPECT_EQ(date_for_people("2012-08-06"), "06 Aug 2012");
  EXPECT_EQ(date_for_people("2012-08-06T10:30-05:00"), "06 Aug 2012 @ 1030 -05:00");
  EXPECT_EQ(date_for_people("last summer"), "last summer");
}

TEST(DatesTest, GivesFhirNoTimeWithoutAnOffset) {
  // FHIR R4, dateTime: "If hours and minutes are specified, a time zone SHALL
  // be populated. Seconds must be provided due to schema type constraints".
  EXPECT_EQ(fhir_date_time("2012-08-06T10:30:00"), "2012-08-06");
  EXPECT_EQ(fhir_date_time("2012-08-06T10-05:00"), "2012-08-06");
  EXPECT_EQ(fhir_date_time("2012-08-06T10:30-05:00"), "2012-08-06T10:30:00-05:00");
  EXPECT_EQ(fhir_date_time("2012-08"), "2012-08");
}

}  // namespace
}  // namespace bb::records
