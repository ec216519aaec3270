#include "unstructured_body.hpp"

#include <string>
#include <utility>

#include <bb/core/text.hpp>

#include "encapsulated_data.hpp"

namespace bb::records {

void read_unstructured_body(XmlNode root, Record& record) {
  const auto text = root.child("component").child("nonXMLBody").child("text");
  if (!text) return;
  auto data = read_encapsulated_data(text);
  Attachment attachment;
  attachment.line = text.line();
  attachment.is_readable = data.bytes && (data.reference.empty() || !trim(*data.bytes).empty());
  if (attachment.is_readable) {
    attachment.size = data.bytes->size();
    if (data.is_text()) attachment.text = to_utf8_lossy(*data.bytes);
  }
  attachment.media_type = std::move(data.media_type);
  attachment.reference = std::move(data.reference);
  record.attachments.push_back(std::move(attachment));
}

}  // namespace bb::records
