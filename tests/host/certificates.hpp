// certificates.hpp - keys and certificates made at test time.
#pragma once

#include <filesystem>
#include <string>

namespace bb::test {

struct CertificateOptions {
  std::string common_name = "localhost";
  std::string alternative_names = "DNS:localhost,IP:127.0.0.1";  // as in openssl.cnf; empty = none
  long valid_from_s = -3600;                                     // from now
  long valid_until_s = 3600;
  bool is_authority = false;
};

struct Certificate {
  std::string pem;      // the certificate
  std::string key_pem;  // its private key (P-256)
};

// Signed by `issuer`, or by itself.
Certificate make_certificate(const CertificateOptions& options, const Certificate* issuer = nullptr);
// "EC", "ED25519" or "RSA": a private key alone, PEM.
std::string make_private_key(const std::string& kind, const std::string& curve = "P-256");

std::filesystem::path write_file(const std::filesystem::path& folder, const std::string& name,
                                 const std::string& content);

}  // namespace bb::test
