#include "portal/direct_gate.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <bb/core/text.hpp>

namespace bb::portal {
namespace {

using direct::Fault;

// The requirement whose refusal a defect passes over; with a fault for that fault alone.
struct PassedOver {
  Defect defect;
  std::string_view requirement;
  std::optional<Fault> fault = std::nullopt;
};
constexpr std::array<PassedOver, 13> passed_over{{
    {Defect::direct_accepts_tampered, "DIRECT-SEC-03"},
    {Defect::direct_accepts_tampered, "DIRECT-SEC-04"},
    {Defect::direct_accepts_expired, "DIRECT-CERT-08", Fault::expired},
    {Defect::direct_accepts_foreign_anchor, "DIRECT-SEC-06"},
    {Defect::direct_accepts_other_name, "DIRECT-MSG-14"},
    {Defect::direct_accepts_weak_key, "DIRECT-CERT-09"},
    {Defect::direct_accepts_wrong_use, "DIRECT-CERT-13"},
    {Defect::direct_accepts_wrong_use, "DIRECT-CERT-14"},
    {Defect::direct_accepts_unprotected, "DIRECT-SEC-02"},
    {Defect::direct_accepts_weak_algorithms, "DIRECT-ALG-01"},
    {Defect::direct_accepts_weak_algorithms, "DIRECT-ALG-04"},
    {Defect::direct_accepts_redirected, "DIRECT-SEC-09"},
    {Defect::direct_accepts_nameless, "DIRECT-SEC-10"},
}};

// A refusal that is none of Direct's.
constexpr std::string_view own_requirement = "the portal's own";

bool has_large_key(const direct::Certificate& certificate) {
  return certificate.key_kind() == direct::KeyKind::rsa && certificate.key_bits() > 2048;
}

bool has_capital_domain(const std::string& from) {
  const auto domain = from.substr(std::min(from.find('@'), from.size()));
  return domain != to_lower(domain);
}

bool has_signer(const direct::Layers& layers) { return layers.signature && !layers.signature->signers.empty(); }

class Strictness {
 public:
  Strictness(const Defects& defects, const direct::Layers& layers, const direct::Reception& reception)
      : defects_(defects), layers_(layers), reception_(reception) {}

  // What a portal refuses by mistake: what receivers have to take.
  std::vector<direct::Reason> refusals(const direct::Entity& outer) const {
    std::vector<direct::Reason> found;
    const auto inner = direct::read_entity(layers_.message);
    const auto refuse = [&](Defect defect, bool is_met, const char* why) {
      if (defects_.is_on(defect) && is_met) found.push_back({std::string(own_requirement), why});
    };
    refuse(Defect::direct_refuses_unwrapped, !layers_.is_wrapped, "it is not wrapped");
    refuse(Defect::direct_refuses_old_types, outer.type.value.starts_with("application/x-"), "its type is an old one");
    refuse(Defect::direct_refuses_new_algorithms, is_new(), "an algorithm of its signature is not known");
    refuse(Defect::direct_refuses_large_keys, reception_.signer && has_large_key(*reception_.signer),
           "the key of its signer is too large");
    refuse(Defect::direct_refuses_aes128,
           layers_.envelope && to_lower(layers_.envelope->cipher).find("128") != std::string::npos,
           "its cipher is not known");
    refuse(Defect::direct_refuses_subject_address, reception_.signer && !reception_.signer->subject_addresses().empty(),
           "its signer has an emailAddress");
    refuse(Defect::direct_compares_case, has_capital_domain(inner ? inner->value("from") : ""),
           "its domain is not known");
    return found;
  }

 private:
  bool is_new() const {
    return has_signer(layers_) && (layers_.signature->signers.front().digest != "sha256" ||
                                   (reception_.signer && reception_.signer->key_kind() == direct::KeyKind::ec));
  }

  const Defects& defects_;
  const direct::Layers& layers_;
  const direct::Reception& reception_;
};

}  // namespace

std::string faults_of(const direct::TrustVerdict& verdict) {
  std::vector<std::string> faults;
  for (const auto& [fault, why] : verdict.faults) faults.push_back(fmt::format("{}: {}", direct::word_of(fault), why));
  return join(faults, "; ");
}

std::string DirectMessage::why_refused() const {
  std::vector<std::string> reasons;
  for (const auto& refusal : reception.refusals)
    reasons.push_back(fmt::format("{} ({})", refusal.why, refusal.requirement));
  return join(reasons, "; ");
}

Result<std::string> DirectGate::Fetcher::fetch(const std::string& url, std::string_view body,
                                               std::string_view body_type) {
  BB_TRY(auto got, http_.fetch(url, body, body_type));
  if (defects_.is_on(Defect::direct_no_aia) && direct::Certificate::read(got)) return Error{"issuers are not fetched"};
  return got;
}

direct::TrustPolicy DirectGate::policy(std::int64_t at) const {
  direct::TrustPolicy policy;
  policy.anchors = options_.anchors;
  policy.at = at;
  policy.lists = options_.revocation_lists;
  policy.fetcher = &fetcher_;
  if (defects_.is_on(Defect::direct_ignores_revocation)) policy.revocation = direct::Revocation::ignored;
  return policy;
}

bool DirectGate::may_send_by(const direct::TrustVerdict& verdict) const {
  const auto has_only = [&](Fault forgiven) {
    return std::all_of(verdict.faults.begin(), verdict.faults.end(),
                       [&](const direct::FaultFound& found) { return found.fault == forgiven; });
  };
  if (defects_.is_on(Defect::direct_uses_expired_recipient)) return has_only(Fault::expired);
  if (defects_.is_on(Defect::direct_uses_foreign_recipient)) return has_only(Fault::no_path);
  return verdict.is_trusted();
}

Result<DirectMessage> DirectGate::look_at(std::string_view message, const direct::Address& recipient,
                                          std::int64_t at) const {
  BB_TRY(auto layers, direct::look_through(message, options_.identities));
  DirectMessage found;
  found.reception = direct::receive(message, layers, recipient, {policy(at)});
  const auto is_passed_over = [&](const direct::Reason& reason) {
    // Without a signer the signature cannot be read: nothing was changed that once was right.
    if (reason.requirement == "DIRECT-SEC-03" && !has_signer(layers)) return false;
    return std::any_of(passed_over.begin(), passed_over.end(), [&](const PassedOver& row) {
      return defects_.is_on(row.defect) && row.requirement == reason.requirement &&
             (!row.fault || row.fault == reason.fault);
    });
  };
  if (layers.encryption != direct::Encryption::closed) std::erase_if(found.reception.refusals, is_passed_over);
  BB_TRY(const auto outer, direct::read_entity(message));
  for (auto& reason : Strictness(defects_, layers, found.reception).refusals(outer))
    found.reception.refusals.push_back(std::move(reason));
  if (found.reception.signer) found.chain.push_back(*found.reception.signer);
  if (layers.signature)
    found.chain.insert(found.chain.end(), layers.signature->certificates.begin(), layers.signature->certificates.end());
  found.message = std::move(layers.message);
  return found;
}

}  // namespace bb::portal
