#include <algorithm>
#include <array>
#include <initializer_list>

#include <fmt/format.h>
#include <bb/core/bytes.hpp>
#include <bb/core/crypto.hpp>
#include <bb/core/text.hpp>
#include <bb/direct/message.hpp>

namespace bb::direct {
namespace {

constexpr std::size_t base64_line_chars = 76;  // RFC 2045, 6.8

// One behind the other, in memory taken once: messages are large, and copies of them
// were a third of the time to seal one.
std::string together(std::initializer_list<std::string_view> parts) {
  std::size_t bytes = 0;
  for (const auto part : parts) bytes += part.size();
  std::string text;
  text.reserve(bytes);
  for (const auto part : parts) text += part;
  return text;
}

std::string base64_lines(std::string_view bytes) {
  constexpr std::size_t line_bytes = base64_line_chars / 4 * 3, block_bytes = 64 * line_bytes;
  std::string lines;
  lines.reserve((bytes.size() / line_bytes + 1) * (base64_line_chars + 2));
  for (std::size_t begin = 0; begin < bytes.size(); begin += block_bytes) {
    const auto block = base64_encode(bytes.substr(begin, block_bytes));
    for (std::size_t at = 0; at < block.size(); at += base64_line_chars)
      lines.append(block, at, base64_line_chars).append("\r\n");
  }
  return lines;
}

bool is_mime_field(const Field& field) { return to_lower(field.name).starts_with("content-"); }

// What a message is sent by. A subject would tell what is inside.
bool is_routing_field(const Field& field) {
  constexpr std::array<std::string_view, 6> names{"from", "sender", "to", "cc", "date", "message-id"};
  return std::find(names.begin(), names.end(), to_lower(field.name)) != names.end();
}

// DIRECT-MSG-10: what is signed has to come through any transport as it is.
Status check_safe(std::string_view message) {
  if (!is_canonical(message))
    return Error{"a message to be sealed needs CRLF at the end of every line (RFC 8551, 3.1.1)"};
  if (are_ascii(message)) return {};
  const auto wide = std::find_if_not(message.begin(), message.end(), is_ascii);
  const auto line = 1 + std::count(message.begin(), wide, '\n');
  return Error{
      fmt::format("line {} of the message is not 7-bit: encode its part as base64 or quoted-printable before "
                  "it is sealed (RFC 8551, 3.1.2)",
                  line)};
}

// The lines of a field as they stand.
std::string_view lines_of(const Field& field, const Entity& entity, std::string_view message) {
  auto end = entity.bytes.size() - entity.body.size();
  for (const auto& other : entity.fields)
    if (other.offset > field.offset) end = std::min(end, other.offset);
  auto lines = message.substr(field.offset, end - field.offset);
  if (lines.ends_with("\r\n\r\n")) lines.remove_suffix(2);
  return lines;
}

// RFC 8551, 3.2.
std::string pkcs7_mime(std::string_view smime_type, std::string_view der) {
  return together({"Content-Type: application/pkcs7-mime; smime-type=", smime_type,
                   "; name=\"smime.p7m\"\r\n"
                   "Content-Transfer-Encoding: base64\r\n"
                   "Content-Disposition: attachment; filename=\"smime.p7m\"\r\n\r\n",
                   base64_lines(der)});
}

}  // namespace

std::string wrap(std::string_view message) {
  return together({"Content-Type: message/rfc822\r\nContent-Disposition: inline\r\n\r\n", message});
}

Result<std::string> unwrapped(std::string_view message) {
  BB_TRY(const auto entity, read_entity(message));
  std::string bytes;
  for (const auto& field : entity.fields)
    if (is_mime_field(field)) bytes += lines_of(field, entity, message);
  return together({bytes, "\r\n", entity.body});
}

std::string_view micalg_of(Digest digest) {
  switch (digest) {
    case Digest::sha256:
      return "sha-256";
    case Digest::sha384:
      return "sha-384";
    case Digest::sha512:
      return "sha-512";
    case Digest::sha1:
      return "sha-1";
    case Digest::md5:
      return "md5";
  }
  return "unknown";
}

Result<std::string> signed_entity(std::string_view entity, const Identity& signer, const SignOptions& options) {
  BB_TRY(const auto signature, sign(entity, signer, options));
  return signed_entity(entity, signature, micalg_of(options.digest));
}

std::string signed_entity(std::string_view entity, std::string_view signature_der, std::string_view micalg) {
  const auto boundary = "=_" + to_hex(random_bytes(16));
  return together({"Content-Type: multipart/signed; protocol=\"application/pkcs7-signature\"; micalg=", micalg,
                   ";\r\n boundary=\"", boundary, "\"\r\n\r\n--", boundary, "\r\n", entity, "\r\n--", boundary,
                   "\r\nContent-Type: application/pkcs7-signature; name=\"smime.p7s\"\r\n"
                   "Content-Transfer-Encoding: base64\r\n"
                   "Content-Disposition: attachment; filename=\"smime.p7s\"\r\n\r\n",
                   base64_lines(signature_der), "\r\n--", boundary, "--\r\n"});
}

Result<std::string> encrypted_entity(std::string_view entity, const std::vector<Certificate>& recipients,
                                     const EncryptOptions& options) {
  BB_TRY(const auto envelope, encrypt(entity, recipients, options));
  return encrypted_entity(envelope);
}

std::string encrypted_entity(std::string_view envelope_der) { return pkcs7_mime("enveloped-data", envelope_der); }

std::string opaque_entity(std::string_view signature_der) { return pkcs7_mime("signed-data", signature_der); }

Result<std::string> addressed(std::string_view entity, std::string_view message) {
  BB_TRY(const auto header, read_entity(message));
  std::string bytes;
  for (const auto& field : header.fields)
    if (is_routing_field(field)) bytes += lines_of(field, header, message);
  return together({bytes, "MIME-Version: 1.0\r\n", entity});
}

Result<std::string> seal(std::string_view message, const Identity& sender, const std::vector<Certificate>& recipients,
                         const SealOptions& options) {
  BB_CHECK(check_safe(message));
  std::string content;
  if (options.is_wrapped) {
    content = wrap(message);
  } else {
    BB_TRY(content, unwrapped(message));
  }
  BB_TRY(const auto signature, signed_entity(content, sender, options.sign));
  BB_TRY(const auto envelope, encrypted_entity(signature, recipients, options.encrypt));
  return addressed(envelope, message);
}

}  // namespace bb::direct
