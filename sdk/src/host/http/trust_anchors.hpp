// trust_anchors.hpp - the certificates that TLS connections of a host trust.
#pragma once

#include <openssl/types.h>

#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include <bb/core/result.hpp>

namespace bb::host {

// Reading a system's hundred and more anchors takes longer than a whole test:
// it is done once and shared by all connections. What changes on the system
// meanwhile is seen by the next host. [any thread]
class TrustAnchors {
 public:
  using Store = std::shared_ptr<X509_STORE>;

  // The system's anchors (OpenSSL's defaults, SSL_CERT_FILE and SSL_CERT_DIR
  // respected) and those of `ca_file` (PEM), unless that is empty. The file is
  // looked at each time; its text, not its name, tells whether it is known.
  Result<Store> store(const std::filesystem::path& ca_file);

 private:
  std::mutex mutex_;
  std::map<std::string, Store> stores_;  // by the text of the file
};

}  // namespace bb::host
