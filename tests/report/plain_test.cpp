#include "harness/report/plain.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bb::report {
namespace {

using testing::ElementsAre;

TEST(OneLineTest, JoinsLines) { EXPECT_EQ(one_line("  a\r\n\tb \n"), "a b"); }

TEST(WrapTest, BreaksAtBlanksWithinTheWidth) {
  EXPECT_THAT(wrap("one two three", 7), ElementsAre("one two", "three"));
  EXPECT_THAT(wrap("one two three", 6), ElementsAre("one", "two", "three"));
}

TEST(WrapTest, CutsAWordThatIsLongerThanALine) {
  EXPECT_THAT(wrap("abcdefgh", 3), ElementsAre("abc", "def", "gh"));
  EXPECT_THAT(wrap("abc", 3), ElementsAre("abc"));
}

TEST(WrapTest, CountsCharactersNotBytes) { EXPECT_THAT(wrap("éééé éééé", 4), ElementsAre("éééé", "éééé")); }

TEST(WrapTest, KeepsLineFeedsAndGivesAtLeastOneLine) {
  EXPECT_THAT(wrap("a\n\nb", 10), ElementsAre("a", "", "b"));
  EXPECT_THAT(wrap("", 10), ElementsAre(""));
  EXPECT_THAT(wrap("   ", 10), ElementsAre(""));
}

TEST(WrapTest, BreaksAtLineFeedsAloneWithoutAWidth) {
  EXPECT_THAT(wrap("one two\nthree", 0), ElementsAre("one two", "three"));
}

TEST(ShowBodyTest, ShowsABodyOfExactlyTheLimitWhole) {
  const auto body = show_body("abcd", 4);
  EXPECT_EQ(body.text, "abcd");
  EXPECT_FALSE(body.is_shortened);
}

TEST(ShowBodyTest, ShortensABodyOneByteOverTheLimit) {
  const auto body = show_body("abcdefgh", 7);
  EXPECT_TRUE(body.is_shortened);
  EXPECT_LE(body.text.size(), 7u);
}

TEST(ShowBodyTest, GivesTheSizeOfABodyThatIsNoText) {
  const auto body = show_body(std::string_view("\x89PNG\r\n\x1a\n\0\0", 10), 100);
  EXPECT_FALSE(body.is_text);
  EXPECT_EQ(body.text, "10 bytes that are not text");
}

TEST(ShowBodyTest, TakesABodyThatWasCutInsideACharacterForText) { EXPECT_TRUE(show_body("caf\xC3", 100).is_text); }

}  // namespace
}  // namespace bb::report
