// bb.transmit/1
#include <bb/abi/ext/transmit.h>

#include <array>

#include "capability.hpp"
#include "outgoing.hpp"
#include "sinks.hpp"

namespace bb::host {
namespace {

bb_status send(Invocation& invocation) {
  const Outgoing message(invocation.arguments);
  if (!invocation.is_ready()) return BB_E_INVALID_ARGUMENT;
  ReceiptSink sink(invocation.state);
  const bb_status status =
      table_of<bb_transmit>(invocation).send(invocation.connector, &invocation.state.abi, message.abi(), sink.abi());
  invocation.result.emitted = sink.take();
  return status;
}

bb_status track(Invocation& invocation) { return emit_receipts(invocation, table_of<bb_transmit>(invocation).track); }

}  // namespace

const Capability& transmit_capability() {
  static const std::array functions{BB_FUNCTION(bb_transmit, send, send), BB_FUNCTION(bb_transmit, track, track)};
  static const Capability capability{BB_TRANSMIT, functions};
  return capability;
}

}  // namespace bb::host
