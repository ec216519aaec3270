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
  for (const auto& [requirement, why] : reception.refusals) said.push_back("refused by " + requirement + ": " + why);
  if (said.empty()) said.push_back("taken");
  for (const auto& [requirement, why] : reception.remarks) said.push_back("remark of " + requirement + ": " + why);
  return join(said, "; ");
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
  opening.reception = direct::receive(message, opening.layers, recipient, {trust});
  return opening;
}

}  // namespace bb::direct_connector
