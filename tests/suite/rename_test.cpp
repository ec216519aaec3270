// No misspelt key goes unnoticed: every key of a suite is renamed in turn.
#include <gmock/gmock.h>

#include <set>

#include <bb/core/yaml.hpp>
#include "suite_files.hpp"

namespace bb::test {
namespace {

class RenameTest : public SuiteFiles {};

void collect_keys(const YamlNode& node, std::vector<Place>& keys) {
  for (const auto& member : node.members) {
    keys.push_back(member.key_place);
    collect_keys(member.value, keys);
  }
  for (const auto& item : node.items) collect_keys(item, keys);
}

std::string renamed(const std::string& text, const Place& place) {
  std::size_t begin = 0;
  for (int line = 1; line < place.line; ++line) begin = text.find('\n', begin) + 1;
  begin += static_cast<std::size_t>(place.column) - 1;
  return std::string(text).insert(begin + static_cast<std::size_t>(place.length), "zz");
}

// Ids that nothing else in the file names may be called anything.
bool is_free_name(const std::string& key) { return std::set<std::string>{"stranger", "send"}.contains(key); }

TEST_F(RenameTest, OfAnyKeyOfASuiteIsNoticed) {
  const std::string text = good_suite();
  const Yaml yaml = parse_yaml(std::make_shared<const Source>(Source{"s.yaml", text}));
  ASSERT_TRUE(yaml.is_good());
  std::vector<Place> keys;
  collect_keys(*yaml.root, keys);
  ASSERT_GT(keys.size(), 60u);
  const auto file = folder_ / "s.yaml";
  for (const auto& place : keys) {
    const std::string changed = renamed(text, place);
    ASSERT_TRUE(write_text(file, changed));
    if (!lint_file(file, true).empty()) continue;
    const std::string line = split(changed, '\n')[static_cast<std::size_t>(place.line) - 1];
    const auto begin = static_cast<std::size_t>(place.column) - 1;
    EXPECT_TRUE(is_free_name(line.substr(begin, static_cast<std::size_t>(place.length))))
        << "renaming a key of line " << place.line << " is not noticed: " << line;
  }
}

}  // namespace
}  // namespace bb::test
