// record_line.hpp - the portal's own line to a personal health record platform: HTTPS with
// the platform's certificate verified, this machine's clock, and the portal's key.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include <bb/healthvault/client.hpp>
#include <bb/healthvault/signing.hpp>

#include "portal/destination.hpp"

namespace bb::portal {

// What a portal has from a platform where it is an application.
struct RecordOptions {
  Destination platform;  // https, with its path
  std::string app_id;    // GUID
  healthvault::SigningKey key;
  std::string thumbprint;    // of the certificate of that key
  bool has_entries = false;  // what a document says is stored entry by entry too
};

// For one delivery. `trust_file` holds the trusted authorities as PEM. [thread of the call]
class RecordLine : public healthvault::Line {
 public:
  struct Limits {
    std::chrono::milliseconds exchange = std::chrono::seconds(5);
    std::chrono::milliseconds delivery = std::chrono::seconds(20);  // then is_over()
  };
  // All must outlive it; `is_stopping` ends it from elsewhere.
  RecordLine(const RecordOptions& options, const std::string& trust_file, const std::atomic<bool>& is_stopping,
             Limits limits);

  healthvault::Reply exchange(const healthvault::Exchange& exchange) override;
  std::int64_t now_unix_ns() override;
  std::string random_bytes(std::size_t count) override;
  void pause_ms(std::int64_t duration_ms) override;
  bool is_over() override;
  Result<healthvault::SessionProof> sign(std::string_view content) override;

 private:
  const RecordOptions& options_;
  const std::string& trust_file_;
  const std::atomic<bool>& is_stopping_;
  const Limits limits_;
  const std::chrono::steady_clock::time_point end_;
};

}  // namespace bb::portal
