#include "configured_trust.hpp"

#include <algorithm>
#include <utility>

#include <bb/core/text.hpp>
#include <bb/core/time.hpp>

#include "streams/host_connections.hpp"

namespace bb::direct_connector {
namespace {

// More than any list or issuer in use.
constexpr std::uint64_t fetched_bytes_max = std::uint64_t{16} * 1024 * 1024;
constexpr std::size_t reasons_bytes_max = 2000;
constexpr const char* source = "configuration";

direct::Revocation revocation_of(std::string_view word) {
  if (word == "ignored") return direct::Revocation::ignored;
  if (word == "required") return direct::Revocation::required;
  if (word == "where-possible") return direct::Revocation::checked_where_possible;
  throw Failure{BB_E_INVALID_ARGUMENT, "configuration: /revocation is '" + std::string(word) +
                                           "', expected ignored, where-possible or required"};
}

int wait_ms(const Context& context, const std::string& at, int otherwise) {
  constexpr std::int64_t wait_ms_max = 600'000;
  return static_cast<int>(std::clamp(context.config_integer(at, otherwise), std::int64_t{1}, wait_ms_max));
}

direct::Endpoint name_server(const Context& context, const std::string& at) {
  auto server = direct::DnsOptions{}.server;
  server.host = context.config(at + "/host");
  const auto port = context.config_integer(at + "/port", server.port);
  if (port < 1 || port > 65'535)
    throw Failure{BB_E_INVALID_ARGUMENT,
                  "configuration: " + at + "/port is " + std::to_string(port) + ", expected 1 to 65535"};
  server.port = static_cast<std::uint16_t>(port);
  server.wait_ms_max = wait_ms(context, "/resolver/wait_ms", server.wait_ms_max);
  return server;
}

// An address, or a domain as one without its first part.
direct::Address subject_of(std::string_view text) {
  const bool is_domain = text.find('@') == std::string_view::npos;
  auto address = direct::read_address(is_domain ? "x@" + std::string(text) : std::string(text));
  if (!address) throw Failure{BB_E_INVALID_ARGUMENT, "trust: " + address.error().what};
  if (is_domain) address->local.clear();
  return *std::move(address);
}

std::uint32_t flag_of(direct::Binding binding) {
  if (binding == direct::Binding::address) return BB_CERT_ADDRESS_BOUND;
  return binding == direct::Binding::domain ? BB_CERT_DOMAIN_BOUND : 0;
}

std::string reasons_of(const direct::TrustVerdict& verdict) {
  std::vector<std::string> reasons;
  for (const auto& [fault, why] : verdict.faults) reasons.push_back(std::string(direct::word_of(fault)) + ": " + why);
  return join(reasons, "; ");
}

// Those bound to the address or its domain.
std::vector<direct::Certificate> bound_to(const direct::Address& address, std::vector<direct::Certificate> all) {
  std::erase_if(all, [&](const auto& one) { return binding_of(one, address) == direct::Binding::none; });
  return all;
}

// What was asked and why it led to nothing: " (CERT a.b.test: ...)"; empty where nobody was asked.
std::string steps_of(const direct::Discovery& discovery) {
  std::vector<std::string> steps;
  for (const auto& step : discovery.steps) {
    auto said = step.asked + ": " + (step.problem.empty() ? step.found : step.problem);
    for (const auto& candidate : step.candidates)
      said += ", " + (candidate.certificate ? reasons_of(candidate.verdict) : candidate.why_unread);
    steps.push_back(std::move(said));
  }
  return steps.empty() ? std::string() : " (" + shorten(join(steps, "; "), reasons_bytes_max) + ")";
}

// Which place it was found in, as a publisher may be asked to prove.
const char* source_of(const std::optional<direct::Place>& place) {
  if (place == direct::Place::dns_address) return "dns-cert:address";
  if (place == direct::Place::dns_domain) return "dns-cert:domain";
  return place == direct::Place::ldap_address ? "ldap:address" : "ldap:domain";
}

}  // namespace

ConfiguredTrust::ConfiguredTrust(const Context& context)
    : anchors_(read_material(context, "/anchors")),
      certificates_(read_material(context, "/certificates")),
      lists_(read_material(context, "/revocation_lists")),
      bundles_(context),
      revocation_(revocation_of(context.config_if("/revocation").value_or("where-possible"))),
      secret_(context.require<Secret>()),
      clock_(context.require<Clock>()),
      http_(context.find<Http>()),
      streams_(context.require<Streams>()),
      random_(context.require<Random>()),
      directory_wait_ms_max_(
          wait_ms(context, "/resolver/directory_wait_ms", direct::DiscoveryOptions{}.ldap_wait_ms_max)) {
  if (!anchors_.is_given() && bundles_.is_empty())
    throw Failure{BB_E_INVALID_ARGUMENT,
                  "configuration: /anchors is missing, and there is no bundle: nobody would be trusted"};
  if (context.config_if("/resolver/host")) resolvers_.push_back(name_server(context, "/resolver"));
  for (std::size_t i = 0;; ++i) {
    const auto at = "/resolver/further/" + std::to_string(i);
    if (!context.config_if(at + "/host")) break;
    resolvers_.push_back(name_server(context, at));
  }
}

ConfiguredTrust::During::During(const ConfiguredTrust& trust, Call& call) : fetcher_(trust.http_, call) {
  policy_.at = trust.clock_.now_unix_ns() / ns_per_second;
  policy_.anchors = certificates_of(trust.anchors_, "/anchors", call, trust.secret_);
  trust.bundles_.refresh(call, fetcher_, trust.secret_, policy_.at);
  for (auto& anchor : trust.bundles_.anchors(policy_.at)) policy_.anchors.push_back(std::move(anchor));
  policy_.revocation = trust.revocation_;
  policy_.lists = lists_of(trust.lists_, call, trust.secret_);
  if (trust.http_) policy_.fetcher = &fetcher_;
}

Result<std::string> ConfiguredTrust::During::HttpFetcher::fetch(const std::string& url, std::string_view body,
                                                                std::string_view body_type) {
  call_.check();
  if (!http_) return Error{url + ": this host offers no HTTP"};
  HttpRequest request{.url = url, .response_bytes_max = fetched_bytes_max};
  if (!body.empty()) {
    request.method = "POST";
    request.body = std::string(body);
    request.headers = {{"content-type", std::string(body_type)}};
  }
  try {
    auto response = http_->perform(call_, request);
    if (response.status != 200) return Error{url + ": answered with status " + std::to_string(response.status)};
    return std::move(response.body);
  } catch (const Failure& failure) {
    if (failure.status == BB_E_CANCELLED || failure.status == BB_E_DEADLINE) throw;
    return Error{failure.message};
  }
}

std::vector<direct::Certificate> ConfiguredTrust::configured(Call& call) const {
  return certificates_of(certificates_, "/certificates", call, secret_);
}

direct::Discovery ConfiguredTrust::discovered(Call& call, const direct::Address& address, direct::Extent extent,
                                              const direct::TrustPolicy& policy) const {
  if (resolvers_.empty()) return {};
  plugins::HostConnections connections(streams_, call);
  direct::DiscoveryOptions options;
  options.dns.server = resolvers_.front();
  options.dns.further_servers.assign(resolvers_.begin() + 1, resolvers_.end());
  options.dns.random = [this](std::size_t count) { return random_.bytes(count); };
  options.trust = policy;
  options.extent = extent;
  options.ldap_wait_ms_max = directory_wait_ms_max_;
  auto discovery = direct::discover(address, direct::KeyUse::encrypt, connections, options);
  // What was not let to its end says nothing of what is published.
  for (const auto& step : discovery.steps)
    if (step.trouble == direct::Trouble::cancelled || step.trouble == direct::Trouble::timed_out ||
        step.trouble == direct::Trouble::forbidden)
      throw Failure{plugins::status_of(step.trouble), "looking for certificates of " + address.text() + ": " +
                                                          step.asked + " of " + step.server + ": " + step.problem};
  return discovery;
}

ConfiguredTrust::Found ConfiguredTrust::certificates_for(Call& call, const direct::Address& address,
                                                         const During& during) const {
  const auto known = configured(call);
  const auto candidates = bound_to(address, known);
  if (candidates.empty()) {
    auto discovery = discovered(call, address, direct::Extent::until_found, during.policy());
    if (!discovery.certificates.empty()) return {std::move(discovery.certificates), {}};
    return {{}, "no certificate of " + address.text() + " or its domain was found" + steps_of(discovery)};
  }
  Found found;
  std::vector<direct::Certificate> of_domain;
  std::vector<std::string> reasons;
  for (const auto& candidate : candidates) {
    const auto verdict = judge(candidate, address, direct::KeyUse::encrypt, known, during.policy());
    if (!verdict.is_trusted()) {
      reasons.push_back(candidate.subject() + ": " + reasons_of(verdict));
      continue;
    }
    const bool is_bound = binding_of(candidate, address) == direct::Binding::address;
    (is_bound ? found.certificates : of_domain).push_back(candidate);
  }
  if (found.certificates.empty()) found.certificates = std::move(of_domain);
  if (found.certificates.empty())
    found.why = "no certificate of " + address.text() + " is trusted: " + join(reasons, "; ");
  return found;
}

void ConfiguredTrust::anchors(Call& call, Certificates& out) {
  call.check();
  const During during(*this, call);  // with bundles that are due
  for (const auto& anchor : certificates_of(anchors_, "/anchors", call, secret_))
    out.emit(anchor.der(), source, BB_CERT_ANCHOR);
  for (const auto& anchor : bundles_.anchors(during.policy().at)) out.emit(anchor.der(), "bundle", BB_CERT_ANCHOR);
}

void ConfiguredTrust::discover(Call& call, std::string_view address, Certificates& out) {
  call.check();
  const auto subject = subject_of(address);
  std::uint64_t count = 0;
  const auto emit = [&](const direct::Certificate& one, const char* from) {
    out.emit(one.der(), from, flag_of(binding_of(one, subject)));
    ++count;
  };
  for (const auto& one : bound_to(subject, configured(call))) emit(one, source);
  const During during(*this, call);
  const auto discovery = discovered(call, subject, direct::Extent::everywhere, during.policy());
  for (const bool is_usable : {true, false})
    for (const auto& step : discovery.steps)
      for (const auto& candidate : step.candidates)
        if (candidate.certificate && candidate.is_usable() == is_usable)
          emit(*candidate.certificate, source_of(step.place));
  if (count == 0)
    throw Failure{BB_E_NOT_FOUND, "trust: no certificate of " + std::string(address) + " or its domain was found" +
                                      steps_of(discovery)};
}

void ConfiguredTrust::evaluate(Call& call, std::string_view address, std::string_view der, std::string_view use) {
  call.check();
  if (use != "sign" && use != "encrypt")
    throw Failure{BB_E_UNSUPPORTED,
                  "trust: '" + shorten(std::string(use), 40) + "' is no use, expected sign or encrypt"};
  const auto subject = subject_of(address);
  const auto certificate = direct::Certificate::read(der);
  if (!certificate) throw Failure{BB_E_INVALID_ARGUMENT, "trust: no certificate: " + certificate.error().what};
  const During during(*this, call);
  const auto verdict = judge(*certificate, subject, use == "sign" ? direct::KeyUse::sign : direct::KeyUse::encrypt,
                             configured(call), during.policy());
  if (!verdict.is_trusted())
    throw Failure{BB_E_UNTRUSTED_PEER, "trust: the certificate is not trusted: " + reasons_of(verdict)};
}

}  // namespace bb::direct_connector
