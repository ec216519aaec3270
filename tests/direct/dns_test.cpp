#include <bb/direct/dns.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include <bb/core/files.hpp>

#include "answering.hpp"
#include "dns_bytes.hpp"
#include "people.hpp"
#include "support/published_folder.hpp"

namespace {

using namespace bb::direct;
using namespace bb::test;
using namespace std::string_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* asked_name = "alice.direct.example.org";

// A server that answers each query as it is told.
class Server {
 public:
  using Answer = std::function<std::vector<std::string>(const std::string& query)>;
  explicit Server(Answer answer) : answer_(std::move(answer)) {}
  // One that gives these records to every question.
  Server(const std::string& records, std::size_t count)
      : Server([=](const std::string& query) {
          return std::vector{
              DnsBytes{.question = question_of(query), .answers = records, .answer_count = count}.to(query)};
        }) {}

  bb::Result<DnsAnswer> ask(DnsType type, std::string_view name = asked_name) {
    Resolver resolver(connections, options);
    auto answer = resolver.ask(name, type);
    trouble = resolver.trouble();
    return answer;
  }

  DnsOptions options = {.server = {.host = "192.0.2.1", .port = 53, .transport = Transport::udp, .protocol = "dns"}};
  std::vector<std::string> queries;  // without the length that TCP puts in front
  Trouble trouble = Trouble::none;
  ScriptedConnections connections{[this](const Endpoint& endpoint) {
    const bool is_tcp = endpoint.transport == Transport::tcp;
    return Peer{[this, is_tcp](const std::string& written) {
      queries.push_back(is_tcp ? written.substr(2) : written);
      return answer_(queries.back());
    }};
  }};

