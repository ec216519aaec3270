// The page's table of types is what their description says.
#include <filesystem>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <bb/core/text.hpp>
#include <bb/healthvault/thing_types.hpp>

#include "healthvault/types/description.hpp"
#include "support/golden.hpp"

namespace bb::healthvault {
namespace {

using types::Element;

// "prescription/instructions to instructions", of each element that a field answers to.
void add_mappings(const std::vector<Element>& elements, const std::string& path, const std::string& around,
                  std::vector<std::string>& all) {
  for (const auto& element : elements) {
    const auto name = path.empty() ? element.name : path + "/" + element.name;
    auto field = element.to == "*" ? around : element.to;
    if (element.name == "sub-groups") continue;  // as the group itself
    if (!element.scheme.empty())
      all.push_back(fmt::format("`{}`: {}", name, element.each));
    else if (element.measure != nullptr)
      all.push_back(fmt::format("`{}`: {}", name, element.measure->test.display));
    else if (element.kind == types::Kind::group)
      add_mappings(types::description().elements_of(element), name, field.empty() ? around : field, all);
    else if (!field.empty())
      all.push_back(fmt::format("`{}`: {}", name, field));
    else if (!element.constant.empty())
      all.push_back(fmt::format("`{}`: \"{}\"", name, element.constant));
  }
}

std::string table() {
  std::string text =
      "| type | version | id | facts | elements and the fields they answer to |\n|---|---|---|---|---|\n";
  for (const auto& one : types::description().types) {
    std::vector<std::string> mappings;
    add_mappings(one.elements, {}, {}, mappings);
    const auto facts = one.type.handling == ThingType::Handling::document ? "a whole document" : one.type.fact;
    const auto how = one.type.handling == ThingType::Handling::read ? ", read alone" : "";
    text += fmt::format("| {} | {} | {} | {}{} | {} |\n", one.type.name, one.type.version, one.type.id, facts, how,
                        join(mappings, ", "));
  }
  std::vector<std::string> carried;
  for (const auto& one : thing_types())
    if (one.handling == ThingType::Handling::carried)
      carried.push_back(one.version == "1" ? one.name : fmt::format("{} (version {})", one.name, one.version));
  return text + fmt::format("\nCarried as they are, {} types: {}.\n", carried.size(), join(carried, ", "));
}

TEST(PageTest, HasTheTableOfTheTypes) {
  const auto file = std::filesystem::path(BB_SOURCE_DIR) / "docs/reference/healthvault-types.md";
  const auto page = read_text(file);
  ASSERT_TRUE(page);
  const auto begin = page->find("| type | version |");
  ASSERT_NE(begin, std::string::npos);
  const auto end = page->find("\n## ", begin);
  ASSERT_NE(end, std::string::npos);
  test::expect_golden(page->substr(0, begin) + table() + page->substr(end), "../docs/reference/healthvault-types.md");
}

}  // namespace
}  // namespace bb::healthvault
