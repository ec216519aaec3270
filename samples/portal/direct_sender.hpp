// direct_sender.hpp - sends by Direct: finds the recipient's certificate, judges it, seals
// the message and hands it to the mail server.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <bb/core/result.hpp>
#include <bb/direct/address.hpp>
#include <bb/direct/certificate.hpp>
#include <bb/direct/identity.hpp>

#include "portal/defects.hpp"
#include "portal/direct_gate.hpp"
#include "portal/direct_lookup.hpp"
#include "portal/direct_options.hpp"

namespace bb::portal {

// [any thread]
class DirectSender {
 public:
  // `tls_anchors_pem`: whom TLS to the mail server trusts. All must outlive it.
  DirectSender(const DirectOptions& options, const DirectGate& gate, const Defects& defects,
               std::string tls_anchors_pem);

  // A message with CRLF line ends. Without a certificate that is trusted for `to`
  // nothing is sent, and the error tells of each that was found why it is not. Within
  // half a minute or so.
  [[nodiscard]] Status send(const direct::Address& from, const direct::Address& to, std::string_view message) const;
  // The same to somebody whose certificate is known from what they signed, where none is published.
  [[nodiscard]] Status reply(const direct::Address& from, const direct::Address& to, std::string_view message,
                             const std::vector<direct::Certificate>& chain) const;
  // Whether a certificate that is trusted for `to` is found; the error is that of send().
  [[nodiscard]] Status can_send(const direct::Address& to) const;
  // As it is: sealed already or, for direct-mdn-in-clear, not at all.
  [[nodiscard]] Status send_as_is(const direct::Address& from, const direct::Address& to,
                                  std::string_view message) const;

 private:
  // That signs for the address; nullptr: none does.
  const direct::Identity* identity_of(const direct::Address& address) const;
  Status seal_and_hand_over(const direct::Address& from, const direct::Address& to, std::string_view message,
                            const std::vector<direct::Certificate>& certificates) const;

  const DirectOptions& options_;
  const DirectGate& gate_;
  const Defects& defects_;
  const DirectLookup lookup_;
  const std::string tls_anchors_pem_;
};

}  // namespace bb::portal
