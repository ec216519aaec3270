// bb.download/1
#include <array>

#include <bb/abi/ext/download.h>
#include "capability.hpp"
#include "sinks.hpp"

namespace bb::host {
namespace {

bb_status formats(Invocation& invocation) {
  const bb_str subject = invocation.arguments.text("subject");
  if (!invocation.is_ready()) return BB_E_INVALID_ARGUMENT;
  FormatSink sink(invocation.state);
  const bb_status status =
      table_of<bb_download>(invocation).formats(invocation.connector, &invocation.state.abi, subject, sink.abi());
  invocation.result.emitted = sink.take();
  return status;
}

bb_status fetch(Invocation& invocation) {
  bb_download_request request{};
  request.struct_size = sizeof(request);
  request.format_id = invocation.arguments.required_text("format_id");
  request.selection = &invocation.arguments.query(Arguments::Paging::no);
  const auto& item_ids = invocation.arguments.texts("item_ids");
  request.item_ids = item_ids.data();
  request.item_count = item_ids.size();
  if (!invocation.is_ready()) return BB_E_INVALID_ARGUMENT;
  ContentSink sink(invocation.state);
  const bb_status status =
      table_of<bb_download>(invocation).fetch(invocation.connector, &invocation.state.abi, &request, sink.abi());
  take_content(invocation, sink, status);
  return status;
}

}  // namespace

const Capability& download_capability() {
  static const std::array functions{BB_FUNCTION(bb_download, formats, formats), BB_FUNCTION(bb_download, fetch, fetch)};
  static const Capability capability{BB_DOWNLOAD, functions};
  return capability;
}

}  // namespace bb::host
