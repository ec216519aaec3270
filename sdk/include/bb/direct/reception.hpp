// bb/direct/reception.hpp - whether a receiver takes a message, and why not.
//
// Source: requirements DIRECT-SEC, -ALG, -CERT, -MSG; Applicability Statement for
// Secure Health Transport 1.2, sections 2 to 4. Every reason is told, by requirement.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <bb/direct/address.hpp>
#include <bb/direct/message.hpp>
#include <bb/direct/notification.hpp>
#include <bb/direct/trust.hpp>

namespace bb::direct {

struct ReceptionPolicy {
  TrustPolicy trust;  // with the anchors of the recipient (DIRECT-SEC-05)
};

struct Reason {
  std::string requirement;  // "DIRECT-SEC-03"
  std::string why;
  std::optional<Fault> fault = std::nullopt;  // of a signer's certificate
};

struct Reception {
  std::vector<Reason> refusals;  // none: taken
  std::vector<Reason> remarks;   // what the sender should do better; no reason to refuse
  std::optional<Address> from;   // of the innermost message
  std::vector<Address> to;       // with Cc
  std::string message_id;        // of the innermost message, as it stands
  std::optional<Certificate> signer;
  std::optional<bool> is_signer_trusted;  // for who is named in From; none: that was not judged
  bool is_notification = false;           // a report of what became of another message
  FinalDelivery final_delivery = FinalDelivery::not_asked;

  bool is_taken() const { return refusals.empty(); }
  // A notification is owed: of what is taken and is none itself (DIRECT-MDN-01, -11;
  // DIRECT-SEC-08).
  bool is_to_be_answered() const { return is_taken() && !is_notification; }
};

// At most so much is fetched for one message. A signer for whom there was no more to fetch with is refused
// (DIRECT-CERT-11): others in front of him must not hide that he was revoked.
inline constexpr std::size_t fetches_of_message_max = 16;

// `message` is what came and `layers` what was found in it with the recipient's keys.
Reception receive(std::string_view message, const Layers& layers, const Address& recipient,
                  const ReceptionPolicy& policy);

}  // namespace bb::direct
