#include <bb/direct/reception.hpp>

#include <algorithm>

#include <fmt/format.h>
#include <bb/core/text.hpp>

namespace bb::direct {
namespace {

// The requirement that a fault of a certificate breaks.
std::string_view requirement_of(Fault fault) {
  switch (fault) {
    case Fault::wrong_name:
      return "DIRECT-MSG-14";
    case Fault::not_yet_valid:
    case Fault::expired:
    case Fault::no_validity:
      return "DIRECT-CERT-08";
    case Fault::weak_key:
      return "DIRECT-CERT-09";
    case Fault::weak_signature:
      return "DIRECT-ALG-07";
    case Fault::wrong_use:
      return "DIRECT-CERT-13";
    case Fault::is_authority:
      return "DIRECT-CERT-14";
    case Fault::no_path:
      return "DIRECT-SEC-06";
    case Fault::broken_path:
      return "DIRECT-SEC-07";
    case Fault::revoked:
    case Fault::revocation_unknown:
      return "DIRECT-CERT-11";
  }
  return "DIRECT-SEC-07";
}

bool is_contained(const std::vector<Address>& addresses, const Address& address) {
  return std::find(addresses.begin(), addresses.end(), address) != addresses.end();
}

class FetchBudget final : public Fetcher {
 public:
  explicit FetchBudget(Fetcher* fetcher) : fetcher_(fetcher) {}

  Result<std::string> fetch(const std::string& url, std::string_view body, std::string_view body_type) override {
    if (count_ == fetches_of_message_max) {
      is_exceeded_ = true;
      return Error{fmt::format("not fetched: {} fetches were made for this message", count_)};
    }
    ++count_;
    return fetcher_->fetch(url, body, body_type);
  }
  bool is_exceeded() const { return is_exceeded_; }

 private:
  Fetcher* fetcher_;
  std::size_t count_ = 0;
  bool is_exceeded_ = false;
};

class Receiver {
 public:
  Receiver(std::string_view message, const Layers& layers, const Address& recipient, const ReceptionPolicy& policy)
      : message_(message), layers_(layers), recipient_(recipient), trust_(policy.trust), budget_(policy.trust.fetcher) {
    if (trust_.fetcher != nullptr) trust_.fetcher = &budget_;
  }

  Reception run() {
    if (!look_at_encryption()) return std::move(out_);
    look_at_signature();
    look_at_message();
    return std::move(out_);
  }

 private:
  void refuse(std::string_view requirement, std::string why) {
    out_.refusals.push_back({std::string(requirement), std::move(why)});
  }
  void remark(std::string_view requirement, std::string why) {
    out_.remarks.push_back({std::string(requirement), std::move(why)});
  }

  // Whether what is inside can be seen.
  bool look_at_encryption() {
    if (layers_.encryption == Encryption::none) {
      refuse("DIRECT-SEC-02", "the message is not encrypted");
      return true;
    }
    if (layers_.envelope) {
      const auto& cipher = layers_.envelope->cipher;
      const bool is_aes = to_lower(cipher).find("aes") != std::string::npos;
      if (!is_aes) refuse("DIRECT-ALG-04", fmt::format("encrypted with {}; expected AES-128 or stronger", cipher));
    }
    if (layers_.encryption == Encryption::opened) return true;
    refuse("DIRECT-SEC-01", layers_.why_closed);
    return false;
  }

  void look_at_signature() {
    if (!layers_.is_signed) return refuse("DIRECT-SEC-02", "the message is not signed");
    if (!layers_.signature || layers_.signature->signers.empty()) return refuse("DIRECT-SEC-03", layers_.why_unsigned);
    if (!layers_.is_detached) remark("DIRECT-MSG-07", "the signature holds the content; expected multipart/signed");
    if (!layers_.is_signed_canonical) remark("DIRECT-MSG-10", "a line of what was signed does not end in CRLF");
    // One good signature of the sender is enough (BBP-PUSH-23 lets there be several).
    std::vector<Reason> best;
    for (const auto& signer : layers_.signature->signers) {
      auto reasons = judged(signer);
      if (reasons.empty() && !budget_.is_exceeded()) {
        out_.signer = signer.certificate;
        best.clear();
        break;
      }
      if (best.empty() || reasons.size() < best.size()) best = std::move(reasons);
    }
    if (budget_.is_exceeded())
      refuse("DIRECT-CERT-11", fmt::format("its signers ask for more than {} fetches", fetches_of_message_max));
    if (!out_.signer) out_.signer = layers_.signature->signers.front().certificate;
    out_.refusals.insert(out_.refusals.end(), best.begin(), best.end());
  }

