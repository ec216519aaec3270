// discovery.hpp - what the tests of certificate discovery publish: the cases D1 to D18 of
// the Direct Certificate Discovery Tool, and more of the same kind (requirements
// DIRECT-DCDT, -DNS, -LDAP and -CERT). Below FOLDER/discovery:
//
//   discovery.json                   cases, what is published where, and what has to be used
//   DOMAIN.zone                      for BIND, Knot and other name servers (RFC 1035)
//   zone.yaml                        the same for bluebridge-mailroom
//   directory-N-base-M.ldif          for the directories, one file for each base (RFC 2849)
//   NAME.crt                         every certificate
//   identities.pem                   all certificates with their keys: opens what arrives
//
// Each case has a domain of its own below DOMAIN, "d1.DOMAIN", and the address
// "d1@d1.DOMAIN". A certificate says in its common name whether it is to be used.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <bb/core/result.hpp>
#include <bb/direct/discovery.hpp>

#include "pki/certifier.hpp"

namespace bb::pki {

struct DiscoveryOptions {
  std::string domain;
  std::string server = "127.0.0.1";                             // where all servers are: name, mail, directories
  std::vector<std::uint16_t> directory_ports = {10389, 11389};  // of the first and the second
  std::uint16_t dead_port = 9;                                  // where no directory listens
};

// The bases of both directories.
inline constexpr std::string_view directory_bases[] = {"o=First", "o=Second"};

struct DiscoveryCase {
  std::string_view id;     // "D1"
  std::string_view title;  // of the tool, "D1_DNS_AB_Valid"; else one sentence
};

enum class Use { required, forbidden };

inline constexpr std::string_view large = "large";  // too large for UDP

// A certificate of a case, and where it stands.
struct PublishedCertificate {
  std::string_view id;  // of the case
  direct::Place place;
  std::string_view made;  // "good", `large`, or the name of a case of all_cases()
  Use use;
  std::size_t directory = 0;  // in LDAP: 0 or 1
  std::size_t base = 0;       // of directory_bases
};

inline constexpr std::size_t dead_directory = 2;

// A directory that the domain of a case names.
struct PublishedService {
  std::string_view id;
  std::size_t directory;  // 0, 1 or dead_directory
  std::uint16_t priority;
  std::uint16_t weight;
};

std::span<const DiscoveryCase> discovery_cases();
std::span<const PublishedCertificate> published_certificates();
std::span<const PublishedService> published_services();

// Into `folder`, with certificates of `certifier`, which revokes those that have to be.
[[nodiscard]] Status make_discovery(const DiscoveryOptions& options, const std::filesystem::path& folder,
                                    Certifier& certifier);

}  // namespace bb::pki
