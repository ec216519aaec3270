// What the page says and how it is escaped. How it looks and whether people
// with assistive technology can use it is checked by axe.mjs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bb/core/files.hpp>
#include "harness/report/page_template.hpp"
#include "harness/report/report.hpp"
#include "support/run_view_fixture.hpp"
#include "support/temporary_folder.hpp"

namespace bb::report {
namespace {

using test::conformant_run;
using test::killed_run;
using test::mixed_run;
using testing::HasSubstr;
using testing::Not;

std::size_t count_of(const std::string& text, std::string_view part) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size())) ++count;
  return count;
}

TEST(HtmlTest, SaysTheVerdictFirstAndInWords) {
  const auto page = render_html(mixed_run(), {});
  const auto verdict = page.find("<h1 id=\"verdict\">not conformant</h1>");
  ASSERT_NE(verdict, std::string::npos);
  EXPECT_LT(verdict, page.find("<h2"));
  EXPECT_THAT(page, HasSubstr("<title>not conformant: Acme Portal 5.2 - BlueBridge report</title>"));
}

TEST(HtmlTest, SaysAtTheTopThatAKilledRunIsIncomplete) {
  const auto page = render_html(killed_run(), {});
  const auto incomplete = page.find("This report is incomplete.");
  ASSERT_NE(incomplete, std::string::npos);
  EXPECT_LT(incomplete, page.find("<h2"));
  EXPECT_THAT(page, HasSubstr("the last line is torn"));
  EXPECT_THAT(render_html(conformant_run(), {}), Not(HasSubstr("This report is incomplete.")));
}

TEST(HtmlTest, SaysThatSeveralProcessesMadeTheRun) {
  const std::string sentence = "This run was made by 3 processes, one after the other.";
  EXPECT_THAT(render_html(test::resumed_run(), {}), HasSubstr(sentence));
  EXPECT_THAT(render_html(conformant_run(), {}), Not(HasSubstr("This run was made by")));
}

TEST(HtmlTest, SaysWhereTheConnectorsCameFrom) {
  auto run = conformant_run();
  EXPECT_THAT(render_html(run, {}), Not(HasSubstr("<dt>Connector</dt>")));
  run.connectors = {{"portal", "org.example.portal", "org.example", "1.2.0", "1.0", ""}};
  EXPECT_THAT(render_html(run, {}),
              HasSubstr("<dt>Connector</dt>\n<dd>portal: org.example.portal of org.example 1.2.0, ABI 1.0</dd>"));
  EXPECT_THAT(render_junit(run),
              HasSubstr("name=\"connector.portal\" value=\"org.example.portal of org.example 1.2.0"));
  EXPECT_EQ(to_value(run)["target"]["connectors"][std::size_t{0}]["version"], Value("1.2.0"));
}

TEST(HtmlTest, SaysWhichOptionsWereChosenAndWhere) {
  auto run = conformant_run();
  EXPECT_THAT(render_html(run, {}), Not(HasSubstr("<dt>Option</dt>")));
  run.suites[0].options = test::direct_options();
  EXPECT_THAT(render_html(run, {}),
              HasSubstr("<dt>Option</dt>\n<dd>pledge.data_holder direct_as, Version of the statement: 1.2 "
                        "(default)</dd>"));
  EXPECT_THAT(render_html(run, {}), HasSubstr("<dd>pledge.data_holder recipients: all (target)</dd>"));
}

TEST(HtmlTest, SaysAtTheTopThatTheEvidenceIsDamaged) {
  const auto page = render_html(test::damaged_run(), {});
  const auto damaged = page.find("The evidence of this run is damaged.");
  ASSERT_NE(damaged, std::string::npos);
  EXPECT_LT(damaged, page.find("<h2"));
  EXPECT_THAT(page, HasSubstr("line 6: not an event, ignored: &lt;garbage&gt;"));
  EXPECT_THAT(page, HasSubstr("<section class=\"verdict open\""));
  EXPECT_THAT(render_html(conformant_run(), {}), Not(HasSubstr("is damaged")));
}

TEST(HtmlTest, ShowsExpectedFoundAndWhatToDo) {
  const auto page = render_html(mixed_run(), {});
  EXPECT_THAT(page, HasSubstr("<pre>a text that contains &quot;Newman&quot;</pre>"));
  EXPECT_THAT(page, HasSubstr("<pre>&lt;html&gt;&lt;body&gt;Sorry &amp; good-bye&lt;/body&gt;&lt;/html&gt;</pre>"));
  EXPECT_THAT(page, HasSubstr("<strong>Next:</strong> The page must show the patient&apos;s own name."));
}

