// `bluebridge compare`: copies side by side, its reports and exit statuses.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bb/core/files.hpp>
#include <bb/core/json.hpp>
#include <bb/core/json_schema.hpp>
#include <bb/core/process.hpp>
#include <bb/core/text.hpp>
#include <bb/records/html.hpp>
#include <bb/records/read.hpp>

#include "support/temporary_folder.hpp"

namespace bb::cli {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const std::string alice = std::string(BB_SOURCE_DIR) + "/samples/records/alice.xml";
const std::string zoe = std::string(BB_SOURCE_DIR) + "/samples/records/zoe.xml";

class CompareTest : public testing::Test {
 protected:
  CommandResult compare(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "compare");
    auto result = run_command({.program = std::string(BB_BINARY_DIR) + "/bin/bluebridge",
                               .arguments = arguments,
                               .environment = {},
                               .is_stderr_captured = true},
                              60'000);
    EXPECT_TRUE(result) << result.error().what;
    return result ? *result : CommandResult{.status = -1, .out = {}, .err = {}};
  }

  std::string file(const std::string& name, const std::string& text) {
    const auto path = folder_.path() / name;
    EXPECT_TRUE(write_text(path, text));
    return path.string();
  }

  // Alice, with one thing changed.
  std::string changed(const std::string& from, const std::string& to) {
    const auto text = read_text(alice);
    EXPECT_TRUE(text);
    return file("changed.xml", replace_all(*text, from, to));
  }

  test::TemporaryFolder folder_;
};

TEST_F(CompareTest, CopiesThatAgreeEndWithZero) {
  const auto result = compare({alice, alice});
  EXPECT_EQ(result.status, 0);
  EXPECT_THAT(result.err, IsEmpty());
  EXPECT_THAT(result.out, HasSubstr("The copies agree: 39 facts compared."));
}

TEST_F(CompareTest, NamesWhatDiffersWithItsPlaces) {
  const auto result = compare({alice, changed("value=\"2\" unit=\"{puff}\"", "value=\"3\" unit=\"{puff}\"")});
  EXPECT_EQ(result.status, 1);
  EXPECT_THAT(result.out,
              AllOf(HasSubstr("! albuterol"), HasSubstr("dose is '3 puff' in B (line 382), '2 puff' in A (line 382)"),
                    HasSubstr("The copies differ: 39 facts compared, 0 missing, 0 extra, 1 different.")));
}

TEST_F(CompareTest, ALevelLeavesOutTheRest) {
  const auto other = changed("value=\"2\" unit=\"{puff}\"", "value=\"3\" unit=\"{puff}\"");
  EXPECT_EQ(compare({alice, other, "--level", "problems-meds-allergies"}).status, 1);
  const auto identity = compare({alice, other, "--level", "identity"});
  EXPECT_EQ(identity.status, 0);
  EXPECT_THAT(identity.out, Not(HasSubstr("albuterol")));
  EXPECT_EQ(compare({alice, zoe, "--level", "identity"}).status, 1);
}

TEST_F(CompareTest, JsonFollowsItsSchema) {
  const auto schema =
      parse_json(*read_text(std::string(BB_SOURCE_DIR) + "/conformance/schemas/comparison.schema.json"));
  ASSERT_TRUE(schema);
  EXPECT_THAT(check_schema(*schema), IsEmpty());
  for (const auto& other : {alice, zoe}) {
    const auto result = compare({"--json", alice, other});
    const auto value = parse_json(result.out);
    ASSERT_TRUE(value) << value.error().what;
    EXPECT_THAT(validate(*schema, *value), IsEmpty());
    EXPECT_EQ((*value)["agrees"].boolean_or(false), result.status == 0);
  }
}

TEST_F(CompareTest, APageForPeopleIsLookedThrough) {
  const auto record = records::read_record(*read_text(alice));
  ASSERT_TRUE(record);
  const auto page = records::write_html_fragment(*record);
  EXPECT_EQ(compare({alice, file("page.html", page)}).status, 0);
  const auto result = compare({alice, file("other.html", replace_all(page, "Codeine", "Morphine"))});
  EXPECT_EQ(result.status, 1);
  EXPECT_THAT(result.out, AllOf(HasSubstr("! Codeine"), HasSubstr("missing from B; A (line 260) states it"),
                                HasSubstr("what it says beyond the other copies")));
}

TEST_F(CompareTest, APageThatCannotBeWrittenIsToldBeforeWork) {
  const auto result = compare({alice, alice, "--html", "/nowhere/page.html"});
  EXPECT_EQ(result.status, 2);
  EXPECT_EQ(result.out, "");
}

TEST_F(CompareTest, OfOneDocumentTheNarrativeIsComparedWithTheEntries) {
  EXPECT_EQ(compare({alice}).status, 0);
  const auto result = compare({changed(">Codeine<", ">Morphine<")});
  EXPECT_EQ(result.status, 1);
  EXPECT_THAT(result.out, AllOf(HasSubstr("missing from B; A (line 260) states it"), HasSubstr("entries")));
  const auto page = compare({file("page.html", "<html><p>Penicillin</p></html>")});
  EXPECT_EQ(page.status, 2);
  EXPECT_THAT(page.err, HasSubstr("name a C-CDA, or two copies"));
}

TEST_F(CompareTest, PagesAloneCannotBeJudged) {
  const auto page = file("page.html", "<html><body><p>Penicillin</p></body></html>");
  const auto result = compare({page, page});
  EXPECT_EQ(result.status, 3);
  EXPECT_THAT(result.out, HasSubstr("Cannot be judged: no copy states a fact that a program can read"));
}

TEST_F(CompareTest, WritesAPageThatHoldsNoMarkupOfTheDocuments) {
  const auto out = (folder_.path() / "report.html").string();
  const auto other = changed("displayName=\"Codeine\"", "displayName=\"&lt;script&gt;alert(1)&lt;/script&gt;\"");
  EXPECT_EQ(compare({alice, other, "--html", out}).status, 0);
  const auto page = read_text(out);
  ASSERT_TRUE(page);
  EXPECT_THAT(*page, AllOf(HasSubstr("<h1 id=\"verdict\">The copies agree</h1>"), HasSubstr("<html lang=\"en\">"),
                           HasSubstr("<th scope=\"col\">A</th><th scope=\"col\">B</th>"),
                           HasSubstr("&lt;script&gt;alert(1)"), Not(HasSubstr("<script"))));
}

TEST_F(CompareTest, BadUsageAndBadInputEndWithTwo) {
  EXPECT_EQ(compare({"--level", "some", alice, alice}).status, 2);
  EXPECT_THAT(compare({"--level", "some", alice, alice}).err,
              HasSubstr("unknown value 'some' of '--level'; expected one of identity, problems-meds-allergies, all"));
  EXPECT_EQ(compare({alice, "/nowhere.xml"}).status, 2);
  EXPECT_EQ(compare({}).status, 2);
  for (const auto& bytes : {std::string(), std::string(100, '\0'), std::string("<a"), std::string("\xFF\xFE<\0", 4)}) {
    const auto result = compare({alice, file("bad", bytes)});
    EXPECT_EQ(result.status, 2);
    EXPECT_THAT(result.err, HasSubstr("bad: "));
  }
}

}  // namespace
}  // namespace bb::cli
