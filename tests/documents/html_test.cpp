// HTML: how a page is read, what colours a browser would show, and bad input.
#include <bb/xml/html.hpp>

#include <libxml/tree.h>

#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bb/core/files.hpp>
#include <bb/core/process.hpp>
#include <bb/core/text.hpp>
#include <bb/core/time.hpp>
#include <bb/xml/nodes.hpp>

#include "harness/documents/css_text.hpp"
#include "harness/documents/html_colour.hpp"
#include "harness/documents/html_style.hpp"
#include "harness/documents/kind_html.hpp"
#include "harness/documents/nodes.hpp"
#include "support/kind_checker.hpp"
#include "support/published_folder.hpp"

namespace bb::documents {
namespace {

namespace fs = std::filesystem;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;

std::string page_with(const std::string& body, const std::string& style = {}) {
  return "<!DOCTYPE html><html lang='en'><head><title>t</title><style>" + style + "</style></head><body><h1>h</h1>" +
         body + "</body></html>";
}

xml::HtmlPage read(std::string_view html) {
  auto page = xml::read_html(html);
  EXPECT_TRUE(std::holds_alternative<xml::HtmlPage>(page));
  return std::move(std::get<xml::HtmlPage>(page));
}

// "line tag" of elements of some names.
std::multiset<std::string> places(const xml::HtmlPage& page, const std::set<std::string_view>& names) {
  std::multiset<std::string> out;
  std::size_t order = 0;
  for (const xmlNode* node = page.document.root(); node != nullptr;
       node = xml::next_in_order(node, page.document.root())) {
    if (node->type != XML_ELEMENT_NODE) continue;
    if (names.contains(xml::view(node->name)))
      out.insert(std::to_string(page.positions.at(order).line) + " " + std::string(xml::view(node->name)));
    ++order;
  }
  return out;
}

TEST(HtmlPageTest, EachElementHasThePlaceOfItsTag) {
  const auto page = read("<html>\n <body><p id=x>a\n<p>b</p><!-- <p> -->\n  <TABLE><tr><td>c</table>");
  const std::vector<std::pair<std::string, std::pair<int, int>>> expected{
      {"html", {1, 1}},  {"body", {2, 2}}, {"p", {2, 8}},  {"p", {3, 1}},
      {"table", {4, 3}}, {"tr", {4, 10}},  {"td", {4, 14}}};
  std::size_t i = 0;
  for (const xmlNode* node = page.document.root(); node != nullptr;
       node = xml::next_in_order(node, page.document.root())) {
    if (node->type != XML_ELEMENT_NODE) continue;
    ASSERT_LT(i, expected.size());
    EXPECT_EQ(xml::view(node->name), expected[i].first);
    EXPECT_EQ(page.positions[i].line, expected[i].second.first) << expected[i].first;
    EXPECT_EQ(page.positions[i].column, expected[i].second.second) << expected[i].first;
    ++i;
  }
  EXPECT_EQ(i, expected.size());
}

TEST(HtmlPageTest, AnImpliedElementStandsWhereItIsImplied) {
  const auto page = read("text\n<td>x");
  EXPECT_EQ(page.positions.front().line, 1);
  EXPECT_EQ(places(page, {"td"}), (std::multiset<std::string>{"2 td"}));
}

TEST(HtmlPageTest, EncodingsAreThoseOfHtml) {
  const auto as = [](std::string_view bytes) {
    std::string encoding;
    auto text = xml::html_to_utf8(bytes, encoding);
    return encoding + ": " + text;
  };
  EXPECT_EQ(as("\xEF\xBB\xBF\xC3\xA9"), "utf-8: \xC3\xA9");
  EXPECT_EQ(as("\xC3\xA9"), "utf-8: \xC3\xA9");
  EXPECT_EQ(as("\xE9\x80"), "windows-1252: \xC3\xA9\xE2\x82\xAC");
  EXPECT_EQ(as(std::string_view("\xFF\xFE\xE9\0", 4)), "utf-16le: \xC3\xA9");
  EXPECT_EQ(as(std::string_view("\xFE\xFF\0\xE9", 4)), "utf-16be: \xC3\xA9");
  EXPECT_EQ(as(std::string_view("<\0p\0", 4)), "utf-16le: <p");
  EXPECT_EQ(as("<meta charset=\"ISO-8859-1\">\x93"), "windows-1252: <meta charset=\"ISO-8859-1\">\xE2\x80\x9C");
  EXPECT_EQ(as("<meta content='text/html; charset=utf-16'>\xC3\xA9"),
            "utf-8: <meta content='text/html; charset=utf-16'>\xC3\xA9");
  EXPECT_EQ(as("<meta charset=shift_jis>\x83\x65"), "shift_jis: <meta charset=shift_jis>\xE3\x83\x86");
  EXPECT_EQ(as("<meta charset=nothing>\xE9"), "windows-1252: <meta charset=nothing>\xC3\xA9");
}

TEST(HtmlPageTest, WhatIsNoCharacterIsABlank) {
  const auto href = [](const std::string& written) {
    const auto page = read("<!DOCTYPE html><html><body><a href=\"" + written + "\">a</a></body></html>");
    const xmlNode* const root = page.document.root();
    for (const xmlNode* node = root; node != nullptr; node = xml::next_in_order(node, root))
      if (node->type == XML_ELEMENT_NODE && name_of(node) == "a") return std::string(attribute(node, "href"));
    return std::string("none");
  };
  EXPECT_EQ(href("&#1;x"), "    x");
  EXPECT_EQ(href("&#x1Fx"), "     x");
  EXPECT_EQ(href("&#99999999999;x"), "              x");
  EXPECT_EQ(href("&#xD800;\x01x"), "         x");
  EXPECT_EQ(href("&#65;&#x42;&#;&#xg"), "AB&?;&?xg");
}

TEST(HtmlPageTest, LimitsAreKept) {
  const auto problem = [](std::string_view html, xml::Limits limits = {}) {
    const auto page = xml::read_html(html, limits);
    const auto* found = std::get_if<xml::Problem>(&page);
    return found == nullptr ? std::string() : found->what;
  };
  EXPECT_EQ(problem(""), "the page is empty");
  EXPECT_EQ(problem(" \n"), "the page is empty");
  EXPECT_EQ(problem("<p>12345", {.bytes_max = 7}), "the page has 8 bytes, at most 7 are read");
  std::string deep, wide, many = "<p";
  for (int i = 0; i < 300; ++i) deep += "<div>";
  for (int i = 0; i < 300; ++i) many += " a" + std::to_string(i);
  for (int i = 0; i < 300; ++i) wide += "<br>";
  EXPECT_THAT(problem(deep), HasSubstr("nested deeper than 256"));
  EXPECT_THAT(problem(many + ">"), HasSubstr("more than 256 attributes"));
  EXPECT_THAT(problem(wide, {.element_count_max = 200}), HasSubstr("more than 200 elements"));
  EXPECT_EQ(problem("<script>if (a <b " + many + "</script><p>x"), "");
}

TEST(HtmlColourTest, IsReadInEachForm) {
  EXPECT_EQ(colour_from("#036"), 0x003366u);
  EXPECT_EQ(colour_from(" #FfEeDd "), 0xFFEEDDu);
  EXPECT_EQ(colour_from("RebeccaPurple"), 0x663399u);
  EXPECT_EQ(colour_from("yellowgreen"), 0x9ACD32u);
  EXPECT_EQ(colour_from("rgb(0, 51, 102)"), 0x003366u);
  EXPECT_EQ(colour_from("rgb(0% 20% 40% / 1)"), 0x003366u);
  EXPECT_EQ(colour_from("rgba(0,0,0,1)"), 0x000000u);
  EXPECT_EQ(colour_from("hsl(120, 100%, 25%)"), 0x008000u);
  EXPECT_EQ(colour_from("hsl(240 100% 50%)"), 0x0000FFu);
  for (const char* none : {"", "#12", "#ggg", "transparent", "currentcolor", "var(--x)", "rgba(0,0,0,.5)", "rgb(1,2)",
                           "rgb(a,b,c)", "rgb(1,2,3", "blu"})
    EXPECT_FALSE(colour_from(none)) << none;
  EXPECT_EQ(legacy_colour_from("003366"), 0x003366u);
}

// Ratios of WCAG's own examples and of public contrast checkers.
TEST(HtmlColourTest, ContrastIsThatOfWcag) {
  EXPECT_NEAR(contrast_ratio(0x000000, 0xFFFFFF), 21, 1e-9);
  EXPECT_NEAR(contrast_ratio(0xFFFFFF, 0xFFFFFF), 1, 1e-9);
  EXPECT_NEAR(contrast_ratio(0x777777, 0xFFFFFF), 4.478, 0.001);
  EXPECT_NEAR(contrast_ratio(0xFFFFFF, 0x767676), 4.542, 0.001);
  EXPECT_NEAR(contrast_ratio(0xFF0000, 0xFFFFFF), 3.998, 0.001);
  EXPECT_NEAR(contrast_ratio(0x0000FF, 0xFFFFFF), 8.592, 0.001);
  EXPECT_TRUE(has_contrast(0x767676, 0xFFFFFF, false));
  EXPECT_FALSE(has_contrast(0x777777, 0xFFFFFF, false));
  EXPECT_TRUE(has_contrast(0x777777, 0xFFFFFF, true));
}

// The style of the first element with id "x".
TextStyle style_of(const std::string& body, const std::string& css) {
  static std::vector<xml::HtmlPage> kept;
  kept.push_back(read(page_with(body, css)));
  const auto* root = kept.back().document.root();
  const StyleSheets sheets({css});
  std::vector<const xmlNode*> way;
  for (const xmlNode* node = root; node != nullptr; node = xml::next_in_order(node, root))
    if (node->type == XML_ELEMENT_NODE && attribute(node, "id") == "x") {
      for (; node != nullptr && node->type == XML_ELEMENT_NODE; node = node->parent) way.insert(way.begin(), node);
      break;
    }
  TextStyle style;
  for (const auto* element : way) style = sheets.style_of(element, style);
  return style;
}
std::string shown(const TextStyle& style) {
  return (style.colour ? to_text(*style.colour) : "?") + " on " + (style.background ? to_text(*style.background) : "?");
}

TEST(HtmlStyleTest, TheCascadeIsThatOfCss) {
  const std::string p = "<div class='a b'><p id=x class='c'>t</p></div>";
  EXPECT_EQ(shown(style_of(p, "")), "#000000 on #ffffff");
  EXPECT_EQ(shown(style_of(p, "p { color: red } .c { color: lime }")), "#00ff00 on #ffffff");
  EXPECT_EQ(shown(style_of(p, "#x { color: red } .c { color: lime }")), "#ff0000 on #ffffff");
  EXPECT_EQ(shown(style_of(p, ".c { color: lime } .c { color: red }")), "#ff0000 on #ffffff");
  EXPECT_EQ(shown(style_of(p, "p { color: red !important } #x { color: lime }")), "#ff0000 on #ffffff");
  EXPECT_EQ(shown(style_of(p, "div { background: #eee; color: navy }")), "#000080 on #eeeeee");
  EXPECT_EQ(shown(style_of(p, "div.a.b > p { color: red } div p.d { color: lime }")), "#ff0000 on #ffffff");
  EXPECT_EQ(shown(style_of(p, "body > p { color: red } /* p { color: lime } */")), "#000000 on #ffffff");
  EXPECT_EQ(shown(style_of(p, "p:hover, p::before { color: red } @media print { p { color: lime } }")),
            "#000000 on #ffffff");
  EXPECT_EQ(shown(style_of(p, "@media screen { p { color: lime } }")), "#00ff00 on #ffffff");
  EXPECT_EQ(shown(style_of("<p id=x style='color: red' class=c>t</p>", "#x { color: lime }")), "#ff0000 on #ffffff");
  EXPECT_EQ(shown(style_of("<table><tr><td bgcolor=000080><font id=x color=white>t</font></table>", "")),
            "#ffffff on #000080");
  EXPECT_EQ(shown(style_of("<a id=x href=y>t</a>", "")), "#0000ee on #ffffff");
  EXPECT_EQ(shown(style_of("<a id=x href=y>t</a>", "a:link { color: red }")), "#ff0000 on #ffffff");
}

// CSS Syntax 3, 4.3.7: one to six digits and a blank, or the character itself; 4.3.5 of strings.
TEST(HtmlStyleTest, EscapesAndStringsAreThoseOfCss) {
  const std::string p = "<p id=x class='sm:c d'>t</p>";
  for (const char* css :
       {"p { color: \\72 ed }", "p { color: r\\65\\64 }", "p { c\\6flor: red }", "p { c\\00006Flor: red }",
        "\\70 { color: red }", ".sm\\:c { color: red }", ".sm\\3a c { color: red }", "#\\78 { color: red }",
        "p { color: \\000072ed }", "p { color: \\72\r\ned }", "p { content: '}'; color: red }",
        "p { content: \"a;b\"; color: red }", "p { content: '\\'}'; color: red }",
        "p { content: '/*'; color: red } /* */", "p { background: url(a;b}c.png) white; color: red }",
        "a::before { content: '{' } p { color: red }", "@m\\65 dia screen { p { color: red } }"})
    EXPECT_EQ(to_text(style_of(p, css).colour.value_or(0)), "#ff0000") << css;
  for (const char* css :
       {"p { color: \\72  ed }", ".sm:c { color: red }", "p { color\\: red }", ".sm\\\\:c { color: red }"})
    EXPECT_EQ(to_text(style_of(p, css).colour.value_or(0)), "#000000") << css;
  EXPECT_EQ(without_escapes("\\0 \\110000 \\d800 \\"), "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
  EXPECT_EQ(without_escapes("a\\e9 b\\20AC c\\\"d\\\n"),
            "a\xC3\xA9"
            "b\xE2\x82\xAC"
            "c\"d");
}

TEST(HtmlTest, PicturesOfEachKindAreCounted) {
  const auto count = [](const std::string& body, const std::string& style = {}) {
    auto formats = Formats::read(fs::path(BB_SOURCE_DIR) / "conformance/documents/formats.yaml");
    auto store = DataStore::open(fs::path(testing::TempDir()) / "no data");
    Rules rules(*std::move(formats), *std::move(store), Selection{}, nullptr);
    const auto look = look_at_html(page_with(body, style), rules);
    return std::string(attribute(look.view->document.root(), "bb-images"));
  };
  EXPECT_EQ(count("<p>t</p>"), "0");
  EXPECT_EQ(count("<img src=a.png>"), "1");
  EXPECT_EQ(count("<picture><source srcset=a.webp><img src=a.png></picture>"), "1");
  EXPECT_EQ(count("<embed src=a.svg><object data=b.svg></object><svg></svg><canvas></canvas>"), "4");
  EXPECT_EQ(count("<video poster=a.png></video><video src=b.mp4></video>"), "1");
  EXPECT_EQ(count("<input type=image src=a.png><input type=text>"), "1");
  EXPECT_EQ(count("<p style='background: url(a.png)'><b>t</b></p>"), "1");
  EXPECT_EQ(count("<div class=c></div><p>t</p>", ".c { background-image: u\\72l('a.png') } p { background: red }"),
            "1");
  EXPECT_EQ(count("<div class=c></div>", ".c { background: url(a.png) } div.c { background: none }"), "0");
  EXPECT_EQ(count("<div class=c></div>", ".c { background: linear-gradient(red, blue) }"), "0");
}

TEST(HtmlStyleTest, WhatIsNotKnownIsNotGuessed) {
  const std::string p = "<div><p id=x class='c'>t</p></div>";
  EXPECT_EQ(shown(style_of(p, "div { background: url(x.png) }")), "#000000 on ?");
  EXPECT_EQ(shown(style_of(p, "div { background-image: linear-gradient(red, blue) }")), "#000000 on ?");
  EXPECT_EQ(shown(style_of(p, "p { color: rgba(0,0,0,.5) }")), "? on #ffffff");
  EXPECT_EQ(shown(style_of(p, "p { color: var(--x) }")), "? on #ffffff");
  EXPECT_EQ(shown(style_of(p, "div { opacity: 0.5 }")), "? on ?");
  EXPECT_EQ(shown(style_of(p, "p[class] { color: red }")), "? on #ffffff");
  EXPECT_EQ(shown(style_of(p, "p:first-child { background: red }")), "#000000 on ?");
  EXPECT_EQ(shown(style_of(p, "h1 + div p { color: red }")), "? on #ffffff");
  EXPECT_EQ(shown(style_of(p, "@media (max-width: 600px) { p { color: red } }")), "? on #ffffff");
  EXPECT_EQ(shown(style_of(p, "p { position: absolute }")), "#000000 on ?");
}

TEST(HtmlStyleTest, SizesAreThoseOfLargeText) {
  const auto is_large = [](const std::string& css, const std::string& body = "<p id=x>t</p>") {
    return style_of(body, css).is_large();
  };
  EXPECT_EQ(is_large(""), false);
  EXPECT_EQ(is_large("p { font-size: 18pt }"), true);
  EXPECT_EQ(is_large("p { font-size: 17.9pt }"), false);
  EXPECT_EQ(is_large("p { font-size: 14pt; font-weight: bold }"), true);
  EXPECT_EQ(is_large("p { font: 700 14pt/1.5 Arial, sans-serif }"), true);
  EXPECT_EQ(is_large("p { font: 100%/1.5 x }"), false);
  EXPECT_EQ(is_large("body { font-size: 200% } p { font-size: 0.5em }"), false);
  EXPECT_EQ(is_large("", "<h1 id=x>t</h1>"), true);
  EXPECT_EQ(is_large("", "<h3 id=x>t</h3>"), true);  // 14.04 pt, bold
  EXPECT_EQ(is_large("", "<h4 id=x>t</h4>"), false);
  EXPECT_EQ(is_large("p { font-size: 5vw }"), std::nullopt);
}

TEST(HtmlStyleTest, WhatIsNotShownIsTold) {
  EXPECT_FALSE(style_of("<div hidden><p id=x>t</p></div>", "").is_shown);
  EXPECT_FALSE(style_of("<div><p id=x>t</p></div>", "div { display: none } p { display: block }").is_shown);
  EXPECT_TRUE(style_of("<p id=x>t</p>", "").is_shown);
}

TEST(HtmlTest, ThePageIsKnownByItsBeginning) {
  EXPECT_TRUE(xml::looks_like_html("<!DOCTYPE html>"));
  EXPECT_TRUE(xml::looks_like_html("\xEF\xBB\xBF \n<HTML lang=en>"));
  EXPECT_TRUE(xml::looks_like_html("<?xml version='1.0'?><!-- x --><!DOCTYPE html PUBLIC 'x'>"));
  EXPECT_TRUE(xml::looks_like_html(std::string_view("\xFF\xFE<\0h\0t\0m\0l\0>\0", 14)));
  EXPECT_FALSE(xml::looks_like_html("<ClinicalDocument xmlns='urn:hl7-org:v3'>"));
  EXPECT_FALSE(xml::looks_like_html("<htmlx>"));
  EXPECT_FALSE(xml::looks_like_html("some <html>"));
  EXPECT_FALSE(xml::looks_like_html(""));
  EXPECT_FALSE(xml::looks_like_html("<?xml"));
}

TEST(HtmlTest, WhatIsHiddenIsNotJudged) {
  auto checker = test::own_rules_checker();
  const auto shown_rules = test::rules_in(checker.check("x", page_with("<p><img src=a></p>")));
  EXPECT_THAT(shown_rules, Contains("A11Y-01.img"));
  const auto hidden_rules = test::rules_in(checker.check("x", page_with("<p hidden><img src=a></p>")));
  EXPECT_THAT(hidden_rules, Not(Contains("A11Y-01.img")));
}

TEST(HtmlTest, ASheetOfAnotherFileIsSaidNotGuessed) {
  auto checker = test::own_rules_checker();
  const auto page =
      "<html lang=en><head><title>t</title><link rel=stylesheet href=x.css></head>"
      "<body><h1>h</h1><p style='color: #eee'>t</p>";
  const auto report = checker.check("x", page);
  EXPECT_THAT(test::rules_in(report), Not(Contains("A11Y-21")));
  EXPECT_TRUE(std::any_of(report.unjudged.begin(), report.unjudged.end(),
                          [](const Unjudged& one) { return one.rule == "A11Y-21"; }));
}

TEST(HtmlTest, BadPagesTakeLinearTime) {
  auto checker = test::own_rules_checker();
  for (const char* part : {"<p>",
                           "<td>",
                           "<a href=x>",
                           "<b>x</i>",
                           "<!--",
                           "</p>",
                           "<",
                           "&amp;",
                           "<table><tr><td>",
                           "<style>",
                           "<label for=a><input id=a>",
                           "<div class='a b c' style='color:red'>x</div>",
                           "<p a",
                           "\0",
                           "<h1>x</h1>",
                           "<script>",
                           "<li><ul>",
                           "<br><img alt=''>",
                           "<select><option>",
                           "<span role=button>x</span>"}) {
    std::string text =
        "<html><head><style>a b c d e { color: red } * * * * p { color: blue } .a .b { color: red }</style></head>";
    while (text.size() < 200'000) text += part[0] == '\0' ? std::string(1, '\0') : std::string(part);
    const auto begin = monotonic_ns();
    const auto report = checker.check(part, text);
    EXPECT_LT((monotonic_ns() - begin) / ns_per_ms, 10'000) << part;
    EXPECT_EQ(report.recognition.format, "html") << part;
    EXPECT_FALSE(report.findings.empty()) << part;
  }
}

TEST(HtmlTest, AnyBytesAreJudged) {
  auto checker = test::own_rules_checker();
  const auto summary = *read_text(fs::path(BB_SOURCE_DIR) / "conformance/documents/html/examples/summary.html");
  const auto step = summary.size() / 200 + 1;
  for (std::size_t end = 16; end < summary.size(); end += step) {
    const auto report = checker.check("cut", summary.substr(0, end));
    EXPECT_EQ(report.recognition.format, "html");
    EXPECT_EQ(report.failure, "");
  }
  std::mt19937 random(3);
  for (int i = 0; i < 50; ++i) {
    std::string text = "<html>";
    for (int k = 0; k < 3000; ++k) text += static_cast<char>(random());
    EXPECT_EQ(checker.check("noise", text).failure, "");
  }
}

TEST(HtmlTest, EncodingAndLineEndsChangeNothing) {
  auto checker = test::own_rules_checker();
  const auto summary = *read_text(fs::path(BB_SOURCE_DIR) / "conformance/documents/html/examples/summary.html");
  std::string little("\xFF\xFE"), big("\xFE\xFF");
  for (const char c : summary) {
    little += {c, '\0'};
    big += {'\0', c};
  }
  for (const auto& text : {summary, "\xEF\xBB\xBF" + summary, little, big, replace_all(summary, "\n", "\r\n"),
                           replace_all(summary, "\n", "\r")}) {
    const auto report = checker.check("page", text);
    EXPECT_EQ(report.recognition.format, "html");
    EXPECT_TRUE(report.findings.empty()) << report.findings.front().message;
  }
}

// Python's html.parser tells the same tags at the same lines.
TEST(HtmlTest, PublishedPagesAreReadAsPythonReadsThem) {
  const auto folder = test::published_folder() / "html";
  if (!fs::exists(folder)) GTEST_SKIP() << "no published documents";
  const std::string script = R"(
import html.parser, sys
class P(html.parser.HTMLParser):
    def handle_starttag(self, tag, attributes):
        if tag in ('table', 'tr', 'td', 'th', 'a', 'img', 'h1', 'h2', 'h3', 'h4', 'li', 'span', 'title'):
            print(self.getpos()[0], tag)
    handle_startendtag = handle_starttag
P().feed(open(sys.argv[1], 'rb').read().decode('latin-1').replace('\r\n', ' \n'))
)";
  auto checker = test::own_rules_checker();
  std::size_t count = 0;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.path().extension() != ".html") continue;
    const auto bytes = *read_text(entry.path());
    const auto told =
        run_command({"/usr/bin/python3", {"-IS", "-c", script, entry.path().string()}, {}, false}, 20'000);
    ASSERT_TRUE(told && told->status == 0) << (told ? told->err : told.error().what);
    std::multiset<std::string> expected;
    for (const auto& line : split(told->out, '\n'))
      if (!line.empty()) expected.insert(line);
    EXPECT_EQ(
        places(read(bytes), {"table", "tr", "td", "th", "a", "img", "h1", "h2", "h3", "h4", "li", "span", "title"}),
        expected)
        << entry.path();
    const auto report = checker.check(entry.path().string(), bytes);
    EXPECT_EQ(report.recognition.format, "html");
    EXPECT_EQ(report.failure, "");
    // None of them says its language, and none runs or fetches anything.
    const auto rules = test::rules_in(report);
    EXPECT_THAT(rules, Contains("A11Y-15")) << entry.path();
    for (const char* never : {"HTML-01.script", "HTML-01.other", "HTML-02", "html"})
      EXPECT_THAT(rules, Not(Contains(never))) << entry.path();
    ++count;
  }
  EXPECT_EQ(count, 19u);
}

}  // namespace
}  // namespace bb::documents
