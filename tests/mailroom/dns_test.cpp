// The DNS responder, octet by octet as RFC 1035 has it. `dig` asks it in peers_test.py.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bb/core/files.hpp>

#include "mailroom/dns_server.hpp"
#include "mailroom/running_mailroom.hpp"
#include "support/temporary_folder.hpp"

namespace bb::test {
namespace {

using mailroom::answer_to;
using mailroom::DnsTransport;
using mailroom::Zone;
using testing::HasSubstr;

const std::string asker("\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00", 12);  // RD, one question
std::string question(const std::string& name, char type) {
  return asker + *mailroom::to_wire(name) + std::string("\x00", 1) + type + std::string("\x00\x01", 2);
}
int code_of(const std::string& answer) { return answer[3] & 0x0f; }
bool is_truncated(const std::string& answer) { return (answer[2] & 0x02) != 0; }
int count_of(const std::string& answer) { return answer[7]; }

Zone zone_of(const std::string& text) {
  TemporaryFolder folder;
  EXPECT_TRUE(write_text(folder.path() / "zone.yaml", text));
  auto zone = Zone::read(folder.path() / "zone.yaml");
  EXPECT_TRUE(zone) << zone.error().what;
  return zone ? *zone : Zone();
}

const char* const small =
    "records:\n"
    "  - {name: Mail.Example.Org., type: A, address: 192.0.2.1}\n"
    "  - {name: www.example.org, type: CNAME, host: mail.example.org}\n"
    "  - {name: example.org, type: MX, preference: 10, host: mail.example.org}\n"
    "  - {name: _ldap._tcp.example.org, type: SRV, priority: 1, weight: 2, port: 389, host: mail.example.org}\n";

TEST(MailroomDnsTest, AnswersFromTheTable) {
  const auto zone = zone_of(small);
  const auto asked = question("mail.EXAMPLE.org", 1);
  const auto answer = answer_to(asked, zone, DnsTransport::udp);
  ASSERT_TRUE(answer);
  // Header: answer, authoritative, recursion wanted; the question as it came; a pointer to its name, A, IN, TTL 0.
  EXPECT_EQ(*answer, std::string("\x12\x34\x85\x00\x00\x01\x00\x01\x00\x00\x00\x00", 12) + asked.substr(12) +
                         std::string("\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x00\x00\x04\xc0\x00\x02\x01", 16));
}

TEST(MailroomDnsTest, TellsANameThatIsNotThereFromARecordThatIsNotThere) {
  const auto zone = zone_of(small);
  EXPECT_EQ(code_of(*answer_to(question("other.example.org", 1), zone, DnsTransport::udp)), 3);
  const auto no_record = *answer_to(question("mail.example.org", 37), zone, DnsTransport::udp);
  EXPECT_EQ(code_of(no_record), 0);
  EXPECT_EQ(count_of(no_record), 0);
  EXPECT_EQ(code_of(*answer_to(question("_tcp.example.org", 1), zone, DnsTransport::udp)), 0);  // has names below it
}

TEST(MailroomDnsTest, FollowsAliases) {
  const auto zone = zone_of(small);
  const auto answer = *answer_to(question("www.example.org", 1), zone, DnsTransport::udp);
  EXPECT_EQ(count_of(answer), 2);
  const auto circle = zone_of("records:\n  - {name: a.example, type: CNAME, host: a.example}\n");
  EXPECT_TRUE(answer_to(question("a.example", 1), circle, DnsTransport::udp));
}

TEST(MailroomDnsTest, LeavesOutWhatDoesNotFitAndSaysSo) {
  // A record of 500 bytes: 12 + 13 + 4 + 12 + 471 is 512, one more is not.
  const auto with = [](std::size_t bytes) {
    return Zone({{"big.example", mailroom::RecordType::cert, std::string(bytes, 'x')}});
  };
  const auto asked = question("big.example", 37);
  const auto fits = *answer_to(asked, with(471), DnsTransport::udp);
  EXPECT_EQ(fits.size(), 512u);
  EXPECT_FALSE(is_truncated(fits));
  const auto cut = *answer_to(asked, with(472), DnsTransport::udp);
  EXPECT_TRUE(is_truncated(cut));
  EXPECT_EQ(count_of(cut), 0);
  const auto whole = *answer_to(asked, with(472), DnsTransport::tcp);
  EXPECT_FALSE(is_truncated(whole));
  EXPECT_EQ(count_of(whole), 1);
  // EDNS: an asker that takes 600 bytes (RFC 6891, 6.1.2).
  auto edns = asked + std::string("\x00\x00\x29\x02\x58\x00\x00\x00\x00\x00\x00", 11);
  edns[11] = 1;
  EXPECT_FALSE(is_truncated(*answer_to(edns, with(472), DnsTransport::udp)));
  EXPECT_TRUE(is_truncated(*answer_to(edns, with(600), DnsTransport::udp)));
}

TEST(MailroomDnsTest, SurvivesWhatIsNoQuestion) {
  const auto zone = zone_of(small);
  EXPECT_FALSE(answer_to("", zone, DnsTransport::udp));
  EXPECT_FALSE(answer_to(asker.substr(0, 11), zone, DnsTransport::udp));
  auto answer = question("mail.example.org", 1);
  answer[2] = '\x81';  // an answer itself: answering it would make a loop
  EXPECT_FALSE(answer_to(answer, zone, DnsTransport::udp));
  const auto whole = question("mail.example.org", 1);
  for (std::size_t length = 12; length < whole.size(); ++length)
    EXPECT_EQ(code_of(*answer_to(whole.substr(0, length), zone, DnsTransport::udp)), 1) << length;
  EXPECT_EQ(code_of(*answer_to(asker + "\xc0\x0c" + std::string("\x00\x01\x00\x01", 4), zone, DnsTransport::udp)), 1);
  auto update = whole;
  update[2] = '\x28';
  EXPECT_EQ(code_of(*answer_to(update, zone, DnsTransport::udp)), 4);
}

TEST(MailroomDnsTest, NamesEveryMistakeOfATable) {
  TemporaryFolder folder;
  ASSERT_TRUE(write_text(folder.path() / "zone.yaml",
                         "records:\n"
                         "  - {name: a.example, type: A, address: localhost}\n"
                         "  - {name: a..example, type: A, address: 192.0.2.1}\n"
                         "  - {name: a.example, type: TXT, text: x}\n"
                         "  - {name: a.example, type: MX, host: b.example}\n"
                         "  - {name: a.example, type: SRV, priority: 65536, weight: 0, port: 1, host: b.example}\n"
                         "  - {name: a.example, type: A, address: 192.0.2.1, ttl: 3}\n"
                         "  - {name: a.example, type: CERT, file: none.crt}\n"));
  const auto zone = Zone::read(folder.path() / "zone.yaml");
  ASSERT_FALSE(zone);
  for (const auto* part :
       {"zone.yaml:2:41: error: 'localhost' is no IPv4 address", "zone.yaml:3:12: error: 'a..example' is no name",
        "types: A, CERT, CNAME, MX, SRV", "needs 'preference'", "must be a number from 0 to 65535, got '65536'",
        "unknown key 'ttl' of a record of type A", "none.crt"})
    EXPECT_THAT(zone.error().what, HasSubstr(part));
}

TEST(MailroomDnsTest, ListensOnOnePortForBothTransports) {
  RunningMailroom running({.zone = zone_of(small)});
  auto sockets = running.sockets();
  const auto asked = question("mail.example.org", 1);
  const auto port = running.room().dns_port();
  auto udp = sockets.open({.host = "127.0.0.1", .port = port, .transport = direct::Transport::udp, .protocol = "dns"});
  ASSERT_TRUE(udp) << udp.error().what;
  ASSERT_TRUE((*udp)->write(asked));
  EXPECT_EQ(count_of(*(*udp)->read(512)), 1);
  auto tcp = sockets.open({.host = "127.0.0.1", .port = port, .transport = direct::Transport::tcp, .protocol = "dns"});
  ASSERT_TRUE(tcp) << tcp.error().what;
  ASSERT_TRUE((*tcp)->write(std::string(1, '\0') + static_cast<char>(asked.size()) + asked));
  std::string came;
  while (came.size() < 2 || came.size() < 2u + static_cast<unsigned char>(came[1])) {
    const auto more = (*tcp)->read(512);
    ASSERT_TRUE(more && !more->empty());
    came += *more;
  }
  EXPECT_EQ(count_of(came.substr(2)), 1);
}

}  // namespace
}  // namespace bb::test
