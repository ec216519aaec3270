// The HTTP service against servers that behave.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bb/core/time.hpp>
#include "host/host_fixture.hpp"
#include "host/scripted_server.hpp"
#include "support/temporary_folder.hpp"

namespace bb::test {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;

// A TLS server whose certificate the instance trusts.
struct Trusted {
  TemporaryFolder folder;
  Certificate authority = make_certificate({"Test CA", "", -3600, 3600, true});
  Certificate certificate = make_certificate({}, &authority);
  ScriptedServer server;
  Scripted scripted;

  explicit Trusted(ScriptedServer::Script script) : server(std::move(script), {certificate, 0, true, {}}) {
    scripted.options.http.is_cleartext_allowed = false;
    scripted.options.http.ca_file = write_file(folder.path(), "ca.pem", authority.pem);
  }
};

void answer_all(Peer& peer) {
  while (!peer.read_request().empty() && peer.send(plain_answer("hello"))) {
  }
}

TEST(HttpTest, TheAnswerOfATrustedServerBecomesTheMessage) {
  Trusted trusted(answer_all);
  const host::Reply reply = trusted.scripted.get(trusted.server.url("/record?kind=summary"));
  EXPECT_EQ(reply.status, BB_OK) << reply.error.message;
  EXPECT_EQ(reply.body, "hello");
  EXPECT_EQ(reply.media_type, "text/plain");
  EXPECT_EQ(attribute(reply, ":status"), "200");
  EXPECT_EQ(attribute(reply, "content-length"), "5");
  EXPECT_GE(reply.first_byte_ms, 0);
}

TEST(HttpTest, AnExchangeIsRecordedAsItWentOver) {
  Trusted trusted(answer_all);
  trusted.scripted.probe("http",
                         Value::object({{"url", trusted.server.url("/share")},
                                        {"method", "POST"},
                                        {"headers", Value::object({{"Content-Type", "application/json"}})},
                                        {"body", R"({"to":"x"})"}}),
                         {.call_id = 41});
  const host::HttpExchange& exchange = trusted.scripted.exchange();
  EXPECT_EQ(exchange.instance, "portal/alice");
  EXPECT_EQ(exchange.call_id, 41u);
  EXPECT_EQ(exchange.method, "POST");
  EXPECT_EQ(exchange.url, trusted.server.url("/share"));
  EXPECT_THAT(exchange.request_headers, Contains(host::Attribute{"content-type", "application/json"}));
  EXPECT_THAT(exchange.request_headers, Contains(host::Attribute{"content-length", "10"}));
  EXPECT_EQ(exchange.request_body, R"({"to":"x"})");
  EXPECT_EQ(exchange.status, 200);
  EXPECT_EQ(exchange.response_body, "hello");
  EXPECT_EQ(exchange.error, "");
  EXPECT_THAT(exchange.tls, HasSubstr("TLSv1."));
  EXPECT_TRUE(exchange.is_answer);
}

TEST(HttpTest, OneConnectionServesManyRequests) {
  Trusted trusted(answer_all);
  const host::Reply reply =
      trusted.scripted.probe("http", Value::object({{"url", trusted.server.url()}, {"times", 20}}));
  EXPECT_EQ(reply.status, BB_OK);
  EXPECT_EQ(trusted.server.connection_count(), 1);
}

TEST(HttpTest, AConnectionThatThePeerClosedIsOpenedAgain) {
  Trusted trusted([](Peer& peer) {
    peer.read_request();
    peer.send(plain_answer("once"));
  });
  for (int round = 0; round < 3; ++round) EXPECT_EQ(trusted.scripted.get(trusted.server.url()).status, BB_OK);
  EXPECT_EQ(trusted.server.connection_count(), 3);
}

TEST(HttpTest, HeaderFieldsReachTheConnectorUndecodedAndInOrder) {
  ScriptedServer server([](Peer& peer) {
    peer.read_request();
    peer.send(
        "HTTP/1.1 302 Found\r\nSet-Thing: b%20c\r\nLocation: /a%2Fb?x=%0d\r\nSet-Thing: a\r\nContent-Length: "
        "0\r\n\r\n");
  });
  Scripted scripted;
  const host::Reply reply = scripted.get(server.url());
  EXPECT_EQ(attribute(reply, ":status"), "302");
  EXPECT_EQ(attribute(reply, "seen.headers"),
            R"(["set-thing: b%20c","location: /a%2Fb?x=%0d","set-thing: a","content-length: 0"])");
}

TEST(HttpTest, ARedirectIsAnAnswerAndNotFollowed) {
  ScriptedServer server([](Peer& peer) {
    peer.read_request();
    peer.send("HTTP/1.1 301 Moved\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n");
    EXPECT_EQ(peer.read_request(), "");
  });
  Scripted scripted;
  EXPECT_EQ(attribute(scripted.get(server.url()), "seen.status"), "301");
  scripted.connector.reset();
}

TEST(HttpTest, AChunkedBodyAndItsTrailerAreRead) {
  ScriptedServer server([](Peer& peer) {
    peer.read_request();
    peer.send(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\n1\r\n!\r\n0\r\nDigest: abc\r\n\r\n");
    peer.read_request();
    peer.send(plain_answer("again"));
  });
  Scripted scripted;
  EXPECT_EQ(scripted.get(server.url()).body, "hello!");
  EXPECT_EQ(scripted.get(server.url()).body, "again");
  EXPECT_EQ(server.connection_count(), 1);
}

TEST(HttpTest, AnAnswerWithoutContentEndsAtItsHead) {
  ScriptedServer server([](Peer& peer) {
    for (const char* const head :
         {"HTTP/1.1 204 No Content\r\n\r\n", "HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n",
          "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"}) {
      peer.read_request();
      peer.send(head);
    }
  });
  Scripted scripted;
  EXPECT_EQ(attribute(scripted.get(server.url()), "seen.status"), "204");
  EXPECT_EQ(attribute(scripted.get(server.url()), "seen.status"), "304");
  const host::Reply head = scripted.probe("http", Value::object({{"url", server.url()}, {"method", "HEAD"}}));
  EXPECT_EQ(head.status, BB_OK) << head.error.message;
  EXPECT_EQ(server.connection_count(), 1);
}

TEST(HttpTest, AnInterimAnswerIsPassedOver) {
  ScriptedServer server([](Peer& peer) {
    peer.read_request();
    peer.send("HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + plain_answer("final"));
  });
  Scripted scripted;
  EXPECT_EQ(scripted.get(server.url()).body, "final");
}

TEST(HttpTest, ABodyWithoutALengthEndsWithTheConnection) {
  ScriptedServer server([](Peer& peer) {
    peer.read_request();
    peer.send("HTTP/1.0 200 OK\r\n\r\nuntil the end");
  });
  Scripted scripted;
  EXPECT_EQ(scripted.get(server.url()).body, "until the end");
}

TEST(HttpTest, ContentCodingsAreUndoneAndNoLongerNamed) {
  // gzip of "hello", made by gzip(1) -n.
  const std::string gzip(
      "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xcb\x48\xcd\xc9\xc9\x07\x00\x86\xa6\x10\x36\x05\x00\x00\x00", 25);
  ScriptedServer server([&](Peer& peer) {
    peer.read_request();
    peer.send(plain_answer(gzip, "Content-Encoding: gzip\r\n"));
  });
  Scripted scripted;
  const host::Reply reply = scripted.get(server.url());
  EXPECT_EQ(reply.body, "hello");
  EXPECT_EQ(attribute(reply, "content-encoding"), "gzip");
  EXPECT_THAT(attribute(reply, "seen.headers"), Not(HasSubstr("content-encoding")));
}

TEST(HttpTest, ARequestSaysWhatTheHostAddsAndAsksForNoCoding) {
  std::string request;
  ScriptedServer server([&](Peer& peer) {
    request = peer.read_request();
    peer.send(plain_answer("x"));
  });
  {
    Scripted scripted;
    scripted.get(server.url("/a?b=%20"));
  }
  EXPECT_THAT(request, testing::StartsWith("GET /a?b=%20 HTTP/1.1\r\n"));
  EXPECT_THAT(request, HasSubstr("Host: 127.0.0.1:" + std::to_string(server.port()) + "\r\n"));
  EXPECT_THAT(request, HasSubstr("Accept-Encoding: identity\r\n"));
  EXPECT_THAT(request, HasSubstr("User-Agent: bluebridge\r\n"));
}

TEST(HttpTest, OnlyTheMarkedExchangeAnswers) {
  ScriptedServer server(answer_all);
  Scripted scripted;
  const host::Reply reply = scripted.probe("http", Value::object({{"url", server.url()}, {"answer", false}}));
  EXPECT_EQ(attribute(reply, ":status"), "(none)");
  EXPECT_EQ(attribute(reply, "content-type"), "(none)");
  EXPECT_FALSE(scripted.exchange().is_answer);
}

TEST(HttpTest, AClientCertificateIsShownToAServerThatAsks) {
  TemporaryFolder folder;
  const Certificate authority = make_certificate({"Test CA", "", -3600, 3600, true});
  const Certificate certificate = make_certificate({}, &authority);
  const Certificate client = make_certificate({"alice", "", -3600, 3600, false}, &authority);
  ScriptedServer server(answer_all, {certificate, 0, true, authority.pem});
  Scripted scripted;
  scripted.options.http.ca_file = write_file(folder.path(), "ca.pem", authority.pem);
  scripted.options.secrets["identity"] = {"", write_file(folder.path(), "client.pem", client.pem + client.key_pem)};
  scripted.options.secrets["empty"] = {"", write_file(folder.path(), "empty.pem", "nothing")};
  EXPECT_EQ(scripted.probe("http", Value::object({{"url", server.url()}, {"certificate", "identity"}})).status, BB_OK);
  EXPECT_NE(scripted.get(server.url()).status, BB_OK);

  const host::Reply unknown = scripted.probe("http", Value::object({{"url", server.url()}, {"certificate", "other"}}));
  EXPECT_EQ(unknown.status, BB_E_FORBIDDEN);
  EXPECT_EQ(host::result_word(unknown), "invalid");
  const host::Reply empty = scripted.probe("http", Value::object({{"url", server.url()}, {"certificate", "empty"}}));
  EXPECT_EQ(empty.error.message, "the client certificate holds no PEM certificate");
  EXPECT_EQ(host::result_word(empty), "host_fault");
}

TEST(HttpTest, AFailureShowsWhatWasAnswered) {
  // A portal that says 403 and sends the record all the same has not refused it.
  ScriptedServer server([](Peer& peer) {
    peer.read_request();
    peer.send(
        "HTTP/1.1 403 Forbidden\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: 17\r\n\r\n"
        "<p>Alice Ames</p>");
  });
  Scripted scripted;
  const host::Reply reply =
      scripted.probe("http", Value::object({{"url", server.url()}, {"fail_with", BB_E_FORBIDDEN}}));
  EXPECT_EQ(host::result_word(reply), "refused");
  EXPECT_EQ(attribute(reply, ":status"), "403");
  EXPECT_EQ(reply.body, "<p>Alice Ames</p>");
  EXPECT_EQ(reply.media_type, "text/html");
}

// --- what a request must not be ---

TEST(HttpTest, CleartextIsRefusedUnlessThePolicyAllowsIt) {
  ScriptedServer server(answer_all);
  Scripted scripted;
  scripted.options.http.is_cleartext_allowed = false;
  const host::Reply reply = scripted.get(server.url());
  EXPECT_EQ(reply.status, BB_E_FORBIDDEN);
  EXPECT_EQ(reply.blame, host::Blame::host);
  EXPECT_EQ(host::result_word(reply), "invalid");
  EXPECT_EQ(reply.error.message, "policy refuses http://127.0.0.1:" + std::to_string(server.port()) +
                                     ": http is sent in the clear, use https");
  EXPECT_EQ(server.connection_count(), 0);
}

TEST(HttpTest, AHeaderThatWouldStartAnotherIsTheConnectorsFault) {
  ScriptedServer server(answer_all);
  Scripted scripted;
  const std::vector<std::pair<std::string, std::string>> bad{{"X-Thing", "a\r\nHost: evil"},
                                                             {"X-Thing", std::string("a\0b", 3)},
                                                             {"X-Thing", "a\nb"},
                                                             {"X Thing", "a"},
                                                             {"", "a"},
                                                             {"Host", "evil.example"},
                                                             {"content-length", "5"},
                                                             {"Transfer-Encoding", "chunked"}};
  for (const auto& [name, value] : bad) {
    const host::Reply reply =
        scripted.probe("http", Value::object({{"url", server.url()}, {"headers", Value::object({{name, value}})}}));
    EXPECT_EQ(host::result_word(reply), "internal") << name;
    EXPECT_THAT(reply.error.message, HasSubstr("header field")) << name;
  }
  EXPECT_EQ(server.connection_count(), 0);
}

TEST(HttpTest, AMethodThatIsNoTokenIsTheConnectorsFault) {
  Scripted scripted;
  const host::Reply reply =
      scripted.probe("http", Value::object({{"url", "http://127.0.0.1:1/"}, {"method", "GET / HTTP/1.1\r\nX: y\r\n"}}));
  EXPECT_EQ(reply.status, BB_E_INVALID_ARGUMENT);
  EXPECT_EQ(reply.blame, host::Blame::connector);
}

TEST(HttpTest, AUrlThatCannotBeUsedIsAMistakeOfTheConfiguration) {
  Scripted scripted;
  const std::vector<std::pair<std::string, std::string>> bad{{"portal.example/a", "expected https://HOST/PATH"},
                                                             {"ftp://portal.example/", "scheme 'ftp' is not https"},
                                                             {"https:///path", "it has no host"},
                                                             {"https://a b/", "percent-encoded"},
                                                             {"https://user:pw@portal.example/", "user name"},
                                                             {"https://portal.example:0/", "is no port"},
                                                             {"https://portal.example:65536/", "is no port"},
                                                             {"https://por\\tal/", "characters a name cannot have"},
                                                             {"https://[::1/", "no closing bracket"}};
  for (const auto& [url, why] : bad) {
    const host::Reply reply = scripted.get(url);
    EXPECT_EQ(host::result_word(reply), "invalid") << url;
    EXPECT_THAT(reply.error.message, HasSubstr(why)) << url;
  }
}

TEST(HttpTest, ARequestBodyOverTheLimitIsNotSent) {
  ScriptedServer server(answer_all);
  Scripted scripted;
  scripted.options.http.request_bytes_max = 10;
  const auto post = [&](const std::string& body) {
    return scripted.probe("http", Value::object({{"url", server.url()}, {"method", "POST"}, {"body", body}}));
  };
  EXPECT_EQ(post("0123456789").status, BB_OK);
  const host::Reply reply = post("0123456789a");
  EXPECT_EQ(reply.status, BB_E_TOO_LARGE);
  EXPECT_EQ(host::result_word(reply), "internal");
  EXPECT_EQ(reply.error.message, "the request body is over the host's limit of 10 bytes");
}

TEST(HttpTest, TheConnectorMayStopAnAnswer) {
  ScriptedServer server(answer_all);
  Scripted scripted;
  const host::Reply reply =
      scripted.probe("http", Value::object({{"url", server.url()}, {"stop_after", 0}, {"explain", true}}));
  EXPECT_EQ(reply.status, BB_E_STATE);
  EXPECT_EQ(scripted.exchange().error, "the connector wanted no more of it (BB_E_STATE)");
}

}  // namespace
}  // namespace bb::test
