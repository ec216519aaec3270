// Tests of a run that is done are done again: what they come to then counts, and nothing else is touched.
#include <bb/core/text.hpp>

#include "harness/evidence/run_folder.hpp"
#include "run_fixture.hpp"

namespace bb::test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr const char* chain = R"(
  sign_in:
    title: Sign in
    steps: [{do: portal.sign_in, as: $patient}]
  view:
    title: The page names the patient
    verifies: R-A
    needs: sign_in
    steps: [{do: portal.view, as: $patient, with: {item: "1"}, expect: [{body: text, contains: Newman}], save: {page: body}}]
  after:
    title: What needs it
    verifies: R-B
    needs: view
    steps: [{check: [{value: $view.page, contains: Newman}]}]
  told:
    title: People are told
    verifies: R-S
    steps: [{attest: "Are people told?", id: told}]
  send:
    title: It can be sent
    needs: sign_in
    steps: [{do: portal.share, with: {to: "https://inbox.example/a"}, expect: [{result: ok}]}]
)";

class RedoTest : public RunFixture {
 protected:
  void connect(FakeConnectors& to) {
    to.on("bb.session/1 open", [](const FakeCall&) { return emitted(Value::object({{"account", "alice"}})); });
    to.on("bb.view/1 read", [this](const FakeCall&) { return content("<p>" + page + "</p>", "text/html"); });
    to.on("bb.share/1 send", [this](const FakeCall& call) {
      keys.push_back(call.operation.arguments["idempotency_key"].string_or(""));
      return can_send ? emitted(Value::object({{"receipts", Value::array()}})) : refusal(BB_E_FORBIDDEN, "no");
    });
  }
  evidence::RunView run_first() {
    connect(connectors);
    return run(load(chain));
  }
  evidence::RunView again(engine::RecordedRun::Redo which) {
    FakeConnectors fresh;
    connect(fresh);
    redo = which;
    auto view = resume(run_folder, fresh);
    calls = fresh.calls();
    return view;
  }
  std::string events() { return *read_text(run_folder / evidence::events_file_name); }

  std::string page = "Nobody";
  bool can_send = true;
  std::vector<std::string> keys, calls;
};

TEST_F(RedoTest, WhatFailedIsDoneAgainWithWhatWasSkippedForIt) {
  const auto first = run_first();
  EXPECT_EQ(outcome(first, "view"), "fail");
  EXPECT_EQ(outcome(first, "after"), "skip");
  const std::string before = events();

  page = "Newman";
  const auto second = again({.skipped = false, .failed = true});
  EXPECT_EQ(outcome(second, "view"), "pass") << find(second, "view").cause;
  EXPECT_EQ(outcome(second, "after"), "pass") << find(second, "after").cause;
  EXPECT_EQ(outcome(second, "told"), "not attested");
  EXPECT_EQ(requirement(second, "R-A"), "pass");
  EXPECT_EQ(second.counts.fail, 0);
  EXPECT_TRUE(second.is_complete);
  EXPECT_EQ(second.processes, 2);
  EXPECT_THAT(second.notes, Contains("2 tests were done again with resume --failed: what they came to then counts"));
  // Whom it needs is signed in again, unjudged; what had passed is left alone.
  EXPECT_THAT(calls, ElementsAre("portal/alice bb.session/1 open", "portal/alice bb.view/1 read"));
  EXPECT_TRUE(events().starts_with(before));
}

TEST_F(RedoTest, OnlyWhatEndedAsAskedForIsDoneAgain) {
  run_first();
  page = "Newman";
  const auto second = again({.skipped = true, .failed = false});
  EXPECT_EQ(outcome(second, "view"), "fail");
  EXPECT_EQ(outcome(second, "after"), "skip");
  EXPECT_THAT(calls, IsEmpty());
  EXPECT_THAT(second.attestations, SizeIs(1));
  const auto third = again({.skipped = true, .failed = true});
  EXPECT_EQ(outcome(third, "view"), "pass");
  EXPECT_EQ(outcome(third, "after"), "pass");
  EXPECT_EQ(third.processes, 3);
}

TEST_F(RedoTest, WhatWorseCameOfItCountsToo) {
  page = "Newman";
  can_send = false;
  EXPECT_EQ(outcome(run_first(), "send"), "fail");
  const auto second = again({.skipped = false, .failed = true});
  EXPECT_EQ(outcome(second, "send"), "fail");
  EXPECT_EQ(second.verdict.exit_status, 1);
}

TEST_F(RedoTest, WhatIsSentAgainHasAKeyOfItsOwnAlsoWithASeed) {
  options.seed = 7;
  page = "Newman";
  can_send = false;
  run_first();
  can_send = true;
  const auto second = again({.skipped = false, .failed = true});
  EXPECT_EQ(outcome(second, "send"), "pass") << find(second, "send").cause;
  ASSERT_THAT(keys, SizeIs(2));
  EXPECT_NE(keys[0], keys[1]);
}

TEST_F(RedoTest, KilledAfterAnyEventItGoesOnToTheSameOutcomes) {
  run_first();
  const std::string before = events();
  page = "Newman";
  again({.skipped = true, .failed = true});
  const std::string whole = events();
  const auto folder = run_folder;
  for (std::size_t end = whole.find('\n', before.size()); end != std::string::npos; end = whole.find('\n', end + 1)) {
    const std::string kept = whole.substr(0, end + 1);
    if (kept == whole) break;
    ASSERT_TRUE(write_text(folder / evidence::events_file_name, kept));
    const auto view = again({});
    EXPECT_FALSE(view.is_damaged) << view.verdict.sentence;
    EXPECT_TRUE(view.is_complete);
    EXPECT_EQ(outcome(view, "after"), "pass") << kept.substr(before.size());
    EXPECT_EQ(outcome(view, "told"), "not attested");
  }
}

TEST_F(RedoTest, ATestThatIsNotOfTheRunCannotBeDoneAgain) {
  run_first();
  again({.skipped = false, .failed = true});
  const std::string forged = replace_all(events(), R"("test":"view"},{)", R"("test":"viewed"},{)");
  ASSERT_NE(forged, events());
  ASSERT_TRUE(write_text(run_folder / evidence::events_file_name, forged));
  const auto view = evidence::read_run(run_folder);
  ASSERT_TRUE(view) << view.error().what;
  EXPECT_TRUE(view->is_damaged);
  EXPECT_THAT(view->verdict.sentence, HasSubstr("'demo/viewed' is done again, which is not in the plan"));
}

}  // namespace
}  // namespace bb::test
