// What waivers let fail, and when they are to be reviewed. Rules:
// docs/reference/waivers.md; exit statuses: docs/reference/command-line.md.
#include <bb/core/text.hpp>
#include <bb/core/time.hpp>

#include "harness/engine/rejudge.hpp"
#include "harness/evidence/waivers.hpp"
#include "harness/report/report.hpp"
#include "run_fixture.hpp"

namespace bb::test {
namespace {

using evidence::WaiverView;
using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr std::int64_t ns_per_day = std::int64_t{24} * 3600 * ns_per_second;

std::string day(int from_today) { return format_date(now_unix_ns() + from_today * ns_per_day); }

// Two claims of SHALL and one of SHOULD; the portal answers "Newman".
constexpr const char* tests = R"(
  get:
    title: The patient downloads
    verifies: R-A
    steps:
      - do: portal.download
        with: {format: blue-button-text}
        expect:
          - {body: text, contains: Smith}
          - {body: text, contains: Newman}
          - {body: text, contains: Jones, level: SHOULD}
  after:
    title: What needs it goes on
    needs: get
    verifies: R-B
    steps: [{check: [{value: $word, is: hello}]}]
)";

class WaiversTest : public RunFixture {
 protected:
  WaiversTest() {
    connectors.on("bb.download/1 fetch", [](const FakeCall&) { return content("Newman", "text/plain"); });
  }

