#include <openssl/err.h>
#include <openssl/rsa.h>

#include <fmt/format.h>
#include <bb/direct/cms.hpp>

#include "cms_common.hpp"

namespace bb::direct {
namespace {

constexpr int recipients_max = 1000;

const EVP_CIPHER* to_openssl(Cipher cipher) {
  switch (cipher) {
    case Cipher::aes128_cbc:
      return EVP_aes_128_cbc();
    case Cipher::aes192_cbc:
      return EVP_aes_192_cbc();
    case Cipher::aes256_cbc:
      return EVP_aes_256_cbc();
    case Cipher::aes128_gcm:
      return EVP_aes_128_gcm();
    case Cipher::aes256_gcm:
      return EVP_aes_256_gcm();
    case Cipher::des3_cbc:
      return EVP_des_ede3_cbc();
  }
  return EVP_aes_256_cbc();
}

bool is_envelope(const CMS_ContentInfo* cms) {
  const int type = OBJ_obj2nid(CMS_get0_type(cms));
  return type == NID_pkcs7_enveloped || type == NID_id_smime_ct_authEnvelopedData;
}

Result<Owned<CMS_ContentInfo>> read_envelope(std::string_view der) {
  BB_TRY(auto cms, read_cms(der, "EnvelopedData"));
  if (!is_envelope(cms.get()))
    return Error{fmt::format("expected EnvelopedData (RFC 5652), found {}", name_of(CMS_get0_type(cms.get())))};
  auto* infos = CMS_get0_RecipientInfos(cms.get());
  if (infos == nullptr || sk_CMS_RecipientInfo_num(infos) > recipients_max)
    return Error{fmt::format("no recipients, or more than {}", recipients_max)};
  return cms;
}

// One element of BER: what it is, and what stands in it.
struct Element {
  int tag = 0;
  int kind = 0;
  std::string_view content;  // where the length is not given all the rest, with the marks of its end
  bool is_endless = false;   // the length is not given
};

// Takes the first element; of one without a length its head alone.
std::optional<Element> take_element(std::string_view& bytes) {
  const auto* at = reinterpret_cast<const unsigned char*>(bytes.data());
  const auto* const begin = at;
  long size = 0;
  Element element;
  const int result = ASN1_get_object(&at, &size, &element.tag, &element.kind, static_cast<long>(bytes.size()));
  if ((result & 0x80) != 0) return std::nullopt;
  const auto head = static_cast<std::size_t>(at - begin);
  element.is_endless = (result & 1) != 0;
  element.content = element.is_endless ? bytes.substr(head) : bytes.substr(head, static_cast<std::size_t>(size));
  bytes.remove_prefix(element.is_endless ? head : head + static_cast<std::size_t>(size));
  return element;
}

// Passes over an element, also one without a length, which two zeros end.
bool skip_element(std::string_view& bytes, int depth = 0) {
  constexpr int depth_max = 30;
  const auto element = take_element(bytes);
  if (!element || depth > depth_max) return false;
  if (!element->is_endless) return true;
  while (!bytes.starts_with(std::string_view("\0\0", 2)))
    if (!skip_element(bytes, depth + 1)) return false;
  bytes.remove_prefix(2);
  return true;
}

// OpenSSL does not tell. ContentInfo { type, [0] { version, [0]?, recipients,
// { type, algorithm { OID } } } }: RFC 5652, 6.1; RFC 5083, 2.1.
std::string cipher_of(std::string_view der) {
  auto rest = der;
  const auto info = take_element(rest);
  if (!info) return "unknown";
  rest = info->content;
  if (!skip_element(rest)) return "unknown";  // type
  const auto explicit_content = take_element(rest);
  if (!explicit_content) return "unknown";
  rest = explicit_content->content;
  const auto envelope = take_element(rest);
  if (!envelope) return "unknown";
  rest = envelope->content;
  if (!skip_element(rest)) return "unknown";  // version
  auto ahead = rest;
  if (const auto next = take_element(ahead); next && next->kind == V_ASN1_CONTEXT_SPECIFIC && !skip_element(rest))
    return "unknown";
  if (!skip_element(rest)) return "unknown";  // recipients
  const auto content = take_element(rest);
  if (!content) return "unknown";
  rest = content->content;
  if (!skip_element(rest)) return "unknown";  // type
  const auto algorithm = take_element(rest);
  if (!algorithm) return "unknown";
  const auto* at = reinterpret_cast<const unsigned char*>(algorithm->content.data());
  ASN1_OBJECT* object = d2i_ASN1_OBJECT(nullptr, &at, static_cast<long>(algorithm->content.size()));
  if (object == nullptr) return "unknown";
  auto name = name_of(object);
  ASN1_OBJECT_free(object);
  return name;
}

std::string algorithm_name(const X509_ALGOR* algorithm) {
  const ASN1_OBJECT* object = nullptr;
  X509_ALGOR_get0(&object, nullptr, nullptr, algorithm);
  return name_of(object);
}

Recipient described(CMS_RecipientInfo* info) {
  ASN1_OCTET_STRING* key_id = nullptr;
  X509_NAME* issuer = nullptr;
  ASN1_INTEGER* serial = nullptr;
  if (CMS_RecipientInfo_type(info) == CMS_RECIPINFO_TRANS) {
    X509_ALGOR* algorithm = nullptr;
    CMS_RecipientInfo_ktri_get0_algs(info, nullptr, nullptr, &algorithm);
    CMS_RecipientInfo_ktri_get0_signer_id(info, &key_id, &issuer, &serial);
    return {name_of(key_id, issuer, serial), algorithm_name(algorithm)};
  }
  if (CMS_RecipientInfo_type(info) == CMS_RECIPINFO_AGREE) {
    X509_ALGOR* algorithm = nullptr;
    CMS_RecipientInfo_kari_get0_alg(info, &algorithm, nullptr);
    auto* keys = CMS_RecipientInfo_kari_get0_reks(info);
    if (keys != nullptr && sk_CMS_RecipientEncryptedKey_num(keys) > 0)
      CMS_RecipientEncryptedKey_get0_id(sk_CMS_RecipientEncryptedKey_value(keys, 0), &key_id, nullptr, nullptr, &issuer,
                                        &serial);
    return {name_of(key_id, issuer, serial), algorithm_name(algorithm)};
  }
  return {"a recipient without a certificate", "another way than by certificate"};
}

Status add_recipient(CMS_ContentInfo* cms, const Certificate& certificate, KeyTransport transport) {
  const bool is_oaep = transport == KeyTransport::rsa_oaep && certificate.key_kind() == KeyKind::rsa;
  auto* info = CMS_add1_recipient_cert(cms, certificate.get(), is_oaep ? CMS_KEY_PARAM : 0);
  if (info == nullptr) return failed_to("encrypt for " + certificate.subject());
  if (!is_oaep) return {};
  auto* context = CMS_RecipientInfo_get0_pkey_ctx(info);
  if (context == nullptr || EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_OAEP_PADDING) <= 0 ||
      EVP_PKEY_CTX_set_rsa_oaep_md(context, EVP_sha256()) <= 0)
    return failed_to("encrypt with RSA-OAEP");
  return {};
}

bool is_for(CMS_ContentInfo* cms, const Certificate& certificate) {
  auto* infos = CMS_get0_RecipientInfos(cms);
  for (int i = 0; i < sk_CMS_RecipientInfo_num(infos); ++i) {
    auto* info = sk_CMS_RecipientInfo_value(infos, i);
    if (CMS_RecipientInfo_type(info) == CMS_RECIPINFO_TRANS &&
        CMS_RecipientInfo_ktri_cert_cmp(info, certificate.get()) == 0)
      return true;
    if (CMS_RecipientInfo_type(info) != CMS_RECIPINFO_AGREE) continue;
    auto* keys = CMS_RecipientInfo_kari_get0_reks(info);
    for (int k = 0; k < sk_CMS_RecipientEncryptedKey_num(keys); ++k)
      if (CMS_RecipientEncryptedKey_cert_cmp(sk_CMS_RecipientEncryptedKey_value(keys, k), certificate.get()) == 0)
        return true;
  }
  return false;
}

}  // namespace

