#include <bb/direct/certificate.hpp>

#include <openssl/pem.h>

#include <fmt/format.h>
#include <bb/core/certificate.hpp>
#include <bb/core/crypto.hpp>

#include "openssl.hpp"

namespace bb::direct {
namespace {

std::string name_text(const X509_NAME* name) {
  const auto out = new_memory();
  if (!out || X509_NAME_print_ex(out.get(), name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB) < 0) return {};
  return std::string(content_of(out.get()));
}

template <class T>
Owned<T> extension(const X509* certificate, int nid) {
  return Owned<T>(static_cast<T*>(X509_get_ext_d2i(certificate, nid, nullptr, nullptr)));
}

std::vector<std::string> alternative_names(const X509* certificate, int type) {
  std::vector<std::string> found;
  const auto names = extension<GENERAL_NAMES>(certificate, NID_subject_alt_name);
  for (int i = 0; names != nullptr && i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const auto* name = sk_GENERAL_NAME_value(names.get(), i);
    if (name->type == type) found.emplace_back(view(name->d.ia5));
  }
  return found;
}

// Those that can be fetched by HTTP, which is how Direct fetches.
void add_url(const GENERAL_NAME* name, std::vector<std::string>& urls) {
  if (name->type == GEN_URI) urls.emplace_back(view(name->d.uniformResourceIdentifier));
}

std::vector<std::string> access_urls(const X509* certificate, int method) {
  std::vector<std::string> urls;
  const auto access = extension<AUTHORITY_INFO_ACCESS>(certificate, NID_info_access);
  for (int i = 0; access != nullptr && i < sk_ACCESS_DESCRIPTION_num(access.get()); ++i) {
    const auto* one = sk_ACCESS_DESCRIPTION_value(access.get(), i);
    if (OBJ_obj2nid(one->method) == method) add_url(one->location, urls);
  }
  return urls;
}

bool is_pem(std::string_view bytes) { return bytes.find("-----BEGIN ") != std::string_view::npos; }

}  // namespace

struct Certificate::State {
  Owned<X509> x509;
  std::string der;
};

std::optional<Certificate> Certificate::adopt(X509* x509) {
  Owned<X509> owned(x509);
  unsigned char* der = nullptr;
  const int size = owned == nullptr ? -1 : i2d_X509(owned.get(), &der);
  if (size < 0) return std::nullopt;
  Certificate certificate;
  certificate.state_ = std::make_shared<const State>(
      State{std::move(owned), std::string(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size))});
  OPENSSL_free(der);
  return certificate;
}

Result<Certificate> Certificate::read(std::string_view bytes) {
  if (bytes.empty()) return Error{"no certificate: the file is empty; expected X.509 as DER or PEM"};
  if (is_pem(bytes)) {
    BB_TRY(auto all, read_all(bytes));
    if (all.size() != 1) return Error{fmt::format("expected one certificate, found {}", all.size())};
    return std::move(all.front());
  }
  if (bytes.size() > certificate_bytes_max)
    return Error{fmt::format("a certificate of {} bytes: at most {} are read", bytes.size(), certificate_bytes_max)};
  forget_errors();
  const auto* at = reinterpret_cast<const unsigned char*>(bytes.data());
  const auto* const end = at + bytes.size();
  auto certificate = adopt(d2i_X509(nullptr, &at, static_cast<long>(bytes.size())));
  if (!certificate) return Error{"no X.509 certificate: " + reason()};
  if (at != end) return Error{fmt::format("{} bytes stand behind the certificate; expected none", end - at)};
  return *std::move(certificate);
}

Result<std::vector<Certificate>> Certificate::read_all(std::string_view pem) {
  std::vector<Certificate> found;
  forget_errors();
  const auto in = read_from(pem);
  while (X509* x509 = PEM_read_bio_X509(in.get(), nullptr, refuse_pass_phrase, nullptr)) {
    if (found.size() == certificates_max) {
      X509_free(x509);
      return Error{fmt::format("more than {} certificates", certificates_max)};
    }
    if (auto certificate = adopt(x509)) found.push_back(*std::move(certificate));
  }
  if (found.empty()) return Error{"no certificate in PEM: " + reason()};
  forget_errors();  // that there is no further one
  return found;
}

X509* Certificate::get() const { return state_->x509.get(); }
const std::string& Certificate::der() const { return state_->der; }
std::string Certificate::subject() const { return name_text(X509_get_subject_name(get())); }
std::string Certificate::issuer() const { return name_text(X509_get_issuer_name(get())); }
std::string Certificate::fingerprint() const { return sha256_hex(der()); }
int Certificate::version() const { return static_cast<int>(X509_get_version(get())) + 1; }

