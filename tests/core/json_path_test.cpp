#include <bb/core/json_path.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bb/core/json.hpp>
#include <bb/core/time.hpp>

namespace bb {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

Value json(std::string_view text) {
  auto value = parse_json(text);
  if (!value) ADD_FAILURE() << value.error().what << "\n" << text;
  return value ? *value : Value();
}

// What a query selects, as one JSON array; or the error.
std::string selected(std::string_view query, const Value& document) {
  const auto path = JsonPath::parse(query);
  if (!path) return path.error().what;
  Value nodes = Value::array();
  for (const Value* node : path->select(document)) nodes.push(*node);
  return to_json(nodes);
}

struct Example {
  std::string_view query;
  std::string_view result;
};

void expect_all(std::string_view document_text, std::initializer_list<Example> examples) {
  const auto document = json(document_text);
  for (const auto& [query, result] : examples) EXPECT_EQ(selected(query, document), to_json(json(result))) << query;
}

// RFC 9535, figure 1.
constexpr auto bookstore = R"({ "store": {
  "book": [
    { "category": "reference", "author": "Nigel Rees", "title": "Sayings of the Century", "price": 8.95 },
    { "category": "fiction", "author": "Evelyn Waugh", "title": "Sword of Honour", "price": 12.99 },
    { "category": "fiction", "author": "Herman Melville", "title": "Moby Dick", "isbn": "0-553-21311-3", "price": 8.99 },
    { "category": "fiction", "author": "J. R. R. Tolkien", "title": "The Lord of the Rings", "isbn": "0-395-19395-8",
      "price": 22.99 }
  ],
  "bicycle": { "color": "red", "price": 399 } } })";

TEST(JsonPathRfcTest, Table2_TheBookstore) {
  expect_all(bookstore,
             {
                 {"$.store.book[*].author", R"(["Nigel Rees", "Evelyn Waugh", "Herman Melville", "J. R. R. Tolkien"])"},
                 {"$..author", R"(["Nigel Rees", "Evelyn Waugh", "Herman Melville", "J. R. R. Tolkien"])"},
                 {"$.store..price", R"([8.95, 12.99, 8.99, 22.99, 399])"},
                 {"$..book[2].author", R"(["Herman Melville"])"},
                 {"$..book[2].publisher", "[]"},
                 {"$..book[-1].title", R"(["The Lord of the Rings"])"},
                 {"$..book[0,1].title", R"(["Sayings of the Century", "Sword of Honour"])"},
                 {"$..book[:2].title", R"(["Sayings of the Century", "Sword of Honour"])"},
                 {"$..book[?@.isbn].title", R"(["Moby Dick", "The Lord of the Rings"])"},
                 {"$..book[?@.price<10].title", R"(["Sayings of the Century", "Moby Dick"])"},
             });
  const auto document = json(bookstore);
  EXPECT_THAT(JsonPath::parse("$.store.*")->select(document), SizeIs(2));
  EXPECT_THAT(JsonPath::parse("$..*")->select(document), SizeIs(27));
}

TEST(JsonPathRfcTest, Section2_2_RootIdentifier) { expect_all(R"({"k": "v"})", {{"$", R"([{"k": "v"}])"}}); }

TEST(JsonPathRfcTest, Table5_NameSelector) {
  expect_all(R"({ "o": {"j j": {"k.k": 3}}, "'": {"@": 2} })", {
                                                                   {"$.o['j j']", R"([{"k.k": 3}])"},
                                                                   {"$.o['j j']['k.k']", "[3]"},
                                                                   {R"($.o["j j"]["k.k"])", "[3]"},
                                                                   {R"($["'"]["@"])", "[2]"},
                                                               });
}

TEST(JsonPathRfcTest, Table6_WildcardSelector) {
  expect_all(R"({ "o": {"j": 1, "k": 2}, "a": [5, 3] })", {
                                                              {"$[*]", R"([{"j": 1, "k": 2}, [5, 3]])"},
                                                              {"$.o[*]", "[1, 2]"},
                                                              {"$.o[*, *]", "[1, 2, 1, 2]"},
                                                              {"$.a[*]", "[5, 3]"},
                                                          });
}

