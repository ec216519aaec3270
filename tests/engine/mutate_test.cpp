#include "harness/engine/mutate.hpp"

#include <fstream>

#include <bb/core/text.hpp>

#include "run_fixture.hpp"

namespace bb::engine {
namespace {

using test::content;
using test::emitted;
using test::FakeCall;
using testing::HasSubstr;
using testing::SizeIs;

class MutateTest : public test::RunFixture {
 protected:
  MutateTest() {
    connectors.on("bb.view/1 list", [](const FakeCall&) {
      return emitted(*parse_json(R"({"items": [{"id": "a", "kind": "visit"}, {"id": "b", "kind": "visit"}]})"));
    });
    connectors.on("bb.download/1 fetch", [](const FakeCall& call) {
      host::Reply reply = content("Newman " + call.operation.arguments["format_id"].string_or(""));
      reply.first_byte_ms = 3;
      return reply;
    });
  }
  std::vector<MutantResult> measure(const std::string& tests) {
    run(tests);
    auto results = mutate(run_folder);
    EXPECT_TRUE(results) << (results ? "" : results.error().what);
    return results ? *std::move(results) : std::vector<MutantResult>{};
  }
  using enum MutantResult::Verdict;
};

TEST_F(MutateTest, AFaultThatAClaimNoticesIsNoticed) {
  const auto results = measure(R"(
  list:
    title: Two visits are listed
    steps: [{do: portal.list, expect: [{json: "$.items[*]", count: 2}]}]
    catches:
      - {in: list, drop: {json: "$.items[0]"}}
      - {in: list, dup: {json: "$.items[0]"}}
)");
  ASSERT_THAT(results, SizeIs(2));
  EXPECT_EQ(results[0].verdict, noticed) << results[0].detail;
  EXPECT_EQ(results[0].fault, "drop json $.items[0] in list");
  EXPECT_EQ(results[0].test, "list");
  EXPECT_THAT(results[0].detail, HasSubstr("count"));
  EXPECT_GT(results[0].line, 0);
  EXPECT_EQ(results[1].verdict, noticed) << results[1].detail;
}

// A document is valid that begins with "Newman".
class NewmanValidator : public checks::Validator {
 public:
  checks::Validity validate(const checks::Asked&, std::string_view bytes) const override {
    return {bytes.starts_with("Newman") ? checks::Holds::held : checks::Holds::violated, std::string(bytes)};
  }
};

TEST_F(MutateTest, AFaultIsNoticedByADocumentThatIsNoLongerValid) {
  auto input = load(R"(
  file:
    title: A valid document is given
    steps: [{do: portal.download, with: {format: ccda-2.1}, expect: [valid: ccda]}]
    catches: [{in: download, drop: {body: text}}, {in: download, set: {body: text}, to: Oldman}]
)");
  input.validator = std::make_shared<NewmanValidator>();
  const auto view = run(input);
  EXPECT_EQ(outcome(view, "file"), "pass");
  const auto measured = mutate(run_folder, input.validator);
  ASSERT_TRUE(measured);
  ASSERT_THAT(*measured, SizeIs(2));
  for (const auto& result : *measured) EXPECT_EQ(result.verdict, noticed) << result.detail;
  // Without a validator nothing can be measured.
  const auto unmeasured = mutate(run_folder);
  ASSERT_TRUE(unmeasured);
  EXPECT_EQ(unmeasured->back().verdict, not_applicable) << unmeasured->back().detail;
}

TEST_F(MutateTest, AFaultThatNoClaimNoticesIsMissed) {
  const auto results = measure(R"(
  list:
    title: Something is listed
    steps: [{do: portal.list, expect: [{json: "$.items[*]"}]}]
    catches: [{in: list, drop: {json: "$.items[0]"}}]
)");
  ASSERT_THAT(results, SizeIs(1));
  EXPECT_EQ(results[0].verdict, missed);
  EXPECT_EQ(results[0].detail, "every claim still holds");
}

// On the rule date R-OLD asks nothing: its claim would let the faulty system pass.
TEST_F(MutateTest, AFaultThatOnlyAClaimNoticesThatDoesNotCountIsMissed) {
  const auto with = [&](const std::string& other) {
    return measure(R"(
  list:
    title: Two visits are listed
    verifies: R-A
    steps:
      - do: portal.list
        expect:
          - {json: "$.items[*]", count: 2, verifies: R-OLD}
          - )" + other +
                   R"(
    catches: [{in: list, drop: {json: "$.items[0]"}}]
)");
  };
  const auto results = with(R"({json: "$.items[*]"})");
  ASSERT_THAT(results, SizeIs(1));
  EXPECT_EQ(results[0].verdict, missed);
  EXPECT_EQ(results[0].detail,
            "only 'json $.items[*] count 2' noticed, and the requirements it speaks for do not count");
  const auto both = with(R"({json: "$.items[*].id", is: [a, b]})");
  ASSERT_THAT(both, SizeIs(1));
  EXPECT_EQ(both[0].verdict, noticed) << both[0].detail;
  EXPECT_THAT(both[0].detail, HasSubstr("$.items[*].id"));
}

TEST_F(MutateTest, AFaultWithNothingToApplyToIsNotApplicable) {
  const auto results = measure(R"(
  list:
    title: Something is listed
    steps: [{do: portal.list}]
    catches: [{in: list, drop: {json: "$.nothing"}}]
)");
  ASSERT_THAT(results, SizeIs(1));
  EXPECT_EQ(results[0].verdict, not_applicable) << results[0].detail;
}

TEST_F(MutateTest, AFaultOfATestThatTheRunLeftOutIsOmitted) {
  const auto results = measure(R"(
  list:
    title: The visits are listed
    when: {supports: portal.messaging}
    steps: [{do: portal.list, expect: [{json: "$.items[0].id", is: a}]}]
    catches: [{in: list, drop: {json: "$.items[0].id"}}]
  some:
    title: The first visit is listed
    steps: [{do: portal.list, expect: [{json: "$.items[0].id", is: a}]}]
    catches: [{in: list, drop: {json: "$.items[0].id"}}]
)");
  ASSERT_THAT(results, SizeIs(2));
  EXPECT_EQ(results[0].verdict, MutantResult::Verdict::omitted) << results[0].detail;
  EXPECT_EQ(results[1].verdict, noticed) << results[1].detail;
  const auto scores = scores_of_suites(results);
  ASSERT_THAT(scores, SizeIs(1));
  EXPECT_EQ(scores[0].omitted, 1);
  EXPECT_EQ(scores[0].applied(), 1);
  EXPECT_EQ(scores[0].not_applicable, 0);
}

TEST_F(MutateTest, ReferencesOfAFaultMeanWhatTheRunRecorded) {
  const auto results = measure(R"(
  first:
    title: The first visit is known
    steps: [{do: portal.list, expect: [result: ok], save: {other: {json: "$.items[1].id"}}}]
  list:
    title: The first visit is not the second
    needs: first
    steps:
      - do: portal.list
        expect: [{json: "$.items[0].id", not: $first.other}, {json: "$.items[0].kind", not: $word}]
        save: {own: {json: "$.items[1].id"}}
    catches:
      - {in: list, set: {json: "$.items[0].id"}, to: $first.other}
      - {in: list, set: {json: "$.items[0].id"}, to: $list.own}
      - {in: list, set: {json: "$.items[0].kind"}, to: "${word}"}
      - {in: list, drop: {json: "$.items[?@.id == '${first.other}']"}}
      - {in: list, set: {json: "$.items[0].id"}, to: $first.nothing}
)");
  ASSERT_THAT(results, SizeIs(5));
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(results[i].verdict, noticed) << results[i].detail;
  EXPECT_THAT(results[0].detail, HasSubstr("found \"b\""));
  EXPECT_THAT(results[2].detail, HasSubstr("found \"hello\""));
  EXPECT_EQ(results[3].verdict, missed) << results[3].detail;
  EXPECT_EQ(results[4].verdict, not_applicable);
  EXPECT_THAT(results[4].detail, HasSubstr("'$first.nothing' has no value"));
}

TEST_F(MutateTest, ADefectNeedsThePortal) {
  const auto results = measure(R"(
  list:
    title: Something is listed
    steps: [{do: portal.list}]
    catches: [{defect: view-empty}]
)");
  ASSERT_THAT(results, SizeIs(1));
  EXPECT_EQ(results[0].verdict, needs_portal);
  EXPECT_EQ(results[0].fault, "defect view-empty");
}

TEST_F(MutateTest, ATestThatDidNotSucceedMeasuresNothing) {
  const auto results = measure(R"(
  list:
    title: Three visits are listed
    steps: [{do: portal.list, expect: [{json: "$.items[*]", count: 3}]}]
    catches: [{in: list, drop: {json: "$.items[0]"}}]
)");
  ASSERT_THAT(results, SizeIs(1));
  EXPECT_EQ(results[0].verdict, not_applicable);
  EXPECT_THAT(results[0].detail, HasSubstr("its outcome is fail"));
}

TEST_F(MutateTest, AFaultInANeededTestIsNoticedThroughWhatItSaved) {
  const auto results = measure(R"(
  get:
    title: A file is downloaded
    each: {format: [a, b]}
    steps: [{do: portal.download, with: {format: $each.format}, save: {file: body}}]
  check:
    title: The file holds the name
    needs: get
    steps: [{check: [{value: "$get[b].file", contains: Newman}]}]
    catches:
      - {in: "get[b].download", swap: patient}
      - {in: "get[a].download", swap: patient}
)");
  ASSERT_THAT(results, SizeIs(2));
  EXPECT_EQ(results[0].verdict, noticed) << results[0].detail;
  EXPECT_EQ(results[0].fault, "swap patient in get[b].download");
  EXPECT_EQ(results[1].verdict, missed) << results[1].detail;  // nobody looks at [a]
}

TEST_F(MutateTest, AFaultInSeveralStepsChangesThoseThatHaveThePart) {
  const auto results = measure(R"(
  get:
    title: A list is given
    each: {which: [a, b]}
    steps: [{do: portal.list, save: {list: body}}]
  more:
    title: A file is given
    steps: [{do: portal.download, with: {format: a}, save: {file: body}}]
  check:
    title: One of them has an item
    needs: [get, more]
    steps: [{check: [{json: "$.items[0]", of: ["$get[a].list", "$get[b].list"]}]}]
    catches:
      - {in: "get[a].list", drop: {json: "$.items"}}
      - {in: ["get[a].list", "get[b].list"], drop: {json: "$.items"}}
      - {in: ["get[a].list", "get[b].list", more.download], drop: {json: "$.items"}}
      - {in: more.download, drop: {json: "$.items"}}
)");
  ASSERT_THAT(results, SizeIs(4));
  EXPECT_EQ(results[0].verdict, missed) << results[0].detail;
  EXPECT_EQ(results[1].verdict, noticed) << results[1].detail;
  EXPECT_EQ(results[1].fault, "drop json $.items in get[a].list, get[b].list");
  EXPECT_EQ(results[2].verdict, noticed) << results[2].detail;
  EXPECT_EQ(results[3].verdict, not_applicable) << results[3].detail;
}

TEST_F(MutateTest, ADelayIsNoticedByAClaimOnTime) {
  const auto results = measure(R"(
  get:
    title: A file is downloaded in time
    steps: [{do: portal.download, with: {format: a}, expect: [{time: first_byte, max: 5s}]}]
    catches: [{in: download, delay: 6s}, {in: download, delay: 1s}]
)");
  ASSERT_THAT(results, SizeIs(2));
  EXPECT_EQ(results[0].verdict, noticed) << results[0].detail;
  EXPECT_EQ(results[1].verdict, missed) << results[1].detail;
}

TEST_F(MutateTest, OneInstanceThatMissesIsEnough) {
  const auto results = measure(R"(
  get:
    title: A file is downloaded
    each: {format: [a, b]}
    steps: [{do: portal.download, with: {format: $each.format}, expect: [{body: text, contains: "Newman ${each.format}"}]}]
    catches: [{in: download, swap: patient}]
  lax:
    title: A file is downloaded whatever it holds
    each: {format: [a, b]}
    steps: [{do: portal.download, with: {format: $each.format}, expect: [{body: text, contains: $each.format}]}]
    catches: [{in: download, swap: patient}]
)");
  ASSERT_THAT(results, SizeIs(2));
  EXPECT_EQ(results[0].verdict, noticed) << results[0].detail;
  EXPECT_EQ(results[1].verdict, missed) << results[1].detail;
  EXPECT_THAT(results[1].detail, HasSubstr("lax[a]: "));
}

TEST_F(MutateTest, TheSuiteIsTheRunsOwnCopy) {
  run("  list: {title: Two are listed, steps: [{do: portal.list, expect: [{json: \"$.items[*]\", count: 2}]}], "
      "catches: "
      "[{in: list, drop: {json: \"$.items[0]\"}}]}\n");
  EXPECT_TRUE(write_text(folder_.path() / "demo.yaml", "gone"));
  const auto results = mutate(run_folder);
  ASSERT_TRUE(results) << results.error().what;
  EXPECT_EQ(results->at(0).verdict, noticed);
}

TEST_F(MutateTest, ACopyThatWasChangedIsRefused) {
  run("  list: {title: Something is listed, steps: [{do: portal.list}]}\n");
  for (const auto& blob : std::filesystem::directory_iterator(run_folder / "blobs"))
    EXPECT_TRUE(write_text(blob.path(), "tampered"));
  const auto results = mutate(run_folder);
  ASSERT_FALSE(results);
  EXPECT_THAT(results.error().what, HasSubstr("was changed"));
}

TEST_F(MutateTest, AnUnknownFormatOfEventsIsRefused) {
  run("  list: {title: Something is listed, steps: [{do: portal.list}]}\n");
  const auto text = read_text(run_folder / "events.ndjson");
  EXPECT_TRUE(
      write_text(run_folder / "events.ndjson", replace_all(*text, "bluebridge-events/1", "bluebridge-events/2")));
  const auto results = mutate(run_folder);
  ASSERT_FALSE(results);
  EXPECT_THAT(results.error().what, HasSubstr("'bluebridge-events/2', this program reads 'bluebridge-events/1'"));
}

TEST_F(MutateTest, APlanThatCannotBeReadIsAnErrorAndNotWithoutFaults) {
  run("  list: {title: Something is listed, steps: [{do: portal.list}]}\n");
  const auto text = read_text(run_folder / "events.ndjson");
  EXPECT_TRUE(write_text(run_folder / "events.ndjson", replace_all(*text, "\"plan\":[", "\"plan\":5,\"other\":[")));
  const auto results = mutate(run_folder);
  ASSERT_FALSE(results);
  EXPECT_THAT(results.error().what, HasSubstr("the plan of the run cannot be read"));
}

TEST_F(MutateTest, ADamagedRunMeasuresNothing) {
  run("  list: {title: Something is listed, steps: [{do: portal.list}]}\n");
  std::ofstream(run_folder / "events.ndjson", std::ios::app) << "garbage\n";
  const auto results = mutate(run_folder);
  ASSERT_FALSE(results);
  EXPECT_THAT(results.error().what, HasSubstr("the evidence is damaged and proves nothing"));
}

constexpr const char* list_and_get = R"(
  list:
    title: Two visits are listed
    verifies: R-A
    steps: [{do: portal.list, expect: [{json: "$.items[*]", count: 2}]}]
    catches: [{in: list, drop: {json: "$.items[0]"}}, {defect: view-empty}]
  get:
    title: Something is downloaded
    verifies: [R-A, R-B]
    steps: [{do: portal.download, with: {format: a}, expect: [{body: text, contains: Newman}]}]
    catches: [{in: download, set: {body: true}, to: Newman only}, {defect: view-empty}, {defect: download-empty}]
)";

