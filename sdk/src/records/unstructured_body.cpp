#include "unstructured_body.hpp"

#include <optional>
#include <string>

#include <bb/core/crypto.hpp>
#include <bb/core/text.hpp>

namespace bb::records {
namespace {

bool is_text(const std::string& media_type) {
  return media_type.starts_with("text/") || media_type == "application/xml" || media_type.ends_with("+xml");
}

// The bytes of an ED; nothing where they cannot be had from what stands here.
std::optional<std::string> read_bytes(XmlNode text) {
  // No document is known that compresses its body.
  if (text.has_attribute("compression")) return std::nullopt;
  auto content = text.content(xml::Limits{}.bytes_max);
  if (text.attribute("representation") == "B64") return base64_decode(content);
  return content;
}

}  // namespace

void read_unstructured_body(XmlNode root, Record& record) {
  const auto text = root.child("component").child("nonXMLBody").child("text");
  if (!text) return;
  Attachment attachment;
  // ED.mediaType: text/plain where nothing is said.
  attachment.media_type =
      text.has_attribute("mediaType") ? to_lower(collapse_whitespace(text.attribute("mediaType"))) : "text/plain";
  attachment.reference = collapse_whitespace(text.child("reference").attribute("value"));
  attachment.line = text.line();
  const auto bytes = read_bytes(text);
  attachment.is_readable = bytes && (attachment.reference.empty() || !trim(*bytes).empty());
  if (attachment.is_readable) {
    attachment.size = bytes->size();
    if (is_text(attachment.media_type)) attachment.text = to_utf8_lossy(*bytes);
  }
  record.attachments.push_back(std::move(attachment));
}

}  // namespace bb::records