TEST(JsonPathRfcTest, Table7_IndexSelector) {
  expect_all(R"(["a","b"])", {{"$[1]", R"(["b"])"}, {"$[-2]", R"(["a"])"}, {"$[2]", "[]"}, {"$[-3]", "[]"}});
}

TEST(JsonPathRfcTest, Table9_SliceSelector) {
  expect_all(R"(["a", "b", "c", "d", "e", "f", "g"])", {
                                                           {"$[1:3]", R"(["b", "c"])"},
                                                           {"$[5:]", R"(["f", "g"])"},
                                                           {"$[1:5:2]", R"(["b", "d"])"},
                                                           {"$[5:1:-2]", R"(["f", "d"])"},
                                                           {"$[::-1]", R"(["g", "f", "e", "d", "c", "b", "a"])"},
                                                           {"$[::0]", "[]"},
                                                           {"$[-100:100:3]", R"(["a", "d", "g"])"},
                                                           {"$[100:-100:-3]", R"(["g", "d", "a"])"},
                                                           {"$[ 1 : 3 : 1 ]", R"(["b", "c"])"},
                                                       });
}

TEST(JsonPathRfcTest, Table11_Comparisons) {
  const auto document = json(R"({ "obj": {"x": "y"}, "arr": [2, 3] })");
  const auto holds = [&](std::string_view comparison) {
    const auto path = JsonPath::parse("$[?" + std::string(comparison) + "]");
    if (!path) ADD_FAILURE() << path.error().what;
    return path && !path->select(document).empty();
  };
  for (const auto yes : {"$.absent1 == $.absent2", "$.absent1 <= $.absent2", "$.absent != 'g'", "1 <= 2", "'a' <= 'b'",
                         "$.obj != $.arr", "$.obj == $.obj", "$.arr == $.arr", "$.obj != 17", "$.obj <= $.obj",
                         "$.arr <= $.arr", "1 <= 1", "true <= true"})
    EXPECT_TRUE(holds(yes)) << yes;
  for (const auto no : {"$.absent == 'g'", "$.absent1 != $.absent2", "1 > 2", "13 == '13'", "'a' > 'b'",
                        "$.obj == $.arr", "$.obj != $.obj", "$.arr != $.arr", "$.obj == 17", "$.obj < $.arr",
                        "1 <= $.arr", "1 >= $.arr", "1 > $.arr", "1 < $.arr", "true > true"})
    EXPECT_FALSE(holds(no)) << no;
}

TEST(JsonPathRfcTest, Table12_FilterSelector) {
  expect_all(R"({
    "a": [3, 5, 1, 2, 4, 6, {"b": "j"}, {"b": "k"}, {"b": {}}, {"b": "kilo"}],
    "o": {"p": 1, "q": 2, "r": 3, "s": 5, "t": {"u": 6}}, "e": "f" })",
             {
                 {"$.a[?@.b == 'kilo']", R"([{"b": "kilo"}])"},
                 {"$.a[?(@.b == 'kilo')]", R"([{"b": "kilo"}])"},
                 {"$.a[?@>3.5]", "[5, 4, 6]"},
                 {"$.a[?@.b]", R"([{"b": "j"}, {"b": "k"}, {"b": {}}, {"b": "kilo"}])"},
                 {"$[?@.*]", R"([[3, 5, 1, 2, 4, 6, {"b": "j"}, {"b": "k"}, {"b": {}}, {"b": "kilo"}],
                      {"p": 1, "q": 2, "r": 3, "s": 5, "t": {"u": 6}}])"},
                 {"$[?@[?@.b]]", R"([[3, 5, 1, 2, 4, 6, {"b": "j"}, {"b": "k"}, {"b": {}}, {"b": "kilo"}]])"},
                 {"$.o[?@<3, ?@<3]", "[1, 2, 1, 2]"},
                 {R"($.a[?@<2 || @.b == "k"])", R"([1, {"b": "k"}])"},
                 {R"($.a[?match(@.b, "[jk]")])", R"([{"b": "j"}, {"b": "k"}])"},
                 {R"($.a[?search(@.b, "[jk]")])", R"([{"b": "j"}, {"b": "k"}, {"b": "kilo"}])"},
                 {"$.o[?@>1 && @<4]", "[2, 3]"},
                 {"$.o[?@.u || @.x]", R"([{"u": 6}])"},
                 {"$.a[?@.b == $.x]", "[3, 5, 1, 2, 4, 6]"},
                 {"$.a[?@ == @]", R"([3, 5, 1, 2, 4, 6, {"b": "j"}, {"b": "k"}, {"b": {}}, {"b": "kilo"}])"},
             });
}