  std::vector<Reason> judged(const Signer& signer) {
    std::vector<Reason> reasons;
    switch (signer.integrity) {
      case Integrity::good:
        break;
      case Integrity::content_changed:
        reasons.push_back({"DIRECT-SEC-04", "the content was changed after it was signed"});
        break;
      case Integrity::signature_broken:
        reasons.push_back({"DIRECT-SEC-03", "the signature does not fit the signer's key"});
        break;
      case Integrity::signer_unknown:
        reasons.push_back({"DIRECT-MSG-13", "the signer's certificate did not come along"});
        return reasons;
      case Integrity::not_supported:
        reasons.push_back({"DIRECT-ALG-01", "the signature cannot be verified: " + signer.why});
        break;
    }
    if (signer.digest == "md5") reasons.push_back({"DIRECT-ALG-01", "signed with MD5"});
    if (signer.digest == "sha1") remark("DIRECT-ALG-01", "signed with SHA-1; expected SHA-256 or stronger");
    if (const auto sender = sender_of(); sender) {
      const auto verdict = judge(*signer.certificate, *sender, KeyUse::sign, layers_.signature->certificates, trust_);
      const auto reasons_before = reasons.size();
      for (const auto& [fault, why] : verdict.faults) {
        // A certificate of before 2016 is signed so, and its path is what counts.
        if (fault == Fault::weak_signature)
          remark(requirement_of(fault), why);
        else
          reasons.push_back({std::string(requirement_of(fault)), why, fault});
      }
      out_.is_signer_trusted = reasons.size() == reasons_before && !budget_.is_exceeded();
      for (const auto& note : verdict.notes) remark("DIRECT-CERT-16", note);
    }
    return reasons;
  }

  // Of the innermost message.
  std::optional<Address> sender_of() const {
    const auto inner = read_entity(layers_.message);
    if (!inner) return std::nullopt;
    const auto* sender = inner->count("from") == 1 ? inner->find("from") : nullptr;
    const auto addresses =
        sender == nullptr ? Result<std::vector<Address>>(std::vector<Address>{}) : read_addresses(sender->value);
    return addresses && addresses->size() == 1 ? std::optional(addresses->front()) : std::nullopt;
  }

  std::vector<Address> addresses_of(const Entity& entity, std::string_view name) {
    std::vector<Address> found;
    for (const auto& field : entity.fields) {
      if (!iequals(field.name, name)) continue;
      auto addresses = read_addresses(field.value);
      if (!addresses) {
        refuse("DIRECT-ADDR-02", fmt::format("{}: {}", field.name, addresses.error().what));
        continue;
      }
      found.insert(found.end(), addresses->begin(), addresses->end());
    }
    return found;
  }

  void look_at_message() {
    const auto inner = read_entity(layers_.message);
    if (!inner) return refuse("DIRECT-MSG-01", "what is inside is no message: " + inner.error().what);
    out_.message_id = inner->value("message-id");
    out_.from = sender_of();
    if (!out_.from) refuse("DIRECT-SEC-10", "the message names no sender, or more than one, in From");
    out_.to = addresses_of(*inner, "to");
    for (auto& address : addresses_of(*inner, "cc")) out_.to.push_back(std::move(address));
    if (inner->count("to") == 0) refuse("DIRECT-SEC-10", "the message has no To");
    const auto report = read_notification(*inner);
    out_.is_notification = (report && report->has_value()) || inner->type.value == "multipart/report";
    out_.final_delivery = asked_of(*inner);
    if (layers_.is_wrapped) compare_with_outside();
  }

  // DIRECT-SEC-09: whoever passes a message on cannot change whom it is from and for.
  void compare_with_outside() {
    const auto outer = read_entity(message_);
    if (!outer) return;
    const auto from = addresses_of(*outer, "from");
    if (!from.empty() && out_.from && !is_contained(from, *out_.from))
      refuse("DIRECT-SEC-09", fmt::format("sent by {} outside, by {} inside", from.front().text(), out_.from->text()));
    const bool has_recipients = outer->count("to") > 0 || outer->count("cc") > 0;
    auto outside = addresses_of(*outer, "to");
    for (auto& address : addresses_of(*outer, "cc")) outside.push_back(std::move(address));
    for (const auto& address : outside)
      if (!is_contained(out_.to, address))
        refuse("DIRECT-SEC-09", fmt::format("for {} outside, who is not named inside", address.text()));
    // Who is named nowhere inside was added on the way, or is a Bcc.
    if (has_recipients && !is_contained(outside, recipient_) && !is_contained(out_.to, recipient_))
      remark("DIRECT-SEC-09",
             fmt::format("it came for {}, who is named neither outside nor inside", recipient_.text()));
  }

  std::string_view message_;
  const Layers& layers_;
  const Address& recipient_;
  TrustPolicy trust_;
  FetchBudget budget_;
  Reception out_;
};

}  // namespace

Reception receive(std::string_view message, const Layers& layers, const Address& recipient,
                  const ReceptionPolicy& policy) {
  return Receiver(message, layers, recipient, policy).run();
}

}  // namespace bb::direct
