// bb/sdk/services/cancel.hpp - bb.host.cancel/1: a handle to wait on, for
// connectors that block on sockets of their own.
#pragma once

#include <cstdint>

#include <bb/sdk/call.hpp>
#include <bb/sdk/services/service.hpp>

namespace bb {

class Cancel {
 public:
  using Table = bb_host_cancel;
  static constexpr const char* id = BB_HOST_CANCEL;
  static bool is_complete(const Table* table) noexcept { return BB_HAS(table, wait_handle); }

  Cancel(const bb_host* host, const Table* table) noexcept : host_(host), table_(table) {}

  // Becomes ready when the call is cancelled; -1 if there is none. Wait on it,
  // never read or close it. Valid until the call ends.
  std::int64_t wait_handle(const Call& call) const noexcept { return table_->wait_handle(host_, call.raw()); }

 private:
  const bb_host* host_;
  const Table* table_;
};

}  // namespace bb
