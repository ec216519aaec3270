#include "portal/direct_sender.hpp"

#include <fmt/format.h>
#include <bb/core/text.hpp>
#include <bb/core/time.hpp>
#include <bb/direct/discovery.hpp>
#include <bb/direct/message.hpp>
#include <bb/direct/smtp.hpp>

#include "sockets/sockets.hpp"

namespace bb::portal {
namespace {

constexpr int smtp_wait_ms_max = 10'000;

std::int64_t now_seconds() { return now_unix_ns() / ns_per_second; }

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

DirectSender::DirectSender(const DirectOptions& options, const DirectGate& gate, const Defects& defects,
                           std::string tls_anchors_pem)
    : options_(options), gate_(gate), defects_(defects), tls_anchors_pem_(std::move(tls_anchors_pem)) {}

Result<std::vector<direct::Certificate>> DirectSender::find_certificates(const direct::Address& to) const {
  direct::DiscoveryOptions how;
  how.dns.server.host = options_.resolver.host;
  how.dns.server.port = options_.resolver.port;
  how.trust = gate_.policy(now_seconds());
  sockets::Sockets connections;
  const auto discovery = direct::discover(to, direct::KeyUse::encrypt, connections, how);
  if (!discovery.certificates.empty()) return discovery.certificates;
  // Reached by a defect alone: discovery has used up what is trusted.
  for (const auto& step : discovery.steps)
    for (const auto& candidate : step.candidates)
      if (candidate.certificate && gate_.may_send_by(candidate.verdict)) return std::vector{*candidate.certificate};
  return Error{fmt::format("no certificate that can be used for {}: {}", to.text(), why_none(discovery))};
}

const direct::Identity* DirectSender::identity_of(const direct::Address& address) const {
  for (const auto binding : {direct::Binding::address, direct::Binding::domain})
    for (const auto& identity : options_.identities)
      if (direct::binding_of(identity.certificate, address) == binding) return &identity;
  return nullptr;
}

Status DirectSender::send(const direct::Address& from, const direct::Address& to, std::string_view message) const {
  BB_TRY(const auto certificates, find_certificates(to));
  return seal_and_hand_over(from, to, message, certificates);
}

Status DirectSender::reply(const direct::Address& from, const direct::Address& to, std::string_view message,
                           const std::vector<direct::Certificate>& chain) const {
  auto certificates = find_certificates(to);
  if (certificates) return seal_and_hand_over(from, to, message, *certificates);
  const auto policy = gate_.policy(now_seconds());
  if (chain.empty() || !gate_.may_send_by(direct::judge(chain.front(), to, direct::KeyUse::encrypt, chain, policy)))
    return certificates.error();
  return seal_and_hand_over(from, to, message, {chain.front()});
}

Status DirectSender::send_in_clear(const direct::Address& from, const direct::Address& to,
                                   std::string_view message) const {
  return hand_over(from, to, message);
}

Status DirectSender::seal_and_hand_over(const direct::Address& from, const direct::Address& to,
                                        std::string_view message,
                                        const std::vector<direct::Certificate>& certificates) const {
  const auto* identity = identity_of(from);
  if (identity == nullptr) return Error{"the portal has no certificate for " + from.text()};
  direct::SealOptions how;
  if (defects_.is_on(Defect::direct_sha1)) how.sign.digest = direct::Digest::sha1;
  if (defects_.is_on(Defect::direct_unwrapped)) how.is_wrapped = false;
  std::string sealed;
  if (defects_.is_on(Defect::direct_sends_unencrypted)) {
    BB_TRY(const auto signed_part, direct::signed_entity(direct::wrap(message), *identity, how.sign));
    BB_TRY(sealed, direct::addressed(signed_part, message));
  } else {
    BB_TRY(sealed, direct::seal(message, *identity, certificates, how));
  }
  if (defects_.is_on(Defect::direct_subject_outside)) {
    BB_TRY(const auto header, direct::read_entity(message));
    sealed = "Subject: " + header.value("subject") + "\r\n" + sealed;
  }
  return hand_over(from, to, sealed);
}

Status DirectSender::hand_over(const direct::Address& from, const direct::Address& to, std::string_view message) const {
  sockets::Sockets connections({.anchors_pem = tls_anchors_pem_, .wait_ms_max = smtp_wait_ms_max});
  direct::SmtpClient client(
      connections,
      {.host = options_.relay.host, .port = options_.relay.port, .protection = direct::Protection::starttls},
      "[127.0.0.1]");
  direct::SmtpReceipt receipt;
  const auto failure = client.send(from.text(), {to.text()}, message, receipt);
  client.end();
  if (!failure) return {};
  return Error{fmt::format("the mail server did not take it ({}): {}", direct::word_of(failure->step), failure->what)};
}

}  // namespace bb::portal
