// The federal holidays are those that the Office of Personnel Management lists for 2021, 2022, 2026 and 2027.
#include <gtest/gtest.h>
#include <bb/core/time.hpp>

#include "business_days.hpp"

namespace bb::rest {
namespace {

using namespace std::chrono;

TEST(BusinessDaysTest, AreNoHolidaysAndNoWeekends) {
  for (const auto holiday : {2026y / January / 1, 2026y / January / 19, 2026y / February / 16, 2026y / May / 25,
                             2026y / June / 19, 2026y / July / 3, 2026y / September / 7, 2026y / October / 12,
                             2026y / November / 11, 2026y / November / 26, 2026y / December / 25, 2021y / July / 5,
                             2021y / December / 31, 2022y / June / 20, 2022y / December / 26, 2027y / July / 5})
    EXPECT_FALSE(is_business_day(holiday));
  // Saturday, Sunday
  EXPECT_FALSE(is_business_day(2026y / November / 21));
  EXPECT_FALSE(is_business_day(2026y / November / 22));
}

TEST(BusinessDaysTest, AreTheOthers) {
  // The 4th of July 2026 is a Saturday, kept on Friday the 3rd; Juneteenth was no holiday before 2021.
  for (const auto day : {2026y / July / 2, 2026y / July / 6, 2026y / January / 2, 2026y / November / 27,
                         2020y / June / 19, 2022y / January / 3})
    EXPECT_TRUE(is_business_day(day));
}

TEST(BusinessDaysTest, AreCountedAfterTheFirstDay) {
  const auto between = [](std::string_view first, std::string_view last) {
    return business_days_between(*parse_time(first), *parse_time(last));
  };
  EXPECT_EQ(between("2026-11-20T10:00:00Z", "2026-11-20T23:00:00Z"), 0);  // one Friday
  EXPECT_EQ(between("2026-11-20T10:00:00Z", "2026-11-22T23:00:00Z"), 0);  // until Sunday
  EXPECT_EQ(between("2026-11-20T10:00:00Z", "2026-11-23T00:00:00Z"), 1);  // until Monday
  EXPECT_EQ(between("2026-11-20T10:00:00Z", "2026-11-27T00:00:00Z"), 4);  // over Thanksgiving
  EXPECT_EQ(between("2026-11-20T10:00:00Z", "2026-11-30T00:00:00Z"), 5);
}

}  // namespace
}  // namespace bb::rest
