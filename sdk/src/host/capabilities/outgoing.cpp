#include "outgoing.hpp"

#include <algorithm>
#include <cstring>
#include <string>

#include <bb/core/json.hpp>
#include <bb/core/text.hpp>
#include "../abi_text.hpp"

namespace bb::host {

bb_status BB_CALL Outgoing::read_attachment(bb_source* source, void* buffer, uint64_t capacity, uint64_t* got) {
  std::string_view& left = static_cast<Attachment*>(source->host_data)->left;
  const std::size_t count = static_cast<std::size_t>(std::min<std::uint64_t>(capacity, left.size()));
  if (count != 0) std::memcpy(buffer, left.data(), count);
  left.remove_prefix(count);
  *got = count;
  return BB_OK;
}

void Outgoing::read_attachments(Arguments& arguments) {
  for (const Value& item : arguments.list("attachments")) {
    const std::string* const filename = item["filename"].string();
    const std::string* const media_type = item["media_type"].string();
    const std::string* const content = item["content"].string();
    if (!filename || !media_type || !content || item.size() != 3) {
      arguments.mistake("each of 'attachments' must be {filename, media_type, content}, got " +
                        shorten(to_json(item), 100));
      continue;
    }
    Attachment& attachment = attachments_.emplace_back();
    attachment.left = *content;
    attachment.source = {sizeof(bb_source), 0, &attachment, content->size(), read_attachment};
    attachment.abi = {sizeof(bb_attachment), 0, to_abi(*filename), to_abi(*media_type), &attachment.source};
  }
}

Outgoing::Outgoing(Arguments& arguments, Recipients recipients) {
  message_.struct_size = sizeof(message_);
  message_.idempotency_key = arguments.required_text("idempotency_key");
  message_.subject_line = arguments.text("subject_line");
  message_.body_text = arguments.text("body_text");
  if (recipients == Recipients::needed || !arguments.list("destinations").empty()) {
    const auto& destinations = arguments.destinations();
    message_.destinations = destinations.data();
    message_.destination_count = destinations.size();
  }
  read_attachments(arguments);
  for (const Attachment& attachment : attachments_) pointers_.push_back(&attachment.abi);
  message_.attachments = pointers_.data();
  message_.attachment_count = pointers_.size();
}

}  // namespace bb::host
