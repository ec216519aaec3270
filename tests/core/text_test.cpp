#include <bb/core/text.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bb/core/bytes.hpp>

namespace bb {
namespace {

TEST(BytesTest, SeesAByteThatIsNotAsciiAtEveryPlace) {
  const std::string text = "seventeen letters";
  static_assert(are_ascii("seventeen letters") && !are_ascii("seventeen letter\x80"));
  EXPECT_TRUE(are_ascii(text));
  EXPECT_TRUE(are_ascii("\x7f"));
  EXPECT_TRUE(are_ascii(""));
  for (std::size_t at = 0; at < text.size(); ++at) {
    auto other = text;
    other[at] = '\x80';
    EXPECT_FALSE(are_ascii(other)) << at;
  }
}

using ::testing::ElementsAre;

TEST(TextTest, TrimsAndSplitsAndJoins) {
  EXPECT_EQ(trim(" \t a b \r\n"), "a b");
  EXPECT_EQ(trim("   "), "");
  EXPECT_THAT(split("a,,b,", ','), ElementsAre("a", "", "b", ""));
  EXPECT_THAT(split("", ','), ElementsAre(""));
  EXPECT_EQ(join({"a", "b"}, ", "), "a, b");
  EXPECT_EQ(join({}, ", "), "");
}

TEST(TextTest, CollapsesEveryKindOfBlankToOne) {
  EXPECT_EQ(collapse_whitespace("  a \t\r\n b\xC2\xA0\xC2\xA0"
                                "c  "),
            "a b c");
  EXPECT_EQ(collapse_whitespace(" \n "), "");
}

// Ill-formed sequences from Unicode 15, table 3-7, and both sides of each border.
TEST(TextTest, KnowsWellFormedUtf8) {
  for (const std::string_view good : {"", "a", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80",
                                      "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"})
    EXPECT_TRUE(is_utf8(good)) << good;
  for (const std::string_view bad : {"\x80", "\xC1\xBF", "\xC2", "\xE0\x9F\xBF", "\xED\xA0\x80", "\xF0\x8F\xBF\xBF",
                                     "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xE2\x82"})
    EXPECT_FALSE(is_utf8(bad));
}

TEST(TextTest, ReplacesIllFormedBytesAndKeepsTheRest) {
  EXPECT_EQ(to_utf8_lossy("a\xFF"
                          "b\xE2\x82"),
            "a\xEF\xBF\xBD"
            "b\xEF\xBF\xBD\xEF\xBF\xBD");
  EXPECT_EQ(to_utf8_lossy("Zo\xC3\xAB"), "Zo\xC3\xAB");
}

// RFC 3629, section 3: the first and the last of each length.
TEST(TextTest, AppendsCodePoints) {
  std::string out;
  for (const std::uint32_t code : {0x0u, 0x7Fu, 0x80u, 0x7FFu, 0x800u, 0xFFFFu, 0x10000u, 0x10FFFFu})
    append_utf8(out, code);
  EXPECT_EQ(out, std::string("\0\x7F\xC2\x80\xDF\xBF\xE0\xA0\x80\xEF\xBF\xBF\xF0\x90\x80\x80\xF4\x8F\xBF\xBF", 20));
}

TEST(TextTest, EscapesMarkup) { EXPECT_EQ(escape_markup("<a b=\"c\">'&"), "&lt;a b=&quot;c&quot;&gt;&#39;&amp;"); }

TEST(TextTest, PercentCodingIsReversible) {
  EXPECT_EQ(percent_encode("a b/\xC3\xAB~"), "a%20b%2F%C3%AB~");
  EXPECT_EQ(percent_decode("a%20b%2f+"), "a b/+");
  EXPECT_EQ(percent_decode("%"), std::nullopt);
  EXPECT_EQ(percent_decode("%4"), std::nullopt);
  EXPECT_EQ(percent_decode("%4g"), std::nullopt);
}

TEST(TextTest, FindsTheNearestWordOnlyWhenItIsNear) {
  const std::vector<std::string> verbs{"receive", "acknowledge", "poll"};
  EXPECT_EQ(nearest("recieve", verbs), "receive");
  EXPECT_EQ(nearest("Poll", verbs), "poll");
  EXPECT_EQ(nearest("transmit", verbs), std::nullopt);
  EXPECT_EQ(nearest("", verbs), std::nullopt);
}

TEST(TextTest, MatchesGlobs) {
  EXPECT_TRUE(matches_glob("pledge/view", "*"));
  EXPECT_TRUE(matches_glob("pledge/view", "pledge/*"));
  EXPECT_TRUE(matches_glob("aab", "*ab"));
  EXPECT_TRUE(matches_glob("", "*"));
  EXPECT_TRUE(matches_glob("view", "v?ew"));
  EXPECT_FALSE(matches_glob("view", "vie"));
  EXPECT_FALSE(matches_glob("vie", "view"));
  EXPECT_FALSE(matches_glob("", "?"));
}

TEST(TextTest, ShortensAtACharacterBorder) {
  EXPECT_EQ(shorten("abcdef", 6), "abcdef");
  EXPECT_EQ(shorten("abcdefg", 6), "abc...");
  EXPECT_EQ(shorten("ab\xC3\xAB"
                    "defg",
                    6),
            "ab...");  // three bytes would cut the ë
}

}  // namespace
}  // namespace bb
