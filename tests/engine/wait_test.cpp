#include <bb/core/time.hpp>

#include <chrono>

#include "harness/engine/inbox_wait.hpp"
#include "run_fixture.hpp"

namespace bb::test {
namespace {

using testing::AnyOf;
using testing::Each;
using testing::HasSubstr;

// A mailbox whose messages arrive at polls.
class WaitTest : public RunFixture {
 protected:
  WaitTest() {
    connectors.add_function("bb.inbox/1 allocate");
    connectors.on("bb.inbox/1 allocate", [this](const FakeCall& call) {
      tag = call.operation.arguments["tag"].string_or("");
      return emitted(Value::object({{"address", "https://inbox.example/1"}}));
    });
    connectors.on("bb.inbox/1 poll", [this](const FakeCall& call) {
      ++polls;
      asked_for.push_back(call.operation.arguments["terms"]["address"].string_or(""));
      Value items = Value::array();
      for (const auto& [id, from_poll] : messages)
        if (polls >= from_poll) items.push(Value::object({{"id", id}, {"kind", "message"}}));
      return emitted(Value::object({{"items", std::move(items)}}));
    });
    connectors.on("bb.inbox/1 read", [](const FakeCall& call) {
      return content("Subject: " + call.operation.arguments["item_id"].string_or("") + "\r\n\r\nhello\r\n",
                     "message/rfc822");
    });
    connectors.on("bb.share/1 send", [](const FakeCall&) {
      return emitted(Value::object({{"receipts", Value::array()}}));
    });
  }
  std::string virtual_target() const { return std::string(target_text) + "clock: virtual\n"; }

  std::map<std::string, int> messages;  // id: first poll that shows it
  int polls = 0;
  std::string tag;
  std::vector<std::string> asked_for;
};

constexpr const char* share_and_wait = R"(
  send:
    title: The record arrives
    steps:
      - do: portal.share
        with: {to: $inbox.address}
      - wait: inbox.message
        with: {address: $inbox.address}
        within: 70m
        expect: [{media_type: message/rfc822}]
        save: {mail: body}
)";

TEST_F(WaitTest, TakesTheMessageThatCameAfterSending) {
  messages = {{"old", 0}, {"new", 3}};
  const auto view = run(load(share_and_wait, virtual_target()));
  EXPECT_EQ(outcome(view, "send"), "pass") << find(view, "send").cause;
  EXPECT_THAT(find(view, "send").steps.back().message.body, HasSubstr("Subject: new"));
  // What lay there before is asked for as a whole; so is what is left at the end.
  EXPECT_THAT(asked_for, Each(AnyOf("", "https://inbox.example/1")));
  EXPECT_EQ(std::count(asked_for.begin(), asked_for.end(), ""), 2);
  EXPECT_THAT(tag, testing::MatchesRegex("bb-[a-z0-9]+"));
}

TEST_F(WaitTest, AWaitForAnyAddressForgetsWhatLayThereForAll) {
  connectors.on("bb.inbox/1 poll", [this](const FakeCall& call) {
    ++polls;
    const bool is_for_all = call.operation.arguments["terms"]["address"].is_null();
    Value items = Value::array();
    if (is_for_all) items.push(Value::object({{"id", "of-somebody-else"}, {"kind", "message"}}));
    if (polls > 3) items.push(Value::object({{"id", "new"}, {"kind", "message"}}));
    return emitted(Value::object({{"items", std::move(items)}}));
  });
  const auto view = run(load(R"(
  send:
    title: Something arrives
    steps:
      - do: portal.share
        with: {to: $inbox.address}
      - wait: inbox.message
        within: 70m
)",
                             virtual_target()));
  EXPECT_THAT(find(view, "send").steps.back().message.body, HasSubstr("Subject: new"));
}

TEST_F(WaitTest, ReadsAMessageInTheFormThatIsAskedFor) {
  const auto opened = [](const std::string& of, const std::string& kind = "message") {
    return Value::object({{"id", of + ":opened"}, {"kind", kind}, {"opened", true}, {"parent", of}});
  };
  const auto received = [](const std::string& id) { return Value::object({{"id", id}, {"kind", "message"}}); };
  connectors.on("bb.inbox/1 poll", [&](const FakeCall&) {
    Value items = Value::array();
    if (++polls > 1)
      for (const auto* id : {"sealed", "other", "plain"}) items.push(received(id));
    if (polls > 1) {
      Value decrypted = opened("sealed", "message-decrypted");
      decrypted.set("id", "sealed:decrypted");
      items.push(std::move(decrypted));
      for (const auto* id : {"other", "sealed"}) items.push(opened(id));
    }
    return emitted(Value::object({{"items", std::move(items)}}));
  });
  const auto view = run(load(R"(
  forms:
    title: Three messages arrive
    steps:
      - {do: portal.share, with: {to: $inbox.address}}
      - {wait: inbox.message, id: one, with: {form: opened}, within: 1m}
      - {wait: inbox.message, id: two, with: {form: received}, within: 1m}
      - {wait: inbox.message, id: three, with: {form: opened}, within: 1m}
)",
                             virtual_target()));
  EXPECT_EQ(outcome(view, "forms"), "pass") << find(view, "forms").cause;
  std::vector<std::string> subjects;
  for (const auto& step : find(view, "forms").steps)
    if (step.action.starts_with("wait")) subjects.push_back(step.message.body.substr(0, step.message.body.find('\r')));
  EXPECT_THAT(subjects, testing::ElementsAre("Subject: sealed:opened", "Subject: other", "Subject: plain"));
}