 private:
  Answer answer_;
};

std::string in_tcp(const std::string& message) { return two(message.size()) + message; }

TEST(DnsTest, AsksAsRfc1035SaysWithoutEdns) {
  Server server("", 0);
  server.options.random = [](std::size_t) { return std::string("\xab\xcd"); };
  ASSERT_TRUE(server.ask(DnsType::cert));
  // Header (4.1.1): number, RD alone, one question; then name, type 37, class IN.
  EXPECT_EQ(server.queries.at(0),
            std::string("\xab\xcd\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00", 12) + std::string("\x05"
                                                                                              "alice\x06"
                                                                                              "direct\x07"
                                                                                              "example\x03"
                                                                                              "org\x00\x00\x25\x00\x01",
                                                                                              30));
  EXPECT_EQ(server.connections.opened.size(), 1u);
  EXPECT_EQ(server.connections.opened[0].transport, Transport::udp);
}

TEST(DnsTest, OffersEdnsWhereItIsConfigured) {
  Server server(
      [](const std::string& query) { return std::vector{DnsBytes{.question = query.substr(12, 30)}.to(query)}; });
  server.options.edns_bytes = 1232;
  ASSERT_TRUE(server.ask(DnsType::cert));
  // RFC 6891, 6.1.2: an OPT record (41) of the root, whose class is the size.
  EXPECT_EQ(server.queries.at(0).substr(10, 2), two(1));
  EXPECT_EQ(server.queries.at(0).substr(42), std::string("\0\0\x29\x04\xd0\0\0\0\0\0\0", 11));
}

TEST(DnsTest, GoesOnWithoutEdnsWhereTheServerDoesNotKnowIt) {  // RFC 6891, 7
  Server server([](const std::string& query) {
    const bool has_edns = query.substr(10, 2) == two(1);
    if (has_edns) return std::vector{DnsBytes{.flags = answer_flags | 1, .question_count = 0}.to(query)};
    return std::vector{
        DnsBytes{.question = question_of(query), .answers = a_record(asked_name, "abcd"), .answer_count = 1}.to(query)};
  });
  server.options.edns_bytes = 1232;
  const auto answer = must(server.ask(DnsType::a));
  EXPECT_EQ(answer.records.size(), 1u);
  EXPECT_EQ(answer.questions, 2);
}

TEST(DnsTest, ReadsEveryKindOfRecord) {
  const auto first = [](DnsType type, const std::string& record) {
    return must(Server(record, 1).ask(type)).records.at(0);
  };
  EXPECT_EQ(first(DnsType::a, a_record(asked_name, "\x7f\0\0\1"s)).host, "127.0.0.1");
  EXPECT_EQ(first(DnsType::aaaa, dns_record(asked_name, 28, std::string(15, '\0') + '\1')).host, "::1");
  const auto exchange = first(DnsType::mx, dns_record(asked_name, 15, two(10) + dns_labels("Mail.example.org")));
  EXPECT_EQ(exchange.preference, 10);
  EXPECT_EQ(exchange.host, "mail.example.org");
  const auto service = first(DnsType::srv, srv_record(asked_name, 1, 2, 389, "ldap.example.org"));
  EXPECT_EQ(std::tuple(service.preference, service.weight, service.port), std::tuple(1, 2, 389));
  EXPECT_EQ(service.host, "ldap.example.org");
  const auto certificate = first(DnsType::cert, cert_record(asked_name, 1, "\x30\0bytes"s));
  EXPECT_EQ(certificate.cert_type, cert_pkix);
  EXPECT_EQ(certificate.data, "\x30\0bytes"s);
  const auto url = first(DnsType::cert, cert_record(asked_name, 4, "http://example.org/alice.cer"));
  EXPECT_EQ(url.cert_type, cert_ipkix);
  EXPECT_EQ(url.data, "http://example.org/alice.cer");
}

TEST(DnsTest, ReadsRecordsThatOthersPublished) {
  const auto folder = published_folder() / "direct/dns";
  if (!std::filesystem::is_directory(folder)) GTEST_SKIP() << "no published records at " << folder;
  const auto asked = [&](const char* file, DnsType type) {
    return Server(must(bb::read_text(folder / file)), 1).ask(type, "example.domain.com");
  };
  EXPECT_EQ(must(asked("example.domain.com.a", DnsType::a)).records.at(0).host, "127.0.0.1");
  const auto exchange = must(asked("example.domain.com.mx", DnsType::mx));
  EXPECT_EQ(exchange.records.at(0).preference, 1);
  EXPECT_EQ(exchange.records.at(0).host, "mail1.example.domain.com");
  EXPECT_EQ(must(asked("example.domain.com.soa", DnsType::cert)).state, DnsAnswer::State::no_record);
  EXPECT_FALSE(asked("example.domain.com.corrupt", DnsType::a));
}

TEST(DnsTest, NamesMayDifferInCase) {
  Server server(a_record("ALICE.Direct.Example.ORG", "abcd"), 1);
  EXPECT_EQ(must(server.ask(DnsType::a, "Alice.DIRECT.example.org")).records.size(), 1u);
}

TEST(DnsTest, TellsNoNameFromNoRecordFromAServerThatCannot) {
  const auto coded = [](std::size_t code) {
    return Server([=](const std::string& query) {
      return std::vector{DnsBytes{.question = question_of(query), .flags = answer_flags | code}.to(query)};
    });
  };
  EXPECT_EQ(must(coded(0).ask(DnsType::cert)).state, DnsAnswer::State::no_record);
  EXPECT_EQ(must(coded(3).ask(DnsType::cert)).state, DnsAnswer::State::no_name);
  const auto failed = coded(2).ask(DnsType::cert);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().what, "alice.direct.example.org CERT, asked of dns 192.0.2.1:53: the server says SERVFAIL");
  EXPECT_THAT(coded(5).ask(DnsType::cert).error().what, HasSubstr("REFUSED"));
}

TEST(DnsTest, AsksOverTcpWhatDoesNotFit) {  // DIRECT-DNS-04
  const auto record = cert_record(asked_name, 1, std::string(3000, 'c'));
  Server server([&](const std::string& query) {
    if (server.connections.opened.back().transport == Transport::udp)
      // Cut in the middle of a record, as RFC 1035 lets a server do.
      return std::vector{DnsBytes{.question = question_of(query),
                                  .answers = record.substr(0, 200),
                                  .answer_count = 1,
                                  .flags = answer_flags | 0x200}
                             .to(query)};
    const auto whole = in_tcp(DnsBytes{.question = question_of(query), .answers = record, .answer_count = 1}.to(query));
    return std::vector{whole.substr(0, 1), whole.substr(1, 700), whole.substr(701)};
  });
  const auto answer = must(server.ask(DnsType::cert));
  EXPECT_EQ(answer.records.at(0).data.size(), 3000u);
  EXPECT_TRUE(answer.is_over_tcp);
  EXPECT_NE(server.queries.at(0).substr(0, 2), server.queries.at(1).substr(0, 2)) << "a number for each question";
}

