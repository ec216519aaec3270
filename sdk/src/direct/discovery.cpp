#include <bb/direct/discovery.hpp>

#include <algorithm>
#include <array>
#include <memory>

#include <fmt/format.h>
#include <bb/core/printable.hpp>
#include <bb/core/text.hpp>
#include <bb/direct/cms.hpp>

namespace bb::direct {
namespace {

constexpr std::size_t candidates_max = 100;  // of a place
constexpr std::size_t servers_max = 20;
constexpr std::size_t shown_bytes_max = 200;

std::string shown(std::string_view text) { return shorten(one_line(text), shown_bytes_max); }

class Search {
 public:
  Search(const Address& address, KeyUse use, Connections& connections, const DiscoveryOptions& options)
      : address_(address),
        use_(use),
        connections_(connections),
        options_(options),
        resolver_(connections, options.dns) {}

  Discovery run() {
    look_in_dns(address_.dns_name(), Place::dns_address);
    if (!is_done()) look_in_dns(address_.domain, Place::dns_domain);
    if (!is_done()) look_in_directories();
    return std::move(discovery_);
  }

 private:
  bool is_cancelled() const {
    return !discovery_.steps.empty() && discovery_.steps.back().trouble == Trouble::cancelled;
  }
  bool is_done() const {
    const bool is_found = options_.extent == Extent::until_found && !discovery_.certificates.empty();
    return is_found || is_cancelled();
  }

  // The answer is kept as the newest step; none where there was none.
  std::optional<DnsAnswer> ask_dns(const std::string& name, DnsType type, StepKind kind, std::optional<Place> place) {
    auto& step = discovery_.steps.emplace_back();
    step.kind = kind;
    step.place = place;
    step.asked = fmt::format("{} {}", word_of(type), name);
    auto answer = resolver_.ask(name, type);
    step.server = resolver_.server();  // who was asked last
    if (!answer) {
      step.problem = answer.error().what;
      step.trouble = resolver_.trouble();
      return std::nullopt;
    }
    step.is_over_tcp = answer->is_over_tcp;
    for (const auto& why : answer->silent) step.notes.push_back("no answer of " + why);
    for (const auto& alias : answer->aliases) step.notes.push_back("an alias of " + alias);
    for (const auto& why : answer->refused) step.notes.push_back("an answer was refused: " + why);
    step.found = answer->state == DnsAnswer::State::no_name ? "there is no such name"
                 : answer->state == DnsAnswer::State::no_record
                     ? fmt::format("the name has no {} record", word_of(type))
                     : counted(answer->records.size(), "record");
    return *std::move(answer);
  }

  void look_in_dns(const std::string& name, Place place) {
    const auto answer = ask_dns(name, DnsType::cert, StepKind::certificates, place);
    if (!answer) return;
    auto& step = discovery_.steps.back();
    for (const auto& record : answer->records) {
      if (record.cert_type == cert_pkix)
        add(step, record.owner, Certificate::read(record.data));
      else if (record.cert_type == cert_ipkix)
        step.notes.push_back("a CERT record has the URL of a certificate, which is not fetched: " + shown(record.data));
      else
        step.notes.push_back(
            fmt::format("a CERT record of type {} is passed over; expected {} (PKIX)", record.cert_type, cert_pkix));
    }
    choose(place);
  }

  void add(DiscoveryStep& step, const std::string& source, Result<Certificate> certificate) {
    if (step.candidates.size() == candidates_max) {
      step.notes.push_back(fmt::format("more than {} certificates: the rest is passed over", candidates_max));
      return;
    }
    if (step.candidates.size() > candidates_max) return;
    Candidate candidate;
    candidate.source = source;
    if (certificate)
      candidate.certificate = *std::move(certificate);
    else
      candidate.why_unread = certificate.error().what;
    const bool is_there = candidate.certificate &&
                          std::any_of(step.candidates.begin(), step.candidates.end(), [&](const Candidate& other) {
                            return other.certificate && *other.certificate == *candidate.certificate;
                          });
    if (!is_there) step.candidates.push_back(std::move(candidate));
  }