  struct Written {
    std::string test = "demo/get";
    std::string claim = "body text contains Smith";
    std::string outcome = "fail";
    std::string subject = "fake@<2";
    std::string expires = day(1);
  };
  static std::string waiver(const Written& one) {
    return "  - {test: \"" + one.test + "\", subject: \"" + one.subject + "\", outcome: " + one.outcome +
           ", claim: \"" + one.claim + "\", reason: Slow sandbox., link: https://tracker.example/4711, expires: \"" +
           one.expires + "\"}\n";
  }
  engine::RunInput load_with(const std::string& suite_tests, const std::vector<Written>& written) {
    std::string text = "format: bluebridge-waivers/1\nwaivers:\n";
    for (const auto& one : written) text += waiver(one);
    EXPECT_TRUE(write_text(folder_.path() / "waivers.yaml", text));
    return load(suite_tests, std::string(target_text) + "clock: virtual\nwaivers: waivers.yaml\n");
  }
  evidence::RunView run_with(const std::string& suite_tests, const std::vector<Written>& written) {
    return run(load_with(suite_tests, written));
  }
  static std::string state(const evidence::RunView& view, std::size_t index = 0) {
    return index < view.waivers.size() ? std::string(to_word(view.waivers[index].state)) : "not there";
  }
};

TEST_F(WaiversTest, WithoutOneTheClaimFails) {
  const auto view = run(tests);
  EXPECT_EQ(outcome(view, "get"), "fail");
  EXPECT_EQ(view.verdict.exit_status, 1);
}

TEST_F(WaiversTest, TheClaimThatFailsAsItSaysIsWaivedAndListedApart) {
  const auto view = run_with(tests, {{}, {.claim = "body text contains Jones", .outcome = "warn"}});
  EXPECT_EQ(outcome(view, "get"), "waived");
  EXPECT_THAT(find(view, "get").cause, HasSubstr("; waived until " + day(1) + ": Slow sandbox."));
  EXPECT_EQ(requirement(view, "R-A"), "waived");
  EXPECT_EQ(outcome(view, "after"), "pass");
  EXPECT_EQ(view.verdict.word, "conformant");
  EXPECT_EQ(view.verdict.exit_status, 0);
  EXPECT_THAT(view.verdict.sentence, HasSubstr("1 test waived"));
  EXPECT_EQ(state(view), "used");
  EXPECT_EQ(view.counts.waived, 1);
  const auto console = report::render_console(view, {});
  EXPECT_THAT(console, AllOf(HasSubstr("Waivers"), HasSubstr("demo/get, 'body text contains Smith', on fake@<2"),
                             HasSubstr("https://tracker.example/4711")));
  EXPECT_THAT(report::render_html(view, {}), AllOf(HasSubstr("<h2 id=\"waivers\">"), HasSubstr("Slow sandbox.")));
  EXPECT_THAT(report::render_junit(view), AllOf(HasSubstr("<skipped type=\"waived\""), Not(HasSubstr("<error"))));
  EXPECT_EQ(report::to_value(view)["waivers"][std::size_t{0}]["state"], Value("used"));
}

TEST_F(WaiversTest, AnyOtherClaimStillFails) {
  const auto view = run_with(tests, {{.claim = "body text contains Jones", .outcome = "warn"}});
  EXPECT_EQ(outcome(view, "get"), "fail");
  EXPECT_EQ(state(view), "used");
  EXPECT_EQ(view.verdict.exit_status, 1);
  const auto other = run_with(replace_all(tests, "contains: Newman", "contains: Öz"), {{}});
  EXPECT_EQ(outcome(other, "get"), "fail");
  EXPECT_THAT(find(other, "get").cause, HasSubstr("Öz"));
  EXPECT_EQ(other.verdict.exit_status, 1);
}

TEST_F(WaiversTest, OneThatIsNotNeededIsStaleAndEndsWithSix) {
  const auto passes = replace_all(tests, "contains: Smith", "contains: New");
  auto view = run_with(passes, {{.claim = "body text contains New"}});
  EXPECT_EQ(outcome(view, "get"), "warn");
  EXPECT_EQ(state(view), "stale");
  EXPECT_THAT(view.waivers[0].why, HasSubstr("the claim held, and demo/get came to warn"));
  EXPECT_EQ(view.verdict.word, "conformant");
  EXPECT_EQ(view.verdict.exit_status, 6);
  EXPECT_THAT(view.verdict.sentence, HasSubstr("1 waiver is stale or expired"));
  EXPECT_THAT(report::render_junit(view), HasSubstr("<error type=\"stale waiver\""));
  // What is not there any more.
  view = run_with(passes, {{.claim = "body text contains Nobody"}, {.test = "demo/gone"}});
  EXPECT_EQ(state(view, 0), "stale");
  EXPECT_EQ(state(view, 1), "stale");
  EXPECT_THAT(view.verdict.sentence, HasSubstr("2 waivers are stale or expired"));
  EXPECT_EQ(view.verdict.exit_status, 6);
}

TEST_F(WaiversTest, OneOfATestThatCouldNotBeTestedIsStaleAndOneOfWhatDoesNotApplyIsNot) {
  const auto skipped = run_with(R"(
  get:
    title: The patient downloads
    steps: [{do: portal.download, with: {format: a}, require: [{body: text, contains: Nobody}],
             expect: [{body: text, contains: Smith}]}]
)",
                                {{}});
  EXPECT_EQ(outcome(skipped, "get"), "skip");
  EXPECT_EQ(state(skipped), "stale");
  EXPECT_EQ(skipped.verdict.exit_status, 6) << "stronger than 3";
  const auto omitted = run_with(R"(
  get: {title: It is by REST, when: {transport: rest}, steps: [{check: [{value: $word, is: Smith}]}]}
  one: {title: It holds, steps: [{check: [{value: $word, is: hello}]}]}
)",
                                {{.claim = "value $word is Smith"}});
  EXPECT_EQ(outcome(omitted, "get"), "omit");
  EXPECT_EQ(state(omitted), "open");
  EXPECT_EQ(omitted.verdict.exit_status, 0);
}

TEST_F(WaiversTest, AnErrorOrASkipIsNeverWaived) {
  connectors.on("bb.download/1 fetch", [](const FakeCall&) { return refusal(BB_E_CONNECTOR_LOST); });
  const auto view = run_with(tests, {{.claim = "result ok"}});
  EXPECT_EQ(outcome(view, "get"), "error");
  EXPECT_EQ(state(view), "open") << "nobody can say";
  EXPECT_EQ(view.verdict.exit_status, 3);
}

