// bb/direct/identity.hpp - a certificate with its private key: whoever holds it
// signs and decrypts.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include <bb/core/result.hpp>
#include <bb/direct/certificate.hpp>

struct evp_pkey_st;  // OpenSSL's

namespace bb::direct {

// Never printed, never written; copies share it. [any thread]
class PrivateKey {
 public:
  // Of PEM, or PKCS #8 or traditional DER. `password` opens an encrypted PEM.
  // An error names no part of the key.
  [[nodiscard]] static Result<PrivateKey> read(std::string_view bytes, std::string_view password = {});
  // Takes the reference over; never null.
  static PrivateKey adopt(evp_pkey_st* key);

  bool fits(const Certificate& certificate) const;
  // For this toolkit: belongs to the key.
  evp_pkey_st* get() const { return key_.get(); }

 private:
  std::shared_ptr<evp_pkey_st> key_;
};

struct Identity {
  Certificate certificate;
  PrivateKey key;
  std::vector<Certificate> chain = {};  // of authorities, sent along
};

// PKCS #12 (RFC 7292), also with the weak ciphers of old files. The error tells
// a wrong password from a file that is none.
[[nodiscard]] Result<Identity> read_pkcs12(std::string_view bytes, std::string_view password);
// A key and the certificate it fits, with the authorities' certificates behind
// it, all in one PEM text. `password` opens an encrypted key.
[[nodiscard]] Result<Identity> read_identity(std::string_view pem, std::string_view password = {});
// Certificates and keys in any order, in one PEM text: every certificate that one of the
// keys fits, without a chain. `password` opens encrypted keys. The error is of a key
// that cannot be read, and of more than certificates_max of them.
[[nodiscard]] Result<std::vector<Identity>> read_identities(std::string_view pem, std::string_view password = {});

}  // namespace bb::direct
