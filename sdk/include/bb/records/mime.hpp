// bb/records/mime.hpp - mail messages: read their parts, write a new one.
//
// GMime does the work; the raw bytes are kept as they came.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <bb/core/result.hpp>

namespace bb::records {

struct MimePart {
  std::string content_type;  // "application/xml"
  std::string disposition;   // "attachment", "inline" or empty
  std::string filename;
  std::string body;  // transfer encoding undone
};

struct MimeMessage {
  std::vector<std::pair<std::string, std::string>> headers;  // lower-case names, decoded
  std::vector<MimePart> parts;                               // leaves, in order
};

// Bounded: 64 MiB, 100 parts, depth 20. The error says what is wrong.
[[nodiscard]] Result<MimeMessage> read_mime(std::string_view message);

struct OutgoingMail {
  std::string from, to, subject, message_id, text;
  std::int64_t date_unix_ns = 0;
  std::vector<MimePart> attachments;
};
// A multipart/mixed message with a text part and the attachments in base64, byte
// for byte. `to` and `from` may be a URL instead of a mailbox. The same mail
// gives the same bytes.
std::string write_mime(const OutgoingMail& mail);

}  // namespace bb::records
