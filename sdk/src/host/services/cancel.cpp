// bb.host.cancel/1
#include "../plugin_call.hpp"
#include "services.hpp"

namespace bb::host {
namespace {

extern "C" std::int64_t cancel_wait_handle(const bb_host*, const bb_call* call) {
  const Cancellation* const cancellation = plugin_call_of(call).cancellation;
  return cancellation ? cancellation->wait_handle() : -1;
}

}  // namespace

const bb_host_cancel& cancel_service() {
  static const bb_host_cancel table{sizeof(bb_host_cancel), 0, cancel_wait_handle};
  return table;
}

}  // namespace bb::host
