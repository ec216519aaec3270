// Operations as JSON, there and back, for every function of the ABI.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bb/abi/ext/session.h>
#include "host/host_fixture.hpp"

namespace bb::test {
namespace {

using testing::HasSubstr;

Value json(std::string_view text) {
  auto value = parse_json(text);
  EXPECT_TRUE(value) << text;
  return *value;
}

struct InvokeTest : testing::Test, Scripted {
  std::string emitted(const std::string& interface, const std::string& function, std::string_view arguments) {
    const host::Reply reply = invoke(interface, function, json(arguments));
    EXPECT_EQ(reply.status, BB_OK) << reply.error.message;
    EXPECT_EQ(reply.body, to_json(reply.emitted));
    EXPECT_EQ(reply.media_type, "application/json");
    return reply.body;
  }
};

TEST_F(InvokeTest, SessionOpenCarriesTheWholeRequest) {
  EXPECT_EQ(emitted("bb.session/1", "open",
                    R"({"method":"password","account":"alice","secret_password":"p","secret_client":"c",)"
                    R"("secret_refresh_token":"r","secret_private_key":"k","redirect_uri":"u","scopes":"s",)"
                    R"("patient":"pat","acting_for":"bob","state":"st","extra":{"a":"b"}})"),
            R"({"session":{"method":"password","subject":"alice","patient":"pat","acting_for":"bob",)"
            R"("scopes":"{\"method\":5,\"password\":\"p\",\"client\":\"c\",\"refresh\":\"r\",\"key\":\"k\",)"
            R"(\"redirect\":\"u\",\"state\":\"st\",\"extra\":{\"a\":\"b\"}}"}})");
}

TEST_F(InvokeTest, ARedirectEndsInAChallengeAndPending) {
  const host::Reply reply = invoke("bb.session/1", "open", json(R"({"method":"user_redirect"})"));
  EXPECT_EQ(reply.status, BB_E_PENDING);
  EXPECT_EQ(host::result_word(reply), "pending");
  EXPECT_EQ(reply.body, R"({"challenge":{"method":"user_redirect","url":"https://portal.example/authorize",)"
                        R"("resume_state":"verifier","expires":"2023-11-14T22:13:20.000Z"}})");
  EXPECT_EQ(emitted("bb.session/1", "resume",
                    R"({"request":{"method":"user_redirect","account":"alice"},"resume_state":"verifier",)"
                    R"("response":"https://back/?code=1"})"),
            R"({"session":{"method":"user_redirect","subject":"alice","patient":"","acting_for":"",)"
            R"("scopes":"verifier https://back/?code=1","expires":"2023-11-14T22:13:20.000Z"}})");
  // What is recorded loses its secrets; what a browser and resume() are given does not.
  redactor.learn("verifier", "verifier");
  const host::Reply again = invoke("bb.session/1", "open", json(R"({"method":"user_redirect"})"));
  EXPECT_EQ(again.emitted["challenge"]["resume_state"].string_or(""), "[secret verifier]");
  EXPECT_EQ(again.challenge["resume_state"].string_or(""), "verifier");
  EXPECT_EQ(again.challenge["url"].string_or(""), "https://portal.example/authorize");
}

TEST_F(InvokeTest, ARefusedSignInIsTheSystems) {
  const host::Reply reply = invoke("bb.session/1", "open", json(R"({"method":"password","account":"wrong"})"));
  EXPECT_EQ(reply.status, BB_E_UNAUTHENTICATED);
  EXPECT_EQ(host::result_word(reply), "refused");
  EXPECT_EQ(reply.error.message, "wrong account or password");
  EXPECT_EQ(reply.error.domain, "scripted");
  EXPECT_EQ(reply.error.domain_code, 7);
  EXPECT_EQ(reply.error.remote_detail, "detail");
  EXPECT_EQ(invoke("bb.session/1", "describe", Value::object()).status, BB_E_UNAUTHENTICATED);
}

TEST_F(InvokeTest, SessionCloseEmitsAnEmptyObject) { EXPECT_EQ(emitted("bb.session/1", "close", "{}"), "{}"); }

constexpr const char* listed =
    R"({"items":[{"id":"1","kind":"summary","media_type":"text/html","title":"{\"limit\":5,\"subject\":\"alice\",)"
    R"(\"kind\":\"summary\",\"from\":1700000000000000000,\"until\":1700006400000000000,\"cursor\":\"c\",)"
    R"(\"terms\":{\"a\":\"b\"}}","subject":"alice","version":"v7","parent":"0","updated":"2023-11-14T22:13:20.000Z",)"
    R"("size":12,"deleted":true,"summary":true,"opened":true},{"id":"2","kind":"visit"}],"cursor":"next"})";
constexpr const char* query =
    R"({"limit":5,"subject":"alice","kind":"summary","from":"2023-11-14T22:13:20Z","until":"2023-11-15",)"
    R"("cursor":"c","terms":{"a":"b"}})";

TEST_F(InvokeTest, ListingFunctionsTakeAQueryAndEmitItems) {
  EXPECT_EQ(emitted("bb.view/1", "list", query), listed);
  EXPECT_EQ(emitted("bb.inbox/1", "poll", query), listed);
  EXPECT_EQ(emitted("bb.activity/1", "list", query), listed);
}

TEST_F(InvokeTest, ReadingFunctionsGiveContent) {
  for (const char* const interface : {"bb.view/1", "bb.inbox/1", "bb.activity/1"}) {
    const host::Reply reply = invoke(interface, "read", json(R"({"item_id":"7"})"));
    EXPECT_EQ(reply.status, BB_OK);
    EXPECT_EQ(reply.body, "content of 7");
    EXPECT_EQ(reply.media_type, "text/html");
    EXPECT_EQ(to_json(reply.item), R"({"id":"answer","kind":"test","media_type":"Text/HTML; charset=utf-8"})");
    EXPECT_TRUE(reply.emitted.is_null());
  }
  const host::Reply missing = invoke("bb.view/1", "read", json(R"({"item_id":"missing"})"));
  EXPECT_EQ(host::result_word(missing), "not_found");
  EXPECT_TRUE(missing.item.is_null());
  EXPECT_EQ(missing.body, "");
}

TEST_F(InvokeTest, DownloadFormatsAndFetch) {
  EXPECT_EQ(emitted("bb.download/1", "formats", R"({"subject":"alice"})"),
            R"({"formats":[{"id":"ccda-2.1","media_type":"application/xml","title":"alice"}]})");
  const host::Reply reply =
      invoke("bb.download/1", "fetch", json(R"({"format_id":"ccda-2.1","item_ids":["1","2"],"kind":"visit"})"));
  EXPECT_EQ(reply.body,
            R"({"format":"ccda-2.1","items":["1","2"],"query":{"limit":0,"subject":"","kind":"visit","from":0,)"
            R"("until":0,"cursor":"","terms":{}}})");
}

TEST_F(InvokeTest, ShareSendsToEachDestination) {
  EXPECT_EQ(emitted("bb.share/1", "send",
                    R"({"idempotency_key":"k","destinations":[{"scheme":"https","address":"a"},)"
                    R"({"scheme":"direct","address":"b"}],"format_id":"f","item_ids":["1"],"kind":"visit"})"),
            R"({"receipts":[{"delivery":"accepted","message_id":"m1","recipient":"https|a",)"
            R"("detail":"{\"key\":\"k\",\"format\":\"f\",\"items\":[\"1\"],\"kind\":\"visit\"}",)"
            R"("at":"2023-11-14T22:13:20.000Z"},{"delivery":"accepted","message_id":"m1","recipient":"direct|b",)"
            R"("detail":"{\"key\":\"k\",\"format\":\"f\",\"items\":[\"1\"],\"kind\":\"visit\"}",)"
            R"("at":"2023-11-14T22:13:20.000Z"}]})");
}

TEST_F(InvokeTest, AnUnknownDeliveryIsUnknown) {
  for (const char* const interface : {"bb.share/1", "bb.transmit/1"})
    EXPECT_EQ(emitted(interface, "track", R"({"message_id":"m9"})"),
              R"({"receipts":[{"delivery":"unknown","message_id":"m9","at":"2023-11-14T22:13:20.000Z"}]})");
}

TEST_F(InvokeTest, TransmitCarriesAttachments) {
  EXPECT_EQ(emitted("bb.transmit/1", "send",
                    R"({"idempotency_key":"k","destinations":[{"scheme":"direct","address":"b"}],"subject_line":"S",)"
                    R"("body_text":"T","attachments":[{"filename":"a.xml","media_type":"application/xml",)"
                    R"("content":"<longer than five/>"},{"filename":"b","media_type":"text/plain","content":""}]})"),
            R"({"receipts":[{"delivery":"failed","message_id":"m2","recipient":"b",)"
            R"("detail":"S|T|a.xml application/xml <longer than five/>|b text/plain ",)"
            R"("at":"2023-11-14T22:13:20.000Z"}]})");
}

TEST_F(InvokeTest, InboxAcknowledgesAndAllocates) {
  EXPECT_EQ(emitted("bb.inbox/1", "acknowledge", R"({"item_id":"1","disposition":"displayed"})"), "{}");
  EXPECT_EQ(emitted("bb.inbox/1", "allocate", R"({"tag":"run-7"})"), R"({"address":"run-7@inbox.example"})");
}

TEST_F(InvokeTest, ProbesAreListedWithTheirSchemas) {
  EXPECT_EQ(
      emitted("bb.probe/1", "list", "{}"),
      R"({"probes":[{"name":"org.example.scripted.say","title":"Says a word","arguments_schema":{"type":"object",)"
      R"("required":["word"],"properties":{"word":{"type":"string"}}}},)"
      R"({"name":"org.example.scripted.bad","title":"Has a bad schema","arguments_schema":{"type":"word"}}]})");
}

TEST_F(InvokeTest, ArgumentsOfAProbeAreCheckedByTheSchemaItLists) {
  EXPECT_EQ(probe("org.example.scripted.say", json(R"({"word":"hello"})")).body, "hello");

  const host::Reply wrong = probe("org.example.scripted.say", json(R"({"word":7})"));
  EXPECT_EQ(host::result_word(wrong), "invalid");
  EXPECT_EQ(wrong.blame, host::Blame::host);
  EXPECT_THAT(wrong.error.message,
              HasSubstr("arguments of probe 'org.example.scripted.say', at '/word': expected string, got integer 7"));
  EXPECT_THAT(probe("org.example.scripted.say", json("{}")).error.message, HasSubstr("'word'"));

  const host::Reply bad = probe("org.example.scripted.bad", json("{}"));
  EXPECT_EQ(host::result_word(bad), "internal");
  EXPECT_THAT(bad.error.message, HasSubstr("that cannot be used, at '/type'"));
}

TEST_F(InvokeTest, AConnectorsOwnAttributesComeWithItsContent) {
  const host::Reply reply = probe("content", json(R"({"body":"x","media_type":"text/csv"})"));
  EXPECT_EQ(attribute(reply, "content.filename"), "record.txt");
  EXPECT_EQ(reply.media_type, "text/csv");
}

// --- arguments ---

TEST_F(InvokeTest, ArgumentsThatAreWrongNeverReachTheConnector) {
  const std::vector<std::array<std::string, 4>> cases{{
      {"bb.view/1", "read", "{}", "'item_id' is missing"},
      {"bb.view/1", "read", R"({"item_id":7})", "'item_id' must be text, not integer"},
      {"bb.view/1", "read", R"({"item_id":"1","itemid":"2"})", "unknown argument 'itemid', did you mean 'item_id'?"},
      {"bb.view/1", "list", R"({"from":"yesterday"})", "'from' must be a date or an RFC 3339 time, got 'yesterday'"},
      {"bb.view/1", "list", R"({"limit":-1})", "'limit' must be a whole number from 0 to 2147483647, got -1"},
      {"bb.view/1", "list", R"({"terms":{"a":1}})", "'terms.a' must be text, not integer"},
      {"bb.view/1", "list", R"({"terms":[]})", "'terms' must be an object of texts, not array"},
      {"bb.session/1", "open", R"({"method":"magic"})",
       "'method' is 'magic', expected one of none, client_credentials, user_redirect, mutual_tls, signed_request, "
       "password"},
      {"bb.session/1", "resume", R"({"request":{},"response":"r"})", "in 'request': 'method' is missing"},
      {"bb.session/1", "close", R"({"now":"x"})", "unknown argument 'now', none is expected"},
      {"bb.download/1", "fetch", R"({"format_id":"f","limit":1})", "unknown argument 'limit'"},
      {"bb.download/1", "fetch", R"({"format_id":"f","item_ids":[1]})", "'item_ids' must hold text only, not integer"},
      {"bb.share/1", "send", R"({"idempotency_key":"k"})", "'destinations' is missing or empty"},
      {"bb.share/1", "send", R"({"idempotency_key":"k","destinations":["x"]})",
       "each of 'destinations' must be {scheme, address}, got \"x\""},
      {"bb.transmit/1", "send",
       R"({"idempotency_key":"k","destinations":[{"scheme":"s","address":"a"}],"attachments":[{}]})",
       "each of 'attachments' must be {filename, media_type, content}, got {}"},
      {"bb.inbox/1", "allocate", R"({"tag":"Not Good"})", "'tag' must be 1 to 32 of a-z, 0-9 and '-'"},
      {"bb.inbox/1", "acknowledge", R"({"item_id":"1","disposition":"seen"})",
       "'disposition' is 'seen', expected one of processed, displayed, denied"},
      {"bb.probe/1", "run", R"({"name":"x","arguments":[]})", "'arguments' must be an object, not array"},
      {"bb.view/1", "list", "[]", "arguments must be an object, not array"},
  }};
  for (const auto& [interface, function, arguments, problem] : cases) {
    const host::Reply reply = invoke(interface, function, json(arguments));
    EXPECT_EQ(reply.status, BB_E_INVALID_ARGUMENT) << problem;
    EXPECT_EQ(host::result_word(reply), "invalid") << problem;
    EXPECT_THAT(reply.error.message, HasSubstr(problem));
  }
}

TEST_F(InvokeTest, ATagAtItsLongest) {
  const auto allocate = [&](std::size_t size) {
    return invoke("bb.inbox/1", "allocate", Value::object({{"tag", std::string(size, 'a')}})).status;
  };
  EXPECT_EQ(allocate(1), BB_OK);
  EXPECT_EQ(allocate(32), BB_OK);
  EXPECT_EQ(allocate(33), BB_E_INVALID_ARGUMENT);
}

TEST_F(InvokeTest, WhatIsNotOfferedIsUnsupported) {
  const auto message = [&](const std::string& interface, const std::string& function) {
    const host::Reply reply = invoke(interface, function, Value::object());
    EXPECT_EQ(host::result_word(reply), "unsupported");
    return reply.error.message;
  };
  EXPECT_EQ(message("bb.imaging/1", "studies"), "this host knows no function bb.imaging/1 studies");
  EXPECT_EQ(message("bb.view/1", "write"), "this host knows no function bb.view/1 write");
  Scripted bare;
  bare.options.type_id = "org.example.scripted.bare";
  bare.options.config = Value::object();
  EXPECT_EQ(bare.probe("status").error.message,
            "connector type org.example.scripted.bare does not offer bb.probe/1 run");
}

TEST_F(InvokeTest, AnInstanceSaysWhatItOffers) {
  EXPECT_EQ(instance().type_id(), "org.example.scripted");
  EXPECT_EQ(instance().name(), "portal/alice");
  EXPECT_TRUE(instance().offers("bb.inbox/1"));
  EXPECT_FALSE(instance().offers("bb.trust/1"));
  EXPECT_EQ(instance().session_methods(), (1u << BB_AUTH_PASSWORD) | (1u << BB_AUTH_USER_REDIRECT));
  EXPECT_TRUE(instance().has_function("bb.inbox/1", "allocate"));
  EXPECT_FALSE(instance().has_function("bb.inbox/1", "forget"));
  EXPECT_FALSE(instance().has_function("bb.trust/1", "anchors"));
  Scripted bare;
  bare.options.type_id = "org.example.scripted.bare";
  bare.options.config = Value::object();
  EXPECT_EQ(bare.instance().session_methods(), 0u);
  EXPECT_FALSE(bare.instance().has_function("bb.inbox/1", "allocate"));
}

// --- the contract ---

TEST_F(InvokeTest, ABreachOfTheContractIsTheConnectors) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"head-twice", "called head() twice for one answer"},
      {"write-first", "called write() before head()"},
      {"no-head", "returned BB_OK without calling head()"},
      {"plain-attribute",
       "gave the attribute 'content-type': a connector's own have a dot in their name, header "
       "fields are the host's"},
      {"small-item", "gave a bb_item with a struct_size too small"},
      {"throw", "let a C++ exception out: thrown through C"},
      {"throw-int", "let an unknown exception out"},
  };
  for (const auto& [how, what] : cases) {
    const host::Reply reply = probe("breach", Value::object({{"how", how}}));
    EXPECT_EQ(reply.status, BB_E_INTERNAL) << how;
    EXPECT_EQ(reply.blame, host::Blame::connector) << how;
    EXPECT_EQ(host::result_word(reply), "internal") << how;
    EXPECT_EQ(reply.error.message, "connector broke its contract: it " + what);
  }
}

