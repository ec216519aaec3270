// plugins/direct/configured_trust.hpp - bb.trust/1 by the anchors, bundles, certificates
// and revocation lists of the configuration, and by what DNS and directories have.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <bb/direct/discovery.hpp>
#include <bb/direct/trust.hpp>
#include <bb/sdk/connector.hpp>

#include "bundles.hpp"
#include "material.hpp"

namespace bb::direct_connector {

class ConfiguredTrust : public Trust {
 public:
  // The members anchors, bundles, certificates, revocation_lists, revocation and resolver.
  explicit ConfiguredTrust(const Context& context);

  void anchors(Call& call, Certificates& out) final;
  void discover(Call& call, std::string_view address, Certificates& out) final;
  void evaluate(Call& call, std::string_view address, std::string_view der, std::string_view use) final;

  // What holds during one call; by policy() only as long as it lives.
  class During;

  // Whom to encrypt for: of the configuration, and where that has nobody for the address
  // discovered. All are bound to the address, or all to its domain. Throws Failure where
  // the search was not let to its end.
  struct Found {
    std::vector<direct::Certificate> certificates;  // none: nothing may be sent to it (DIRECT-SEC-11)
    std::string why;                                // where there are none, every reason
  };
  Found certificates_for(Call& call, const direct::Address& address, const During& during) const;

 protected:
  ~ConfiguredTrust() = default;

 private:
  // The certificates of the configuration, whoever they are of.
  std::vector<direct::Certificate> configured(Call& call) const;
  direct::Discovery discovered(Call& call, const direct::Address& address, direct::Extent extent,
                               const direct::TrustPolicy& policy) const;

  Material anchors_, certificates_, lists_;
  mutable Bundles bundles_;  // copies of what is elsewhere; their age shows in no answer
  direct::Revocation revocation_;
  Secret secret_;
  Clock clock_;
  std::optional<Http> http_;
  std::vector<direct::Endpoint> resolvers_;  // none: nothing is discovered
  Streams streams_;
  Random random_;
  int directory_wait_ms_max_;
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
