// Lint rules, both sides of each: docs/reference/suite-lint.md. The files under
// mistakes/ show the rest.
#include <gmock/gmock.h>

#include "suite_files.hpp"
#include "support/big_suite.hpp"

namespace bb::test {
namespace {

using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class LintTest : public SuiteFiles {
 protected:
  // What is said about a suite with these tests, after a sign-in that works.
  std::string lint(const std::string& tests, const std::string& head = "") {
    return lint_file(write("s.yaml", "format: bluebridge-suite/1\nsuite: s\nversion: \"1.0.0\"\n" + head +
                                         "inputs:\n  patient: {type: person, default: alice}\n"
                                         "roles:\n  portal: {needs: [session, view, download, probe, transmit]}\n"
                                         "tests:\n  sign_in:\n    title: The patient signs in\n    steps:\n"
                                         "      - {do: portal.sign_in, as: $patient, expect: [result: ok]}\n" +
                                         tests));
  }
  static std::string test(const std::string& name, const std::string& rest) {
    return "  " + name + ":\n    title: The test called " + name + "\n" + rest;
  }
  static std::string step(const std::string& content) { return "    steps: [{" + content + "}]\n"; }
  const std::string ok = "expect: [result: ok]";
};

TEST_F(LintTest, OurOwnSuitesAreCleanEvenWhenStrict) {
  for (const auto& entry :
       std::filesystem::directory_iterator(std::filesystem::path(BB_SOURCE_DIR) / "conformance/suites"))
    EXPECT_EQ(lint_file(entry.path(), true), "") << entry.path();
}

TEST_F(LintTest, ABigSuiteIsClean) { EXPECT_EQ(lint_file(write("b.yaml", big_suite(20)), true), ""); }

TEST_F(LintTest, ReferencesToRunTargetOptionsAndEachAreKnown) {
  EXPECT_THAT(
      lint(test(
          "t",
          "    needs: sign_in\n" +
              step(
                  "do: portal.view, with: {kind: summary, from: $run.started}, expect: [{value: $target.profile.x}]"))),
      IsEmpty());
  EXPECT_THAT(lint(test("t", step("do: portal.view, with: {kind: summary, from: $run.start}, " + ok))),
              HasSubstr("the run has no 'start' [L01]"));
  EXPECT_THAT(lint(test("t", step("do: portal.view, with: {kind: summary, from: $run.callback}, " + ok))),
              HasSubstr("'$run.callback' is not available yet"));
  EXPECT_THAT(lint(test("t", step("do: portal.view, with: {kind: $each.kind}, " + ok))),
              HasSubstr("'each' of test 't' has no 'kind' [L01]"));
  EXPECT_THAT(lint(test("t", step("do: portal.view, with: {kind: $options.kind}, " + ok))),
              HasSubstr("the suite has no option 'kind' [L01]"));
}

TEST_F(LintTest, AReferenceInsideATextIsUnderlinedAlone) {
  EXPECT_THAT(lint(test("t", "    steps:\n      - attest: Is ${nobody.name} there?\n")),
              HasSubstr("      - attest: Is ${nobody.name} there?\n      |                    ^~~~~~~~~~~~~~ "));
}

TEST_F(LintTest, ABrokenReferenceIsNoText) {
  EXPECT_THAT(lint(test("t", step("do: portal.view, as: $patient name, with: {kind: summary}, " + ok))),
              HasSubstr("'patient name' is not a reference [L01]"));
  EXPECT_THAT(lint(test("t", "    steps:\n      - attest: Is ${patient there?\n")),
              HasSubstr("is not a reference [L01]"));
}

TEST_F(LintTest, JsonPathsAndPricesAreNoReferences) {
  EXPECT_THAT(lint(test("t",
                        "    steps:\n      - do: portal.list\n        expect:\n          - json: $.items\n            "
                        "contains: $5\n")),
              IsEmpty());
}

TEST_F(LintTest, SavedValuesAreReadAfterTheyAreSaved) {
  const auto two = [&](const std::string& first, const std::string& second) {
    return lint(test("t", "    steps:\n" + first + second));
  };
  const std::string saves = "      - {do: portal.list, expect: [result: ok], save: {all: body}}\n";
  const std::string reads = "      - check: [{json: $.items, of: $t.all}]\n";
  EXPECT_THAT(two(saves, reads), IsEmpty());
  EXPECT_THAT(two(reads, saves), HasSubstr("'all' is not there yet: step 'list' saves it at its end [L01]"));
  EXPECT_THAT(
      lint(test("t", "    steps: [{do: portal.list, expect: [{json: $.items, of: $t.all}], save: {all: body}}]\n")),
      HasSubstr("is not there yet"));
}

TEST_F(LintTest, AnInstanceIsNamedWhereThereAreSeveral) {
  const std::string downloads =
      "  d:\n    title: The file ${each.f}\n    each: {f: [ccda-2.1, pdf]}\n    needs: sign_in\n"
      "    steps: [{do: portal.download, with: {format: $each.f}, expect: [result: ok], save: {file: body}}]\n";
  const auto reading = [&](const std::string& reference) {
    return lint(downloads + test("t", "    needs: d\n    steps: [check: [{body: text, of: \"" + reference + "\"}]]\n"));
  };
  EXPECT_THAT(reading("$d[pdf].file"), IsEmpty());
  EXPECT_THAT(reading("$d.file"), HasSubstr("test 'd' has several instances, which one? [L01]"));
  EXPECT_THAT(reading("$d[pfd].file"), HasSubstr("test 'd' has no instance 'pfd' [L01]"));
  EXPECT_THAT(reading("$sign_in[x].file"), HasSubstr("test 'sign_in' has no instances [L01]"));
  EXPECT_THAT(reading("$d[pdf]"), HasSubstr("'d' is a test, expected what it saved [L01]"));
  EXPECT_THAT(lint(downloads + "  t:\n    title: The pair of ${each.f}\n    each: {f: [ccda-2.1, pdf]}\n    needs: d\n"
                               "    steps: [check: [{body: text, of: $d.file, contains: $each.f}]]\n"),
              IsEmpty());
}

TEST_F(LintTest, NeedsMayNameAnInstance) {
  const std::string downloads =
      "  d:\n    title: The file ${each.f}\n    each: {f: [ccda-2.1, pdf]}\n"
      "    steps: [{do: portal.download, with: {format: $each.f}, expect: [result: ok]}]\n";
  EXPECT_THAT(lint(downloads + test("t", "    needs: \"d[pdf]\"\n" + step("do: portal.list, " + ok))), IsEmpty());
  EXPECT_THAT(lint(downloads + test("t", "    needs: \"d[fdp]\"\n" + step("do: portal.list, " + ok))),
              HasSubstr("test 'd' has no instance 'fdp' [L14]"));
}

TEST_F(LintTest, NeedsReachThroughGroupsAndOtherTests) {
  EXPECT_THAT(lint("  g:\n    tests:\n      a:\n        title: The list is saved\n"
                   "        steps: [{do: portal.list, expect: [result: ok], save: {all: body}}]\n" +
                   test("b", "    needs: g\n" + step("do: portal.list, " + ok)) +
                   test("c", "    needs: b\n    steps: [check: [{json: $.items, of: $g.a.all}]]\n")),
              IsEmpty());
}

TEST_F(LintTest, ReferencesStandOnlyWhereTheyAreReplaced) {
  EXPECT_THAT(lint(test("t", "    hint: Ask ${patient.family_name}.\n" + step("do: portal.list, " + ok))),
              HasSubstr("references are not replaced in 'hint' [L01]"));
}

TEST_F(LintTest, ArgumentsAreCheckedAgainstTheSchemaOfTheVerb) {
  const auto listing = [&](const std::string& with) {
    return lint(test("t", step("do: portal.list, with: {" + with + "}, " + ok)));
  };
  EXPECT_THAT(listing("limit: 1"), IsEmpty());
  EXPECT_THAT(listing("limit: $target.profile.limit"), IsEmpty());
  EXPECT_THAT(listing("limit: 0"), HasSubstr("argument 'limit' of verb 'list'"));
  EXPECT_THAT(listing("limit: many"), HasSubstr("argument 'limit' of verb 'list'"));
  EXPECT_THAT(listing("kind: sumary"), HasSubstr("unknown kind 'sumary' [L03]"));
  EXPECT_THAT(listing("kind: x-own"), IsEmpty());
  EXPECT_THAT(lint(test("t", step("do: portal.download, " + ok))), HasSubstr("'format'"));
  EXPECT_THAT(lint(test("t", step("do: portal.view, with: {kind: summary, item: a}, " + ok))),
              HasSubstr("takes one of item, kind, got several [L03]"));
}

TEST_F(LintTest, ArgumentsOfProbesAreThoseOfTheRegistry) {
  const auto probing = [&](const std::string& with) {
    return lint(test("t", step("do: portal.probe, with: {" + with + "}, " + ok)));
  };
  EXPECT_THAT(probing("name: read-other-patient, patient: bruno"), IsEmpty());
  EXPECT_THAT(probing("name: read-other-patient"), HasSubstr("probe 'read-other-patient'"));
  EXPECT_THAT(probing("name: read-over-http, pateint: bruno"), HasSubstr("unknown member 'pateint'"));
  EXPECT_THAT(probing("name: x-own, anything: 1"), IsEmpty());
  EXPECT_THAT(probing("patient: bruno"), HasSubstr("verb 'probe'"));
}

TEST_F(LintTest, TrackGoesWithShareAndWithTransmit) {
  EXPECT_THAT(lint(test("t", step("do: portal.track, with: {message_id: m}, " + ok))), IsEmpty());
}

TEST_F(LintTest, ThereAreRulesForWhatHasToBeValid) {
  const auto claiming = [&](const std::string& kind) {
    return lint(test("t", step("do: portal.view, with: {kind: summary}, expect: [result: ok, valid: " + kind + "]")));
  };
  EXPECT_THAT(claiming("ccda/ccd-2.1"), IsEmpty());
  EXPECT_THAT(claiming("ccda/cdc-2.1"), AllOf(HasSubstr("there are no rules for 'ccda/cdc-2.1' [L15]"),
                                              HasSubstr("did you mean 'ccda/ccd-2.1'?")));
  EXPECT_THAT(claiming("docx"), HasSubstr("kinds of documents: "));
}

TEST_F(LintTest, ThereAreRulesForTheRequirementThatADocumentIsJudgedBy) {
  const auto claiming = [&](const std::string& by) {
    return lint(test(
        "t", step("do: portal.view, with: {kind: summary}, expect: [result: ok, {valid: ccda, verifies: [], by: " + by +
                  "}]")));
  };
  EXPECT_THAT(claiming("R-1"), Not(HasSubstr("[L15]")));
  EXPECT_THAT(claiming("R-2, level: SHOULD"), Not(HasSubstr("[L15]")));
  EXPECT_THAT(claiming("R-2"), AllOf(HasSubstr("the rules for 'ccda' that judge 'R-2' are of level SHOULD: a claim of "
                                               "level SHALL would always hold [L15]"),
                                     HasSubstr("write 'level: SHOULD'")));
  EXPECT_THAT(claiming("R-3"), HasSubstr("no rule for 'ccda' judges 'R-3' [L15]"));
}

TEST_F(LintTest, WhatIsSavedMustBeGiven) {
  EXPECT_THAT(lint(test("t", step("do: portal.list, " + ok + ", save: {r: receipts}"))),
              HasSubstr("'list' gives no 'receipts' [L03]"));
}

TEST_F(LintTest, ANegativeTestNeedsItsPositiveTwin) {
  const auto negative = [&](const std::string& expect, const std::string& needs = "") {
    return lint(test("t", needs + "    steps: [{do: portal.list, expect: [" + expect + "]}]\n"));
  };
  for (const auto* expect :
       {"result: refused", "{result: [ok, refused]}", "status: 403", "{status: [200, 404]}", "{status: true, min: 400}",
        "result: not_found, body: text", "{result: ok, level: SHOULD}"}) {
    EXPECT_THAT(negative(expect), HasSubstr("would pass on a dead system")) << expect;
    EXPECT_THAT(negative(expect, "    needs: sign_in\n"), Not(HasSubstr("[L10]"))) << expect;
  }
  for (const auto* expect :
       {"result: ok", "status: 200", "{status: [200, 204]}", "body: text", "{json: $.items, count: 0}"})
    EXPECT_THAT(negative(expect), Not(HasSubstr("[L10]"))) << expect;
}

TEST_F(LintTest, ANegativeTestIsToldWhyItIsOne) {
  const auto negative = [&](const std::string& expect) {
    return lint(test("t", step("do: portal.view, with: {kind: summary}, expect: [" + expect + "]")));
  };
  for (const auto* weak : {"{result: ok, level: SHOULD}", "{status: 200, level: MAY}"})
    EXPECT_THAT(negative(weak), AllOf(HasSubstr("that 'portal' answers is claimed below SHALL only [L10]"),
                                      HasSubstr("take 'level' from the claim, or let it need a test")))
        << weak;
  for (const auto* indulgent : {"result: [ok, refused]", "status: [200, 404]", "status: true"})
    EXPECT_THAT(negative(indulgent), HasSubstr("a refusal of 'portal' is enough for it [L10]")) << indulgent;
  for (const auto* refusing : {"result: refused", "status: [401, 403]"})
    EXPECT_THAT(negative(refusing), HasSubstr("it only expects 'portal' to refuse [L10]")) << refusing;
}

TEST_F(LintTest, ThePositiveTwinSpeaksToTheSameRole) {
  const std::string text = lint_file(write(
      "s.yaml",
      "format: bluebridge-suite/1\nsuite: s\nversion: \"1.0.0\"\n"
      "roles:\n  portal: {needs: [session, view]}\n  other: {needs: [session, view]}\n"
      "tests:\n  sign_in:\n    title: The other system answers\n    steps: [{do: other.list, expect: [result: ok]}]\n"
      "  t:\n    title: The portal refuses a stranger\n    needs: sign_in\n    steps: [{do: portal.list, expect: "
      "[result: refused]}]\n"));
  EXPECT_THAT(text, HasSubstr("it only expects 'portal' to refuse [L10]"));
}

TEST_F(LintTest, TitlesAreSentencesAndNameTheirInstance) {
  const auto titled = [&](const std::string& title, const std::string& each = "") {
    return lint("  t:\n    title: " + title + "\n" + each + "    steps: [{do: portal.list, with: {kind: " +
                (each.empty() ? "visit" : "$each.k") + "}, " + ok + "}]\n");
  };
  EXPECT_THAT(titled("The list is there"), IsEmpty());
  EXPECT_THAT(titled("List"), HasSubstr("is no sentence: 'List' [L08]"));
  EXPECT_THAT(titled("the list is there"), HasSubstr("is no sentence"));
  EXPECT_THAT(titled("The list is there", "    each: {k: [summary, visit]}\n"), HasSubstr("share one title [L08]"));
  EXPECT_THAT(titled("The list of ${each.k}", "    each: {k: [summary, visit]}\n"), IsEmpty());
}

TEST_F(LintTest, FaultsOfOtherTestsNeedThem) {
  const std::string view = test("view", "    needs: sign_in\n" + step("do: portal.list, " + ok));
  const auto catching = [&](const std::string& needs, const std::string& in) {
    return lint(view +
                test("t", needs + step("do: portal.list, " + ok) + "    catches: [{in: " + in + ", drop: body}]\n"));
  };
  EXPECT_THAT(catching("    needs: view\n", "view.list"), IsEmpty());
  EXPECT_THAT(catching("    needs: view\n", "list"), IsEmpty());
  EXPECT_THAT(catching("", "view.list"), HasSubstr("test 't' does not need 'view': its claims cannot notice [L12]"));
  EXPECT_THAT(catching("    needs: view\n", "veiw.list"), HasSubstr("no test is called 'veiw' [L12]"));
  EXPECT_THAT(catching("    needs: view\n", "view.lits"),
              HasSubstr("test 'view' records nothing in a step 'lits' [L12]"));
  EXPECT_THAT(catching("    needs: view\n", "\"view[x].list\""), HasSubstr("test 'view' has no instance 'x' [L12]"));
}

TEST_F(LintTest, ReferencesOfFaultsMeanSomething) {
  const auto catching = [&](const std::string& fault) {
    return lint(test(
        "t", step("do: portal.list, " + ok + ", save: {all: body}") + "    catches: [{in: list, " + fault + "}]\n"));
  };
  EXPECT_THAT(catching("set: body, to: $t.all"), IsEmpty());
  EXPECT_THAT(catching("drop: {json: \"$.a[?@.b == '${patient.id}']\"}"), Not(HasSubstr("[L01]")));
  EXPECT_THAT(catching("set: body, to: $nobody.name"), HasSubstr("nothing here is called 'nobody'"));
  EXPECT_THAT(catching("drop: {json: \"$.a[?@.b == '${nobody.id}']\"}"), HasSubstr("nothing here is called 'nobody'"));
}

TEST_F(LintTest, SwapTakesPeople) {
  const auto swapping = [&](const std::string& who) {
    return lint(test("t", step("do: portal.list, " + ok) + "    catches: [{in: list, swap: " + who + "}]\n"));
  };
  EXPECT_THAT(swapping("patient"), IsEmpty());
  EXPECT_THAT(swapping("patent"), HasSubstr("the suite has no input 'patent' [L12]"));
}

TEST_F(LintTest, NamesThatHideEachOtherAreRefused) {
  EXPECT_THAT(
      lint("  patient:\n    title: The list is saved\n" + step("do: portal.list, " + ok + ", save: {all: body}")),
      HasSubstr("what 'patient' saves cannot be read [L12]"));
  EXPECT_THAT(lint("  run:\n    title: The list is saved\n" + step("do: portal.list, " + ok + ", save: {all: body}")),
              HasSubstr("what 'run' saves cannot be read [L12]"));
  EXPECT_THAT(lint("  patient:\n    title: The list is there\n" + step("do: portal.list, " + ok)), IsEmpty());
}

TEST_F(LintTest, ALongChainOfNeedsIsFollowed) {
  std::string tests = test("t0", step("do: portal.list, " + ok));
  for (int i = 1; i < 3000; ++i)
    tests +=
        test("t" + std::to_string(i), "    needs: t" + std::to_string(i - 1) + "\n" + step("do: portal.list, " + ok));
  EXPECT_THAT(lint(tests), IsEmpty());
}

TEST_F(LintTest, EveryCircleOfNeedsIsShownAndHidesNothing) {
  const auto needing = [&](const std::string& name, const std::string& needs, const std::string& more = "") {
    return test(name, "    needs: " + needs + "\n" + step("do: portal.list, " + ok + more));
  };
  const std::string text =
      lint(needing("a", "b", ", save: {all: body}") + needing("b", "a") + needing("c", "c") + needing("d", "nothing") +
           test("e", "    needs: b\n    steps: [check: [{json: $.items, of: $a.all}]]\n"));
  EXPECT_THAT(text, HasSubstr("tests need each other in a circle: a -> b -> a [L14]"));
  EXPECT_THAT(text, HasSubstr("tests need each other in a circle: c -> c [L14]"));
  EXPECT_THAT(text, HasSubstr("no test or group is called 'nothing' [L14]"));
  EXPECT_THAT(text, Not(HasSubstr("[L01]")));
}

TEST_F(LintTest, AKnotOfCirclesIsShownByTheShortestThroughItsFirstTest) {
  const auto needing = [&](const std::string& name, const std::string& needs) {
    return test(name, "    needs: " + needs + "\n" + step("do: portal.list, " + ok));
  };
  const std::string text = lint(needing("a", "b") + needing("b", "c") + needing("c", "[b, a]"));
  EXPECT_THAT(text, HasSubstr("in a circle: a -> b -> c -> a [L14]"));
  EXPECT_THAT(text, Not(HasSubstr("b -> c -> b")));
}

TEST_F(LintTest, OfTooManyMistakesTheFirstAreShownWithTheirNotes) {
  std::string tests;
  for (int i = 1; i <= 150; ++i)
    tests += test("t" + std::to_string(i), "    needs: sign_on\n" + step("do: portal.list, " + ok));
  const std::string text = lint(tests);
  const auto count = [&](const std::string& part) {
    return (text.size() - replace_all(text, part, "").size()) / part.size();
  };
  EXPECT_EQ(count("no test or group is called 'sign_on'"), 100u);
  EXPECT_EQ(count("did you mean 'sign_in'?"), 100u);
  EXPECT_THAT(text, HasSubstr("\n 50 more of the like are not shown\n"));
}

TEST_F(LintTest, AMistakeOfShapeHidesNoMistakeOfMeaning) {
  const std::string text = lint(
      "  a:\n    titel: The list is there\n" + step("do: portal.list, " + ok) +
      test("b",
           "    steps:\n      - do: portal.lits\n        timeout: soon\n        expect: [{jsn: $.a, level: MAYBE}, "
           "{json: '$.a[', of: $nobody.saved}]\n") +
      test("c", "    steps: just text\n    catches: [{defect: nonsense}, {in: x}]\n") +
      test("d",
           "    needs: nothing\n    steps:\n      - portal.list\n      - {wait: portal, expect: [{body: pages}]}\n"));
  for (const auto* part :
       {"unknown key 'titel' in a test", "unknown verb 'lits'", "'timeout' takes a duration", "unknown key 'jsn'",
        "'level' takes one word", "not a JSONPath", "nothing here is called 'nobody'", "'steps' takes a list of steps",
        "no defect 'nonsense'", "a fault lacks what it does", "no test or group is called 'nothing'",
        "a step is a map, got the text 'portal.list'", "'wait' takes a role and what it does", "'body' takes one word"})
    EXPECT_THAT(text, HasSubstr(part));
}

TEST_F(LintTest, AllInstancesTogetherAreAtMostTenThousand) {
  std::string values = "[a0";
  for (int i = 1; i < 100; ++i) values += ", a" + std::to_string(i);
  values += "]";
  const auto each = [&](const std::string& keys) {
    return "    each: {" + keys + "}\n" + step("do: portal.list, with: {kind: $each.a}, " + ok);
  };
  const std::string most = test("t", each("a: " + values + ", b: " + values));
  EXPECT_THAT(lint(most), Not(HasSubstr("[L04]")));
  const std::string too_many =
      "with the instances of test 'u' there are more than 10000, and a run takes no more [L04]";
  EXPECT_THAT(lint(most + test("u", each("a: [a]"))), HasSubstr(too_many));
  std::string keys = "a: " + values;
  for (const char key : std::string("bcdefghijklm")) keys += std::string(", ") + key + ": " + values;
  EXPECT_THAT(lint(test("u", each(keys))), HasSubstr(too_many));
}

TEST_F(LintTest, WhatDependsOnAMistakeOfShapeIsNotReported) {
  const std::string needing = "    steps: [check: [{json: $.items, of: $a.all}]]\n";
  const std::string saves = step("do: portal.list, " + ok + ", save: {all: body}");
  for (const auto& tests :
       {// Tests that cannot be read are there all the same.
        "  a: 12\n" + test("t", "    needs: a\n" + needing),
        // What misspelt keys would have said.
        test("a", step("do: portal.list, " + ok + ", saves: {all: body}")) + test("t", "    needs: a\n" + needing),
        test("a", saves) + test("t", "    need: a\n" + needing),
        test("a", saves) + test("t", "    needs: 7\n" + needing),
        test("a", "    step: [{do: portal.list, save: {all: body}}]\n") + test("t", "    needs: a\n" + needing),
        test("a", step("do: portal.view, wiht: {kind: summary}, " + ok)),
        // What is refused is known to live by a need that cannot be read.
        test("t", "    needs: [1]\n" + step("do: portal.list, expect: [result: refused]")),
        test("t", step("do: portal.list, expect: [{result: fine}]")),
        test("t", "    each: {kind: summary}\n" + step("do: portal.list, with: {kind: $each.kind}, " + ok))}) {
    const std::string text = lint(tests);
    EXPECT_THAT(text, HasSubstr("error: "));
    EXPECT_THAT(text, Not(HasSubstr(" [L"))) << tests;
    EXPECT_EQ(text.find("error: "), text.rfind("error: ")) << text;
  }
}

TEST_F(LintTest, WhatDependsOnARoleOrAnInputThatCannotBeReadIsNotReported) {
  const std::string tests =
      "tests:\n  t:\n    title: The list is there\n    when: {supports: portal.probe, way: rest}\n"
      "    verifies: R-1\n    steps: [{do: portal.view, as: $patient, with: {kind: $options.way}, expect: [result: "
      "ok]}]\n";
  const std::string good_roles = "roles:\n  portal: {needs: [view], wants: [probe]}\n";
  const std::string good_inputs = "inputs:\n  patient: {type: person}\n";
  const std::string good_options = "options:\n  way: {choices: [rest]}\n";
  const std::string good_rows = "requirements:\n  R-1: {level: SHOULD, text: One.}\n";
  const auto lint_all = [&](const std::string& roles, const std::string& inputs, const std::string& options,
                            const std::string& rows) {
    return lint_file(write("s.yaml", "format: bluebridge-suite/1\nsuite: s\nversion: \"1.0.0\"\n" + rows + inputs +
                                         options + roles + tests));
  };
  EXPECT_EQ(lint_all(good_roles, good_inputs, good_options, good_rows), "");
  for (const auto& text : {lint_all("roles: portal\n", good_inputs, good_options, good_rows),
                           lint_all("roles:\n  portal: view\n", good_inputs, good_options, good_rows),
                           lint_all("roles:\n  portal: {need: [view]}\n", good_inputs, good_options, good_rows),
                           lint_all(good_roles, "inputs: patient\n", good_options, good_rows),
                           lint_all(good_roles, "inputs:\n  patient: person\n", good_options, good_rows),
                           lint_all(good_roles, "input:\n  patient: {type: person}\n", good_options, good_rows),
                           lint_all(good_roles, good_inputs, "options: [way]\n", good_rows),
                           lint_all(good_roles, good_inputs, "options:\n  way: rest\n", good_rows),
                           lint_all(good_roles, good_inputs, good_options, "requirements: missing.yaml\n"),
                           lint_all(good_roles, good_inputs, good_options, "requirements:\n  R-1: One.\n")}) {
    EXPECT_THAT(text, HasSubstr("error: "));
    EXPECT_THAT(text, Not(HasSubstr(" [L"))) << text;
    EXPECT_EQ(text.find("error: "), text.rfind("error: ")) << text;
  }
}

TEST_F(LintTest, RegularExpressionsAreChecked) {
  const auto matching = [&](const std::string& pattern) {
    return lint(test(
        "t", "    steps:\n      - do: portal.list\n        expect:\n          - body: raw\n            matches: '" +
                 pattern + "'\n"));
  };
  EXPECT_THAT(matching("^a+$"), IsEmpty());
  EXPECT_THAT(matching("(a"), HasSubstr("not a regular expression"));
  EXPECT_THAT(matching("^${run.id}$"), IsEmpty());
  EXPECT_THAT(matching("$run.id"), IsEmpty());
  EXPECT_THAT(matching("(${run.id}"), HasSubstr("not a regular expression"));
}

TEST_F(LintTest, WhatNotDeniesIsJudgedToo) {
  const auto denying = [&](const std::string& operand) {
    return lint(
        test("t", "    steps:\n      - do: portal.list\n        expect:\n          - body: text\n            not: " +
                      operand + "\n"));
  };
  EXPECT_THAT(denying("{matches: ^a+$}"), IsEmpty());
  EXPECT_THAT(denying("{matches: (a}"),
              HasSubstr("            not: {matches: (a}\n      |                            ^~\n"));
  EXPECT_THAT(denying("{matches: (a}"), HasSubstr("not a regular expression"));
  EXPECT_THAT(denying("{contains: $nobody.name}"), HasSubstr("[L01]"));
}

TEST_F(LintTest, PartsOfMailsAreKnown) {
  const auto looking = [&](const std::string& part) {
    return lint(test("t", "    steps:\n      - do: portal.list\n        expect:\n          - mime: " + part + "\n"));
  };
  for (const auto* part : {"attachment", "attachment:text/html", "attachment.filename", "subject", "header:Message-ID"})
    EXPECT_THAT(looking(part), IsEmpty()) << part;
  for (const auto* part : {"attachments", "\"header:\""})
    EXPECT_THAT(looking(part), HasSubstr("a mail has no part '")) << part;
  EXPECT_THAT(looking("attachment:html"), HasSubstr("not a media type: 'html'"));
}

TEST_F(LintTest, WhatATestVerifiesCanFail) {
  const auto claiming = [&](const std::string& level, const std::string& claims, const std::string& verifies = "R-1") {
    return lint(
        test("t", "    needs: sign_in\n    verifies: " + verifies + "\n    steps: [{do: portal.list, expect: [" +
                      claims + "]}]\n    catches: [{in: list, drop: body}]\n"),
        "requirements:\n  R-1: {level: " + level + ", text: One.}\n  R-2: {level: MAY, text: Two., untested: No.}\n");
  };
  const std::string shall = "{json: $.items}", should = "{json: $.items, level: SHOULD}",
                    may = "{body: text, level: MAY}";
  for (const auto* level : {"SHALL", "SHALL NOT"}) {
    EXPECT_THAT(
        claiming(level, may + ", " + should),
        HasSubstr("test 't' verifies 'R-1', a SHALL, and claims no more for it than SHOULD: it would pass "
                  "whatever came [L16]\n   19 |     verifies: R-1\n      |               ^~~ at least one claim for "
                  "it has the level SHALL; without 'level' a claim has that of the requirement"));
    EXPECT_THAT(claiming(level, may), HasSubstr("claims no more for it than MAY"));
    EXPECT_THAT(claiming(level, may + ", " + shall), IsEmpty());
  }
  for (const auto* level : {"SHOULD", "SHOULD NOT"}) {
    EXPECT_THAT(claiming(level, may), HasSubstr("verifies 'R-1', a SHOULD, and claims no more for it than MAY"));
    EXPECT_THAT(claiming(level, may + ", " + should), IsEmpty());
  }
  EXPECT_THAT(claiming("MAY", may), IsEmpty());
}

TEST_F(LintTest, AClaimThatVerifiesCanFailToo) {
  const auto citing = [&](const std::string& claims) {
    return lint(test("t", "    verifies: R-1\n    steps: [{do: portal.list, expect: [" + claims +
                              "]}]\n    catches: [{in: list, drop: body}]\n"),
                "requirements:\n  R-1: {level: SHALL, text: One.}\n  R-2: {level: SHALL, text: Two.}\n");
  };
  EXPECT_THAT(citing("result: ok, {json: $.items, verifies: R-2}"), IsEmpty());
  EXPECT_THAT(citing("result: ok, {json: $.items, verifies: R-2, level: MAY}"),
              HasSubstr("test 't' verifies 'R-2', a SHALL, and claims no more for it than MAY"));
  EXPECT_THAT(citing("{json: $.items, verifies: R-2}"),
              HasSubstr("test 't' verifies 'R-1', and every claim of it speaks for other requirements [L16]"));
}

TEST_F(LintTest, AnAnswerOfAPersonCanBeNo) {
  EXPECT_THAT(
      lint(test("t",
                "    verifies: R-1\n    steps:\n      - {do: portal.list, expect: [{json: $.items, level: MAY}]}\n"
                "      - attest: It is so.\n    catches: [{in: list, drop: body}]\n"),
           "requirements:\n  R-1: {level: SHALL, text: One.}\n"),
      IsEmpty());
}

TEST_F(LintTest, DatesOfARangeAreDatesInOrder) {
  const auto listing = [&](const std::string& with) {
    return lint(test("t", step("do: portal.list, with: {" + with + "}, " + ok)));
  };
  for (const auto* good : {"from: 2024-01-01", "from: 2024-01-01, until: 2024-01-01", "until: 2024-01-01T10:00:00Z",
                           "from: $run.started, until: 2024-01-01"})
    EXPECT_THAT(listing(good), IsEmpty()) << good;
  EXPECT_THAT(
      listing("from: not-a-date"),
      HasSubstr("'from' takes a day or a time, got 'not-a-date' [L03]\n   15 |     steps: [{do: portal.list, with: "
                "{from: not-a-date}, expect: [result: ok]}]\n      |                                            "
                "^~~~~~~~~~ for example \"2026-11-21\""));
  EXPECT_THAT(listing("until: 2024-02-30"), HasSubstr("'until' takes a day or a time, got '2024-02-30' [L03]"));
  EXPECT_THAT(listing("from: 2024-01-02, until: 2024-01-01"),
              HasSubstr("'until' 2024-01-01 comes before 'from' 2024-01-02: nothing lies between them [L03]"));
  EXPECT_THAT(lint(test("t", step("do: portal.probe, with: {name: x-own, from: home}, " + ok))), IsEmpty());
}

// Slips of the pen, each with what to write.
TEST_F(LintTest, AnEventIsWaitedForAndAVerbIsDone) {
  const auto of_inbox = [&](const std::string& content) {
    return lint_file(
        write("i.yaml",
              "format: bluebridge-suite/1\nsuite: s\nversion: \"1.0.0\"\nroles: {inbox: {needs: [inbox]}}\n"
              "tests:\n" +
                  test("t", step(content + ", expect: [result: ok]"))));
  };
  EXPECT_THAT(of_inbox("do: inbox.message"), HasSubstr("'message' is an event: write 'wait: inbox.message'"));
  EXPECT_THAT(of_inbox("wait: inbox.receive"), HasSubstr("'receive' is a verb: write 'do: inbox.receive'"));
  // Which message it takes.
  const auto of_wait = [&](const std::string& with) { return of_inbox("wait: inbox.message, with: {" + with + "}"); };
  EXPECT_THAT(of_wait("subject: A, from: a@b.example, in_reply_to: <1@b.example>"), IsEmpty());
  EXPECT_THAT(of_wait("subject: {matches: \"^A [0-9]+$\"}"), IsEmpty());
  EXPECT_THAT(of_wait("subject: {matches: \"(\"}"), HasSubstr("not a regular expression"));
  EXPECT_THAT(of_wait("subject: {contains: A}"), HasSubstr("'contains'"));
  EXPECT_THAT(of_wait("subject: {}"), HasSubstr("'matches'"));
  EXPECT_THAT(of_wait("subject: 12"), HasSubstr("argument 'subject' of event 'inbox.message'"));
  EXPECT_THAT(of_wait("sender: a@b.example"), HasSubstr("'sender'"));
}

TEST_F(LintTest, ACapabilityIsNamedByItsWordAndNeededByARole) {
  EXPECT_THAT(
      lint(test("t", "    needs: [bb.download/1]\n" + step("do: portal.list, " + ok))),
      HasSubstr("'needs' of a test names tests; capability 'download' stands in 'needs' of a role, or in a test "
                "as 'when: {supports: ROLE.download}'"));
  EXPECT_THAT(lint(test("t", "    needs: sing_in\n" + step("do: portal.list, " + ok))),
              HasSubstr("did you mean 'sign_in'?"));
  for (const auto* interface : {"bb.view/1", "BB_VIEW", "viw"})
    EXPECT_THAT(lint_file(write("r.yaml", replace_all(good_suite(), "needs: [session, view",
                                                      "needs: [session, " + std::string(interface)))),
                AllOf(HasSubstr("unknown capability '" + std::string(interface) + "' of role 'portal' [L03]"),
                      HasSubstr("did you mean 'view'?")));
}

TEST_F(LintTest, ACatalogueIsAFile) {
  EXPECT_THAT(lint("", "requirements: .\n"),
              AllOf(HasSubstr("requirements file '.' is a folder"), HasSubstr("name a catalogue in it")));
}

TEST_F(LintTest, AReferenceBeginsWithItsSign) {
  const auto with = [&](const std::string& content) {
    return lint(test("t", "    needs: sign_in\n    steps: [{do: portal.list, save: {all: body}, " + content +
                              "}, {check: "
                              "[{body: text, of: $t.all, contains: x}]}]\n"));
  };
  for (const auto* name : {"run.started", "patient.birth_date", "target.title", "t.all"}) {
    EXPECT_THAT(
        with("expect: [{json: $.a, is: " + std::string(name) + "}]"),
        AllOf(HasSubstr("warning: '" + std::string(name) + "' is a text here, and also the name of a value [L01]"),
              HasSubstr("did you mean '$" + std::string(name) + "'?")))
        << name;
    EXPECT_THAT(with("expect: [{value: " + std::string(name) + "}]"),
                AllOf(HasSubstr("'value' takes a reference"), HasSubstr("did you mean '$" + std::string(name) + "'?"),
                      Not(HasSubstr("[L01]"))))
        << name;
  }
  EXPECT_THAT(with("with: {from: run.started}, expect: [result: ok]"), HasSubstr("did you mean '$run.started'?"));
  for (const auto* text : {"run.away", "portal.list", "a.b", "patient", "Fine. run.started"})
    EXPECT_THAT(with("expect: [{json: $.a, is: " + std::string(text) + "}]"), IsEmpty()) << text;
}

TEST_F(LintTest, ADurationHasItsUnit) {
  EXPECT_THAT(lint(test("t", step("do: portal.list, timeout: 30, " + ok))),
              HasSubstr("it lacks its unit, '30s' for seconds; a whole number and ms, s, m, h or d"));
  EXPECT_THAT(lint(test("t", step("do: portal.list, timeout: 0, " + ok))), Not(HasSubstr("lacks its unit")));
}

// A step that lists and then claims this.
class SenseTest : public LintTest {
 protected:
  std::string claiming(const std::string& claims) {
    return lint(test("t", "    needs: sign_in\n    steps: [{do: portal.list, expect: [" + claims + "]}]\n"));
  }
};

TEST_F(SenseTest, NamesOfFieldsAndMediaTypesAreWellFormed) {
  for (const auto* good : {"{header: cache-control, is: a}", "{header: X_1.a}", "media_type: text/html",
                           "media_type: [text/html, application/fhir+json]", "media_type: text/html; charset=utf-8",
                           "{media_type: true, in: [text/html]}", "{mime: header:X-Note}"})
    EXPECT_THAT(claiming(good), IsEmpty()) << good;
  for (const auto* bad :
       {"{header: 'cache-control:'}", "{header: 'cache control'}", "{header: Zo\u00eb}", "{mime: 'header:X Note'}"})
    EXPECT_THAT(claiming(bad), HasSubstr("not the name of a header field: '")) << bad;
  for (const auto* bad :
       {"media_type: nonsense", "media_type: [text/html, /html]", "media_type: text/", "media_type: 'text /html'",
        "{media_type: true, not: nonsense}", "{media_type: true, in: [text/html, nonsense]}"})
    EXPECT_THAT(claiming(bad), HasSubstr("not a media type: '")) << bad;
}

TEST_F(SenseTest, LimitsAreWhatTheyLimit) {
  EXPECT_THAT(claiming("{time: total, max: 500}"),
              AllOf(HasSubstr("warning: 'max' has no unit: 500 are milliseconds [L17]"),
                    HasSubstr("write '500ms', or '500s' for seconds")));
  for (const auto* good :
       {"{time: total, max: 5s}", "{time: first_byte, min: 1ms, max: 1s}", "{body: size, min: 5, max: 5}",
        "{json: $.a, min: \"2024-01-01\", max: \"20240102\"}", "{json: $.a, max: $run.started}"})
    EXPECT_THAT(claiming(good), IsEmpty()) << good;
  EXPECT_THAT(claiming("{time: total, max: soon}"), HasSubstr("'max' takes a duration, got 'soon' [L17]"));
  EXPECT_THAT(claiming("{time: total, max: 1.5}"), HasSubstr("'max' takes a duration, got '1.5' [L17]"));
  for (const auto* bad : {"min: .nan", "max: .nan", "is: .nan", "in: [1, .nan]", "not: .nan", "not: {in: [.NaN]}"})
    EXPECT_THAT(claiming("{json: $.a, " + std::string(bad) + "}"),
                HasSubstr("is compared with '.nan', which nothing is equal to, above or below [L17]"))
        << bad;
  EXPECT_THAT(claiming("{time: total, max: .nan}"), HasSubstr("'max' is compared with '.nan'"));
  EXPECT_THAT(claiming("{json: $.a, max: .inf}"), IsEmpty());
  EXPECT_THAT(claiming("{json: $.a, min: few}"),
              HasSubstr("'min' takes a number, a duration or a time, got 'few' [L17]"));
  for (const auto* bad : {"{body: size, min: 6, max: 5}", "{time: total, min: 2s, max: 1s}",
                          "{json: $.a, min: 1h, max: 59m}", "{json: $.a, min: \"2024-01-02\", max: \"2024-01-01\"}"})
    EXPECT_THAT(claiming(bad), HasSubstr("the claim never holds [L17]")) << bad;
  EXPECT_THAT(claiming("{json: $.a, min: 5s, max: 7}"), HasSubstr("'min' 5s and 'max' 7 cannot be compared [L17]"));
}

TEST_F(SenseTest, AClaimOverNothingSaysNothingElse) {
  for (const auto* good :
       {"{json: $.a, exists: false}", "{json: $.a, count: 0}", "{json: $.a, exists: false, count: 0}",
        "{json: $.a, exists: true, is: 5}", "{json: $.a, count: 1, is: 5}"})
    EXPECT_THAT(claiming(good), IsEmpty()) << good;
  EXPECT_THAT(
      claiming("{json: $.a, is: 5, exists: false}"),
      HasSubstr("'exists: false' says that nothing is there, and of nothing no 'is' holds: the claim never holds "
                "[L17]"));
  for (const auto* bad : {"{json: $.a, not: 5, count: 0}", "{json: $.a, exists: false, count: 2}",
                          "{json: $.a, exists: true, count: 0}", "{json: $.a, exists: false, not: {contains: a}}"})
    EXPECT_THAT(claiming(bad), HasSubstr("the claim never holds [L17]")) << bad;
}

TEST_F(SenseTest, AnOperandOfNothingIsRefused) {
  for (const auto* bad : {"contains: \"\"", "contains: [a, \" \"]", "is: \"\"", "not: \"\"", "in: [\"\"]",
                          "not: {contains: \"\"}", "not: {in: [a, \"\"]}"})
    EXPECT_THAT(claiming("{body: text, " + std::string(bad) + "}"),
                HasSubstr("nothing to look for: the claim never holds [L17]"))
        << bad;
  const auto note = [&](const std::string& matcher) { return claiming("{body: text, " + matcher + "}"); };
  EXPECT_THAT(note("is: \"\""), HasSubstr("to claim that nothing is there write 'exists: false'"));
  EXPECT_THAT(note("not: \"\""), AllOf(HasSubstr("to claim that a text is not empty write \"matches: '\\S'\""),
                                       Not(HasSubstr("exists: false"))));
  EXPECT_THAT(note("not: {contains: \"\"}"), HasSubstr("write what must not be there"));
  EXPECT_THAT(note("contains: \"\""), HasSubstr("write what must be there"));
  EXPECT_THAT(claiming("{body: text, contains: \"0\"}"), IsEmpty());
}

TEST_F(SenseTest, AResultCanBeRight) {
  EXPECT_THAT(claiming("result: [ok, refused, not_found, unsupported, malformed, untrusted, timeout, unavailable]"),
              HasSubstr("every result a call can end with is listed: the claim cannot fail [L17]"));
  EXPECT_THAT(claiming("result: [ok, refused, not_found, unsupported, malformed, untrusted, timeout]"), IsEmpty());
  EXPECT_THAT(claiming("result: [pending, invalid]"),
              HasSubstr("a call that ends with 'pending' is not judged: the claim never holds [L17]"));
  EXPECT_THAT(claiming("result: [ok, pending]"), IsEmpty());
  EXPECT_THAT(claiming("result: ok, result: refused"), Not(IsEmpty()));
  EXPECT_THAT(claiming("{result: ok}, {result: refused}"),
              HasSubstr("another claim of this step has a different 'result': both never hold [L17]"));
  EXPECT_THAT(claiming("{status: 200}, {status: [201, 204]}"), HasSubstr("a different 'status'"));
  EXPECT_THAT(claiming("{result: [ok, refused]}, {result: ok, level: SHOULD}, {status: [200, 204]}, {status: 200}"),
              IsEmpty());
}

TEST_F(SenseTest, MatchersThatExcludeEachOtherAreRefused) {
  for (const auto* bad :
       {"is: a, not: a", "is: a, in: [b, c]", "is: 1, not: [1, 2]", "in: [a, b], not: {in: [b, a, c]}",
        "contains: [a, b], not: {contains: b}", "is: a, not: {is: a}"})
    EXPECT_THAT(claiming("{json: $.a, " + std::string(bad) + "}"),
                HasSubstr("exclude each other: the claim never holds [L17]"))
        << bad;
  for (const auto* good :
       {"is: a, not: b", "is: a, in: [a, c]", "in: [a, b], not: a", "contains: ab, not: {contains: abc}"})
    EXPECT_THAT(claiming("{json: $.a, " + std::string(good) + "}"), IsEmpty()) << good;
}

TEST_F(SenseTest, APatternIsNotFoundEverywhere) {
  for (const auto* bad : {".*", "a*", "^", "$", "x?", "(?s)^.*$", "(.|\\n)*", "a|", "(?:${run.id})?"})
    EXPECT_THAT(claiming("{body: text, matches: '" + std::string(bad) + "'}"),
                HasSubstr("is found in every text: the claim only says that something is there [L17]"))
        << bad;
  EXPECT_THAT(claiming("{body: text, not: {matches: a*}}"),
              HasSubstr("is found in every text: the claim never holds [L17]"));
  for (const auto* good : {".", "a+", "^$", "^a*$", "\\S"})
    EXPECT_THAT(claiming("{body: text, matches: '" + std::string(good) + "'}"), IsEmpty()) << good;
}

TEST_F(SenseTest, ASizeOrATimeIsNeverBelowZero) {
  for (const auto* bad : {"{status: true}", "{status: true, min: 100}", "{status: true, exists: true}"})
    EXPECT_THAT(claiming(bad), HasSubstr("every answer has a status: the claim cannot fail [L17]")) << bad;
  EXPECT_THAT(claiming("{status: true, max: 399}"), Not(HasSubstr("L17")));
  for (const auto* bad : {"{body: size, min: 0}", "{body: size, min: -1}", "{time: total, min: 0s}"})
    EXPECT_THAT(claiming(bad), HasSubstr("is below zero: the claim cannot fail [L17]")) << bad;
  EXPECT_THAT(claiming("{body: size, max: -1}"), HasSubstr("no size is below zero: the claim never holds [L17]"));
  for (const auto* bad : {"{body: size, is: -1}", "{body: size, in: [-1, -2]}", "{time: total, is: -1}"})
    EXPECT_THAT(claiming(bad), HasSubstr("is below zero: the claim never holds [L17]")) << bad;
  EXPECT_THAT(claiming("{body: size, not: -1}"), HasSubstr("no size is below zero: the claim cannot fail [L17]"));
  for (const auto* good : {"{body: size, in: [-1, 5]}", "{body: size, not: [-1, 0]}", "{body: size, not: -1, min: 1}"})
    EXPECT_THAT(claiming(good), IsEmpty()) << good;
  EXPECT_THAT(claiming("body: size"), HasSubstr("every body has a size: the claim cannot fail [L17]"));
  EXPECT_THAT(claiming("{body: size, exists: true}"), HasSubstr("there is always one size: the claim cannot fail"));
  EXPECT_THAT(claiming("{body: size, exists: false}"), HasSubstr("there is always one size: the claim never holds"));
  EXPECT_THAT(claiming("{body: size, count: 2}"), HasSubstr("there is always one size: the claim never holds"));
  for (const auto* good : {"{body: size, min: 1}", "{body: size, max: 0}", "{body: size, min: 0, max: 9}",
                           "{body: size, is: 0}", "{time: total, max: 0s}", "{json: $.a, min: 0}"})
    EXPECT_THAT(claiming(good), IsEmpty()) << good;
}

TEST_F(SenseTest, AClaimLooksAtTheSystem) {
  for (const auto* bad : {"value: $run.id", "{value: $run.id, is: a}", "{value: $run.started, min: $run.started}",
                          "{value: $run.id, contains: \"${run.seed}\"}", "{value: $run.id, exists: true}"})
    EXPECT_THAT(claiming(bad), AnyOf(HasSubstr("is known before anything is sent: the claim says nothing of the system"
                                               " [L17]"),
                                     HasSubstr("is compared with itself: the claim cannot fail [L17]")))
        << bad;
  const std::string options = "options:\n  by: {choices: [a, b]}\n";
  const auto of_option = [&](const std::string& gates) {
    return lint(test("t", "    needs: sign_in\n    steps: [{do: portal.list, " + gates + "}]\n"), options);
  };
  EXPECT_THAT(of_option("expect: [{value: $options.by, is: a}]"),
              HasSubstr("'$options.by' is known before anything is sent"));
  EXPECT_THAT(of_option("require: [{value: $options.by, is: a}], expect: [result: ok]"), IsEmpty());
  // What the target says of itself, and what the system gave, can be otherwise.
  for (const auto* good : {"{value: $patient.family_name, is: A}", "{value: $target.profile.x}"})
    EXPECT_THAT(claiming(good), IsEmpty()) << good;
}

TEST_F(SenseTest, NothingIsComparedWithItself) {
  const auto checking = [&](const std::string& claim) {
    return lint(test("t",
                     "    needs: sign_in\n    steps: [{do: portal.list, expect: [result: ok], save: {all: body}}, "
                     "{check: [" +
                         claim + "]}]\n"));
  };
  EXPECT_THAT(checking("{value: $t.all, is: $t.all}"),
              HasSubstr("'$t.all' is compared with itself: the claim cannot fail [L17]"));
  EXPECT_THAT(checking("{value: $t.all, not: $t.all}"), HasSubstr("the claim never holds [L17]"));
  EXPECT_THAT(checking("{body: raw, of: $t.all, contains: $t.all}"), HasSubstr("is compared with itself"));
  for (const auto* alike : {"{value: '${t.all}', is: $t.all}", "{value: $t.all, is: '${t.all}'}",
                            "{value: $t.all, in: [a, $t.all]}", "{value: $t.all, contains: [$t.all]}",
                            "{value: $t.all, is: [$t.all]}", "{body: raw, of: '${t.all}', in: ['${t.all}']}"})
    EXPECT_THAT(checking(alike), HasSubstr("is compared with itself: the claim cannot fail [L17]")) << alike;
  for (const auto* never : {"{value: $t.all, not: [a, '${t.all}']}", "{value: $t.all, not: {contains: [a, $t.all]}}"})
    EXPECT_THAT(checking(never), HasSubstr("is compared with itself: the claim never holds [L17]")) << never;
  for (const auto* good :
       {"{value: $t.all, contains: [$t.all, a]}", "{value: $t.all, is: 'x${t.all}'}", "{value: $t.all, is: t}",
        "{value: $t.all, contains: $run.id}, {value: $run.id, not: $t.all}"})
    EXPECT_THAT(checking(good), IsEmpty()) << good;
}

TEST_F(SenseTest, ThereIsOneOfSomeThings) {
  EXPECT_THAT(claiming("{header: etag, count: 2}"),
              HasSubstr("there is one 'header' at most: the claim never holds [L17]"));
  EXPECT_THAT(claiming("{header: etag, count: 1}, {json: $.a, count: 2}"), IsEmpty());
}

TEST_F(SenseTest, AClaimHasAMessageToLookAt) {
  const auto checking = [&](const std::string& claim) {
    return lint(test("t",
                     "    needs: sign_in\n    steps: [{do: portal.list, expect: [result: ok], save: {all: body}}, "
                     "{check: [{of: $t.all, json: $.items}, " +
                         claim + "]}]\n"));
  };
  EXPECT_THAT(checking("{value: $t.all}"), IsEmpty());
  EXPECT_THAT(checking("{json: $.items}"),
              HasSubstr("a check has no 'json' of its own: the claim can never be judged [L17]"));
  EXPECT_THAT(checking("{status: 200, of: $t.all}"),
              HasSubstr("what was saved has no 'status': the claim can never be judged [L17]"));
  EXPECT_THAT(checking("{media_type: text/html, of: $t.all}"), IsEmpty());
}

TEST_F(LintTest, RequirementsThatArePeoplesNeedATestToo) {
  const auto with = [&](const std::string& requirement) {
    return lint("", "requirements:\n  R-1: {level: SHOULD, text: One., " + requirement + "}\n");
  };
  EXPECT_THAT(with("check: test"), HasSubstr("no test verifies requirement 'R-1' [L02]"));
  EXPECT_THAT(with("check: attest"), HasSubstr("no test verifies requirement 'R-1' [L02]"));
  EXPECT_THAT(with("check: none"), IsEmpty());
  EXPECT_THAT(with("untested: Needs a second system."), IsEmpty());
}

TEST_F(LintTest, UntestedAndTestedIsAContradiction) {
  EXPECT_THAT(lint(test("t", "    verifies: R-1\n" + step("do: portal.list, " + ok)),
                   "requirements:\n  R-1: {level: SHOULD, text: One., untested: Later.}\n"),
              HasSubstr("is verified by a test and says 'untested' [L02]"));
}

TEST_F(LintTest, WhatNothingChecksIsVerifiedByNoTest) {
  const auto with = [&](const std::string& check) {
    return lint(test("t", "    verifies: R-1\n" + step("do: portal.list, " + ok)),
                "requirements:\n  R-1: {level: SHOULD, text: One., check: " + check + "}\n");
  };
  EXPECT_THAT(with("none"),
              AllOf(HasSubstr("warning: requirement 'R-1' is verified by a test and says 'check: none': it decides no"
                              " verdict [L02]"),
                    HasSubstr("write 'check: test' or 'check: attest', or take it from 'verifies'")));
  EXPECT_THAT(with("test"), IsEmpty());
  EXPECT_THAT(with("attest"), IsEmpty());
}

TEST_F(LintTest, AttestedShallTestsNeedNoFaults) {
  const std::string head = "requirements:\n  R-1: {level: SHALL, text: One., check: attest}\n";
  EXPECT_THAT(lint(test("t", "    verifies: R-1\n    steps: [attest: It is so.]\n"), head), IsEmpty());
}

}  // namespace
}  // namespace bb::test
