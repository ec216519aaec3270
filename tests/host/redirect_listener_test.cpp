#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>

#include <thread>

#include <bb/core/time.hpp>
#include <bb/host/clock.hpp>
#include <bb/host/redirect_listener.hpp>

namespace bb::test {
namespace {

using testing::MatchesRegex;

struct RedirectListenerTest : testing::Test {
  RedirectListenerTest() : listener(*host::RedirectListener::open()) {
    const auto slash = listener->address().find('/', 7);
    origin = listener->address().substr(0, slash);
    path = listener->address().substr(slash);
  }
  int get(const std::string& target) {
    const auto answer = httplib::Client(origin).Get(target.c_str());
    return answer ? answer->status : 0;
  }
  std::unique_ptr<host::RedirectListener> listener;
  std::string origin, path;
};

TEST_F(RedirectListenerTest, TheFirstReturnIsGivenWhole) {
  EXPECT_THAT(listener->address(), MatchesRegex("http://127\\.0\\.0\\.1:[0-9]+/[A-Za-z0-9_-]{22}"));
  EXPECT_EQ(listener->wait(0, nullptr), std::nullopt);
  EXPECT_EQ(get(path + "?target=APPAUTHSUCCESS&wctoken=a%2Bb"), 200);
  EXPECT_EQ(get(path + "?second"), 200);
  EXPECT_EQ(listener->wait(0, nullptr), listener->address() + "?target=APPAUTHSUCCESS&wctoken=a%2Bb");
}

TEST_F(RedirectListenerTest, OtherPagesAreNoReturn) {
  EXPECT_EQ(get("/"), 404);
  EXPECT_EQ(get("/favicon.ico?wctoken=x"), 404);
  EXPECT_EQ(get(path + "/more"), 404);
  EXPECT_EQ(listener->wait(0, nullptr), std::nullopt);
}

TEST_F(RedirectListenerTest, TheWaitEndsWithTheReturnAndWithACancel) {
  const auto began_ns = monotonic_ns();
  std::thread browser([&] { EXPECT_EQ(get(path), 200); });
  EXPECT_EQ(listener->wait(20'000, nullptr), listener->address());
  browser.join();
  const auto other = *host::RedirectListener::open();
  host::Cancellation cancellation;
  std::thread person([&] { cancellation.cancel(); });
  EXPECT_EQ(other->wait(20'000, &cancellation), std::nullopt);
  person.join();
  EXPECT_LT(monotonic_ns() - began_ns, 10 * ns_per_second);
}

TEST(RegisteredRedirectTest, IsWhereTheSystemHasItOnFile) {
  const auto any_port = host::RedirectListener::open("http://127.0.0.1/callback");
  ASSERT_TRUE(any_port) << any_port.error().what;
  EXPECT_THAT((*any_port)->address(), MatchesRegex("http://127\\.0\\.0\\.1:[0-9]+/callback"));
  const auto port = (*any_port)->address().substr(17, (*any_port)->address().find('/', 17) - 17);
  const auto taken = host::RedirectListener::open("http://localhost:" + port + "/callback");
  ASSERT_FALSE(taken);
  EXPECT_THAT(taken.error().what, testing::HasSubstr("port " + port + " of the redirect URI is taken"));
  // Somebody looks; nobody came back.
  httplib::Client client("http://127.0.0.1:" + port);
  EXPECT_EQ(client.Get("/callback")->status, 200);
  EXPECT_EQ((*any_port)->wait(0, nullptr), std::nullopt);
  EXPECT_EQ(client.Get("/callback?code=1")->status, 200);
  EXPECT_EQ((*any_port)->wait(0, nullptr), (*any_port)->address() + "?code=1");
  const auto by_name = host::RedirectListener::open("http://localhost/callback");
  ASSERT_TRUE(by_name);
  EXPECT_THAT((*by_name)->address(), MatchesRegex("http://localhost:[0-9]+/callback"));
}

TEST(RegisteredRedirectTest, TakesNoReturnOfAnotherSignIn) {
  const auto listener = *host::RedirectListener::open("http://127.0.0.1/callback", "0123456789abcdef");
  const auto origin = listener->address().substr(0, listener->address().find('/', 7));
  const auto get = [&](const char* target) { return httplib::Client(origin).Get(target)->status; };
  EXPECT_EQ(get("/callback?code=theirs&state=fedcba9876543210"), 409);
  EXPECT_EQ(get("/callback?state=0123456789abcdee&error=access_denied"), 409);
  EXPECT_EQ(listener->wait(0, nullptr), std::nullopt);
  EXPECT_EQ(get("/callback?code=own&state=%30123456789abcdef"), 200);
  EXPECT_EQ(listener->wait(0, nullptr), listener->address() + "?code=own&state=%30123456789abcdef");
}

TEST(RegisteredRedirectTest, LeavesAStateThatWasChangedToTheConnector) {
  for (const auto* changed : {"code=1&state=0123456789abcdef0", "code=1&state=", "code=1"}) {
    const auto listener = *host::RedirectListener::open("http://127.0.0.1/callback", "0123456789abcdef");
    const auto origin = listener->address().substr(0, listener->address().find('/', 7));
    EXPECT_EQ(httplib::Client(origin).Get(std::string("/callback?") + changed)->status, 200) << changed;
    EXPECT_EQ(listener->wait(0, nullptr), listener->address() + "?" + changed);
  }
}

TEST(RegisteredRedirectTest, IsOfThisMachine) {
  for (const auto* const wrong :
       {"https://127.0.0.1/callback", "http://example.org/callback", "http://127.0.0.1.example.org/x",
        "http://127.0.0.1/callback?x=1", "http://127.0.0.1/(a+)+", "callback", "http://127.0.0.1:99999/x"})
    EXPECT_FALSE(host::RedirectListener::check(wrong)) << wrong;
  EXPECT_TRUE(host::RedirectListener::check("http://127.0.0.1:8765/callback"));
}

}  // namespace
}  // namespace bb::test