  // Judges what was found in a place, and takes what is good: of an address before
  // that of a domain, never both (DIRECT-CERT-15).
  void choose(Place place) {
    std::vector<Candidate*> candidates;
    std::vector<Certificate> all;
    for (auto& step : discovery_.steps) {
      if (step.place != place) continue;
      for (auto& candidate : step.candidates) {
        if (!candidate.certificate) continue;
        candidates.push_back(&candidate);
        all.push_back(*candidate.certificate);
      }
    }
    for (auto* candidate : candidates) {
      candidate->binding = binding_of(*candidate->certificate, address_);
      candidate->verdict = judge(*candidate->certificate, address_, use_, all, options_.trust);
    }
    if (!discovery_.certificates.empty()) return;
    for (const auto binding : {Binding::address, Binding::domain}) {
      for (auto* candidate : candidates) {
        if (!candidate->is_usable() || candidate->binding != binding) continue;
        candidate->is_used = true;
        discovery_.certificates.push_back(*candidate->certificate);
      }
      if (discovery_.certificates.empty()) continue;
      discovery_.place = place;
      discovery_.binding = binding;
      return;
    }
  }

  void look_in_directories() {
    const auto answer = ask_dns("_ldap._tcp." + address_.domain, DnsType::srv, StepKind::services, std::nullopt);
    if (!answer) return;
    auto servers =
        options_.order ? options_.order(answer->records) : in_order_of_use(answer->records, options_.dns.random);
    if (servers.size() > servers_max) {
      discovery_.steps.back().notes.push_back(fmt::format("the first {} servers are tried", servers_max));
      servers.resize(servers_max);
    }
    for (const auto& server : servers) {
      if (server.host == ".") {  // RFC 2782
        discovery_.steps.back().notes.push_back("the domain says that it has no directory");
        continue;
      }
      for (const auto& host : addresses_of(server.host))
        if (ask_directory(server, host) || is_cancelled()) return;
      if (is_cancelled()) return;
    }
  }

  std::vector<std::string> addresses_of(const std::string& name) {
    for (const auto type : {DnsType::a, DnsType::aaaa}) {
      const auto answer = ask_dns(name, type, StepKind::host, std::nullopt);
      if (!answer || answer->records.empty()) continue;
      std::vector<std::string> addresses;
      for (const auto& record : answer->records) addresses.push_back(record.host);
      discovery_.steps.back().found = join(addresses, ", ");
      return addresses;
    }
    return {};
  }

  // Whether it answered, so that no other is asked.
  bool ask_directory(const DnsRecord& server, const std::string& host) {
    const auto name = fmt::format("ldap {}:{}", host, server.port);
    auto& step = discovery_.steps.emplace_back();
    step.kind = StepKind::connection;
    step.asked =
        fmt::format("{}:{}, priority {}, weight {}", server.host, server.port, server.preference, server.weight);
    step.server = name;
    const auto stream = connections_.open({.host = host,
                                           .port = server.port,
                                           .transport = Transport::tcp,
                                           .protocol = "ldap",
                                           .wait_ms_max = options_.ldap_wait_ms_max});
    const auto fail = [&](DiscoveryStep& at, const Error& error, Trouble trouble) {
      at.problem = error.what;
      at.trouble = trouble;
      return false;
    };
    if (!stream) return fail(step, stream.error(), connections_.trouble());
    LdapClient client(**stream, options_.ldap);
    if (const auto bound = client.bind(); !bound) return fail(step, bound.error(), client.trouble());
    const auto bases = client.naming_contexts();
    if (!bases) return fail(step, bases.error(), client.trouble());
    step.found = bases->empty() ? "bound; it names no bases" : "bound; its bases: " + shown(join(*bases, "; "));
    return search(client, name, *bases, address_.text(), Place::ldap_address) &&
           (is_done() || search(client, name, *bases, address_.domain, Place::ldap_domain));
  }

  // Whether the directory answered for a base, and broke off at none.
  bool search(LdapClient& client, const std::string& server, const std::vector<std::string>& bases,
              const std::string& mail, Place place) {
    const auto filter = certificates_of(mail);
    bool is_answered = bases.empty();
    for (const auto& base : bases) {
      auto& step = discovery_.steps.emplace_back();
      step.kind = StepKind::entries;
      step.place = place;
      step.asked = fmt::format("{} below '{}'", filter.text(), shown(base));
      step.server = server;
      const auto found =
          client.search({.base = base,
                         .filter = filter,
                         .attributes = {"userCertificate;binary", "userCertificate", "userSMIMECertificate"}});
      if (!found) {
        step.problem = found.error().what;
        step.trouble = client.trouble();
        if (!client.is_refused()) return false;
        continue;  // DIRECT-LDAP-06: each base is searched
      }
      is_answered = true;
      step.found = found->entries.size() == 1 ? "1 entry" : fmt::format("{} entries", found->entries.size());
      if (found->code != 0) step.found += ", " + ldap_code_word(found->code);
      for (const auto& url : found->referrals)
        step.notes.push_back("the directory refers to another, which is not asked: " + shown(url));
      for (const auto& entry : found->entries) add_entry(step, entry);
    }
    choose(place);
    return is_answered;
  }

