#include <bb/core/json.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bb/core/text.hpp>

namespace bb {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(JsonTest, ReadsEveryKindAndKeepsTheOrderOfMembers) {
  const auto value = parse_json(R"({"b":[1,-2.5,true,null,"x\u00e9"],"a":{}})");
  ASSERT_TRUE(value) << value.error().what;
  EXPECT_EQ((*value)["b"][0].integer_or(0), 1);
  EXPECT_EQ((*value)["b"][1].number(), -2.5);
  EXPECT_EQ((*value)["b"][4].string_or(""), "x\xC3\xA9");
  EXPECT_EQ(to_json(*value), "{\"b\":[1,-2.5,true,null,\"x\xC3\xA9\"],\"a\":{}}");
}

TEST(JsonTest, SaysLineAndColumnOfAMistake) {
  const auto value = parse_json("{\n  \"a\": tru\n}");
  ASSERT_FALSE(value);
  EXPECT_THAT(value.error().what, HasSubstr("line 2, column 11"));
}

TEST(JsonTest, AMistakeQuotesNothingOfTheText) {
  for (const std::string_view text :
       {"{\"name\": \"Ada\xff\"}", "{\"name\": Ada\xff}", "{\"name\" \"Ada; expected '\"}"}) {
    const auto value = parse_json(text);
    ASSERT_FALSE(value);
    EXPECT_THAT(value.error().what, Not(HasSubstr("Ada")));
    EXPECT_TRUE(is_utf8(value.error().what)) << value.error().what;
  }
  EXPECT_THAT(parse_json("{\"a\" 1}").error().what, EndsWith("; expected ':'"));
  EXPECT_THAT(parse_json("[" + std::string(1000, '9') + "]").error().what,
              EndsWith("a number is too large, at most about 1.8e308 is read"));
}

TEST(JsonTest, RefusesDuplicateKeys) {
  const auto value = parse_json(R"({"a":1,"b":{"c":1,"c":2}})");
  ASSERT_FALSE(value);
  EXPECT_THAT(value.error().what, HasSubstr("the key 'c' occurs twice"));
}

TEST(JsonTest, RefusesTrailingTextAndNoText) {
  EXPECT_FALSE(parse_json("{} {}"));
  EXPECT_FALSE(parse_json(""));
  EXPECT_FALSE(parse_json("{\"a\":\xFF}"));
}

TEST(JsonTest, RefusesOneLevelTooDeep) {
  const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  EXPECT_TRUE(parse_json(nested(json_depth_max)));
  const auto value = parse_json(nested(json_depth_max + 1));
  ASSERT_FALSE(value);
  EXPECT_THAT(value.error().what, HasSubstr("nested deeper than 256 levels"));
}

TEST(JsonTest, KeepsLargeIntegersAndTurnsLargerOnesIntoNumbers) {
  EXPECT_EQ(to_json(*parse_json("9223372036854775807")), "9223372036854775807");
  EXPECT_TRUE(parse_json("9223372036854775808")->is_number());
  EXPECT_FALSE(parse_json("9223372036854775808")->is_integer());
}

TEST(JsonTest, WritesControlCharactersAndBrokenUtf8Safely) {
  EXPECT_EQ(to_json(Value(std::string_view("a\0\x1f\"\\\n\xFF", 7))), "\"a\\u0000\\u001f\\\"\\\\\\n\xEF\xBF\xBD\"");
}

TEST(JsonTest, WritesForPeople) {
  const auto value = Value::object({{"a", Value::strings({"x", "y"})}, {"b", Value::object()}});
  EXPECT_EQ(to_json_pretty(value), "{\n  \"a\": [\n    \"x\",\n    \"y\"\n  ],\n  \"b\": {}\n}");
}

TEST(ValueTest, EqualityIsThatOfJson) {
  EXPECT_EQ(Value(1), Value(1.0));
  EXPECT_NE(Value(1), Value("1"));
  EXPECT_EQ(*parse_json(R"({"a":1,"b":2})"), *parse_json(R"({"b":2,"a":1})"));
  EXPECT_NE(*parse_json("[1,2]"), *parse_json("[2,1]"));
}

TEST(ValueTest, MissingMembersReadAsNull) {
  const Value value = Value::object({{"a", 1}});
  EXPECT_TRUE(value["x"]["y"][3].is_null());
  EXPECT_EQ(value["a"].string_or("none"), "none");
}

}  // namespace
}  // namespace bb
