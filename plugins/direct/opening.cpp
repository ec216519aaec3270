#include "opening.hpp"

#include <algorithm>
#include <utility>

#include <bb/core/text.hpp>

namespace bb::direct_connector {

bool Opening::has_opened_form() const {
  if (layers.encryption == direct::Encryption::closed) return false;
  return layers.encryption == direct::Encryption::opened || layers.is_signed;
}

std::string_view Opening::encryption() const {
  return layers.encryption == direct::Encryption::opened ? "valid" : "absent";
}

std::string_view Opening::signature() const {
  if (!layers.is_signed) return "absent";
  if (!layers.signature) return "invalid";
  const auto& signers = layers.signature->signers;
  const auto is_good = [](const auto& signer) { return signer.integrity == direct::Integrity::good; };
  return std::any_of(signers.begin(), signers.end(), is_good) ? "valid" : "invalid";
}

std::string_view Opening::trust() const {
  if (!reception.is_signer_trusted) return "unchecked";
  return *reception.is_signer_trusted ? "trusted" : "untrusted";
}

std::string Opening::signer() const { return reception.signer ? reception.signer->fingerprint() : std::string(); }

std::string Opening::detail() const {
  std::vector<std::string> said;
  for (const auto& one : reception.refusals) said.push_back("refused by " + one.requirement + ": " + one.why);
  if (said.empty()) said.push_back("taken");
  for (const auto& one : reception.remarks) said.push_back("remark of " + one.requirement + ": " + one.why);
  return join(said, "; ");
}

std::vector<std::pair<std::string, std::string>> Opening::attributes() const {
  std::vector<std::pair<std::string, std::string>> out{{"opened.encryption", std::string(encryption())},
                                                       {"opened.signature", std::string(signature())},
                                                       {"opened.trust", std::string(trust())},
                                                       {"opened.signer", signer()},
                                                       {"opened.detail", detail()}};
  if (layers.envelope) {
    const auto& recipients = layers.envelope->recipients;
    out.emplace_back("opened.cipher", layers.envelope->cipher);
    out.emplace_back("opened.recipient_count", std::to_string(recipients.size()));
    if (!recipients.empty()) out.emplace_back("opened.key_transport", recipients.front().algorithm);
  }
  if (opened_by) {
    auto names = opened_by->addresses();
    for (const auto& domain : opened_by->domains()) names.push_back(domain);
    out.emplace_back("opened.recipient_certificate", opened_by->fingerprint());
    out.emplace_back("opened.recipient_serial", opened_by->serial());
    out.emplace_back("opened.recipient_issuer", opened_by->issuer());
    out.emplace_back("opened.recipient_subject", opened_by->subject());
    out.emplace_back("opened.recipient_names", join(names, " "));
    out.emplace_back("opened.recipient_binding", std::string(binding));
  }
  return out;
}

std::string Opening::decrypted_form(std::string_view message) const {
  const auto outer = direct::read_entity(message);
  if (!outer || layers.encryption != direct::Encryption::opened) return std::string(message);
  const auto header_end = message.size() - outer->body.size();
  std::string form;
  for (std::size_t i = 0; i < outer->fields.size(); ++i) {
    const auto& field = outer->fields[i];
    if (to_lower(field.name).starts_with("content-")) continue;
    const bool is_last = i + 1 == outer->fields.size();
    auto text = message.substr(field.offset, (is_last ? header_end : outer->fields[i + 1].offset) - field.offset);
    // The empty line behind the header is no part of its last field.
    if (is_last && text.ends_with("\r\n\r\n")) text.remove_suffix(2);
    form += text;
  }
  return form + layers.opened;
}

Opening open_message(std::string_view message, const std::vector<direct::Identity>& keys,
                     const direct::Address& recipient, const direct::TrustPolicy& trust) {
  Opening opening;
  auto layers = direct::look_through(message, keys);
  if (!layers) {
    opening.layers.encryption = direct::Encryption::closed;
    opening.reception.refusals.push_back({"DIRECT-MSG-01", layers.error().what});
    return opening;
  }
  opening.layers = *std::move(layers);
  if (opening.layers.opened_by) {
    opening.opened_by = keys.at(*opening.layers.opened_by).certificate;
    const auto binding = direct::binding_of(*opening.opened_by, recipient);
    opening.binding = binding == direct::Binding::address  ? "address"
                      : binding == direct::Binding::domain ? "domain"
                                                           : "none";
  }
  opening.reception = direct::receive(message, opening.layers, recipient, {trust});
  return opening;
}

}  // namespace bb::direct_connector
