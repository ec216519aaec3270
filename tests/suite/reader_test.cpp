// What the suite reader makes of a file.
#include <gmock/gmock.h>

#include "suite_files.hpp"

namespace bb::test {
namespace {

using suite::Action;
using suite::Fault;
using suite::Matcher;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

class ReaderTest : public SuiteFiles {
 protected:
  // The suite of a text without errors.
  suite::Suite read(std::string_view tests) {
    const auto loaded = suite::read_suite(write("s.yaml", std::string(head) + std::string(tests)));
    EXPECT_THAT(render(loaded.diagnostics), IsEmpty());
    return loaded.value.value_or(suite::Suite{});
  }
  std::string problems(std::string_view tests) {
    return render(suite::read_suite(write("s.yaml", std::string(head) + std::string(tests))).diagnostics);
  }

  static constexpr std::string_view head =
      "format: bluebridge-suite/1\nsuite: a.b\nversion: \"1.2.3\"\n"
      "roles:\n  portal: {needs: [session, view], wants: probe, optional: true}\n";
};

constexpr std::string_view one_step = "steps: [{do: portal.list, expect: [result: ok]}]";

TEST_F(ReaderTest, ReadsTheHead) {
  const auto suite = suite::read_suite(std::filesystem::path(BB_SOURCE_DIR) / "tests/suite/good/view.yaml").value;
  ASSERT_TRUE(suite);
  EXPECT_EQ(suite->id, "example.view");
  EXPECT_EQ(suite->version, "1.0.0");
  ASSERT_EQ(suite->inputs.size(), 1u);
  EXPECT_EQ(suite->inputs[0].type, "person");
  EXPECT_EQ(suite->inputs[0].default_value, Value("alice"));
  ASSERT_EQ(suite->options.size(), 1u);
  EXPECT_THAT(suite->options[0].choices, ElementsAre(Value("direct"), Value("rest")));
  EXPECT_EQ(suite->options[0].default_value, Value("rest"));
  ASSERT_NE(suite->find_role("portal"), nullptr);
  EXPECT_THAT(suite->find_role("portal")->needs, ElementsAre("session", "view", "download", "share"));
  EXPECT_THAT(suite->find_role("portal")->wants, ElementsAre("probe"));
  ASSERT_EQ(suite->tests.size(), 4u);
  EXPECT_EQ(suite->tests[1].path, "view");
  EXPECT_EQ(suite->tests[1].place.line, 28);
  EXPECT_EQ(suite->find_test("nothing"), nullptr);
}

TEST_F(ReaderTest, HandsDownWhatAGroupSaysToItsTests) {
  const auto suite = read("tests:\n  first: {" + std::string(one_step) +
                          "}\n"
                          "  outer:\n    title: Outer\n    needs: first\n    tags: [a]\n    locks: l\n    hint: Outer "
                          "hint.\n    verifies: R-1\n"
                          "    timeout: 5s\n    when: {supports: portal.probe}\n    tests:\n"
                          "      inner:\n        tags: [b]\n        when: {transport: rest}\n        tests:\n"
                          "          one: {tags: a, hint: Own hint., verifies: R-2, timeout: 250ms, " +
                          std::string(one_step) +
                          "}\n"
                          "          two: {needs: one, " +
                          std::string(one_step) + "}\n");
  ASSERT_EQ(suite.tests.size(), 3u);
  const auto& one = suite.tests[1];
  EXPECT_EQ(one.path, "outer.inner.one");
  EXPECT_THAT(one.groups, ElementsAre("outer", "outer.inner"));
  EXPECT_THAT(one.tags, ElementsAre("a", "b"));
  EXPECT_THAT(one.locks, ElementsAre("l"));
  EXPECT_THAT(one.verifies, ElementsAre("R-1", "R-2"));
  EXPECT_EQ(one.hint, "Own hint.");
  EXPECT_EQ(one.timeout_ms, 250);
  ASSERT_EQ(one.when.size(), 2u);
  EXPECT_THAT(one.when[0].supports, ElementsAre("portal.probe"));
  EXPECT_THAT(one.when[1].options, ElementsAre(Pair("transport", ElementsAre(Value("rest")))));
  const auto& two = suite.tests[2];
  EXPECT_EQ(two.hint, "Outer hint.");
  EXPECT_EQ(two.timeout_ms, 5000);
  ASSERT_EQ(two.needs.size(), 2u);
  EXPECT_EQ(two.needs[0].first, "first");
  EXPECT_EQ(two.needs[1].first, "outer.inner.one");
}

TEST_F(ReaderTest, ANeedMeansTheNearestName) {
  const auto suite =
      read("tests:\n  view: {" + std::string(one_step) + "}\n  g:\n    tests:\n      view: {" + std::string(one_step) +
           "}\n"
           "      a: {needs: view, " +
           std::string(one_step) + "}\n      b: {needs: g.view, " + std::string(one_step) +
           "}\n"
           "  c: {needs: [view, g], " +
           std::string(one_step) + "}\n");
  EXPECT_EQ(suite.find_test("g.a")->needs[0].first, "g.view");
  EXPECT_EQ(suite.find_test("g.b")->needs[0].first, "g.view");
  EXPECT_EQ(suite.find_test("c")->needs[0].first, "view");
  EXPECT_EQ(suite.find_test("c")->needs[1].first, "g");
}

TEST_F(ReaderTest, ReadsAllFourActions) {
  const auto suite = read(
      "tests:\n  t:\n    each: {format: [x, 1, true], person: $target.people}\n    steps:\n"
      "      - do: portal.view\n        id: look\n        as: $each.person\n        with: {kind: $each.format}\n"
      "        retry: {times: 2, every: 5s, only: busy}\n        timeout: 1m\n"
      "        require: [{value: $target.profile.holder}]\n"
      "        save: {page: body, name: {json: $.name, phi: true}, text: {body: text}}\n"
      "      - wait: inbox.message\n        within: 70m\n        tell: Waiting.\n"
      "      - attest: The page is readable.\n        evidence: screenshot\n"
      "      - check: [{body: text, of: $t.page}]\n"
      "    cleanup: [{do: portal.sign_out}]\n");
  const auto& test = suite.tests.at(0);
  EXPECT_EQ(test.each[0].second, Value(Value::Array{"x", 1, true}));
  EXPECT_EQ(test.each[1].second, Value("$target.people"));
  ASSERT_EQ(test.steps.size(), 4u);
  const auto& look = test.steps[0];
  EXPECT_EQ(look.action, Action::do_);
  EXPECT_EQ(look.id, "look");
  EXPECT_EQ(look.role, "portal");
  EXPECT_EQ(look.verb, "view");
  EXPECT_EQ(look.as, Value("$each.person"));
  EXPECT_EQ(look.with["kind"], Value("$each.format"));
  EXPECT_EQ(look.timeout_ms, 60'000);
  ASSERT_TRUE(look.retry);
  EXPECT_EQ(look.retry->times, 2);
  EXPECT_EQ(look.retry->every_ms, 5000);
  EXPECT_EQ(look.retry->only, suite::Retry::Only::busy);
  ASSERT_EQ(look.require.size(), 1u);
  ASSERT_EQ(look.save.size(), 3u);
  EXPECT_EQ(look.save[0].selector.kind, "body");
  EXPECT_TRUE(look.save[0].selector.argument.is_null());
  EXPECT_EQ(look.save[1].selector.kind, "json");
  EXPECT_EQ(look.save[1].selector.argument, Value("$.name"));
  EXPECT_TRUE(look.save[1].is_phi);
  EXPECT_EQ(look.save[2].selector.argument, Value("text"));
  EXPECT_EQ(test.steps[1].id, "message");
  EXPECT_EQ(test.steps[1].role, "inbox");
  EXPECT_EQ(test.steps[1].verb, "message");
  EXPECT_EQ(test.steps[1].within_ms, 70 * 60'000);
  EXPECT_EQ(test.steps[1].tell, "Waiting.");
  EXPECT_EQ(test.steps[2].id, "attest");
  EXPECT_EQ(test.steps[2].question, "The page is readable.");
  EXPECT_EQ(test.steps[2].evidence_kind, "screenshot");
  EXPECT_EQ(test.steps[3].id, "check");
  ASSERT_EQ(test.steps[3].expect.size(), 1u);
  EXPECT_THAT(test.steps[3].expect[0].of, ElementsAre("$t.page"));
  ASSERT_EQ(test.cleanup.size(), 1u);
}

TEST_F(ReaderTest, ReadsClaimsWithMatchersInOrderAndAText) {
  const auto suite = read(
      "tests:\n  t:\n    steps:\n      - do: portal.view\n        expect:\n"
      "          - json: $.events[*].action\n            contains: [view, download]\n            min: 1\n"
      "            verifies: R-1\n            level: SHOULD\n            hint: Look here.\n"
      "          - result: [refused, not_found]\n"
      "          - media_type: true\n            matches: ^text/\n"
      "          - value: $target.profile.role\n            is: data-holder\n");
  const auto& claims = suite.tests.at(0).steps.at(0).expect;
  ASSERT_EQ(claims.size(), 4u);
  EXPECT_EQ(claims[0].text, "json $.events[*].action contains view, download min 1");
  EXPECT_THAT(claims[0].matchers, ElementsAre(Pair(Matcher::contains, Value(Value::Array{"view", "download"})),
                                              Pair(Matcher::min, Value(1))));
  EXPECT_THAT(claims[0].verifies, ElementsAre("R-1"));
  EXPECT_EQ(claims[0].level, suite::Level::should);
  EXPECT_EQ(claims[0].hint, "Look here.");
  EXPECT_FALSE(claims[1].level);
  EXPECT_EQ(claims[1].argument, Value(Value::Array{"refused", "not_found"}));
  EXPECT_EQ(claims[1].text, "result refused, not_found");
  EXPECT_EQ(claims[2].argument, Value(true));
  EXPECT_EQ(claims[3].text, "value $target.profile.role is data-holder");
}

TEST_F(ReaderTest, ReadsWhatNotDenies) {
  const auto suite = read(
      "tests:\n  t:\n    steps:\n      - do: portal.view\n        expect:\n"
      "          - {body: text, not: {contains: [a, $target.title]}}\n"
      "          - {body: text, not: {matches: ^a}}\n          - {body: text, not: {in: [a, 1]}}\n"
      "          - {body: text, not: {is: true}}\n          - {body: text, not: {in: $target.people}}\n");
  const auto& claims = suite.tests.at(0).steps.at(0).expect;
  ASSERT_EQ(claims.size(), 5u);
  EXPECT_THAT(claims[0].matchers,
              ElementsAre(Pair(Matcher::not_, Value::object({{"contains", Value::Array{"a", "$target.title"}}}))));
  EXPECT_EQ(claims[0].text, "body text not contains a, $target.title");
  EXPECT_EQ(claims[1].text, "body text not matches ^a");
  EXPECT_EQ(claims[2].text, "body text not in a, 1");
  EXPECT_EQ(claims[3].text, "body text not is true");
  EXPECT_EQ(claims[4].text, "body text not in $target.people");
}

TEST_F(ReaderTest, WhatNotDeniesIsReadAsStrictlyAsWithoutIt) {
  const auto mistakes = [&](const std::string& operand) {
    return problems("tests:\n  t:\n    steps:\n      - check: [{value: $target.title, not: " + operand + "}]\n");
  };
  EXPECT_THAT(mistakes("{contain: a}"), HasSubstr(": error: unknown matcher 'contain' in 'not'\n"));
  EXPECT_THAT(mistakes("{contain: a}"), HasSubstr("^~~~~~~ did you mean 'contains'? matchers here: is, in, matches"));
  for (const auto* word : {"not", "min", "max", "count", "exists"})
    EXPECT_THAT(mistakes("{" + std::string(word) + ": 1}"),
                HasSubstr("'not' cannot deny '" + std::string(word) + "'\n"));
  EXPECT_THAT(mistakes("{contains: a, in: [b]}"), HasSubstr("'not' denies one matcher, got 'contains' and 'in'"));
  EXPECT_THAT(mistakes("{}"), HasSubstr("'not' is an empty map, expected a matcher"));
  EXPECT_THAT(mistakes("{in: a}"), HasSubstr("'in' takes a list"));
  EXPECT_THAT(mistakes("{contains: []}"), HasSubstr("'contains' is an empty list"));
  EXPECT_THAT(mistakes("{contains: {is: a}}"), HasSubstr("'contains' takes"));
  EXPECT_THAT(mistakes("{matches: 1}"), HasSubstr("'matches' takes a text, got the number 1"));
  EXPECT_THAT(mistakes("{is: {contains: a}}"), HasSubstr("'is' takes a value or a list, got a map"));
  EXPECT_THAT(mistakes("{is: }"), HasSubstr("'is' takes a value or a list, got nothing"));
}

TEST_F(ReaderTest, ReadsEveryKindOfFault) {
  const auto suite =
      read("tests:\n  t:\n    " + std::string(one_step) +
           "\n    catches:\n"
           "      - {in: list, drop: {json: $.a}}\n      - {in: \"u[x].list\", set: {status: true}, to: 500}\n"
           "      - {in: list, dup: body}\n      - {in: list, swap: [a, b]}\n      - {in: list, delay: 5s}\n"
           "      - {defect: view-empty}\n");
  const auto& faults = suite.tests.at(0).catches;
  ASSERT_EQ(faults.size(), 6u);
  EXPECT_EQ(faults[0].kind, Fault::Kind::drop);
  EXPECT_EQ(faults[0].selector.argument, Value("$.a"));
  EXPECT_EQ(faults[1].kind, Fault::Kind::set);
  EXPECT_THAT(faults[1].in, ElementsAre("u[x].list"));
  EXPECT_EQ(faults[1].to, Value(500));
  EXPECT_EQ(faults[2].kind, Fault::Kind::dup);
  EXPECT_THAT(faults[3].swap, ElementsAre("a", "b"));
  EXPECT_EQ(faults[4].delay_ms, 5000);
  EXPECT_EQ(faults[5].defect, "view-empty");
}

TEST_F(ReaderTest, AFaultChangesATextThatNoStepSaves) {
  const auto good = read("tests:\n  t:\n    " + std::string(one_step) +
                         "\n    catches:\n      - {in: list, set: {text: \"Name:\"}, to: Nom}\n");
  ASSERT_EQ(good.tests.at(0).catches.size(), 1u);
  EXPECT_EQ(good.tests[0].catches[0].selector.kind, "text");
  EXPECT_EQ(good.tests[0].catches[0].selector.argument, Value("Name:"));
  EXPECT_THAT(
      problems("tests: {t: {title: T, steps: [{do: portal.list, expect: [result: ok], save: {a: {text: b}}}]}}\n"),
      HasSubstr("'text'"));
}

TEST_F(ReaderTest, AValidClaimSpeaksForTheRequirementThatItIsJudgedBy) {
  const auto claim_of = [&](const std::string& claim) {
    return read("tests: {t: {title: T, steps: [{do: portal.list, expect: [" + claim + "]}]}}\n")
        .tests.at(0)
        .steps[0]
        .expect[0];
  };
  EXPECT_THAT(claim_of("{valid: html, by: A11Y-12}").verifies, ElementsAre("A11Y-12"));
  EXPECT_EQ(claim_of("{valid: html, by: A11Y-12}").text, "valid html by A11Y-12");
  EXPECT_THAT(claim_of("{valid: html, by: A11Y-12, verifies: [A-1, A-2]}").verifies, ElementsAre("A-1", "A-2"));
  EXPECT_THAT(claim_of("valid: html").verifies, testing::IsEmpty());
  EXPECT_THAT(problems("tests: {t: {title: T, steps: [{do: portal.list, expect: [{body: text, by: A-1}]}]}}\n"),
              HasSubstr("'by' belongs to the claims 'same' and 'valid'"));
}

TEST_F(ReaderTest, RefusesTimesAtBothEndsOfTheRange) {
  const auto retry = [&](const std::string& times) {
    return problems("defaults: {retry: {times: " + times + "}}\ntests: {t: {" + std::string(one_step) + "}}\n");
  };
  EXPECT_EQ(retry("1"), "");
  EXPECT_EQ(retry("10"), "");
  EXPECT_THAT(retry("0"), HasSubstr("from 1 to 10, got the number 0"));
  EXPECT_THAT(retry("11"), HasSubstr("from 1 to 10, got the number 11"));
}

TEST_F(ReaderTest, RefusesStatusesAtBothEndsOfTheRange) {
  const auto status = [&](const std::string& number) {
    return problems("tests: {t: {steps: [{do: portal.list, expect: [status: " + number + "]}]}}\n");
  };
  EXPECT_EQ(status("100"), "");
  EXPECT_EQ(status("599"), "");
  EXPECT_THAT(status("99"), HasSubstr("from 100 to 599"));
  EXPECT_THAT(status("600"), HasSubstr("from 100 to 599"));
}

TEST_F(ReaderTest, AFileThatIsNotThereIsAnErrorWithItsPath) {
  const auto loaded = suite::read_suite(folder_ / "missing.yaml");
  EXPECT_FALSE(loaded.value);
  EXPECT_FALSE(loaded.is_good());
  EXPECT_THAT(render(loaded.diagnostics), HasSubstr("missing.yaml"));
}

TEST_F(ReaderTest, ASuiteWithMistakesIsStillReadAndNotGood) {
  const auto loaded = suite::read_suite(write("s.yaml", good_suite_with("within: 30s", "within: never")));
  ASSERT_TRUE(loaded.value);
  EXPECT_FALSE(loaded.is_good());
  EXPECT_EQ(loaded.value->tests.size(), 4u);
}

TEST_F(ReaderTest, KeepsTheTreeAliveForCopies) {
  suite::Suite copy;
  {
    auto loaded = suite::read_suite(write("s.yaml", good_suite()));
    copy = *loaded.value;
  }
  ASSERT_NE(copy.tests[0].node, nullptr);
  EXPECT_EQ(copy.tests[0].node->find("title")->text, "The patient signs in");
}

}  // namespace
}  // namespace bb::test
