// Formats of primitives against the regular expressions that R4 publishes.
#include <gtest/gtest.h>
#include <re2/re2.h>

#include <map>
#include <random>

#include <bb/core/files.hpp>
#include <bb/core/json.hpp>

#include "harness/fhir/primitives.hpp"
#include "support/published_folder.hpp"

namespace bb::fhir {
namespace {

constexpr std::string_view regex_url = "http://hl7.org/fhir/StructureDefinition/regex";

// By type, from the extension on the type of its value.
std::map<std::string, std::string> published_regexes(const Value& types) {
  std::map<std::string, std::string> found;
  for (const auto& entry : *types["entry"].items()) {
    const auto& structure = entry["resource"];
    if (structure["kind"].string_or("") != "primitive-type") continue;
    for (const auto& element : *structure["snapshot"]["element"].items())
      if (element["path"].string_or("").ends_with(".value"))
        if (const auto* extensions = element["type"][0]["extension"].items())
          for (const auto& extension : *extensions)
            if (extension["url"].string_or("") == regex_url)
              found[structure["type"].string_or("")] = extension["valueString"].string_or("");
  }
  return found;
}

TEST(FhirPrimitivesPublishedTest, AcceptsNothingThatThePublishedExpressionRefuses) {
  const auto file = bb::test::published_folder() / "fhir/definitions-r4/profiles-types.json";
  if (!std::filesystem::exists(file)) GTEST_SKIP() << "no published definitions at " << file;
  const auto types = parse_json(*read_text(file));
  ASSERT_TRUE(types);
  const auto regexes = published_regexes(*types);
  ASSERT_GE(regexes.size(), 15u);
  const std::vector<std::string> seeds{"2018",
                                       "1973-06",
                                       "1905-08-23",
                                       "2015-02-07T13:28:17-05:00",
                                       "13:28:17.5",
                                       "-12",
                                       "1.50",
                                       "1e5",
                                       "true",
                                       "a-b.1",
                                       "a b",
                                       "urn:oid:1.2.840",
                                       "YWJj",
                                       "urn:x",
                                       "urn:uuid:c757873d-ec9a-4326-a141-556f43239520",
                                       "http://x.org/a|1",
                                       "0",
                                       "7"};
  constexpr std::string_view letters = "0123456789-+:.TZ eEaf/=|u\n";
  std::mt19937 draw(7);
  std::map<std::string, int> accepted;
  for (const auto& [type, words] : regexes) {
    const RE2 regex(words);
    ASSERT_TRUE(regex.ok()) << type << ": " << words;
    for (const auto& seed : seeds)
      for (int round = 0; round < 300; ++round) {
        std::string text = seed;
        for (int change = round % 3; change > 0 && !text.empty(); --change) {
          const auto at = draw() % text.size();
          if (draw() % 2 == 0)
            text[at] = letters[draw() % letters.size()];
          else
            text.erase(at, 1);
        }
        if (!expected_format(type, text).empty()) continue;
        ++accepted[type];
        EXPECT_TRUE(RE2::FullMatch(text, regex)) << type << " '" << text << "' by " << words;
      }
    EXPECT_GT(accepted[type], 0) << type;
  }
}

}  // namespace
}  // namespace bb::fhir
