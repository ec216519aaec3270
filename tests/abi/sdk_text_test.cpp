// Text at the boundary: well-formed UTF-8 in, JSON scalars of a configuration.
#include <gtest/gtest.h>

#include <limits>
#include <string>

#include <bb/sdk/detail/checked_text.hpp>
#include <bb/sdk/detail/json_text.hpp>

namespace bb::test {
namespace {

using detail::is_well_formed;
using detail::json_integer;
using detail::unquote_json;

// The boundaries are those of table 3-7 of the Unicode Standard.
TEST(WellFormedTest, TakesTheFirstAndLastOfEveryLength) {
  for (const char* good : {"", "\x7F", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80",
                           "\xEF\xBF\xBF", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF", "Zo\xC3\xAB 1"})
    EXPECT_TRUE(is_well_formed(good)) << good;
}

TEST(WellFormedTest, RefusesWhatLiesJustOutside) {
  for (const char* bad : {"\x80", "\xBF", "\xC1\xBF", "\xE0\x9F\xBF", "\xED\xA0\x80", "\xF0\x8F\xBF\xBF",
                          "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF"})
    EXPECT_FALSE(is_well_formed(bad));
}

TEST(WellFormedTest, RefusesWhatIsCutShort) {
  for (const char* cut : {"a\xC3", "\xE2\x82", "\xF0\x9F\x98", "\xE2\x28\xA1", "\xF0\x9F\x98("})
    EXPECT_FALSE(is_well_formed(cut));
}

TEST(UnquoteJsonTest, ReadsEveryEscape) {
  EXPECT_EQ(unquote_json(R"("a\"\\\/\b\f\n\r\tz")"), "a\"\\/\b\f\n\r\tz");
  EXPECT_EQ(unquote_json(R"("")"), "");
}

TEST(UnquoteJsonTest, ReadsCodePointsOfEveryLength) {
  EXPECT_EQ(unquote_json(R"("\u0041\u00e9\u20AC\ud83d\ude00")"), "A\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80");
}

TEST(UnquoteJsonTest, RefusesWhatIsNoString) {
  for (const char* bad : {"", "\"", "17", "true", R"("a)", R"("a\")", R"("\x")", R"("\u00")", R"("\u00g0")",
                          R"("\ud83d")", R"("\ud83dx")", R"("\ud83d\u0041")", R"("\ude00")", R"("a"b")"})
    EXPECT_FALSE(unquote_json(bad)) << bad;
}

TEST(JsonIntegerTest, ReadsTheWholeRange) {
  EXPECT_EQ(json_integer("0"), 0);
  EXPECT_EQ(json_integer("-9223372036854775808"), std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(json_integer("9223372036854775807"), std::numeric_limits<std::int64_t>::max());
}

TEST(JsonIntegerTest, RefusesWhatIsNoInteger) {
  for (const char* bad : {"", "9223372036854775808", "1.5", "\"1\"", "1 ", "true"})
    EXPECT_FALSE(json_integer(bad)) << bad;
}

}  // namespace
}  // namespace bb::test
