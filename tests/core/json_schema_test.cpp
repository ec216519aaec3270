#include <bb/core/json_schema.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <ostream>

#include <bb/core/files.hpp>
#include <bb/core/json.hpp>

namespace bb {

void PrintTo(const SchemaFinding& finding, std::ostream* out) { *out << finding.pointer << ": " << finding.message; }

namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

Value json(std::string_view text) {
  auto value = parse_json(text);
  if (!value) ADD_FAILURE() << value.error().what;
  return value ? *value : Value();
}

auto finding(std::string_view pointer, std::string_view words) {
  return AllOf(Field(&SchemaFinding::pointer, std::string(pointer)),
               Field(&SchemaFinding::message, HasSubstr(std::string(words))));
}

std::vector<SchemaFinding> check(std::string_view schema) { return check_schema(json(schema)); }
std::vector<SchemaFinding> judge(std::string_view schema, std::string_view instance) {
  const auto parsed = json(schema);
  EXPECT_THAT(check_schema(parsed), IsEmpty());
  return validate(parsed, json(instance));
}

TEST(JsonSchemaCheckTest, AcceptsEveryKeywordOfTheSubset) {
  EXPECT_THAT(check(R"({
    "$schema": "https://json-schema.org/draft/2020-12/schema", "title": "t", "description": "d",
    "type": ["object", "null"], "required": ["a"], "additionalProperties": false,
    "properties": {
      "a": {"type": "integer", "minimum": 0, "maximum": 9, "default": 3},
      "b": {"type": "string", "minLength": 1, "maxLength": 2, "pattern": "^x", "format": "secret-name"},
      "c": {"type": "array", "minItems": 0, "maxItems": 2, "items": {"enum": [1, "x"]}},
      "d": {"$ref": "#/$defs/one"}},
    "$defs": {"one": {"const": 1}}})"),
              IsEmpty());
}

TEST(JsonSchemaCheckTest, NamesThePlaceOfAKeywordOutsideTheSubset) {
  EXPECT_THAT(check(R"({"properties": {"a": {"oneOf": []}}})"),
              ElementsAre(finding("/properties/a/oneOf", "keyword 'oneOf' is not in the supported subset")));
}

TEST(JsonSchemaCheckTest, SuggestsTheNearestKeyword) {
  EXPECT_THAT(check(R"({"requierd": []})"), ElementsAre(finding("/requierd", "did you mean 'required'?")));
}

TEST(JsonSchemaCheckTest, RefusesWrongShapesOfEveryKeyword) {
  EXPECT_THAT(check(R"([])"), ElementsAre(finding("", "expected a schema (an object), got array")));
  EXPECT_THAT(check(R"({"type": "int"})"),
              ElementsAre(finding("/type", "(null boolean integer number string array object), got \"int\"")));
  EXPECT_THAT(check(R"({"type": []})"), ElementsAre(finding("/type", "at least one type")));
  EXPECT_THAT(check(R"({"type": ["null", "null"]})"), ElementsAre(finding("/type", "'null' is named twice")));
  EXPECT_THAT(check(R"({"properties": []})"), ElementsAre(finding("/properties", "an object of schemas")));
  EXPECT_THAT(check(R"({"properties": {"a": true}})"), ElementsAre(finding("/properties/a", "expected a schema")));
  EXPECT_THAT(check(R"({"required": "a"})"), ElementsAre(finding("/required", "a list of member names, got \"a\"")));
  EXPECT_THAT(check(R"({"required": [1]})"), ElementsAre(finding("/required", "expected a member name, got 1")));
  EXPECT_THAT(check(R"({"required": ["a", "a"]})"), ElementsAre(finding("/required", "'a' is named twice")));
  EXPECT_THAT(check(R"({"additionalProperties": 1})"), ElementsAre(finding("/additionalProperties", "got 1")));
  EXPECT_THAT(check(R"({"items": [{}]})"), ElementsAre(finding("/items", "expected a schema (an object), got array")));
  EXPECT_THAT(check(R"({"enum": []})"), ElementsAre(finding("/enum", "at least one value")));
  EXPECT_THAT(check(R"({"minimum": "1"})"), ElementsAre(finding("/minimum", "expected a number, got \"1\"")));
  EXPECT_THAT(check(R"({"maximum": null})"), ElementsAre(finding("/maximum", "expected a number, got null")));
  EXPECT_THAT(check(R"({"minLength": -1})"), ElementsAre(finding("/minLength", "a count of 0 or more, got -1")));
  EXPECT_THAT(check(R"({"maxLength": 1.5})"), ElementsAre(finding("/maxLength", "got 1.5")));
  EXPECT_THAT(check(R"({"minItems": true})"), ElementsAre(finding("/minItems", "got true")));
  EXPECT_THAT(check(R"({"maxItems": -1})"), ElementsAre(finding("/maxItems", "got -1")));
  EXPECT_THAT(check(R"({"format": 1})"), ElementsAre(finding("/format", "expected text, got 1")));
  EXPECT_THAT(check(R"({"title": 1})"), ElementsAre(finding("/title", "expected text, got 1")));
  EXPECT_THAT(check(R"({"$defs": {"a": 1}})"), ElementsAre(finding("/$defs/a", "expected a schema")));
}

