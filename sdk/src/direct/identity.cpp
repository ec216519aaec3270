#include <bb/direct/identity.hpp>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/provider.h>

#include <algorithm>
#include <string>

#include <fmt/format.h>

#include "openssl.hpp"

namespace bb::direct {
namespace {

constexpr std::size_t pkcs12_bytes_max = std::size_t{1024} * 1024;

struct Unload {
  void operator()(OSSL_PROVIDER* p) const { OSSL_PROVIDER_unload(p); }
};

// With RC2 and single DES, which files before 2020 are kept with. Apart, so that
// nothing else can use them.
class OldCiphers {
 public:
  OldCiphers()
      : context_(OSSL_LIB_CTX_new()),
        old_(OSSL_PROVIDER_load(context_.get(), "legacy")),
        plain_(OSSL_PROVIDER_load(context_.get(), "default")) {}
  OSSL_LIB_CTX* get() const { return context_.get(); }

 private:
  Owned<OSSL_LIB_CTX> context_;
  std::unique_ptr<OSSL_PROVIDER, Unload> old_;  // null where it is not installed
  std::unique_ptr<OSSL_PROVIDER, Unload> plain_;
};

int give_password(char* buffer, int size, int, void* user) {
  const auto& password = *static_cast<const std::string_view*>(user);
  if (password.size() > static_cast<std::size_t>(size)) return -1;
  password.copy(buffer, password.size());
  return static_cast<int>(password.size());
}

}  // namespace

PrivateKey PrivateKey::adopt(EVP_PKEY* key) {
  PrivateKey made;
  made.key_.reset(key, EVP_PKEY_free);
  return made;
}

Result<PrivateKey> PrivateKey::read(std::string_view bytes, std::string_view password) {
  forget_errors();
  const auto in = read_from(bytes);
  EVP_PKEY* key = nullptr;
  if (bytes.find("-----BEGIN ") != std::string_view::npos)
    key = PEM_read_bio_PrivateKey(in.get(), nullptr, give_password, &password);
  else
    key = d2i_PrivateKey_bio(in.get(), nullptr);
  if (key == nullptr) return failed_to("read the private key");
  return adopt(key);
}

bool PrivateKey::fits(const Certificate& certificate) const {
  const bool is_so = X509_check_private_key(certificate.get(), key_.get()) == 1;
  forget_errors();
  return is_so;
}

Result<Identity> read_pkcs12(std::string_view bytes, std::string_view password) {
  if (bytes.size() > pkcs12_bytes_max) return Error{"a PKCS #12 file of more than 1 MiB is not read"};
  forget_errors();
  const OldCiphers ciphers;
  Owned<PKCS12> file(PKCS12_init_ex(NID_pkcs7_data, ciphers.get(), nullptr));
  const auto* at = reinterpret_cast<const unsigned char*>(bytes.data());
  PKCS12* into = file.release();
  const bool is_read = d2i_PKCS12(&into, &at, static_cast<long>(bytes.size())) != nullptr;
  file.reset(into);
  if (!is_read) return Error{"no PKCS #12 file: " + reason()};
  EVP_PKEY* key = nullptr;
  X509* certificate = nullptr;
  STACK_OF(X509)* others = nullptr;
  const bool is_open = PKCS12_parse(file.get(), std::string(password).c_str(), &key, &certificate, &others) == 1;
  const Owned<STACK_OF(X509)> chain(others);
  Owned<EVP_PKEY> owned_key(key);
  auto own = certificate == nullptr ? std::nullopt : Certificate::adopt(certificate);
  if (!is_open) {
    const bool is_password = ERR_GET_REASON(ERR_peek_last_error()) == PKCS12_R_MAC_VERIFY_FAILURE;
    return Error{is_password ? std::string("the password does not open the PKCS #12 file")
                             : "the PKCS #12 file cannot be opened: " + reason()};
  }
  forget_errors();
  if (!own || owned_key == nullptr) return Error{"the PKCS #12 file holds no certificate with its private key"};
  // Made anew with the ordinary ciphers: a key stays with the library context that read it.
  const auto out = new_memory();
  if (i2d_PrivateKey_bio(out.get(), owned_key.get()) != 1) return failed_to("take the key out of the PKCS #12 file");
  auto read_key = PrivateKey::read(content_of(out.get()));
  OPENSSL_cleanse(const_cast<char*>(content_of(out.get()).data()), content_of(out.get()).size());
  if (!read_key) return std::move(read_key).error();
  BB_TRY(auto again, Certificate::read(own->der()));
  Identity identity{std::move(again), *std::move(read_key)};
  for (int i = 0; chain != nullptr && i < sk_X509_num(chain.get()); ++i) {
    X509* one = sk_X509_value(chain.get(), i);
    X509_up_ref(one);
    if (const auto authority = Certificate::adopt(one)) {
      BB_TRY(auto copy, Certificate::read(authority->der()));
      identity.chain.push_back(std::move(copy));
    }
  }
  return identity;
}

Result<Identity> read_identity(std::string_view pem, std::string_view password) {
  BB_TRY(auto key, PrivateKey::read(pem, password));
  BB_TRY(auto certificates, Certificate::read_all(pem));
  for (auto at = certificates.begin(); at != certificates.end(); ++at) {
    if (!key.fits(*at)) continue;
    Identity identity{*at, std::move(key)};
    certificates.erase(at);
    identity.chain = std::move(certificates);
    return identity;
  }
  return Error{"none of the certificates fits the private key"};
}

Result<std::vector<Identity>> read_identities(std::string_view pem, std::string_view password) {
  constexpr std::string_view begin = "-----BEGIN ", end_of_key = "PRIVATE KEY-----";
  std::vector<PrivateKey> keys;
  for (auto at = pem.find(begin); at != std::string_view::npos; at = pem.find(begin, at + 1)) {
    const auto line = pem.substr(at, pem.find('\n', at) - at);
    if (line.find(end_of_key) == std::string_view::npos) continue;
    if (keys.size() == certificates_max) return Error{fmt::format("more than {} private keys", certificates_max)};
    BB_TRY(auto key, PrivateKey::read(pem.substr(at), password));
    keys.push_back(std::move(key));
  }
  BB_TRY(const auto certificates, Certificate::read_all(pem));
  std::vector<Identity> identities;
  for (const auto& certificate : certificates) {
    const auto key = std::find_if(keys.begin(), keys.end(), [&](const auto& one) { return one.fits(certificate); });
    if (key != keys.end()) identities.push_back({certificate, *key});
  }
  return identities;
}

}  // namespace bb::direct