TEST(DnsTest, RefusesHalfAnAnswerOverTcp) {
  const auto over_tcp = [](const std::string& bytes, const char* expected) {
    Server server("", 0);
    server.connections = ScriptedConnections([&](const Endpoint& endpoint) {
      return Peer{
          [&, is_tcp = endpoint.transport == Transport::tcp](const std::string& written) {
            const auto query = is_tcp ? written.substr(2) : written;
            if (!is_tcp)
              return std::vector{DnsBytes{.question = question_of(query), .flags = answer_flags | 0x200}.to(query)};
            return std::vector{bytes};
          },
          Trouble::none};
    });
    const auto answer = server.ask(DnsType::cert);
    ASSERT_FALSE(answer);
    EXPECT_THAT(answer.error().what, HasSubstr(expected));
  };
  over_tcp("\0"s, "closed after 1 of 2 bytes");
  over_tcp("\0\x20half"s, "closed after 4 of 32 bytes");
  over_tcp(two(5) + "short", "5 bytes, a DNS message has at least 12");
}

TEST(DnsTest, AsksAgainWhereNothingComes) {
  int count = 0;
  Server server([&](const std::string& query) {
    if (++count < 3) return std::vector<std::string>();
    return std::vector{
        DnsBytes{.question = question_of(query), .answers = a_record(asked_name, "abcd"), .answer_count = 1}.to(query)};
  });
  EXPECT_EQ(must(server.ask(DnsType::a)).questions, 3);
  EXPECT_EQ(server.connections.opened.size(), 3u) << "from a port of its own each time";
  count = -100;
  const auto answer = server.ask(DnsType::a);
  ASSERT_FALSE(answer);
  EXPECT_EQ(count, -96) << "three over UDP, one over TCP";
  EXPECT_EQ(server.trouble, Trouble::timed_out);
  EXPECT_THAT(answer.error().what, HasSubstr("nothing came; over TCP: nothing came"));
}

TEST(DnsTest, AsksOverTcpWhereNoDatagramComesBack) {  // RFC 7766, 5
  Server server("", 0);
  server.connections = ScriptedConnections([](const Endpoint& endpoint) {
    return Peer{[is_udp = endpoint.transport == Transport::udp](const std::string& query) {
      if (is_udp) return std::vector<std::string>();
      const auto asked = query.substr(2);
      const auto said =
          DnsBytes{.question = question_of(asked), .answers = a_record(asked_name, "abcd"), .answer_count = 1}.to(
              asked);
      return std::vector{in_tcp(said)};
    }};
  });
  const auto answer = must(server.ask(DnsType::a));
  EXPECT_EQ(answer.records.at(0).host, "97.98.99.100");
  EXPECT_TRUE(answer.is_over_tcp);
  EXPECT_EQ(answer.questions, 4);
}

TEST(DnsTest, AsksTheNextServerWhereOneSaysNothing) {
  Server server("", 0);
  server.options.further_servers = {server.options.server, server.options.server};
  server.options.further_servers[0].host = "192.0.2.2";
  server.options.further_servers[1].host = "192.0.2.3";
  server.connections = ScriptedConnections([](const Endpoint& endpoint) {
    return Peer{[has_answer = endpoint.host == "192.0.2.2"](const std::string& query) {
      if (!has_answer) return std::vector<std::string>();
      const DnsBytes said{.question = question_of(query), .answers = a_record(asked_name, "abcd"), .answer_count = 1};
      return std::vector{said.to(query)};
    }};
  });
  Resolver resolver(server.connections, server.options);
  const auto answer = must(resolver.ask(asked_name, DnsType::a));
  EXPECT_EQ(answer.records.size(), 1u);
  EXPECT_THAT(answer.silent, ElementsAre(HasSubstr("dns 192.0.2.1:53: nothing came")));
  EXPECT_EQ(answer.questions, 5) << "three over UDP and one over TCP to the first";
  EXPECT_EQ(resolver.server(), "dns 192.0.2.2:53");
  EXPECT_EQ(must(resolver.ask(asked_name, DnsType::a)).questions, 1) << "who answered is asked first";
}