TEST_F(InvokeTest, AnInstanceGoesOnAfterABreach) {
  probe("breach", Value::object({{"how", "throw"}}));
  EXPECT_EQ(probe("status").body, "fine");
}

TEST_F(InvokeTest, StatusesThatAConnectorMayNotReturn) {
  const auto message = [&](std::string_view arguments) {
    const host::Reply reply = probe("status", json(arguments));
    EXPECT_EQ(host::result_word(reply), "internal");
    return reply.error.message;
  };
  const std::string broke = "connector broke its contract: it returned ";
  EXPECT_EQ(message(R"({"status":503,"message":"gone"})"), broke + "BB_E_CONNECTOR_LOST, which only the host may say");
  EXPECT_EQ(message(R"({"status":504,"message":"gone"})"), broke + "BB_E_CONNECTOR_STUCK, which only the host may say");
  EXPECT_EQ(message(R"({"status":-1,"message":"x"})"), broke + "-1, which is no status");
  EXPECT_EQ(message(R"({"status":99,"message":"x"})"), broke + "99, which is no status");
  EXPECT_EQ(message(R"({"status":110})"), broke + "BB_E_CANCELLED though nobody had cancelled");
  EXPECT_EQ(message(R"({"status":700,"message":"x"})"), broke + "700, which is no status");
  EXPECT_EQ(message(R"({"status":201})"), broke + "BB_E_FORBIDDEN without saying why (bb_call::set_error)");
  EXPECT_EQ(message(R"({"status":201,"message":""})"),
            broke + "BB_E_FORBIDDEN without saying why (bb_call::set_error)");
}

