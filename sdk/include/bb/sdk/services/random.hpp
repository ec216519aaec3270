// bb/sdk/services/random.hpp - bb.host.random/1: nonces, boundaries, message
// ids. Seeded in tests, so that two runs put the same bytes out.
#pragma once

#include <cstddef>
#include <string>

#include <bb/sdk/services/service.hpp>

namespace bb {

class Random {
 public:
  using Table = bb_host_random;
  static constexpr const char* id = BB_HOST_RANDOM;
  static bool is_complete(const Table* table) noexcept { return BB_HAS(table, fill); }

  Random(const bb_host* host, const Table* table) noexcept : host_(host), table_(table) {}

  std::string bytes(std::size_t count) const {
    std::string out(count, '\0');
    detail::expect_ok(table_->fill(host_, out.data(), out.size()), id, "drawing random bytes");
    return out;
  }

 private:
  const bb_host* host_;
  const Table* table_;
};

}  // namespace bb
