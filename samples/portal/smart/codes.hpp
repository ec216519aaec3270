// codes.hpp - authorization codes: good once, for a minute.
//
// Source: RFC 6749, 4.1.2 and 10.5 (FHIR-SMART-26).
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "portal/sessions.hpp"
#include "portal/smart/expiring_map.hpp"
#include "portal/smart/grants.hpp"

namespace bb::portal {

inline constexpr std::int64_t code_seconds = 60;

// What a code stands for.
struct Authorization {
  AppGrant grant;  // without an id: it is opened when the code is redeemed
  std::string redirect_uri;
  std::string code_challenge;
  std::string nonce;
};

// Codes are kept as hashes, 10,000 at most; a used one for an hour, so that a second use is known for one. [any thread]
class Codes {
 public:
  explicit Codes(Clock clock) : clock_(std::move(clock)) {}

  std::string issue(Authorization authorization);
  struct Looked {
    Authorization authorization;
    std::string used_for = {};  // the grant that came of it; empty: it is fresh
  };
  // nullopt: it is unknown, or has expired.
  std::optional<Looked> find(std::string_view code) const;
  // False: it was used in between.
  bool use(std::string_view code, const std::string& grant);
  // Those that nobody has used yet: by the application and by who consented.
  void end(std::string_view client_id, std::string_view subject);

 private:
  Clock clock_;
  mutable std::mutex mutex_;
  ExpiringMap<Looked> by_hash_{10'000};
};

}  // namespace bb::portal