TEST_F(MutateTest, AScoreIsOfTheFaultsThatCouldBeApplied) {
  const auto results = measure(list_and_get);
  const auto suites = scores_of_suites(results);
  ASSERT_THAT(suites, SizeIs(1));
  EXPECT_EQ(suites[0].name, "demo");
  EXPECT_EQ(suites[0].noticed, 1);
  EXPECT_EQ(suites[0].applied(), 2);
  EXPECT_EQ(suites[0].needs_portal, 3);
  const auto rows = scores_of_requirements(results);
  ASSERT_THAT(rows, SizeIs(2));
  EXPECT_EQ(rows[0].name, "R-A");
  EXPECT_EQ(rows[0].applied(), 2);
  EXPECT_EQ(rows[1].name, "R-B");
  EXPECT_EQ(rows[1].applied(), 1);
  EXPECT_EQ(rows[1].noticed, 0);
}

// What fails anyhow says nothing of the defect: no success is made of it.
TEST_F(MutateTest, ADefectIsNotMeasuredByATestThatFailsWithoutIt) {
  const char* broken = R"(
  list:
    title: Nine visits are listed
    steps: [{do: portal.list, expect: [{json: "$.items[*]", count: 9}]}]
    catches: [{defect: view-empty}]
)";
  run(broken);
  auto results = mutate(run_folder);
  ASSERT_TRUE(results);
  ASSERT_THAT(*results, SizeIs(1));
  const auto failed = *results;
  run(broken);
  ASSERT_TRUE(measure_defect(run_folder, "view-empty", *results));
  EXPECT_EQ((*results)[0].verdict, not_applicable);
  EXPECT_EQ((*results)[0].detail, "'list' is fail without the defect too");
  // Of two runs without the defect the one counts in which the test passed.
  connectors.on("bb.view/1 list", [](const FakeCall&) {
    return emitted(
        *parse_json(R"({"items": [{"id": "a"}, {"id": "b"}, {"id": "c"}, {"id": "d"}, {"id": "e"}, {"id": "f"},
                               {"id": "g"}, {"id": "h"}, {"id": "i"}]})"));
  });
  const auto passed = measure(broken);
  const auto merged = merge({failed, passed, failed});
  ASSERT_THAT(merged, SizeIs(1));
  EXPECT_EQ(merged[0].obstacle, "");
}

