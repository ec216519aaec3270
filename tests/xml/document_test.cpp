// What is read of XML, and what is refused.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <variant>

#include <bb/xml/document.hpp>

namespace bb::xml {
namespace {

using testing::HasSubstr;

// "read", or the problem.
std::string outcome(std::string_view bytes) {
  const auto document = read(bytes);
  const auto* problem = std::get_if<Problem>(&document);
  return problem == nullptr ? "read" : describe(*problem);
}

TEST(DocumentTest, AZeroByteIsRefusedWhereverItStands) {
  EXPECT_EQ(outcome(std::string("<r>\n</r>\0<s>", 12)), "line 2, column 1: not well-formed XML: a zero byte");
  EXPECT_EQ(outcome(std::string("<root>\0</root>", 14)), "line 1, column 1: not well-formed XML: a zero byte");
}

TEST(DocumentTest, WideCharactersAreRead) {
  EXPECT_EQ(outcome(std::string("\xFF\xFE<\0r\0/\0>\0", 10)), "read");
  EXPECT_EQ(outcome(std::string("\xFE\xFF\0<\0r\0/\0>", 10)), "read");
}

TEST(DocumentTest, Utf32IsRefusedByItsName) {
  for (const std::string_view bytes :
       {std::string_view("\xFF\xFE\0\0<\0\0\0r\0\0\0/\0\0\0>\0\0\0", 20),
        std::string_view("\0\0\xFE\xFF\0\0\0<\0\0\0r\0\0\0/\0\0\0>", 20),
        std::string_view("<\0\0\0r\0\0\0/\0\0\0>\0\0\0", 16), std::string_view("\0\0\0<\0\0\0r\0\0\0/\0\0\0>", 16)})
    EXPECT_EQ(outcome(bytes), "line 1, column 1: the encoding UTF-32 is not supported; save the file as UTF-8");
}

// XML 1.0, 2.11: a CR that no LF follows is a line end.
TEST(DocumentTest, LinesThatEndInCrAloneAreCounted) {
  EXPECT_EQ(outcome("<r>\r<a>\r</b></r>"), outcome("<r>\n<a>\n</b></r>"));
  EXPECT_THAT(outcome("<r>\r<a>\r</b></r>"), HasSubstr("line 3, column 5: "));
  EXPECT_THAT(outcome("<r>\r\n<a>\r\n</b></r>"), HasSubstr("line 3, column 5: "));
  EXPECT_THAT(outcome(std::string("\xFE\xFF\0<\0r\0>\0\r\0<\0/\0x\0>", 18)), HasSubstr("line 2, column 5: "));
  EXPECT_EQ(outcome(std::string("\xFF\xFE<\0r\0>\0\r\0<\0/\0r\0>\0", 18)), "read");
  EXPECT_EQ(outcome(std::string("<r>\r\r\0</r>", 10)), "line 3, column 1: not well-formed XML: a zero byte");
}

TEST(DocumentTest, ADoctypeIsRefused) {
  EXPECT_THAT(outcome("<!DOCTYPE r><r/>"), HasSubstr("a DOCTYPE is not allowed"));
}

TEST(DocumentTest, APrefixMustBeDeclared) {
  EXPECT_THAT(outcome("<r x:a='1'/>"), HasSubstr("line 1"));
  EXPECT_EQ(outcome("<r xmlns:schemaLocation='urn:hl7-org:v3 CDA.xsd'/>"), "read")
      << "as two published documents have it";
}

}  // namespace
}  // namespace bb::xml
