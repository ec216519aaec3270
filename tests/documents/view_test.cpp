// A view: what rules see of a document that is no XML.
#include "harness/documents/view.hpp"

#include <gtest/gtest.h>

#include <bb/xml/nodes.hpp>

namespace bb::documents {
namespace {

TEST(ViewTest, ElementsStandInTheOrderOfTheirPlaces) {
  ViewBuilder builder("text", {1, 1});
  builder.open("section", {2, 1}, "MEDICATIONS");
  builder.set("title", "MEDICATIONS");
  builder.open("field", {3, 5}, "MEDICATIONS > Name");
  builder.text("Aspirin & <more>");
  builder.close();
  builder.close();
  builder.open("section", {4, 1}, "ALLERGIES");
  const auto view = std::move(builder).take();

  const auto* root = view.document.root();
  ASSERT_NE(root, nullptr);
  EXPECT_EQ(xml::view(root->name), "text");
  const auto* section = root->children;
  EXPECT_EQ(xml::view(section->name), "section");
  EXPECT_EQ(xml::view(section->children->children->content), "Aspirin & <more>");
  EXPECT_EQ(xml::view(section->next->name), "section");
  ASSERT_EQ(view.positions.size(), 4u);
  EXPECT_EQ(view.positions[2].line, 3);
  EXPECT_EQ(view.positions[2].column, 5);
  EXPECT_EQ(view.paths[3], "ALLERGIES");
}

TEST(ViewTest, TheRootIsNeverClosedAndAnyBytesAreText) {
  ViewBuilder builder("text");
  builder.close();
  builder.close();
  builder.open("a", {1, 1});
  builder.set("value", std::string_view("\0\xFF\x1B", 3));
  builder.text("");
  const auto view = std::move(builder).take();
  const auto* a = view.document.root()->children;
  EXPECT_EQ(xml::view(a->properties->children->content), "\xE2\x90\x80\xEF\xBF\xBD\xE2\x90\x9B");
  EXPECT_EQ(a->children, nullptr);
}

}  // namespace
}  // namespace bb::documents