TEST_F(MutateTest, ADefectIsNoticedByTheTestsThatNameIt) {
  auto results = measure(list_and_get);
  connectors.on("bb.view/1 list", [](const FakeCall&) { return emitted(*parse_json(R"({"items": []})")); });
  EXPECT_EQ(outcome(run(list_and_get), "list"), "fail");
  ASSERT_TRUE(measure_defect(run_folder, "view-empty", results));
  EXPECT_EQ(results[1].verdict, noticed) << results[1].detail;
  EXPECT_EQ(results[3].verdict, missed) << "the download is as it was";
  EXPECT_THAT(results[3].detail, HasSubstr("'get' is pass"));
  EXPECT_EQ(results[4].verdict, needs_portal) << "no run with that defect was given";
  EXPECT_THAT(measure_defect(run_folder, "history-missing", results).error().what, HasSubstr("no test of the suites"));
}

TEST_F(MutateTest, OfSeveralRunsOneThatMissedDecides) {
  const auto result = [](MutantResult::Verdict verdict) {
    return std::vector{MutantResult{"demo", "list", "drop body in list", verdict, "", 7}};
  };
  const auto merged = [&](MutantResult::Verdict one, MutantResult::Verdict other) {
    const auto both = merge({result(one), result(other)});
    EXPECT_THAT(both, SizeIs(1));
    return both.front().verdict;
  };
  EXPECT_EQ(merged(not_applicable, noticed), noticed);
  EXPECT_EQ(merged(noticed, not_applicable), noticed);
  EXPECT_EQ(merged(MutantResult::Verdict::omitted, noticed), noticed);
  EXPECT_EQ(merged(not_applicable, MutantResult::Verdict::omitted), not_applicable);
  EXPECT_EQ(merged(noticed, missed), missed);
  EXPECT_EQ(merged(missed, noticed), missed);
}

