// What an application of Blue Button+ Pull arranges by send-email-to: is sent by Direct when the person allows it.
#include <gtest/gtest.h>

#include <bb/records/mime.hpp>

#include "portal/direct_world.hpp"
#include "portal/pull_app.hpp"
#include "portal/sample_ccda.hpp"

namespace bb::portal_test {
namespace {

// Alice, who allows what an application asks for or denies it.
void ask_alice(const RunningPortal& portal, const std::string& to, const std::string& decision) {
  const auto scope = "send-email-to:" + to;
  const auto asked = pull_request(portal, scope);
  Browser browser(portal);
  ASSERT_EQ(status_of(browser.sign_in("alice", password_of("alice"))), 303);
  const auto page = browser.get("/pull/authorize?" + asked);
  ASSERT_EQ(status_of(page), 200);
  EXPECT_NE(page->body.find("Have the health summary sent by Direct to " + to), std::string::npos) << page->body;
  const httplib::Params form = {
      {"csrf", browser.token()}, {"request", asked}, {"decision", decision}, {"patient", "alice"}, {"scope", scope}};
  EXPECT_EQ(status_of(browser.post("/pull/consent", form)), 303);
}

TEST(PullDirectTest, TheSummaryGoesToTheAddressThatThePersonAllowed) {
  DirectWorld world;
  RunningPortal portal(world.arguments());
  ask_alice(portal, bob_direct, "deny");
  ask_alice(portal, bob_direct, "allow");
  const auto opened = world.next_opened();
  const auto mail = records::read_mime(opened.message);
  ASSERT_TRUE(mail);
  ASSERT_EQ(mail->parts.size(), 2u);
  EXPECT_EQ(mail->parts[1].body, ccda({"Alice", "Newman"}));
  EXPECT_EQ(world.count_of_bob(), 1u);
}

}  // namespace
}  // namespace bb::portal_test
