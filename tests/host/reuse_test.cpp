// When the HTTP service uses a connection again, against servers that close it,
// write to it or leave a request on it without an answer.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <thread>
#include <tuple>

#include <bb/core/time.hpp>
#include "host/host_fixture.hpp"
#include "host/scripted_server.hpp"
#include "http/reuse.hpp"
#include "support/temporary_folder.hpp"

namespace bb::test {
namespace {

using testing::HasSubstr;

// A server, over TLS or not, that counts what it is asked, and a client that trusts it.
class Asked {
 public:
  using Script = std::function<void(Asked& server, Peer& peer)>;

  Asked(bool is_tls, Script script)
      : script_(std::move(script)),
        server_(is_tls ? std::make_unique<ScriptedServer>(serve_, ScriptedServer::Tls{certificate_, 0, true, {}})
                       : std::make_unique<ScriptedServer>(serve_)) {
    scripted_.options.http.ca_file = write_file(folder_.path(), "ca.pem", authority_.pem);
  }
  // The client goes first: scripts may wait for its end.
  ~Asked() { scripted_.connector.reset(); }

  // 0 at the end, else the request's number among all.
  int read_request(Peer& peer) { return peer.read_request().empty() ? 0 : ++request_count_; }

  host::Reply ask(const std::string& method) {
    auto arguments = Value::object({{"url", server_->url()}, {"method", method}});
    if (method != "GET") arguments.set("body", "x");
    return scripted_.probe("http", std::move(arguments));
  }
  // Until the server has closed that many connections, and so its word is with the client.
  void wait_closed(int count) const {
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (server_->closed_count() < count && std::chrono::steady_clock::now() < until)
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    ASSERT_GE(server_->closed_count(), count);
  }
  int request_count() const { return request_count_; }
  int connection_count() const { return server_->connection_count(); }