TEST(JsonSchemaCheckTest, SaysWhatIsWrongWithAPattern) {
  EXPECT_THAT(check(R"({"pattern": "a("})"), ElementsAre(finding("/pattern", "'a(' is not a pattern of RE2")));
  EXPECT_THAT(check(R"-({"pattern": "(?=a)"})-"), ElementsAre(finding("/pattern", "not a pattern of RE2")));
}

TEST(JsonSchemaCheckTest, RefusesAnotherDialect) {
  EXPECT_THAT(check(R"({"$schema": "http://json-schema.org/draft-07/schema#"})"),
              ElementsAre(finding("/$schema", "got 'http://json-schema.org/draft-07/schema#'")));
}

TEST(JsonSchemaCheckTest, RefusesReferencesToNothing) {
  EXPECT_THAT(check(R"({"$ref": "#/$defs/adress", "$defs": {"address": {}}})"),
              ElementsAre(finding("/$ref", "did you mean '#/$defs/address'?")));
  EXPECT_THAT(check(R"({"$ref": "https://example.org/x"})"), ElementsAre(finding("/$ref", "names no schema")));
  EXPECT_THAT(check(R"({"$ref": "#"})"), ElementsAre(finding("/$ref", "names no schema")));
  EXPECT_THAT(check(R"({"$ref": "#/$defs/a/default", "$defs": {"a": {"default": {}}}})"),
              ElementsAre(finding("/$ref", "names no schema")));
}

TEST(JsonSchemaCheckTest, RefusesCycles) {
  EXPECT_THAT(check(R"({"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/a"}}})"),
              ElementsAre(finding("/$defs/a", "refers to itself")));
  EXPECT_THAT(
      check(R"({"$defs": {"a": {"items": {"$ref": "#/$defs/b"}}, "b": {"properties": {"x": {"$ref": "#/$defs/a"}}}}})"),
      ElementsAre(finding("/$defs/a", "refers to itself")));
}

TEST(JsonSchemaCheckTest, ADiamondOfReferencesIsNoCycle) {
  EXPECT_THAT(check(R"({"properties": {"x": {"$ref": "#/$defs/b"}, "y": {"$ref": "#/$defs/c"}},
    "$defs": {"b": {"$ref": "#/$defs/d"}, "c": {"$ref": "#/$defs/d"}, "d": {}}})"),
              IsEmpty());
}

TEST(JsonSchemaCheckTest, RefusesADefaultThatTheSchemaItselfRefuses) {
  EXPECT_THAT(check(R"({"properties": {"page": {"type": "integer", "default": "50"}}})"),
              ElementsAre(finding("/properties/page/default", "the default is not valid here: expected integer")));
}

TEST(JsonSchemaCheckTest, ChecksADefaultWithItsOwnDefaultsFilledIn) {
  EXPECT_THAT(check(R"({"default": {}, "required": ["a"], "properties": {"a": {"default": 1}}})"), IsEmpty());
}

TEST(JsonSchemaCheckTest, SchemasMayNest256LevelsAndNoMore) {
  const auto chain = [](int links) {
    Value schema = Value::object();
    Value& defs = schema.set("$defs", Value::object());
    for (int i = 0; i < links; ++i)
      defs.set("d" + std::to_string(i), Value::object({{"$ref", "#/$defs/d" + std::to_string(i + 1)}}));
    defs.set("d" + std::to_string(links), Value::object());
    schema.set("$ref", "#/$defs/d0");
    return check_schema(schema);
  };
  EXPECT_THAT(chain(255), IsEmpty());
  EXPECT_THAT(chain(256), ElementsAre(finding("/$defs/d256", "nests deeper than 256 levels")));
}

TEST(JsonSchemaValidateTest, PointsToTheWrongMember) {
  EXPECT_THAT(judge(R"({"properties": {"a": {"properties": {"b/c": {"type": "integer"}}}}})", R"({"a": {"b/c": "x"}})"),
              ElementsAre(finding("/a/b~1c", "expected integer, got string \"x\"")));
  EXPECT_THAT(judge(R"({"items": {"items": {"const": 1}}})", "[[1], [1, 2]]"),
              ElementsAre(finding("/1/1", "expected 1, got 2")));
}

TEST(JsonSchemaValidateTest, SuggestsTheNearestMember) {
  EXPECT_THAT(
      judge(R"({"additionalProperties": false, "properties": {"base_url": {}, "page": {}}})", R"({"bas_url": 1})"),
      ElementsAre(
          finding("/bas_url", "unknown member 'bas_url'; did you mean 'base_url'?; members here: base_url, page")));
}

TEST(JsonSchemaValidateTest, NamesAMissingMember) {
  EXPECT_THAT(judge(R"({"required": ["a", "b"]})", R"({"a": 1})"),
              ElementsAre(finding("", "expected a member 'b', which is missing")));
}

TEST(JsonSchemaValidateTest, BoundsAreInclusive) {
  constexpr auto schema = R"({"minimum": 1, "maximum": 3})";
  EXPECT_THAT(judge(schema, "1"), IsEmpty());
  EXPECT_THAT(judge(schema, "3.0"), IsEmpty());
  EXPECT_THAT(judge(schema, "0.999"), ElementsAre(finding("", "expected at least 1, got 0.999")));
  EXPECT_THAT(judge(schema, "4"), ElementsAre(finding("", "expected at most 3, got 4")));
}

TEST(JsonSchemaValidateTest, Compares64BitIntegersExactly) {
  constexpr auto schema = R"({"maximum": 9007199254740992})";  // 2^53: as doubles both are equal
  EXPECT_THAT(judge(schema, "9007199254740992"), IsEmpty());
  EXPECT_THAT(judge(schema, "9007199254740993"), SizeIs(1));
}

TEST(JsonSchemaValidateTest, CountsCharactersNotBytes) {
  EXPECT_THAT(judge(R"({"minLength": 2, "maxLength": 2})", R"("\u00e9\ud83d\ude00")"), IsEmpty());
  EXPECT_THAT(judge(R"({"maxLength": 1})", R"("\u00e9e")"), ElementsAre(finding("", "at most 1 characters, got 2")));
}

TEST(JsonSchemaValidateTest, PatternsAreNotAnchored) {
  EXPECT_THAT(judge(R"({"pattern": "b+"})", R"("abc")"), IsEmpty());
  EXPECT_THAT(judge(R"({"pattern": "^b+$"})", R"("abc")"), ElementsAre(finding("", "matches '^b+$', got \"abc\"")));
}

TEST(JsonSchemaValidateTest, KeywordsBesideARefStillHold) {
  constexpr auto schema = R"({"$ref": "#/$defs/n", "maximum": 5, "$defs": {"n": {"minimum": 3}}})";
  EXPECT_THAT(judge(schema, "4"), IsEmpty());
  EXPECT_THAT(judge(schema, "2"), SizeIs(1));
  EXPECT_THAT(judge(schema, "6"), SizeIs(1));
}

TEST(JsonSchemaValidateTest, ListsAtMostAHundredFindingsAndSaysSo) {
  const auto bad = [](std::size_t count) {
    return validate(json(R"({"items": {"type": "string"}})"), Value(Value::Array(count, Value(1))));
  };
  EXPECT_THAT(bad(100), SizeIs(100));
  EXPECT_THAT(bad(100).back().pointer, "/99");
  EXPECT_THAT(bad(1000), SizeIs(101));
  EXPECT_THAT(bad(1000).back().message, HasSubstr("more than 100 findings"));
}

TEST(JsonSchemaDefaultsTest, FillsMissingMembersAtEveryDepth) {
  const auto schema = json(R"({"properties": {
    "a": {"default": 1}, "b": {"default": {}, "properties": {"c": {"$ref": "#/$defs/two"}}},
    "list": {"items": {"properties": {"x": {"default": true}}}}},
    "additionalProperties": {"properties": {"y": {"default": null}}},
    "$defs": {"two": {"default": 2}}})");
  EXPECT_EQ(to_json(fill_defaults(schema, json(R"({"list": [{}, {"x": false}], "other": {}})"))),
            R"({"list":[{"x":true},{"x":false}],"other":{"y":null},"a":1,"b":{"c":2}})");
}

TEST(JsonSchemaDefaultsTest, KeepsWhatIsGiven) {
  EXPECT_EQ(to_json(fill_defaults(json(R"({"properties": {"a": {"default": 1}}})"), json(R"({"a": null})"))),
            R"({"a":null})");
}

TEST(JsonSchemaDefaultsTest, MakesNoObjectThatNobodyAskedFor) {
  EXPECT_EQ(to_json(fill_defaults(json(R"({"properties": {"a": {"properties": {"b": {"default": 1}}}}})"), json("{}"))),
            "{}");
}

TEST(JsonSchemaDefaultsTest, StopsDefaultsThatMultiply) {
  Value schema = json(R"({"$ref": "#/$defs/d0"})");
  Value& defs = schema.set("$defs", Value::object());
  for (int i = 0; i < 30; ++i) {
    const auto next = Value::object({{"$ref", "#/$defs/d" + std::to_string(i + 1)}, {"default", Value::object()}});
    defs.set("d" + std::to_string(i), Value::object({{"properties", Value::object({{"x", next}, {"y", next}})}}));
  }
  defs.set("d30", Value::object());
  EXPECT_THAT(check_schema(schema), IsEmpty());
  EXPECT_TRUE(fill_defaults(schema, Value::object()).is_object());
}

// The draft 7 files of the official test suite (Debian: json-schema-test-suite).
// For the keywords of the subset they say the same as 2020-12. Groups whose
// schema the subset refuses are left out.
class JsonSchemaSuiteTest : public ::testing::TestWithParam<std::string> {};

TEST_P(JsonSchemaSuiteTest, AgreesWithTheOfficialSuite) {
  const std::filesystem::path folder = "/usr/share/json-schema-test-suite/tests/draft7";
  if (!std::filesystem::exists(folder))
    GTEST_SKIP() << folder << " is missing: install Debian's json-schema-test-suite to run this test";
  const auto text = read_text(folder / (GetParam() + ".json"));
  ASSERT_TRUE(text) << text.error().what;
  const Value groups = json(*text);
  int judged = 0;
  for (const auto& group : *groups.items()) {
    if (!check_schema(group["schema"]).empty()) continue;
    for (const auto& test : *group["tests"].items()) {
      ++judged;
      EXPECT_EQ(validate(group["schema"], test["data"]).empty(), test["valid"].boolean_or(false))
          << group["description"].string_or("") << ": " << test["description"].string_or("");
    }
  }
  EXPECT_GT(judged, 0) << "no group of this file is in the subset";
}

TEST(JsonSchemaTest, AFormatMeansWhatTheCallerSays) {
  const auto schema = parse_json(R"({"properties": {"a": {"format": "even", "pattern": "^x"}}})");
  const auto even = [](std::string_view format, const std::string& text) {
    return format == "even" && text.size() % 2 != 0 ? std::string("it is odd") : std::string();
  };
  EXPECT_TRUE(validate(*schema, *parse_json(R"({"a": "x"})")).empty());
  EXPECT_TRUE(validate(*schema, *parse_json(R"({"a": "xx"})"), even).empty());
  EXPECT_EQ(validate(*schema, *parse_json(R"({"a": "x"})"), even).at(0).message, "it is odd");
  EXPECT_EQ(validate(*schema, *parse_json(R"({"a": "yyy"})"), even).size(), 1u);  // the pattern says it already
}

INSTANTIATE_TEST_SUITE_P(Draft7, JsonSchemaSuiteTest,
                         ::testing::Values("type", "properties", "required", "additionalProperties", "items", "enum",
                                           "const", "pattern", "minimum", "maximum", "minLength", "maxLength",
                                           "minItems", "maxItems", "ref"),
                         [](const auto& instance) { return instance.param; });

}  // namespace
}  // namespace bb
