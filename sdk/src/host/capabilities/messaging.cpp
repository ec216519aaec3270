// bb.messaging/1
#include <bb/abi/draft/messaging.h>

#include <array>

#include "capability.hpp"
#include "outgoing.hpp"
#include "sinks.hpp"

namespace bb::host {
namespace {

bb_status threads(Invocation& invocation) { return emit_items(invocation, table_of<bb_messaging>(invocation).threads); }
bb_status read(Invocation& invocation) { return emit_content(invocation, table_of<bb_messaging>(invocation).read); }

bb_status recipients(Invocation& invocation) {
  if (!invocation.is_ready()) return BB_E_INVALID_ARGUMENT;
  ItemSink sink(invocation.state);
  const bb_status status =
      table_of<bb_messaging>(invocation).recipients(invocation.connector, &invocation.state.abi, sink.abi());
  invocation.result.emitted = sink.take();
  return status;
}

bb_status post(Invocation& invocation) {
  const bb_str thread_id = invocation.arguments.text("thread_id");
  const Outgoing message(invocation.arguments,
                         thread_id.size == 0 ? Outgoing::Recipients::needed : Outgoing::Recipients::known);
  if (!invocation.is_ready()) return BB_E_INVALID_ARGUMENT;
  ReceiptSink sink(invocation.state);
  const bb_status status = table_of<bb_messaging>(invocation)
                               .post(invocation.connector, &invocation.state.abi, thread_id, message.abi(), sink.abi());
  invocation.result.emitted = sink.take();
  return status;
}

}  // namespace

const Capability& messaging_capability() {
  static const std::array functions{BB_FUNCTION(bb_messaging, threads, threads), BB_FUNCTION(bb_messaging, read, read),
                                    BB_FUNCTION(bb_messaging, recipients, recipients),
                                    BB_FUNCTION(bb_messaging, post, post)};
  static const Capability capability{BB_MESSAGING, functions};
  return capability;
}

}  // namespace bb::host
