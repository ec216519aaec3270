// Regular expressions of XPath 2.0: what RE2 takes means the same, what it
// cannot take is said.
#include "harness/schematron/regex.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bb::schematron {
namespace {

using testing::HasSubstr;

// "yes", "no" or the error.
std::string matches(const std::string& text, const std::string& pattern, const std::string& flags = {}) {
  Regexes regexes;
  const auto found = regexes.matches(text, pattern, flags);
  if (!found) return found.error().what;
  return *found ? "yes" : "no";
}

TEST(RegexTest, APartOfTheTextIsEnough) {
  // The examples of Functions and Operators, 7.6.2.
  EXPECT_EQ(matches("abracadabra", "bra"), "yes");
  EXPECT_EQ(matches("abracadabra", "^a.*a$"), "yes");
  EXPECT_EQ(matches("abracadabra", "^bra"), "no");
  EXPECT_EQ(matches("a\nb", "a.b"), "no");
  EXPECT_EQ(matches("a\nb", "a.b", "s"), "yes");
  EXPECT_EQ(matches("a\nb", "^b$"), "no");
  EXPECT_EQ(matches("a\nb", "^b$", "m"), "yes");
  EXPECT_EQ(matches("HELLO", "hello", "i"), "yes");
  EXPECT_EQ(matches("", ""), "yes");
}

TEST(RegexTest, TakesTheExpressionsOfNistsC32) {
  EXPECT_EQ(matches("en-US", "(([a-z]{2})(\\-[A-Z]{2})?)"), "yes");
  EXPECT_EQ(matches("EN", "(([a-z]{2})(\\-[A-Z]{2})?)"), "no");
  EXPECT_EQ(matches("2.16.840", "([0-2])(.([1-9][0-9]*|0))+"), "yes");
  EXPECT_EQ(matches("tel:+1(301)", "tel:\\+?[-0-9().]+"), "yes");
  EXPECT_EQ(matches("tel:x", "tel:\\+?[-0-9().]+"), "no");
}

TEST(RegexTest, ClassesAreThoseOfUnicode) {
  EXPECT_EQ(matches("\xD9\xA3", "^\\d$"), "yes") << "ARABIC-INDIC DIGIT THREE";
  EXPECT_EQ(matches("\xC3\xA9", "^\\w$"), "yes") << "e acute";
  EXPECT_EQ(matches("_", "\\w"), "no") << "punctuation, unlike in Perl";
  EXPECT_EQ(matches("_", "\\W"), "yes");
  EXPECT_EQ(matches("+", "[\\w]"), "yes") << "a symbol";
  EXPECT_EQ(matches("x y", "x\\sy"), "yes");
  EXPECT_EQ(matches("x", "[\\s\\d]"), "no");
  EXPECT_EQ(matches("x", "\\S\\D?"), "yes");
  EXPECT_EQ(matches("A", "\\p{Lu}"), "yes");
}

TEST(RegexTest, SaysWhatItCannotTake) {
  EXPECT_EQ(matches("x", "[a-z-[aeiou]]"),
            "the regular expression '[a-z-[aeiou]]' cannot be used: brackets within brackets is not supported");
  EXPECT_THAT(matches("x", "(a)\\1"), HasSubstr("'\\1' is not supported"));
  EXPECT_THAT(matches("x", "\\i\\c*"), HasSubstr("'\\i' is not supported"));
  EXPECT_THAT(matches("x", "\\bx"), HasSubstr("'\\b' is not supported"));
  EXPECT_THAT(matches("x", "x\\"), HasSubstr("'\\' at the end is not supported"));
  EXPECT_THAT(matches("x", "[]x]"), HasSubstr("brackets with nothing in them"));
  EXPECT_THAT(matches("x", "[\\S]"), HasSubstr("'\\S' within brackets"));
  EXPECT_THAT(matches("x", "(?i)x"), HasSubstr("'(?' begins nothing"));
  EXPECT_THAT(matches("x", "\\p{IsGreek}"), HasSubstr("cannot be used: "));
  EXPECT_THAT(matches("x", "x{2000}"), HasSubstr("cannot be used: "));
  EXPECT_THAT(matches("x", "(x"), HasSubstr("cannot be used: missing )"));
  EXPECT_THAT(matches("x", "x", "x"), HasSubstr("the flag 'x' is not supported"));
  EXPECT_THAT(matches("x", "x", "q"), HasSubstr("the flag 'q' is not supported"));
  EXPECT_THAT(matches("x", "x", "i\u00A0"), HasSubstr("the flag '\u00A0' is not supported"));
  EXPECT_THAT(matches("x", "\\\u00E9"), HasSubstr("'\\\u00E9' is not supported"));
}

TEST(RegexTest, AnExpressionIsRemembered) {
  Regexes regexes;
  EXPECT_TRUE(*regexes.matches("ab", "b$", ""));
  EXPECT_FALSE(*regexes.matches("ba", "b$", ""));
  EXPECT_TRUE(*regexes.matches("aB", "b$", "i"));
  EXPECT_FALSE(regexes.matches("x", "(", ""));
  EXPECT_FALSE(regexes.matches("x", "(", ""));
}

}  // namespace
}  // namespace bb::schematron
