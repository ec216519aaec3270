#include <bb/smart/health_link.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include <bb/core/crypto.hpp>

namespace bb::smart {
namespace {

using ::testing::HasSubstr;

// The example of the specification, "Example SHLink Generation".
const std::string published =
    "shlink:/"
    "eyJ1cmwiOiJodHRwczovL2Voci5leGFtcGxlLm9yZy9xci9ZOXh3a1VkdG1OOXd3b0pvTjNmZkpJaFgyVUd2Q0wxSm5sUFZOTDNrRFdNL20iLCJm"
    "bGFnIjoiTFAiLCJrZXkiOiJyeFRnWWxPYUtKUEZ0Y0VkMHFjY2VOOHdFVTRwOTRTcUF3SVdRZTZ1WDdRIiwibGFiZWwiOiJCYWNrLXRvLXNjaG9v"
    "bCBpbW11bml6YXRpb25zIGZvciBPbGl2ZXIgQnJvd24ifQ";

std::string link_of(std::string_view json) { return "shlink:/" + base64url_encode(json); }
std::string why_not(std::string_view text) {
  const auto link = read_health_link(text);
  return link ? "it is one" : link.error().what;
}

TEST(HealthLinkTest, ReadsAndWritesTheExampleOfTheSpecification) {
  const auto link = read_health_link(published);
  ASSERT_TRUE(link) << link.error().what;
  EXPECT_EQ(link->url(), "https://ehr.example.org/qr/Y9xwkUdtmN9wwoJoN3ffJIhX2UGvCL1JnlPVNL3kDWM/m");
  EXPECT_EQ(link->payload["label"].string_or(""), "Back-to-school immunizations for Oliver Brown");
  EXPECT_TRUE(link->has_flag('L'));
  EXPECT_TRUE(link->has_flag('P'));
  EXPECT_FALSE(link->has_flag('U'));
  EXPECT_TRUE(link->is_minified);
  EXPECT_TRUE(link->viewer.empty());
  EXPECT_EQ(base64url_encode(*link->key()), "rxTgYlOaKJPFtcEd0qcceN8wEU4p94SqAwIWQe6uX7Q");
  EXPECT_EQ(write_health_link(link->payload), published);
}

TEST(HealthLinkTest, TellsAViewersFragmentFromItsQuery) {
  const auto behind_hash = read_health_link("https://viewer.example.org#" + published);
  ASSERT_TRUE(behind_hash);
  EXPECT_EQ(behind_hash->viewer, "https://viewer.example.org");
  EXPECT_TRUE(behind_hash->is_in_fragment);
  const auto behind_question_mark = read_health_link("https://viewer.example.org?" + published);
  ASSERT_TRUE(behind_question_mark);
  EXPECT_FALSE(behind_question_mark->is_in_fragment);
  EXPECT_EQ(write_health_link(behind_hash->payload, behind_hash->viewer), "https://viewer.example.org#" + published);
}

TEST(HealthLinkTest, SeesBlanksBetweenTokensAlone) {
  EXPECT_TRUE(read_health_link(link_of(R"({"label":"a \" b: c"})"))->is_minified);
  EXPECT_FALSE(read_health_link(link_of(R"({"label": "a"})"))->is_minified);
  EXPECT_FALSE(read_health_link(link_of("{\"label\":\"a\"}\n"))->is_minified);
}

TEST(HealthLinkTest, RefusesWhatIsNone) {
  EXPECT_THAT(why_not(""), HasSubstr("expected 'shlink:/'"));
  EXPECT_THAT(why_not("https://viewer.example.org#healthlink:/e30"), HasSubstr("expected 'shlink:/'"));
  EXPECT_THAT(why_not("shlink:/e30="), HasSubstr("no base64url"));
  EXPECT_THAT(why_not(link_of("[]")), HasSubstr("no JSON object"));
  EXPECT_THAT(why_not(std::string(health_link_bytes_max + 1, 'a')), HasSubstr("at most"));
}

TEST(HealthLinkTest, SaysWhatAKeyIsInstead) {
  EXPECT_THAT(read_health_link(link_of("{}"))->key().error().what, HasSubstr("got 0"));
  EXPECT_THAT(read_health_link(link_of(R"({"key":"AAAA"})"))->key().error().what, HasSubstr("32 bytes"));
}

}  // namespace
}  // namespace bb::smart
