#include "portal/direct_seal.hpp"

#include <utility>

#include <bb/core/text.hpp>
#include <bb/direct/entity.hpp>
#include <bb/direct/message.hpp>

namespace bb::portal {
namespace {

direct::SealOptions options_of(const Defects& defects) {
  direct::SealOptions how;
  if (defects.is_on(Defect::direct_sha1)) how.sign.digest = direct::Digest::sha1;
  how.sign.has_certificates = !defects.is_on(Defect::direct_no_signer_certificate);
  how.is_wrapped = !defects.is_on(Defect::direct_unwrapped);
  if (defects.is_on(Defect::direct_triple_des)) how.encrypt.cipher = direct::Cipher::des3_cbc;
  if (defects.is_on(Defect::direct_oaep)) how.encrypt.transport = direct::KeyTransport::rsa_oaep;
  return how;
}

// What a right sender of Direct cannot be asked for.
bool is_made_by_hand(const Defects& defects) {
  for (const auto defect :
       {Defect::direct_sends_unencrypted, Defect::direct_sends_unsigned, Defect::direct_wrong_micalg,
        Defect::direct_changed_after_signing, Defect::direct_opaque_signature, Defect::direct_bare_lf})
    if (defects.is_on(defect)) return true;
  return false;
}

Result<std::string> signed_by_hand(const std::string& content, const DirectSeal& seal, const Defects& defects) {
  direct::SignOptions how;
  how.is_detached = !defects.is_on(Defect::direct_opaque_signature);
  BB_TRY(const auto signature, direct::sign(content, seal.signer, how));
  if (!how.is_detached) return direct::opaque_entity(signature);
  auto part =
      direct::signed_entity(content, signature, defects.is_on(Defect::direct_wrong_micalg) ? "sha-512" : "sha-256");
  if (defects.is_on(Defect::direct_changed_after_signing)) part = replace_all(part, "was sent by", "was sent for");
  return part;
}

Result<std::string> sealed_by_hand(std::string_view message, const DirectSeal& seal, const Defects& defects) {
  auto content = direct::wrap(message);
  if (defects.is_on(Defect::direct_bare_lf)) content = replace_all(content, "\r\n", "\n");
  if (!defects.is_on(Defect::direct_sends_unsigned)) {
    BB_TRY(content, signed_by_hand(content, seal, defects));
  }
  if (!defects.is_on(Defect::direct_sends_unencrypted) && !seal.recipients.empty()) {
    BB_TRY(content, direct::encrypted_entity(content, seal.recipients));
  }
  return direct::addressed(content, message);
}

}  // namespace

std::string direct_header_defects(std::string message, const Defects& defects) {
  if (defects.is_on(Defect::direct_no_message_id)) return direct::without_field(message, "message-id");
  if (defects.is_on(Defect::direct_no_date)) return direct::without_field(message, "date");
  if (defects.is_on(Defect::direct_asks_wrongly))
    return replace_all(std::move(message), "=optional,true", "=required,true");
  return message;
}

Result<std::string> seal_direct(std::string_view message, const DirectSeal& asked, const Defects& defects) {
  const std::vector<direct::Certificate> own{asked.signer.certificate};
  const bool is_for_itself = defects.is_on(Defect::direct_encrypts_for_itself) && !asked.recipients.empty();
  const DirectSeal seal{asked.signer, is_for_itself ? own : asked.recipients};
  // Nobody to encrypt for: direct-sends-without-certificate.
  const bool is_by_hand = is_made_by_hand(defects) || seal.recipients.empty();
  auto sealed = is_by_hand ? sealed_by_hand(message, seal, defects)
                           : direct::seal(message, seal.signer, seal.recipients, options_of(defects));
  if (!sealed) return sealed;
  if (defects.is_on(Defect::direct_no_part_name)) return replace_all(*std::move(sealed), "; name=\"smime.p7m\"", "");
  if (!defects.is_on(Defect::direct_subject_outside)) return sealed;
  BB_TRY(const auto header, direct::read_entity(message));
  return "Subject: " + header.value("subject") + "\r\n" + *std::move(sealed);
}

}  // namespace bb::portal
