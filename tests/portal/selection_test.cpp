#include "portal/selection.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bb/core/time.hpp>

namespace bb::portal {
namespace {

using testing::ElementsAre;

DateRange between(const std::string& from, const std::string& until) {
  DateRange range;
  if (!from.empty()) range.from_ns = parse_time(from);
  if (!until.empty()) range.until_ns = parse_time(until);
  return range;
}

records::Record record_with_vitals(const std::vector<std::string>& dates) {
  records::Record record;
  record.patient.name.family = "Newman";
  for (const auto& date : dates) {
    records::Observation vital;
    vital.value = date;
    vital.date = date;
    record.vital_signs.push_back(vital);
  }
  return record;
}

std::vector<std::string> vitals(const std::optional<records::Record>& record) {
  std::vector<std::string> values;
  if (record)
    for (const auto& vital : record->vital_signs) values.push_back(vital.value);
  return values;
}

TEST(SelectionTest, TakesADayThatTouchesTheRangeAtEitherEnd) {
  EXPECT_TRUE(touches("2012-08-06", between("2012-08-06", "2012-08-06")));
  EXPECT_TRUE(touches("2012-08-06", between("2012-08-06T23:59:59.999Z", "")));
  EXPECT_FALSE(touches("2012-08-06", between("2012-08-07T00:00:00Z", "")));
  EXPECT_TRUE(touches("2012-08-06", between("", "2012-08-06T00:00:00Z")));
  EXPECT_FALSE(touches("2012-08-06", between("", "2012-08-05T23:59:59.999Z")));
}

TEST(SelectionTest, TakesAMonthAndAYearWithTheirWholeLength) {
  EXPECT_TRUE(touches("2012-02", between("2012-02-29T23:59:59Z", "")));
  EXPECT_FALSE(touches("2012-02", between("2012-03-01", "")));
  EXPECT_FALSE(touches("2011-02", between("2011-03-01", "")));
  EXPECT_TRUE(touches("2012-12", between("2012-12-31T23:59:59Z", "")));
  EXPECT_FALSE(touches("2012-12", between("2013-01-01", "")));
  EXPECT_TRUE(touches("2012", between("2012-12-31T23:59:59Z", "")));
  EXPECT_FALSE(touches("2012", between("2013-01-01", "")));
  EXPECT_TRUE(touches("2012", between("", "2012-01-01")));
  EXPECT_FALSE(touches("2012", between("", "2011-12-31T23:59:59Z")));
}

TEST(SelectionTest, ComparesInstantsAcrossZones) {
  EXPECT_TRUE(touches("2012-08-06T23:30:00-05:00", between("2012-08-07T04:30:00Z", "2012-08-07T04:30:00Z")));
  EXPECT_FALSE(touches("2012-08-06T23:30:00-05:00", between("", "2012-08-07T04:29:59Z")));
}

TEST(SelectionTest, LeavesWhatHasNoDateToTheOpenRange) {
  EXPECT_TRUE(touches("", {}));
  EXPECT_FALSE(touches("", between("1900-01-01", "")));
  EXPECT_FALSE(touches("soon", between("1900-01-01", "")));
}

TEST(SelectionTest, GivesAVisitTheEntriesOfItsDays) {
  auto record = record_with_vitals(
      {"2012-08-05", "2012-08-06", "2012-08-07T23:59:00-05:00", "2012-08-08", "2012-08", "2012", ""});
  records::Encounter stay;
  stay.start = "2012-08-06T08:00:00-05:00";
  stay.end = "2012-08-07T17:00:00-05:00";
  record.encounters = {stay, {}};
  EXPECT_THAT(vitals(select(record, {{"visit-1"}, {}})), ElementsAre("2012-08-06", "2012-08-07T23:59:00-05:00"));
  EXPECT_EQ(select(record, {{"visit-1"}, {}})->encounters.size(), 1u);
  EXPECT_EQ(select(record, {{"visit-1"}, {}})->patient.name.family, "Newman");
}

TEST(SelectionTest, GivesAVisitWithoutADayNoEntries) {
  auto record = record_with_vitals({"2012-08-06", ""});
  record.encounters = {{}};
  EXPECT_THAT(vitals(select(record, {{"visit-1"}, {}})), ElementsAre());
  EXPECT_EQ(select(record, {{"visit-1"}, {}})->encounters.size(), 1u);
}

TEST(SelectionTest, GivesEverythingForTheSummary) {
  const auto record = record_with_vitals({"2012-08-06", ""});
  EXPECT_THAT(vitals(select(record, {})), ElementsAre("2012-08-06", ""));
  EXPECT_THAT(vitals(select(record, {{"summary"}, {}})), ElementsAre("2012-08-06", ""));
  EXPECT_TRUE((Selection{{"summary"}, {}}.is_whole()));
  EXPECT_TRUE(Selection{}.is_whole());
  EXPECT_FALSE((Selection{{"visit-1"}, {}}.is_whole()));
  EXPECT_FALSE((Selection{{}, between("2012-01-01", "")}.is_whole()));
}

TEST(SelectionTest, DatesAResultByItsPanelWhereItHasNoDateOfItsOwn) {
  records::Record record;
  records::ResultPanel panel;
  panel.date = "2012-08-06";
  panel.observations.resize(2);
  panel.observations[1].date = "2013-01-01";
  record.results = {panel};
  const auto part = select(record, {{}, between("2012-08-06", "2012-08-06")});
  ASSERT_EQ(part->results.size(), 1u);
  EXPECT_EQ(part->results[0].observations.size(), 1u);
  EXPECT_EQ(select(record, {{}, between("2014-01-01", "")})->results.size(), 0u);
}

TEST(SelectionTest, KnowsNoItemBeyondTheLastVisit) {
  records::Record record;
  record.encounters.resize(2);
  EXPECT_TRUE(select(record, {{"visit-2"}, {}}));
  for (const auto* id : {"visit-0", "visit-3", "visit-02", "visit-+1", "visit-1 ", "visit", ""})
    EXPECT_FALSE(select(record, {{id}, {}})) << id;
}

}  // namespace
}  // namespace bb::portal