TEST(DnsTest, SaysThatNoServerAnswers) {
  Server server([](const std::string&) { return std::vector<std::string>(); });
  server.options.further_servers = {server.options.server};
  server.options.further_servers[0].host = "192.0.2.2";
  const auto answer = server.ask(DnsType::a);
  ASSERT_FALSE(answer);
  EXPECT_THAT(answer.error().what, HasSubstr("asked of dns 192.0.2.2:53: nothing came"));
  EXPECT_EQ(server.queries.size(), 8u);
}

TEST(DnsTest, GivesUpWhereItMayNotAsk) {
  Server server("", 0);
  server.connections = ScriptedConnections([](const Endpoint&) { return Trouble::forbidden; });
  EXPECT_FALSE(server.ask(DnsType::a));
  EXPECT_EQ(server.connections.opened.size(), 1u);
  EXPECT_EQ(server.trouble, Trouble::forbidden);
}

TEST(DnsTest, PassesOverAnswersUnderAnotherNumber) {  // RFC 5452, 9.1
  Server server([](const std::string& query) {
    const DnsBytes good{.question = question_of(query), .answers = a_record(asked_name, "abcd"), .answer_count = 1};
    const DnsBytes forged{.question = question_of(query), .answers = a_record(asked_name, "evil"), .answer_count = 1};
    auto other = query.substr(0, 2);
    other[1] = static_cast<char>(other[1] ^ 1);
    return std::vector{forged.with_id(other), "x"s, good.to(query)};
  });
  const auto answer = must(server.ask(DnsType::a));
  EXPECT_EQ(answer.records.at(0).host, "97.98.99.100");
  EXPECT_THAT(answer.refused, ElementsAre(HasSubstr("its number is"), HasSubstr("1 bytes, a DNS message has")));
}

TEST(DnsTest, NamesTheForgedAnswerWhereNoOtherComes) {
  Server server([](const std::string& query) {
    auto other = query.substr(0, 2);
    other[0] = static_cast<char>(other[0] ^ 1);
    return std::vector{DnsBytes{.question = question_of(query)}.with_id(other)};
  });
  const auto answer = server.ask(DnsType::a);
  ASSERT_FALSE(answer);
  EXPECT_THAT(answer.error().what, HasSubstr("an answer was refused: its number is"));
}

struct Lie {
  const char* name;
  std::function<DnsBytes(const std::string& question)> bytes;
  const char* expected;
};

class DnsLieTest : public testing::TestWithParam<Lie> {};

TEST_P(DnsLieTest, IsRefused) {
  Server server([](const std::string& query) { return std::vector{GetParam().bytes(question_of(query)).to(query)}; });
  const auto answer = server.ask(DnsType::a);
  ASSERT_FALSE(answer);
  EXPECT_THAT(answer.error().what, HasSubstr(GetParam().expected));
}

const std::string question_tail = two(1) + two(1);
std::string good_record() { return a_record(asked_name, "abcd"); }

