#include "pki/discovery.hpp"

#include <map>
#include <optional>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <bb/core/crypto.hpp>
#include <bb/core/files.hpp>
#include <bb/core/json.hpp>
#include <bb/core/text.hpp>
#include <bb/core/value.hpp>

namespace bb::pki {
namespace {

// More than any datagram that is offered for answers (RFC 6891, 6.2.5).
constexpr std::size_t large_bytes = 4096;
constexpr std::size_t directories = 2;
constexpr std::size_t bases = std::size(directory_bases);

bool is_of_domain(direct::Place place) {
  return place == direct::Place::dns_domain || place == direct::Place::ldap_domain;
}
bool is_in_dns(direct::Place place) {
  return place == direct::Place::dns_address || place == direct::Place::dns_domain;
}

class Publisher {
 public:
  Publisher(const DiscoveryOptions& options, const std::filesystem::path& folder, Certifier& certifier)
      : options_(options), folder_(folder / "discovery"), certifier_(certifier) {}

  Status publish() {
    std::error_code code;
    std::filesystem::create_directories(folder_, code);
    if (code) return Error{"cannot make the folder " + folder_.string() + ": " + code.message()};
    begin();
    for (const auto& one : discovery_cases()) {
      const auto domain = domain_of(one.id);
      described_[one.id] = Value::object({{"id", one.id},
                                          {"title", one.title},
                                          {"address", address_of(one.id)},
                                          {"certificates", Value::array()},
                                          {"directories", Value::array()}});
      add_record(domain, "MX", fmt::format("10 mail.{}.", options_.domain),
                 fmt::format("preference: 10, host: mail.{}", options_.domain));
    }
    for (const auto& one : published_certificates()) BB_CHECK(publish(one));
    for (const auto& one : published_services()) publish(one);
    return write_files();
  }

 private:
  std::string domain_of(std::string_view id) const { return to_lower(id) + "." + options_.domain; }
  std::string address_of(std::string_view id) const { return to_lower(id) + "@" + domain_of(id); }
  std::uint16_t port_of(std::size_t directory) const {
    return directory == dead_directory ? options_.dead_port : options_.directory_ports[directory];
  }

  // In both forms of the zone.
  void add_record(const std::string& name, std::string_view type, const std::string& data, const std::string& members) {
    master_ += fmt::format("{}. IN {} {}\n", name, type, data);
    yaml_ += fmt::format("  - {{name: {}, type: {}, {}}}\n", name, type, members);
  }

  void begin() {
    const auto& domain = options_.domain;
    master_ =
        fmt::format("$TTL 60\n{0}. IN SOA ns.{0}. hostmaster.{0}. 1 3600 600 86400 60\n{0}. IN NS ns.{0}.\n", domain);
    yaml_ = "records:\n";
    for (const auto* host : {"ns", "mail", "ldap"})
      add_record(fmt::format("{}.{}", host, domain), "A", options_.server, "address: " + options_.server);
    for (auto& directory : ldif_)
      for (std::size_t base = 0; base < bases; ++base) {
        const auto organization = directory_bases[base].substr(2);
        directory[base] = fmt::format(
            "dn: {0}\nobjectClass: organization\no: {1}\n\n"
            "dn: ou=People,{0}\nobjectClass: organizationalUnit\nou: People\n",
            directory_bases[base], organization);
      }
  }

