#include "portal/direct_lookup.hpp"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <bb/core/text.hpp>

#include "sockets/sockets.hpp"

namespace bb::portal {
namespace {

// Sockets that do not go where a defect keeps the portal from going.
class Roads final : public direct::Connections {
 public:
  explicit Roads(const Defects& defects) : defects_(defects) {}

  Result<std::unique_ptr<direct::Stream>> open(const direct::Endpoint& endpoint) override {
    const bool is_closed = (endpoint.protocol == "ldap" && defects_.is_on(Defect::direct_asks_dns_only)) ||
                           (endpoint.protocol == "ldap" && directories_++ > 0 &&
                            defects_.is_on(Defect::direct_asks_first_directory_only)) ||
                           (endpoint.protocol == "dns" && endpoint.transport == direct::Transport::tcp &&
                            defects_.is_on(Defect::direct_asks_udp_only));
    if (!is_closed) return sockets_.open(endpoint);
    return Error{"the portal does not ask there"};
  }
  direct::Trouble trouble() const override {
    const auto trouble = sockets_.trouble();
    return trouble == direct::Trouble::none ? direct::Trouble::unavailable : trouble;
  }

 private:
  const Defects& defects_;
  sockets::Sockets sockets_;
  int directories_ = 0;
};

std::vector<direct::DnsRecord> heaviest_first(std::vector<direct::DnsRecord> services) {
  std::stable_sort(services.begin(), services.end(), [](const auto& a, const auto& b) { return a.weight > b.weight; });
  return services;
}

std::vector<direct::DnsRecord> lightest_first(std::vector<direct::DnsRecord> services) {
  std::sort(services.begin(), services.end(), [](const auto& a, const auto& b) {
    return std::pair(a.preference, a.weight) < std::pair(b.preference, b.weight);
  });
  return services;
}

// Why nothing that was found can be used, or that nothing was.
std::string why_none(const direct::Discovery& discovery) {
  std::vector<std::string> reasons;
  for (const auto& step : discovery.steps) {
    if (!step.problem.empty()) reasons.push_back(step.asked + ": " + step.problem);
    for (const auto& candidate : step.candidates) {
      const auto why = candidate.certificate ? faults_of(candidate.verdict) : candidate.why_unread;
      reasons.push_back(fmt::format("that of {} is not used: {}", candidate.source, why));
    }
  }
  return reasons.empty() ? "none is published" : join(reasons, "; ");
}

}  // namespace

direct::Discovery DirectLookup::discover(const direct::Address& to, std::int64_t at) const {
  direct::DiscoveryOptions how;
  how.dns.server.host = options_.resolver.host;
  how.dns.server.port = options_.resolver.port;
  how.dns.edns_bytes = 1232;  // which networks carry in one piece
  how.trust = gate_.policy(at);
  if (defects_.is_on(Defect::direct_ignores_srv_priority)) how.order = heaviest_first;
  if (defects_.is_on(Defect::direct_ignores_srv_weight)) how.order = lightest_first;
  Roads roads(defects_);
  return direct::discover(to, direct::KeyUse::encrypt, roads, how);
}

bool DirectLookup::is_passed_over(const direct::Discovery& discovery) const {
  if (defects_.is_on(Defect::direct_ignores_domain_certificates) && discovery.binding == direct::Binding::domain)
    return true;
  if (!defects_.is_on(Defect::direct_stops_at_bad_certificate)) return false;
  return std::any_of(discovery.steps.begin(), discovery.steps.end(), [&](const auto& step) {
    return step.place == discovery.place && std::any_of(step.candidates.begin(), step.candidates.end(),
                                                        [](const auto& one) { return !one.is_usable(); });
  });
}

Result<std::vector<direct::Certificate>> DirectLookup::certificates_of(const direct::Address& to,
                                                                       std::int64_t at) const {
  if (defects_.is_on(Defect::direct_domain_first))
    if (auto of_domain = discover({.local = "", .domain = to.domain}, at); !of_domain.certificates.empty())
      return std::move(of_domain.certificates);
  const auto discovery = discover(to, at);
  if (!discovery.certificates.empty() && !is_passed_over(discovery)) return discovery.certificates;
  // Reached by a defect alone: discovery has used up what is trusted.
  for (const auto& step : discovery.steps)
    for (const auto& candidate : step.candidates)
      if (candidate.certificate && !candidate.is_usable() && gate_.may_send_by(candidate.verdict))
        return std::vector{*candidate.certificate};
  return Error{fmt::format("no certificate that can be used for {}: {}", to.text(), why_none(discovery))};
}

}  // namespace bb::portal
