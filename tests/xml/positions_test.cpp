// Where the start tags of a document are: as many as libxml2 has elements, and
// at its lines.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <libxml/tree.h>

#include <filesystem>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <bb/core/files.hpp>
#include <bb/xml/document.hpp>
#include <bb/xml/markup.hpp>

#include "support/published_folder.hpp"

namespace bb::xml {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> places(std::string_view text) {
  std::vector<std::string> found;
  for (const auto& [line, column] : element_positions(text)) found.push_back(fmt::format("{}:{}", line, column));
  return found;
}

// The lines where libxml2 saw the ends of start tags, in document order.
void collect_lines(const xmlNode* node, std::vector<int>& lines) {
  for (; node != nullptr; node = node->next) {
    if (node->type != XML_ELEMENT_NODE) continue;
    lines.push_back(static_cast<int>(xmlGetLineNo(const_cast<xmlNode*>(node))));
    collect_lines(node->children, lines);
  }
}

TEST(PositionsTest, CountsLinesAndColumnsFromOne) {
  EXPECT_THAT(places("<r><a/>\n  <b>x</b>\n\n<c\n/></r>"), ElementsAre("1:1", "1:4", "2:3", "4:1"));
}

TEST(PositionsTest, ColumnsAreBytes) { EXPECT_THAT(places("<r>\xC3\xA9<a/></r>"), ElementsAre("1:1", "1:6")); }

TEST(PositionsTest, OfUtf16AreThoseOfItsTextInUtf8) {
  const std::string text = "<r>\xC3\xA9\xF0\x9F\x98\x80<a/>\n<b/></r>";
  constexpr std::u16string_view wide = u"<r>\u00E9\U0001F600<a/>\n<b/></r>";
  for (const bool is_big_endian : {false, true})
    for (const bool is_marked : {false, true}) {
      std::string bytes;
      const auto add = [&](char16_t unit) {
        const char high = static_cast<char>(unit >> 8), low = static_cast<char>(unit & 0xFF);
        bytes += is_big_endian ? high : low;
        bytes += is_big_endian ? low : high;
      };
      if (is_marked) add(0xFEFF);
      for (const auto unit : wide) add(unit);
      EXPECT_EQ(narrowed(bytes), text);
      EXPECT_EQ(places(bytes), places(text));
    }
  // UTF-32, with a mark and without, and nothing
  for (const std::string_view other :
       {std::string_view("\xFF\xFE\0\0<\0\0\0", 8), std::string_view("<\0\0\0r\0\0\0", 8),
        std::string_view("\0\0\0<", 4), std::string_view("\0\0", 2)})
    EXPECT_THAT(places(other), IsEmpty());
}

TEST(PositionsTest, CrAloneEndsALineWhereThereIsNoLf) {
  EXPECT_THAT(places("<r>\r <a/>\r\r<b/></r>"), ElementsAre("1:1", "2:2", "4:1"));
  EXPECT_THAT(places("<r>\r <a/>\n<b/></r>"), ElementsAre("1:1", "1:6", "2:1")) << "as editors count";
}

TEST(PositionsTest, ABracketInAnAttributeEndsNoTag) {
  EXPECT_THAT(places("<r a='>' b=\"'><x>\"><a t='/>'/></r>"), ElementsAre("1:1", "1:20"));
}

TEST(PositionsTest, CommentsCdataAndInstructionsHoldNoTags) {
  EXPECT_THAT(places("<?xml version='1.0'?><!-- <a> - > --><r><![CDATA[<a>]] ><b>]]><?p <a> ?><c/><!----></r>"),
              ElementsAre("1:38", "1:73"));
}

TEST(PositionsTest, WhatIsNeverClosedEndsTheList) {
  EXPECT_THAT(places("<r><!-- <a/>"), ElementsAre("1:1"));
  EXPECT_THAT(places("<r><a b='"), ElementsAre("1:1", "1:4"));
  EXPECT_THAT(places("<"), IsEmpty());
  EXPECT_THAT(places(""), IsEmpty());
}

TEST(PositionsTest, AByteOrderMarkIsBytes) { EXPECT_THAT(places("\xEF\xBB\xBF<r/>"), ElementsAre("1:4")); }

TEST(MarkupTest, KnowsHowLongWhatIsOpaqueIs) {
  EXPECT_EQ(opaque_length("<!-- x -->y"), 10u);
  EXPECT_EQ(opaque_length("<!-->-->"), 8u);
  EXPECT_EQ(opaque_length("<![CDATA[]]]>"), 13u);
  EXPECT_EQ(opaque_length("<?x?>y"), 5u);
  EXPECT_EQ(opaque_length("<!-- x"), 6u);
  EXPECT_EQ(opaque_length("<x>"), 0u);
  EXPECT_EQ(opaque_length(""), 0u);
}

TEST(PositionsTest, AreThoseOfLibxml2InPublishedDocuments) {
  const auto folder = test::published_folder();
  if (!fs::is_directory(folder)) GTEST_SKIP() << "no published documents in " << folder;
  std::size_t document_count = 0;
  for (const char* part : {"ccda", "c32", "c62"}) {
    for (const auto& entry : fs::recursive_directory_iterator(folder / part)) {
      if (entry.path().extension() != ".xml") continue;
      SCOPED_TRACE(entry.path());
      const auto bytes = read_text(entry.path());
      ASSERT_TRUE(bytes);
      const auto document = read(*bytes);
      if (!std::holds_alternative<Document>(document)) continue;
      const auto positions = element_positions(*bytes);
      std::vector<int> lines;
      collect_lines(std::get<Document>(document).root(), lines);
      ASSERT_EQ(positions.size(), lines.size());
      // libxml2 has the line where a start tag ends.
      std::size_t wrong_count = 0;
      std::size_t next = 0;
      for (const auto& position : positions) wrong_count += position.line > lines[next++];
      for (std::size_t i = 1; i < positions.size(); ++i) wrong_count += lines[i - 1] > positions[i].line;
      EXPECT_EQ(wrong_count, 0u);
      ++document_count;
    }
  }
  EXPECT_GE(document_count, 400u);
}

}  // namespace
}  // namespace bb::xml