INSTANTIATE_TEST_SUITE_P(
    All, DnsLieTest,
    testing::Values(
        Lie{"AQuestion", [](auto& q) { return DnsBytes{.question = q, .flags = 0x0100}; }, "it is a question"},
        Lie{"AnotherOperation", [](auto& q) { return DnsBytes{.question = q, .flags = answer_flags | 0x2800}; },
            "of another operation (5)"},
        Lie{"AnotherName",
            [](auto&) { return DnsBytes{.question = dns_labels("bob.direct.example.org") + question_tail}; },
            "it is of bob.direct.example.org A, asked was alice.direct.example.org A"},
        Lie{"AnotherType", [](auto&) { return DnsBytes{.question = dns_labels(asked_name) + two(33) + two(1)}; },
            "it is of alice.direct.example.org SRV"},
        Lie{"AnotherClass", [](auto&) { return DnsBytes{.question = dns_labels(asked_name) + two(1) + two(3)}; },
            "it is of  A"},
        Lie{"NoQuestion", [](auto&) { return DnsBytes{.question_count = 0}; }, "it is of 0 questions"},
        Lie{"TwoQuestions", [](auto& q) { return DnsBytes{.question = q + q, .question_count = 2}; },
            "it is of 2 questions"},
        Lie{"AnotherOwner",
            [](auto& q) {
              return DnsBytes{.question = q,
                              .answers = good_record() + a_record("bob.direct.example.org", "evil"),
                              .answer_count = 2};
            },
            "a record of bob.direct.example.org, asked was alice.direct.example.org"},
        Lie{"TooHighACount",
            [](auto& q) { return DnsBytes{.question = q, .answers = good_record(), .answer_count = 2}; },
            "record 2 of 2 in its answer section"},
        Lie{"TooLowACount",
            [](auto& q) { return DnsBytes{.question = q, .answers = good_record(), .answer_count = 0}; },
            "stand behind the last record"},
        Lie{"AHugeCount",
            [](auto& q) { return DnsBytes{.question = q, .answers = good_record(), .answer_count = 60'000}; },
            "its header counts 60001 records; at most 1000"},
        Lie{"ANamePointingAtItself",
            [](auto& q) {
              // At byte 42, behind header and question, stands a pointer to byte 42 (RFC 1035, 4.1.4).
              const auto tail = good_record().substr(dns_labels(asked_name).size());
              return DnsBytes{.question = q, .answers = "\xc0\x2a" + tail, .answer_count = 1};
            },
            "record 1 of 1 in its answer section, at byte 42, cannot be read"},
        Lie{"ANamePointingOutside",
            [](auto& q) {
              const auto tail = good_record().substr(dns_labels(asked_name).size());
              return DnsBytes{.question = q, .answers = "\xff\xff" + tail, .answer_count = 1};
            },
            "cannot be read"},
        Lie{"ALabelWithoutItsEnd",
            [](auto& q) {
              return DnsBytes{.question = q, .answers = "\x3f" + std::string(20, 'a'), .answer_count = 1};
            },
            "cannot be read"},
        Lie{"ALengthBeyondTheEnd",
            [](auto& q) {
              auto record = good_record();
              record[record.size() - 5] = 9;
              return DnsBytes{.question = q, .answers = record, .answer_count = 1};
            },
            "cannot be read"}),
    [](const auto& tested) { return std::string(tested.param.name); });

TEST(DnsTest, RefusesAServiceThatLacksAPart) {
  Server server(dns_record(asked_name, 33, two(0) + two(0)), 1);
  EXPECT_FALSE(server.ask(DnsType::srv));
  EXPECT_FALSE(Server(dns_record(asked_name, 37, two(1)), 1).ask(DnsType::cert));
}

TEST(DnsTest, FollowsAliasesInOneAnswer) {
  Server server(alias_record(asked_name, "a.example.org") + alias_record("a.example.org", "b.example.org") +
                    a_record("b.example.org", "abcd"),
                3);
  const auto answer = must(server.ask(DnsType::a));
  EXPECT_EQ(answer.records.at(0).owner, "b.example.org");
  EXPECT_THAT(answer.aliases, ElementsAre("a.example.org", "b.example.org"));
  EXPECT_EQ(answer.questions, 1);
}

// Each question is answered with an alias to the next number, until there are that many.
Server counting_aliases(int aliases) {
  return Server([=](const std::string& query) {
    const auto question = question_of(query);
    const int number = question[0] == 1 && question[1] != 'a' ? question[1] - '0' : 0;
    const auto name = [](int n) { return n == 0 ? std::string(asked_name) : std::to_string(n) + ".example.org"; };
    const auto record =
        number < aliases ? alias_record(name(number), name(number + 1)) : a_record(name(number), "abcd");
    return std::vector{DnsBytes{.question = question, .answers = record, .answer_count = 1}.to(query)};
  });
}

TEST(DnsTest, AsksForTheNameBehindAnAliasWithinBounds) {
  const auto answer = must(counting_aliases(8).ask(DnsType::a));
  EXPECT_EQ(answer.records.size(), 1u);
  EXPECT_EQ(answer.aliases.size(), 8u);
  const auto refused = counting_aliases(9).ask(DnsType::a);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().what, HasSubstr("more than 8 aliases"));
}

TEST(DnsTest, RefusesAliasesInACircle) {
  Server server(alias_record(asked_name, "a.example.org") + alias_record("a.example.org", asked_name), 2);
  EXPECT_THAT(server.ask(DnsType::a).error().what, HasSubstr("more than 8 aliases"));
}

TEST(DnsTest, AsksForLocalPartsOfAnyKind) {
  Server server("", 0);
  ASSERT_TRUE(server.ask(DnsType::cert, "o'neil+x$.direct.example.org"));
  EXPECT_THAT(server.queries.at(0), HasSubstr("\x09o'neil+x$\x06"
                                              "direct"));
  const auto answer = server.ask(DnsType::cert, "back\\slash\"q.example.org");
  ASSERT_TRUE(answer) << answer.error().what;
  EXPECT_THAT(server.queries.at(1), HasSubstr("\x0c"
                                              "back\\slash\"q\x07"
                                              "example"));
}

TEST(DnsTest, SaysWhereANameDoesNotFit) {  // RFC 1035, 2.3.4
  Server server("", 0);
  EXPECT_TRUE(server.ask(DnsType::cert, std::string(63, 'a') + ".example.org"));
  EXPECT_THAT(server.ask(DnsType::cert, std::string(64, 'a') + ".example.org").error().what,
              HasSubstr("cannot be asked for in DNS"));
  const auto fill = std::string(63, 'a') + "." + std::string(63, 'b') + "." + std::string(63, 'c') + ".";
  EXPECT_TRUE(server.ask(DnsType::cert, fill + std::string(61, 'd')));
  EXPECT_FALSE(server.ask(DnsType::cert, fill + std::string(62, 'd')));
  EXPECT_FALSE(server.ask(DnsType::cert, "two..dots"));
  EXPECT_EQ(server.queries.size(), 2u);
}

DnsRecord service(const char* host, int priority, int weight) {
  DnsRecord record;
  record.type = DnsType::srv;
  record.host = host;
  record.preference = static_cast<std::uint16_t>(priority);
  record.weight = static_cast<std::uint16_t>(weight);
  return record;
}

class DnsOrderTest : public testing::Test {
 protected:
  std::vector<std::string> hosts(std::vector<DnsRecord> records) {
    std::vector<std::string> found;
    for (const auto& record : in_order_of_use(std::move(records), random_)) found.push_back(record.host);
    return found;
  }
  bb::RepeatableBytes bytes_{"order"};
  std::function<std::string(std::size_t)> random_ = [this](std::size_t count) { return bytes_.next(count); };
};

TEST_F(DnsOrderTest, TheLowestPriorityIsFirst) {  // DIRECT-LDAP-02
  EXPECT_THAT(hosts({service("c", 30, 100), service("a", 10, 0), service("b", 20, 5)}), ElementsAre("a", "b", "c"));
  EXPECT_THAT(hosts({}), IsEmpty());
}

TEST_F(DnsOrderTest, AmongEqualsWeightDecidesByChance) {  // DIRECT-LDAP-03
  std::map<std::string, int> firsts;
  constexpr int draws = 4000;
  for (int i = 0; i < draws; ++i) ++firsts[hosts({service("light", 0, 1), service("heavy", 0, 3)}).at(0)];
  // A binomial distribution of 0.75: 3000, and five times its deviation of 27.
  EXPECT_NEAR(firsts["heavy"], 3000, 137);
  EXPECT_EQ(firsts["heavy"] + firsts["light"], draws);
}

TEST_F(DnsOrderTest, AWeightOfNoneIsLast) {  // DIRECT-DCDT-D16
  for (int i = 0; i < 1000; ++i)
    ASSERT_THAT(hosts({service("none", 0, 0), service("all", 0, 100)}), ElementsAre("all", "none"));
}

TEST_F(DnsOrderTest, WithoutWeightsEachMayBeFirst) {
  std::map<std::string, int> firsts;
  for (int i = 0; i < 3000; ++i) ++firsts[hosts({service("a", 0, 0), service("b", 0, 0), service("c", 0, 0)}).at(0)];
  for (const auto& [host, count] : firsts) EXPECT_NEAR(count, 1000, 130) << host;
  EXPECT_EQ(firsts.size(), 3u);
}

TEST_F(DnsOrderTest, TheSameSeedMakesTheSameChoice) {
  const std::vector records{service("a", 0, 1), service("b", 0, 1), service("c", 0, 1), service("d", 0, 1)};
  const std::vector turned{records[2], records[0], records[3], records[1]};
  const auto chosen = [](const std::vector<DnsRecord>& from) {
    bb::RepeatableBytes bytes("seed");
    std::string all;
    for (const auto& record : in_order_of_use(from, [&](std::size_t count) { return bytes.next(count); }))
      all += record.host;
    return all;
  };
  EXPECT_EQ(chosen(records), chosen(turned)) << "whatever order the server gave";
}

}  // namespace
