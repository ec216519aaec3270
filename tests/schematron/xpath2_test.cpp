// Functions of XPath 2.0. Expected: Functions and Operators, 7.4 to 7.6, 15.1.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "schematron/rules.hpp"

namespace bb::schematron {
namespace {

// "yes", "no", or why not; of an element with the children k = "One" and "two".
std::string value(const std::string& test) {
  const auto outcome = check_rules("<pattern><rule context='c'><report id='a' test=\"" + test + "\"/></rule></pattern>",
                                   "<c><k>One</k><k>two</k><e>\xC3\x89</e></c>");
  if (!outcome.error.empty()) return outcome.error;
  if (!outcome.unjudged.empty()) return outcome.unjudged[0];
  return outcome.findings.empty() ? "no" : "yes";
}

TEST(XPath2Test, MatchesLooksAtTheFirstNode) {
  EXPECT_EQ(value("matches(k, '^O')"), "yes");
  EXPECT_EQ(value("matches(k, '^t')"), "no");
  EXPECT_EQ(value("k[matches(., '^t')]"), "yes");
  EXPECT_EQ(value("matches(k, '^o', 'i')"), "yes");
  EXPECT_EQ(value("matches(gone, '^$')"), "yes");
  EXPECT_EQ(value("matches(k)"), "a, 1: a function has too many or too few arguments");
}

TEST(XPath2Test, AnExpressionThatCannotBeTakenDecidesNothing) {
  EXPECT_EQ(value("matches(k, '\\i')"), "a, 1: the regular expression '\\i' cannot be used: '\\i' is not supported");
  EXPECT_EQ(value("true() or matches(k, '\\i')"), "yes");
}

TEST(XPath2Test, EndsWithLooksAtTheEnd) {
  EXPECT_EQ(value("ends-with(k, 'ne')"), "yes");
  EXPECT_EQ(value("ends-with(k, 'On')"), "no");
  EXPECT_EQ(value("ends-with(k, '')"), "yes");
  EXPECT_EQ(value("ends-with('ne', 'One')"), "no");
  EXPECT_EQ(value("ends-with(k)"), "a, 1: a function has too many or too few arguments");
}

TEST(XPath2Test, ChangesTheCaseOfAscii) {
  EXPECT_EQ(value("lower-case('aZ[1') = 'az[1'"), "yes");
  EXPECT_EQ(value("upper-case('aZ{1') = 'AZ{1'"), "yes");
  EXPECT_EQ(value("lower-case(e) = 'x'"), "a, 1: the case of '\xC3\x89' is not known: it has letters outside of ASCII");
  EXPECT_EQ(value("lower-case()"), "a, 1: a function has too many or too few arguments");
}

TEST(XPath2Test, ExistsAndEmptyCountItems) {
  EXPECT_EQ(value("exists(k)"), "yes");
  EXPECT_EQ(value("exists(gone)"), "no");
  EXPECT_EQ(value("exists('')"), "yes");
  EXPECT_EQ(value("empty(gone)"), "yes");
  EXPECT_EQ(value("empty(k)"), "no");
  EXPECT_EQ(value("empty(k, k)"), "a, 1: a function has too many or too few arguments");
  EXPECT_EQ(value("exists(k, k)"), "a, 1: a function has too many or too few arguments");
}

}  // namespace
}  // namespace bb::schematron
