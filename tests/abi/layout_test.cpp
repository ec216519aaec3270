// The memory layout of the frozen ABI: golden, without holes, and complete.
#include "layout.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <re2/re2.h>

#include <bb/core/files.hpp>
#include <bb/core/text.hpp>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "support/golden.hpp"

namespace bb::test {
namespace {

const auto abi_folder = std::filesystem::path(BB_SOURCE_DIR) / "sdk/include/bb/abi";
const std::set<std::string> frozen_headers{"base.h",        "plugin.h",   "host_services.h", "ext/content.h",
                                           "ext/session.h", "ext/view.h", "ext/download.h"};

std::string text_of(const std::filesystem::path& file) {
  const auto text = read_text(file);
  EXPECT_TRUE(text) << file;
  return text ? *text : "";
}

std::set<std::string> all_headers() {
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(abi_folder))
    if (entry.is_regular_file()) names.insert(entry.path().lexically_relative(abi_folder).string());
  return names;
}

// Names of all structs with a body in a header, and what stands first in each.
std::map<std::string, std::string> structs_of(const std::string& header) {
  std::map<std::string, std::string> found;
  std::string text = text_of(abi_folder / header);
  RE2::GlobalReplace(&text, R"((?s)/\*.*?\*/)", "");
  re2::StringPiece rest = text;
  std::string name, first;
  for (const RE2 body(R"(\bstruct (bb_\w+) \{\s*([^;]*);)"); RE2::FindAndConsume(&rest, body, &name, &first);)
    found[name] = first;
  return found;
}

TEST(LayoutTest, IsTheOneThatWasWrittenDown) { expect_golden(layout_text(layout_structs()), "abi/layout_1.0.golden"); }

TEST(LayoutTest, BeginsAsEveryOlderOneDid) {
  const std::string now = layout_text(layout_structs());
  int count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::path(BB_SOURCE_DIR) / "tests/abi")) {
    if (entry.path().extension() != ".golden") continue;
    EXPECT_THAT(layout_breaks(text_of(entry.path()), now), testing::IsEmpty()) << entry.path();
    ++count;
  }
  EXPECT_GE(count, 1);
}

TEST(LayoutTest, OnlyGrowsAtTheEnd) {
  const std::string older = "bb_a 16\nbb_a struct_size 0 4\nbb_a flags 4 4\nbb_a data 8 8\n";
  using testing::ElementsAre;
  EXPECT_THAT(layout_breaks(older, older), testing::IsEmpty());
  EXPECT_THAT(
      layout_breaks(older, "bb_a 24\nbb_a struct_size 0 4\nbb_a flags 4 4\nbb_a data 8 8\nbb_a more 16 8\nbb_b 8\n"),
      testing::IsEmpty());
  EXPECT_THAT(layout_breaks(older, "bb_b 8\n"), ElementsAre("bb_a is gone"));
  EXPECT_THAT(layout_breaks(older, "bb_a 8\nbb_a struct_size 0 4\nbb_a flags 4 4\n"),
              ElementsAre("bb_a has shrunk", "bb_a: 'data 8 8' became 'nothing'"));
  EXPECT_THAT(layout_breaks(older, "bb_a 16\nbb_a struct_size 0 4\nbb_a kind 4 4\nbb_a data 8 8\n"),
              ElementsAre("bb_a: 'flags 4 4' became 'kind 4 4'"));
  EXPECT_THAT(layout_breaks(older, "bb_a 24\nbb_a struct_size 0 4\nbb_a flags 4 4\nbb_a more 8 8\nbb_a data 16 8\n"),
              ElementsAre("bb_a: 'data 8 8' became 'more 8 8'"));
}

TEST(LayoutTest, HasEveryStructOfTheFrozenHeadersAndNoOther) {
  std::set<std::string> written_down, in_headers;
  for (const auto& type : layout_structs()) written_down.insert(type.name);
  for (const auto& header : frozen_headers)
    for (const auto& [name, first] : structs_of(header)) in_headers.insert(name);
  EXPECT_EQ(written_down, in_headers);
}

// Functions of a header that say no thread, neither beside themselves nor for
// their whole struct.
std::vector<std::string> functions_without_thread(const std::string& text) {
  std::vector<std::string> found;
  re2::StringPiece rest = text;
  std::string body;
  for (const RE2 type(R"((?s)\bstruct bb_\w+ \{(.*?)\n\})"); RE2::FindAndConsume(&rest, type, &body);) {
    if (body.find("all [serial]") != std::string::npos) continue;
    re2::StringPiece functions = body;
    std::string said, name;
    // What stands since the end of the last declaration's line.
    for (const RE2 function(R"((?s)(.*?\(BB_CALL\* (\w+)\)\(.*?;[^\n]*))");
         RE2::FindAndConsume(&functions, function, &said, &name);)
      if (!RE2::PartialMatch(said, R"(\[(any|serial|call|init)\])")) found.push_back(name);
  }
  return found;
}

TEST(LayoutTest, EveryFrozenFunctionSaysOnWhichThreadItMayBeCalled) {
  for (const auto& header : frozen_headers)
    EXPECT_THAT(functions_without_thread(text_of(abi_folder / header)), testing::IsEmpty()) << header;
  EXPECT_THAT(functions_without_thread("struct bb_a {\n  /* [any] */\n  int(BB_CALL* one)(int a,\n    int b);\n"
                                       "  int(BB_CALL* two)(void);\n  int(BB_CALL* three)(void); /* [call] */\n}"),
              testing::ElementsAre("two"));
}

TEST(LayoutTest, EveryHeaderSaysWhetherItIsFrozen) {
  for (const auto& header : all_headers()) {
    const std::string opening = replace_all(text_of(abi_folder / header).substr(0, 700), "\n *", "");
    const bool is_frozen = frozen_headers.contains(header);
    EXPECT_EQ(opening.find("ABI 1.0.") != std::string::npos || opening.find("ABI 1.0:") != std::string::npos, is_frozen)
        << header;
    const std::string draft = header.starts_with("draft/") ? "DRAFT: the id stays" : "DRAFT until the connectors that";
    EXPECT_EQ(opening.find(draft) != std::string::npos, !is_frozen) << header;
    EXPECT_EQ(std::filesystem::exists(std::filesystem::path(BB_SOURCE_DIR) / "tests/abi/headers/1.0/bb/abi" / header),
              is_frozen)
        << header;
  }
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

// Drafts too: they freeze as they are.
TEST(LayoutTest, BeginsEveryStructThatCanGrowWithItsSize) {
  const std::set<std::string> without{"bb_str", "bb_bytes", "bb_pair"};
  for (const auto& header : all_headers())
    for (const auto& [name, first] : structs_of(header))
      EXPECT_EQ(first == "uint32_t struct_size", !without.contains(name)) << header << ": " << name;
}

}  // namespace
}  // namespace bb::test
