// The HTTP service against servers that break: each way has its status, its
// word and one sentence, and is recorded.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>
#include <unistd.h>

#include <csignal>
#include <thread>

#include <bb/core/time.hpp>
#include "host/host_fixture.hpp"
#include "host/scripted_server.hpp"
#include "http/waiting.hpp"
#include "support/temporary_folder.hpp"

namespace bb::test {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

std::string peer_of(const ScriptedServer& server) { return "127.0.0.1:" + std::to_string(server.port()); }

void expect_failure(const host::Reply& reply, bb_status status, std::string_view word, const std::string& message) {
  EXPECT_EQ(host::status_name(reply.status), host::status_name(status));
  EXPECT_EQ(host::result_word(reply), word);
  EXPECT_EQ(reply.error.message, message);
}

ScriptedServer::Script answer_with(std::string bytes) {
  return [bytes](Peer& peer) {
    peer.read_request();
    peer.send(bytes);
  };
}

// A server that sends `bytes` and closes.
struct Cut {
  ScriptedServer server;
  Scripted scripted;
  explicit Cut(std::string bytes) : server(answer_with(std::move(bytes))) {}
};

TEST(HttpFaultTest, AClosedPortRefuses) {
  int port = 0;
  {
    const ScriptedServer gone([](Peer&) {});
    port = gone.port();
  }
  Scripted scripted;
  const std::string peer = "127.0.0.1:" + std::to_string(port);
  expect_failure(scripted.get("http://" + peer + "/"), BB_E_UNAVAILABLE, "unavailable",
                 "no connection to " + peer + ": Connection refused");
  EXPECT_EQ(scripted.exchange().error, "no connection to " + peer + ": Connection refused");
  EXPECT_EQ(scripted.exchange().status, 0);
  EXPECT_EQ(scripted.exchange().first_byte_ms, -1);
}

TEST(HttpFaultTest, ANameThatDoesNotResolveSaysSo) {
  Scripted scripted;
  const host::Reply reply = scripted.get("http://no-such-host.invalid/", within_ms(20'000));
  EXPECT_EQ(reply.status, BB_E_UNAVAILABLE);
  EXPECT_THAT(reply.error.message, StartsWith("the name 'no-such-host.invalid' does not resolve: "));
}

TEST(HttpFaultTest, AResetBeforeAnyAnswer) {
  ScriptedServer server([](Peer& peer) {
    peer.read_request();
    peer.reset();
  });
  Scripted scripted;
  expect_failure(scripted.get(server.url()), BB_E_UNAVAILABLE, "unavailable",
                 "no answer came: Connection reset by peer");
}

TEST(HttpFaultTest, ACloseBeforeAnyAnswer) {
  Cut cut("");
  expect_failure(cut.scripted.get(cut.server.url()), BB_E_UNAVAILABLE, "unavailable",
                 "no answer came: " + peer_of(cut.server) + " closed the connection");
}

TEST(HttpFaultTest, AFreshConnectionThatBreaksIsNotTriedAgain) {
  Cut cut("");
  cut.scripted.get(cut.server.url());
  EXPECT_EQ(cut.server.connection_count(), 1);
}

TEST(HttpFaultTest, ABodyShorterThanItsLength) {
  Cut cut("HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\ntwelve bytes");
  expect_failure(cut.scripted.get(cut.server.url()), BB_E_UNAVAILABLE, "unavailable",
                 "the answer broke off after 12 of 40 bytes: " + peer_of(cut.server) + " closed the connection");
  EXPECT_EQ(cut.scripted.exchange().response_body, "twelve bytes");
  EXPECT_EQ(cut.scripted.exchange().status, 200);
}

TEST(HttpFaultTest, ABodyLongerThanItsLengthIsCutAndTheConnectionNotUsedAgain) {
  ScriptedServer server([](Peer& peer) {
    peer.read_request();
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhelloHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil");
    peer.wait_for_end();
  });
  Scripted scripted;
  EXPECT_EQ(scripted.get(server.url()).body, "hello");
  EXPECT_EQ(scripted.get(server.url()).body, "hello");
  EXPECT_EQ(server.connection_count(), 2);
}

TEST(HttpFaultTest, AChunkThatEndsInTheMiddle) {
  Cut cut("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10\r\nhello");
  expect_failure(
      cut.scripted.get(cut.server.url()), BB_E_UNAVAILABLE, "unavailable",
      "the answer broke off after 5 bytes of a body sent in chunks: " + peer_of(cut.server) + " closed the connection");
}

TEST(HttpFaultTest, WhatIsNotHttpIsAProtocolError) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"SSH-2.0-OpenSSH_9.2\r\n", "the answer begins with 'SSH-2.0-OpenSSH_9.2', not HTTP/1.1"},
      {"HTTP/1.1 20 OK\r\n\r\n", "the answer begins with 'HTTP/1.1 20 OK', not HTTP/1.1"},
      {"HTTP/2 200 OK\r\n\r\n", "the answer begins with 'HTTP/2 200 OK', not HTTP/1.1"},
      {"HTTP/1.1 200 OK\r\nno field\r\n\r\n", "'no field' is no header field"},
      {"HTTP/1.1 200 OK\r\nA : b\r\n\r\n", "'A : b' is no header field"},
      {"HTTP/1.1 200 OK\r\nA: b\r\n folded\r\n\r\n", "' folded' is no header field"},
      {"HTTP/1.1 200 OK\r\nContent-Length: five\r\n\r\n", "Content-Length 'five' is no length"},
      {"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", "Content-Length '-1' is no length"},
      {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n", "two lengths, 5 and 6"},
      {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
       "both Content-Length and Transfer-Encoding"},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", "unknown Transfer-Encoding 'gzip, chunked'"},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "'zz' is no size of a chunk"},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n0\r\n\r\n",
       "a chunk is longer than it said: 'c' follows it"},
      {"HTTP/1.1 101 Switching Protocols\r\n\r\n", "the peer switched to another protocol unasked"},
      {"HTTP/1.1 200 " + std::string(1100, 'x') + "\r\n\r\n", "the status line is over 1024 bytes"},
      {"HTTP/1.1 200 OK\r\nA: " + std::string(70'000, 'x') + "\r\n\r\n", "the head of the answer is over 65536 bytes"},
  };
  for (const auto& [bytes, problem] : cases) {
    Cut cut(bytes);
    expect_failure(cut.scripted.get(cut.server.url()), BB_E_PROTOCOL, "malformed",
                   peer_of(cut.server) + " does not speak HTTP: " + problem);
  }
}

TEST(HttpFaultTest, AHeadOfManyFieldsIsBounded) {
  const auto head_of = [](int count) {
    std::string head = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n";
    for (int index = 1; index < count; ++index) head += "A: b\r\n";
    return head + "\r\n";
  };
  Cut most(head_of(256));
  EXPECT_EQ(most.scripted.get(most.server.url()).status, BB_OK);
  Cut more(head_of(257));
  expect_failure(more.scripted.get(more.server.url()), BB_E_PROTOCOL, "malformed",
                 peer_of(more.server) + " does not speak HTTP: the head has over 256 fields");
}

TEST(HttpFaultTest, AnEndlessHeadIsCut) {
  ScriptedServer server([](Peer& peer) {
    peer.read_request();
    peer.send("HTTP/1.1 200 OK\r\n");
    while (peer.send("X-Again: 0123456789012345678901234567890123456789012345678901234567890123456789\r\n")) {
    }
  });
  Scripted scripted;
  EXPECT_EQ(scripted.get(server.url()).status, BB_E_PROTOCOL);
}

TEST(HttpFaultTest, AnEndlessChunkedBodyIsCutAtTheLimit) {
  ScriptedServer server([](Peer& peer) {
    peer.read_request();
    peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    const std::string chunk = "400\r\n" + std::string(1024, 'x') + "\r\n";
    while (peer.send(chunk)) {
    }
  });
  Scripted scripted;
  scripted.options.http.response_bytes_max = 100'000;
  expect_failure(scripted.get(server.url()), BB_E_TOO_LARGE, "internal",
                 "the answer is over the host's limit of 100000 bytes");
  EXPECT_EQ(scripted.exchange().error, "the answer is over the host's limit of 100000 bytes");
  EXPECT_LE(scripted.exchange().response_body.size(), 100'000u);
}

TEST(HttpFaultTest, TheLimitItselfIsAllowed) {
  for (const std::size_t size : {std::size_t{99}, std::size_t{100}, std::size_t{101}}) {
    Cut cut(plain_answer(std::string(size, 'x')));
    cut.scripted.options.http.response_bytes_max = 100;
    EXPECT_EQ(cut.scripted.get(cut.server.url()).status, size <= 100 ? BB_OK : BB_E_TOO_LARGE) << size;
  }
}

TEST(HttpFaultTest, AnEndlessChunkSizeIsCut) {
  ScriptedServer server([](Peer& peer) {
    peer.read_request();
    peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;");
    while (peer.send(std::string(1000, 'x'))) {
    }
  });
  Scripted scripted;
  EXPECT_THAT(scripted.get(server.url()).error.message, HasSubstr("the size of a chunk is over 1024 bytes"));
}

TEST(HttpFaultTest, ACodingThatCannotBeUndoneIsAProtocolError) {
  Cut cut(plain_answer("this is not gzip at all", "Content-Encoding: gzip\r\n"));
  expect_failure(cut.scripted.get(cut.server.url()), BB_E_PROTOCOL, "malformed",
                 "the content of the answer of " + peer_of(cut.server) + " cannot be decoded");
}

TEST(HttpFaultTest, TheConnectorsOwnWordsStand) {
  Cut cut("");
  const host::Reply reply = cut.scripted.probe("http", Value::object({{"url", cut.server.url()}, {"explain", true}}));
  EXPECT_EQ(reply.status, BB_E_UNAVAILABLE);
  EXPECT_EQ(reply.error.message, "the connector's own words");
}

// --- time ---

TEST(HttpFaultTest, NoAnswerBeforeTheDeadlineIsTheSystemsSilence) {
  ScriptedServer server([](Peer& peer) { peer.wait_for_end(); });
  Scripted scripted;
  const host::Reply reply = scripted.get(server.url(), within_ms(500));
  expect_failure(reply, BB_E_DEADLINE, "timeout", "deadline passed before an answer came");
  EXPECT_GE(reply.total_ms, 500);
  EXPECT_LT(reply.total_ms, 10'000);
  EXPECT_EQ(reply.first_byte_ms, -1);
}

TEST(HttpFaultTest, ASlowDripIsCutAtTheDeadline) {
  ScriptedServer server([](Peer& peer) {
    peer.read_request();
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
    while (peer.send("x")) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  });
  Scripted scripted;
  const host::Reply reply = scripted.get(server.url(), within_ms(1000));
  expect_failure(reply, BB_E_DEADLINE, "timeout", "deadline passed before the whole answer had come");
  EXPECT_LT(reply.total_ms, 10'000);
  EXPECT_GE(reply.first_byte_ms, 0);
  EXPECT_GT(scripted.exchange().response_body.size(), 0u);
}

TEST(HttpFaultTest, ADeadlineWithNothingInFlightIsTheConnectors) {
  Scripted scripted;
  const host::Reply reply = scripted.probe("busy", Value::object({{"ms", 5}}), within_ms(1));
  expect_failure(reply, BB_E_DEADLINE, "internal", "the connector used up its time with nothing in flight");
}

TEST(HttpFaultTest, CancellingEndsAnExchangeAtOnce) {
  host::Cancellation cancellation;
  ScriptedServer server([&](Peer& peer) {
    peer.read_request();
    cancellation.cancel();
    peer.wait_for_end();
  });
  Scripted scripted;
  host::CallOptions call;
  call.cancellation = &cancellation;
  const host::Reply reply = scripted.get(server.url(), call);
  EXPECT_EQ(reply.status, BB_E_CANCELLED);
  EXPECT_EQ(host::result_word(reply), "cancelled");
  EXPECT_LT(reply.total_ms, 10'000);
  EXPECT_EQ(scripted.exchange().error, "cancelled before an answer came");
}

TEST(HttpFaultTest, ACancelledCallDoesNotConnect) {
  ScriptedServer server([](Peer&) {});
  Scripted scripted;
  host::Cancellation cancellation;
  cancellation.cancel();
  host::CallOptions call;
  call.cancellation = &cancellation;
  EXPECT_EQ(scripted.get(server.url(), call).status, BB_E_CANCELLED);
  EXPECT_EQ(server.connection_count(), 0);
}

TEST(PipeSignalGuardTest, AWriteToAClosedPipeEndsNothingAndLeavesNoSignal) {
  const auto before = std::signal(SIGPIPE, SIG_DFL);
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  ::close(ends[0]);
  {
    const host::PipeSignalGuard guard;
    EXPECT_EQ(::write(ends[1], "x", 1), -1);
  }
  sigset_t pending;
  sigpending(&pending);
  EXPECT_EQ(sigismember(&pending, SIGPIPE), 0);
  ::close(ends[1]);
  std::signal(SIGPIPE, before);
}

// --- kept-alive connections that turn out closed ---

// Answers once on each connection and resets it at the next request.
void answer_once_then_reset(Peer& peer) {
  peer.read_request();
  peer.send(plain_answer("first"));
  peer.read_request();
  peer.reset();
}

TEST(HttpFaultTest, AStaleConnectionIsReplacedOnceForGet) {
  ScriptedServer server(answer_once_then_reset);
  Scripted scripted;
  EXPECT_EQ(scripted.get(server.url()).status, BB_OK);
  EXPECT_EQ(scripted.get(server.url()).body, "first");
  EXPECT_EQ(server.connection_count(), 2);
  EXPECT_EQ(scripted.recorder.exchanges.size(), 2u);
}

TEST(HttpFaultTest, AStaleConnectionIsNotReplacedForPost) {
  // Goal: what may have been done is never asked for twice.
  ScriptedServer server(answer_once_then_reset);
  Scripted scripted;
  const Value post = Value::object({{"url", server.url()}, {"method", "POST"}, {"body", "x"}});
  EXPECT_EQ(scripted.probe("http", post).status, BB_OK);
  EXPECT_EQ(scripted.probe("http", post).status, BB_E_UNAVAILABLE);
  EXPECT_EQ(server.connection_count(), 1);
}

TEST(HttpFaultTest, AHalfAnswerIsNotAskedForAgain) {
  ScriptedServer server([](Peer& peer) {
    peer.read_request();
    peer.send(plain_answer("first"));
    peer.read_request();
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
  });
  Scripted scripted;
  EXPECT_EQ(scripted.get(server.url()).status, BB_OK);
  EXPECT_EQ(scripted.get(server.url()).status, BB_E_UNAVAILABLE);
  EXPECT_EQ(server.connection_count(), 1);
}

TEST(HttpFaultTest, AnAnswerThatComesWhileTheBodyIsSentIsStillRead) {
  // RFC 9112, 9.5: a server may answer and close before it has read it all.
  ScriptedServer server([](Peer& peer) {
    peer.send("HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    peer.wait_for_end();
  });
  Scripted scripted;
  const host::Reply reply = scripted.probe(
      "http", Value::object({{"url", server.url()}, {"method", "POST"}, {"body", std::string(100'000, 'x')}}));
  EXPECT_EQ(attribute(reply, "seen.status"), "413") << reply.error.message;
}

// --- TLS ---

struct TlsServer {
  TemporaryFolder folder;
  Certificate authority = make_certificate({"Test CA", "", -3600, 3600, true});
  ScriptedServer server;
  Scripted scripted;

  TlsServer(const CertificateOptions& certificate, int version_max = 0, bool answers_hello = true)
      : server(answer_with(plain_answer("secret")),
               {make_certificate(certificate, &authority), version_max, answers_hello, {}}) {
    scripted.options.http.ca_file = write_file(folder.path(), "ca.pem", authority.pem);
  }
  host::Reply get(std::int64_t timeout_ms = 10'000) { return scripted.get(server.url(), within_ms(timeout_ms)); }
  std::string peer() const { return peer_of(server); }
};

TEST(TlsFaultTest, AGoodCertificateIsTrusted) {
  TlsServer good({});
  EXPECT_EQ(good.get().body, "secret");
}

TEST(TlsFaultTest, ACertificateOfAnotherName) {
  TlsServer wrong({"other.example", "DNS:other.example", -3600, 3600, false});
  expect_failure(wrong.get(), BB_E_UNTRUSTED_PEER, "untrusted",
                 "the certificate of " + wrong.peer() + " is not trusted: IP address mismatch");
}

TEST(TlsFaultTest, ACertificateOfAnotherHostName) {
  TlsServer wrong({"other.example", "DNS:other.example,IP:127.0.0.1", -3600, 3600, false});
  const std::string peer = "localhost:" + std::to_string(wrong.server.port());
  expect_failure(wrong.scripted.get("https://" + peer + "/"), BB_E_UNTRUSTED_PEER, "untrusted",
                 "the certificate of " + peer + " is not trusted: hostname mismatch");
}

TEST(TlsFaultTest, AnExpiredCertificate) {
  TlsServer expired({"localhost", "IP:127.0.0.1", -7200, -3600, false});
  expect_failure(expired.get(), BB_E_UNTRUSTED_PEER, "untrusted",
                 "the certificate of " + expired.peer() + " is not trusted: certificate has expired");
}

TEST(TlsFaultTest, ACertificateThatIsNotYetValid) {
  TlsServer early({"localhost", "IP:127.0.0.1", 3600, 7200, false});
  expect_failure(early.get(), BB_E_UNTRUSTED_PEER, "untrusted",
                 "the certificate of " + early.peer() + " is not trusted: certificate is not yet valid");
}

TEST(TlsFaultTest, ASelfSignedCertificate) {
  ScriptedServer server(answer_with(plain_answer("x")), {make_certificate({}), 0, true, {}});
  Scripted scripted;
  expect_failure(scripted.get(server.url()), BB_E_UNTRUSTED_PEER, "untrusted",
                 "the certificate of " + peer_of(server) + " is not trusted: self-signed certificate");
}

TEST(TlsFaultTest, AnAuthorityThatIsNotAnAnchor) {
  TlsServer server({});
  server.scripted.options.http.ca_file =
      write_file(server.folder.path(), "other.pem", make_certificate({"Other CA", "", -3600, 3600, true}).pem);
  expect_failure(server.get(), BB_E_UNTRUSTED_PEER, "untrusted",
                 "the certificate of " + server.peer() + " is not trusted: unable to get local issuer certificate");
}

TEST(TlsFaultTest, AServerThatSpeaksTls11AtMost) {
  TlsServer old({}, TLS1_1_VERSION);
  const host::Reply reply = old.get();
  EXPECT_EQ(reply.status, BB_E_UNTRUSTED_PEER);
  EXPECT_THAT(reply.error.message, StartsWith("no TLS connection (1.2 or later) to " + old.peer() + ": "));
}

TEST(TlsFaultTest, Tls12IsEnough) {
  TlsServer server({}, TLS1_2_VERSION);
  EXPECT_EQ(server.get().body, "secret");
  EXPECT_THAT(server.scripted.exchange().tls, StartsWith("TLSv1.2 "));
}

TEST(TlsFaultTest, AServerThatDoesNotSpeakTls) {
  ScriptedServer server([](Peer& peer) {
    peer.send("HTTP/1.1 400 Bad Request\r\n\r\n");
    peer.wait_for_end();
  });
  Scripted scripted;
  const host::Reply reply = scripted.get("https://" + peer_of(server) + "/");
  EXPECT_EQ(reply.status, BB_E_UNTRUSTED_PEER);
  EXPECT_EQ(reply.error.message, "no TLS connection (1.2 or later) to " + peer_of(server) + ": wrong version number");
}

TEST(TlsFaultTest, AHandshakeThatNeverComesEndsAtTheDeadline) {
  TlsServer silent({}, 0, false);
  const host::Reply reply = silent.get(2'000);
  expect_failure(reply, BB_E_DEADLINE, "timeout", "no TLS handshake with " + silent.peer() + " before the deadline");
  EXPECT_LT(reply.total_ms, 10'000);
}

TEST(TlsFaultTest, AHandshakeThatNeverComesEndsAtTheConnectLimit) {
  TlsServer silent({}, 0, false);
  silent.scripted.options.http.connect_ms_max = 500;
  expect_failure(silent.get(), BB_E_UNAVAILABLE, "unavailable",
                 "no TLS handshake with " + silent.peer() + " within 500 ms");
}

TEST(TlsFaultTest, CancellingEndsAHandshake) {
  TlsServer silent({}, 0, false);
  host::Cancellation cancellation;
  std::thread canceller([&] {
    while (silent.server.connection_count() == 0) std::this_thread::yield();
    cancellation.cancel();
  });
  host::CallOptions call;
  call.cancellation = &cancellation;
  const host::Reply reply = silent.scripted.get(silent.server.url(), call);
  canceller.join();
  EXPECT_EQ(reply.status, BB_E_CANCELLED);
  EXPECT_LT(reply.total_ms, 10'000);
}

TEST(TlsFaultTest, ATlsConnectionThatEndsWithoutItsEndIsNoEndOfTheBody) {
  // Goal: somebody who cuts the TCP connection cannot shorten a document.
  TemporaryFolder folder;
  const Certificate certificate = make_certificate({});
  ScriptedServer server(
      [](Peer& peer) {
        peer.read_request();
        peer.send("HTTP/1.1 200 OK\r\n\r\nonly half");
        peer.drop();
      },
      {certificate, 0, true, {}});
  Scripted scripted;
  scripted.options.http.ca_file = write_file(folder.path(), "ca.pem", certificate.pem);
  const host::Reply reply = scripted.get(server.url());
  EXPECT_EQ(reply.status, BB_E_UNAVAILABLE);
  EXPECT_THAT(reply.error.message, HasSubstr("the answer broke off after 9 bytes"));
}

TEST(TlsFaultTest, AnchorsThatCannotBeReadAreSaidBeforeAnyCall) {
  TemporaryFolder folder;
  Scripted missing;
  missing.options.http.ca_file = folder.path() / "missing.pem";
  const auto none = missing.host.create(missing.options);
  ASSERT_FALSE(none);
  EXPECT_THAT(none.error().what, HasSubstr("missing.pem"));

  Scripted wrong;
  wrong.options.http.ca_file = write_file(folder.path(), "wrong.pem", "no certificate");
  const host::Reply reply = wrong.get("https://127.0.0.1:1/");
  EXPECT_EQ(host::result_word(reply), "host_fault");
  EXPECT_THAT(reply.error.message, StartsWith("cannot read trust anchors from "));
}

}  // namespace
}  // namespace bb::test