TEST(JsonPathRfcTest, Table14_WellTypedFunctions) {
  for (const auto good : {"$[?length(@) < 3]", "$[?count(@.*) == 1]", "$[?match(@.timezone, 'Europe/.*')]",
                          "$[?value(@..color) == \"red\"]"}) {
    EXPECT_TRUE(JsonPath::parse(good)) << good;
  }
  for (const auto bad : {"$[?length(@.*) < 3]", "$[?count(1) == 1]", "$[?match(@.timezone, 'Europe/.*') == true]",
                         "$[?value(@..color)]"})
    EXPECT_FALSE(JsonPath::parse(bad)) << bad;
}

TEST(JsonPathRfcTest, Table15_ChildSegment) {
  expect_all(R"(["a", "b", "c", "d", "e", "f", "g"])", {
                                                           {"$[0, 3]", R"(["a", "d"])"},
                                                           {"$[0:2, 5]", R"(["a", "b", "f"])"},
                                                           {"$[0, 0]", R"(["a", "a"])"},
                                                       });
}

TEST(JsonPathRfcTest, Table16_DescendantSegment) {
  expect_all(R"({ "o": {"j": 1, "k": 2}, "a": [5, 3, [{"j": 4}, {"k": 6}]] })",
             {
                 {"$..j", "[1, 4]"},
                 {"$..[0]", R"([5, {"j": 4}])"},
                 {"$..o", R"([{"j": 1, "k": 2}])"},
                 {"$.o..[*, *]", "[1, 2, 1, 2]"},
                 {"$.a..[0, 1]", R"([5, 3, {"j": 4}, {"k": 6}])"},
             });
  const auto document = json(R"({ "o": {"j": 1, "k": 2}, "a": [5, 3, [{"j": 4}, {"k": 6}]] })");
  EXPECT_THAT(JsonPath::parse("$..*")->select(document), SizeIs(11));
}

TEST(JsonPathRfcTest, Section2_6_1_Null) {
  expect_all(R"({"a": null, "b": [null], "c": [{}], "null": 1})", {
                                                                      {"$.a", "[null]"},
                                                                      {"$.a[0]", "[]"},
                                                                      {"$.a.d", "[]"},
                                                                      {"$.b[0]", "[null]"},
                                                                      {"$.b[*]", "[null]"},
                                                                      {"$.b[?@]", "[null]"},
                                                                      {"$.b[?@==null]", "[null]"},
                                                                      {"$.c[?@.d==null]", "[]"},
                                                                      {"$.null", "[1]"},
                                                                  });
}

TEST(JsonPathTest, NamesMayBeWrittenWithEscapes) {
  expect_all("{\"\\u00e9\": 1, \"\\ud83d\\ude00\": 2, \"a\\nb\": 3, \"a'b\": 4, \"a\\\"b\": 5, \"a/b\\\\\": 6}",
             {
                 {R"($['\u00e9'])", "[1]"},
                 {"$.é", "[1]"},
                 {R"($["\uD83D\uDE00"])", "[2]"},
                 {R"($['a\nb'])", "[3]"},
                 {R"($['a\'b'])", "[4]"},
                 {R"($["a\"b"])", "[5]"},
                 {R"($["a\/b\\"])", "[6]"},
             });
}

TEST(JsonPathTest, LengthCountsCharactersAndChildren) {
  expect_all("[\"\\u00e9\\ud83d\\ude00\", [1, 2], {\"a\": 1, \"b\": 2}, 22, true, null, \"abc\"]",
             {
                 {"$[?length(@) == 2]", "[\"\\u00e9\\ud83d\\ude00\", [1, 2], {\"a\": 1, \"b\": 2}]"},
                 {"$[?length(@.x) == length(@.y)]",
                  "[\"\\u00e9\\ud83d\\ude00\", [1, 2], {\"a\": 1, \"b\": 2}, 22, true, null, \"abc\"]"},
             });
}

