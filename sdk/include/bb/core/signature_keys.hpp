// bb/core/signature_keys.hpp - keys that sign and verify by JOSE's algorithms, by OpenSSL.
//
// Algorithms by name: RS256 RS384 RS512, PS256 PS384 PS512, ES256 ES384 ES512, EdDSA (Ed25519)
// and RS1 (SHA-1: for old peers; whoever uses it decides so). Signatures are raw: RS* and PS* as
// long as the modulus, ES* R and S one after the other, EdDSA 64 bytes.
//
// Source: RFC 7518, 3 and 6; RFC 8037; RS1: RFC 8812, 2.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <bb/core/result.hpp>

struct evp_pkey_st;  // OpenSSL's

namespace bb {

bool is_signature_algorithm(std::string_view name);
// How long the digest is that the algorithm signs, in bytes; nothing where it signs messages alone (EdDSA), or is none.
std::optional<std::size_t> digest_bytes_of(std::string_view algorithm);

// A public key as JWK has it (RFC 7518, 6): the members "kty" and, by kind, "n" and "e", or "crv",
// "x" and "y", their values in base64url.
using KeyMembers = std::vector<std::pair<std::string, std::string>>;

// [any thread]
class VerifyingKey {
 public:
  // RSA of 2,048 to 16,384 bits, EC of P-256, P-384 and P-521, OKP of Ed25519. The error names the member.
  [[nodiscard]] static Result<VerifyingKey> from_members(const KeyMembers& members);
  // The key fits the algorithm and made this signature over these bytes.
  bool verify(std::string_view algorithm, std::string_view message, std::string_view signature) const;
  bool fits(std::string_view algorithm) const;
  KeyMembers members() const;

 private:
  friend class SigningKey;
  explicit VerifyingKey(std::shared_ptr<evp_pkey_st> key) : key_(std::move(key)) {}
  std::shared_ptr<evp_pkey_st> key_;
};

// Never printed; copies share it. [any thread]
class SigningKey {
 public:
  // Of PEM without a pass phrase. The error names no part of it.
  [[nodiscard]] static Result<SigningKey> from_pem(std::string_view pem);
  // A new one that fits the algorithm; RSA of 2,048 bits. The error is of an algorithm that is none.
  [[nodiscard]] static Result<SigningKey> generate(std::string_view algorithm);

  bool fits(std::string_view algorithm) const;
  // The errors are of an algorithm that the key does not fit, a digest of another length, and OpenSSL's own.
  [[nodiscard]] Result<std::string> sign(std::string_view algorithm, std::string_view message) const;
  [[nodiscard]] Result<std::string> sign_digest(std::string_view algorithm, std::string_view digest) const;
  VerifyingKey verifying_key() const { return VerifyingKey(key_); }
  std::string pem() const;  // PKCS #8, without a pass phrase

 private:
  explicit SigningKey(std::shared_ptr<evp_pkey_st> key) : key_(std::move(key)) {}
  std::shared_ptr<evp_pkey_st> key_;
};

}  // namespace bb
