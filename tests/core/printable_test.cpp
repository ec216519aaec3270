#include <bb/core/printable.hpp>

#include <gtest/gtest.h>

namespace bb {
namespace {

TEST(PrintableTest, KeepsTextInAnyScript) { EXPECT_EQ(printable("Zoë 李 Ωmega\tx\ny"), "Zoë 李 Ωmega\tx\ny"); }

TEST(PrintableTest, ShowsAnEscapeSequenceInsteadOfSendingIt) { EXPECT_EQ(printable("\x1b[31mred"), "␛[31mred"); }

TEST(PrintableTest, ShowsEveryControlCharacterThatXmlForbids) {
  EXPECT_EQ(printable(std::string_view("\0\x01\x1f\x7f", 4)), "␀␁␟␡");
}

TEST(PrintableTest, ReplacesC1ControlsAndNoncharacters) {
  EXPECT_EQ(printable("\xC2\x9B"
                      "1m \xEF\xBF\xBF \xEF\xB7\x90 \xF0\x9F\xBF\xBF"),
            "\uFFFD1m \uFFFD \uFFFD \uFFFD");
}

TEST(PrintableTest, KeepsTheCharactersBesideTheNoncharacters) {
  EXPECT_EQ(printable("\xEF\xBF\xBD \xEF\xB7\x8F \xC2\xA0"), "\uFFFD \uFDCF \u00A0");
}

TEST(PrintableTest, ReplacesDirectionOverrides) { EXPECT_EQ(printable("a\u202Eb\u2066c"), "a\uFFFDb\uFFFDc"); }

TEST(PrintableTest, ReplacesBytesThatAreNoUtf8) { EXPECT_EQ(printable("caf\xE9!"), "caf\uFFFD!"); }

TEST(PrintableTest, MakesOneLineEndOfCrLfAndShowsALoneCr) { EXPECT_EQ(printable("a\r\nb\rc"), "a\nb␍c"); }

}  // namespace
}  // namespace bb
