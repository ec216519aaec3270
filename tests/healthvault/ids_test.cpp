// Ids, and the address of a record: HV-TYPE-01.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bb/healthvault/ids.hpp>

#include "support/must.hpp"

namespace bb::healthvault::test {
namespace {

using bb::test::must;
using std::string_literals::operator""s;
using testing::HasSubstr;

const std::string person = "b893169a-632a-4fc8-a504-fdff2a13fbbc";
const std::string record = "7abb2b6b-e675-40a1-993e-23b1d7e24221";

TEST(HealthvaultIdsTest, AGuidHasItsHexAndItsDashesInTheirPlaces) {
  EXPECT_TRUE(is_guid(person));
  EXPECT_TRUE(is_guid("B893169A-632A-4FC8-A504-FDFF2A13FBBC"));
  for (const auto& text : {std::string(), person.substr(1), person + "0", "g" + person.substr(1),
                           "b893169a0632a-4fc8-a504-fdff2a13fbbc-"s, "b893169a-632a-4fc8-a504-fdff2a13fb-c"s})
    EXPECT_FALSE(is_guid(text)) << text;
}

TEST(HealthvaultIdsTest, AnAddressIsReadWithItsSchemeOrWithoutInLettersOfAnyCase) {
  for (const std::string scheme : {"healthvault:", "HealthVault:", ""}) {
    const auto read = must(read_record_address(scheme + "B893169A-632a-4fc8-a504-fdff2a13fbbc/" + record));
    EXPECT_EQ(read.person_id, person);
    EXPECT_EQ(read.record_id, record);
    EXPECT_EQ(read.text(), "healthvault:" + person + "/" + record);
  }
  EXPECT_EQ(without_record_scheme("HEALTHVAULT:MRN-77"), "MRN-77");
  EXPECT_EQ(without_record_scheme("healthvaults:MRN-77"), "healthvaults:MRN-77");
}

TEST(HealthvaultIdsTest, AnAddressNeedsBothIds) {
  for (const auto& rest : {std::string(), person, person + "/", "/" + record, person + "/" + record + "/",
                           person + "/" + record + "0", person + "/g" + record.substr(1), "mailto:" + person}) {
    const auto refused = read_record_address("healthvault:" + rest);
    ASSERT_FALSE(refused) << rest;
    EXPECT_THAT(refused.error().what, HasSubstr("expected healthvault:PERSON/RECORD"));
  }
}

}  // namespace
}  // namespace bb::healthvault::test
