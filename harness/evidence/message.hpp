// harness/evidence/message.hpp - the message of a step: what claims look at.
//
// Attributes and a body, as recorded, secrets already removed. Messages are
// made by the engine from a connector's replies, by the evidence reader from a
// run folder, and by `suite mutate` from a recorded one; claims cannot tell
// which. docs/reference/suite-format.md, "The message of a step".
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <bb/core/value.hpp>
#include <bb/host/call.hpp>

namespace bb::evidence {

struct Message {
  std::string result;                       // "ok", "refused", "timeout" ...
  std::string status_name;                  // "BB_E_FORBIDDEN", for people
  std::string error;                        // what the connector said
  std::vector<host::Attribute> attributes;  // ":status", header fields, the connector's own
  std::string media_type;                   // "text/html" without parameters
  std::string filename;
  std::string body;
  Value item;                       // id, kind, title ... of content; null without
  std::int64_t first_byte_ms = -1;  // -1: nothing came
  std::int64_t total_ms = -1;

  // All but the body, as in the event `call_done`.
  Value to_value() const;
  static Message from_value(const Value& value, std::string body);
  // First value of an attribute, or nullptr.
  const std::string* attribute(std::string_view name) const;
};

}  // namespace bb::evidence
