// Notices of changed records: HV-EVT-01 and -03.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bb/core/crypto.hpp>
#include <bb/core/text.hpp>
#include <bb/healthvault/notice.hpp>

#include "example_messages.hpp"
#include "support/must.hpp"

namespace bb::healthvault::test {
namespace {

using bb::test::must;
using testing::HasSubstr;

const std::vector<Notice> two_notices{{id_a, id_b, id_c, {weight_type, id_a}}, {id_b, id_b, id_c, {id_c}}};

TEST(HealthvaultNoticeTest, IsReadAsItWasWritten) {
  EXPECT_TRUE(must(read_notices(write_notices(two_notices))) == two_notices);
}

TEST(HealthvaultNoticeTest, AThingAloneAsTheSchemaHasIt) {
  const auto body = replace_all(replace_all(write_notices({two_notices[1]}), "<thing>", ""), "</thing>", "");
  EXPECT_EQ(must(read_notices(body)).at(0).thing_ids, std::vector<std::string>{id_c});
}

TEST(HealthvaultNoticeTest, KindsThatAreNotKnownAreLeftOut) {
  const auto body = replace_all(write_notices(two_notices), "<notification>",
                                "<notification><common/><full-moon/></notification><notification>");
  EXPECT_TRUE(must(read_notices(body)) == two_notices);
}

TEST(HealthvaultNoticeTest, WhatIsNoNotice) {
  const auto refusal = [](std::string_view body) {
    const auto read = read_notices(body);
    return read ? "" : read.error().what;
  };
  const auto body = write_notices(two_notices);
  EXPECT_THAT(refusal("<notifications/>"), HasSubstr("expected 'notifications' of the namespace"));
  EXPECT_THAT(refusal(replace_all(body, "notification>", "notices>")),
              HasSubstr("expected 'notification', found 'notices'"));
  EXPECT_THAT(refusal(replace_all(body, id_c, "7")), HasSubstr("'record-id' is not a GUID"));
  EXPECT_THAT(refusal(replace_all(body, "<common>", "<common><a/>")), HasSubstr("expected 'subscription-id'"));
  EXPECT_THAT(refusal(replace_all(body, "<notification>", "x<notification>")), HasSubstr("holds text beside"));
  EXPECT_THAT(refusal("<!DOCTYPE a>" + body), HasSubstr("DOCTYPE"));
}

TEST(HealthvaultNoticeTest, TheCodeIsOfTheBodysBytes) {
  const auto body = write_notices(two_notices);
  const auto header = write_notice_code(notice_code(id_a, "v-1", "a key", body));
  EXPECT_EQ(header,
            "HVEventingSharedKey " + id_a + ":v-1:" + base64_encode(mac(MacAlgorithm::hmac_sha256, "a key", body)));
  const auto read = read_notice_code(header);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->subscription_id, id_a);
  EXPECT_EQ(read->key_version, "v-1");
  EXPECT_TRUE(is_notice_authentic(*read, "a key", body));
  EXPECT_FALSE(is_notice_authentic(*read, "another", body));
  EXPECT_FALSE(is_notice_authentic(*read, "a key", body + " "));
  for (const std::string& wrong : std::vector<std::string>{
           "", "Bearer " + id_a, "HVEventingSharedKey a:b", "HVEventingSharedKey a:b:", "HVEventingSharedKey a:b:*",
           "HVEventingSharedKey :b:AA==", "HVEventingSharedKey a:b:AA==:c",
           "HVEventingSharedKey a:b:" + std::string(2000, 'A')})
    EXPECT_FALSE(read_notice_code(wrong)) << wrong;
}

}  // namespace
}  // namespace bb::healthvault::test
