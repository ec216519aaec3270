#include "portal/direct_gate.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <bb/core/text.hpp>
#include <bb/direct/message.hpp>

namespace bb::portal {
namespace {

using direct::Fault;
using direct::Integrity;
using direct::TrustVerdict;

bool has_only(const TrustVerdict& verdict, std::initializer_list<Fault> forgiven) {
  return std::all_of(verdict.faults.begin(), verdict.faults.end(), [&](const direct::FaultFound& found) {
    return std::find(forgiven.begin(), forgiven.end(), found.fault) != forgiven.end();
  });
}

// Of exactly one address. Several authors would leave open who signed.
Result<direct::Address> sender_of(std::string_view message) {
  BB_TRY(const auto entity, direct::read_entity(message));
  BB_TRY(const auto addresses, direct::read_addresses(entity.value("from")));
  if (addresses.size() != 1)
    return Error{fmt::format("its From has {}; expected one", counted(addresses.size(), "address"))};
  return addresses.front();
}

}  // namespace

std::string faults_of(const TrustVerdict& verdict) {
  std::vector<std::string> faults;
  for (const auto& [fault, why] : verdict.faults) faults.push_back(fmt::format("{}: {}", direct::word_of(fault), why));
  return join(faults, "; ");
}

direct::TrustPolicy DirectGate::policy(std::int64_t at) const {
  direct::TrustPolicy policy;
  policy.anchors = options_.anchors;
  policy.at = at;
  policy.lists = options_.revocation_lists;
  if (defects_.is_on(Defect::direct_ignores_revocation)) policy.revocation = direct::Revocation::ignored;
  return policy;
}

bool DirectGate::may_send_by(const TrustVerdict& verdict) const {
  if (defects_.is_on(Defect::direct_uses_expired_recipient)) return has_only(verdict, {Fault::expired});
  return verdict.is_trusted();
}

bool DirectGate::may_take_from(const TrustVerdict& verdict) const {
  if (defects_.is_on(Defect::direct_accepts_expired)) return has_only(verdict, {Fault::expired});
  if (defects_.is_on(Defect::direct_accepts_foreign_anchor)) return has_only(verdict, {Fault::no_path});
  return verdict.is_trusted();
}

Result<DirectMessage> DirectGate::take(std::string_view message, std::int64_t at) const {
  BB_TRY(auto layers, direct::look_through(message, options_.identities));
  if (layers.encryption != direct::Encryption::opened)
    return Error{"it is not encrypted for this portal" +
                 (layers.why_closed.empty() ? std::string() : ": " + layers.why_closed)};
  if (!layers.signature || layers.signature->signers.empty())
    return Error{"it has no signature" + (layers.why_unsigned.empty() ? std::string() : ": " + layers.why_unsigned)};
  DirectMessage taken;
  BB_TRY(taken.from, sender_of(layers.message));

  // DIRECT-MSG: one good signature of a trusted signer is enough; the reasons of all are told.
  std::vector<std::string> reasons;
  for (const auto& signer : layers.signature->signers) {
    const bool is_tampered =
        signer.integrity == Integrity::content_changed || signer.integrity == Integrity::signature_broken;
    const bool is_taken_so = is_tampered && defects_.is_on(Defect::direct_accepts_tampered);
    if (!signer.certificate || (signer.integrity != Integrity::good && !is_taken_so)) {
      reasons.push_back("the signature of " + signer.named + " does not hold: " + signer.why);
      continue;
    }
    if (signer.digest != "sha256" && signer.digest != "sha384" && signer.digest != "sha512") {
      reasons.push_back("it is signed with the digest " + signer.digest);
      continue;
    }
    const auto verdict = direct::judge(*signer.certificate, taken.from, direct::KeyUse::sign,
                                       layers.signature->certificates, policy(at));
    if (!may_take_from(verdict)) {
      reasons.push_back("the signer is not trusted for " + taken.from.text() + ": " + faults_of(verdict));
      continue;
    }
    taken.chain = {*signer.certificate};
    taken.chain.insert(taken.chain.end(), layers.signature->certificates.begin(), layers.signature->certificates.end());
    taken.message = std::move(layers.message);
    return taken;
  }
  return Error{join(reasons, "; ")};
}

}  // namespace bb::portal
