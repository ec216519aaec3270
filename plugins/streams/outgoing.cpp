#include "streams/outgoing.hpp"

#include <array>
#include <utility>

#include <bb/direct/address.hpp>

namespace bb::plugins {
namespace {

// Of all attachments; as base64 within what the host lets out in one call.
constexpr std::size_t content_bytes_max = std::size_t{32} * 1024 * 1024;

std::string recipient_of(const bb_destination& destination, std::string_view scheme, std::string_view why) {
  const auto given = to_view(destination.scheme);
  if (given != scheme)
    throw Failure{BB_E_UNSUPPORTED, "sending: a destination has the scheme '" + std::string(given) + "', " +
                                        std::string(why) + "; expected '" + std::string(scheme) + "', as in " +
                                        std::string(scheme) + ":alice@example.org"};
  auto text = to_view(destination.address);
  if (text.starts_with("mailto:")) text.remove_prefix(7);
  const auto address = direct::read_address(text);
  if (!address) throw Failure{BB_E_INVALID_ARGUMENT, "sending: " + address.error().what + "; nothing was sent"};
  return address->text();
}

// All of a source, which may not make the message longer than `bytes_max`.
std::string drained(Call& call, bb_source& source, std::size_t bytes_max) {
  std::string content;
  std::array<char, 64 * 1024> buffer;
  for (;;) {
    call.check();
    std::uint64_t got = 0;
    if (const auto status = source.read(&source, buffer.data(), buffer.size(), &got); status != BB_OK)
      throw Failure{status, "sending: an attachment could not be read; nothing was sent"};
    if (got == 0) return content;
    content.append(buffer.data(), static_cast<std::size_t>(got));
    if (content.size() > bytes_max)
      throw Failure{BB_E_TOO_LARGE, "sending: the attachments have more than " + std::to_string(content_bytes_max) +
                                        " bytes in all; nothing was sent"};
  }
}

}  // namespace

std::string_view key_of(const bb_outgoing& message) {
  if (message.idempotency_key.size == 0)
    throw Failure{BB_E_INVALID_ARGUMENT, "sending needs an idempotency key, so that nothing is sent twice"};
  return to_view(message.idempotency_key);
}

std::vector<std::string> recipients_of(const bb_outgoing& message, std::string_view scheme, std::string_view why) {
  if (message.destination_count == 0) throw Failure{BB_E_INVALID_ARGUMENT, "sending needs at least one destination"};
  std::vector<std::string> recipients;
  for (std::uint64_t i = 0; i < message.destination_count; ++i)
    recipients.push_back(recipient_of(*message.destinations[i], scheme, why));
  return recipients;
}

records::OutgoingMail mail_of(Call& call, const bb_outgoing& message) {
  records::OutgoingMail mail;
  mail.subject = to_view(message.subject_line);
  mail.text = to_view(message.body_text);
  auto bytes_left = content_bytes_max;
  for (std::uint64_t i = 0; i < message.attachment_count; ++i) {
    const auto& attachment = *message.attachments[i];
    auto content = drained(call, *attachment.content, bytes_left);
    bytes_left -= content.size();
    mail.attachments.push_back({std::string(to_view(attachment.media_type)), "attachment",
                                std::string(to_view(attachment.filename)), std::move(content)});
  }
  return mail;
}

}  // namespace bb::plugins
