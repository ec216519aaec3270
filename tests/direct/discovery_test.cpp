// Discovery over scripted connections: what real servers do not do. The cases of the
// discovery tests are played with real ones in tests/servers.
#include <bb/direct/discovery.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "answering.hpp"
#include "dns_bytes.hpp"
#include "ldap_bytes.hpp"
#include "people.hpp"

namespace {

using namespace bb::direct;
using namespace bb::test;
using namespace std::string_literals;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* at_address = "alice.direct.example.org";
constexpr const char* at_domain = "direct.example.org";
constexpr const char* at_service = "_ldap._tcp.direct.example.org";

// A name server that holds records, and directories that hold certificates.
class World {
 public:
  World() {
    options.dns.server.host = "192.0.2.1";
    options.dns.server.wait_ms_max = 0;
    options.trust.anchors = {people().root.certificate, people().authority.certificate};
    options.trust.at = noon;
  }

  void publish(const std::string& name, int type, const std::string& record) {
    auto& held = records_[dns_labels(name) + two(static_cast<std::size_t>(type))];
    held.first += record;
    ++held.second;
  }
  void publish(const std::string& name, const Certificate& certificate) {
    publish(name, 37, cert_record(name, 1, certificate.der()));
  }
  // A directory at an address of its own, by priority.
  void serve(int priority, const std::string& ipv4, std::function<std::string(const std::string&)> directory) {
    const auto host = "ldap" + std::to_string(priority) + ".example.org";
    publish(at_service, 33, srv_record(at_service, static_cast<std::size_t>(priority), 0, 389, host));
    std::string bytes;
    for (const char c : ipv4) bytes += c;
    publish(host, 1, a_record(host, bytes));
    directories_.push_back(std::move(directory));
  }

  Discovery discover(KeyUse use = KeyUse::encrypt) {
    const auto who = address("alice@direct.example.org");
    return bb::direct::discover(who, use, connections, options);
  }

  DiscoveryOptions options;
  std::function<std::optional<Trouble>(const Endpoint&)> refuse = [](const Endpoint&) { return std::nullopt; };
  ScriptedConnections connections{[this](const Endpoint& endpoint) -> ScriptedConnections::Opened {
    if (const auto trouble = refuse(endpoint)) return *trouble;
    if (endpoint.protocol == "ldap") {
      const auto number = static_cast<std::size_t>(endpoint.host.back() - '1');
      return Peer{
          [directory = directories_.at(number)](const std::string& request) { return std::vector{directory(request)}; },
          Trouble::none};
    }
    return Peer{[this, is_tcp = endpoint.transport == Transport::tcp](const std::string& written) {
      const auto query = is_tcp ? written.substr(2) : written;
      const auto question = question_of(query);
      const auto& [held, count] = records_[question.substr(0, question.size() - 2)];
      const auto message = DnsBytes{.question = question, .answers = held, .answer_count = count}.to(query);
      return std::vector{is_tcp ? two(message.size()) + message : message};
    }};
  }};

