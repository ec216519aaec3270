// plugins/direct/bundles.hpp - the trust bundles of the configuration: fetched anew by
// the host's clock, the last good copy kept as long as the instance lives.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <bb/direct/bundle.hpp>
#include <bb/sdk/connector.hpp>

#include "material.hpp"

namespace bb::direct_connector {

// [serial]
class Bundles {
 public:
  // The list "bundles" of the configuration.
  explicit Bundles(const Context& context);

  bool is_empty() const { return configs_.empty(); }
  // Reads anew what is due, and tells evidence of each bundle what became of it. Throws
  // Failure where the call ends meanwhile, and for signers that cannot be read.
  void refresh(Call& call, direct::Fetcher& over_http, const Secret& secrets, std::int64_t at);
  // Of the last good copies, those that are valid then (DIRECT-BUNDLE-06).
  std::vector<direct::Certificate> anchors(std::int64_t at) const;

 private:
  struct Config {
    std::string at;  // "/bundles/0"
    std::string url;
    Material material;  // in place of a URL
    Material signers;
    std::int64_t refresh_seconds = 0;

    std::string name() const;
  };
  class Fetcher;

  std::vector<Config> configs_;
  std::optional<Evidence> evidence_;
  std::optional<direct::BundleStore> store_;  // once the signers were read
};

}  // namespace bb::direct_connector