TEST_F(MutateTest, GenericFaultsAreToldApartAndTheSameByAnyNumberOfJobs) {
  run(list_and_get);
  const auto plain = mutate(run_folder);
  const auto one = mutate(run_folder, nullptr, {.jobs = 1, .is_generic = true});
  const auto many = mutate(run_folder, nullptr, {.jobs = 4, .is_generic = true});
  ASSERT_TRUE(plain && one && many);
  ASSERT_EQ(one->size(), many->size());
  for (std::size_t i = 0; i < one->size(); ++i) {
    EXPECT_EQ((*one)[i].fault, (*many)[i].fault);
    EXPECT_EQ((*one)[i].verdict, (*many)[i].verdict);
    EXPECT_EQ((*one)[i].line == 0, i >= plain->size());
  }
  const auto verdict_of = [&](const std::string& test, const std::string& fault) {
    for (const auto& result : *one)
      if (result.test == test && result.fault == fault && result.line == 0) return result.verdict;
    return not_applicable;
  };
  EXPECT_EQ(verdict_of("get", "drop body in download"), noticed);
  EXPECT_EQ(verdict_of("get", "set result to unavailable in download"), noticed);
  // Newman is the patient's name, which the claim asks for.
  EXPECT_EQ(verdict_of("get", "swap patient in download"), noticed);
}

TEST_F(MutateTest, AFolderWithoutARunIsAnError) { EXPECT_FALSE(mutate(folder_.path())); }

}  // namespace
}  // namespace bb::engine
