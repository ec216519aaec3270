// What a connector gets from its host, and what the record keeps of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include <bb/core/crypto.hpp>
#include <bb/core/time.hpp>
#include "host/host_fixture.hpp"
#include "host/scripted_server.hpp"
#include "instance.hpp"
#include "services/services.hpp"
#include "support/temporary_folder.hpp"

namespace bb::test {
namespace {

using testing::HasSubstr;
using testing::Not;

struct ServicesTest : testing::Test, Scripted {
  void give_secret(const std::string& name, const std::string& value) {
    options.secrets[name] = {"", write_file(folder.path(), name, value)};
  }
  Value named(const std::string& name) { return Value::object({{"name", name}}); }
  TemporaryFolder folder;
};

TEST_F(ServicesTest, OnlyWhatTheManifestAsksForIsGiven) {
  // bb.host.random/1 is not among the grants of the fixture's manifest.
  EXPECT_EQ(probe("services").body,
            "bb.host.log/1 bb.host.clock/1 bb.host.cancel/1 bb.host.secret/1 bb.host.http/1 bb.host.evidence/1 "
            "bb.host.person/1");
}

TEST_F(ServicesTest, RandomBytesFollowFromTheSeedWhereThereIsOne) {
  const auto bytes = [&](const std::string& seed) {
    options.random_seed = seed;
    const host::Instance instance(options, {}, nullptr, "test");
    std::string buffer(40, '\0');
    EXPECT_EQ(host::random_service().fill(&instance.abi, buffer.data(), buffer.size()), BB_OK);
    return buffer;
  };
  EXPECT_EQ(bytes("7/random/portal"), RepeatableBytes("7/random/portal").next(40));
  EXPECT_NE(bytes(""), bytes(""));
}

TEST_F(ServicesTest, AHostSaysItsNameAndTheProgramsVersion) { EXPECT_EQ(probe("host").body, "bb-host test"); }

TEST_F(ServicesTest, SecretsAreTakenOutBeforeALogLineIsShortened) {
  give_secret("password", "log-canary-password");
  probe("secret", named("password"));
  probe("log", Value::object({{"message", std::string(64 * 1024 - 12, 'x') + "log-canary-password"}}));
  ASSERT_EQ(recorder.lines.size(), 1u);
  EXPECT_THAT(recorder.lines[0].message, Not(HasSubstr("log-")));
  EXPECT_EQ(recorder.lines[0].message.size(), 64u * 1024);
}

TEST_F(ServicesTest, NamesInEvidenceLoseTheirSecretsToo) {
  give_secret("password", "evidence-canary");
  probe("secret", named("password"));
  probe("evidence",
        Value::object(
            {{"protocol", "p evidence-canary"}, {"step", "s evidence-canary"}, {"attribute", "a evidence-canary"}}));
  ASSERT_EQ(recorder.records.size(), 1u);
  EXPECT_EQ(recorder.records[0].protocol, "p [secret password]");
  EXPECT_EQ(recorder.records[0].step, "s [secret password]");
  EXPECT_EQ(recorder.records[0].attributes[0].name, "a [secret password]");
}

TEST_F(ServicesTest, LogLinesAndNotesOverTheLimitAreCountedAndDropped) {
  probe("log", Value::object({{"message", "chatter"}, {"times", 1003}}), {.call_id = 4});
  probe("evidence", Value::object({{"sent", "x"}, {"times", 1002}}), {.call_id = 5});
  EXPECT_EQ(recorder.lines.size(), 1000u);
  ASSERT_EQ(recorder.records.size(), 1002u);
  const host::EvidenceRecord& lines = recorder.records.front();
  EXPECT_EQ(lines.protocol + " " + lines.step, "host dropped");
  EXPECT_EQ(lines.call_id, 4u);
  EXPECT_EQ(lines.attributes, (std::vector<host::Attribute>{{"log_lines", "3"}, {"notes", "0"}}));
  const host::EvidenceRecord& notes = recorder.records.back();
  EXPECT_EQ(notes.call_id, 5u);
  EXPECT_EQ(notes.attributes, (std::vector<host::Attribute>{{"log_lines", "0"}, {"notes", "2"}}));
  // The next call begins anew.
  probe("log", Value::object({{"message", "chatter"}}), {.call_id = 6});
  EXPECT_EQ(recorder.lines.size(), 1001u);
  EXPECT_EQ(recorder.records.size(), 1002u);
}

TEST(RecordLimitTest, BoundsNumberAndBytesOfACallAndOfAll) {
  host::RecordLimit limit({2, 10}, {3, 15});
  EXPECT_TRUE(limit.keep(10));
  EXPECT_FALSE(limit.keep(1)) << "bytes of a call";
  EXPECT_TRUE(limit.keep(0));
  EXPECT_FALSE(limit.keep(0)) << "number of a call";
  EXPECT_EQ(limit.end_call(), 2u);
  EXPECT_FALSE(limit.keep(6)) << "bytes in all";
  EXPECT_TRUE(limit.keep(5));
  EXPECT_FALSE(limit.keep(0)) << "number in all";
  EXPECT_EQ(limit.end_call(), 2u);
  EXPECT_EQ(limit.end_call(), 0u);
}

TEST_F(ServicesTest, LogLinesJoinTheCallAndLoseTheirSecrets) {
  give_secret("password", "log-canary-password");
  probe("secret", named("password"));
  probe("log", Value::object({{"message", "signed in with log-canary-password"}, {"level", 2}}), {.call_id = 12});
  ASSERT_EQ(recorder.lines.size(), 1u);
  EXPECT_EQ(recorder.lines[0].instance, "portal/alice");
  EXPECT_EQ(recorder.lines[0].call_id, 12u);
  EXPECT_EQ(recorder.lines[0].level, BB_LOG_WARNING);
  EXPECT_EQ(recorder.lines[0].message, "signed in with [secret password]");
  EXPECT_EQ(recorder.lines[0].fields[0].value, "[secret authorization]");
}

TEST_F(ServicesTest, LogLinesUnderTheLevelAreDropped) {
  options.log_level = BB_LOG_WARNING;
  probe("log", Value::object({{"message", "chatter"}, {"level", 1}}));
  probe("log", Value::object({{"message", "trouble"}, {"level", 2}}));
  ASSERT_EQ(recorder.lines.size(), 1u);
  EXPECT_EQ(recorder.lines[0].message, "trouble");
}

TEST_F(ServicesTest, EvidenceOfOwnSocketsIsRecorded) {
  give_secret("password", "evidence-canary");
  probe("secret", named("password"));
  probe("evidence", Value::object({{"sent", "AUTH evidence-canary"}}), {.call_id = 3});
  ASSERT_EQ(recorder.records.size(), 1u);
  EXPECT_EQ(recorder.records[0].protocol, "smtp");
  EXPECT_EQ(recorder.records[0].step, "rcpt-to");
  EXPECT_EQ(recorder.records[0].peer, "mx.example.org:25");
  EXPECT_EQ(recorder.records[0].sent, "AUTH [secret password]");
  EXPECT_EQ(recorder.records[0].call_id, 3u);
  EXPECT_TRUE(recorder.records[0].is_sensitive);
}

TEST_F(ServicesTest, AnUnansweredRecordMakesTheDeadlineTheSystems) {
  const host::Reply reply = probe("evidence", Value::object({{"sent", "x"}, {"unanswered", true}}));
  EXPECT_EQ(host::result_word(reply), "timeout");
}

TEST_F(ServicesTest, ACancelHandleIsThereWhereTheCallCanBeCancelled) {
  host::Cancellation cancellation;
  host::CallOptions call;
  call.cancellation = &cancellation;
  EXPECT_EQ(probe("handle", Value::object(), call).body, "a handle");
  EXPECT_EQ(probe("handle").body, "none");
}

TEST_F(ServicesTest, AConnectorSeesThatItIsCancelled) {
  host::Cancellation cancellation;
  host::CallOptions call;
  call.cancellation = &cancellation;
  std::thread canceller([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    cancellation.cancel();
  });
  EXPECT_EQ(probe("busy", Value::object({{"ms", 10'000}}), call).status, BB_E_CANCELLED);
  canceller.join();
}

// --- clock ---

TEST_F(ServicesTest, AConnectorSleepsInVirtualTime) {
  host::VirtualClock virtual_clock(1'700'000'000 * ns_per_second);
  options.clock = &virtual_clock;
  const host::VirtualClock::Worker worker(virtual_clock);
  const host::Reply reply = probe("sleep", Value::object({{"ms", 86'400'000}}));
  EXPECT_EQ(reply.body, "1700086400000000000");
  EXPECT_LT(reply.total_ms, 10'000);
  connector.reset();
}

TEST_F(ServicesTest, SleepingPastTheDeadlineWithNothingAskedIsTheConnectors) {
  const host::Reply reply = probe("sleep", Value::object({{"ms", 60'000}}), within_ms(20));
  EXPECT_EQ(reply.status, BB_E_DEADLINE);
  EXPECT_EQ(host::result_word(reply), "internal");
}

// --- secrets ---

TEST_F(ServicesTest, ASecretIsUsedAndNeverSeen) {
  give_secret("password", "canary-password\n");
  const host::Reply reply = probe("secret", named("password"));
  EXPECT_EQ(reply.body, "it is [secret password] of 15");
}

TEST_F(ServicesTest, ASecretInAnErrorIsTakenOut) {
  give_secret("password", "canary-password");
  const host::Reply reply = probe("secret", Value::object({{"name", "password"}, {"in_error", true}}));
  EXPECT_EQ(reply.error.message, "refused with [secret password]");
}

TEST_F(ServicesTest, ANameThatWasNotGivenIsAMistakeOfTheTarget) {
  const host::Reply reply = probe("secret", named("other"));
  EXPECT_EQ(reply.status, BB_E_FORBIDDEN);
  EXPECT_EQ(host::result_word(reply), "invalid");
  EXPECT_EQ(reply.error.message, "secret 'other' is not among those the target gives to portal/alice");
}

TEST_F(ServicesTest, ASecretThatIsNotThereIsAMistakeOfTheTarget) {
  options.secrets["password"] = {"", folder.path() / "missing"};
  const host::Reply reply = probe("secret", named("password"));
  EXPECT_EQ(host::result_word(reply), "invalid");
  EXPECT_EQ(reply.error.message, "secret 'password' is not there: its environment variable or file is missing");
}

TEST_F(ServicesTest, AStoredSecretIsReadAgainAndKnown) {
  give_secret("token", "old-canary");
  const host::Reply reply = probe("secret", Value::object({{"name", "token"}, {"store", "rotated-canary"}}));
  EXPECT_EQ(reply.body, "it is [secret token] of 14");
  EXPECT_EQ(redactor.redact("rotated-canary"), "[secret token]");
}

// --- what the record must not hold ---

TEST_F(ServicesTest, TokensOfASignInAnswerAppearNowhere) {
  ScriptedServer server([](Peer& peer) {
    std::string request = peer.read_request();
    peer.send(plain_answer(R"({"access_token":"canary-access-1","expires_in":60})",
                           "Set-Cookie: sid=canary-cookie-1; HttpOnly\r\n"));
    request = peer.read_request();
    peer.send(plain_answer("you sent " + request));
  });
  probe("http", Value::object({{"url", server.url("/token")}, {"answer", false}}));
  const host::Reply reply = probe(
      "http", Value::object({{"url", server.url("/record?t=canary-access-1")},
                             {"headers", Value::object({{"Authorization", "Bearer canary-access-1"},
                                                        {"X-Basic", "Basic " + base64_encode("alice:canary-access-1")},
                                                        {"Cookie", "sid=canary-cookie-1"}})}}));
  std::string everything = reply.body + to_json(reply.emitted);
  for (const auto& [name, value] : reply.attributes) everything += name + value;
  for (const host::HttpExchange& exchange : recorder.exchanges) {
    everything += exchange.url + exchange.request_body + exchange.response_body;
    for (const auto* const fields : {&exchange.request_headers, &exchange.response_headers})
      for (const auto& [name, value] : *fields) everything += name + ": " + value + "\n";
  }
  EXPECT_THAT(everything, Not(HasSubstr("canary")));
  EXPECT_THAT(everything, Not(HasSubstr(base64_encode("canary").substr(0, 7))));
  EXPECT_EQ(recorder.exchanges[0].response_body, R"({"access_token":"[secret access_token]","expires_in":60})");
}

TEST_F(ServicesTest, ASignInAnswerThatIsTheMessageIsRedactedToo) {
  ScriptedServer server([](Peer& peer) {
    peer.read_request();
    peer.send(plain_answer(R"({"refresh_token":"canary-refresh"})"));
  });
  EXPECT_EQ(get(server.url()).body, R"({"refresh_token":"[secret refresh_token]"})");
}

TEST_F(ServicesTest, CredentialsInFormsAndQueriesAreLearnt) {
  ScriptedServer server([](Peer& peer) {
    peer.read_request();
    peer.send(plain_answer("ok"));
  });
  probe("http", Value::object({{"url", server.url("/x?access_token=canary-query&a=b")},
                               {"method", "POST"},
                               {"body", "grant_type=password&password=canary+form%21"}}));
  EXPECT_THAT(exchange().url, testing::EndsWith("/x?access_token=[secret access_token]&a=b"));
  EXPECT_EQ(exchange().request_body, "grant_type=password&password=[secret password]");
  EXPECT_EQ(redactor.redact("canary form!"), "[secret password]");
}

TEST_F(ServicesTest, AStatusOfTheSystemAfterAnAnswerIsTheSystems) {
  // Goal: a refusal by the host earlier in a call does not excuse a refusal by
  // the system later.
  ScriptedServer server([](Peer& peer) {
    while (!peer.read_request().empty() && peer.send(plain_answer("x"))) {
    }
  });
  const host::Reply reply = probe("http", Value::object({{"url", server.url()}, {"then_status", 201}}));
  EXPECT_EQ(reply.status, BB_E_FORBIDDEN);
  EXPECT_EQ(host::result_word(reply), "refused");
  EXPECT_EQ(attribute(reply, ":status"), "200");
}

}  // namespace
}  // namespace bb::test
