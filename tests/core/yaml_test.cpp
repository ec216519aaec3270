#include <bb/core/yaml.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>

namespace bb {
namespace {

using ::testing::HasSubstr;

Yaml parse(std::string text) { return parse_yaml(std::make_shared<const Source>(Source{"t.yaml", std::move(text)})); }

std::string problems(std::string text) { return render(parse(std::move(text)).diagnostics); }

Value value_of(const std::string& scalar) {
  const Yaml yaml = parse("v: " + scalar + "\n");
  EXPECT_TRUE(yaml.is_good()) << render(yaml.diagnostics);
  return yaml.root ? to_value(*yaml.root)["v"] : Value();
}

std::string spanned(const Place& place) {
  std::size_t begin = 0;
  for (int line = 1; line < place.line; ++line) begin = place.source->text.find('\n', begin) + 1;
  return place.source->text.substr(begin + static_cast<std::size_t>(place.column) - 1,
                                   static_cast<std::size_t>(place.length));
}

// Section 10.3.2 of YAML 1.2.2, the core schema.
TEST(YamlTest, NullHasFourWordsAndTheEmptyPlace) {
  for (const auto* word : {"null", "Null", "NULL", "~", ""}) EXPECT_TRUE(value_of(word).is_null()) << word;
  EXPECT_EQ(value_of("nULL"), Value("nULL"));
}

TEST(YamlTest, BooleansAreTrueAndFalseAlone) {
  for (const auto* word : {"true", "True", "TRUE"}) EXPECT_EQ(value_of(word), Value(true)) << word;
  for (const auto* word : {"false", "False", "FALSE"}) EXPECT_EQ(value_of(word), Value(false)) << word;
  for (const auto* word : {"yes", "no", "on", "off", "y", "n", "tRUE"}) EXPECT_EQ(value_of(word), Value(word)) << word;
}

TEST(YamlTest, IntegersAreDecimalOctalAndHexadecimal) {
  EXPECT_EQ(value_of("0"), Value(0));
  EXPECT_EQ(value_of("-12"), Value(-12));
  EXPECT_EQ(value_of("+12"), Value(12));
  EXPECT_EQ(value_of("012"), Value(12));
  EXPECT_EQ(value_of("0o14"), Value(12));
  EXPECT_EQ(value_of("0xC"), Value(12));
  EXPECT_TRUE(value_of("12").is_integer());
  for (const auto* word : {"0o8", "0xG", "0o", "0x", "-0x1", "1_000", "12:30"})
    EXPECT_EQ(value_of(word), Value(word)) << word;
}

TEST(YamlTest, AnIntegerThatDoesNotFitBecomesANumber) {
  EXPECT_EQ(value_of("9223372036854775807"), Value(std::numeric_limits<std::int64_t>::max()));
  EXPECT_EQ(value_of("-9223372036854775808"), Value(std::numeric_limits<std::int64_t>::min()));
  EXPECT_FALSE(value_of("9223372036854775808").is_integer());
  EXPECT_EQ(value_of("9223372036854775808").number(), 9223372036854775808.0);
  EXPECT_EQ(value_of("-99999999999999999999").number(), -1e20);
  EXPECT_EQ(value_of("1" + std::string(400, '0')).number(), std::numeric_limits<double>::infinity());
  EXPECT_EQ(value_of("0x10000000000000000").number(), 18446744073709551616.0);
}

TEST(YamlTest, NumbersHavePointsExponentsAndInfinity) {
  EXPECT_EQ(value_of("1.5"), Value(1.5));
  EXPECT_EQ(value_of("-.5"), Value(-0.5));
  EXPECT_EQ(value_of("1."), Value(1.0));
  EXPECT_EQ(value_of("1e3"), Value(1000.0));
  EXPECT_EQ(value_of("+1.5E-1"), Value(0.15));
  EXPECT_EQ(value_of(".inf").number(), std::numeric_limits<double>::infinity());
  EXPECT_EQ(value_of("-.Inf").number(), -std::numeric_limits<double>::infinity());
  EXPECT_TRUE(std::isnan(value_of(".nan").number()));
  EXPECT_EQ(value_of("1e999").number(), std::numeric_limits<double>::infinity());
  EXPECT_EQ(value_of("1e-999").number(), 0.0);
  for (const auto* word : {"1.2.3", "1e", ".", "+", "inf", "nan", "0x1p3", "2024-01-01", "--1"})
    EXPECT_EQ(value_of(word), Value(word)) << word;
}

TEST(YamlTest, QuotesAndBlocksAreTextWhateverTheyLookLike) {
  EXPECT_EQ(value_of("\"12\""), Value("12"));
  EXPECT_EQ(value_of("'true'"), Value("true"));
  EXPECT_EQ(value_of("''"), Value(""));
  EXPECT_EQ(value_of("|\n  12\n"), Value("12\n"));
  EXPECT_EQ(value_of(">-\n  a\n  b\n"), Value("a b"));
}

TEST(YamlTest, MapsKeepTheirOrder) {
  const Yaml yaml = parse("z: 1\na: {y: 2, b: [3, {c: 4}]}\n");
  ASSERT_TRUE(yaml.is_good());
  EXPECT_EQ(yaml.root->members[0].key, "z");
  EXPECT_EQ(yaml.root->members[1].value.members[0].key, "y");
  EXPECT_EQ(to_value(*yaml.root)["a"]["b"][1]["c"], Value(4));
}

TEST(YamlTest, FindGivesNothingForAbsentKeysAndForScalars) {
  const Yaml yaml = parse("a: 1\n");
  ASSERT_TRUE(yaml.is_good());
  ASSERT_NE(yaml.root->find("a"), nullptr);
  EXPECT_EQ(yaml.root->find("b"), nullptr);
  EXPECT_EQ(yaml.root->find("a")->find("a"), nullptr);
}

TEST(YamlTest, PlacesSpanTokensOnTheirLine) {
  const Yaml yaml =
      parse("key: plain text  # comment\n'q''k': \"a \\\" b\"\nl: [one, 'two']\nm: >\n  folded\nw: two\n  lines\n");
  ASSERT_TRUE(yaml.is_good()) << render(yaml.diagnostics);
  const auto& members = yaml.root->members;
  EXPECT_EQ(spanned(members[0].key_place), "key");
  EXPECT_EQ(spanned(members[0].value.place), "plain text");
  EXPECT_EQ(members[0].value.place.column, 6);
  EXPECT_EQ(spanned(members[1].key_place), "'q''k'");
  EXPECT_EQ(spanned(members[1].value.place), "\"a \\\" b\"");
  EXPECT_EQ(spanned(members[2].value.place), "[");
  EXPECT_EQ(spanned(members[2].value.items[1].place), "'two'");
  EXPECT_EQ(spanned(members[3].value.place), ">");
  EXPECT_EQ(spanned(members[4].value.place), "two");
}

TEST(YamlTest, ColumnsCountBytesAndWindowsLineEndsDoNotMatter) {
  const Yaml yaml = parse(
      "\xEF\xBB\xBF"
      "a: 1\r\n\"\xC3\xA9\": {b: \xC3\xBC}\r\n");
  ASSERT_TRUE(yaml.is_good()) << render(yaml.diagnostics);
  EXPECT_EQ(spanned(yaml.root->members[0].key_place), "a");
  const auto& inner = yaml.root->members[1].value.members[0];
  EXPECT_EQ(inner.key_place.line, 2);
  EXPECT_EQ(inner.key_place.column, 8);
  EXPECT_EQ(spanned(inner.value.place), "\xC3\xBC");
}

TEST(YamlTest, AValueLeftOutStandsAtItsKey) {
  const Yaml yaml = parse("a:\n  b:\n\n  c: 1\nd:\n  -\n  - 2\n");
  ASSERT_TRUE(yaml.is_good()) << render(yaml.diagnostics);
  EXPECT_EQ(spanned(yaml.root->find("a")->find("b")->place), "b");
  const auto& items = yaml.root->find("d")->items;
  ASSERT_EQ(items.size(), 2u);
  EXPECT_EQ(items[0].place.line, 6);
  EXPECT_EQ(spanned(items[0].place), "-");
}

TEST(YamlTest, ReportsADuplicateKeyAtTheSecondAndKeepsTheFirst) {
  const Yaml yaml = parse("a: 1\nb: 2\na: 3\n");
  EXPECT_EQ(render(yaml.diagnostics),
            "t.yaml:3:1: error: duplicate key 'a'\n    3 | a: 3\n      | ^ the first stands in line 1\n");
  ASSERT_TRUE(yaml.root);
  EXPECT_EQ(to_value(*yaml.root)["a"], Value(1));
}

TEST(YamlTest, FindsDuplicatesInBigMapsToo) {
  for (const int count : {15, 16, 17, 18, 100}) {
    std::string text;
    for (int i = 0; i < count; ++i) text += "k" + std::to_string(i) + ": 0\n";
    EXPECT_TRUE(parse(text).is_good()) << count;
    for (const int again : {0, count / 2, count - 1})
      EXPECT_THAT(problems(text + "k" + std::to_string(again) + ": 1\n"),
                  HasSubstr("the first stands in line " + std::to_string(again + 1)));
  }
}

TEST(YamlTest, RefusesWhatHidesContentAndSeesAllOfItAtOnce) {
  const std::string text = problems(
      "a: &x 1\nb: *x\nc: !!str 2\nd: ! 3\n<<: {e: 4}\n[f]: 5\n? {g: 6}\n: 7\n~: 8\nh: &y {i: 1}\nj: !t [1]\n");
  for (const auto* part :
       {"t.yaml:1:4: error: an anchor", "t.yaml:2:4: error: an alias", "t.yaml:3:4: error: a tag",
        "t.yaml:4:4: error: a tag", "t.yaml:5:1: error: a merge key",
        "t.yaml:6:1: error: a key must be a plain word, got a list",
        "t.yaml:7:3: error: a key must be a plain word, got a map", "t.yaml:9:1: error: a key is missing",
        "t.yaml:10:4: error: an anchor", "t.yaml:11:4: error: a tag"})
    EXPECT_THAT(text, HasSubstr(part));
}

TEST(YamlTest, GivesUpAfterAThousandMistakes) {
  std::string text = "[";
  for (int i = 0; i < 100'000; ++i) text += "&a x,";
  const Yaml yaml = parse(text + "]");
  EXPECT_FALSE(yaml.root);
  EXPECT_EQ(yaml.diagnostics.size(), 1000u);
}

TEST(YamlTest, AQuotedMergeKeyIsAKey) { EXPECT_EQ(problems("'<<': 1\n'~': 2\n"), ""); }

TEST(YamlTest, RefusesASecondDocument) {
  EXPECT_EQ(problems("---\na: 1\n"), "");
  EXPECT_THAT(problems("a: 1\n---\nb: 2\n"), HasSubstr("t.yaml:2:1: error: a second document begins here"));
}

TEST(YamlTest, RefusesAnEmptyFile) {
  for (const auto* text : {"", "\n", "# nothing\n"})
    EXPECT_THAT(problems(text), HasSubstr("the file holds nothing")) << text;
}

TEST(YamlTest, RefusesBytesThatAreNoText) {
  EXPECT_THAT(problems("a: 1\nb: \xFF\n"), HasSubstr("t.yaml:2:1: error: this line is not UTF-8"));
  EXPECT_THAT(problems(std::string("a: 1\nb: \0x\n", 11)),
              HasSubstr("t.yaml:2:4: error: a control character, byte 0x00"));
  EXPECT_THAT(problems("a: \x04\n"), HasSubstr("byte 0x04"));
  EXPECT_THAT(problems("a: \x7F\n"), HasSubstr("byte 0x7f"));
  EXPECT_THAT(problems("a: 1\rb: 2\n"), HasSubstr("t.yaml:1:5: error: a control character, byte 0x0d"));
}

// Section 5.1 of YAML 1.2.2 and, beyond it, the line ends of YAML 1.1: a reader's editor shows no line there.
TEST(YamlTest, RefusesCharactersThatAreNotSeen) {
  EXPECT_THAT(problems("a: 1\nb: \xC2\x85\n"), HasSubstr("t.yaml:2:4: error: a control character, bytes 0xc285"));
  EXPECT_THAT(problems("a: \xC2\x80\n"), HasSubstr("bytes 0xc280"));
  EXPECT_THAT(problems("a: x\xE2\x80\xA8y\n"), HasSubstr("t.yaml:1:5: error: a control character, bytes 0xe280a8"));
  EXPECT_THAT(problems("a: \xE2\x80\xA9\n"), HasSubstr("bytes 0xe280a9"));
  EXPECT_THAT(problems("a: \xEF\xBF\xBF\n"), HasSubstr("bytes 0xefbfbf"));
  EXPECT_EQ(value_of("\xC2\xA0"), Value("\xC2\xA0"));
  EXPECT_EQ(value_of("\xE2\x80\xA7"), Value("\xE2\x80\xA7"));
  EXPECT_EQ(value_of("\"\\_ \\N \\L \\P \\u2028\""), Value("\xC2\xA0 \xC2\x85 \xE2\x80\xA8 \xE2\x80\xA9 \xE2\x80\xA8"));
}

TEST(YamlTest, PlacesAfterOtherLettersCountBytes) {
  const Yaml yaml = parse("\xC3\xA9: [\xE6\x97\xA5, x]\n\xF0\x9F\x98\x80: y\nz: 'a\n  \xC3\xA9' # c\nw: v\n");
  ASSERT_TRUE(yaml.is_good()) << render(yaml.diagnostics);
  const auto& members = yaml.root->members;
  EXPECT_EQ(spanned(members[0].key_place), "\xC3\xA9");
  EXPECT_EQ(spanned(members[0].value.items[0].place), "\xE6\x97\xA5");
  EXPECT_EQ(spanned(members[0].value.items[1].place), "x");
  EXPECT_EQ(spanned(members[1].key_place), "\xF0\x9F\x98\x80");
  EXPECT_EQ(members[1].value.place.column, 7);
  EXPECT_EQ(spanned(members[2].value.place), "'a");
  EXPECT_EQ(spanned(members[3].key_place), "w");
  EXPECT_THAT(problems("\xEF\xBB\xBF\xC3\xA9: @\n"), HasSubstr("t.yaml:1:8: error: a value cannot begin"));
}

TEST(YamlTest, AMistakeAtTheEndStandsAtTheLastWord) {
  EXPECT_THAT(problems("a: {b: 1\n\n\n"), HasSubstr("t.yaml:1:4: error: '{' is never closed"));
  EXPECT_THAT(problems("a: \"b\n\n"), HasSubstr("t.yaml:1:4: error: a quoted text is never closed"));
}

TEST(YamlTest, ManyTokensOnOneLineAreFollowed) {
  std::string text = "[\xC3\xA9";
  for (int i = 0; i < 200'000; ++i) text += ",\"\xC3\xA9\"";
  const Yaml yaml = parse(text + "]");
  ASSERT_TRUE(yaml.is_good()) << render(yaml.diagnostics);
  EXPECT_EQ(yaml.root->items.back().place.column, static_cast<int>(text.size()) - 3);
}

TEST(YamlTest, SaysThatATabIndents) {
  for (const auto* text : {"a:\n\tb: 1\n", "a:\n  \tb: 1\n"})
    EXPECT_THAT(problems(text), HasSubstr("a tab is used for indentation")) << text;
  EXPECT_EQ(problems("a:\tb\n"), "");
}

TEST(YamlTest, SaysThatATabStandsAfterADash) {
  EXPECT_EQ(problems("a:\n  -\tb: 1\n"),
            "t.yaml:2:4: error: a tab stands after '-'\n    2 |   -\tb: 1\n      |    ^ write '- ', with a blank\n");
  EXPECT_THAT(problems("- - \tb: 1\n"), HasSubstr("a tab stands after '-'"));
  EXPECT_EQ(problems("- b: 1\n"), "");
}

TEST(YamlTest, ABracketThatIsNeverClosedIsShownWhereItOpens) {
  EXPECT_EQ(
      problems("x: 1\na: [1, 2\nb: 3\n"),
      "t.yaml:2:4: error: '[' is never closed\n    2 | a: [1, 2\n      |    ^ expected ']'; quote a text that holds { "
      "} [ ] or ','\n");
  const struct {
    const char* text;
    const char* expected;
  } cases[] = {
      {"a: {b: 1\n", "t.yaml:1:4: error: '{' is never closed"},
      {"a: {b: 1\nc: {d: e}\n", "t.yaml:1:4: error: '{' is never closed"},
      {"a: [1,\n", "t.yaml:1:4: error: '[' is never closed"},
      {"a: {\n", "t.yaml:1:4: error: '{' is never closed"},
      {"a: [{b: 1}, [2\nc: 3\n", "t.yaml:1:13: error: '[' is never closed"},
      {"a: [b: 1\nc: 2\n", "t.yaml:1:4: error: '[' is never closed"},
      {"a:\n  - {b: 1\n  - c: 2\n", "t.yaml:2:5: error: '{' is never closed"},
      {"a:\n  - b: {c: 1\n    d: 2\n", "t.yaml:2:8: error: '{' is never closed"},
      // On with what is in the bracket: there the mistake is.
      {"a: {b: \"1\"\n    c: 2}\n", "t.yaml:2:5: error: expected ',' or '}' here"},
      {"a:\n  - {b: \"1\"\n     c: 2}\n", "t.yaml:3:6: error: expected ',' or '}' here"},
      {"{b: \"1\"\nc: 2}\n", "t.yaml:2:1: error: expected ',' or '}' here"},
      {"a: [{b: 1\n]\n", "t.yaml:2:1: error: expected ',' or '}' here"},
  };
  for (const auto& one : cases) EXPECT_THAT(problems(one.text), HasSubstr(one.expected)) << one.text;
  EXPECT_EQ(problems("a: [1,\n2,\n]\nb: {c: [d: 1]}\n"), "");
}

TEST(YamlTest, DirectivesAreRefusedAsSuch) {
  EXPECT_THAT(problems("%FOO bar\n---\na: 1\n"), HasSubstr("t.yaml:1:5: error: an unknown directive"));
  EXPECT_THAT(problems("%foo: 1\na: 1\n"), HasSubstr("error: not the name of a directive"));
  EXPECT_THAT(problems("% a\n"), HasSubstr("error: a directive without a name"));
  EXPECT_THAT(problems("%YAML 2.0\n---\na: 1\n"), HasSubstr("error: a version of YAML that is not read here"));
  EXPECT_EQ(problems("%YAML 1.2\n---\na: 1\n"), "");
  EXPECT_EQ(problems("'%foo': 1\n"), "");
}

TEST(YamlTest, ExplainsWhereASyntaxErrorIsAndWhatToDo) {
  const struct {
    const char* text;
    const char* expected;
  } cases[] = {
      {"a: b: c\n", "t.yaml:1:5: error: a ':' is not possible here"},
      {"a: {b: \"c\" d: e}\n", "t.yaml:1:12: error: expected ',' or '}' here"},
      {"a: {b: [1, 2}\n", "t.yaml:1:13: error: expected ',' or ']' here"},
      {"a: \"text\n", "t.yaml:1:4: error: a quoted text is never closed"},
      {"a: \"\\q\"\n", "unknown escape"},
      {"a: \"\\ud800\"\n", "an escape that is no character"},
      {"a: \"\\xg0\"\n", "an escape lacks hexadecimal digits"},
      {"a: |x\n  b\n", "this is not possible after '|' or '>'"},
      {"a: ]\n", "this closes nothing"},
      {"a: [}\n", "this closes nothing"},
      {"a: @b\n", "a value cannot begin with this character"},
      {"a: *b\n", "an alias is not used here"},
      {"a: 1\n  b: 2\n", "a ':' is not possible here"},
      {"a:\n  - 1\n  b: 2\n", "this line fits nothing above it"},
  };
  for (const auto& one : cases) {
    const Yaml yaml = parse(one.text);
    EXPECT_FALSE(yaml.is_good()) << one.text;
    EXPECT_THAT(render(yaml.diagnostics), HasSubstr(one.expected)) << one.text;
  }
}

std::string nested(std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']') + "\n"; }

TEST(YamlTest, NestsUpToTheLimitAndNoDeeper) {
  EXPECT_EQ(problems(nested(yaml_depth_max)), "");
  EXPECT_THAT(problems(nested(yaml_depth_max + 1)), HasSubstr("nest deeper than 64 levels"));
  EXPECT_THAT(problems(std::string(100'000, '[')), HasSubstr("nest deeper than 64 levels"));
}

TEST(YamlTest, ReadsUpToTheByteLimitAndNoFurther) {
  const std::string most = "a: 1\n" + std::string(yaml_bytes_max - 6, '#') + "\n";
  EXPECT_EQ(problems(most), "");
  EXPECT_THAT(problems(most + "\n"), HasSubstr("the file has 8388609 bytes, at most 8388608 are read"));
}

TEST(YamlTest, ReadsUpToTheNodeLimitAndNoFurther) {
  std::string text = "[0";
  for (std::size_t i = 2; i < yaml_node_count_max; ++i) text += ",0";
  EXPECT_EQ(problems(text + "]"), "");
  EXPECT_THAT(problems(text + ",0]"), HasSubstr("more than 1000000 values in one file"));
}

TEST(YamlTest, ReadYamlRendersWhatIsWrong) {
  const auto missing = read_yaml("/nonexistent/file.yaml");
  ASSERT_FALSE(missing);
  EXPECT_THAT(missing.error().what, HasSubstr("/nonexistent/file.yaml"));
}

}  // namespace
}  // namespace bb
