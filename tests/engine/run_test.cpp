#include <bb/core/time.hpp>

#include <atomic>
#include <chrono>
#include <latch>
#include <thread>

#include "harness/evidence/run_reader.hpp"
#include "harness/report/report.hpp"
#include "run_fixture.hpp"

namespace bb::test {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

class RunTest : public RunFixture {};

constexpr const char* sign_in = R"(
  sign_in:
    title: The patient signs in
    steps: [{do: portal.sign_in, as: $patient}]
)";

std::string with_sign_in(const std::string& tests) { return sign_in + tests; }

TEST_F(RunTest, APassingRunIsConformantAndSaysWhoActed) {
  connectors.on("bb.download/1 fetch", [](const FakeCall&) { return content("Newman", "text/plain"); });
  const auto view = run(with_sign_in(R"(
  get:
    title: The patient downloads
    verifies: R-A
    needs: sign_in
    steps:
      - do: portal.download
        with: {format: blue-button-text}
        expect: [{body: text, contains: $patient.family_name}]
)"));
  EXPECT_EQ(view.verdict.word, "conformant");
  EXPECT_EQ(requirement(view, "R-A"), "pass");
  EXPECT_EQ(requirement(view, "R-B"), "not tested");
  const auto& step = find(view, "get").steps.at(0);
  EXPECT_EQ(step.action, "portal.download as alice");
  EXPECT_EQ(step.message.body, "Newman");
  EXPECT_THAT(step.claims, SizeIs(2));  // the implied result, and the one written
  EXPECT_THAT(connectors.instances(), ElementsAre("portal/alice"));
}

TEST_F(RunTest, ARefusalFailsAStepThatExpectsNothingElse) {
  connectors.on("bb.download/1 fetch", [](const FakeCall&) { return refusal(BB_E_FORBIDDEN); });
  const auto view = run(R"(
  get:
    title: Anybody downloads
    verifies: R-A
    steps: [{do: portal.download, with: {format: blue-button-text}}]
  refused:
    title: Anybody is refused
    steps: [{do: portal.download, with: {format: blue-button-text}, expect: [{result: refused}]}]
)");
  EXPECT_EQ(outcome(view, "get"), "fail");
  EXPECT_EQ(outcome(view, "refused"), "pass");
  EXPECT_EQ(requirement(view, "R-A"), "fail");
  EXPECT_EQ(view.verdict.exit_status, 1);
}

TEST_F(RunTest, WordsThatAreNobodysAnswerAreErrors) {
  // docs/reference/outcomes.md: never a fail of the system.
  const std::vector<std::pair<bb_status, std::string>> cases{{BB_E_CONNECTOR_LOST, "connector_lost"},
                                                             {BB_E_CONNECTOR_STUCK, "connector_stuck"},
                                                             {BB_E_INTERNAL, "connector_broken"},
                                                             {BB_E_OUT_OF_MEMORY, "connector_broken"},
                                                             {BB_E_HOST_FAULT, "harness"},
                                                             {BB_E_STATE, "config"}};
  for (const auto& [status, kind] : cases) {
    const bb_status given = status;
    connectors.on("bb.download/1 formats", [given](const FakeCall&) { return refusal(given, "it broke"); });
    const auto view = run(R"(
  get:
    title: Formats are listed
    verifies: R-A
    steps: [{do: portal.formats, expect: [{result: refused}]}]
)");
    EXPECT_EQ(outcome(view, "get"), "error");
    EXPECT_EQ(find(view, "get").kind, kind);
    EXPECT_THAT(find(view, "get").cause, HasSubstr("it broke"));
    EXPECT_EQ(requirement(view, "R-A"), "error");
    EXPECT_EQ(view.verdict.exit_status, 3);
  }
}

TEST_F(RunTest, AConnectorThatCannotBeMadeIsAnErrorOfTheSetUp) {
  connectors.refuse_to_create("no such type 'org.example.fake'");
  const auto view = run("  get: {title: Formats are listed, steps: [{do: portal.formats}]}\n");
  EXPECT_EQ(outcome(view, "get"), "error");
  EXPECT_EQ(find(view, "get").kind, "config");
  EXPECT_THAT(find(view, "get").cause, HasSubstr("no such type"));
}

TEST_F(RunTest, PendingSkipsSinceAPersonHasToActFirst) {
  connectors.on("bb.session/1 open", [](const FakeCall&) { return refusal(BB_E_PENDING, "visit a page"); });
  const auto view = run(sign_in);
  EXPECT_EQ(outcome(view, "sign_in"), "skip");
  EXPECT_THAT(find(view, "sign_in").cause, AllOf(HasSubstr("pending"), HasSubstr("a person has to act first")));
}

TEST_F(RunTest, AnUnmetNeedSkipsAndNamesTheCause) {
  connectors.on("bb.session/1 open", [](const FakeCall&) { return refusal(BB_E_UNAUTHENTICATED, "wrong password"); });
  const auto view = run(with_sign_in(R"(
  get:
    title: Formats are listed
    verifies: R-A
    needs: sign_in
    steps: [{do: portal.formats}]
  more:
    title: More formats are listed
    needs: get
    steps: [{do: portal.formats}]
)"));
  EXPECT_EQ(outcome(view, "sign_in"), "fail");
  EXPECT_EQ(outcome(view, "get"), "skip");
  EXPECT_THAT(find(view, "get").cause, HasSubstr("needs 'sign_in', whose outcome is fail"));
  EXPECT_THAT(find(view, "more").cause, HasSubstr("needs 'get', whose outcome is skip"));
  EXPECT_EQ(connectors.count("portal/alice bb.download/1 formats"), 0);
}

TEST_F(RunTest, AWarningDoesNotStopWhatNeedsIt) {
  const auto view = run(R"(
  soft:
    title: Soft things hold
    verifies: R-S
    steps: [{check: [{value: $word, is: other}]}]
  after:
    title: What follows holds
    needs: soft
    steps: [{check: [{value: $word, is: hello}]}]
)");
  EXPECT_EQ(outcome(view, "soft"), "warn");
  EXPECT_EQ(outcome(view, "after"), "pass");
  EXPECT_EQ(requirement(view, "R-S"), "warn");
  EXPECT_EQ(view.verdict.exit_status, 0);
}

TEST_F(RunTest, AClaimFailsOnlyTheRowsItStates) {
  const auto view = run(R"(
  both:
    title: Both rows are judged
    verifies: [R-A, R-B]
    steps:
      - check:
          - {value: $word, is: other, verifies: R-A}
          - {value: $word, is: hello}
)");
  EXPECT_EQ(outcome(view, "both"), "fail");
  EXPECT_EQ(requirement(view, "R-A"), "fail");
  EXPECT_EQ(requirement(view, "R-B"), "pass");
}

TEST_F(RunTest, AClaimThatStatesAShouldRowOnlyWarns) {
  const auto view = run(R"(
  both:
    title: Both rows are judged
    verifies: R-A
    steps:
      - check:
          - {value: $word, is: other, verifies: R-S}
          - {value: $word, is: hello}
)");
  EXPECT_EQ(outcome(view, "both"), "warn");
  EXPECT_EQ(requirement(view, "R-A"), "pass");
  EXPECT_EQ(requirement(view, "R-S"), "warn");
}

TEST_F(RunTest, ARowWhoseClaimsWereNotReachedIsSkippedNotPassed) {
  const auto view = run(R"(
  both:
    title: Both rows are judged
    verifies: R-A
    steps:
      - check: [{value: $word, is: other}]
      - check: [{value: $word, is: hello, verifies: R-B}]
)");
  EXPECT_EQ(requirement(view, "R-A"), "fail");
  EXPECT_EQ(requirement(view, "R-B"), "skip");
}

TEST_F(RunTest, AFalseOptionOmits) {
  const std::string tests = R"(
  direct:
    title: Direct is used
    when: {transport: direct}
    steps: [{check: [{value: $word}]}]
)";
  EXPECT_EQ(outcome(run(tests), "direct"), "pass");
  options.options["transport"] = "rest";
  const auto view = run(tests);
  EXPECT_EQ(outcome(view, "direct"), "omit");
  EXPECT_THAT(find(view, "direct").cause, HasSubstr("applies when option 'transport' is [\"direct\"], it is \"rest\""));
}

TEST_F(RunTest, AMissingCapabilityOmitsAMayButSkipsAShall) {
  connectors.offer({"bb.session/1"});
  const auto view = run(R"(
  shall:
    title: A SHALL cannot be dodged
    verifies: R-A
    when: {supports: portal.activity}
    steps: [{do: portal.activity}]
  should:
    title: A SHOULD can be left out
    verifies: R-S
    when: {supports: portal.activity}
    steps: [{do: portal.activity}]
)");
  EXPECT_EQ(outcome(view, "shall"), "skip");
  EXPECT_THAT(find(view, "shall").cause, HasSubstr("connector 'org.example.fake' does not offer"));
  EXPECT_EQ(outcome(view, "should"), "omit");
}

TEST_F(RunTest, AProbeIsSupportedWhenTheConnectorListsIt) {
  connectors.on("bb.probe/1 list", [](const FakeCall&) {
    return emitted(Value::object(
        {{"probes", Value(Value::Array{Value::object({{"name", "read-other-patient"}, {"title", "t"}})})}}));
  });
  const auto view = run(R"(
  has:
    title: The probe is there
    when: {supports: portal.probe.read-other-patient}
    steps: [{check: [{value: $word}]}]
  lacks:
    title: The probe is not there
    when: {supports: portal.probe.cleartext-request}
    steps: [{check: [{value: $word}]}]
)");
  EXPECT_EQ(outcome(view, "has"), "pass");
  EXPECT_EQ(outcome(view, "lacks"), "omit");
}

TEST_F(RunTest, RowsOutsideTheRuleDateAreOmittedAndDoNotCount) {
  const std::string tests = R"(
  old:
    title: What was asked once holds
    verifies: R-OLD
    steps: [{check: [{value: $word, is: other}]}]
  new:
    title: What is asked today holds
    verifies: R-A
    steps: [{check: [{value: $word, is: hello}]}]
)";
  options.rule_date = "2014-01-01";
  EXPECT_EQ(outcome(run(tests), "old"), "omit");
  options.rule_date = "2013-12-31";
  const auto view = run(tests);
  EXPECT_EQ(outcome(view, "old"), "fail");
  EXPECT_FALSE(view.requirements.back().counts);
  EXPECT_EQ(view.verdict.word, "conformant");  // historic rows judge nothing
}

