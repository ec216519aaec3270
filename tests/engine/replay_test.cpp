// Every claim of a run comes to the same again, from its folder alone.
#include <functional>

#include <bb/core/files.hpp>
#include <bb/core/text.hpp>

#include "harness/engine/rejudge.hpp"
#include "run_fixture.hpp"
#include "support/chained_events.hpp"

namespace bb::engine {
namespace {

using test::content;
using test::FakeCall;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class ReplayTest : public test::RunFixture {
 protected:
  ReplayTest() {
    connectors.on("bb.download/1 fetch", [](const FakeCall& call) {
      return content("Newman " + call.operation.arguments["format_id"].string_or(""));
    });
  }
  Rejudged judge_again(std::shared_ptr<const checks::Validator> validator = nullptr) {
    const auto replay = Replay::open(run_folder, std::move(validator));
    EXPECT_TRUE(replay) << (replay ? "" : replay.error().what);
    auto judged = replay ? rejudge(*replay) : Result<Rejudged>(replay.error());
    EXPECT_TRUE(judged) << (judged ? "" : judged.error().what);
    return judged ? *std::move(judged) : Rejudged{};
  }
  // The folder as a forger leaves it who makes the chain anew.
  void forge(std::string_view from, std::string_view to) {
    const auto file = run_folder / "events.ndjson";
    const std::string text = *read_text(file);
    ASSERT_THAT(text, HasSubstr(std::string(from)));
    ASSERT_TRUE(write_text(file, test::rechained(replace_all(text, from, to))));
  }
};

constexpr const char* many_kinds = R"(
  get:
    title: The record is downloaded
    verifies: R-A
    each: {format: [a, b]}
    steps:
      - do: portal.download
        with: {format: $each.format}
        expect: [{body: text, contains: $patient.family_name}]
        save: {file: body}
      - check: [{value: "${get.file}", contains: "Newman ${each.format}"}]
    cleanup: [{do: portal.formats}]
  wrong:
    title: It names somebody else
    verifies: R-B
    needs: [get]
    steps: [{do: portal.download, with: {format: c}, expect: [{body: text, contains: Oldman}]}]
  unmet:
    title: It cannot be tested
    steps: [{do: portal.formats, require: [{json: $.nothing, exists: true}]}]
  asked:
    title: A person says
    verifies: R-S
    steps: [{attest: "Did ${patient.family_name} see it?"}]
)";

TEST_F(ReplayTest, EveryClaimComesToTheSame) {
  const auto view = run(many_kinds);
  EXPECT_EQ(outcome(view, "get[a]"), "pass");
  EXPECT_EQ(outcome(view, "wrong"), "fail");
  EXPECT_EQ(outcome(view, "unmet"), "skip");
  const auto again = judge_again();
  EXPECT_THAT(again.differences, IsEmpty());
  EXPECT_THAT(again.unjudged, IsEmpty());
  std::size_t claims = 0;
  for (const auto& test : view.tests)
    for (const auto& step : test.steps) claims += step.claims.size();
  EXPECT_EQ(again.claims, claims);
  EXPECT_GT(claims, 8u);
  EXPECT_EQ(again.tests, 4u);
  EXPECT_EQ(again.answers, 1u);
  EXPECT_EQ(again.reworded, 0u);
}

TEST_F(ReplayTest, AnotherBodyMakesTheClaimDiffer) {
  run(many_kinds);
  forge("Newman b", "Oldman b");
  const auto again = judge_again();
  ASSERT_THAT(again.differences, SizeIs(2)) << "the claim, and that of the check about what was saved";
  EXPECT_EQ(again.differences[0].test, "get[b]");
  EXPECT_EQ(again.differences[0].claim, "body text contains $patient.family_name");
  EXPECT_EQ(again.differences[0].was, "held");
  EXPECT_THAT(again.differences[0].is, HasSubstr("violated (expected"));
  EXPECT_GT(again.differences[0].line, 0);
}

TEST_F(ReplayTest, AClaimThatIsSaidToBeWeakerDiffers) {
  run(many_kinds);
  forge(R"(contains Oldman","outcome":"violated","level":"SHALL")",
        R"(contains Oldman","outcome":"violated","level":"MAY")");
  const auto again = judge_again();
  ASSERT_THAT(again.differences, SizeIs(1));
  EXPECT_EQ(again.differences[0].test, "wrong");
}

TEST_F(ReplayTest, AnotherQuestionDiffers) {
  run(many_kinds);
  forge("Did Newman see it?", "Is the sky blue?");
  const auto again = judge_again();
  ASSERT_THAT(again.differences, SizeIs(1));
  EXPECT_THAT(again.differences[0].was, HasSubstr("sky"));
}

TEST_F(ReplayTest, OtherWordsAreNoDifference) {
  run(many_kinds);
  forge(R"("found":"\"Newman a\"")", R"("found":"Newman and more")");
  const auto again = judge_again();
  EXPECT_THAT(again.differences, IsEmpty());
  EXPECT_GT(again.reworded, 0u);
}

// A document is valid that begins with "Newman".
class NewmanValidator : public checks::Validator {
 public:
  checks::Validity validate(const checks::Asked&, std::string_view bytes) const override {
    return {bytes.starts_with("Newman") ? checks::Holds::held : checks::Holds::violated, std::string(bytes)};
  }
};

TEST_F(ReplayTest, WhatAValidatorSaidIsNotKnownWithoutIt) {
  auto input = load(R"(
  file:
    title: A valid document is given
    steps: [{do: portal.download, with: {format: ccda-2.1}, expect: [valid: ccda]}]
)");
  input.validator = std::make_shared<NewmanValidator>();
  run(input);
  EXPECT_THAT(judge_again(input.validator).differences, IsEmpty());
  const auto without = judge_again();
  EXPECT_THAT(without.differences, IsEmpty());
  ASSERT_THAT(without.unjudged, SizeIs(1));
  EXPECT_EQ(without.unjudged[0].was, "held");
}

// A step whose rules are missing is an error by its claims, no damage.
TEST_F(ReplayTest, AnErrorForMissingRulesIsWhole) {
  const auto view = run(R"(
  file:
    title: A valid document is given
    steps: [{do: portal.download, with: {format: ccda-2.1}, expect: [valid: ccda]}]
)");
  EXPECT_EQ(outcome(view, "file"), "error");
  EXPECT_FALSE(view.is_damaged);
  EXPECT_THAT(judge_again().differences, IsEmpty());
}

TEST_F(ReplayTest, ARunThatWasKilledIsJudgedAsFarAsItCame) {
  run(many_kinds);
  const auto file = run_folder / "events.ndjson";
  const std::string text = *read_text(file);
  std::size_t claims = 0;
  for (std::size_t end = text.find('\n') + 1; end != 0; end = text.find('\n', end) + 1) {
    ASSERT_TRUE(write_text(file, text.substr(0, end + 9)));
    const auto again = judge_again();
    EXPECT_THAT(again.differences, IsEmpty()) << end;
    EXPECT_GE(again.claims, claims);
    claims = again.claims;
  }
  EXPECT_GT(claims, 8u);
}

}  // namespace
}  // namespace bb::engine
