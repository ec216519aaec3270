// direct_gate.hpp - whether what came by Direct is taken, and whether a certificate is
// used: bb::direct's reception, with the mistakes that defects switch on.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <bb/core/result.hpp>
#include <bb/direct/address.hpp>
#include <bb/direct/reception.hpp>
#include <bb/direct/trust.hpp>

#include "portal/defects.hpp"
#include "portal/direct_options.hpp"
#include "portal/http_fetcher.hpp"

namespace bb::portal {

// A message that was looked through.
struct DirectMessage {
  direct::Reception reception;             // with the refusals that this portal heeds
  std::string message;                     // the inner message; empty where it could not be opened
  std::vector<direct::Certificate> chain;  // the signer's certificate, and those that came with it

  // Why it is refused: for the log of the portal, not for the sender (Applicability
  // Statement, 3: who is not trusted is not answered). Empty where it is taken.
  std::string why_refused() const;
};

class DirectGate {
 public:
  DirectGate(const DirectOptions& options, const Defects& defects)
      : options_(options), defects_(defects), fetcher_(defects) {}

  // At a time in seconds since 1970. The gate has to outlive it.
  direct::TrustPolicy policy(std::int64_t at) const;
  // Whether a recipient's certificate with these faults is used.
  bool may_send_by(const direct::TrustVerdict& verdict) const;
  // `recipient` is whom it was delivered for. The error is of bytes that are no message.
  [[nodiscard]] Result<DirectMessage> look_at(std::string_view message, const direct::Address& recipient,
                                              std::int64_t at) const;

 private:
  // Gets lists, OCSP answers and, but for direct-no-aia, issuers.
  class Fetcher final : public direct::Fetcher {
   public:
    explicit Fetcher(const Defects& defects) : defects_(defects) {}
    Result<std::string> fetch(const std::string& url, std::string_view body, std::string_view body_type) override;

   private:
    const Defects& defects_;
    HttpFetcher http_;
  };

  const DirectOptions& options_;
  const Defects& defects_;
  mutable Fetcher fetcher_;  // which keeps nothing
};

// "expired: valid until ...; no_path: ..."
std::string faults_of(const direct::TrustVerdict& verdict);

}  // namespace bb::portal
