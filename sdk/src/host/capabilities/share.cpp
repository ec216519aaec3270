// bb.share/1
#include <bb/abi/ext/share.h>

#include <array>

#include "capability.hpp"
#include "sinks.hpp"

namespace bb::host {
namespace {

bb_status send(Invocation& invocation) {
  Arguments& arguments = invocation.arguments;
  bb_share_request request{};
  request.struct_size = sizeof(request);
  request.idempotency_key = arguments.required_text("idempotency_key");
  const auto& destinations = arguments.destinations();
  request.destinations = destinations.data();
  request.destination_count = destinations.size();
  request.format_id = arguments.text("format_id");
  request.selection = &arguments.query(Arguments::Paging::no);
  const auto& item_ids = arguments.texts("item_ids");
  request.item_ids = item_ids.data();
  request.item_count = item_ids.size();
  if (!invocation.is_ready()) return BB_E_INVALID_ARGUMENT;
  ReceiptSink sink(invocation.state);
  const bb_status status =
      table_of<bb_share>(invocation).send(invocation.connector, &invocation.state.abi, &request, sink.abi());
  invocation.result.emitted = sink.take();
  return status;
}

bb_status track(Invocation& invocation) { return emit_receipts(invocation, table_of<bb_share>(invocation).track); }

}  // namespace

const Capability& share_capability() {
  static const std::array functions{BB_FUNCTION(bb_share, send, send), BB_FUNCTION(bb_share, track, track)};
  static const Capability capability{BB_SHARE, functions};
  return capability;
}

}  // namespace bb::host