TEST_F(InvokeTest, StatusesThatAConnectorMayReturn) {
  const auto word = [&](std::string_view arguments) {
    return std::string(host::result_word(probe("status", json(arguments))));
  };
  EXPECT_EQ(word(R"({"status":201,"message":"no"})"), "refused");
  EXPECT_EQ(word(R"({"status":304,"message":"a newer kind of later"})"), "unavailable");
  EXPECT_EQ(word(R"({"status":600})"), "pending");
  EXPECT_EQ(word(R"({"status":500,"message":"bug"})"), "internal");
  EXPECT_EQ(word(R"({"status":501,"message":"memory"})"), "out_of_memory");
  EXPECT_EQ(word(R"({"status":100,"message":"bad"})"), "invalid");
}

TEST_F(InvokeTest, ASessionNeedsItsInfoOrItsChallenge) {
  const auto message = [&](std::string_view arguments) {
    return invoke("bb.session/1", "open", json(arguments)).error.message;
  };
  EXPECT_EQ(message(R"({"method":"password","account":"forgets-info"})"),
            "connector broke its contract: it returned BB_OK without a session info");
  EXPECT_EQ(message(R"({"method":"user_redirect","account":"forgets-challenge"})"),
            "connector broke its contract: it returned BB_E_PENDING without a challenge");
}

}  // namespace
}  // namespace bb::test
