// plugins/direct/configured_trust.hpp - bb.trust/1 by the anchors, certificates and
// revocation lists of the configuration.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <bb/direct/trust.hpp>
#include <bb/sdk/connector.hpp>

#include "material.hpp"

namespace bb::direct_connector {

class ConfiguredTrust : public Trust {
 public:
  // The members anchors, certificates, revocation_lists and revocation.
  explicit ConfiguredTrust(const Context& context);

  void anchors(Call& call, Certificates& out) final;
  void discover(Call& call, std::string_view address, Certificates& out) final;
  void evaluate(Call& call, std::string_view address, std::string_view der, std::string_view use) final;

  // Whom to encrypt for. All are bound to the address, or all to its domain.
  struct Found {
    std::vector<direct::Certificate> certificates;  // none: nothing may be sent to it (DIRECT-SEC-11)
    std::string why;                                // where there are none, every reason
  };
  Found certificates_for(Call& call, const direct::Address& address) const;

  // What holds during one call; by policy() only as long as it lives.
  class During;

 protected:
  ~ConfiguredTrust() = default;

 private:
  // Where certificates of others come from; the one place that discovery adds to.
  std::vector<direct::Certificate> candidates(Call& call, const direct::Address& address) const;

  Material anchors_, certificates_, lists_;
  direct::Revocation revocation_;
  Secret secret_;
  Clock clock_;
  std::optional<Http> http_;
};

// The policy of one call, and what it fetches by.
class ConfiguredTrust::During {
 public:
  During(const ConfiguredTrust& trust, Call& call);
  During(const During&) = delete;
  During& operator=(const During&) = delete;
  const direct::TrustPolicy& policy() const { return policy_; }

 private:
  class HttpFetcher final : public direct::Fetcher {
   public:
    HttpFetcher(const std::optional<Http>& http, Call& call) : http_(http), call_(call) {}
    Result<std::string> fetch(const std::string& url, std::string_view body, std::string_view body_type) override;

   private:
    const std::optional<Http>& http_;
    Call& call_;
  };
  HttpFetcher fetcher_;
  direct::TrustPolicy policy_;
};

}  // namespace bb::direct_connector
