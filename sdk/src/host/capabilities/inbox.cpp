// bb.inbox/1
#include <bb/abi/ext/inbox.h>

#include <algorithm>
#include <array>
#include <utility>

#include "../abi_text.hpp"
#include "capability.hpp"
#include "sinks.hpp"

namespace bb::host {
namespace {

constexpr std::size_t tag_bytes_max = 32;

bool is_tag(std::string_view tag) {
  return tag.size() <= tag_bytes_max && std::all_of(tag.begin(), tag.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
         });
}

bb_status poll(Invocation& invocation) { return emit_items(invocation, table_of<bb_inbox>(invocation).poll); }
bb_status read(Invocation& invocation) { return emit_content(invocation, table_of<bb_inbox>(invocation).read); }

bb_status acknowledge(Invocation& invocation) {
  const bb_str item_id = invocation.arguments.required_text("item_id");
  const bb_disposition disposition = invocation.arguments.word("disposition",
                                                               {{"processed", BB_DISPOSITION_PROCESSED},
                                                                {"displayed", BB_DISPOSITION_DISPLAYED},
                                                                {"denied", BB_DISPOSITION_DENIED}},
                                                               BB_DISPOSITION_UNKNOWN);
  if (!invocation.is_ready()) return BB_E_INVALID_ARGUMENT;
  invocation.result.emitted = Value::object();
  return table_of<bb_inbox>(invocation).acknowledge(invocation.connector, &invocation.state.abi, item_id, disposition);
}

bb_status allocate(Invocation& invocation) {
  const bb_str tag = invocation.arguments.required_text("tag");
  if (!is_tag(from_abi(tag))) invocation.arguments.mistake("'tag' must be 1 to 32 of a-z, 0-9 and '-'");
  if (!invocation.is_ready()) return BB_E_INVALID_ARGUMENT;
  TextSink sink;
  const bb_status status =
      table_of<bb_inbox>(invocation).allocate(invocation.connector, &invocation.state.abi, tag, sink.abi());
  if (status == BB_OK && sink.text.empty()) invocation.state.breach("returned BB_OK without an address");
  invocation.result.emitted = Value::object({{"address", std::move(sink.text)}});
  return status;
}

}  // namespace

const Capability& inbox_capability() {
  static const std::array functions{BB_FUNCTION(bb_inbox, poll, poll), BB_FUNCTION(bb_inbox, read, read),
                                    BB_FUNCTION(bb_inbox, acknowledge, acknowledge),
                                    BB_FUNCTION(bb_inbox, allocate, allocate)};
  static const Capability capability{BB_INBOX, functions};
  return capability;
}

}  // namespace bb::host
