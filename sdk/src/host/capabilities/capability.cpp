#include "capability.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "sinks.hpp"

namespace bb::host {

bool Invocation::is_ready() {
  std::string problem = arguments.problem();
  if (problem.empty()) return true;
  state.refuse(BB_E_INVALID_ARGUMENT, Blame::host, std::move(problem));
  return false;
}

const Capability* find_capability(std::string_view interface) {
  static const std::array<const Capability*, 12> all{
      &session_capability(),  &view_capability(),      &download_capability(), &share_capability(),
      &transmit_capability(), &inbox_capability(),     &activity_capability(), &probe_capability(),
      &trust_capability(),    &messaging_capability(), &refills_capability(),  &appointments_capability()};
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const Capability* one) { return one->interface == interface; });
  return found == all.end() ? nullptr : *found;
}

const Function* find_function(const Capability& capability, std::string_view name) {
  const auto found = std::find_if(capability.functions.begin(), capability.functions.end(),
                                  [&](const Function& one) { return one.name == name; });
  return found == capability.functions.end() ? nullptr : &*found;
}

bb_status emit_items(Invocation& invocation,
                     bb_status(BB_CALL* list)(bb_connector*, bb_call*, const bb_query*, bb_item_sink*)) {
  const bb_query& query = invocation.arguments.query(Arguments::Paging::yes);
  if (!invocation.is_ready()) return BB_E_INVALID_ARGUMENT;
  ItemSink sink(invocation.state);
  const bb_status status = list(invocation.connector, &invocation.state.abi, &query, sink.abi());
  invocation.result.emitted = sink.take();
  return status;
}

bb_status emit_content(Invocation& invocation,
                       bb_status(BB_CALL* read)(bb_connector*, bb_call*, bb_str, bb_content_sink*)) {
  const bb_str item_id = invocation.arguments.required_text("item_id");
  if (!invocation.is_ready()) return BB_E_INVALID_ARGUMENT;
  ContentSink sink(invocation.state);
  const bb_status status = read(invocation.connector, &invocation.state.abi, item_id, sink.abi());
  take_content(invocation, sink, status);
  return status;
}

void take_content(Invocation& invocation, ContentSink& sink, bb_status status) {
  sink.check(status);
  invocation.result.has_content = true;
  invocation.result.item = std::move(sink.item);
  invocation.result.attributes = std::move(sink.attributes);
  invocation.result.body = std::move(sink.body);
}

bb_status emit_receipts(Invocation& invocation,
                        bb_status(BB_CALL* track)(bb_connector*, bb_call*, bb_str, bb_receipt_sink*)) {
  const bb_str message_id = invocation.arguments.required_text("message_id");
  if (!invocation.is_ready()) return BB_E_INVALID_ARGUMENT;
  ReceiptSink sink(invocation.state);
  const bb_status status = track(invocation.connector, &invocation.state.abi, message_id, sink.abi());
  invocation.result.emitted = sink.take();
  return status;
}

}  // namespace bb::host
