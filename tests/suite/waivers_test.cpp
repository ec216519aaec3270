// Waivers files: what is read, what is refused and where, and whether what they
// name is there. Rules W01 to W06: docs/reference/suite-lint.md.
#include <gmock/gmock.h>

#include "suite_files.hpp"

namespace bb::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class WaiversFileTest : public SuiteFiles {
 protected:
  static constexpr const char* good =
      "test: s/g.t, subject: acme@<5.2, outcome: fail, claim: body text contains a, reason: Known., expires: "
      "\"2027-01-31\"";

  std::string read(const std::string& members) {
    const auto file = write("w.yaml", "format: bluebridge-waivers/1\nwaivers:\n  - {" + members + "}\n");
    return replace_all(render(suite::read_waivers(file).diagnostics), file.string() + ":", "");
  }
  static std::string with(std::string_view from, std::string_view to) { return replace_all(good, from, to); }

  // What the linter says of the waiver and a suite.
  std::string lint(const std::string& members, std::string_view today = "2026-11-23",
                   const std::string& version = "version: \"5.1\"\n") {
    write("w.yaml", "format: bluebridge-waivers/1\nwaivers:\n  - {" + members + "}\n");
    const auto suite = suite::read_suite(write("s.yaml", R"(format: bluebridge-suite/1
suite: s
version: "1.0.0"
roles: {portal: {needs: [view]}}
tests:
  g:
    tests:
      t:
        each: {format: [x, y]}
        steps:
          - {do: portal.list, expect: [{body: text, contains: a}, {body: text, contains: b, level: SHOULD}]}
          - {do: portal.list, id: again, require: [{body: text, contains: c}],
             expect: [{result: ok}, {body: text, contains: b}, {body: text, contains: d, level: MAY}]}
)"));
    EXPECT_TRUE(suite.is_good()) << render(suite.diagnostics);
    const auto target =
        suite::read_target(write("t.yaml", "format: bluebridge-target/1\ntarget: acme\n" + version +
                                               "roles: {portal: {connector: org.example.fake}}\nwaivers: w.yaml\n"));
    EXPECT_TRUE(target.is_good()) << render(target.diagnostics);
    if (!suite.value || !target.value) return "unreadable";
    return replace_all(render(suite::lint_waivers(*target.value, {*suite.value}, today)),
                       (folder_ / "w.yaml").string() + ":", "");
  }
};

TEST_F(WaiversFileTest, ReadsWhatTheDesignShows) {
  const auto loaded = suite::read_waivers(write("w.yaml", R"(format: bluebridge-waivers/1
waivers:
  - test: onc.vdt/download[text]
    subject: acme-portal@<5.2
    outcome: fail
    claim: time first_byte
    reason: Slow first byte on the sandbox only.
    link: https://tracker.acme.example/4711
    expires: "2027-01-31"
)"));
  ASSERT_TRUE(loaded.is_good()) << render(loaded.diagnostics);
  const auto& one = loaded.value->waivers.at(0);
  EXPECT_EQ(one.suite, "onc.vdt");
  EXPECT_EQ(one.address, "download[text]");
  EXPECT_EQ(one.place.line, 3);
  EXPECT_TRUE(one.subject.covers("acme-portal", "5.1.9"));
  EXPECT_FALSE(one.subject.covers("acme-portal", "5.2"));
  EXPECT_TRUE(one.names("download", "download[text]", "get"));
  EXPECT_FALSE(one.names("download", "download[pdf]", "get"));
  const auto example =
      suite::read_waivers(std::filesystem::path(BB_SOURCE_DIR) / "tests/suite/good/example.waivers.yaml");
  EXPECT_TRUE(example.is_good()) << render(example.diagnostics);
}

TEST_F(WaiversFileTest, VersionsAreNumbers) {
  const auto covers = [&](const std::string& range, const std::string& version) {
    const auto loaded = suite::read_waivers(write("w.yaml", "format: bluebridge-waivers/1\nwaivers:\n  - {" +
                                                                with("acme@<5.2", "\"acme" + range + "\"") + "}\n"));
    EXPECT_TRUE(loaded.is_good()) << range << render(loaded.diagnostics);
    return loaded.is_good() && loaded.value->waivers[0].subject.covers("acme", version);
  };
  EXPECT_TRUE(covers("@<5.10", "5.9"));
  EXPECT_FALSE(covers("@<5.10", "5.10"));
  EXPECT_TRUE(covers("@<=5.10", "5.10.0"));
  EXPECT_FALSE(covers("@>5.9", "5.9"));
  EXPECT_TRUE(covers("@>5.9", "5.10"));
  EXPECT_TRUE(covers("@5", "5.0"));
  EXPECT_TRUE(covers("@>=5.0,<5.2", "5.1"));
  EXPECT_FALSE(covers("@>=5.0,<5.2", "4.9"));
  EXPECT_FALSE(covers("@>=5.0,<5.2", "5.2"));
  EXPECT_TRUE(covers("@=2026-spring", "2026-spring"));
  EXPECT_FALSE(covers("@<2027-spring", "2026-spring")) << "nobody can say which is the earlier";
  EXPECT_FALSE(covers("@<5", "")) << "the target states no version";
  EXPECT_TRUE(covers("", ""));
}

TEST_F(WaiversFileTest, EveryMistakeHasItsPlace) {
  EXPECT_THAT(read(good), IsEmpty());
  EXPECT_EQ(read(with("outcome: fail", "outcome: skip")),
            "3:48: error: 'outcome' takes one word of a few, got the text 'skip'\n"
            "    3 |   - {" +
                with("outcome: fail", "outcome: skip") +
                "}\n"
                "      |                                                ^~~~ words here: fail, warn\n");
  EXPECT_THAT(read(with("s/g.t", "s.g.t")), AllOf(HasSubstr("3:12: error: 's.g.t' does not name a test"),
                                                  HasSubstr("write suite/test, suite/test[instance]")));
  for (const auto* bad : {"acme@", "acme@<", "Acme@<5", "\"acme@<5 2\"", "\"acme@<5,\"", "\"@<5\"", "\"acme@<>5\""})
    EXPECT_THAT(read(with("acme@<5.2", bad)), HasSubstr("does not name a system")) << bad;
  for (const auto* bad : {"2027-1-31", "2027-02-30", "2027-01-31T00:00:00Z", "soon"})
    EXPECT_THAT(read(with("2027-01-31", bad)), HasSubstr("'expires' takes a day, got '")) << bad;
  EXPECT_THAT(read(with("reason: Known.", "reason: Known., link: tracker/4711")), HasSubstr("'link' takes a URL"));
  EXPECT_THAT(read(with("reason:", "reasn:")), AllOf(HasSubstr("unknown key 'reasn'"), HasSubstr("'reason'")));
  for (const auto* key : {"test", "subject", "outcome", "claim", "reason", "expires"})
    EXPECT_THAT(read(with(std::string(key) + ":", "about:")), HasSubstr("lacks '" + std::string(key) + "'")) << key;
  EXPECT_THAT(read(std::string(good) + "}\n  - {" + good), HasSubstr("is waived twice, first in line 3"));
}

TEST_F(WaiversFileTest, ATargetNamesAFileThatIsThere) {
  const auto problems = [&](const std::string& value) {
    return render(suite::read_target(write("t.yaml",
                                           "format: bluebridge-target/1\ntarget: acme\n"
                                           "roles: {portal: {connector: org.example.fake}}\nwaivers: " +
                                               value + "\n"))
                      .diagnostics);
  };
  EXPECT_THAT(problems("none.yaml"),
              AllOf(HasSubstr("t.yaml:4:10: error: there is no file"), HasSubstr("relative to the target's folder")));
  write("bad.yaml", "format: bluebridge-answers/1\n");
  EXPECT_THAT(problems("bad.yaml"), AllOf(HasSubstr("bad.yaml:1"), HasSubstr("'bluebridge-waivers/1'")));
  write("empty.yaml", "format: bluebridge-waivers/1\nwaivers: []\n");
  EXPECT_THAT(problems("empty.yaml"), IsEmpty());
  write("map.yaml", "format: bluebridge-waivers/1\nwaivers: {}\n");
  EXPECT_THAT(problems("map.yaml"), HasSubstr("'waivers' must be a list"));
}

TEST_F(WaiversFileTest, TheTestIsInItsSuite) {
  for (const auto* test : {"s/g.t", "\"s/g.t[x]\"", "s/g.t.list", "\"s/g.t[y].list\"", "elsewhere/t"})
    EXPECT_THAT(lint(with("s/g.t", test)), IsEmpty()) << test;
  EXPECT_EQ(lint(with("s/g.t", "s/g.tt")).substr(0, 76),
            "3:12: warning: suite 's' 1.0.0 has no test 'g.tt' [W01]\n    3 |   - {test: s");
  EXPECT_THAT(lint(with("s/g.t", "s/g.tt")), HasSubstr("did you mean 's/g.t'?"));
  EXPECT_THAT(lint(with("s/g.t", "\"s/g.t[z]\"")), HasSubstr("[W01]"));
}

TEST_F(WaiversFileTest, TheClaimIsInItsTestAndOneOnly) {
  EXPECT_THAT(lint(with("contains a", "contains z")),
              AllOf(HasSubstr("warning: test 'g.t' has no claim 'body text contains z' [W02]"),
                    HasSubstr("did you mean 'body text contains a'?")));
  EXPECT_THAT(lint(with("contains a", "contains b")),
              AllOf(HasSubstr("error: 'body text contains b' are 2 claims of test 'g.t'"), HasSubstr("[W03]"),
                    HasSubstr("name the step: s/g.t.list")));
  EXPECT_THAT(lint(replace_all(with("contains a", "contains b"), "s/g.t", "s/g.t.again")), IsEmpty());
  EXPECT_THAT(lint(replace_all(with("body text contains a", "result ok"), "s/g.t", "s/g.t.list")), IsEmpty());
  EXPECT_THAT(lint(with("body text contains a", "result")), HasSubstr("[W03]"));
}

TEST_F(WaiversFileTest, TheClaimCanComeToTheOutcome) {
  const auto of_first = [&](const std::string& members) { return replace_all(members, "s/g.t", "s/g.t.list"); };
  EXPECT_THAT(lint(of_first(with("contains a", "contains b"))),
              AllOf(HasSubstr("is a SHOULD: it warns and never fails [W04]"), HasSubstr("outcome: warn")));
  EXPECT_THAT(lint(replace_all(of_first(with("contains a", "contains b")), "outcome: fail", "outcome: warn")),
              IsEmpty());
  EXPECT_THAT(lint(with("contains a", "contains c")), HasSubstr("is a 'require'"));
  EXPECT_THAT(lint(with("contains a", "contains d")), HasSubstr("is a MAY: it neither fails nor warns [W04]"));
}

TEST_F(WaiversFileTest, AnExpiredOneAndOneThatNoVersionIsOfAreTold) {
  EXPECT_THAT(lint(good, "2027-01-31"), IsEmpty());
  EXPECT_THAT(lint(good, "2027-02-01"),
              HasSubstr("warning: the waiver held until 2027-01-31, and today is 2027-02-01 [W05]"));
  EXPECT_THAT(lint(good, "2026-11-23", ""), HasSubstr("target 'acme' states none, so it waives nothing [W06]"));
  EXPECT_THAT(lint(with("acme@", "other@"), "2027-02-01"), IsEmpty());
}

}  // namespace
}  // namespace bb::test