  Status publish(const PublishedCertificate& one) {
    const auto domain = domain_of(one.id);
    const auto name = is_of_domain(one.place) ? domain : address_of(one.id);
    const bool is_used = one.use == Use::required;
    const auto common_name = fmt::format("{} {} ({})", one.id, is_used ? "to be used" : "not to be used", one.made);
    auto request = certifier_.usual(common_name);
    (is_of_domain(one.place) ? request.domains : request.addresses) = {name};
    // Making keys takes long. What may not be used never shares one with what is to be.
    auto& known_key = keys_[one.use];
    if (one.made != "rsa-1024") request.known_key = known_key;
    if (one.made == large) request.comment = std::string(large_bytes, '.');
    // The wildcard has to cover the domain that it is published for.
    BB_TRY(const auto identity,
           certifier_.issue_case(one.made, request, one.made == "wildcard" ? options_.domain : domain));
    const bool is_new_key = !request.known_key;
    if (one.made != "rsa-1024") known_key = identity.key;
    const auto& certificate = identity.certificate;
    const auto file = fmt::format("{}-{}", to_lower(one.id), ++numbers_[one.id]) + ".crt";
    BB_CHECK(write_text(folder_ / file, to_pem(certificate)));
    identities_ += is_new_key ? to_pem(direct::Identity{certificate, identity.key}) : to_pem(certificate);
    const auto base64 = base64_encode(certificate.der());
    std::string where;
    if (is_in_dns(one.place)) {
      where = is_of_domain(one.place) ? domain : to_lower(one.id) + "." + domain;
      add_record(where, "CERT", "PKIX 0 0 " + base64, "file: " + file);
    } else {
      where = fmt::format("cn={},ou=People,{}", to_lower(one.id), directory_bases[one.base]);
      ldif_[one.directory][one.base] +=
          fmt::format("\ndn: {}\nobjectClass: inetOrgPerson\ncn: {}\nsn: {}\nmail: {}\nuserCertificate;binary:: {}\n",
                      where, to_lower(one.id), to_lower(one.id), name, base64);
    }
    auto described = Value::object({{"file", file},
                                    {"sha256", certificate.fingerprint()},
                                    {"place", direct::word_of(one.place)},
                                    {"name", where},
                                    {"is", one.made},
                                    {"use", is_used}});
    if (!is_in_dns(one.place)) described.set("directory", static_cast<std::int64_t>(one.directory + 1));
    described_[one.id].find("certificates")->push(std::move(described));
    return {};
  }

  void publish(const PublishedService& one) {
    const auto port = port_of(one.directory);
    const auto name = "_ldap._tcp." + domain_of(one.id);
    const auto host = "ldap." + options_.domain;
    add_record(name, "SRV", fmt::format("{} {} {} {}.", one.priority, one.weight, port, host),
               fmt::format("priority: {}, weight: {}, port: {}, host: {}", one.priority, one.weight, port, host));
    described_[one.id]
        .find("directories")
        ->push(Value::object({{"host", host},
                              {"port", static_cast<std::int64_t>(port)},
                              {"priority", static_cast<std::int64_t>(one.priority)},
                              {"weight", static_cast<std::int64_t>(one.weight)},
                              {"answers", one.directory != dead_directory}}));
  }

  Status write_files() const {
    BB_CHECK(write_text(folder_ / (options_.domain + ".zone"), master_));
    BB_CHECK(write_text(folder_ / "zone.yaml", yaml_));
    for (std::size_t directory = 0; directory < directories; ++directory)
      for (std::size_t base = 0; base < bases; ++base)
        BB_CHECK(write_text(folder_ / fmt::format("directory-{}-base-{}.ldif", directory + 1, base + 1),
                            ldif_[directory][base]));
    BB_CHECK(write_text(folder_ / "identities.pem", identities_, Privacy::private_));
    auto cases = Value::array();
    for (const auto& one : discovery_cases()) {
      auto described = described_.at(one.id);
      bool is_sent = false;
      const auto& all = described["certificates"];
      for (std::size_t i = 0; i < all.size(); ++i) is_sent = is_sent || all[i]["use"].boolean_or(false);
      described.set("sent", is_sent);
      cases.push(std::move(described));
    }
    const auto text =
        to_json(Value::object({{"format", "bluebridge-discovery/1"},
                               {"domain", options_.domain},
                               {"bases", Value::strings({std::begin(directory_bases), std::end(directory_bases)})},
                               {"cases", cases}}));
    return write_text(folder_ / "discovery.json", text + "\n");
  }

  const DiscoveryOptions& options_;
  const std::filesystem::path folder_;
  Certifier& certifier_;
  std::string master_, yaml_, identities_;
  std::string ldif_[directories][bases];
  std::map<std::string_view, Value> described_;
  std::map<std::string_view, int> numbers_;
  std::map<Use, std::optional<direct::PrivateKey>> keys_;
};

}  // namespace

Status make_discovery(const DiscoveryOptions& options, const std::filesystem::path& folder, Certifier& certifier) {
  return Publisher(options, folder, certifier).publish();
}

}  // namespace bb::pki
