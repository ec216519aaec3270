#include "harness/documents/source.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bb::documents {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Finding at(int line, int column) { return {.rule = "r", .line = line, .column = column}; }

std::vector<std::string> rows(const std::vector<SourceLine>& lines) {
  std::vector<std::string> rows;
  for (const auto& line : lines)
    rows.push_back(std::to_string(line.line) + ":" + std::to_string(line.column) + " " +
                   (line.text.size() > 20 ? std::to_string(line.text.size()) + " bytes" : line.text));
  return rows;
}

TEST(SourceTest, KeepsEveryLineOfASmallDocument) {
  EXPECT_THAT(rows(source_of("a\r\n\nc", {at(1, 1)})), ElementsAre("1:1 a", "2:1 ", "3:1 c"));
  EXPECT_THAT(source_of("a", {}), IsEmpty()) << "there is nothing to show it beside";
}

TEST(SourceTest, TakesCrForTheEndOfALineWhereThereIsNoLf) {
  const auto lines = source_of("a\r\rb", {{.rule = "r", .line = 3, .column = 1}});
  ASSERT_EQ(lines.size(), 3u);
  EXPECT_EQ(lines[2].text, "b");
  EXPECT_EQ(lines[2].line, 3);
  std::vector<Finding> findings{{.rule = "r", .line = 2, .column = 3}};
  count_characters("a\r\xC3\xA9x", findings);
  EXPECT_EQ(findings[0].character, 2);
}

TEST(SourceTest, CutsLongLinesBetweenCharacters) {
  const auto line = std::string(399, 'x') + "\xE2\x82\xAC" + std::string(10, 'y');
  EXPECT_THAT(rows(source_of(line, {at(1, 1)})), ElementsAre("1:1 399 bytes", "1:400 \xE2\x82\xACyyyyyyyyyy"));
  EXPECT_THAT(rows(source_of(std::string(400, 'x') + "\ny", {at(1, 1)})), ElementsAre("1:1 400 bytes", "2:1 y"));
}

TEST(SourceTest, KeepsWhatIsAroundFindingsOfALargeDocument) {
  std::string text;
  for (int i = 1; i <= 30; ++i) text += "line\n";
  EXPECT_THAT(rows(source_of(text, {at(1, 1), at(20, 2)}, 100)),
              ElementsAre("1:1 line", "2:1 line", "3:1 line", "4:1 line", "17:1 line", "18:1 line", "19:1 line",
                          "20:1 line", "21:1 line", "22:1 line", "23:1 line"));
  EXPECT_EQ(source_of(text, {at(5, 1)}, 150).size(), 30u) << "150 bytes are all of it";
  EXPECT_EQ(source_of(text, {at(5, 1)}, 149).size(), 7u);
}

TEST(SourceTest, KeepsNoMoreThanItMay) {
  std::string text;
  std::vector<Finding> findings;
  for (int i = 1; i <= 1000; ++i) {
    text += "line\n";
    findings.push_back(at(i, 1));
  }
  EXPECT_EQ(source_of(text, findings, 100).size(), 20u);
}

TEST(SourceTest, FindsThePartOfALongLine) {
  const std::string text(5000, 'x');
  EXPECT_THAT(rows(source_of(text, {at(1, 2001)}, 100)).size(), 0u) << "one stretch is more than 100 bytes";
  EXPECT_THAT(rows(source_of(text, {at(1, 2001)}, 3000)),
              ElementsAre("1:801 400 bytes", "1:1201 400 bytes", "1:1601 400 bytes", "1:2001 400 bytes",
                          "1:2401 400 bytes", "1:2801 400 bytes", "1:3201 400 bytes"));
}

std::vector<int> characters(std::string_view bytes, std::vector<Finding> findings) {
  count_characters(bytes, findings);
  std::vector<int> characters;
  for (const auto& finding : findings) characters.push_back(finding.character);
  return characters;
}

TEST(CharacterTest, CountsCodePointsNotBytes) {
  // 2, 3 and 4 bytes a character.
  const std::string_view text = "\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80<a/>\n\xC3\xA9<b/>";
  EXPECT_THAT(characters(text, {at(1, 1), at(1, 10), at(2, 1), at(2, 3)}), ElementsAre(1, 4, 1, 2));
  EXPECT_THAT(characters(text, {at(2, 3), at(1, 10)}), ElementsAre(2, 4)) << "also out of order";
}

TEST(CharacterTest, LeavesOutAByteOrderMark) {
  EXPECT_THAT(characters("\xEF\xBB\xBF<a>\n<b/>", {at(1, 1), at(1, 4), at(2, 1)}), ElementsAre(1, 1, 1));
}

TEST(CharacterTest, TakesBytesForCharactersWhereTheyAreNoUtf8) {
  EXPECT_THAT(characters("\xE9\xE9<a/>", {at(1, 3)}), ElementsAre(3));
}

TEST(CharacterTest, KnowsNothingOfPlacesOutside) {
  EXPECT_THAT(characters("ab", {at(1, 3), at(1, 4), at(2, 1)}), ElementsAre(3, 0, 0));
}

}  // namespace
}  // namespace bb::documents