 private:
  std::map<std::string, std::pair<std::string, std::size_t>> records_;  // by name and type
  std::vector<std::function<std::string(const std::string&)>> directories_;
};

int id_of(const std::string& request) { return request[request[1] < 0 ? 5 : 4]; }  // behind a length of one byte or two

// A directory with one base, and one entry below it for every search.
std::string answered(const std::string& request, const LdapValues& values) {
  const int id = id_of(request);
  if (request.find("namingContexts") != std::string::npos)
    return ldap_message(id, ldap_entry("", {{"namingContexts", {"o=Example"}}})) +
           ldap_message(id, ldap_result(0x65, 0));
  if (request.find("userCertificate") == std::string::npos) return ldap_message(id, ldap_result(0x61, 0));
  return ldap_message(id, ldap_entry("cn=alice,o=Example", values)) + ldap_message(id, ldap_result(0x65, 0));
}

Identity of_domain() {
  auto request = address_request("direct.example.org");
  request.addresses = {};
  request.domains = {"direct.example.org"};
  return people().issue(request);
}

TEST(DiscoveryTest, NothingIsPublishedAnywhere) {
  World world;
  const auto found = world.discover();
  EXPECT_THAT(found.certificates, IsEmpty());
  EXPECT_FALSE(found.place);
  std::vector<std::string> asked;
  for (const auto& step : found.steps) asked.push_back(step.asked);
  EXPECT_THAT(asked, ElementsAre("CERT alice.direct.example.org", "CERT direct.example.org",
                                 "SRV _ldap._tcp.direct.example.org"));
  EXPECT_EQ(found.steps[0].found, "the name has no CERT record");
  EXPECT_EQ(found.steps[0].server, "dns 192.0.2.1:53");
}

TEST(DiscoveryTest, TakesEveryGoodCertificateOfTheAddressAndNoneOfTheDomain) {  // DIRECT-CERT-15
  World world;
  const auto second = people().issue(address_request("alice@direct.example.org"));
  world.publish(at_address, of_domain().certificate);
  world.publish(at_address, people().alice.certificate);
  world.publish(at_address, second.certificate);
  world.publish(at_domain, of_domain().certificate);
  const auto found = world.discover();
  EXPECT_THAT(found.certificates, ElementsAre(people().alice.certificate, second.certificate));
  EXPECT_EQ(found.binding, Binding::address);
  EXPECT_EQ(found.steps.size(), 1u);
  EXPECT_FALSE(found.steps[0].candidates[0].is_used);
  EXPECT_TRUE(found.steps[0].candidates[0].is_usable());
}

TEST(DiscoveryTest, LooksForTheUseThatIsAskedFor) {
  World world;
  auto request = address_request("alice@direct.example.org");
  request.key_usage = "critical,digitalSignature";
  const auto signer = people().issue(request);
  world.publish(at_address, signer.certificate);
  EXPECT_THAT(world.discover(KeyUse::encrypt).certificates, IsEmpty());
  EXPECT_THAT(world.discover(KeyUse::sign).certificates, ElementsAre(signer.certificate));
}

TEST(DiscoveryTest, SaysWhatOfTheRecordsIsNoCertificate) {
  World world;
  world.publish(at_address, 37, cert_record(at_address, 4, "http://example.org/alice.cer"));
  world.publish(at_address, 37, cert_record(at_address, 3, "a PGP key"));
  world.publish(at_address, 37, cert_record(at_address, 1, "garbage"));
  const auto found = world.discover();
  const auto& step = found.steps.at(0);
  EXPECT_THAT(step.notes, ElementsAre(HasSubstr("not fetched: http://example.org/alice.cer"), HasSubstr("of type 3")));
  ASSERT_EQ(step.candidates.size(), 1u);
  EXPECT_THAT(step.candidates[0].why_unread, HasSubstr("no X.509 certificate"));
  EXPECT_THAT(found.certificates, IsEmpty());
}

TEST(DiscoveryTest, GoesOnWhereANameServerFails) {
  World world;
  world.publish(at_domain, of_domain().certificate);
  int count = 0;
  world.refuse = [&](const Endpoint&) { return ++count <= 4 ? std::optional(Trouble::timed_out) : std::nullopt; };
  const auto found = world.discover();
  EXPECT_EQ(found.place, Place::dns_domain);
  EXPECT_THAT(found.steps.at(0).problem, HasSubstr("no connection"));
  EXPECT_EQ(found.steps.at(0).trouble, Trouble::timed_out);
}

TEST(DiscoveryTest, EndsWhereItIsCancelled) {
  World world;
  world.refuse = [](const Endpoint&) { return Trouble::cancelled; };
  EXPECT_EQ(world.discover().steps.size(), 1u);
}

TEST(DiscoveryTest, ADomainMaySayThatItHasNoDirectory) {  // RFC 2782: a target of "."
  World world;
  world.publish(at_service, 33, srv_record(at_service, 0, 0, 0, ""));
  const auto found = world.discover();
  EXPECT_THAT(found.steps.back().notes, ElementsAre("the domain says that it has no directory"));
  EXPECT_EQ(found.steps.back().kind, StepKind::services);
}

TEST(DiscoveryTest, AsksTheNextDirectoryWhereOneBreaksOff) {  // DIRECT-LDAP-04
  const LdapValues values{{"userCertificate;binary", {people().alice.certificate.der()}}};
  const auto good = [&](const std::string& request) { return answered(request, values); };
  const std::vector<std::pair<const char*, std::function<std::string(const std::string&)>>> bad{
      {"silent", [](const std::string&) { return ""s; }},
      {"no directory", [](const std::string&) { return "HTTP/1.1 400 Bad Request"s; }},
      {"refuses", [](const std::string&) { return ldap_message(1, ldap_result(0x61, 53)); }},
      {"breaks off", [&](const std::string& request) {
         return request.find("userCertificate") == std::string::npos ? good(request) : ""s;
       }}};
  for (const auto& [name, first] : bad) {
    World world;
    world.serve(1, "\x7f\0\0\1"s, first);
    world.serve(2, "\x7f\0\0\2"s, good);
    const auto found = world.discover();
    EXPECT_THAT(found.certificates, ElementsAre(people().alice.certificate)) << name;
    EXPECT_EQ(found.place, Place::ldap_address);
    EXPECT_THAT(found.steps, Contains(testing::Field(&DiscoveryStep::problem, testing::Not(IsEmpty())))) << name;
  }
}

TEST(DiscoveryTest, SearchesTheOtherBasesWhereOneIsClosed) {  // DIRECT-LDAP-06
  const auto closed = [](int bases_open) {
    return [bases_open](const std::string& request) {
      const int id = id_of(request);
      if (request.find("namingContexts") != std::string::npos)
        return ldap_message(id, ldap_entry("", {{"namingContexts", {"cn=config", "o=Example"}}})) +
               ldap_message(id, ldap_result(0x65, 0));
      const bool is_open = bases_open > 0 && request.find("o=Example") != std::string::npos;
      if (request.find("userCertificate") != std::string::npos && !is_open)
        return ldap_message(id, ldap_result(0x65, 50, "not for you"));
      return answered(request, {{"userCertificate;binary", {people().alice.certificate.der()}}});
    };
  };
  World world;
  world.serve(1, "\x7f\0\0\1"s, closed(1));
  const auto found = world.discover();
  EXPECT_THAT(found.certificates, ElementsAre(people().alice.certificate));
  EXPECT_THAT(found.steps, Contains(testing::Field(&DiscoveryStep::problem, HasSubstr("insufficientAccessRights"))));
  // One that opens no base has not answered.
  World other;
  other.serve(1, "\x7f\0\0\1"s, closed(0));
  other.serve(2, "\x7f\0\0\2"s, closed(1));
  EXPECT_THAT(other.discover().certificates, ElementsAre(people().alice.certificate));
}

TEST(DiscoveryTest, AsksNoOtherDirectoryWhereOneAnswered) {
  World world;
  world.serve(1, "\x7f\0\0\1"s, [](const std::string& request) { return answered(request, {}); });
  world.serve(2, "\x7f\0\0\2"s, [](const std::string& request) { return answered(request, {}); });
  const auto found = world.discover();
  EXPECT_THAT(found.certificates, IsEmpty());
  EXPECT_EQ(world.connections.opened.back().host, "127.0.0.1");
}

TEST(DiscoveryTest, ReadsCertificatesInEitherAttribute) {
  World world;
  const auto enclosed = must(sign("", people().alice, {}));  // SignedData with alice's certificate and its chain
  world.serve(1, "\x7f\0\0\1"s, [=](const std::string& request) {
    return answered(request, {{"userSMIMECertificate;binary", {enclosed}},
                              {"userCertificate", {people().alice.certificate.der(), "garbage"}}});
  });
  const auto found = world.discover();
  EXPECT_THAT(found.certificates, ElementsAre(people().alice.certificate)) << "once";
  std::vector<std::string> names;
  for (const auto& one : found.steps.back().candidates)
    names.push_back(one.certificate ? one.certificate->subject() : one.why_unread);
  EXPECT_THAT(names, testing::UnorderedElementsAre("CN=alice@direct.example.org", HasSubstr("no X.509 certificate"),
                                                   "CN=Test Authority", "CN=Test Root"));
  EXPECT_EQ(found.steps.back().candidates[0].source, "cn=alice,o=Example");
}

TEST(DiscoveryTest, IsWithinBounds) {
  World world;
  world.serve(1, "\x7f\0\0\1"s, [](const std::string& request) {
    LdapValues values{{"userCertificate", {}}};
    for (int i = 0; i < 150; ++i) values[0].second.push_back("garbage " + std::to_string(i));
    return answered(request, values);
  });
  const auto found = world.discover();
  EXPECT_EQ(found.steps.back().candidates.size(), 100u);
}

TEST(DiscoveryTest, AsksDirectoriesInTheOrderThatItIsGiven) {
  World world;
  const auto answer = [](const Certificate& certificate) {
    return [=](const std::string& request) { return answered(request, {{"userCertificate", {certificate.der()}}}); };
  };
  auto request = address_request("alice@direct.example.org");
  const auto second = people().issue(request).certificate;
  world.serve(1, "\x7f\0\0\1"s, answer(people().alice.certificate));
  world.serve(2, "\x7f\0\0\2"s, answer(second));
  EXPECT_THAT(world.discover().certificates, ElementsAre(people().alice.certificate));
  world.options.order = [](std::vector<DnsRecord> services) {
    std::sort(services.begin(), services.end(), [](auto& a, auto& b) { return a.preference > b.preference; });
    return services;
  };
  EXPECT_THAT(world.discover().certificates, ElementsAre(second));
}

TEST(DiscoveryTest, LooksEverywhereForWhoExaminesWhatIsPublished) {
  World world;
  world.options.extent = Extent::everywhere;
  world.publish(at_address, people().alice.certificate);
  world.publish(at_domain, of_domain().certificate);
  const auto found = world.discover();
  EXPECT_THAT(found.certificates, ElementsAre(people().alice.certificate));
  const auto cases = hosting_cases(found);
  ASSERT_EQ(cases.size(), 4u);
  EXPECT_TRUE(cases[0].is_met && cases[1].is_met);
  EXPECT_EQ(cases[2].id, "H3");
  EXPECT_FALSE(cases[2].is_met);
  EXPECT_EQ(cases[2].why, "SRV _ldap._tcp.direct.example.org: the name has no SRV record");
}

}  // namespace
