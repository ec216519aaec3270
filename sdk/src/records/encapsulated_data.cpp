#include "encapsulated_data.hpp"

#include <bb/core/crypto.hpp>
#include <bb/core/text.hpp>

namespace bb::records {
namespace {

std::optional<std::string> read_bytes(XmlNode node) {
  // No document is known that compresses its data.
  if (node.has_attribute("compression")) return std::nullopt;
  auto content = node.content(xml::Limits{}.bytes_max);
  if (is_base64(node)) return base64_decode(content);
  return content;
}

}  // namespace

bool is_base64(XmlNode node) { return collapse_whitespace(node.attribute("representation")) == "B64"; }

bool EncapsulatedData::is_text() const {
  return media_type.starts_with("text/") || media_type == "application/xml" || media_type.ends_with("+xml");
}

EncapsulatedData read_encapsulated_data(XmlNode node) {
  EncapsulatedData data;
  data.media_type =
      node.has_attribute("mediaType") ? to_lower(collapse_whitespace(node.attribute("mediaType"))) : "text/plain";
  data.reference = collapse_whitespace(node.child("reference").attribute("value"));
  data.bytes = read_bytes(node);
  return data;
}

}  // namespace bb::records
