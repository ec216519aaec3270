#include "hostile.hpp"

#include <array>

#include <bb/core/text.hpp>
#include <bb/direct/entity.hpp>
#include <bb/direct/notification.hpp>

namespace bb::direct_connector {
namespace {

using direct::Digest;

constexpr std::string_view other_address = "somebody.else@direct.example.com";

// ---- layers

direct::SealOptions options_of(const Draft& draft) { return {.sign = {.signed_at = draft.at}}; }

Result<std::string> encrypted(const Draft& draft, std::string_view entity) {
  BB_TRY(const auto envelope, direct::encrypted_entity(entity, draft.recipients));
  return direct::addressed(envelope, draft.message);
}

// Signed as `signed_message`, and with `carried` as what is said to be signed.
Result<std::string> signed_over(const Draft& draft, std::string_view signed_message, std::string_view carried,
                                std::string_view micalg = "sha-256", bool is_broken = false) {
  BB_TRY(auto signature, direct::sign(direct::wrap(signed_message), draft.sender, options_of(draft).sign));
  // The value of the signature is what the structure ends with.
  if (is_broken) signature.back() = static_cast<char>(signature.back() ^ 0x01);
  return encrypted(draft, direct::signed_entity(direct::wrap(carried), signature, micalg));
}

std::string with(std::string_view message, std::string_view name, std::string_view value) {
  return std::string(name) + ": " + std::string(value) + "\r\n" + direct::without_field(message, name);
}

// The message `inside`, addressed as the draft's.
Result<std::string> sealed_inside(const Draft& draft, std::string_view inside) {
  BB_TRY(const auto entity, direct::signed_entity(direct::wrap(inside), draft.sender, options_of(draft).sign));
  return encrypted(draft, entity);
}

// ---- cases

Result<std::string> as_it_should_be(const Draft& draft) {
  return direct::seal(draft.message, draft.sender, draft.recipients, options_of(draft));
}
Result<std::string> signed_with(const Draft& draft, Digest digest) {
  auto options = options_of(draft);
  options.sign.digest = digest;
  return direct::seal(draft.message, draft.sender, draft.recipients, options);
}
Result<std::string> signed_with_md5(const Draft& draft) { return signed_with(draft, Digest::md5); }
Result<std::string> signed_with_sha1(const Draft& draft) { return signed_with(draft, Digest::sha1); }
Result<std::string> signed_with_sha384(const Draft& draft) { return signed_with(draft, Digest::sha384); }
Result<std::string> signed_with_sha512(const Draft& draft) { return signed_with(draft, Digest::sha512); }
Result<std::string> encrypted_with(const Draft& draft, const direct::EncryptOptions& how) {
  auto options = options_of(draft);
  options.encrypt = how;
  return direct::seal(draft.message, draft.sender, draft.recipients, options);
}
Result<std::string> encrypted_with_3des(const Draft& draft) {
  return encrypted_with(draft, {.cipher = direct::Cipher::des3_cbc});
}
Result<std::string> encrypted_with_aes128(const Draft& draft) {
  return encrypted_with(draft, {.cipher = direct::Cipher::aes128_cbc});
}
Result<std::string> encrypted_with_gcm(const Draft& draft) {
  return encrypted_with(draft, {.cipher = direct::Cipher::aes256_gcm});
}
Result<std::string> transported_with_oaep(const Draft& draft) {
  return encrypted_with(draft, {.transport = direct::KeyTransport::rsa_oaep});
}
Result<std::string> tampered_body(const Draft& draft) {
  return signed_over(draft, draft.message, with(draft.message, "Keywords", "changed on its way"));
}
Result<std::string> broken_signature(const Draft& draft) {
  return signed_over(draft, draft.message, draft.message, "sha-256", true);
}
Result<std::string> wrong_micalg(const Draft& draft) { return signed_over(draft, draft.message, draft.message, "md5"); }
Result<std::string> missing_signature(const Draft& draft) {
  return encrypted(draft, direct::signed_entity(direct::wrap(draft.message), {}, "sha-256"));
}
Result<std::string> encrypted_only(const Draft& draft) { return encrypted(draft, direct::wrap(draft.message)); }
Result<std::string> signed_only(const Draft& draft) {
  BB_TRY(const auto entity, direct::signed_entity(direct::wrap(draft.message), draft.sender, options_of(draft).sign));
  return direct::addressed(entity, draft.message);
}
Result<std::string> plain(const Draft& draft) { return draft.message; }
// Its header is the outer one.
Result<std::string> unwrapped(const Draft& draft) {
  auto options = options_of(draft);
  options.is_wrapped = false;
  return direct::seal(draft.message, draft.sender, draft.recipients, options);
}
Result<std::string> truncated_base64(const Draft& draft) {
  BB_TRY(auto sealed, as_it_should_be(draft));
  // In the middle of the body, of a line and of four characters.
  const auto body = sealed.find("\r\n\r\n") + 4;
  auto end = body + (sealed.size() - body) / 2;
  end -= (end - body) % 78;
  return sealed.substr(0, end + 37) + "\r\n";
}
Result<std::string> other_recipient(const Draft& draft) {
  return sealed_inside(draft, with(draft.message, "To", other_address));
}
Result<std::string> other_sender(const Draft& draft) {
  BB_TRY(const auto sealed, as_it_should_be(draft));
  return with(sealed, "From", other_address);
}
// Receivers take it: DIRECT-MSG-09.
Result<std::string> old_types(const Draft& draft) {
  BB_TRY(const auto entity, direct::signed_entity(direct::wrap(draft.message), draft.sender, options_of(draft).sign));
  BB_TRY(const auto sealed, encrypted(draft, replace_all(entity, "application/pkcs7-", "application/x-pkcs7-")));
  return replace_all(sealed, "application/pkcs7-", "application/x-pkcs7-");
}
Result<std::string> opaque(const Draft& draft) {
  auto options = options_of(draft).sign;
  options.is_detached = false;
  BB_TRY(const auto signature, direct::sign(direct::wrap(draft.message), draft.sender, options));
  return encrypted(draft, direct::opaque_entity(signature));
}
// DIRECT-ADDR-04.
Result<std::string> upper_case_sender(const Draft& draft) {
  BB_TRY(const auto entity, direct::read_entity(draft.message));
  auto from = entity.value("from");
  for (auto at = from.find('@'); at < from.size(); ++at)
    if (from[at] >= 'a' && from[at] <= 'z') from[at] = static_cast<char>(from[at] - 'a' + 'A');
  return sealed_inside(draft, with(draft.message, "From", from));
}
Result<std::string> asks_for_final_delivery(const Draft& draft) {
  return sealed_inside(draft, direct::final_delivery_option() + draft.message);
}
Result<std::string> asks_ill_formed(const Draft& draft) {
  return sealed_inside(
      draft, with(draft.message, "Disposition-Notification-Options", std::string(direct::final_delivery) + "=bogus"));
}
Result<std::string> missing_from(const Draft& draft) {
  return sealed_inside(draft, direct::without_field(draft.message, "From"));
}
Result<std::string> missing_to(const Draft& draft) {
  return sealed_inside(draft, direct::without_field(draft.message, "To"));
}

// With the subject outside too: a receiver that shows what it did not open shows that one.
template <Result<std::string> (*make)(const Draft&)>
Result<std::string> named_outside(const Draft& draft) {
  BB_TRY(const auto made, make(draft));
  BB_TRY(const auto inner, direct::read_entity(draft.message));
  return with(made, "Subject", inner.value("subject"));
}

constexpr std::array cases{
    HostileCase{"direct-valid", "As it should be", "", as_it_should_be},
    HostileCase{"direct-expired-certificate", "Signed with a certificate that has expired", "expired",
                named_outside<as_it_should_be>},
    HostileCase{"direct-certificate-not-yet-valid", "Signed with a certificate that is not valid yet", "not_yet_valid",
                named_outside<as_it_should_be>},
    HostileCase{"direct-revoked-certificate", "Signed with a certificate that was revoked", "revoked",
                named_outside<as_it_should_be>},
    HostileCase{"direct-wrong-name", "Signed with a certificate of another address", "wrong_name",
                named_outside<as_it_should_be>},
    HostileCase{"direct-wildcard-name", "Signed with a certificate for *.domain", "wildcard",
                named_outside<as_it_should_be>},
    HostileCase{"direct-unknown-anchor", "Signed with a certificate that leads to no known anchor", "unknown_anchor",
                named_outside<as_it_should_be>},
    HostileCase{"direct-weak-key", "Signed with an RSA key of less than 2048 bits", "weak_key",
                named_outside<as_it_should_be>},
    HostileCase{"direct-other-domain", "Signed with a certificate of another domain", "other_domain",
                named_outside<as_it_should_be>},
    HostileCase{"direct-no-not-before", "Signed with a certificate whose beginning is empty", "no_not_before",
                named_outside<as_it_should_be>},
    HostileCase{"direct-no-not-after", "Signed with a certificate whose end is empty", "no_not_after",
                named_outside<as_it_should_be>},
    HostileCase{"direct-encrypt-only", "Signed with a certificate that is for encryption alone", "encrypt_only",
                named_outside<as_it_should_be>},
    HostileCase{"direct-authority-certificate", "Signed with the certificate of an authority", "authority",
                named_outside<as_it_should_be>},
    HostileCase{"direct-other-subject-address", "Signed with a certificate whose subject has another address",
                "other_subject_address", named_outside<as_it_should_be>},
    HostileCase{"direct-bad-aia", "Signed with a certificate whose issuer is not where it says", "bad_aia",
                named_outside<as_it_should_be>},
    HostileCase{"direct-no-crl", "Signed with a certificate whose revocation list is not where it says", "no_crl",
                as_it_should_be},
    HostileCase{"direct-subject-address", "Signed with a certificate whose subject has the address too",
                "subject_address", as_it_should_be},
    HostileCase{"direct-rsa-3072", "Signed with an RSA key of 3072 bits", "rsa_3072", as_it_should_be},
    HostileCase{"direct-rsa-4096", "Signed with an RSA key of 4096 bits", "rsa_4096", as_it_should_be},
    HostileCase{"direct-ecdsa-p256", "Signed by ECDSA with a key on P-256", "p256", as_it_should_be},
    HostileCase{"direct-ecdsa-p384", "Signed by ECDSA with a key on P-384", "p384", signed_with_sha384},
    HostileCase{"direct-sha384", "Signed with SHA-384", "", signed_with_sha384},
    HostileCase{"direct-sha512", "Signed with SHA-512", "", signed_with_sha512},
    HostileCase{"direct-aes128", "Encrypted with AES-128", "", encrypted_with_aes128},
    HostileCase{"direct-aes256-gcm", "Encrypted with AES-256-GCM", "", encrypted_with_gcm},
    HostileCase{"direct-rsa-oaep", "Its key transported by RSA-OAEP", "", transported_with_oaep},
    HostileCase{"direct-opaque", "Signed with the content inside the signature", "", opaque},
    HostileCase{"direct-old-types", "With the old media types application/x-pkcs7-", "", old_types},
    HostileCase{"direct-upper-case", "By a sender whose domain is in upper case", "", upper_case_sender},
    HostileCase{"direct-final-delivery", "Asks to be told of its final delivery", "", asks_for_final_delivery},
    HostileCase{"direct-bad-final-delivery", "Asks to be told of its final delivery, ill-formed", "", asks_ill_formed},
    HostileCase{"direct-weak-digest", "Signed with MD5", "", named_outside<signed_with_md5>},
    HostileCase{"direct-sha1-digest", "Signed with SHA-1", "", signed_with_sha1},
    HostileCase{"direct-weak-cipher", "Encrypted with Triple DES", "", named_outside<encrypted_with_3des>},
    HostileCase{"direct-tampered-body", "Changed after it was signed", "", named_outside<tampered_body>},
    HostileCase{"direct-broken-signature", "With a signature that does not fit the signer's key", "",
                named_outside<broken_signature>},
    HostileCase{"direct-missing-signature", "Multipart/signed whose signature is empty", "",
                named_outside<missing_signature>},
    HostileCase{"direct-wrong-micalg", "With micalg=md5 over a SHA-256 signature", "", wrong_micalg},
    HostileCase{"direct-encrypted-only", "Encrypted and not signed", "", named_outside<encrypted_only>},
    HostileCase{"direct-signed-only", "Signed and not encrypted", "", named_outside<signed_only>},
    HostileCase{"direct-plain", "Neither signed nor encrypted", "", plain},
    HostileCase{"direct-unwrapped", "Not wrapped, which receivers take", "", named_outside<unwrapped>},
    HostileCase{"direct-truncated", "Cut in the middle of its base64", "", named_outside<truncated_base64>},
    HostileCase{"direct-other-recipient", "For somebody else inside than outside", "", named_outside<other_recipient>},
    HostileCase{"direct-other-sender", "By somebody else outside than inside", "", named_outside<other_sender>},
    HostileCase{"direct-missing-from", "Without From inside", "", named_outside<missing_from>},
    HostileCase{"direct-missing-to", "Without To inside", "", named_outside<missing_to>},
    HostileCase{"direct-duplicate", "One message twice", "", as_it_should_be, false, 2},
    HostileCase{"direct-notification", "A notification, of a message that was never sent unless named, late if asked",
                "", as_it_should_be, true},
    HostileCase{"direct-plain-notification", "A notification that is neither signed nor encrypted", "", plain, true},
};

}  // namespace

std::span<const HostileCase> hostile_cases() { return cases; }

}  // namespace bb::direct_connector