TEST_F(WaiversTest, OneHoldsThroughItsLastDay) {
  EXPECT_EQ(state(run_with(tests, {{.expires = day(0)}})), "used");
  const auto view = run_with(tests, {{.expires = day(-1)}});
  EXPECT_EQ(outcome(view, "get"), "fail");
  EXPECT_EQ(state(view), "expired");
  EXPECT_EQ(view.verdict.exit_status, 1);
  // Where the system was mended meanwhile.
  const auto mended = run_with(replace_all(tests, "contains: Smith", "contains: New"),
                               {{.claim = "body text contains New", .expires = day(-1)}});
  EXPECT_EQ(mended.verdict.exit_status, 6);
}

TEST_F(WaiversTest, TheRuleDateIsNotTheDayOfAWaiver) {
  options.rule_date = "2030-01-01";
  EXPECT_EQ(state(run_with(tests, {{}})), "used");
  options.rule_date = "2020-01-01";
  EXPECT_EQ(state(run_with(tests, {{.expires = day(-1)}})), "expired");
}

TEST_F(WaiversTest, OneIsOfItsSystemAndVersionOnly) {
  for (const auto* other : {"fake@<1.0", "fake@>1", "fake@2", "other", "fake@>=0.5,<0.9"}) {
    const auto view = run_with(tests, {{.subject = other}});
    EXPECT_EQ(outcome(view, "get"), "fail") << other;
    EXPECT_EQ(state(view), "apart") << other;
    EXPECT_EQ(view.verdict.exit_status, 1);
  }
  for (const auto* same : {"fake", "fake@1", "fake@=1.0.0", "fake@>=1,<1.1", "fake@ <= 1.0"})
    EXPECT_EQ(outcome(run_with(tests, {{.subject = same}}), "get"), "waived") << same;
}

TEST_F(WaiversTest, WhatWouldWarnIsNoFailure) {
  // The row does not count on this day, so the claim warns: the waiver says another outcome.
  const auto view = run_with(R"(
  get: {title: It was asked once, verifies: [R-OLD, R-A], steps: [{check: [
        {value: $word, is: Smith, verifies: R-OLD}, {value: $word, is: hello, verifies: R-A}]}]}
)",
                             {{.claim = "value $word is Smith"}});
  EXPECT_EQ(outcome(view, "get"), "warn");
  EXPECT_EQ(state(view), "stale");
  EXPECT_THAT(view.waivers[0].why, HasSubstr("does not come to fail under these rules"));
}

TEST_F(WaiversTest, OneInstanceOrAllOfThem) {
  const std::string each = R"(
  get: {title: "It is ${each.w}", each: {w: [a, b]}, verifies: R-A, steps: [{id: look, check: [{value: $each.w, is: c}]}]}
)";
  auto view = run_with(each, {{.test = "demo/get[a]", .claim = "value $each.w is c"}});
  EXPECT_EQ(outcome(view, "get[a]"), "waived");
  EXPECT_EQ(outcome(view, "get[b]"), "fail");
  view = run_with(each, {{.claim = "value $each.w"}});
  EXPECT_EQ(outcome(view, "get[a]"), "waived");
  EXPECT_EQ(outcome(view, "get[b]"), "waived");
  view = run_with(each, {{.test = "demo/get[b].look", .claim = "value $each.w"}, {.test = "demo/get[a].other"}});
  EXPECT_EQ(outcome(view, "get[b]"), "waived");
  EXPECT_EQ(outcome(view, "get[a]"), "fail");
  EXPECT_EQ(state(view, 1), "stale");
  // Of the two one still needs it.
  view = run_with(replace_all(each, "is: c", "is: b"), {{.claim = "value $each.w is b"}});
  EXPECT_EQ(outcome(view, "get[b]"), "pass");
  EXPECT_EQ(state(view), "used");
}

