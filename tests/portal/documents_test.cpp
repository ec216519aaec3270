#include "portal/documents.hpp"

#include <gtest/gtest.h>

namespace bb::portal {
namespace {

records::Record named(const std::string& given, const std::string& family) {
  records::Record record;
  record.patient.name.given = {given};
  record.patient.name.family = family;
  return record;
}

TEST(DocumentsTest, KeepsFileNamesFreeOfWhatFileSystemsAndHeadersCannotHold) {
  const auto& text = *find_format("blue-button-text");
  EXPECT_EQ(file_name(named("../../etc", "a\r\nb\"c"), "summary", text), ".._.._etc a b_c-summary.txt");
  EXPECT_EQ(file_name({}, "summary", text), "record-summary.txt");
  EXPECT_LT(file_name(named(std::string(500, 'x'), "y"), "summary", text).size(), 100u);
}

TEST(DocumentsTest, WritesAnAsciiNameBesideTheOneInUtf8) {
  EXPECT_EQ(attachment_disposition("\u5c71\u7530-summary.txt"),
            "attachment; filename=\"__-summary.txt\"; filename*=UTF-8''%E5%B1%B1%E7%94%B0-summary.txt");
}

TEST(DocumentsTest, EmptiesEveryNarrative) {
  EXPECT_EQ(without_narrative("<a><text>one</text><b/><text><p>two</p></text></a>"), "<a><text/><b/><text/></a>");
  EXPECT_EQ(without_narrative("<a/>"), "<a/>");
  EXPECT_EQ(without_narrative("<a><text>open"), "<a><text>open");
}

}  // namespace
}  // namespace bb::portal
