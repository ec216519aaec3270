// People who sign in on the system's own pages, and come back.
#include "harness/engine/browser.hpp"

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <bb/core/crypto.hpp>

#include "run_fixture.hpp"

namespace bb::test {
namespace {

using testing::HasSubstr;
using testing::Not;

// Sends nobody anywhere: comes back with `response`.
struct FakeBrowser final : engine::Browser {
  std::optional<std::string> response;
  bool is_broken = false;
  std::vector<std::string> visits;  // "demo/sign_in portal alice https://..."

  struct Visit final : engine::Visit {
    Visit(FakeBrowser& browser, std::string who) : browser_(browser), who_(std::move(who)) {}
    const std::string& redirect_uri() const override { return uri_; }
    Result<std::optional<std::string>> go(const std::string& url, std::int64_t timeout_ms,
                                          const host::Cancellation*) override {
      EXPECT_GT(timeout_ms, 0);
      if (browser_.is_broken) return Error{"no screen"};
      browser_.visits.push_back(who_ + " " + url);
      return browser_.response;
    }
    FakeBrowser& browser_;
    std::string who_, uri_ = "http://127.0.0.1:5000/back";
  };
  Result<std::unique_ptr<engine::Visit>> begin(const engine::Visitor& visitor) override {
    return std::unique_ptr<engine::Visit>(new Visit(*this, visitor.test + " " + visitor.role + " " + visitor.person));
  }
};

struct RedirectTest : RunFixture {
  RedirectTest() {
    options.browser = &browser;
    connectors.on("bb.session/1 open", [this](const FakeCall& call) {
      opened = call.operation.arguments;
      auto reply = refusal(BB_E_PENDING, "visit a page");
      const auto state = opened["state"].string_or("");
      reply.challenge =
          Value::object({{"url", "https://shell.example/?state=" + state}, {"resume_state", "mine " + state}});
      return reply;
    });
    connectors.on("bb.session/1 resume", [this](const FakeCall& call) {
      resumed = call.operation.arguments;
      return refused == BB_OK ? emitted(Value::object()) : refusal(refused, "the person said no to wctoken-of-alice");
    });
  }
  FakeBrowser browser;
  Value opened, resumed;
  bb_status refused = BB_OK;
};

constexpr const char* sign_in_by_redirect = R"(
  sign_in:
    title: Sign in
    verifies: R-A
    steps: [{do: portal.sign_in, as: $patient, with: {method: user_redirect}}]
)";

TEST_F(RedirectTest, APersonComesBackAndTheSessionIsGoneOnWith) {
  browser.response = "http://127.0.0.1:5000/back?wctoken=wctoken-of-alice";
  const auto view = run(sign_in_by_redirect);
  EXPECT_EQ(outcome(view, "sign_in"), "pass");
  EXPECT_EQ(opened["redirect_uri"].string_or(""), "http://127.0.0.1:5000/back");
  const auto state = opened["state"].string_or("");
  // The browser and the connector get what the evidence does not hold.
  EXPECT_EQ(browser.visits, std::vector{"demo/sign_in portal alice https://shell.example/?state=" + state});
  EXPECT_EQ(resumed["request"], opened);
  EXPECT_EQ(resumed["resume_state"].string_or(""), "mine " + state);
  EXPECT_EQ(resumed["response"].string_or(""), *browser.response);
  const auto events = read_text(run_folder / "events.ndjson");
  ASSERT_TRUE(events);
  EXPECT_THAT(*events, Not(HasSubstr(state)));
  EXPECT_THAT(*events, Not(HasSubstr("wctoken-of-alice")));
  EXPECT_THAT(*events, HasSubstr("?wctoken=[secret wctoken]"));
}

// FHIR-SMART-22: 122 bits at least, of which base64url holds six a character.
TEST_F(RedirectTest, NoTwoSignInsHaveOneState) {
  browser.response = "http://127.0.0.1:5000/back";
  std::set<std::string> states;
  connectors.on("bb.session/1 resume", [&](const FakeCall& call) {
    states.insert(call.operation.arguments["request"]["state"].string_or(""));
    return emitted(Value::object());
  });
  const auto view = run(std::string(sign_in_by_redirect) + replace_all(sign_in_by_redirect, "sign_in:", "again:"));
  EXPECT_EQ(outcome(view, "sign_in"), "pass");
  EXPECT_EQ(outcome(view, "again"), "pass");
  ASSERT_EQ(states.size(), 2u);
  for (const auto& state : states) {
    const auto bytes = base64url_decode(state);
    ASSERT_TRUE(bytes) << state;
    EXPECT_GE(bytes->size() * 8, 122u);
  }
}

TEST_F(RedirectTest, ARefusalIsJudgedAndTellsNoToken) {
  browser.response = "http://127.0.0.1:5000/back?wctoken=wctoken-of-alice";
  refused = BB_E_CONSENT_REQUIRED;
  const auto view = run(sign_in_by_redirect);
  EXPECT_EQ(outcome(view, "sign_in"), "fail");
  EXPECT_THAT(find(view, "sign_in").cause, HasSubstr("the person said no to [secret wctoken]"));
}

TEST_F(RedirectTest, AReturnOfAnotherSignInIsTheSystems) {
  browser.response = "http://127.0.0.1:5000/back?state=another";
  refused = BB_E_INVALID_ARGUMENT;
  const auto view = run(sign_in_by_redirect);
  EXPECT_EQ(outcome(view, "sign_in"), "fail");
  EXPECT_THAT(find(view, "sign_in").cause, HasSubstr("malformed"));
}

TEST_F(RedirectTest, WhoDoesNotComeBackLeavesTheSignInPending) {
  const auto view = run(sign_in_by_redirect);
  EXPECT_EQ(outcome(view, "sign_in"), "skip");
  EXPECT_THAT(find(view, "sign_in").cause, HasSubstr("a person has to act first"));
  EXPECT_EQ(connectors.count("portal/alice bb.session/1 resume"), 0);
}

TEST_F(RedirectTest, ABrowserThatDoesNotStartIsNoFaultOfTheSystem) {
  browser.is_broken = true;
  const auto view = run(sign_in_by_redirect);
  EXPECT_EQ(outcome(view, "sign_in"), "error");
  EXPECT_THAT(find(view, "sign_in").cause, HasSubstr("nobody could sign in in a browser: no screen"));
}

TEST_F(RedirectTest, OtherWaysOfSigningInSendNobody) {
  browser.response = "http://127.0.0.1:5000/back";
  const auto view = run(R"(
  sign_in:
    title: The patient signs in
    steps: [{do: portal.sign_in, as: $patient}]
)");
  EXPECT_EQ(outcome(view, "sign_in"), "skip");
  EXPECT_TRUE(browser.visits.empty());
}

}  // namespace
}  // namespace bb::test
