// The connections of bb::direct over bb.host.stream/1, with the peers of the kit.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bb/core/time.hpp>
#include <bb/direct/mailbox.hpp>
#include "fake_host.hpp"
#include "streams/host_connections.hpp"

namespace bb::plugins {
namespace {

using direct::Transport;
using direct::Trouble;
using kit::PeerFault;
using testing::HasSubstr;

kit::StreamPeer::Answer answer(const char* request, const char* text, std::optional<bool> over = {}) {
  return {request, over, *kit::parse_speech(text, kit::SpeechForm::text), false};
}

kit::TypeSetup setup() {
  kit::TypeSetup made;
  kit::StreamPeer mail;
  mail.open = "t?? pop3 mail.test:*";
  mail.greeting = "+OK mail.test\r\n";
  mail.answers = {answer("STLS\r\n", "+OK begin\r\n", false), answer("USER *", "+OK\r\n", true),
                  answer("PASS secret\r\n", "+OK\r\n", true), answer("LIST\r\n", "+OK\r\n1 12\r\n.\r\n"),
                  answer("UIDL\r\n", "+OK\r\n1 aa\r\n.\r\n"), answer("QUIT\r\n", "+OK\r\n")};
  kit::StreamPeer stranger = mail;
  stranger.open = "t?? pop3 stranger.test:*";
  stranger.is_untrusted = true;
  made.streams = {mail, stranger};
  return made;
}

struct HostConnectionsTest : testing::Test {
  HostConnectionsTest() { host.grants = {{"pop3", {"*.test"}}}; }

  direct::MailServer server(const char* name = "mail.test") {
    return {.host = name, .port = 110, .protection = direct::Protection::starttls, .user = "bob", .password = "secret"};
  }
  std::optional<direct::MailboxFailure> list(const direct::MailServer& of) {
    const auto box = direct::Mailbox::create(direct::MailboxProtocol::pop3, connections, of);
    auto failure = box->list(entries);
    box->end();
    return failure;
  }
  Trouble trouble_with(PeerFault fault) {
    host.peer_fault = fault;
    const auto failure = list(server());
    host.peer_fault = PeerFault::none;
    return failure ? failure->trouble : Trouble::none;
  }

  const kit::TypeSetup peers = setup();
  kit::FakeHost host{peers, "seed"};
  kit::Lender lender;
  kit::FakeCall fake_call{host, lender};
  Call call{fake_call.raw()};
  HostConnections connections{
      Streams(host.raw(), static_cast<const bb_host_stream*>(host.raw()->get_interface(host.raw(), BB_HOST_STREAM))),
      call};
  std::vector<direct::MailboxEntry> entries;
};

TEST_F(HostConnectionsTest, CarriesAConversation) {
  const auto failure = list(server());
  ASSERT_FALSE(failure) << failure->what;
  ASSERT_EQ(entries.size(), 1u);
  EXPECT_EQ(entries[0].id, "aa");
  EXPECT_THAT(host.streams.sent(), HasSubstr("tcp pop3 mail.test:110 STLS\r\n"));
  EXPECT_TRUE(host.breaches().empty());
}

TEST_F(HostConnectionsTest, OpensTlsFromTheFirstByte) {
  auto with_tls = server();
  with_tls.protection = direct::Protection::tls;
  with_tls.port = 995;
  EXPECT_FALSE(list(with_tls));
  EXPECT_THAT(host.streams.sent(), HasSubstr("tls pop3 mail.test:995 USER bob\r\n"));
}

TEST_F(HostConnectionsTest, SaysWhatKeptItFromTheAnswer) {
  EXPECT_EQ(trouble_with(PeerFault::none), Trouble::none);
  EXPECT_EQ(trouble_with(PeerFault::denied), Trouble::forbidden);
  EXPECT_EQ(trouble_with(PeerFault::reset), Trouble::unavailable);
  EXPECT_EQ(trouble_with(PeerFault::closed), Trouble::unavailable);
  EXPECT_EQ(list(server("other.example"))->trouble, Trouble::forbidden) << "which the manifest does not grant";
  EXPECT_EQ(list(server("nobody.test"))->trouble, Trouble::unavailable);
  EXPECT_EQ(list(server("stranger.test"))->trouble, Trouble::untrusted);
}

TEST_F(HostConnectionsTest, EndsWithItsCall) {
  fake_call.deadline_ns = monotonic_ns() + 20 * ns_per_ms;
  EXPECT_EQ(trouble_with(PeerFault::silent), Trouble::timed_out);
  fake_call.deadline_ns = 0;
  fake_call.is_cancelled = true;
  EXPECT_EQ(list(server())->trouble, Trouble::cancelled);
}

TEST_F(HostConnectionsTest, TakesNothingThatCameBeforeTls) {
  // Read by the host, and read by this side.
  host.streams.injects_behind = {&peers.streams[0].answers[0]};
  EXPECT_EQ(trouble_with(PeerFault::none), Trouble::untrusted);
  EXPECT_EQ(trouble_with(PeerFault::drip), Trouble::untrusted);
  EXPECT_TRUE(host.breaches().empty());
}

TEST_F(HostConnectionsTest, ThrowsWhatIsNoTroubleOfTheNetwork) {
  EXPECT_THROW((void)connections.open({.host = "mail.test", .port = 0, .protocol = "pop3"}), Failure);
}

TEST_F(HostConnectionsTest, EveryTroubleHasItsStatus) {
  EXPECT_EQ(status_of(Trouble::none), BB_E_REJECTED);
  EXPECT_EQ(status_of(Trouble::unavailable), BB_E_UNAVAILABLE);
  EXPECT_EQ(status_of(Trouble::timed_out), BB_E_DEADLINE);
  EXPECT_EQ(status_of(Trouble::untrusted), BB_E_UNTRUSTED_PEER);
  EXPECT_EQ(status_of(Trouble::forbidden), BB_E_FORBIDDEN);
  EXPECT_EQ(status_of(Trouble::cancelled), BB_E_CANCELLED);
}

}  // namespace
}  // namespace bb::plugins
