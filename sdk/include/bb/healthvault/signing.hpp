// bb/healthvault/signing.hpp - hashes, message codes and signatures over the bytes of
// a message, by OpenSSL.
//
// Whoever has a key elsewhere (a host, a module) signs the same bytes there and puts
// the result into the message: HMACSHA256 is HS256 of JOSE, HMACSHA1 is HS1, RSA-SHA1
// is RS1 and RSA-SHA256 RS256.
//
// Source: the catalogue's rows HV-ENV-07, HV-ENV-08, HV-AUTH-03 and HV-AUTH-05.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <bb/core/result.hpp>

struct evp_pkey_st;  // OpenSSL's

namespace bb::healthvault {

std::string sha256_base64(std::string_view bytes);  // as `hash-data` has it

enum class MacAlgorithm { hmac_sha256, hmac_sha1 };
// "HMACSHA256", "HMACSHA1", as `algName` has them; jose_name() has "HS256", "HS1".
std::string_view word_of(MacAlgorithm algorithm);
std::string_view jose_name(MacAlgorithm algorithm);
std::optional<MacAlgorithm> mac_algorithm(std::string_view word);
// The whole code, raw. [any thread]
std::string mac(MacAlgorithm algorithm, std::string_view key, std::string_view bytes);
// Whether `code` is the code of `bytes`; in time that does not tell how much of it is right.
bool verify_mac(MacAlgorithm algorithm, std::string_view key, std::string_view bytes, std::string_view code);

// rsa_sha1 is the protocol's own; rsa_sha256 for peers that ask for more.
enum class SignatureMethod { rsa_sha1, rsa_sha256 };
// "RSA-SHA1" and its digest "SHA1", as `sigMethod` and `digestMethod` have them.
std::string_view word_of(SignatureMethod method);
std::string_view digest_word_of(SignatureMethod method);
std::string_view jose_name(SignatureMethod method);
std::optional<SignatureMethod> signature_method(std::string_view word);

// An application's key. Never printed; copies share it. [any thread]
class SigningKey {
 public:
  // Of PEM; `password` opens an encrypted one. The error names no part of the key, and is
  // also of a key that is not RSA.
  [[nodiscard]] static Result<SigningKey> read(std::string_view pem, std::string_view password = {});
  // RSASSA-PKCS1-v1_5, raw, as long as the modulus.
  [[nodiscard]] Result<std::string> sign(SignatureMethod method, std::string_view bytes) const;
  int bits() const;

 private:
  std::shared_ptr<evp_pkey_st> key_;
};

// An application's certificate, as the platform has it on file. [any thread]
class SigningCertificate {
 public:
  // Of PEM or the base64 of DER.
  [[nodiscard]] static Result<SigningCertificate> read(std::string_view text);
  bool verify(SignatureMethod method, std::string_view bytes, std::string_view signature) const;
  // SHA-1 of the DER in upper-case hex, as `thumbprint` has it.
  const std::string& thumbprint() const { return thumbprint_; }
  // HV-AUTH-01: "WildcatApp-" and the application's id. Empty where there is none.
  const std::string& common_name() const { return common_name_; }
  int bits() const;

 private:
  std::shared_ptr<evp_pkey_st> key_;
  std::string thumbprint_;
  std::string common_name_;
};

// Whether two thumbprints are the same: without case, blanks and colons.
bool is_same_thumbprint(std::string_view a, std::string_view b);

}  // namespace bb::healthvault
