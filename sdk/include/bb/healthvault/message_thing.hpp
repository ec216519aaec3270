// bb/healthvault/message_thing.hpp - a mail as a thing of type Message, with its parts as blobs.
//
// Source: message.xsd of the platform; HV-DIR-01.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <bb/core/result.hpp>
#include <bb/healthvault/thing_types.hpp>

namespace bb::healthvault {

// Bytes that go beside a thing.
struct NamedBlob {
  std::string name;
  std::string content_type;
  std::string bytes;
};

struct MessageThing {
  ThingXml thing;
  std::vector<NamedBlob> blobs;  // "FullMessage", the mail as it came; then its texts and attachments
};

// `when`: ISO 8601, to the day at least. Header fields stand there by their names, in lower case; the
// first text and the first HTML page that are no attachments are the text of the message, every
// other part an attachment. Bounded as bb/records/mime.hpp; the error says what is wrong.
[[nodiscard]] Result<MessageThing> message_thing(std::string_view mail, std::string_view when);

}  // namespace bb::healthvault
