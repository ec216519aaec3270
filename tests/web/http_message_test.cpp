#include "web/http_message.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bb::web {
namespace {

using testing::ElementsAre;
using testing::Pair;

TEST(HttpMessageTest, SplitsATargetIntoSegmentsAndFields) {
  HttpRequest request;
  ASSERT_TRUE(parse_target("/patients/zo%C3%AB%2Fx?from=2012-01-01T00:00:00+01:00&item=a&item=b%20c&flag", request));
  EXPECT_THAT(request.path, ElementsAre("patients", "zo\u00eb/x"));
  EXPECT_THAT(request.query, ElementsAre(Pair("from", "2012-01-01T00:00:00+01:00"), Pair("item", "a"),
                                         Pair("item", "b c"), Pair("flag", "")));
}

TEST(HttpMessageTest, RefusesATargetThatIsNoPath) {
  for (const auto* target : {"", "x", "http://x/", "/%", "/%zz", "/%00", "/%0a", "/%ff", "/?a=%ff", "/?a=%0d"}) {
    HttpRequest request;
    EXPECT_FALSE(parse_target(target, request)) << target;
  }
}

TEST(HttpMessageTest, TakesAHundredFieldsAndNotOneMore) {
  std::string query = "/?a=1";
  for (int field = 1; field < 100; ++field) query += "&a=1";
  HttpRequest request;
  EXPECT_TRUE(parse_target(query, request));
  EXPECT_FALSE(parse_target(query + "&a=1", request));
}

TEST(HttpMessageTest, ReadsAFormWithBlanks) {
  const auto form = parse_form("account=Zo%C3%AB+A&text=a%0D%0Ab&plus=%2B");
  ASSERT_TRUE(form);
  EXPECT_THAT(*form, ElementsAre(Pair("account", "Zo\u00eb A"), Pair("text", "a\r\nb"), Pair("plus", "+")));
}

TEST(HttpMessageTest, FindsACookieByItsWholeName) {
  HttpRequest request;
  request.headers["cookie"] = "a=1; __Host-session=token=x;session=no";
  EXPECT_EQ(request.cookie("__Host-session"), "token=x");
  EXPECT_EQ(request.cookie("a"), "1");
  EXPECT_EQ(request.cookie("Host-session"), "");
}

TEST(HttpMessageTest, DropsTheParametersOfAMediaType) {
  HttpRequest request;
  EXPECT_EQ(request.media_type(), "");
  request.headers["content-type"] = " Application/JSON ; charset=utf-8";
  EXPECT_EQ(request.media_type(), "application/json");
}

}  // namespace
}  // namespace bb::web