  void add_entry(DiscoveryStep& step, const LdapEntry& entry) {
    const auto source = shown(entry.name);
    for (const auto& value : entry.values("userCertificate")) add(step, source, Certificate::read(value));
    // RFC 2798, 2.8: SignedData with the certificate in it; what is signed does not count
    // and should not be there.
    for (const auto& value : entry.values("userSMIMECertificate")) {
      const auto data = verify(value, "");
      if (!data) add(step, source, Certificate::read(value));
      for (const auto& certificate : data ? data->certificates : std::vector<Certificate>())
        add(step, source, certificate);
    }
  }

  const Address& address_;
  KeyUse use_;
  Connections& connections_;
  const DiscoveryOptions& options_;
  Resolver resolver_;
  Discovery discovery_;
};

// Why no certificate of this place is as the hosting test wants it.
std::string why_not(const Discovery& discovery, Place place) {
  std::vector<std::string> reasons;
  for (const auto& step : discovery.steps) {
    if (step.place != place) continue;
    if (!step.problem.empty()) reasons.push_back(step.problem);
    if (step.problem.empty() && step.candidates.empty())
      reasons.push_back(fmt::format("{}: {}", step.asked, step.found));
    for (const auto& candidate : step.candidates) {
      if (!candidate.certificate) reasons.push_back(candidate.why_unread);
      for (const auto& fault : candidate.verdict.faults)
        reasons.push_back(fmt::format("{}: {}", candidate.certificate->subject(), fault.why));
      if (candidate.is_usable())
        reasons.push_back(fmt::format("{} is bound to the {}", candidate.certificate->subject(),
                                      candidate.binding == Binding::address ? "address" : "domain"));
    }
  }
  if (!reasons.empty()) return join(reasons, "; ");
  // Nobody was asked there: what stopped it says the last step.
  const auto& last = discovery.steps.back();
  return last.problem.empty() ? fmt::format("{}: {}", last.asked, last.found) : last.problem;
}

}  // namespace

std::string_view word_of(Place place) {
  switch (place) {
    case Place::dns_address:
      return "dns-address";
    case Place::dns_domain:
      return "dns-domain";
    case Place::ldap_address:
      return "ldap-address";
    case Place::ldap_domain:
      return "ldap-domain";
  }
  return "unknown";
}

std::string_view word_of(StepKind kind) {
  switch (kind) {
    case StepKind::certificates:
      return "certificates";
    case StepKind::services:
      return "services";
    case StepKind::host:
      return "host";
    case StepKind::connection:
      return "connection";
    case StepKind::entries:
      return "entries";
  }
  return "unknown";
}

Discovery discover(const Address& address, KeyUse use, Connections& connections, const DiscoveryOptions& options) {
  return Search(address, use, connections, options).run();
}

std::vector<HostingCase> hosting_cases(const Discovery& discovery) {
  static constexpr std::array<std::pair<std::string_view, Place>, 4> places{
      {{"H1", Place::dns_address}, {"H2", Place::dns_domain}, {"H3", Place::ldap_address}, {"H4", Place::ldap_domain}}};
  std::vector<HostingCase> cases;
  for (const auto& [id, place] : places) {
    HostingCase one{id, place, false, {}};
    const bool is_of_address = place == Place::dns_address || place == Place::ldap_address;
    const auto wanted = is_of_address ? Binding::address : Binding::domain;
    for (const auto& step : discovery.steps)
      one.is_met = one.is_met || (step.place == place &&
                                  std::any_of(step.candidates.begin(), step.candidates.end(), [&](const Candidate& c) {
                                    return c.is_usable() && c.binding == wanted;
                                  }));
    if (!one.is_met) one.why = why_not(discovery, place);
    cases.push_back(std::move(one));
  }
  return cases;
}

}  // namespace bb::direct
