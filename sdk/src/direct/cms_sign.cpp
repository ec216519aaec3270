#include <openssl/err.h>

#include <memory>

#include <fmt/format.h>
#include <bb/core/text.hpp>
#include <bb/direct/cms.hpp>

#include "cms_common.hpp"

namespace bb::direct {
namespace {

constexpr int signers_max = 20;
constexpr std::size_t chunk_bytes = std::size_t{64} * 1024;

const EVP_MD* to_openssl(Digest digest) {
  switch (digest) {
    case Digest::sha256:
      return EVP_sha256();
    case Digest::sha384:
      return EVP_sha384();
    case Digest::sha512:
      return EVP_sha512();
    case Digest::sha1:
      return EVP_sha1();
    case Digest::md5:
      return EVP_md5();
  }
  return EVP_sha256();
}

Status set_signed_at(CMS_SignerInfo* signer, std::int64_t seconds) {
  struct FreeTime {
    void operator()(ASN1_TIME* p) const { ASN1_TIME_free(p); }
  };
  const std::unique_ptr<ASN1_TIME, FreeTime> time(ASN1_TIME_set(nullptr, static_cast<time_t>(seconds)));
  if (time == nullptr || CMS_signed_add1_attr_by_NID(signer, NID_pkcs9_signingTime, time->type, time.get(), -1) != 1)
    return failed_to("note the time of signing");
  return {};
}

std::optional<std::int64_t> signed_at(const CMS_SignerInfo* signer) {
  const int at = CMS_signed_get_attr_by_NID(signer, NID_pkcs9_signingTime, -1);
  const auto* attribute = at < 0 ? nullptr : CMS_signed_get_attr(signer, at);
  const auto* value =
      attribute == nullptr ? nullptr : X509_ATTRIBUTE_get0_type(const_cast<X509_ATTRIBUTE*>(attribute), 0);
  const bool is_time = value != nullptr && (value->type == V_ASN1_UTCTIME || value->type == V_ASN1_GENERALIZEDTIME);
  return is_time ? seconds_of(value->value.asn1_string) : std::nullopt;
}

// Runs the content through the digests that its signers ask for.
Owned<BIO> digested(CMS_ContentInfo* cms, Owned<BIO> detached) {
  Owned<BIO> chain(CMS_dataInit(cms, detached.get()));
  if (chain == nullptr) return nullptr;
  static_cast<void>(detached.release());  // the chain ends with it
  std::string chunk(chunk_bytes, '\0');
  while (BIO_read(chain.get(), chunk.data(), static_cast<int>(chunk.size())) > 0) continue;
  return chain;
}

void judge(CMS_SignerInfo* info, BIO* digests, Signer& signer) {
  forget_errors();
  const auto refuse = [&](Integrity integrity) {
    signer.integrity = integrity;
    signer.why = reason();
  };
  if (!signer.certificate) {
    signer.integrity = Integrity::signer_unknown;
    signer.why = "its certificate did not come along";
    return;
  }
  if (digests == nullptr) return refuse(Integrity::not_supported);
  const bool has_attributes = CMS_signed_get_attr_count(info) >= 0;
  if (has_attributes && CMS_SignerInfo_verify(info) <= 0) return refuse(Integrity::signature_broken);
  if (CMS_SignerInfo_verify_content(info, digests) > 0) {
    signer.integrity = Integrity::good;
    return;
  }
  const auto code = ERR_GET_REASON(ERR_peek_last_error());
  const bool is_unknown = code == CMS_R_NO_MATCHING_DIGEST || code == CMS_R_UNKNOWN_DIGEST_ALGORITHM;
  // Without attributes the signature is over the content itself.
  refuse(is_unknown       ? Integrity::not_supported
         : has_attributes ? Integrity::content_changed
                          : Integrity::signature_broken);
}

Signer described(CMS_SignerInfo* info) {
  Signer signer;
  ASN1_OCTET_STRING* key_id = nullptr;
  X509_NAME* issuer = nullptr;
  ASN1_INTEGER* serial = nullptr;
  CMS_SignerInfo_get0_signer_id(info, &key_id, &issuer, &serial);
  signer.named = name_of(key_id, issuer, serial);
  X509* certificate = nullptr;
  X509_ALGOR* digest = nullptr;
  X509_ALGOR* algorithm = nullptr;
  CMS_SignerInfo_get0_algs(info, nullptr, &certificate, &digest, &algorithm);
  if (certificate != nullptr) {
    X509_up_ref(certificate);
    signer.certificate = Certificate::adopt(certificate);
  }
  const ASN1_OBJECT* object = nullptr;
  X509_ALGOR_get0(&object, nullptr, nullptr, digest);
  signer.digest = to_lower(name_of(object));
  X509_ALGOR_get0(&object, nullptr, nullptr, algorithm);
  signer.algorithm = name_of(object);
  signer.signed_at = signed_at(info);
  return signer;
}

}  // namespace

Result<std::string> sign(std::string_view content, const Identity& signer, const SignOptions& options) {
  forget_errors();
  const auto in = read_from(content);
  unsigned flags = CMS_BINARY | CMS_PARTIAL;
  if (options.is_detached) flags |= CMS_DETACHED;
  const Owned<CMS_ContentInfo> cms(CMS_sign(nullptr, nullptr, nullptr, in.get(), flags));
  if (cms == nullptr) return failed_to("sign");
  unsigned signer_flags = CMS_BINARY | CMS_PARTIAL | CMS_NOSMIMECAP;
  if (!options.has_certificates) signer_flags |= CMS_NOCERTS;
  auto* info =
      CMS_add1_signer(cms.get(), signer.certificate.get(), signer.key.get(), to_openssl(options.digest), signer_flags);
  if (info == nullptr) return failed_to("sign with this certificate and key");
  if (options.signed_at) BB_CHECK(set_signed_at(info, *options.signed_at));
  if (options.has_certificates)
    for (const auto& authority : signer.chain)
      if (CMS_add1_cert(cms.get(), authority.get()) != 1) return failed_to("add the authorities' certificates");
  if (CMS_final(cms.get(), in.get(), nullptr, flags) != 1) return failed_to("sign");
  return write_cms(cms.get());
}

Result<SignedData> verify(std::string_view der, std::optional<std::string_view> detached) {
  SignedData data;
  BB_TRY(const auto cms, read_cms(der, "SignedData", &data.trailing_bytes));
  if (OBJ_obj2nid(CMS_get0_type(cms.get())) != NID_pkcs7_signed)
    return Error{fmt::format("expected SignedData (RFC 5652), found {}", name_of(CMS_get0_type(cms.get())))};
  const Owned<STACK_OF(X509)> certificates(CMS_get1_certs(cms.get()));
  const int certificate_count = certificates == nullptr ? 0 : sk_X509_num(certificates.get());
  if (static_cast<std::size_t>(certificate_count) > certificates_max)
    return Error{fmt::format("more than {} certificates", certificates_max)};
  for (int i = 0; i < certificate_count; ++i) {
    X509* one = sk_X509_value(certificates.get(), i);
    X509_up_ref(one);
    if (auto certificate = Certificate::adopt(one)) data.certificates.push_back(*std::move(certificate));
  }
  auto* infos = CMS_get0_SignerInfos(cms.get());
  const int signer_count = infos == nullptr ? 0 : sk_CMS_SignerInfo_num(infos);
  if (signer_count > signers_max)
    return Error{fmt::format("{} signers; at most {} are looked at", signer_count, signers_max)};
  auto* const* inside = CMS_get0_content(cms.get());
  const bool is_inside = inside != nullptr && *inside != nullptr;
  if (is_inside) data.content = std::string(view(*inside));
  if (signer_count == 0) return data;
  if (!is_inside && !detached) return Error{"the signed content is not inside, and was not given"};
  CMS_set1_signers_certs(cms.get(), nullptr, 0);
  forget_errors();
  const auto digests = digested(cms.get(), detached ? read_from(*detached) : nullptr);
  for (int i = 0; i < signer_count; ++i) {
    auto* info = sk_CMS_SignerInfo_value(infos, i);
    data.signers.push_back(described(info));
    judge(info, digests.get(), data.signers.back());
  }
  forget_errors();
  return data;
}

}  // namespace bb::direct
