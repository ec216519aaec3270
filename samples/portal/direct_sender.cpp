#include "portal/direct_sender.hpp"

#include <bb/core/time.hpp>

#include "portal/direct_seal.hpp"

namespace bb::portal {
namespace {

std::int64_t now_seconds() { return now_unix_ns() / ns_per_second; }

}  // namespace

DirectSender::DirectSender(const DirectOptions& options, const DirectGate& gate, const Defects& defects,
                           std::string tls_anchors_pem)
    : options_(options),
      gate_(gate),
      defects_(defects),
      lookup_(options, gate, defects),
      tls_anchors_pem_(std::move(tls_anchors_pem)) {}

const direct::Identity* DirectSender::identity_of(const direct::Address& address) const {
  if (defects_.is_on(Defect::direct_signs_as_another))
    for (const auto& identity : options_.identities)
      if (direct::binding_of(identity.certificate, address) == direct::Binding::none) return &identity;
  for (const auto binding : {direct::Binding::address, direct::Binding::domain})
    for (const auto& identity : options_.identities)
      if (direct::binding_of(identity.certificate, address) == binding) return &identity;
  return nullptr;
}

Status DirectSender::send(const direct::Address& from, const direct::Address& to, std::string_view message) const {
  const auto certificates = lookup_.certificates_of(to, now_seconds());
  if (!certificates && !defects_.is_on(Defect::direct_sends_without_certificate)) return certificates.error();
  return seal_and_hand_over(from, to, message, certificates ? *certificates : std::vector<direct::Certificate>());
}

Status DirectSender::can_send(const direct::Address& to) const {
  BB_CHECK(lookup_.certificates_of(to, now_seconds()));
  return {};
}

Status DirectSender::reply(const direct::Address& from, const direct::Address& to, std::string_view message,
                           const std::vector<direct::Certificate>& chain) const {
  auto certificates = lookup_.certificates_of(to, now_seconds());
  if (certificates) return seal_and_hand_over(from, to, message, *certificates);
  const auto policy = gate_.policy(now_seconds());
  if (chain.empty() || !gate_.may_send_by(direct::judge(chain.front(), to, direct::KeyUse::encrypt, chain, policy)))
    return certificates.error();
  return seal_and_hand_over(from, to, message, {chain.front()});
}

Status DirectSender::send_as_is(const direct::Address& from, const direct::Address& to,
                                std::string_view message) const {
  return hand_over(options_.relay, tls_anchors_pem_, from, to, message);
}

Status DirectSender::seal_and_hand_over(const direct::Address& from, const direct::Address& to,
                                        std::string_view message,
                                        const std::vector<direct::Certificate>& certificates) const {
  const auto* identity = identity_of(from);
  if (identity == nullptr) return Error{"the portal has no certificate for " + from.text()};
  BB_TRY(const auto sealed, seal_direct(message, {*identity, certificates}, defects_));
  return send_as_is(from, to, sealed);
}

}  // namespace bb::portal
