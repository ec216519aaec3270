// bb/direct/certificate.hpp - X.509 certificates (RFC 5280), by what Direct asks
// of them: names, times, key, uses, and where revocation and issuer are to be had.
//
// Nothing here decides on trust: trust.hpp.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <bb/core/result.hpp>

struct x509_st;  // OpenSSL's

namespace bb::direct {

// More than any bundle in use.
inline constexpr std::size_t certificates_max = 2000;

enum class KeyKind { rsa, ec, other };

// RFC 5280, 4.2.1.3. Without the extension a key may be used for anything.
enum class KeyUse { sign, encrypt, certify };

// Immutable; copies share it. [any thread]
class Certificate {
 public:
  // One certificate as DER or PEM.
  [[nodiscard]] static Result<Certificate> read(std::string_view bytes);
  // All certificates of a PEM text, in order; text between them is passed over.
  [[nodiscard]] static Result<std::vector<Certificate>> read_all(std::string_view pem);

  const std::string& der() const;
  std::string subject() const;  // RFC 2253
  std::string issuer() const;
  std::string serial() const;       // hex, as openssl prints it
  std::string fingerprint() const;  // SHA-256 of the DER, hex
  int version() const;              // 3 for X.509 v3

  bool has_alternative_names() const;          // a subjectAltName extension
  std::vector<std::string> addresses() const;  // its rfc822Names
  std::vector<std::string> domains() const;    // its dNSNames
  // RFC 6125: whether it names this host, a DNS name or an address. Its subject is not looked at.
  bool is_for_host(const std::string& host) const;
  std::vector<std::string> subject_addresses() const;  // emailAddress attributes of the subject

  // Seconds since 1970 UTC; none where the field cannot be read as a time.
  std::optional<std::int64_t> not_before() const;
  std::optional<std::int64_t> not_after() const;

  KeyKind key_kind() const;
  int key_bits() const;
  std::string curve() const;                // "prime256v1"; empty where it is no EC key
  std::string signature_algorithm() const;  // the issuer's, "sha256WithRSAEncryption"
  bool has_key_usage() const;
  bool may(KeyUse use) const;
  bool is_authority() const;  // basicConstraints CA:TRUE
  bool is_self_issued() const;

  std::vector<std::string> crl_urls() const;     // CRL distribution points (4.2.1.13)
  std::vector<std::string> issuer_urls() const;  // authority information access, caIssuers (4.2.2.1)
  std::vector<std::string> ocsp_urls() const;    // authority information access, ocsp

  // Whether both are the same bytes.
  friend bool operator==(const Certificate& a, const Certificate& b) { return a.der() == b.der(); }

  // For this toolkit: belongs to the certificate.
  x509_st* get() const;
  // Takes the reference over.
  static std::optional<Certificate> adopt(x509_st* certificate);

 private:
  struct State;
  std::shared_ptr<const State> state_;
};

}  // namespace bb::direct