std::string Certificate::serial() const {
  const Owned<BIGNUM> number(ASN1_INTEGER_to_BN(X509_get0_serialNumber(get()), nullptr));
  char* hex = number == nullptr ? nullptr : BN_bn2hex(number.get());
  std::string text = hex == nullptr ? "" : hex;
  OPENSSL_free(hex);
  return text;
}

bool Certificate::has_alternative_names() const { return X509_get_ext_by_NID(get(), NID_subject_alt_name, -1) >= 0; }
std::vector<std::string> Certificate::addresses() const { return alternative_names(get(), GEN_EMAIL); }
std::vector<std::string> Certificate::domains() const { return alternative_names(get(), GEN_DNS); }

bool Certificate::is_for_host(const std::string& host) const {
  if (X509_check_ip_asc(get(), host.c_str(), 0) == 1) return true;
  return X509_check_host(get(), host.data(), host.size(), X509_CHECK_FLAG_NEVER_CHECK_SUBJECT, nullptr) == 1;
}

std::vector<std::string> Certificate::subject_addresses() const {
  std::vector<std::string> found;
  const auto* name = X509_get_subject_name(get());
  for (int at = X509_NAME_get_index_by_NID(name, NID_pkcs9_emailAddress, -1); at >= 0;
       at = X509_NAME_get_index_by_NID(name, NID_pkcs9_emailAddress, at))
    found.emplace_back(view(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at))));
  return found;
}

std::optional<std::int64_t> Certificate::not_before() const { return seconds_of(X509_get0_notBefore(get())); }
std::optional<std::int64_t> Certificate::not_after() const { return seconds_of(X509_get0_notAfter(get())); }

KeyKind Certificate::key_kind() const {
  const auto* key = X509_get0_pubkey(get());
  const int type = key == nullptr ? EVP_PKEY_NONE : EVP_PKEY_get_base_id(key);
  return type == EVP_PKEY_RSA ? KeyKind::rsa : type == EVP_PKEY_EC ? KeyKind::ec : KeyKind::other;
}

int Certificate::key_bits() const {
  const auto* key = X509_get0_pubkey(get());
  return key == nullptr ? 0 : EVP_PKEY_get_bits(key);
}

std::string Certificate::curve() const {
  char name[80];
  std::size_t size = 0;
  if (key_kind() != KeyKind::ec || EVP_PKEY_get_group_name(X509_get0_pubkey(get()), name, sizeof name, &size) != 1)
    return {};
  return std::string(name, size);
}

std::string Certificate::signature_algorithm() const {
  const X509_ALGOR* algorithm = X509_get0_tbs_sigalg(get());
  const ASN1_OBJECT* object = nullptr;
  X509_ALGOR_get0(&object, nullptr, nullptr, algorithm);
  return name_of(object);
}

bool Certificate::has_key_usage() const { return X509_get_ext_by_NID(get(), NID_key_usage, -1) >= 0; }

bool Certificate::may(KeyUse use) const {
  const auto usage = X509_get_key_usage(get());  // all where there is no extension
  switch (use) {
    case KeyUse::sign:
      return (usage & X509v3_KU_DIGITAL_SIGNATURE) != 0;
    case KeyUse::encrypt:
      return (usage & (key_kind() == KeyKind::ec ? X509v3_KU_KEY_AGREEMENT : X509v3_KU_KEY_ENCIPHERMENT)) != 0;
    case KeyUse::certify:
      return (usage & X509v3_KU_KEY_CERT_SIGN) != 0;
  }
  return false;
}

bool Certificate::is_authority() const { return (X509_get_extension_flags(get()) & EXFLAG_CA) != 0; }

bool Certificate::is_self_issued() const {
  return X509_NAME_cmp(X509_get_subject_name(get()), X509_get_issuer_name(get())) == 0;
}

std::vector<std::string> Certificate::crl_urls() const {
  std::vector<std::string> urls;
  const auto points = extension<CRL_DIST_POINTS>(get(), NID_crl_distribution_points);
  for (int i = 0; points != nullptr && i < sk_DIST_POINT_num(points.get()); ++i) {
    const auto* name = sk_DIST_POINT_value(points.get(), i)->distpoint;
    if (name == nullptr || name->type != 0) continue;  // relative to the issuer's name
    for (int j = 0; j < sk_GENERAL_NAME_num(name->name.fullname); ++j)
      add_url(sk_GENERAL_NAME_value(name->name.fullname, j), urls);
  }
  return urls;
}

std::vector<std::string> Certificate::issuer_urls() const { return access_urls(get(), NID_ad_ca_issuers); }
std::vector<std::string> Certificate::ocsp_urls() const { return access_urls(get(), NID_ad_OCSP); }

}  // namespace bb::direct
