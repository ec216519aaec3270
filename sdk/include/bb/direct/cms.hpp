// bb/direct/cms.hpp - Cryptographic Message Syntax (RFC 5652): sign, verify,
// encrypt, decrypt, and look at what is sealed without opening it.
//
// Whether a signer is trusted, and whether its algorithms are good enough, is for
// others: trust.hpp, message.hpp.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <bb/core/result.hpp>
#include <bb/direct/certificate.hpp>
#include <bb/direct/identity.hpp>

namespace bb::direct {

// SHA-1 and MD5 are for messages that a receiver has to refuse, and SHA-1 for
// partners of before 2015.
enum class Digest { sha256, sha384, sha512, sha1, md5 };
// Triple DES is for messages that a receiver has to refuse.
enum class Cipher { aes128_cbc, aes192_cbc, aes256_cbc, aes128_gcm, aes256_gcm, des3_cbc };
// Of RSA keys. EC keys always agree (RFC 5753).
enum class KeyTransport { rsa_pkcs1, rsa_oaep };

struct SignOptions {
  Digest digest = Digest::sha256;
  bool has_certificates = true;                // the signer's and its chain travel along
  bool is_detached = true;                     // else the content is inside
  std::optional<std::int64_t> signed_at = {};  // seconds since 1970; none: now
};
// SignedData as DER, over the bytes as they are.
[[nodiscard]] Result<std::string> sign(std::string_view content, const Identity& signer,
                                       const SignOptions& options = {});

enum class Integrity {
  good,
  content_changed,   // its digest is another
  signature_broken,  // it does not fit the signer's key
  signer_unknown,    // the certificate it names is not there
  not_supported      // an algorithm that is not known
};

struct Signer {
  std::string named;                       // issuer and serial number, or key identifier
  std::optional<Certificate> certificate;  // which it names, where it came along
  std::string digest;                      // "sha256"
  std::string algorithm;                   // of the signature: "rsaEncryption", "ecdsa-with-SHA256"
  Integrity integrity = Integrity::signer_unknown;
  std::string why;                        // where it is not good
  std::optional<std::int64_t> signed_at;  // what the signer says
};

struct SignedData {
  std::vector<Signer> signers;            // none in a bundle of certificates
  std::vector<Certificate> certificates;  // that came along
  std::optional<std::string> content;     // where it is inside
  std::size_t trailing_bytes = 0;         // behind its end: no signature is over them
};
// `detached` is what is to have been signed, also where something else is inside; none: what
// is inside. The error is of bytes that are no SignedData, and of neither of them.
[[nodiscard]] Result<SignedData> verify(std::string_view der, std::optional<std::string_view> detached);

struct EncryptOptions {
  Cipher cipher = Cipher::aes256_cbc;
  KeyTransport transport = KeyTransport::rsa_pkcs1;
};
// EnvelopedData (AuthEnvelopedData with GCM, RFC 5083) as DER, for each of them.
[[nodiscard]] Result<std::string> encrypt(std::string_view content, const std::vector<Certificate>& recipients,
                                          const EncryptOptions& options = {});

struct Recipient {
  std::string named;      // issuer and serial number, or key identifier
  std::string algorithm;  // "rsaEncryption", "RSAES-OAEP", "dhSinglePass-stdDH-sha256kdf-scheme"
};
struct Envelope {
  std::vector<Recipient> recipients;
  std::string cipher;  // "AES-256-CBC", "DES-EDE3-CBC"
};
[[nodiscard]] Result<Envelope> inspect_envelope(std::string_view der);
// Whether it is the recipient that the certificate is of.
bool is_of(const Recipient& recipient, const Certificate& certificate);

struct Opened {
  std::string content;
  std::size_t identity = 0;  // the number of the one that opened it
};
// By the first identity that it was encrypted for. The error says whether it was
// for none of them, or is damaged.
[[nodiscard]] Result<Opened> decrypt(std::string_view der, const std::vector<Identity>& identities);

}  // namespace bb::direct
