// mail.hpp - what the caller sends, as one mail (RFC 5322, multipart/mixed).
#pragma once

#include <array>
#include <cstdint>
#include <ctime>
#include <string>
#include <string_view>

#include <bb/core/crypto.hpp>
#include <bb/sdk/connector.hpp>

namespace clinic {

// Everything that an attachment has.
inline std::string read_all(bb_source& source) {
  std::string content, part(16 * 1024, '\0');
  for (std::uint64_t got = 1; got != 0; content.append(part, 0, got))
    if (const auto status = source.read(&source, part.data(), part.size(), &got); status != BB_OK)
      throw bb::Failure{status, "the attachment could not be read"};
  return content;
}

// `random` makes boundary and message id.
inline std::string mail_of(const bb_outgoing& message, std::string_view random, std::int64_t now_unix_ns) {
  const auto boundary = bb::to_hex(random);
  const std::time_t now = now_unix_ns / 1'000'000'000;
  std::array<char, 40> date{};
  std::strftime(date.data(), date.size(), "%a, %d %b %Y %H:%M:%S +0000", std::gmtime(&now));
  auto mail = "From: patient@clinic.example\r\nTo: undisclosed-recipients:;\r\nDate: " + std::string(date.data()) +
              "\r\nMessage-ID: <" + boundary + "@clinic.example>\r\nSubject: A health record\r\nMIME-Version: 1.0" +
              "\r\nContent-Type: multipart/mixed; boundary=" + boundary + "\r\n";
  for (std::uint64_t i = 0; i < message.attachment_count; ++i) {
    const auto& attachment = *message.attachments[i];
    const auto type = bb::to_view(attachment.media_type);
    if (type.find_first_of("\r\n") != std::string_view::npos)
      throw bb::Failure{BB_E_INVALID_ARGUMENT, "a media type is one line"};
    mail += "\r\n--" + boundary + "\r\nContent-Type: " + std::string(type) +
            "\r\nContent-Disposition: attachment; filename=\"record-" + std::to_string(i + 1) +
            "\"\r\nContent-Transfer-Encoding: base64\r\n";
    const auto encoded = bb::base64_encode(read_all(*attachment.content));
    for (std::size_t at = 0; at < encoded.size(); at += 76) mail += "\r\n" + encoded.substr(at, 76);
  }
  return mail + "\r\n--" + boundary + "--\r\n";
}

}  // namespace clinic
