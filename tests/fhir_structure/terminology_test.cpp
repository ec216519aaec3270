#include "harness/fhir/terminology.hpp"

#include <gtest/gtest.h>

#include <bb/core/json.hpp>

namespace bb::fhir {
namespace {

Value value(const char* text) {
  const auto parsed = parse_json(text);
  EXPECT_TRUE(parsed) << text;
  return parsed ? *parsed : Value{};
}

Terminology terminology() {
  Terminology all;
  all.add_code_system(value(R"({"url": "s:a", "is_complete": true, "codes": ["1", "2", "3", "4"],
                                "parents": {"2": ["1"], "3": ["2"]}})"));
  all.add_code_system(value(R"({"url": "s:b", "is_complete": false, "codes": ["1"]})"));
  const auto add = [&](const char* text) { all.add_value_set(value(text)); };
  add(R"({"url": "v:all", "version": "1", "include": [{"system": "s:a"}], "exclude": []})");
  add(R"({"url": "v:all", "version": "2", "include": [{"system": "s:a", "codes": ["1"]}], "exclude": []})");
  add(R"({"url": "v:below", "version": "", "include": [{"system": "s:a", "filters": [["concept", "is-a", "2"]]}], "exclude": []})");
  add(R"({"url": "v:not", "version": "", "include": [{"system": "s:a"}],
          "exclude": [{"system": "s:a", "filters": [["concept", "descendent-of", "1"]]}]})");
  add(R"({"url": "v:both", "version": "", "include": [{"value_sets": ["v:below", "v:not"]}, {"system": "s:c", "codes": ["x"]}], "exclude": []})");
  add(R"({"url": "v:part", "version": "", "include": [{"system": "s:a"}, {"system": "s:b"}], "exclude": []})");
  add(R"({"url": "v:filter", "version": "", "include": [{"system": "s:a", "filters": [["class", "=", "x"]]}], "exclude": []})");
  add(R"({"url": "v:self", "version": "", "include": [{"value_sets": ["v:self"]}], "exclude": []})");
  return all;
}

TEST(FhirTerminologyTest, ListsCodes) {
  auto all = terminology();
  EXPECT_EQ(all.list("v:all|1")->size(), 4u);
  EXPECT_EQ(all.list("v:all")->words(), "1") << "the newest";
  EXPECT_EQ(all.list("v:below")->words(), "2 or 3");
  EXPECT_EQ(all.list("v:not")->words(), "1 or 4");
  EXPECT_EQ(all.list("v:both")->words(), "x") << "in both value sets: none";
  EXPECT_TRUE(all.list("v:both")->has("s:c", "x"));
  EXPECT_FALSE(all.list("v:both")->has("s:a", "x"));
  EXPECT_TRUE(all.list("v:both")->has_code("x"));
}

TEST(FhirTerminologyTest, DoesNotListWhatItKnowsInPartOnly) {
  auto all = terminology();
  for (const auto* name : {"v:part", "v:filter", "v:self", "v:gone", "v:all|3"})
    EXPECT_EQ(all.list(name), nullptr) << name;
}

TEST(FhirTerminologyTest, OrdersVersionsByTheirNumbers) {
  EXPECT_TRUE(is_older("3.1.1", "6.1.0"));
  EXPECT_TRUE(is_older("9.0", "10.0"));
  EXPECT_FALSE(is_older("4.0.1", "4.0.1"));
  EXPECT_TRUE(is_older("", "1"));
}

}  // namespace
}  // namespace bb::fhir
