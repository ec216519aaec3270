// bb.refills/1
#include <bb/abi/draft/refills.h>

#include <array>

#include "capability.hpp"
#include "sinks.hpp"

namespace bb::host {
namespace {

bb_status prescriptions(Invocation& invocation) {
  return emit_items(invocation, table_of<bb_refills>(invocation).prescriptions);
}
bb_status read(Invocation& invocation) { return emit_content(invocation, table_of<bb_refills>(invocation).read); }
bb_status status(Invocation& invocation) { return emit_content(invocation, table_of<bb_refills>(invocation).status); }

bb_status request(Invocation& invocation) {
  bb_refill_request asked{};
  asked.struct_size = sizeof(asked);
  asked.idempotency_key = invocation.arguments.required_text("idempotency_key");
  asked.prescription_id = invocation.arguments.required_text("prescription_id");
  asked.kind = invocation.arguments.required_text("kind");
  if (!invocation.is_ready()) return BB_E_INVALID_ARGUMENT;
  ContentSink sink(invocation.state);
  const bb_status done =
      table_of<bb_refills>(invocation).request(invocation.connector, &invocation.state.abi, &asked, sink.abi());
  take_content(invocation, sink, done);
  return done;
}

}  // namespace

const Capability& refills_capability() {
  static const std::array functions{BB_FUNCTION(bb_refills, prescriptions, prescriptions),
                                    BB_FUNCTION(bb_refills, read, read), BB_FUNCTION(bb_refills, request, request),
                                    BB_FUNCTION(bb_refills, status, status)};
  static const Capability capability{BB_REFILLS, functions};
  return capability;
}

}  // namespace bb::host
