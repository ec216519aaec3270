#include <bb/core/time.hpp>

#include <gtest/gtest.h>

namespace bb {
namespace {

// Seconds from `date -u -d ... +%s`.
constexpr std::int64_t day_2024_02_29 = 1'709'164'800;

TEST(TimeTest, ReadsDatesAndTimes) {
  EXPECT_EQ(parse_time("1970-01-01"), 0);
  EXPECT_EQ(parse_time("2024-02-29"), day_2024_02_29 * ns_per_second);
  EXPECT_EQ(parse_time("2024-02-29T00:00:01Z"), (day_2024_02_29 + 1) * ns_per_second);
  EXPECT_EQ(parse_time("2024-02-29T01:30:00.25+01:30"), day_2024_02_29 * ns_per_second + 250 * ns_per_ms);
  EXPECT_EQ(parse_time("2024-02-28T19:00:00-05:00"), day_2024_02_29 * ns_per_second);
}

TEST(TimeTest, RefusesWhatIsNoTime) {
  for (const auto* text :
       {"", "2023-02-29", "2024-13-01", "2024-1-01", "2024-02-29T", "2024-02-29T24:00:00Z", "2024-02-29T00:00:00",
        "2024-02-29T00:00:00.Z", "2024-02-29Z", "2024-02-29T00:00:00Z ", "1677-01-01", "2262-01-01"})
    EXPECT_EQ(parse_time(text), std::nullopt) << text;
}

TEST(TimeTest, WritesWhatItReads) {
  EXPECT_EQ(format_utc(day_2024_02_29 * ns_per_second + 7 * ns_per_ms), "2024-02-29T00:00:00.007Z");
  EXPECT_EQ(format_utc(-ns_per_ms), "1969-12-31T23:59:59.999Z");
  EXPECT_EQ(format_date(day_2024_02_29 * ns_per_second), "2024-02-29");
}

TEST(TimeTest, ReadsDurationsWithAUnit) {
  EXPECT_EQ(parse_duration_ms("0s"), 0);
  EXPECT_EQ(parse_duration_ms("250ms"), 250);
  EXPECT_EQ(parse_duration_ms("70m"), 4'200'000);
  EXPECT_EQ(parse_duration_ms("1d"), 86'400'000);
  for (const auto* text : {"", "5", "s", "-1s", "1.5s", "1 s", "1w", "99999999999s"})
    EXPECT_EQ(parse_duration_ms(text), std::nullopt) << text;
}

TEST(TimeTest, SaysDurationsForPeople) {
  EXPECT_EQ(format_duration(999), "999 ms");
  EXPECT_EQ(format_duration(1000), "1.0 s");
  EXPECT_EQ(format_duration(200'000), "3 min 20 s");
  EXPECT_EQ(format_duration(3'600'000), "1 h 0 min");
}

}  // namespace
}  // namespace bb
