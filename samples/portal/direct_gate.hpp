// direct_gate.hpp - whether what came by Direct is taken, and whether a certificate is
// used: the portal's trust, with the mistakes that defects switch on.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <bb/core/result.hpp>
#include <bb/direct/address.hpp>
#include <bb/direct/trust.hpp>

#include "portal/defects.hpp"
#include "portal/direct_options.hpp"

namespace bb::portal {

// A message that was opened, verified, and whose signer is trusted for its sender.
struct DirectMessage {
  direct::Address from;                    // of the inner header
  std::string message;                     // the inner message
  std::vector<direct::Certificate> chain;  // the signer's certificate, and those that came with it
};

class DirectGate {
 public:
  DirectGate(const DirectOptions& options, const Defects& defects) : options_(options), defects_(defects) {}

  // At a time in seconds since 1970.
  direct::TrustPolicy policy(std::int64_t at) const;
  // Whether a recipient's certificate with these faults is used.
  bool may_send_by(const direct::TrustVerdict& verdict) const;
  // The error says why it is refused: for the log of the portal, not for the sender
  // (Applicability Statement, 3: who is not trusted is not answered).
  [[nodiscard]] Result<DirectMessage> take(std::string_view message, std::int64_t at) const;

 private:
  bool may_take_from(const direct::TrustVerdict& verdict) const;

  const DirectOptions& options_;
  const Defects& defects_;
};

// "expired: valid until ...; no_path: ..."
std::string faults_of(const direct::TrustVerdict& verdict);

}  // namespace bb::portal