TEST_F(RunTest, AClaimForARowThatDoesNotCountFailsNoTestThatCounts) {
  const std::string tests = R"(
  both:
    title: What is asked today holds and what was asked once
    verifies: R-A
    steps:
      - check:
          - {value: $word, is: hello}
          - {value: $word, is: other, verifies: R-OLD}
)";
  options.rule_date = "2013-12-31";
  const auto view = run(tests);
  EXPECT_EQ(outcome(view, "both"), "warn");
  EXPECT_EQ(view.verdict.word, "conformant");
  const auto row = [&](const std::string& id) {
    const auto found = std::find_if(view.requirements.begin(), view.requirements.end(),
                                    [&](const auto& requirement) { return requirement.id == id; });
    return found == view.requirements.end() ? "" : std::string(evidence::to_word(found->outcome));
  };
  EXPECT_EQ(row("R-A"), "pass");
  EXPECT_EQ(row("R-OLD"), "fail");
  EXPECT_THAT(view.problems, testing::IsEmpty());
}

// How a call ended is what the other claims of its step stand on.
TEST_F(RunTest, AResultClaimForARowThatDoesNotCountHidesNoFailure) {
  connectors.on("bb.view/1 read", [](const FakeCall&) {
    host::Reply reply;
    reply.status = BB_E_NOT_FOUND;
    return reply;
  });
  options.rule_date = "2013-12-31";
  const auto view = run(with_sign_in(R"(
  both:
    title: What is asked today holds and what was asked once
    verifies: R-A
    needs: sign_in
    steps:
      - do: portal.view
        with: {item: x}
        expect:
          - {result: ok, verifies: R-OLD}
          - {body: text, not: {contains: Somebody}}
)"));
  EXPECT_EQ(outcome(view, "both"), "fail");
  EXPECT_EQ(view.verdict.word, "not conformant");
}

TEST_F(RunTest, RowsThatDoNotCountSetNoLevelAndTakeNoTestAway) {
  options.rule_date = "2013-12-31";
  const auto mild = run(R"(
  mild:
    title: What should hold holds, and what had to once
    verifies: [R-OLD, R-S]
    steps: [{check: [{value: $word, is: other}]}]
)");
  EXPECT_EQ(outcome(mild, "mild"), "warn");
  EXPECT_EQ(mild.verdict.word, "conformant");
  const auto rowless = run(R"(
  rowless:
    title: What nobody asked for holds, and what was asked once
    steps:
      - check:
          - {value: $word, is: other}
          - {value: $word, is: hello, verifies: R-OLD}
)");
  EXPECT_EQ(outcome(rowless, "rowless"), "fail");
  EXPECT_EQ(rowless.verdict.word, "not conformant");
}

TEST_F(RunTest, WhereEveryRequirementIsOmittedNothingIsShown) {
  const auto view = run(with_sign_in(R"(
  b:
    title: Applies elsewhere
    verifies: R-A
    when: {transport: rest}
    steps: [{check: [{value: $word, is: hello}]}]
)"));
  EXPECT_EQ(outcome(view, "sign_in"), "pass");
  EXPECT_EQ(outcome(view, "b"), "omit");
  EXPECT_EQ(view.verdict.word, "inconclusive");
  EXPECT_EQ(view.verdict.exit_status, 3);
  EXPECT_THAT(view.verdict.sentence, HasSubstr("nothing that counts was judged"));
  EXPECT_THAT(report::render_console(view, {}),
              AllOf(HasSubstr("nothing to publish"), Not(HasSubstr("Publish the result"))));
}

TEST_F(RunTest, WhereNoRequirementCountsNothingIsShown) {
  auto input = load(with_sign_in(R"(
  b:
    title: Asks for what is proposed
    verifies: R-A
    steps: [{check: [{value: $word, is: bye}]}]
)"));
  input.suites[0].catalogue.requirements[0].status = "proposed";
  const auto view = run(input);
  EXPECT_EQ(outcome(view, "b"), "fail");
  EXPECT_EQ(view.verdict.word, "inconclusive");
  EXPECT_EQ(view.verdict.exit_status, 3);
  EXPECT_THAT(report::render_console(view, {}),
              AllOf(HasSubstr("nothing to publish"), Not(HasSubstr("Begin with the tests that failed"))));
}

TEST_F(RunTest, AFailureThatDoesNotCountIsNotTheNextStep) {
  auto input = load(R"(
  a: {title: Asks for A, verifies: R-A, steps: [{check: [{value: $word, is: hello}]}]}
  b: {title: Asks for B, verifies: R-B, steps: [{check: [{value: $word, is: bye}]}]}
)");
  input.suites[0].catalogue.requirements[1].status = "proposed";
  const auto view = run(input);
  EXPECT_EQ(view.verdict.word, "conformant");
  EXPECT_THAT(report::render_console(view, {}),
              AllOf(HasSubstr("Publish the result"), Not(HasSubstr("Begin with the tests that failed"))));
}

TEST_F(RunTest, SavedValuesReachTheTestsThatNeedThem) {
  connectors.on("bb.download/1 fetch", [](const FakeCall& call) {
    return content("file " + call.operation.arguments["format_id"].string_or("?"));
  });
  const auto view = run(R"(
  get:
    title: A file is downloaded
    each: {format: [a, b]}
    steps:
      - do: portal.download
        with: {format: $each.format}
        save: {file: body}
  read:
    title: The files are read
    needs: get
    steps:
      - check:
          - {value: "$get[a].file", contains: file a}
          - {value: "$get[b].file", contains: file b}
)");
  EXPECT_EQ(outcome(view, "read"), "pass") << find(view, "read").cause;
}

TEST_F(RunTest, WhoIsKnownInTheRunOnlyNeedsAPasswordToo) {
  connectors.on("bb.view/1 list", [](const FakeCall&) { return emitted(Value::object({{"who", "dora"}})); });
  connectors.on("bb.session/1 open", [](const FakeCall&) { return refusal(BB_E_UNSUPPORTED); });
  const std::string tests = R"(
  finds:
    title: Somebody is found
    steps: [{do: portal.list, save: {who: {json: $.who}}}]
  signs_in:
    title: Whoever was found signs in
    needs: finds
    steps: [{do: portal.sign_in, as: $finds.who, expect: [result: ok]}]
)";
  const auto with = [&](const std::string& dora) { return std::string(target_text) + "  dora: {" + dora + "}\n"; };
  const auto lacking = run(load(tests, with("method: password")));
  EXPECT_EQ(outcome(lacking, "signs_in"), "error");
  EXPECT_EQ(find(lacking, "signs_in").kind, "config");
  EXPECT_THAT(find(lacking, "signs_in").cause,
              HasSubstr("person 'dora' signs in to role 'portal' by password and has no secret 'password'"));
  // With one, and by another way, the system is asked.
  EXPECT_EQ(outcome(run(load(tests, with("secrets: {password: {env: BB_TEST_PASSWORD}}"))), "signs_in"), "fail");
  EXPECT_EQ(outcome(run(load(tests, with("method: none"))), "signs_in"), "fail");
}

TEST_F(RunTest, TheTestThatSignsInOwnsItsSession) {
  // Two tests sign in as alice: neither may end the other's session.
  const auto view = run(with_sign_in(R"(
  out:
    title: After signing out nothing is shown
    steps:
      - {do: portal.sign_in, as: alice}
      - {do: portal.sign_out}
      - {do: portal.list}
  in:
    title: While signed in something is shown
    needs: sign_in
    steps: [{do: portal.list}]
)"));
  EXPECT_THAT(connectors.calls(), ElementsAre("portal/alice bb.session/1 open", "portal/alice@out bb.session/1 open",
                                              "portal/alice@out bb.session/1 close", "portal/alice@out bb.view/1 list",
                                              "portal/alice bb.view/1 list"));
  EXPECT_EQ(outcome(view, "in"), "pass");
}

TEST_F(RunTest, IndependentTestsRunAtTheSameTime) {
  options.jobs = 2;
  std::latch both(2);
  connectors.on("bb.view/1 list", [&](const FakeCall&) {
    both.arrive_and_wait();
    return emitted(Value::object({{"items", Value::array()}}));
  });
  const auto view = run(R"(
  alice: {title: Alice lists, steps: [{do: portal.list, as: alice}]}
  bob: {title: Bob lists, steps: [{do: portal.list, as: bob}]}
)");
  EXPECT_EQ(view.counts.pass, 2);
}

TEST_F(RunTest, CallsOfOneInstanceNeverOverlap) {
  options.jobs = 4;
  std::atomic<int> inside = 0;
  connectors.on("bb.view/1 list", [&](const FakeCall&) {
    EXPECT_EQ(++inside, 1);
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    --inside;
    return emitted(Value::object({{"items", Value::array()}}));
  });
  const auto view = run(R"(
  get:
    title: Everybody lists at once
    each: {n: [1, 2, 3, 4, 5, 6, 7, 8]}
    steps: [{do: portal.list, as: alice}]
)");
  EXPECT_EQ(view.counts.pass, 8);
  EXPECT_THAT(connectors.instances(), ElementsAre("portal/alice"));
}

TEST_F(RunTest, TestsWithALockInCommonNeverOverlap) {
  options.jobs = 4;
  std::atomic<int> inside = 0;
  connectors.on("bb.view/1 list", [&](const FakeCall&) {
    EXPECT_EQ(++inside, 1);
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    --inside;
    return emitted(Value::object({{"items", Value::array()}}));
  });
  const auto view = run(R"(
  get:
    title: Everybody lists in turn
    each: {person: [alice, bob, carol]}
    locks: mailbox
    steps: [{do: portal.list, as: $each.person}]
)");
  EXPECT_EQ(view.counts.pass, 3);
}

std::string retried(const std::string& only, int times) {
  return "  get:\n    title: Formats are listed\n    steps:\n      - do: portal.formats\n        retry: {times: " +
         std::to_string(times) + ", every: 1ms, only: " + only + "}\n";
}

TEST_F(RunTest, RetryCountsFurtherAttempts) {
  for (const int answers_at : {1, 2, 3, 4}) {
    connectors.on("bb.download/1 formats", [=](const FakeCall& call) {
      return call.number < answers_at ? refusal(BB_E_UNAVAILABLE) : emitted(Value::object());
    });
    const auto view = run(retried("transport", 2));
    EXPECT_EQ(outcome(view, "get"), answers_at <= 3 ? "pass" : "fail") << answers_at;
    const auto& steps = find(view, "get").steps;
    EXPECT_THAT(steps, SizeIs(std::min(answers_at, 3)));
    EXPECT_EQ(steps.back().attempt, std::min(answers_at, 3));
    for (std::size_t i = 0; i + 1 < steps.size(); ++i) EXPECT_THAT(steps[i].claims, IsEmpty());
  }
}

TEST_F(RunTest, RetryIsForItsKindOfTroubleOnly) {
  const auto attempts = [&](bb_status status, const std::string& only) {
    connectors.on("bb.download/1 formats", [status](const FakeCall&) { return refusal(status); });
    return find(run(retried(only, 1)), "get").steps.size();
  };
  EXPECT_EQ(attempts(BB_E_UNAVAILABLE, "transport"), 2u);
  EXPECT_EQ(attempts(BB_E_DEADLINE, "transport"), 2u);
  EXPECT_EQ(attempts(BB_E_RATE_LIMITED, "transport"), 1u);
  EXPECT_EQ(attempts(BB_E_RATE_LIMITED, "busy"), 2u);
  EXPECT_EQ(attempts(BB_E_UNAVAILABLE, "busy"), 1u);
  EXPECT_EQ(attempts(BB_E_FORBIDDEN, "transport"), 1u);  // an answer, however unwelcome
}

TEST_F(RunTest, AClaimIsNeverRetried) {
  connectors.on("bb.download/1 fetch", [](const FakeCall&) { return content("wrong"); });
  const auto view = run(R"(
  get:
    title: The right text comes
    steps:
      - do: portal.download
        with: {format: blue-button-text}
        retry: {times: 3, every: 1ms, only: transport}
        expect: [{body: text, contains: right}]
)");
  EXPECT_EQ(outcome(view, "get"), "fail");
  EXPECT_THAT(find(view, "get").steps, SizeIs(1));
}

TEST_F(RunTest, AShareKeepsItsKeyOverRetries) {
  std::vector<std::string> keys;
  connectors.on("bb.share/1 send", [&](const FakeCall& call) {
    keys.push_back(call.operation.arguments["idempotency_key"].string_or(""));
    return call.number == 1 ? refusal(BB_E_UNAVAILABLE) : emitted(Value::object({{"receipts", Value::array()}}));
  });
  const std::string tests = R"(
  send:
    title: The record is sent
    steps:
      - do: portal.share
        with: {to: "https://there.example/in"}
        retry: {times: 1, every: 1ms, only: transport}
  again:
    title: The record is sent again
    steps: [{do: portal.share, with: {to: "https://there.example/in"}}]
)";
  run(tests);
  ASSERT_THAT(keys, SizeIs(3));
  EXPECT_GE(keys[0].size(), 16u);
  EXPECT_EQ(keys[0], keys[1]);
  EXPECT_NE(keys[0], keys[2]);
}

TEST_F(RunTest, ATestOfAShallWithoutAClaimThatCanFailIsNoPass) {
  const auto view = run(
      "  t:\n    title: Formats are told\n    verifies: R-A\n"
      "    steps: [{do: portal.formats, expect: [{result: [ok, refused], level: MAY}, {body: text, level: MAY}]}]\n");
  EXPECT_EQ(outcome(view, "t"), "skip");
  EXPECT_EQ(find(view, "t").cause, "no claim of level SHALL was judged for 'R-A'");
  EXPECT_EQ(requirement(view, "R-A"), "skip");
  EXPECT_EQ(view.verdict.exit_status, 3);
}

TEST_F(RunTest, ARunOfAPartSaysSo) {
  const std::string tests =
      "  one: {title: Formats are told, verifies: R-A, steps: [{do: portal.formats, expect: [result: ok]}]}\n"
      "  two: {title: Formats are told, tags: [quick], verifies: [R-A, R-B], steps: [{do: portal.formats, expect: "
      "[result: "
      "ok]}]}\n";
  const auto left_out = [](const evidence::RunView& view, std::size_t row) {
    return view.requirements.at(row).left_out;
  };
  const auto whole = run(tests);
  EXPECT_THAT(whole.notes, Not(Contains(HasSubstr("only a part"))));
  EXPECT_FALSE(whole.part);
  EXPECT_EQ(whole.verdict.word, "conformant");
  options.filters = {"*/one"};
  const auto one = run(tests);
  EXPECT_THAT(one.notes, Contains(HasSubstr("only a part of the suites was run, --filter */one: ")));
  ASSERT_TRUE(one.part);
  EXPECT_EQ(one.part->tests, 1);
  EXPECT_EQ(one.part->of, 2);
  EXPECT_EQ(one.verdict.word, "conformant, in part: 1 of 2 tests was run");
  EXPECT_EQ(one.verdict.exit_status, 0);
  EXPECT_EQ(left_out(one, 0), 1);
  EXPECT_EQ(requirement(one, "R-B"), "not tested");
  EXPECT_EQ(left_out(one, 1), 1);
  EXPECT_EQ(left_out(one, 2), 0);
  options.filters.clear();
  options.tags = {"quick"};
  const auto two = run(tests);
  EXPECT_THAT(two.notes, Contains(HasSubstr("only a part of the suites was run, --tag quick: ")));
  EXPECT_EQ(left_out(two, 1), 0);
}

TEST_F(RunTest, AFilterThatLeavesNothingOutMakesNoPart) {
  options.filters = {"*"};
  const auto view = run("  one: {title: Formats are told, steps: [{do: portal.formats}]}\n");
  EXPECT_FALSE(view.part);
  EXPECT_EQ(view.verdict.word, "conformant");
  EXPECT_THAT(view.notes, Not(Contains(HasSubstr("only a part"))));
}

TEST_F(RunTest, ASeedRepeatsWhatTheEngineMakes) {
  std::vector<std::string> keys;
  connectors.on("bb.share/1 send", [&](const FakeCall& call) {
    keys.push_back(call.operation.arguments["idempotency_key"].string_or(""));
    return emitted(Value::object({{"receipts", Value::array()}}));
  });
  const std::string tests =
      "  send: {title: It is sent, steps: [{do: portal.share, with: {to: \"https://there.example/in\"}}]}\n";
  options.seed = 7;
  const auto view = run(tests);
  EXPECT_THAT(view.notes, Contains("seeded 7"));
  run(tests);
  options.seed = 8;
  run(tests);
  ASSERT_THAT(keys, SizeIs(3));
  EXPECT_EQ(keys[0], keys[1]);
  EXPECT_NE(keys[0], keys[2]);
}

TEST_F(RunTest, ASeedSettlesTheRandomBytesOfEachConnectorInstance) {
  std::vector<std::string> seeds;
  connectors.on("bb.download/1 formats", [&](const FakeCall& call) {
    seeds.push_back(call.instance.random_seed);
    return emitted(Value::object({{"formats", Value::array()}}));
  });
  const std::string tests = "  one: {title: Formats are told, steps: [{do: portal.formats}]}\n";
  run(tests);
  options.seed = 7;
  run(tests);
  EXPECT_THAT(seeds, ElementsAre("", "7/random/portal"));
}

TEST_F(RunTest, ACallGetsTheTimeOfItsStep) {
  std::vector<std::int64_t> timeouts;
  connectors.on("bb.download/1 formats", [&](const FakeCall& call) {
    timeouts.push_back(call.options.timeout_ms);
    return emitted(Value::object());
  });
  run(R"(
  usual: {title: The usual time, steps: [{do: portal.formats}]}
  short: {title: A short time, steps: [{do: portal.formats, timeout: 5s}]}
  test: {title: The time of the test, timeout: 2s, steps: [{do: portal.formats, timeout: 5s}]}
)");
  EXPECT_THAT(timeouts, ElementsAre(30'000, 5'000, 2'000));
}

TEST_F(RunTest, ATestWhoseTimeIsOverFailsWithoutAnotherCall) {
  connectors.on("bb.download/1 formats", [&](const FakeCall&) {
    std::this_thread::sleep_for(std::chrono::milliseconds(30));
    return emitted(Value::object());
  });
  const auto view = run(R"(
  slow:
    title: It is fast enough
    timeout: 20ms
    steps: [{do: portal.formats}, {do: portal.formats, id: again}]
)");
  EXPECT_EQ(outcome(view, "slow"), "fail");
  EXPECT_THAT(connectors.calls(), SizeIs(1));
  EXPECT_EQ(find(view, "slow").steps.at(1).message.result, "timeout");
}

TEST_F(RunTest, ACancelEndsRunningTestsAndTheRest) {
  host::Cancellation cancellation;
  options.cancellation = &cancellation;
  connectors.on("bb.download/1 formats", [&](const FakeCall& call) {
    EXPECT_EQ(call.options.cancellation, &cancellation);
    cancellation.cancel();
    return refusal(BB_E_CANCELLED, "stopped");
  });
  const auto view = run(R"(
  first: {title: The first is running, steps: [{do: portal.formats}], cleanup: [{do: portal.sign_out}]}
  second: {title: The second has not begun, steps: [{do: portal.formats}]}
)");
  EXPECT_EQ(outcome(view, "first"), "cancel");
  EXPECT_EQ(outcome(view, "second"), "cancel");
  EXPECT_THAT(find(view, "second").cause, HasSubstr("before this test started"));
  EXPECT_EQ(view.verdict.exit_status, 5);
  EXPECT_TRUE(view.is_complete);
  // Cleanup runs after a cancel too.
  EXPECT_THAT(connectors.calls(), ElementsAre("portal bb.download/1 formats", "portal bb.session/1 close"));
}

TEST_F(RunTest, CleanupRunsAndNeverChangesTheVerdict) {
  connectors.on("bb.session/1 close", [](const FakeCall&) { return refusal(BB_E_INTERNAL); });
  connectors.on("bb.view/1 list", [](const FakeCall&) { return refusal(BB_E_FORBIDDEN); });
  const auto view = run(R"(
  good: {title: It passes, verifies: R-A, steps: [{do: portal.formats}], cleanup: [{do: portal.sign_out}]}
  bad: {title: It fails, steps: [{do: portal.list}], cleanup: [{do: portal.sign_out}]}
)");
  EXPECT_EQ(outcome(view, "good"), "pass");
  EXPECT_EQ(outcome(view, "bad"), "fail");
  EXPECT_EQ(requirement(view, "R-A"), "pass");
  EXPECT_TRUE(find(view, "bad").steps.back().is_cleanup);
  EXPECT_EQ(connectors.count("portal bb.session/1 close"), 2);
}

TEST_F(RunTest, MaxFailuresStopsWhatHasNotBegun) {
  connectors.on("bb.view/1 list", [](const FakeCall&) { return refusal(BB_E_FORBIDDEN); });
  options.max_failures = 2;
  const auto view = run(R"(
  get: {title: It lists, each: {n: [1, 2, 3]}, steps: [{do: portal.list}]}
)");
  EXPECT_EQ(view.counts.fail, 2);
  EXPECT_EQ(outcome(view, "get[3]"), "skip");
  EXPECT_THAT(find(view, "get[3]").cause, HasSubstr("2 tests had failed, the limit is 2"));
  EXPECT_EQ(view.verdict.exit_status, 1);
}

TEST_F(RunTest, AnUnmetRequireSkips) {
  connectors.on("bb.view/1 list", [](const FakeCall&) { return emitted(Value::object({{"items", Value::array()}})); });
  const auto view = run(R"(
  list:
    title: There is something to look at
    verifies: R-A
    steps:
      - do: portal.list
        require: [{json: "$.items[*]", count: 1, hint: The test patient has no visit.}]
        expect: [{json: "$.items[0].id"}]
)");
  EXPECT_EQ(outcome(view, "list"), "skip");
  EXPECT_EQ(requirement(view, "R-A"), "skip");
}

constexpr const char* attested = R"(
  readable:
    title: The page is readable
    verifies: R-A
    steps: [{attest: "Can you read the page?", id: read}]
  asked_softly:
    title: The logo is there
    verifies: R-S
    steps: [{attest: "Is the logo there?", id: logo}]
)";

TEST_F(RunTest, AnAnswerOfYesIsListedApart) {
  auto input = load(attested);
  input.answers.answers.push_back({"demo/readable", true, "Dr. Who", "tester", "2026-11-01", "saw it", {}, {}});
  input.answers.answers.push_back({"demo/asked_softly.logo", true, "Dr. Who", "tester", "2026-11-01", "", {}, {}});
  const auto view = run(input);
  EXPECT_EQ(outcome(view, "readable"), "attested");
  EXPECT_EQ(view.verdict.word, "conformant, 2 attested");
  EXPECT_EQ(requirement(view, "R-A"), "attested");
  ASSERT_THAT(view.attestations, SizeIs(2));
  EXPECT_EQ(view.attestations[0].question, "Can you read the page?");
  EXPECT_EQ(view.attestations[0].name, "Dr. Who");
  EXPECT_EQ(view.attestations[0].evidence, "saw it");
}

TEST_F(RunTest, AnExpiredAnswerDoesNotCountAndSaysSinceWhen) {
  const auto answered = [&](const std::string& expires, const std::string& rule_date) {
    auto input = load(attested);
    input.answers.answers.push_back({"demo/readable", true, "Dr. Who", "tester", "2026-01-02", "saw it", {}, {}});
    input.answers.answers.back().expires = expires;
    options.rule_date = rule_date;
    return run(input);
  };
  const auto expired = answered("2026-01-03", "");
  EXPECT_EQ(outcome(expired, "readable"), "not attested");
  EXPECT_THAT(
      find(expired, "readable").cause,
      AllOf(HasSubstr("the answer of Dr. Who to 'Can you read the page?', of 2026-01-02, expired on 2026-01-03"),
            HasSubstr("ask again")));
  EXPECT_EQ(requirement(expired, "R-A"), "not attested");
  EXPECT_EQ(expired.verdict.exit_status, 3);
  const std::string today = format_date(now_unix_ns());
  EXPECT_EQ(outcome(answered(today, ""), "readable"), "attested");
  EXPECT_EQ(outcome(answered("2200-01-01", "2200-01-01"), "readable"), "attested");
  const auto later = answered("2200-01-01", "2200-01-02");
  EXPECT_EQ(outcome(later, "readable"), "not attested");
  EXPECT_THAT(find(later, "readable").cause, HasSubstr("does not count on 2200-01-02"));
}

TEST_F(RunTest, AFileGivenAsEvidenceIsKeptInTheRun) {
  auto input = load(R"(
  readable:
    title: The page can be read
    verifies: R-A
    steps: [{attest: "Can you read the page?", id: read, evidence: file}]
)");
  ASSERT_TRUE(write_text(folder_.path() / "page.txt", "what the page said"));
  input.answers.file = folder_.path() / "answers.yaml";
  input.answers.answers.push_back({"demo/readable", true, "Dr. Who", "tester", "2026-11-01", "page.txt", {}, {}});
  const auto view = run(input);
  ASSERT_THAT(view.attestations, SizeIs(1));
  EXPECT_EQ(view.attestations[0].evidence, "page.txt");
  const auto kept = evidence::read_blob(view.folder, view.attestations[0].evidence_blob);
  ASSERT_TRUE(kept) << kept.error().what;
  EXPECT_EQ(*kept, "what the page said");

  // What was shown is part of the evidence: a changed byte is noticed.
  ASSERT_TRUE(write_text(view.folder / "blobs" / view.attestations[0].evidence_blob, "something else"));
  const auto changed = evidence::read_run(view.folder);
  ASSERT_TRUE(changed) << changed.error().what;
  EXPECT_TRUE(changed->is_damaged);

  std::filesystem::remove(folder_.path() / "page.txt");
  const auto lost = run(input);
  EXPECT_EQ(outcome(lost, "readable"), "error");
  EXPECT_THAT(find(lost, "readable").cause, AllOf(HasSubstr("the evidence cannot be kept"), HasSubstr("page.txt")));
}

TEST_F(RunTest, NoAnswerAndNoAreNotAttested) {
  auto input = load(attested);
  input.answers.answers.push_back({"demo/readable", false, "Dr. Who", "tester", "2026-11-01", "", {}, {}});
  const auto view = run(input);
  EXPECT_EQ(outcome(view, "readable"), "not attested");
  EXPECT_THAT(find(view, "readable").cause, HasSubstr("Dr. Who answered no"));
  EXPECT_THAT(find(view, "asked_softly").cause, HasSubstr("nobody answered"));
  EXPECT_EQ(requirement(view, "R-A"), "not attested");
  EXPECT_EQ(view.verdict.exit_status, 3);
}

TEST_F(RunTest, NotAttestedCountsAgainstAShallRowOnly) {
  auto input = load(attested);
  input.answers.answers.push_back({"demo/readable", true, "Dr. Who", "tester", "2026-11-01", "", {}, {}});
  const auto view = run(input);
  EXPECT_EQ(outcome(view, "asked_softly"), "not attested");
  EXPECT_EQ(view.verdict.word, "conformant, 1 attested");
  EXPECT_EQ(view.verdict.exit_status, 0);
}

// A question for what was asked once, in a test of what is asked today.
TEST_F(RunTest, AQuestionForARowThatDoesNotCountLeavesNothingOpen) {
  const auto answered = [&](std::optional<bool> is_yes) {
    auto input = load(R"(
  both:
    title: What is asked today holds and what was asked once
    verifies: R-OLD
    steps:
      - {attest: "Was it so?", id: was}
      - check: [{value: $word, is: hello, verifies: R-A}]
)");
    if (is_yes) input.answers.answers.push_back({"demo/both", *is_yes, "Dr. Who", "tester", "2026-11-01", "", {}, {}});
    return run(input);
  };
  options.rule_date = "2013-12-31";
  const auto open = answered(std::nullopt);
  EXPECT_EQ(outcome(open, "both"), "pass");
  EXPECT_EQ(open.verdict.word, "conformant");
  EXPECT_EQ(requirement(open, "R-A"), "pass");
  EXPECT_EQ(requirement(open, "R-OLD"), "not attested");
  EXPECT_THAT(open.problems, IsEmpty());
  const auto denied = answered(false);
  EXPECT_EQ(outcome(denied, "both"), "warn");
  EXPECT_THAT(find(denied, "both").cause, HasSubstr("Dr. Who answered no to 'Was it so?'; the requirements it"));
  EXPECT_EQ(denied.verdict.exit_status, 0);
  const auto confirmed = answered(true);
  EXPECT_EQ(confirmed.verdict.word, "conformant");
  EXPECT_EQ(requirement(confirmed, "R-OLD"), "attested");
}

// One row that counts is enough for the question to count.
TEST_F(RunTest, AQuestionForARowThatCountsAndOneThatDoesNotIsOpen) {
  const auto view = run(R"(
  both:
    title: What is asked today holds and what was asked once
    verifies: [R-OLD, R-A]
    steps: [{attest: "Is it so?"}]
)");
  EXPECT_EQ(outcome(view, "both"), "not attested");
  EXPECT_EQ(view.verdict.word, "inconclusive");
}

TEST_F(RunTest, TheConsoleIsToldOfEachTestOnce) {
  std::vector<std::string> told;
  options.jobs = 4;
  options.on_test_done = [&](const evidence::TestView& test) {
    told.push_back(test.name + " " + std::string(evidence::to_word(test.outcome)));
    if (test.name == "fails") {
      EXPECT_EQ(test.steps.at(0).claims.at(0).found, "\"hello\"");
    }
  };
  run(R"(
  fails: {title: It fails, steps: [{check: [{value: $word, is: other}]}]}
  passes: {title: It passes, steps: [{check: [{value: $word, is: hello}]}]}
)");
  EXPECT_THAT(told, testing::UnorderedElementsAre("fails fail", "passes pass"));
}

TEST_F(RunTest, TheOptionsOfASuiteAreRecordedWithWhereTheyWereChosen) {
  const std::string tests = "\n  get: {title: It gets, steps: [{do: portal.formats}]}\n";
  const auto chosen = [&](const std::string& more) {
    const auto view = run(load(tests, std::string(target_text) + more));
    EXPECT_THAT(view.suites, testing::SizeIs(1));
    EXPECT_THAT(view.suites.at(0).options, testing::SizeIs(1));
    const auto& option = view.suites.at(0).options.at(0);
    return option.name + " (" + option.title + ") " + option.value + ", " + option.from;
  };
  EXPECT_EQ(chosen(""), "transport (Transmit by) direct, default");
  EXPECT_EQ(chosen("options: {transport: direct}\n"), "transport (Transmit by) direct, target");
  options.options["transport"] = "rest";
  EXPECT_EQ(chosen("options: {transport: direct}\n"), "transport (Transmit by) rest, command line");
}

TEST_F(RunTest, APlanThatCannotBeMadeRunsNothing) {
  options.out = folder_.path() / "runs";
  options.inputs["patient"] = "mallory";
  const auto result = engine::run(load(sign_in), options, connectors);
  EXPECT_FALSE(result);
  EXPECT_FALSE(std::filesystem::exists(options.out));
}

}  // namespace
}  // namespace bb::test
