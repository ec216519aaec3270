// http_fetcher.hpp - gets what certificates point to, by HTTP: revocation lists, OCSP
// answers and issuers.
//
// A certificate says where the portal connects to, before it is trusted. So nothing but
// http is spoken, no redirect is followed, and size and time are bounded. What comes is
// signed by its issuer, and needs no TLS (RFC 5280, 8).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <bb/direct/trust.hpp>

namespace bb::portal {

// [any thread]
class HttpFetcher final : public direct::Fetcher {
 public:
  struct Limits {
    std::size_t bytes_max = std::size_t{8} * 1024 * 1024;
    int time_ms_max = 5'000;  // of one fetch, all in all
  };
  HttpFetcher() = default;
  explicit HttpFetcher(Limits limits) : limits_(limits) {}

  Result<std::string> fetch(const std::string& url, std::string_view body, std::string_view body_type) override;

 private:
  Limits limits_;
};

}  // namespace bb::portal