 private:
  TemporaryFolder folder_;
  Certificate authority_ = make_certificate({"Test CA", "", -3600, 3600, true});
  Certificate certificate_ = make_certificate({}, &authority_);
  std::atomic<int> request_count_ = 0;
  Script script_;
  ScriptedServer::Script serve_ = [this](Peer& peer) { script_(*this, peer); };
  Scripted scripted_;
  std::unique_ptr<ScriptedServer> server_;
};

enum class Closes { at_once, later };

class ReuseTest : public testing::TestWithParam<std::tuple<bool, const char*, Closes, const char*>> {};

TEST_P(ReuseTest, AConnectionThatThePeerClosedIsNotUsedAgain) {
  const auto [is_tls, method, closes, field] = GetParam();
  Asked asked(is_tls, [closes = closes, field = field](Asked& server, Peer& peer) {
    if (server.read_request(peer) != 0) peer.send(plain_answer("once", field));
    if (closes == Closes::later) std::this_thread::sleep_for(std::chrono::milliseconds(60));
  });
  for (int round = 1; round <= 3; ++round) {
    const host::Reply reply = asked.ask(method);
    EXPECT_EQ(reply.status, BB_OK) << reply.error.message;
    EXPECT_EQ(reply.body, "once");
    asked.wait_closed(round);
  }
  EXPECT_EQ(asked.request_count(), 3);
  EXPECT_EQ(asked.connection_count(), 3);
}

INSTANTIATE_TEST_SUITE_P(All, ReuseTest,
                         testing::Combine(testing::Bool(), testing::Values("GET", "POST"),
                                          testing::Values(Closes::at_once, Closes::later),
                                          testing::Values("", "Connection: close\r\n")));

class ReuseOverTest : public testing::TestWithParam<bool> {};
INSTANTIATE_TEST_SUITE_P(TlsOrNot, ReuseOverTest, testing::Bool());

TEST_P(ReuseOverTest, BytesThatNobodyAskedForAreNoAnswer) {
  // RFC 9110, 15.5.9: a server that tires of waiting may say so.
  Asked asked(GetParam(), [](Asked& server, Peer& peer) {
    const int number = server.read_request(peer);
    if (number == 0) return;
    peer.send(plain_answer("answer"));
    if (number > 1) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    peer.send("HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n");
  });
  EXPECT_EQ(asked.ask("POST").body, "answer");
  asked.wait_closed(1);
  const host::Reply reply = asked.ask("POST");
  EXPECT_EQ(attribute(reply, ":status"), "200");
  EXPECT_EQ(reply.body, "answer");
  EXPECT_EQ(asked.request_count(), 2);
  EXPECT_EQ(asked.connection_count(), 2);
}

// Answers the first request of a connection and takes the second without a word.
void take_the_second(Asked& server, Peer& peer) {
  if (server.read_request(peer) == 0) return;
  peer.send(plain_answer("answer"));
  server.read_request(peer);
}

TEST_P(ReuseOverTest, AnIdempotentRequestThatWasLostIsSentOnceMore) {
  for (const char* const method : {"GET", "PUT", "DELETE"}) {
    Asked asked(GetParam(), take_the_second);
    EXPECT_EQ(asked.ask("GET").status, BB_OK);
    const host::Reply reply = asked.ask(method);
    EXPECT_EQ(reply.status, BB_OK) << method << ": " << reply.error.message;
    EXPECT_EQ(asked.request_count(), 3) << method;
    EXPECT_EQ(asked.connection_count(), 2) << method;
  }
}

TEST_P(ReuseOverTest, APostThatMayHaveArrivedIsNotSentTwice) {
  Asked asked(GetParam(), take_the_second);
  EXPECT_EQ(asked.ask("POST").status, BB_OK);
  const host::Reply reply = asked.ask("POST");
  EXPECT_EQ(reply.status, BB_E_UNAVAILABLE);
  EXPECT_THAT(reply.error.message, HasSubstr("no answer came: 127.0.0.1:"));
  EXPECT_THAT(reply.error.message, HasSubstr("kept from an earlier request"));
  EXPECT_THAT(reply.error.message, HasSubstr("a POST that may have arrived is not sent again"));
  EXPECT_EQ(asked.request_count(), 2);
  EXPECT_EQ(asked.connection_count(), 1);
}

TEST_P(ReuseOverTest, NothingIsSentAgainThatWasLostOnANewConnection) {
  for (const char* const method : {"GET", "POST"}) {
    Asked asked(GetParam(), [](Asked& server, Peer& peer) { server.read_request(peer); });
    const host::Reply reply = asked.ask(method);
    EXPECT_EQ(reply.status, BB_E_UNAVAILABLE);
    EXPECT_THAT(reply.error.message, testing::Not(HasSubstr("earlier request"))) << method;
    EXPECT_EQ(asked.request_count(), 1) << method;
  }
}

TEST_P(ReuseOverTest, ASecondConnectionThatIsLostTooEndsIt) {
  Asked asked(GetParam(), [](Asked& server, Peer& peer) {
    if (server.read_request(peer) != 1) return;
    peer.send(plain_answer("answer"));
    server.read_request(peer);
  });
  EXPECT_EQ(asked.ask("GET").status, BB_OK);
  EXPECT_EQ(asked.ask("GET").status, BB_E_UNAVAILABLE);
  EXPECT_EQ(asked.request_count(), 3);
}

TEST_P(ReuseOverTest, TheTimeThatThePeerNamesIsRespected) {
  const auto connections = [&](const char* field) {
    Asked asked(GetParam(), [&](Asked& server, Peer& peer) {
      while (server.read_request(peer) != 0) peer.send(plain_answer("answer", field));
    });
    for (int round = 0; round < 2; ++round) EXPECT_EQ(asked.ask("POST").status, BB_OK);
    EXPECT_EQ(asked.request_count(), 2);
    return asked.connection_count();
  };
  EXPECT_EQ(connections("Keep-Alive: timeout=1\r\n"), 2);
  EXPECT_EQ(connections("Keep-Alive: timeout=100, max=5\r\n"), 1);
}

TEST(ReuseRulesTest, AConnectionIsGivenUpBeforeThePeerDoes) {
  const auto idle_s = [](const std::vector<host::Attribute>& fields) {
    host::AnswerHead head;
    head.fields = fields;
    return host::idle_ns_max(head) / ns_per_second;
  };
  EXPECT_EQ(idle_s({}), 4);
  const std::vector<std::pair<const char*, std::int64_t>> said{{"timeout=0", 0},
                                                               {"timeout=1", 0},
                                                               {"timeout=2", 1},
                                                               {"timeout=5, max=100", 4},
                                                               {"max=100,  Timeout=15", 14},
                                                               {"timeout=61", 60},
                                                               {"timeout=62", 60},
                                                               {"timeout=99999999999999999999", 60},
                                                               {"timeout=", 4},
                                                               {"timeout=-1", 4},
                                                               {"timeout=5s", 4},
                                                               {"max=100", 4},
                                                               {"", 4}};
  for (const auto& [field, seconds] : said) EXPECT_EQ(idle_s({{"keep-alive", field}}), seconds) << field;
}

TEST(ReuseRulesTest, OnlyWhatMayRunTwiceIsSentTwice) {
  // RFC 9110, 9.2.2, and RFC 5789, 2: PATCH is not idempotent.
  for (const char* const method : {"GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"})
    EXPECT_TRUE(host::may_send_again(method, true)) << method;
  for (const char* const method : {"POST", "PATCH", "CONNECT", "REPORT", "get", ""}) {
    EXPECT_FALSE(host::may_send_again(method, true)) << method;
    EXPECT_TRUE(host::may_send_again(method, false)) << method;
  }
}

}  // namespace
}  // namespace bb::test
