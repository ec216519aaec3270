// bb/direct/dns.hpp - asks a name server: certificates, services, mail exchangers
// and addresses.
//
// One configured server is asked, over UDP and, where its answer does not fit, over
// TCP. Nothing is kept between questions.
// Sources: RFC 1035; RFC 4398 (CERT); RFC 2782 (SRV); RFC 5452, 9 (what an answer
// has to be to be believed); RFC 6891 (EDNS).
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <bb/core/crypto.hpp>
#include <bb/core/result.hpp>
#include <bb/direct/stream.hpp>

namespace bb::direct {

enum class DnsType : std::uint16_t { a = 1, cname = 5, mx = 15, aaaa = 28, srv = 33, cert = 37 };
std::string_view word_of(DnsType type);  // "CERT"

// What a CERT record holds (RFC 4398, 2.1).
inline constexpr std::uint16_t cert_pkix = 1;   // an X.509 certificate
inline constexpr std::uint16_t cert_ipkix = 4;  // the URL of one

// One record; its type says which of it counts.
struct DnsRecord {
  std::string owner;  // lower case, without the last dot; signs escaped as in zone files
  DnsType type = DnsType::a;
  std::string host;              // of A and AAAA an address, of CNAME, MX and SRV a name
  std::uint16_t preference = 0;  // of MX; of SRV its priority: the lowest first
  std::uint16_t weight = 0;      // of SRV
  std::uint16_t port = 0;        // of SRV
  std::uint16_t cert_type = 0;   // of CERT
  std::string data;              // of CERT
};

struct DnsAnswer {
  // Whether there is such a name, and of it such a record.
  enum class State { found, no_record, no_name };
  State state = State::no_record;
  std::vector<DnsRecord> records;    // of the type that was asked for
  std::vector<std::string> aliases;  // that the name stands for, in order (CNAME)
  bool is_over_tcp = false;          // the last answer came over TCP
  int questions = 0;                 // how many were sent
  std::vector<std::string> refused;  // answers that were not believed, and why
  std::vector<std::string> silent;   // servers that did not answer, and why
};

struct DnsOptions {
  // An empty host is for who brings the connections to fill in.
  Endpoint server = {.host = {}, .port = 53, .transport = Transport::udp, .protocol = "dns", .wait_ms_max = 2000};
  // Asked in turn where the one before says nothing; who answered is asked first the
  // next time.
  std::vector<Endpoint> further_servers = {};
  int attempts_max = 3;  // for each name, over UDP; where nothing came, one over TCP
  // The largest datagram that is taken, offered by EDNS; 0: no EDNS, and 512 bytes
  // are what RFC 1035 lets a server send.
  std::uint16_t edns_bytes = 0;
  bool is_recursive = true;  // the server is asked to ask others
  int aliases_max = 8;
  // Where the numbers of questions come from. A guess of them is what an attacker needs.
  std::function<std::string(std::size_t count)> random = random_bytes;
};

// SRV or MX records in the order in which their hosts are to be tried: the lowest
// preference first, among equals by chance, by weight where they have one (RFC 2782;
// RFC 5321, 5.1). A weight of 0 comes behind all others: RFC 2782 leaves it "a very
// small chance" to come before them, the Direct discovery tests (D16) none.
std::vector<DnsRecord> in_order_of_use(std::vector<DnsRecord> records,
                                       const std::function<std::string(std::size_t count)>& random);

// [serial]
class Resolver {
 public:
  Resolver(Connections& connections, DnsOptions options);

  // Names are as they are written, "alice.direct.example.org"; dots part labels. The
  // error is of a name that cannot be asked for, a server that does not answer,
  // says that it cannot, or lies; it says which.
  [[nodiscard]] Result<DnsAnswer> ask(std::string_view name, DnsType type);
  // Why the last ask() that failed had no answer; none where it had one.
  Trouble trouble() const { return trouble_; }
  // Who was asked last, "dns 192.0.2.1:53".
  std::string server() const;

 private:
  Result<struct DnsMessage> exchange(const std::string& name, DnsType type, DnsAnswer& answer);
  const Endpoint& endpoint() const;

  Connections& connections_;
  DnsOptions options_;
  std::size_t current_ = 0;  // of all servers
  Trouble trouble_ = Trouble::none;
};

}  // namespace bb::direct
