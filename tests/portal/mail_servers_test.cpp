#include "portal/mail_servers.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>

#include "mailroom/running_mailroom.hpp"
#include "portal/running_portal.hpp"

namespace bb::portal_test {
namespace {

using testing::ElementsAre;

class MailboxWatchTest : public testing::TestWithParam<direct::MailboxProtocol> {};

TEST_P(MailboxWatchTest, RemovesWhatIsTooLargeAndGoesOn) {
  const std::string head = "Subject: x\r\n\r\n";
  const auto just = head + std::string(100 - head.size() - 2, 'a') + "\r\n";
  const auto larger = head + std::string(101 - head.size() - 2, 'a') + "\r\n";
  test::RunningMailroom running;
  auto& boxes = running.room().mailboxes();
  for (const auto& message : {larger, just, larger}) ASSERT_TRUE(boxes.deliver("alice", message));

  std::vector<std::string> taken, dropped, broken;
  std::atomic<int> looks = 0;
  const auto port =
      GetParam() == direct::MailboxProtocol::imap ? running.room().imap_port() : running.room().pop3_port();
  portal::MailboxWatch watch({.server = running.server(port, "alice", "secret"),
                              .protocol = GetParam(),
                              .poll_ms = 10,
                              .message_bytes_max = 100},
                             running.anchors_pem(),
                             {.take = [&](const std::string& message) { taken.push_back(message); },
                              .dropped = [&](const std::string& why) { dropped.push_back(why); },
                              .looked = [&] { ++looks; },
                              .broken = [&](const std::string& trouble) { broken.push_back(trouble); }});
  EXPECT_TRUE(eventually([&] { return looks > 2; }));
  watch.stop();
  const auto why = "a message of 101 bytes was removed unread: at most 100 are read";
  EXPECT_THAT(taken, ElementsAre(just));
  EXPECT_THAT(dropped, ElementsAre(why, why));
  EXPECT_THAT(broken, ElementsAre());
  EXPECT_TRUE(boxes.list("alice").empty());
}

INSTANTIATE_TEST_SUITE_P(Protocols, MailboxWatchTest,
                         testing::Values(direct::MailboxProtocol::imap, direct::MailboxProtocol::pop3));

}  // namespace
}  // namespace bb::portal_test
