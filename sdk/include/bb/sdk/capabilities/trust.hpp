// bb/sdk/capabilities/trust.hpp - bb.trust/1: anchors and certificates.
#pragma once

#include <cstdint>
#include <string_view>

#include <bb/abi/ext/trust.h>
#include <bb/sdk/call.hpp>
#include <bb/sdk/content.hpp>
#include <bb/sdk/detail/capability.hpp>
#include <bb/sdk/detail/checked_text.hpp>
#include <bb/sdk/detail/guarded.hpp>
#include <bb/sdk/slices.hpp>

namespace bb {

// Where certificates go.
class Certificates {
 public:
  explicit Certificates(bb_certificate_sink* sink) noexcept : sink_(sink) {}
  Certificates(const Certificates&) = delete;
  Certificates& operator=(const Certificates&) = delete;

  // One X.509 certificate. source: "dns-cert", "ldap", "bundle:https://...";
  // flags: BB_CERT_ANCHOR, BB_CERT_ADDRESS_BOUND, BB_CERT_DOMAIN_BOUND.
  void emit(std::string_view der, std::string_view source, std::uint32_t flags = 0) {
    bb_certificate raw{};
    raw.struct_size = sizeof raw;
    raw.flags = flags;
    raw.der = to_bytes(der);
    raw.source = to_str(source);
    flow_.send([&] { return sink_->certificate(sink_, &raw); });
  }

 private:
  bb_certificate_sink* sink_;
  detail::Flow flow_;
};

class Trust {
 public:
  // What is trusted as it is; nothing is a good answer, too.
  virtual void anchors(Call& call, Certificates& out) = 0;
  // Candidates for an address or domain, trusted or not, in the order found.
  // BB_E_NOT_FOUND where there are none.
  virtual void discover(Call& call, std::string_view address, Certificates& out) = 0;
  // Returns if the certificate is trusted for that use ("sign", "encrypt") by
  // that address now. Failure{BB_E_UNTRUSTED_PEER, why} if it has expired or is
  // not valid yet, is revoked, names somebody else, leads to no anchor or is for
  // something else; BB_E_INVALID_ARGUMENT for bytes that are no certificate.
  virtual void evaluate(Call& call, std::string_view address, std::string_view der, std::string_view use) = 0;

 protected:
  ~Trust() = default;
};

namespace detail {

template <class T>
inline constexpr bb_trust trust_table{
    sizeof(bb_trust), 0,
    [](bb_connector* c, bb_call* call, bb_certificate_sink* out) noexcept -> bb_status {
      return guarded(call, [&] {
        Call running(call);
        Certificates certificates(out);
        capability<T, Trust>(c).anchors(running, certificates);
      });
    },
    [](bb_connector* c, bb_call* call, bb_str address, bb_certificate_sink* out) noexcept -> bb_status {
      return guarded(call, [&] {
        Call running(call);
        Certificates certificates(out);
        capability<T, Trust>(c).discover(running, checked_text(address, "the address"), certificates);
      });
    },
    [](bb_connector* c, bb_call* call, bb_str address, bb_bytes der, bb_str use) noexcept -> bb_status {
      return guarded(call, [&] {
        Call running(call);
        const auto whose = checked_text(address, "the address");
        const auto purpose = checked_text(use, "the use");
        capability<T, Trust>(c).evaluate(running, whose, to_view(der), purpose);
      });
    }};

}  // namespace detail
}  // namespace bb