TEST(JsonPathTest, CountAndValueTakeNodes) {
  expect_all(R"([[1, 1], [1], [], {"v": {"x": 7}}])", {
                                                          {"$[?count(@.*) == 2]", "[[1, 1]]"},
                                                          {"$[?count(@..*) > 1]", R"([[1, 1], {"v": {"x": 7}}])"},
                                                          {"$[?value(@..x) == 7]", R"([{"v": {"x": 7}}])"},
                                                          {"$[?value(@.*) == 1]", "[[1]]"},
                                                      });
}

TEST(JsonPathTest, MatchWantsTheWholeTextAndSearchAPart) {
  expect_all(R"(["ab", "abc", 5])", {
                                        {"$[?match(@, 'a.')]", R"(["ab"])"},
                                        {"$[?search(@, 'b$')]", R"(["ab"])"},
                                        {"$[?!match(@, 'a.')]", R"(["abc", 5])"},
                                    });
}

TEST(JsonPathTest, ADotOfAPatternMatchesNoLineEnd) {
  expect_all(R"(["\u2028", "\r", "\n", "."])", {
                                                   {"$[?match(@, '.')]", R"(["\u2028", "."])"},
                                                   {"$[?match(@, '[.]')]", R"(["."])"},
                                                   {R"($[?match(@, '\\.')])", R"(["."])"},
                                               });
}