TEST(HtmlTest, NeedsNothingButItself) {
  const auto page = render_html(mixed_run(), {});
  for (const auto* part : {"<script", "<link", "<img", "@import", "url(", "src=", "onclick"})
    EXPECT_THAT(page, Not(HasSubstr(part)));
}

TEST(HtmlTest, EscapesWhateverTheSystemSent) {
  const std::string attack = "</pre><script>alert(1)</script>{{{style}}}<!--";
  auto run = mixed_run();
  run.target_title = attack;
  run.problems = {attack};
  run.tests[1].title = attack;
  run.tests[1].cause = attack;
  run.tests[1].steps[0].action = attack;
  run.tests[1].steps[0].claims[1].found = attack;
  run.tests[1].steps[0].exchanges[0].exchange.url = attack;
  run.tests[1].steps[0].exchanges[0].exchange.response_body = attack;
  run.tests[1].steps[0].exchanges[0].exchange.response_headers = {{attack, attack}};
  run.tests[1].steps[0].exchanges[0].response_body_blob = "\"><script>";
  run.requirements[0].id = "\"><script>";
  run.requirements[0].text = attack;
  run.attestations[0].evidence = attack;
  const auto page = render_html(run, {.blobs = "blobs"});
  EXPECT_THAT(page, Not(HasSubstr("<script")));
  EXPECT_EQ(count_of(page, "<!--"), 0u);
  EXPECT_EQ(count_of(page, ":root"), count_of(render_html(mixed_run(), {}), ":root")) << "a template tag was run";
}

TEST(HtmlTest, HoldsNoControlCharacters) {
  auto run = mixed_run();
  run.tests[1].steps[0].exchanges[0].exchange.response_body = "a\x1b[31m\x01\x7f";
  const auto page = render_html(run, {});
  EXPECT_THAT(page, HasSubstr("a␛[31m␁␡"));
}

TEST(HtmlTest, ShowsATestOnceAndPointsToItAfterThat) {
  auto run = conformant_run();
  run.requirements.push_back(run.requirements[0]);
  run.requirements[1].id = "PLEDGE-DH-02";
  const auto page = render_html(run, {});
  EXPECT_EQ(count_of(page, "id=\"test-2\""), 1u);
  EXPECT_EQ(count_of(page, "href=\"#test-2\""), 1u);
}

TEST(HtmlTest, ShowsEveryTestAlsoThoseBehindNoRequirement) {
  const auto run = mixed_run();
  const auto page = render_html(run, {});
  for (std::size_t i = 1; i <= run.tests.size(); ++i)
    EXPECT_EQ(count_of(page, "id=\"test-" + std::to_string(i) + "\""), 1u) << run.tests[i - 1].name;
}

TEST(HtmlTest, OpensTestsThatNeedAttentionAndNoOthers) {
  const auto page = render_html(mixed_run(), {});
  EXPECT_THAT(page, HasSubstr("id=\"test-2\" open>"));
  EXPECT_THAT(page, HasSubstr("id=\"test-1\">"));
}

TEST(HtmlTest, ListsAttestedAndUntestedRequirementsApart) {
  const auto page = render_html(mixed_run(), {});
  const auto requirements = page.find("<h2 id=\"requirements\">");
  const auto attested = page.find("<h2 id=\"attested\">");
  const auto untested = page.find("<h2 id=\"untested\">");
  ASSERT_NE(attested, std::string::npos);
  ASSERT_NE(untested, std::string::npos);
  EXPECT_LT(requirements, attested);
  EXPECT_LT(attested, untested);
  EXPECT_GT(page.find("PLEDGE-DH-12"), attested);
  EXPECT_GT(page.find("Rosa Okafor"), attested);
  EXPECT_GT(page.find("needs a clock that the portal shares"), untested);
}

TEST(HtmlTest, SaysThatAPartIsAPart) {
  const auto page = render_html(test::part_run(), {});
  EXPECT_THAT(page, HasSubstr("<h1 id=\"verdict\">conformant, in part: 2 of 23 tests were run</h1>"));
  EXPECT_THAT(page, HasSubstr("<section class=\"verdict open\""));
  EXPECT_THAT(page, HasSubstr("21 tests of these suites were left out: run the whole for a verdict"));
  EXPECT_THAT(page, HasSubstr("not in this part: 3 tests that check it were left out"));
  EXPECT_THAT(page, HasSubstr("in part: 1 test that checks it was left out"));
  EXPECT_THAT(page, Not(HasSubstr("it is the proof")));
  EXPECT_THAT(page, Not(HasSubstr("no test of these suites checks it")));
}

