// bb/direct/discovery.hpp - finds the certificates of a Direct address: in DNS under
// its name and its domain's, then in the directories that its domain names.
//
// What was asked, what came, and why a certificate was not used is all in the
// result, for evidence. Nothing is kept between calls.
// Sources: Applicability Statement for Secure Health Transport 1.2, section 5;
// requirements DIRECT-DNS, DIRECT-LDAP and DIRECT-DCDT.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <bb/direct/address.hpp>
#include <bb/direct/dns.hpp>
#include <bb/direct/ldap.hpp>
#include <bb/direct/stream.hpp>
#include <bb/direct/trust.hpp>

namespace bb::direct {

// Where certificates may be published, in the order in which they are looked for.
enum class Place { dns_address, dns_domain, ldap_address, ldap_domain };
std::string_view word_of(Place place);  // "dns-address"

// A certificate that was found, and what became of it.
struct Candidate {
  std::optional<Certificate> certificate;  // none where it cannot be read
  std::string why_unread;
  std::string source;  // the name it stood under: of DNS, or of a directory's entry
  Binding binding = Binding::none;
  TrustVerdict verdict;  // of one that can be read: every fault
  bool is_used = false;

  bool is_usable() const { return certificate.has_value() && verdict.is_trusted(); }
};

enum class StepKind {
  certificates,  // CERT records
  services,      // SRV records
  host,          // the addresses of a directory
  connection,    // to a directory: its bind and its bases
  entries        // a search in it
};
std::string_view word_of(StepKind kind);

struct DiscoveryStep {
  StepKind kind = StepKind::certificates;
  std::optional<Place> place;  // of certificates and entries
  std::string asked;           // "CERT alice.direct.example.org"
  std::string server;          // "dns 192.0.2.1:53", "ldap 192.0.2.2:389"
  std::string found;           // in words; empty where there was no answer
  std::string problem;         // why there was none
  Trouble trouble = Trouble::none;
  bool is_over_tcp = false;        // of a question to DNS
  std::vector<std::string> notes;  // aliases, URLs in place of certificates, referrals, refused answers
  std::vector<Candidate> candidates;
};

struct Discovery {
  // To be used, all of one place and one binding; empty: nothing may be sent.
  std::vector<Certificate> certificates;
  std::optional<Place> place;
  Binding binding = Binding::none;
  std::vector<DiscoveryStep> steps;
};

// How far to look: until certificates are found, as a sender does, or in every
// place, as who examines what is published.
enum class Extent { until_found, everywhere };

struct DiscoveryOptions {
  DnsOptions dns;
  LdapLimits ldap;
  int ldap_wait_ms_max = 10'000;  // to connect, and for each answer
  TrustPolicy trust;              // by the sender's anchors
  Extent extent = Extent::until_found;
  // In which order directories are tried; none: in_order_of_use(). For who plays a sender
  // that does it wrongly.
  std::function<std::vector<DnsRecord>(std::vector<DnsRecord> services)> order = {};
};

// Never fails: what goes wrong is in the steps.
Discovery discover(const Address& address, KeyUse use, Connections& connections, const DiscoveryOptions& options);

// Whether the address's certificate is published where the Direct discovery tests
// look (DIRECT-DCDT-H1 to -H4); one of them has to be met (DIRECT-DNS-07).
struct HostingCase {
  std::string_view id;  // "H1"
  Place place = Place::dns_address;
  bool is_met = false;
  std::string why;  // where it is not
};
// Of a discovery everywhere.
std::vector<HostingCase> hosting_cases(const Discovery& discovery);

}  // namespace bb::direct