TEST(JsonPathTest, PatternsMayComeFromTheDocument) {
  expect_all(R"({"regex": "b.?b", "bad": "(", "values": ["abc", "bab", "bbab", true]})",
             {
                 {"$.values[?match(@, $.regex)]", R"(["bab"])"},
                 {"$.values[?search(@, $.regex)]", R"(["bab", "bbab"])"},
                 {"$.values[?search(@, $.bad)]", "[]"},
                 {"$.values[?search(@, $.absent)]", "[]"},
             });
}

TEST(JsonPathTest, AndBindsTighterThanOr) {
  expect_all(R"([{"a": 1}, {"b": 1, "c": 1}, {"b": 1}])",
             {
                 {"$[?@.a || @.b && @.c]", R"([{"a": 1}, {"b": 1, "c": 1}])"},
                 {"$[?(@.a || @.b) && @.c]", R"([{"b": 1, "c": 1}])"},
                 {"$[?!(@.a || @.c)]", R"([{"b": 1}])"},
                 {"$[?!@.b]", R"([{"a": 1}])"},
                 {"$[?!(!(@.b))]", R"([{"b": 1, "c": 1}, {"b": 1}])"},
             });
}

TEST(JsonPathTest, NumbersCompareByValue) {
  expect_all("[1, 1.0, 100, -0.0, 9007199254740993, 9007199254740992]",
             {
                 {"$[?@ == 1]", "[1, 1.0]"},
                 {"$[?@ == 1e2]", "[100]"},
                 {"$[?@ == -0]", "[-0.0]"},
                 {"$[?@ > 9007199254740992]", "[9007199254740993]"},
             });
}

TEST(JsonPathTest, BlanksMayStandBetweenSegments) {
  expect_all(R"({"a": [{"b": 1}]})", {{"$ .a [ 0 ]\n.b", "[1]"}, {"$.a[ ? @.b == 1 ].b", "[1]"}});
}

struct Mistake {
  std::string_view query;
  int column;
  std::string_view words;
};

class JsonPathMistakeTest : public ::testing::TestWithParam<Mistake> {};

TEST_P(JsonPathMistakeTest, IsNamedWithItsColumn) {
  const auto& [query, column, words] = GetParam();
  const auto path = JsonPath::parse(query);
  ASSERT_FALSE(path) << query;
  EXPECT_THAT(path.error().what, HasSubstr("column " + std::to_string(column) + ": " + std::string(words))) << query;
}

INSTANTIATE_TEST_SUITE_P(
    , JsonPathMistakeTest,
    ::testing::Values(
        Mistake{"", 1, "expected '$', which stands for the whole document, but it ends here"},
        Mistake{"a", 1, "expected '$', which stands for the whole document, got 'a'"}, Mistake{" $", 1, "expected '$'"},
        Mistake{"$ ", 2, "expected '.', '..', '[' or the end"},
        Mistake{"$.", 3, "expected a member name or '*', but it ends here"},
        Mistake{"$. a", 3, "expected a member name or '*'"}, Mistake{"$.1", 3, "expected a member name"},
        Mistake{"$...a", 4, "expected a member name"}, Mistake{"$a", 2, "expected '.', '..', '[' or the end, got 'a'"},
        Mistake{"$é", 2, "expected '.', '..', '[' or the end, got 'é'"},
        Mistake{"$[", 3, "expected a quoted name, '*', an index, a slice or a filter"},
        Mistake{"$[]", 3, "expected a quoted name"}, Mistake{"$[a]", 3, "expected a quoted name"},
        Mistake{"$[0", 4, "expected ',' or ']'"}, Mistake{"$[0,]", 5, "expected a quoted name"},
        Mistake{"$[01]", 3, "an integer has no leading zeros"}, Mistake{"$[-0]", 3, "an integer has no leading zeros"},
        Mistake{"$[-]", 4, "expected a digit"}, Mistake{"$[9007199254740992]", 3, "9007199254740992 is out of range"},
        Mistake{"$[-9007199254740992]", 3, "-9007199254740992 is out of range"},
        Mistake{"$[99999999999999999999]", 3, "99999999999999999999 is out of range"},
        Mistake{"$['a]", 3, "this string has no closing '"}, Mistake{"$['a\nb']", 5, "control characters"},
        Mistake{R"($['\x'])", 5, "expected an escape"}, Mistake{R"($['\"'])", 5, "expected an escape"},
        Mistake{R"($['\u12'])", 6, "expected four hexadecimal digits"},
        Mistake{R"($['\ud83d'])", 4, "a high surrogate without a low one"},
        Mistake{R"($['\ud83d\u0041'])", 4, "a high surrogate without a low one"},
        Mistake{R"($['\ude00'])", 4, "a low surrogate without a high one"},
        Mistake{"$[?]", 4, "expected '@', '$', a literal, a function or '('"},
        Mistake{"$[?1]", 4, "a literal alone is no condition"}, Mistake{"$[?!1]", 5, "a literal cannot be negated"},
        Mistake{"$[?@.a=1]", 7, "expected ',' or ']'"}, Mistake{"$[?@.a==]", 9, "expected '@'"},
        Mistake{"$[?@.* == 1]", 4, "only a query for one node"},
        Mistake{"$[?1 == @..a]", 9, "only a query for one node"}, Mistake{"$[?(@.a]", 8, "expected ')', '&&' or '||'"},
        Mistake{"$[?@.a == 01]", 11, "a number has no leading zeros"},
        Mistake{"$[?@.a == 1.]", 13, "expected a digit after the decimal point"},
        Mistake{"$[?@.a == 1e]", 13, "expected a digit of the exponent"},
        Mistake{"$[?@.a == 1e999]", 11, "1e999 is out of range"}, Mistake{"$[?@.a == True]", 11, "expected '@'"},
        Mistake{"$[?@.a == nul]", 11, "unknown word 'nul'"},
        Mistake{"$[?lenght(@) == 1]", 4, "unknown function 'lenght'; did you mean 'length'?"},
        Mistake{"$[?length(@)]", 4, "length() gives a value, which must be compared"},
        Mistake{"$[?length() == 1]", 4, "length() takes 1 argument, got 0"},
        Mistake{"$[?match(@.a) == 1]", 4, "match() takes 2 arguments, got 1"},
        Mistake{"$[?search(@.a, 'a', 'b')]", 4, "search() takes 2 arguments, got 3"},
        Mistake{"$[?match(@.a, 'a') == true]", 4, "the result of match() is true or false"},
        Mistake{"$[?length(@.*) == 1]", 11, "length() takes one value"},
        Mistake{"$[?count('a') == 1]", 10, "count() takes a query"},
        Mistake{"$[?length(match(@, 'a')) == 1]", 11, "length() takes a value, match() is true or false"},
        Mistake{"$[?match(@, '(')]", 4, "'(' is no pattern: missing )"},
        Mistake{"$[?length (@) == 1]", 4, "unknown word"}));

TEST(JsonPathTest, RefusesTextThatIsNotUtf8) {
  EXPECT_THAT(JsonPath::parse("$['\xC3']").error().what, HasSubstr("not UTF-8"));
}

TEST(JsonPathTest, FiltersMayNest64LevelsAndNoMore) {
  const auto nested = [](std::size_t levels) {
    return JsonPath::parse("$[?" + std::string(levels, '(') + "@.a" + std::string(levels, ')') + "]");
  };
  EXPECT_TRUE(nested(63));
  ASSERT_FALSE(nested(64));
  EXPECT_THAT(nested(64).error().what, HasSubstr("nest deeper than 64 levels"));
  EXPECT_FALSE(nested(10'000));
}

TEST(JsonPathTest, AQueryMayHave64KiBAndNoMore) {
  EXPECT_TRUE(JsonPath::parse("$." + std::string(65'534, 'a')));
  EXPECT_FALSE(JsonPath::parse("$." + std::string(65'535, 'a')));
}

TEST(JsonPathTest, StopsAQueryThatWouldRunForever) {
  const auto path = JsonPath::parse("$" + [] {
    std::string doubled;
    for (int i = 0; i < 40; ++i) doubled += "[0,0]";
    return doubled;
  }());
  ASSERT_TRUE(path);
  Value document = 1;
  for (int i = 0; i < 40; ++i) document = Value(Value::Array{document});
  const auto found = path->find(document);
  ASSERT_FALSE(found);
  EXPECT_THAT(found.error().what, HasSubstr("visits more than 2000000 nodes"));
  EXPECT_THAT(path->select(std::as_const(document)), IsEmpty());
}

TEST(JsonPathTest, StopsAFilterThatWouldRunForever) {
  const Value document(Value::Array(2'000, Value(1)));
  const auto path = JsonPath::parse("$[?count($[?count($.*) > 0]) > 0]");
  ASSERT_TRUE(path);
  EXPECT_FALSE(path->find(document));
}

TEST(JsonPathTest, SelectedNodesCanBeChanged) {
  auto document = json(R"({"a": [{"b": 1}, {"b": 2}]})");
  const auto path = JsonPath::parse("$.a[*].b");
  ASSERT_TRUE(path);
  for (Value* node : path->select(document)) *node = 7;
  EXPECT_EQ(to_json(document), R"({"a":[{"b":7},{"b":7}]})");
}

TEST(JsonPathTest, LocatesNodesByNamesAndIndices) {
  const auto document = json(R"({"a": [{"b/c": 1}, 2]})");
  const auto path = JsonPath::parse("$..['b/c', 1]");
  ASSERT_TRUE(path);
  EXPECT_THAT(path->locate(document),
              ElementsAre(ElementsAre(Value("a"), Value(1)), ElementsAre(Value("a"), Value(0), Value("b/c"))));
  EXPECT_THAT(JsonPath::parse("$")->locate(document), ElementsAre(IsEmpty()));
}

TEST(JsonPathTest, ReadsAMebibyteQuickly) {
  Value events = Value::array();
  for (int i = 0; i < 10'000; ++i)
    events.push(Value::object({{"id", i},
                               {"action", i % 2 ? "view" : "download"},
                               {"at", "2026-11-21T22:25:48.123Z"},
                               {"actor", Value::object({{"name", "Newman"}, {"role", "patient"}})}}));
  const auto document = Value::object({{"events", std::move(events)}});
  ASSERT_GT(to_json(document).size(), 1'000'000U);
  const auto path = JsonPath::parse("$..[?@.action == 'view' && search(@.at, '^2026')].actor.name");
  ASSERT_TRUE(path);
  const auto begin = monotonic_ns();
  EXPECT_THAT(path->select(document), SizeIs(5'000));
  EXPECT_LT(monotonic_ns() - begin, 2 * ns_per_second);
}

}  // namespace
}  // namespace bb
