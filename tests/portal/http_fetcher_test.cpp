// What the portal gets from where certificates point to, and what it does not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>

#include <chrono>
#include <thread>

#include "portal/http_fetcher.hpp"

namespace bb::portal_test {
namespace {

using portal::HttpFetcher;
using testing::HasSubstr;

class HttpFetcherTest : public testing::Test {
 protected:
  HttpFetcherTest() {
    server_.Get("/list", [](const auto&, auto& answer) { answer.set_content("0123456789", "application/pkix-crl"); });
    server_.Get("/moved", [](const auto&, auto& answer) { answer.set_redirect("/list"); });
    server_.Post("/ocsp", [](const auto& request, auto& answer) {
      answer.set_content(request.get_header_value("Content-Type") + " " + request.body, "application/ocsp-response");
    });
    // A byte now and then: no single read waits for long.
    server_.Get("/slow", [](const auto&, auto& answer) {
      answer.set_chunked_content_provider("text/plain", [](std::size_t, httplib::DataSink& sink) {
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
        return sink.write("x", 1);
      });
    });
    port_ = server_.bind_to_any_port("127.0.0.1");
    thread_ = std::thread([this] { server_.listen_after_bind(); });
    while (!server_.is_running()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  ~HttpFetcherTest() override {
    server_.stop();
    thread_.join();
  }
  std::string url(const std::string& path) const { return "http://127.0.0.1:" + std::to_string(port_) + path; }

  // What comes, or why nothing does.
  static std::string got(HttpFetcher fetcher, const std::string& from, const std::string& body = "") {
    const auto fetched = fetcher.fetch(from, body, body.empty() ? "" : "application/ocsp-request");
    return fetched ? *fetched : "error: " + fetched.error().what;
  }

  httplib::Server server_;
  int port_ = 0;
  std::thread thread_;
};

TEST_F(HttpFetcherTest, GetsAndPosts) {
  EXPECT_EQ(got(HttpFetcher(), url("/list")), "0123456789");
  EXPECT_EQ(got(HttpFetcher(), url("/ocsp"), "question"), "application/ocsp-request question");
}

TEST_F(HttpFetcherTest, TakesAsMuchAsItIsLetAndNotAByteMore) {
  EXPECT_EQ(got(HttpFetcher({.bytes_max = 10}), url("/list")), "0123456789");
  EXPECT_THAT(got(HttpFetcher({.bytes_max = 9}), url("/list")), HasSubstr("more than 9 bytes"));
}

TEST_F(HttpFetcherTest, WaitsForAllOfItTogether) {
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_THAT(got(HttpFetcher({.time_ms_max = 200}), url("/slow")), HasSubstr("no answer within 200 ms"));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5));
}

TEST_F(HttpFetcherTest, FollowsNoRedirect) {
  EXPECT_THAT(got(HttpFetcher(), url("/moved")), HasSubstr("status 302, expected 200"));
}

TEST_F(HttpFetcherTest, SaysWhatIsNotThere) {
  EXPECT_THAT(got(HttpFetcher(), url("/none")), HasSubstr("/none: answered with status 404, expected 200"));
  EXPECT_THAT(got(HttpFetcher(), "http://127.0.0.1:1/list"), HasSubstr("no connection"));
}

TEST_F(HttpFetcherTest, SpeaksNothingButHttp) {
  for (const auto* other : {"https://127.0.0.1/list", "ldap://127.0.0.1/cn=list", "file:///etc/passwd", "/list", ""})
    EXPECT_THAT(got(HttpFetcher(), other), HasSubstr("it must start with http://")) << other;
}

}  // namespace
}  // namespace bb::portal_test
