// bb.transmit/1
#include <bb/abi/ext/transmit.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <list>
#include <string>
#include <vector>

#include <bb/core/json.hpp>
#include <bb/core/text.hpp>
#include "../abi_text.hpp"
#include "capability.hpp"
#include "sinks.hpp"

namespace bb::host {
namespace {

// An attachment and the place up to which the connector has read it.
struct Attachment {
  bb_attachment abi;
  bb_source source;
  std::string_view left;
};

extern "C" bb_status read_attachment(bb_source* source, void* buffer, std::uint64_t capacity, std::uint64_t* got) {
  std::string_view& left = static_cast<Attachment*>(source->host_data)->left;
  const std::size_t count = static_cast<std::size_t>(std::min<std::uint64_t>(capacity, left.size()));
  if (count != 0) std::memcpy(buffer, left.data(), count);
  left.remove_prefix(count);
  *got = count;
  return BB_OK;
}

// The list keeps addresses, which the ABI structs point at.
void read_attachments(Arguments& arguments, std::list<Attachment>& attachments) {
  for (const Value& item : arguments.list("attachments")) {
    const std::string* const filename = item["filename"].string();
    const std::string* const media_type = item["media_type"].string();
    const std::string* const content = item["content"].string();
    if (!filename || !media_type || !content || item.size() != 3) {
      arguments.mistake("each of 'attachments' must be {filename, media_type, content}, got " +
                        shorten(to_json(item), 100));
      continue;
    }
    Attachment& attachment = attachments.emplace_back();
    attachment.left = *content;
    attachment.source = {sizeof(bb_source), 0, &attachment, content->size(), read_attachment};
    attachment.abi = {sizeof(bb_attachment), 0, to_abi(*filename), to_abi(*media_type), &attachment.source};
  }
}

bb_status send(Invocation& invocation) {
  Arguments& arguments = invocation.arguments;
  bb_outgoing message{};
  message.struct_size = sizeof(message);
  message.idempotency_key = arguments.required_text("idempotency_key");
  message.subject_line = arguments.text("subject_line");
  message.body_text = arguments.text("body_text");
  const auto& destinations = arguments.destinations();
  message.destinations = destinations.data();
  message.destination_count = destinations.size();
  std::list<Attachment> attachments;
  read_attachments(arguments, attachments);
  std::vector<const bb_attachment*> pointers;
  for (const Attachment& attachment : attachments) pointers.push_back(&attachment.abi);
  message.attachments = pointers.data();
  message.attachment_count = pointers.size();
  if (!invocation.is_ready()) return BB_E_INVALID_ARGUMENT;
  ReceiptSink sink(invocation.state);
  const bb_status status =
      table_of<bb_transmit>(invocation).send(invocation.connector, &invocation.state.abi, &message, sink.abi());
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
