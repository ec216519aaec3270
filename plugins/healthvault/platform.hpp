// plugins/healthvault/platform.hpp - the platform of the configuration, and the line of one
// call to it: over the host's HTTP, with the host's clock and the application's key there.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <bb/healthvault/client.hpp>
#include <bb/healthvault/ids.hpp>
#include <bb/sdk/connector.hpp>

namespace bb::healthvault_connector {

namespace hv = healthvault;

// What every type of the library is configured with, as members of its schema.
inline constexpr char platform_schema[] = R"(
      "platform_url": {"type": "string", "format": "url", "pattern": "^https?://[^/?#]+/[^?#]",
        "title": "Address of the platform",
        "description": "With its path, for example https://platform.example/platform/wildcat.ashx"},
      "app_id": {"type": "string", "pattern": "^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$",
        "title": "Id of the application", "description": "A GUID, for example 9c1a1f0e-6d5b-4d0a-9f5e-0f6f0a3b1c2d"},
      "key": {"type": "string", "format": "secret-name", "minLength": 1,
        "title": "Secret with the application's private key, PEM"},
      "thumbprint": {"type": "string", "pattern": "^([0-9A-Fa-f]{2}[: ]?){19}[0-9A-Fa-f]{2}$",
        "title": "Thumbprint of its certificate",
        "description": "SHA-1 of the certificate in hex, as openssl x509 -fingerprint prints it"},
      "device_secret": {"type": "string", "format": "secret-name", "minLength": 1,
        "title": "Secret with the shared secret of a device's application, base64",
        "description": "As NewApplicationCreationInfo gives it; in place of key and thumbprint"},
      "signature": {"enum": ["RSA-SHA1", "RSA-SHA256"], "default": "RSA-SHA1", "title": "How sessions are signed"},
      "encoding": {"enum": ["identity", "gzip", "deflate"], "default": "identity",
        "title": "How requests are compressed, where the platform takes them so"},
      "culture": {"type": "string", "minLength": 2, "title": "Culture code, for example en-US"})";

class Platform {
 public:
  explicit Platform(const Context& context);

  const hv::ClientOptions& options() const { return options_; }
  const Secret& secret() const { return secret_; }
  std::shared_ptr<hv::Client> new_client() const { return std::make_shared<hv::Client>(options_); }
  // The same at another instance of the topology (HV-SHELL-08).
  std::shared_ptr<hv::Client> new_client_at(std::string platform_url) const {
    auto options = options_;
    options.platform_url = std::move(platform_url);
    return std::make_shared<hv::Client>(std::move(options));
  }

 private:
  friend class HostLine;
  hv::ClientOptions options_;
  std::string device_secret_;  // names of secrets; of device_secret_ and key_ one is empty
  std::string key_;
  std::string thumbprint_;
  hv::SignatureMethod method_;
  Http http_;
  Clock clock_;
  Random random_;
  Secret secret_;
};

// Whether exchanges of a line answer the call: BB_HTTP_ANSWER.
enum class Answers { call, helper };

class HostLine final : public hv::Line {
 public:
  HostLine(const Platform& platform, Call& call, Answers answers = Answers::call)
      : platform_(platform), call_(call), answers_(answers) {}

  // Throws what the host ends a call with; a connection that broke is a reply of status 0.
  hv::Reply exchange(const hv::Exchange& exchange) override;
  std::int64_t now_unix_ns() override { return platform_.clock_.now_unix_ns(); }
  std::string random_bytes(std::size_t count) override { return platform_.random_.bytes(count); }
  void pause_ms(std::int64_t duration_ms) override { platform_.clock_.sleep_ms(call_, duration_ms); }
  bool is_over() override;
  Result<hv::SessionProof> sign(std::string_view content) override;

  Call& call() const { return call_; }

 private:
  const Platform& platform_;
  Call& call_;
  Answers answers_;
};

// What a refusal means to the caller; `doing` opens the sentence. The code is the failure's
// domain code, of the domain "healthvault".
Failure failure_of(const hv::CallError& error, std::string_view doing);

// The value, or the failure.
template <class T>
T expect(hv::Called<T> called, std::string_view doing) {
  if (!called) throw failure_of(called.error(), doing);
  return std::move(called).value();
}

// Of an address, or of the organisation's own id for the patient, which the platform knows
// (HV-PERM-10).
hv::RecordAddress resolve_address(hv::Client& client, hv::Line& line, std::string_view text, std::string_view doing);

}  // namespace bb::healthvault_connector
