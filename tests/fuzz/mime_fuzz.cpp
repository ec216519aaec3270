// Any bytes give a message or an error, and its first part travels unchanged as
// an attachment.
#include <bb/records/mime.hpp>

#include <cstdint>
#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace bb::records;
  const auto message = read_mime(std::string_view(reinterpret_cast<const char*>(data), size));
  if (!message || message->parts.empty()) return 0;
  OutgoingMail mail;
  mail.from = "a@example.org";
  mail.to = "b@example.org";
  mail.subject = message->headers.front().second;
  mail.text = message->parts.front().body;
  mail.attachments.push_back(message->parts.front());
  const auto again = read_mime(write_mime(mail));
  if (!again || again->parts.size() != 2 || again->parts[1].body != mail.attachments[0].body) std::abort();
  return 0;
}
