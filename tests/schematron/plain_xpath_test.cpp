// What is plain is judged as libxml2 judges it, of every node of a document.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <libxml/xpath.h>
#include <libxml/xpathInternals.h>

#include <random>

#include <bb/xml/document.hpp>
#include <bb/xml/nodes.hpp>
#include "harness/schematron/plain_xpath.hpp"
#include "schematron/rules.hpp"

namespace bb::schematron {
namespace {

using xml::to_xml;

constexpr const char* document_text =
    "<a xmlns='urn:hl7-org:v3' xmlns:x='urn:x' id='1' x:id='2'>"
    "<b id='1' code='or'>one<c/>two</b><b id='2'> \t\n<!-- three --></b><x:b id=''><b xmlns=''>four</b></x:b>"
    "<c><c code='1'><b id='1'>one  more </b></c><![CDATA[five]]></c><?b six?><e-f.g code='a&amp;b'/>"
    "</a>";

// A schema with the prefixes cda and x, and a function.
std::shared_ptr<const Schema> frame() {
  auto schema = std::make_shared<Schema>();
  schema->namespaces = {{"cda", "urn:y"}, {"x", "urn:x"}, {"cda", "urn:hl7-org:v3"}};
  schema->functions["is-same"] = {
      2, [](const std::vector<std::string>& arguments) { return arguments[0] == arguments[1]; }};
  return schema;
}

class PlainXPathTest : public testing::Test {
 protected:
  PlainXPathTest() {
    for (const auto& [prefix, uri] : schema_->namespaces)
      xmlXPathRegisterNs(context_.get(), to_xml(prefix.c_str()), to_xml(uri.c_str()));
    for (xmlNode* node = root(); node != nullptr; node = xml::next_in_order(node, root())) {
      nodes_.push_back(node);
      if (node->type != XML_ELEMENT_NODE) continue;
      for (xmlAttr* a = node->properties; a != nullptr; a = a->next) nodes_.push_back(reinterpret_cast<xmlNode*>(a));
    }
    nodes_.push_back(reinterpret_cast<xmlNode*>(document_.get()));
    begin(1'000'000'000);
  }

  xmlNode* root() const { return document_.root(); }
  void begin(unsigned long steps_max) {
    steps_ = 0;
    plain_.begin(document_.get(), steps_, steps_max);
  }

  // A letter for each node: T true, F false; "none" where it is not plain.
  std::string plainly(const std::string& xpath) {
    const auto expression = plain_.read(xpath);
    if (!expression) return "none";
    std::string truths;
    for (const auto* node : nodes_) truths += plain_.holds(*expression, node) ? 'T' : 'F';
    return truths;
  }

  // The same by libxml2; "none" where it is no XPath.
  std::string by_libxml2(const std::string& xpath) {
    std::string truths;
    for (auto* node : nodes_) {
      context_->node = node;
      xmlXPathObject* object = xmlXPathEvalExpression(to_xml(xpath.c_str()), context_.get());
      if (object == nullptr) return "none";
      truths += xmlXPathCastToBoolean(object) != 0 ? 'T' : 'F';
      xmlXPathFreeObject(object);
    }
    return truths;
  }

  xml::Document document_ = std::get<xml::Document>(xml::read(document_text));
  std::shared_ptr<const Schema> schema_ = frame();
  PlainXPath plain_{schema_, *Vocabulary::read(*schema_, [](const auto&) { return std::nullopt; })};
  unsigned long steps_ = 0;
  std::unique_ptr<xmlXPathContext, decltype(&xmlXPathFreeContext)> context_{xmlXPathNewContext(document_.get()),
                                                                            xmlXPathFreeContext};
  std::vector<xmlNode*> nodes_;
};

TEST_F(PlainXPathTest, ReadsWhatRulesAskMost) {
  for (const auto* xpath : {"cda:b",
                            "@id",
                            "@x:id",
                            "@*",
                            "*",
                            "cda:*",
                            "x:*",
                            "b",
                            "..",
                            ".",
                            "/cda:a",
                            "/cda:a/cda:c/cda:c/cda:b",
                            "../cda:b",
                            "../../cda:c",
                            "../@id",
                            "parent::cda:a",
                            "parent::b",
                            "cda:b | x:b",
                            "cda:b/@id",
                            "cda:e-f.g",
                            "cda:b[@id='1']",
                            "cda:b[@id=\"1\"][@code]",
                            "cda:c[cda:c[cda:b/@id='1']]",
                            "@id='1'",
                            "'1' = @id",
                            "@id!='1'",
                            "cda:b/@id='2'",
                            "cda:b/@id != '2'",
                            "cda:b='four'",
                            "cda:c/cda:c/cda:b='one  more '",
                            "cda:b/@id or x:b/@id",
                            "not(@id)",
                            "not(cda:b) and @id",
                            "(@id or @code) and @id='1'",
                            "@id = '1' or @id='2' and @code",
                            "count(cda:b)=2",
                            "count(cda:b) != 2",
                            "count(cda:b)>1",
                            "count(cda:b)<1",
                            "count(cda:b) >= 2",
                            "count(cda:b)<=0",
                            "count(../cda:b)=2",
                            "count(@id) = 1",
                            "count(*) > 3",
                            "contains(' 1 2 ', concat(' ', @id, ' '))",
                            "contains(@code, '')",
                            "contains(cda:b, 'wo')",
                            "starts-with(@code, 'o')",
                            "starts-with(local-name(), 'i')",
                            "@*[starts-with(local-name(), 'i')]",
                            "normalize-space(.)='one more'",
                            "normalize-space(cda:b) = 'onetwo'",
                            "not(normalize-space(.))",
                            "normalize-space(@id) or normalize-space(cda:b)",
                            "concat(@id, '-', @code) = '1-or'",
                            "local-name()='b'",
                            "cda:c[normalize-space(.)]",
                            "cda:b['x']",
                            " ( ( cda:b ) ) ",
                            "cda:b [ @id ] / @id",
                            "@code='a&b'",
                            "cda:order or cda:android",
                            "cda:b['or'=@code]"}) {
    const auto truths = plainly(xpath);
    EXPECT_EQ(truths, by_libxml2(xpath)) << xpath;
    EXPECT_NE(truths, "none") << xpath;
  }
}

TEST_F(PlainXPathTest, LeavesTheRestToLibxml2) {
  for (const auto* xpath : {"",
                            " ",
                            "cda:b[1]",
                            "cda:b[count(*)]",
                            "cda:b[last()]",
                            "cda:b[position()=1]",
                            "count(cda:b)",
                            "count(a|b)=1",
                            "count(cda:b) = 1.5",
                            "count(cda:b) = -1",
                            "count(cda:b)=1=1",
                            "1",
                            "'text'",
                            "normalize-space(.)",
                            "//cda:b",
                            "cda:a//cda:b",
                            ".//cda:b",
                            "cda:b/..",
                            "cda:b/.",
                            "/",
                            "$v",
                            "@id=$v",
                            "@id=1",
                            "@id>'1'",
                            "@id=@code",
                            "text()",
                            "node()",
                            "cda:b/text()",
                            "self::cda:b",
                            "ancestor::cda:a",
                            "child::cda:b",
                            "parent::*",
                            "parent::node()",
                            "y:b",
                            "@x:*",
                            "key('k', @id)",
                            "id('1')",
                            "current()",
                            "string(@id)",
                            "true()",
                            "contains(@id)",
                            "contains(@id, '1', '2')",
                            "contains(not(@id), '1')",
                            "concat('1') = '1'",
                            "@id + 1",
                            "@id = '1",
                            "cda:b[@id",
                            "(cda:b",
                            "(cda:b | x:b)/@id",
                            "cda:b)",
                            "cda:b or",
                            "and cda:b",
                            "cda:b cda:c",
                            "cda:",
                            "cda:b:c",
                            "cda :b",
                            "@",
                            "a[]",
                            "bb:codes('f', 's') = @id",
                            "@id = bb:codes('f', 's')",
                            "@id = bb:codes('f')",
                            "bb:is-same(@id)",
                            "bb:other(@id)",
                            "is-same(@id, @id)",
                            "\xC3\xA9"}) {
    EXPECT_EQ(plainly(xpath), "none") << xpath;
  }
  std::string deep = "@id";
  for (int i = 0; i < 10'000; ++i) deep = "(" + deep + ")";
  EXPECT_EQ(plainly(deep), "none");
}

TEST_F(PlainXPathTest, AsksAFunctionOfTheSchema) {
  std::string truths;
  for (const auto* node : nodes_)
    truths += node->type == XML_ELEMENT_NODE && xmlHasProp(node, to_xml("id")) != nullptr &&
                      plain_.holds(*plain_.read("@id='1'"), node)
                  ? 'T'
                  : 'F';
  EXPECT_EQ(plainly("bb:is-same(@id, '1')"), truths);
  EXPECT_EQ(plainly("not(bb:is-same('1', @id))"), by_libxml2("not(@id='1')"));
}

TEST_F(PlainXPathTest, TellsTheTextOfEachNode) {
  std::vector<std::string> texts;
  plain_.for_each_text(*plain_.read("cda:b/@id | cda:c/cda:c"), root(),
                       [&](std::string_view text) { texts.emplace_back(text); });
  EXPECT_THAT(texts, testing::ElementsAre("1", "2", "one  more "));
}

TEST_F(PlainXPathTest, LooksAtNoNodeBeyondItsSteps) {
  const auto expression = *plain_.read("cda:c/cda:c/cda:b");
  EXPECT_TRUE(plain_.holds(expression, root()));
  const auto needed = steps_;
  begin(needed);
  EXPECT_TRUE(plain_.holds(expression, root()));
  begin(needed - 1);
  EXPECT_FALSE(plain_.holds(expression, root()));
  EXPECT_EQ(steps_, needed - 1);
}

TEST_F(PlainXPathTest, KnowsTheNamesOfTheNextDocument) {
  const auto expression = *plain_.read("x:new/@a");
  EXPECT_FALSE(plain_.holds(expression, root()));
  const auto next = std::get<xml::Document>(xml::read("<r xmlns:x='urn:x'><x:new a=''/></r>"));
  plain_.begin(next.get(), steps_, 1'000'000'000);
  EXPECT_TRUE(plain_.holds(expression, next.root()));
}

// Expressions at random, of which most are plain.
class Expressions {
 public:
  explicit Expressions(unsigned seed) : random_(seed) {}

  std::string truth(int depth) {
    if (depth == 0) return path(0);
    switch (pick(9)) {
      case 0:
        return truth(depth - 1) + " and " + truth(depth - 1);
      case 1:
        return truth(depth - 1) + " or " + truth(depth - 1);
      case 2:
        return "not(" + truth(depth - 1) + ")";
      case 3:
        return "(" + truth(depth - 1) + ")";
      case 4:
        return path(depth - 1) + any_of({"=", " != "}) + literal();
      case 5:
        return "count(" + path(depth - 1) + ")" + any_of({"=", "!=", "<", "<=", ">", " >= "}) + any_of({"0", "1", "2"});
      case 6:
        return any_of({"contains(", "starts-with("}) + text(depth - 1) + ", " + text(depth - 1) + ")";
      case 7:
        return text(depth - 1) + any_of({" = ", "!="}) + literal();
      default:
        return path(depth) + any_of({"", "", " | " + path(depth - 1)});
    }
  }

 private:
  std::size_t pick(std::size_t count) { return std::uniform_int_distribution<std::size_t>(0, count - 1)(random_); }
  std::string any_of(const std::vector<std::string>& choices) { return choices[pick(choices.size())]; }
  std::string literal() { return any_of({"'1'", "\"2\"", "''", "'one'", "'or'", "'b'", "'one more'"}); }
  std::string text(int depth) {
    const auto path_text = any_of({"@id", "@code", "."});
    return any_of({literal(), path_text, path(depth), "normalize-space(" + path_text + ")", "local-name()",
                   "concat(" + literal() + ", " + path_text + ")"});
  }
  std::string path(int depth) {
    auto steps = any_of({"", "", "", "../", "../../", "/", "./"});
    const auto count = 1 + pick(3);
    for (std::size_t i = 0; i < count; ++i) {
      if (i > 0) steps += "/";
      steps += any_of({"cda:b", "cda:c", "x:b", "b", "*", "cda:*", "@id", "@code", "@x:id", "@*", "cda:e-f.g"});
      if (depth > 0 && pick(3) == 0) steps += "[" + truth(depth - 1) + "]";
    }
    return steps;
  }

  std::mt19937 random_;
};

TEST_F(PlainXPathTest, AgreesWithLibxml2OnExpressionsAtRandom) {
  const auto seed = std::random_device{}();
  Expressions expressions(seed);
  std::size_t plain_count = 0;
  constexpr std::size_t count = 5000;
  for (std::size_t i = 0; i < count; ++i) {
    const auto xpath = expressions.truth(3);
    const auto truths = plainly(xpath);
    if (truths == "none") continue;
    ++plain_count;
    ASSERT_EQ(truths, by_libxml2(xpath)) << xpath << ", seed " << seed;
  }
  EXPECT_GT(plain_count, count / 2);
}

}  // namespace
}  // namespace bb::schematron
