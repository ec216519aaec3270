#include "harness/evidence/message.hpp"

#include <algorithm>

#include "harness/evidence/event_values.hpp"

namespace bb::evidence {

Value Message::to_value() const {
  Value value = Value::object();
  value.set("result", result);
  if (!status_name.empty()) value.set("status", status_name);
  if (!error.empty()) value.set("error", error);
  if (!attributes.empty()) value.set("attributes", attributes_to_value(attributes));
  if (!media_type.empty()) value.set("media_type", media_type);
  if (!filename.empty()) value.set("filename", filename);
  if (!item.is_null()) value.set("item", item);
  if (first_byte_ms >= 0) value.set("first_byte_ms", first_byte_ms);
  if (total_ms >= 0) value.set("total_ms", total_ms);
  return value;
}

Message Message::from_value(const Value& value, std::string body) {
  Message message;
  message.result = value["result"].string_or("");
  message.status_name = value["status"].string_or("");
  message.error = value["error"].string_or("");
  message.attributes = attributes_from_value(value["attributes"]);
  message.media_type = value["media_type"].string_or("");
  message.filename = value["filename"].string_or("");
  message.item = value["item"];
  message.first_byte_ms = value["first_byte_ms"].integer_or(-1);
  message.total_ms = value["total_ms"].integer_or(-1);
  message.body = std::move(body);
  return message;
}

const std::string* Message::attribute(std::string_view name) const {
  const auto found = std::find_if(attributes.begin(), attributes.end(),
                                  [&](const host::Attribute& attribute) { return attribute.name == name; });
  return found == attributes.end() ? nullptr : &found->value;
}

}  // namespace bb::evidence