TEST(HtmlTest, LinksALongBodyWhereTheBlobsLieBeside) {
  auto run = conformant_run();
  run.tests[1].steps[0].exchanges[0].exchange.response_body = std::string(10'000, 'x');
  EXPECT_THAT(render_html(run, {.blobs = "blobs"}),
              HasSubstr("<a href=\"blobs/0000000000000000000000000000000000000000000000000000000000000001\">"));
  const auto page = render_html(run, {});
  EXPECT_THAT(page, Not(HasSubstr("<a href=\"blobs/")));
  EXPECT_THAT(page, HasSubstr("all of it: blobs/0000"));
  EXPECT_THAT(page, Not(HasSubstr(std::string(5'000, 'x'))));
}

TEST(HtmlTest, BoundsAllBodiesTogether) {
  auto run = conformant_run();
  auto& exchanges = run.tests[1].steps[0].exchanges;
  exchanges[0].exchange.response_body = std::string(4'000, 'x');
  exchanges.resize(5'000, exchanges[0]);
  const auto page = render_html(run, {});
  EXPECT_LT(count_of(page, "xxxxxxxxxx"), 900'000u);  // 8 MiB of ten bytes each
}

TEST(HtmlTest, KeepsSensitiveRecordsOfConnectorsOut) {
  auto run = conformant_run();
  host::EvidenceRecord record;
  record.protocol = "smtp";
  record.sent = "sent-in-private";
  record.is_sensitive = true;
  run.tests[1].steps[0].records = {{.record = record}};
  EXPECT_THAT(render_html(run, {}), Not(HasSubstr("sent-in-private")));
}

TEST(HtmlTest, SaysSomethingForARunWithoutTests) {
  const auto page = render_html(test::empty_run(), {});
  EXPECT_THAT(page, HasSubstr("<h1 id=\"verdict\">inconclusive</h1>"));
}

TEST(WriteReportTest, LinksBlobsOnlyFromTheRunFolder) {
  test::TemporaryFolder folder;
  auto run = conformant_run();
  run.folder = folder.path();
  run.tests[1].steps[0].exchanges[0].exchange.response_body = std::string(10'000, 'x');
  const auto elsewhere = folder.path() / "elsewhere";
  ASSERT_TRUE(std::filesystem::create_directory(elsewhere));
  ASSERT_TRUE(write_standard_reports(run));
  ASSERT_TRUE(write_report(run, Format::html, elsewhere / "page.html"));
  EXPECT_THAT(*read_text(folder.path() / "report.html"), HasSubstr("href=\"blobs/"));
  EXPECT_THAT(*read_text(elsewhere / "page.html"), Not(HasSubstr("href=\"blobs/")));
}

TEST(WriteReportTest, LetsOnlyTheOwnerRead) {
  namespace fs = std::filesystem;
  test::TemporaryFolder folder;
  auto run = conformant_run();
  run.folder = folder.path();
  ASSERT_TRUE(write_standard_reports(run));
  for (const auto* name : {"report.html", "junit.xml", "report.json"})
    EXPECT_EQ(fs::status(folder.path() / name).permissions(), fs::perms::owner_read | fs::perms::owner_write) << name;
}

TEST(FormatTest, KnowsItsWordsAndNoOthers) {
  EXPECT_EQ(format_from("console"), Format::console);
  EXPECT_EQ(format_from("html"), Format::html);
  EXPECT_EQ(format_from("junit"), Format::junit);
  EXPECT_EQ(format_from("json"), Format::json);
  EXPECT_EQ(format_from("HTML"), std::nullopt);
  EXPECT_EQ(format_from(""), std::nullopt);
}

TEST(PageTemplateTest, EscapesTexts) {
  EXPECT_EQ(*fill_template("{{x}}", Value::object({{"x", "<&>\"'"}})), "&lt;&amp;&gt;&quot;&apos;");
}

TEST(PageTemplateTest, TakesEmptyTextsAndListsForNothing) {
  const auto data = Value::object({{"text", ""}, {"list", Value::array()}, {"null", Value()}, {"no", false}});
  EXPECT_EQ(*fill_template("{{^text}}a{{/text}}{{^list}}b{{/list}}{{^null}}c{{/null}}{{^no}}d{{/no}}", data), "abcd");
}

TEST(PageTemplateTest, WritesNumbers) { EXPECT_EQ(*fill_template("{{n}}", Value::object({{"n", 7}})), "7"); }

TEST(PageTemplateTest, SaysWhatIsWrongWithATemplate) {
  const auto page = fill_template("{{#open}}", Value::object());
  ASSERT_FALSE(page);
  EXPECT_THAT(page.error().what, HasSubstr("open"));
}

}  // namespace
}  // namespace bb::report
