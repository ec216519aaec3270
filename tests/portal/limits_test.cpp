// What the server refuses before anybody looks at it. Raw requests go to the
// cleartext listener, which runs the same code without TLS.
#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>

#include "portal/running_portal.hpp"
#include "portal/shared_portal.hpp"

namespace bb::portal_test {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

constexpr std::size_t api_body_bytes_max = 64 * 1024;
constexpr std::size_t inbox_body_bytes_max = 32 * 1024 * 1024;

class LimitsTest : public SharedPortalTest {
 protected:
  static void SetUpTestSuite() { share({"--cleartext"}); }

  // Everything the server says until it closes the connection.
  std::string raw(const std::string& request) {
    const auto url = portal().ready()["cleartext_url"].string_or("");
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(std::atoi(url.substr(url.rfind(':') + 1).c_str())));
    ::inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
    const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
    EXPECT_EQ(::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    const timeval patience{10, 0};
    ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    EXPECT_EQ(::send(socket, request.data(), request.size(), MSG_NOSIGNAL), static_cast<ssize_t>(request.size()));
    std::string answer;
    char buffer[4096];
    for (ssize_t count; (count = ::recv(socket, buffer, sizeof buffer, 0)) > 0;)
      answer.append(buffer, static_cast<std::size_t>(count));
    ::close(socket);
    return answer;
  }
  httplib::Result post_sized(const std::string& path, std::size_t size, const std::string& type) {
    auto client = portal().client();
    return client.Post(path, std::string(size, ' '), type);
  }
  httplib::Result post_chunked(const std::string& path, std::size_t size, const std::string& type) {
    auto client = portal().client();
    return client.Post(
        path,
        [size](std::size_t offset, httplib::DataSink& sink) {
          const std::string chunk(std::min<std::size_t>(size - offset, 16 * 1024), ' ');
          if (!chunk.empty()) sink.write(chunk.data(), chunk.size());
          if (offset + chunk.size() == size) sink.done();
          return true;
        },
        type);
  }
};

TEST_F(LimitsTest, TakesAnApiBodyOf64KiBAndNotOneByteMore) {
  EXPECT_EQ(status_of(post_sized("/api/session", api_body_bytes_max, "application/json")), 400);  // read, and no JSON
  const auto answer = post_sized("/api/session", api_body_bytes_max + 1, "application/json");
  EXPECT_EQ(status_of(answer), 413);
  EXPECT_EQ(error_code_of(answer), "too_large");
}

TEST_F(LimitsTest, LetsTheSenderOfALargeBodyReadTheRefusal) {
  // A connection closed under a peer that still writes would lose the answer.
  for (int round = 0; round < 5; ++round)
    EXPECT_EQ(status_of(post_sized("/api/session", 8 * 1024 * 1024, "application/json")), 413);
}

TEST_F(LimitsTest, CountsChunkedBodiesToo) {
  EXPECT_EQ(status_of(post_chunked("/api/session", api_body_bytes_max, "application/json")), 400);
  EXPECT_EQ(status_of(post_chunked("/api/session", api_body_bytes_max + 1, "application/json")), 413);
}

TEST_F(LimitsTest, TakesAMailOf32MiBAndNotOneByteMore) {
  ApiUser nobody(portal(), "");
  const auto inbox = path_of(nobody.fresh_inbox());
  EXPECT_EQ(status_of(post_sized(inbox, inbox_body_bytes_max, "message/rfc822")), 202);
  EXPECT_EQ(status_of(post_chunked(inbox, inbox_body_bytes_max, "message/rfc822")), 202);
  EXPECT_EQ(status_of(post_chunked(inbox, inbox_body_bytes_max + 1, "message/rfc822")), 413);
  EXPECT_THAT(raw("POST " + inbox + " HTTP/1.1\r\nHost: x\r\nContent-Length: 33554433\r\n\r\n"),
              StartsWith("HTTP/1.1 413"));
}

TEST_F(LimitsTest, TakesLargeForms) {
  auto client = portal().client();
  const httplib::Params large = {{"account", std::string(20'000, 'a')}};
  EXPECT_EQ(status_of(client.Post("/sign-in", large)), 403);  // read; only the token is missing
}

TEST_F(LimitsTest, TakesNoEndlessHead) {
  std::string head = "GET / HTTP/1.1\r\nHost: x\r\n";
  for (int line = 0; line < 40; ++line) head += "X-Filler: " + std::string(1'000, 'x') + "\r\n";
  EXPECT_THAT(raw(head + "Connection: close\r\n\r\n"), StartsWith("HTTP/1.1 308"));
  for (int line = 0; line < 40; ++line) head += "X-Filler: " + std::string(1'000, 'x') + "\r\n";
  EXPECT_THAT(raw(head + "Connection: close\r\n\r\n"), testing::Not(HasSubstr("308")));
}

TEST_F(LimitsTest, TakesNoEndlessAddress) {
  EXPECT_THAT(raw("GET /" + std::string(9'000, 'a') + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"),
              StartsWith("HTTP/1.1 414"));
}

TEST_F(LimitsTest, RefusesRequestsWhoseBodyEndsAtAGuess) {
  const std::string next = "GET /health HTTP/1.1\r\nHost: x\r\n\r\n";
  for (const std::string head :
       {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: +3\r\n\r\nabc",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\nabc",
        "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 33\r\n\r\n"}) {
    const auto answer = raw(head + next);
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 400")) << head;
    EXPECT_EQ(answer.find("HTTP/1.1", 1), std::string::npos) << "the next request was answered: " << answer;
  }
}

TEST_F(LimitsTest, TakesNoEncodedAndNoMultipartBodies) {
  auto client = portal().client();
  EXPECT_EQ(status_of(client.Post("/api/session", {{"Content-Encoding", "gzip"}}, "{}", "application/json")), 415);
  const httplib::MultipartFormDataItems items = {{"account", "alice", "", ""}};
  EXPECT_EQ(status_of(client.Post("/sign-in", items)), 415);
}

TEST_F(LimitsTest, AnswersRequestsThatComeOneBehindTheOther) {
  const std::string one = "GET / HTTP/1.1\r\nHost: x\r\n";
  const auto answer = raw(one + "\r\n" + one + "Connection: close\r\n\r\n");
  EXPECT_NE(answer.find("HTTP/1.1 308", 1), std::string::npos);
}

TEST_F(LimitsTest, RedirectsCleartextWithoutCarryingData) {
  httplib::Client client(portal().ready()["cleartext_url"].string_or(""));
  const auto page = client.Get("/patients/alice?from=2012-01-01");
  EXPECT_EQ(status_of(page), 308);
  EXPECT_EQ(page->get_header_value("Location"), portal().url() + "/patients/alice?from=2012-01-01");
  EXPECT_THAT(page->body, testing::Not(HasSubstr("Newman")));  // a sentence about HTTPS, no more
  EXPECT_EQ(status_of(client.Post("/api/session", R"({"account": "alice", "password": "blue-button-alice"})",
                                  "application/json")),
            403);
}

TEST_F(LimitsTest, SpeaksNoTlsBefore12) {
  auto client = portal().client();
  ASSERT_EQ(status_of(client.Get("/health")), 200);
  httplib::SSLClient old("127.0.0.1", std::atoi(portal().url().substr(portal().url().rfind(':') + 1).c_str()));
  old.set_ca_cert_path(portal().ca_file());
  SSL_CTX_set_min_proto_version(old.ssl_context(), 0);
  SSL_CTX_set_max_proto_version(old.ssl_context(), TLS1_1_VERSION);
  EXPECT_EQ(status_of(old.Get("/health")), 0);
}

}  // namespace
}  // namespace bb::portal_test