Result<std::string> encrypt(std::string_view content, const std::vector<Certificate>& recipients,
                            const EncryptOptions& options) {
  forget_errors();
  if (recipients.empty()) return Error{"nobody to encrypt for: a message needs a recipient's certificate"};
  const auto in = read_from(content);
  constexpr unsigned flags = CMS_BINARY | CMS_PARTIAL;
  const Owned<CMS_ContentInfo> cms(CMS_encrypt(nullptr, in.get(), to_openssl(options.cipher), flags));
  if (cms == nullptr) return failed_to("encrypt");
  for (const auto& recipient : recipients) BB_CHECK(add_recipient(cms.get(), recipient, options.transport));
  if (CMS_final(cms.get(), in.get(), nullptr, flags) != 1) return failed_to("encrypt");
  return write_cms(cms.get());
}

Result<Envelope> inspect_envelope(std::string_view der) {
  BB_TRY(const auto cms, read_envelope(der));
  Envelope envelope;
  auto* infos = CMS_get0_RecipientInfos(cms.get());
  for (int i = 0; i < sk_CMS_RecipientInfo_num(infos); ++i)
    envelope.recipients.push_back(described(sk_CMS_RecipientInfo_value(infos, i)));
  envelope.cipher = cipher_of(der);
  forget_errors();
  return envelope;
}

bool is_of(const Recipient& recipient, const Certificate& certificate) {
  const auto* x509 = certificate.get();
  if (recipient.named == name_of(nullptr, X509_get_issuer_name(x509), X509_get0_serialNumber(x509))) return true;
  const auto* key_id = X509_get0_subject_key_id(certificate.get());
  return key_id != nullptr && recipient.named == name_of(key_id, nullptr, nullptr);
}

Result<Opened> decrypt(std::string_view der, const std::vector<Identity>& identities) {
  BB_TRY(const auto cms, read_envelope(der));
  for (std::size_t i = 0; i < identities.size(); ++i) {
    const auto& identity = identities[i];
    if (!is_for(cms.get(), identity.certificate)) continue;
    forget_errors();
    const auto out = new_memory();
    // No word on which step failed: what it said could be used to find the key.
    if (CMS_decrypt(cms.get(), identity.key.get(), identity.certificate.get(), nullptr, out.get(), CMS_BINARY) != 1) {
      forget_errors();
      return Error{
          fmt::format("encrypted for {}, but does not open with its key: the message is damaged, or was "
                      "encrypted wrongly",
                      identity.certificate.subject())};
    }
    return Opened{std::string(content_of(out.get())), i};
  }
  return Error{"it was encrypted for nobody whose key is at hand"};
}

}  // namespace bb::direct
