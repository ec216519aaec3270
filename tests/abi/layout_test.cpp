// The memory layout of the ABI: golden, without holes, and complete.
#include "layout.hpp"

#include <gtest/gtest.h>
#include <re2/re2.h>

#include <bb/core/files.hpp>
#include <filesystem>
#include <set>
#include <string>

#include "support/golden.hpp"

namespace bb::test {
namespace {

// Names of all structs with a body in the ABI headers.
std::set<std::string> structs_in_headers() {
  std::set<std::string> names;
  const auto folder = std::filesystem::path(BB_SOURCE_DIR) / "sdk/include/bb/abi";
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    const auto text = read_text(entry.path());
    EXPECT_TRUE(text) << entry.path();
    re2::StringPiece rest = *text;
    std::string name;
    for (const RE2 body(R"(\bstruct (bb_\w+) \{)"); RE2::FindAndConsume(&rest, body, &name);) names.insert(name);
  }
  return names;
}

TEST(LayoutTest, IsTheOneThatWasWrittenDown) { expect_golden(layout_text(layout_structs()), "abi/layout_1.0.golden"); }

TEST(LayoutTest, HasEveryStructOfTheHeaders) {
  std::set<std::string> written_down;
  for (const auto& type : layout_structs()) written_down.insert(type.name);
  EXPECT_EQ(written_down, structs_in_headers());
}

TEST(LayoutTest, HasNoHolesAndNoFieldThatIsNotWrittenDown) {
  // A hole is padding, or a field that layout.cpp does not name.
  for (const auto& type : layout_structs()) {
    std::size_t end = 0;
    for (const auto& field : type.fields) {
      EXPECT_EQ(field.offset, end) << type.name << "::" << field.name;
      end = field.offset + field.size;
    }
    EXPECT_EQ(end, type.size) << type.name << " at its end";
  }
}

TEST(LayoutTest, BeginsEveryStructThatCanGrowWithItsSize) {
  const std::set<std::string> frozen{"bb_str", "bb_bytes", "bb_pair"};
  for (const auto& type : layout_structs()) {
    if (frozen.contains(type.name)) continue;
    EXPECT_EQ(type.fields.front().name, "struct_size") << type.name;
    EXPECT_EQ(type.fields.front().size, 4u) << type.name;
  }
}

}  // namespace
}  // namespace bb::test