TEST_F(WaiversTest, AWaivedResultEndsItsTest) {
  connectors.on("bb.download/1 fetch", [](const FakeCall&) { return refusal(BB_E_FORBIDDEN); });
  const auto view = run_with(R"(
  get:
    title: The patient downloads
    verifies: R-A
    steps:
      - {do: portal.download, with: {format: a}, expect: [{body: text, contains: Newman}], save: {file: body}}
      - {do: portal.formats, id: next}
)",
                             {{.claim = "result ok"}});
  EXPECT_EQ(outcome(view, "get"), "waived");
  EXPECT_EQ(requirement(view, "R-A"), "waived");
  EXPECT_EQ(find(view, "get").steps.size(), 1u);
}

TEST_F(WaiversTest, OneOfATestThatWasLeftOutIsApart) {
  options.filters = {"demo/other"};
  const auto view = run_with(std::string(tests) + R"(
  other: {title: It holds, steps: [{check: [{value: $word, is: hello}]}]}
)",
                             {{}, {.test = "elsewhere/get"}});
  EXPECT_EQ(state(view, 0), "apart");
  EXPECT_EQ(state(view, 1), "apart");
  EXPECT_EQ(view.verdict.exit_status, 0);
}

TEST_F(WaiversTest, AReaderComesToTheSameAndNoticesWhatWasMarkedByHand) {
  EXPECT_EQ(run_with(tests, {{}}).verdict.exit_status, 0);
  const auto file = run_folder / "events.ndjson";
  const auto text = *read_text(file);
  ASSERT_THAT(text, HasSubstr("\"waived\":true"));
  // A claim that is said to be waived, and no waiver is of it.
  ASSERT_TRUE(write_text(file, replace_all(text, "\"claim\":\"body text contains Smith\"", "\"claim\":\"body x\"")));
  auto view = evidence::read_run(run_folder);
  ASSERT_TRUE(view);
  EXPECT_TRUE(view->is_damaged);
  EXPECT_THAT(view->problems,
              Contains(HasSubstr("has a claim that is waived, which the waivers of the run contradict")));
  // And one that was taken out of the events.
  ASSERT_TRUE(write_text(file, replace_all(text, ",\"waived\":true", "")));
  view = evidence::read_run(run_folder);
  ASSERT_TRUE(view);
  EXPECT_THAT(view->problems, Contains(HasSubstr("has a claim that is not waived, which the waivers of the run")));
}

TEST_F(WaiversTest, AReplayComesToTheSame) {
  EXPECT_EQ(outcome(run_with(tests, {{}}), "get"), "waived");
  const auto replay = engine::Replay::open(run_folder, nullptr);
  ASSERT_TRUE(replay);
  const auto rejudged = engine::rejudge(*replay);
  ASSERT_TRUE(rejudged);
  EXPECT_EQ(rejudged->differences.size(), 0u) << rejudged->differences.front().is;
  EXPECT_GT(rejudged->claims, 3u);
}

TEST_F(WaiversTest, AResumedRunKeepsTheWaiversItBeganWith) {
  connectors.on("bb.inbox/1 poll", [](const FakeCall&) { return emitted(Value::object({{"items", Value::array()}})); });
  options.is_detached = true;
  const auto view = run_with(std::string(tests) + R"(
  waits:
    title: A message comes
    verifies: R-B
    steps: [{wait: inbox.message, within: 70m, expect: [{result: timeout}]}]
)",
                             {{}, {.test = "demo/waits", .claim = "result timeout"}});
  EXPECT_EQ(outcome(view, "get"), "waived");
  EXPECT_EQ(state(view, 1), "open");
  EXPECT_EQ(view.verdict.exit_status, 4);
  ASSERT_TRUE(write_text(folder_.path() / "waivers.yaml", "format: bluebridge-waivers/1\nwaivers: []\n"));
  FakeConnectors with;
  const auto after = resume(run_folder, with);
  EXPECT_EQ(outcome(after, "get"), "waived");
  EXPECT_EQ(state(after, 0), "used");
  EXPECT_EQ(state(after, 1), "stale");
  EXPECT_EQ(after.verdict.exit_status, 6);
}

}  // namespace
}  // namespace bb::test
