#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bb/core/form.hpp>

namespace {

using bb::FormFields;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

TEST(FormTest, EncodesAllThatIsReserved) {
  // RFC 6749, appendix B: its own example, " %&+£€", where we write a blank as %20, which reads the same.
  EXPECT_EQ(bb::write_form({{"v", " %&+\xC2\xA3\xE2\x82\xAC"}}), "v=%20%25%26%2B%C2%A3%E2%82%AC");
  EXPECT_EQ(bb::write_form({}), "");
  EXPECT_EQ(bb::write_form({{"a", "1"}, {"a", ""}, {"b=&", "~-._"}}), "a=1&a=&b%3D%26=~-._");
}

TEST(FormTest, ReadsWhatBrowsersWrite) {
  const auto fields = bb::read_form("v=+%25%26%2B%C2%A3%E2%82%AC&&flag&a=b=c&a=");
  ASSERT_TRUE(fields) << fields.error().what;
  EXPECT_THAT(*fields,
              ElementsAre(Pair("v", " %&+\xC2\xA3\xE2\x82\xAC"), Pair("flag", ""), Pair("a", "b=c"), Pair("a", "")));
  EXPECT_EQ(bb::repeated_field(*fields), "a");
  EXPECT_EQ(*bb::find_field(*fields, "a"), "b=c");
  EXPECT_EQ(bb::find_field(*fields, "c"), nullptr);
  EXPECT_TRUE(bb::read_form("")->empty());
  EXPECT_EQ(bb::repeated_field(*bb::read_form("a=1&b=1")), std::nullopt);
}

TEST(FormTest, RefusesBrokenTextAndTooMuch) {
  EXPECT_THAT(bb::read_form("a=%4").error().what, HasSubstr("broken escape in '%4'"));
  EXPECT_THAT(bb::read_form("%zz=a").error().what, HasSubstr("broken escape"));
  EXPECT_THAT(bb::read_form("a=%FF").error().what, HasSubstr("not UTF-8"));
  std::string many;
  for (std::size_t i = 0; i < bb::form_fields_max; ++i) many += "a=b&";
  EXPECT_EQ(bb::read_form(many)->size(), bb::form_fields_max);
  EXPECT_THAT(bb::read_form(many + "a=b").error().what, HasSubstr("more than 1000 fields"));
  const std::string large = "a=" + std::string(bb::form_bytes_max - 2, 'x');
  EXPECT_TRUE(bb::read_form(large));
  EXPECT_THAT(bb::read_form(large + "x").error().what, HasSubstr("too long"));
}

TEST(FormTest, PutsAQueryBehindAUrl) {
  EXPECT_EQ(bb::with_query("https://a.example/o", {{"x", "1"}}), "https://a.example/o?x=1");
  EXPECT_EQ(bb::with_query("https://a.example/o?y=2#top", {{"x", "1"}}), "https://a.example/o?y=2&x=1");
  EXPECT_EQ(bb::with_query("https://a.example/o?", {{"x", "1"}}), "https://a.example/o?x=1");
  EXPECT_EQ(bb::with_query("https://a.example/o?y=2", {}), "https://a.example/o?y=2");
  EXPECT_EQ(bb::query_of_url("https://a.example/o?y=2?z#top"), "y=2?z");
  EXPECT_EQ(bb::query_of_url("https://a.example/o#a?b"), "");
}

TEST(FormTest, IsFoundInWhatABrowserBrings) {
  EXPECT_EQ(bb::form_within("https://a.example/o?x=1&y=2#top"), "x=1&y=2");
  EXPECT_EQ(bb::form_within("x=a?b"), "x=a?b");
  EXPECT_EQ(bb::form_within("x=1#top"), "x=1");
  EXPECT_EQ(bb::form_within("https://a.example/o?"), "");
}

}  // namespace
