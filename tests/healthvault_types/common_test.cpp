// What stands beside the data of a thing.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <bb/healthvault/thing_common.hpp>

namespace bb::healthvault {
namespace {

std::string with(std::string_view data, const ThingCommon& common) {
  const auto made = with_common(data, common);
  return made ? *made : "error: " + made.error().what;
}

TEST(CommonTest, IsAddedWhereThereIsNone) {
  EXPECT_EQ(with("<a/>", {"VA", "", "id-1"}),
            "<a/><common><source>VA</source><client-thing-id>id-1</client-thing-id></common>");
  EXPECT_EQ(with("<a/><common/>", {"", "n & m", ""}), "<a/><common><note>n &amp; m</note></common>");
  EXPECT_EQ(with("<a/>", {}), "<a/>");
}

TEST(CommonTest, ReplacesItsPartsAndLeavesTheOthersAsTheyStand) {
  const std::string data =
      "<a b='>'>\n <c/></a>\n<common xmlns:x=\"u>v\">\n <source>old</source><tags>t</tags>\n"
      "<extension source='s'><client-thing-id>not "
      "this</client-thing-id></extension><client-thing-id>1</client-thing-id>\n</common>\n";
  EXPECT_EQ(with(data, {"new", "word", "2"}),
            "<a b='>'>\n <c/></a>\n<common xmlns:x=\"u>v\"><source>new</source><note>word</note><tags>t</tags>"
            "<extension source='s'><client-thing-id>not this</client-thing-id></extension>"
            "<client-thing-id>2</client-thing-id></common>");
  const auto read = common_of(data);
  ASSERT_TRUE(read);
  EXPECT_EQ(*read, (ThingCommon{"old", "", "1"}));
}

TEST(CommonTest, BoundsTheClientId) {
  EXPECT_TRUE(with_common("<a/>", {"", "", std::string(255, 'x')}));
  EXPECT_FALSE(with_common("<a/>", {"", "", std::string(256, 'x')}));
  EXPECT_FALSE(with_common("<a>", {}));
  EXPECT_FALSE(common_of("<a/><b/>"));
}

}  // namespace
}  // namespace bb::healthvault
