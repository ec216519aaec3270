// Values put into XPaths and JSONPaths stay values, whatever they hold.
#include "harness/checks/expression.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "fixtures.hpp"

namespace bb::checks {
namespace {

using ::testing::HasSubstr;

// The expression with `value` behind $v.
std::string filled(std::string_view kind, const std::string& expression, Value value) {
  Scope scope(Value::object({}));
  scope.set("v", std::move(value));
  const auto resolved = resolve_argument(kind, Value(expression), scope);
  return resolved ? resolved->string_or(to_json(*resolved)) : "error: " + resolved.error().what;
}

TEST(ExpressionTest, ATextInALiteralOfAnXPathStaysText) {
  EXPECT_EQ(filled("xpath", R"(//a[. = "${v}"])", "Newman"), R"(//a[. = "Newman"])");
  EXPECT_EQ(filled("xpath", "//a[. = '${v}']", "O'Neil"), R"(//a[. = "O'Neil"])");
  EXPECT_EQ(filled("xpath", R"(//a[. = "x ${v} y"])", R"(Bo "B" Li)"), R"(//a[. = 'x Bo "B" Li y'])");
  EXPECT_EQ(filled("xpath", R"(//a[. = "${v}"])", R"("O'Neil")"), R"(//a[. = concat("", '"', "O'Neil", '"', "")])");
  EXPECT_EQ(filled("xpath", R"(//a[. = "${v}" or @b = '"'])", R"(" or "" = ")"),
            R"(//a[. = '" or "" = "' or @b = '"'])");
  EXPECT_EQ(filled("xpath", R"(//a[. = "$5"])", 1), R"(//a[. = "$5"])");
}

TEST(ExpressionTest, AValueOutsideOfALiteralBecomesOne) {
  EXPECT_EQ(filled("xpath", "//a[. = ${v}]", "x or y"), R"(//a[. = "x or y"])");
  EXPECT_EQ(filled("xpath", "//a[${v}]", 2), "//a[2]");
  EXPECT_EQ(filled("xpath", "//a[${v}]", true), "//a[true()]");
  EXPECT_EQ(filled("xpath", "//cda:${v}/@${v}", "id"), "//cda:id/@id");
  EXPECT_THAT(filled("xpath", "//cda:${v}", "id | //*"),
              HasSubstr("error: 'id | //*' stands where a name is expected"));
  EXPECT_THAT(filled("xpath", R"("${gone}")", 1), HasSubstr("error: '$gone' has no value"));
  EXPECT_EQ(filled("xpath", "$v", "//whole"), "//whole");
}

TEST(ExpressionTest, ATextInALiteralOfAJsonPathStaysText) {
  EXPECT_EQ(filled("json", "$.a[?@.n == '${v}']", "O'Neil \\"), R"($.a[?@.n == 'O\'Neil \\'])");
  EXPECT_EQ(filled("json", R"($.a[?@.n == "${v}"])", R"(Bo "B"' or)"), R"($.a[?@.n == "Bo \"B\"' or"])");
  EXPECT_EQ(filled("json", R"($['a\'b'][?@ == ${v}])", 5), R"($['a\'b'][?@ == 5])");
  EXPECT_EQ(filled("json", "$.a[?@ == ${v}]", "x"), "$.a[?@ == 'x']");
  EXPECT_EQ(filled("json", "$.${v}", "name"), "$.name");
  EXPECT_EQ(filled("json", "$.a[?@ == '${v}']", "a\nb"), "$.a[?@ == 'a\\u000ab']");
}

TEST(ExpressionTest, AMemberOfAJsonPathMayBeAPathOfNames) {
  EXPECT_EQ(filled("json", "$.entry[*].${v}", "target[*].dueDate"), "$.entry[*].target[*].dueDate");
  EXPECT_EQ(filled("json", "$..${v}", "coding[*]"), "$..coding[*]");
  for (const auto* text : {"", ".", "a.", "a..b", "a[0]", "a[*][*]", "[*]", "a[?@.b]", "a.b c", "a['b']", "*"})
    EXPECT_THAT(filled("json", "$.${v}", text), HasSubstr("stands where a name is expected")) << text;
  EXPECT_THAT(filled("xpath", "//cda:${v}", "a.b"), HasSubstr("stands where a name is expected"));
}

TEST(ExpressionTest, AValueInsideOfAPatternIsLookedForAsItIs) {
  using suite::Matcher;
  const auto pattern = [](const std::string& text, Value value) {
    Scope scope(Value::object({}));
    scope.set("v", std::move(value));
    const auto resolved = resolve_operand(Matcher::matches, Value(text), scope);
    return resolved ? resolved->string_or(to_json(*resolved)) : "error: " + resolved.error().what;
  };
  EXPECT_EQ(pattern("^${v}$", "a.b"), "^a\\.b$");
  EXPECT_EQ(pattern("[${v}]", "]^"), "[\\]\\^]");
  EXPECT_EQ(pattern("${v}|${v}", "(x"), "\\(x|\\(x");
  EXPECT_EQ(pattern("${v}", "Zo\xC3\xAB"), "Zo\xC3\xAB");
  EXPECT_EQ(pattern("^a.b$", 1), "^a.b$");
  EXPECT_EQ(pattern("(?i)${v}", ""), "") << "nothing to look for";
  EXPECT_THAT(pattern("\\Q${v}\\E", "a"), HasSubstr("quoted already"));
  EXPECT_THAT(pattern("^${gone}$", 1), HasSubstr("error: '$gone' has no value"));
  // One whole reference is a pattern, as the target may have one.
  EXPECT_EQ(pattern("$v", "^a.b$"), "^a.b$");

  Scope scope(Value::object({}));
  scope.set("v", "a.b");
  const auto holds = [&](std::string_view matcher, std::string_view body) {
    const auto asked = claim(fmt::format(R"({{"body": "text", {}}})", matcher));
    const auto answer = message("text/plain", body);
    return judge_claim(asked, scope, &answer).holds;
  };
  EXPECT_EQ(holds(R"("matches": "^${v}$")", "a.b"), Holds::held);
  EXPECT_EQ(holds(R"("matches": "^${v}$")", "axb"), Holds::violated);
  EXPECT_EQ(holds(R"("not": {"matches": "^${v}$"})", "axb"), Holds::held);
  EXPECT_EQ(holds(R"("not": {"matches": "^${v}$"})", "a.b"), Holds::violated);
  scope.set("v", "(");
  EXPECT_EQ(holds(R"("matches": "^${v}$")", "("), Holds::held);
}

TEST(ExpressionTest, OtherArgumentsAreTextsAsEver) { EXPECT_EQ(filled("header", "x-${v}", "O'Neil"), "x-O'Neil"); }

// "contains(string(/), NAME)" of a page that does and of one that does not show it.
TEST(ExpressionTest, NamesWithQuotesAreJudgedAsTheyAre) {
  for (const std::string name : {"Bo \"Buddy\" Li", "O'Neil", "Bo \"Buddy\" O'Neil", "\" or \"\" = \""}) {
    Scope scope(Value::object({}));
    scope.set("name", name);
    const auto page = message("text/html", "<p>" + name + "</p>");
    const auto other = message("text/html", "<p>Isabella Newman</p>");
    for (const auto* text :
         {R"-({"xpath": "contains(string(/), \"${name}\")"})-", R"-({"xpath": "contains(string(/), '${name}')"})-",
          R"-({"xpath": "//html:p[. = \"${name}\"]"})-"}) {
      EXPECT_EQ(judge_claim(claim(text), scope, &page).holds, Holds::held) << name << text;
      EXPECT_EQ(judge_claim(claim(text), scope, &other).holds, Holds::violated) << name << text;
    }
    const auto answer =
        message("application/json", to_json(Value::object({{"a", Value::Array{Value::object({{"n", name}})}}})));
    EXPECT_EQ(judge_claim(claim(R"-({"json": "$.a[?@.n == '${name}'].n", "count": 1})-"), scope, &answer).holds,
              Holds::held)
        << name;
    EXPECT_EQ(judge_claim(claim(R"-({"json": "$.a[?@.n == \"${name}\"].n", "count": 1})-"), scope, &answer).holds,
              Holds::held);
  }
}

}  // namespace
}  // namespace bb::checks