TEST_F(WaitTest, VirtualTimeMakesALongWaitShort) {
  const auto began = std::chrono::steady_clock::now();
  const auto view = run(load(share_and_wait, virtual_target()));
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(60));
  EXPECT_EQ(outcome(view, "send"), "fail");
  const auto& message = find(view, "send").steps.back().message;
  EXPECT_EQ(message.result, "timeout");
  EXPECT_THAT(message.error, HasSubstr("no new message for https://inbox.example/1 within"));
  EXPECT_GE(view.finished_unix_ns - view.started_unix_ns, 70 * 60 * ns_per_second);
  // 200 ms at first, then backing off to 2 s: about 2,100 looks in 70 minutes.
  EXPECT_GT(polls, 2000);
  EXPECT_LT(polls, 2300);
}

TEST_F(WaitTest, ManyWaitsShareVirtualTime) {
  options.jobs = 4;
  const auto view = run(load(R"(
  wait:
    title: Nothing arrives
    each: {n: [1, 2, 3, 4, 5, 6]}
    steps:
      - wait: inbox.message
        with: {address: "https://inbox.example/${each.n}"}
        within: 10m
        expect: [{result: timeout}]
)",
                             virtual_target()));
  EXPECT_EQ(view.counts.pass, 6) << find(view, "wait[1]").cause;
}

TEST_F(WaitTest, EachMessageIsTakenOnce) {
  messages = {{"first", 3}, {"second", 3}};
  const auto view = run(load(R"(
  both:
    title: Two messages arrive
    steps:
      - {do: portal.share, with: {to: $inbox.address}}
      - {wait: inbox.message, id: one, with: {address: $inbox.address}, within: 1m}
      - {wait: inbox.message, id: two, with: {address: $inbox.address}, within: 1m}
      - {wait: inbox.message, id: three, with: {address: $inbox.address}, within: 1m, expect: [{result: timeout}]}
)",
                             virtual_target()));
  EXPECT_EQ(outcome(view, "both"), "pass") << find(view, "both").cause;
}

TEST_F(WaitTest, ARefusedInboxEndsTheWaitAtOnce) {
  connectors.on("bb.inbox/1 poll", [this](const FakeCall&) {
    ++polls;
    return refusal(BB_E_FORBIDDEN);
  });
  const auto view = run(R"(
  wait: {title: It arrives, steps: [{wait: inbox.message, with: {address: x}, within: 1h}]}
)");
  EXPECT_EQ(polls, 1);
  EXPECT_EQ(find(view, "wait").steps.at(0).message.result, "refused");
}

TEST_F(WaitTest, AnInboxThatNeverAnswersIsUnavailable) {
  connectors.on("bb.inbox/1 poll", [](const FakeCall&) { return refusal(BB_E_UNAVAILABLE, "closed port"); });
  const auto view = run(load(R"(
  wait: {title: It arrives, steps: [{wait: inbox.message, with: {address: x}, within: 10s}]}
)",
                             virtual_target()));
  EXPECT_EQ(outcome(view, "wait"), "fail");
  EXPECT_EQ(find(view, "wait").steps.at(0).message.result, "unavailable");
}

TEST_F(WaitTest, ACancelWakesAWait) {
  host::Cancellation cancellation;
  options.cancellation = &cancellation;
  connectors.on("bb.inbox/1 poll", [&](const FakeCall&) {
    cancellation.cancel();
    return emitted(Value::object({{"items", Value::array()}}));
  });
  const auto view = run(R"(
  wait: {title: It arrives, steps: [{wait: inbox.message, with: {address: x}, within: 1h}]}
)");
  EXPECT_EQ(outcome(view, "wait"), "cancel");
}

TEST_F(WaitTest, OneAddressServesTheWholeRun) {
  const std::string use = "steps: [{do: portal.share, with: {to: $inbox.address}}]";
  const auto view = run("  a: {title: A sends, " + use + "}\n  b: {title: B sends, " + use + "}\n");
  EXPECT_EQ(view.counts.pass, 2);
  EXPECT_EQ(connectors.count("inbox bb.inbox/1 allocate"), 1);
  EXPECT_TRUE(find(view, "a").steps.at(0).is_setup);
}

TEST_F(WaitTest, WithoutAnAddressTheTestIsSkipped) {
  connectors.on("bb.inbox/1 allocate", [](const FakeCall&) { return refusal(BB_E_UNAVAILABLE, "closed port"); });
  const auto view = run("  a: {title: A sends, steps: [{do: portal.share, with: {to: $inbox.address}}]}\n");
  EXPECT_EQ(outcome(view, "a"), "skip");
  EXPECT_THAT(find(view, "a").cause, HasSubstr("allocating one was answered unavailable: closed port"));
}

}  // namespace
}  // namespace bb::test
