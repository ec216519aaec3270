// A record as a destination: what is one, and what a portal without records says.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "portal/destination.hpp"

namespace bb::portal {
namespace {

using testing::HasSubstr;

constexpr const char* person = "b893169a-632a-4fc8-a504-fdff2a13fbbc";
constexpr const char* record = "7abb2b6b-e675-40a1-993e-23b1d7e24221";

Result<Destination> read(const std::string& text) { return parse_any_destination(text, {.has_records = true}); }

TEST(RecordDestinationTest, IsAPersonAndARecordInLettersOfAnyCase) {
  const auto read_one = read("HealthVault:B893169A-632a-4fc8-a504-fdff2a13fbbc/" + std::string(record));
  ASSERT_TRUE(read_one) << read_one.error().what;
  ASSERT_TRUE(read_one->record);
  EXPECT_EQ(read_one->record->person_id, person);
  EXPECT_EQ(read_one->record->record_id, record);
  EXPECT_EQ(read_one->url, "healthvault:" + std::string(person) + "/" + record);
  EXPECT_FALSE(read_one->direct || read_one->mail);
}

TEST(RecordDestinationTest, NeedsBothIds) {
  const std::string scheme = "healthvault:";
  for (const auto& rest : {std::string(), std::string(person), std::string(person) + "/", "/" + std::string(record),
                           std::string(person) + "/" + record + "/", std::string(person) + "/" + record + "0",
                           std::string(person) + "/g" + std::string(record).substr(1)}) {
    const auto refused = read(scheme + rest);
    ASSERT_FALSE(refused) << rest;
    EXPECT_THAT(refused.error().what, HasSubstr("expected healthvault:PERSON/RECORD"));
  }
}

TEST(RecordDestinationTest, IsNoneForAPortalThatDeliversIntoNoRecords) {
  const auto refused = parse_any_destination("healthvault:" + std::string(person) + "/" + record, {});
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().what, HasSubstr("this portal delivers into no records"));
}

}  // namespace
}  // namespace bb::portal
