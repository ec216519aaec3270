#include "tls/hello.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <bb/core/crypto.hpp>
#include <bb/core/text.hpp>

namespace bb::tls {
namespace {

constexpr std::uint8_t alert_record = 21, handshake_record = 22;
constexpr std::uint8_t client_hello_message = 1, server_hello_message = 2;
constexpr std::uint8_t warning_level = 1, close_notify = 0;
constexpr std::size_t record_bytes_max = 16'384 + 2'048;
constexpr std::uint16_t x25519 = 29;

enum class Extension : std::uint16_t {
  server_name = 0,
  supported_groups = 10,
  ec_point_formats = 11,
  signature_algorithms = 13,
  extended_master_secret = 23,
  supported_versions = 43,
  psk_key_exchange_modes = 45,
  key_share = 51,
  renegotiation_info = 0xff01,
};

std::string number(std::uint64_t value, int bytes) {
  std::string out;
  for (int i = bytes - 1; i >= 0; --i) out.push_back(static_cast<char>(value >> (8 * i) & 0xff));
  return out;
}

std::string with_length(int length_bytes, const std::string& content) {
  return number(content.size(), length_bytes) + content;
}

template <class Numbers>
std::string list_of(const Numbers& numbers) {
  std::string list;
  for (const auto one : numbers) list += number(static_cast<std::uint16_t>(one), 2);
  return with_length(2, list);
}

std::string extension(Extension type, const std::string& content) {
  return number(static_cast<std::uint16_t>(type), 2) + with_length(2, content);
}

bool is_address(std::string_view host) {
  return host.find(':') != std::string_view::npos || host.find_first_not_of("0123456789.") == std::string_view::npos;
}

std::string extensions_of(const ClientHello& hello) {
  const auto newest = hello.versions.back();
  std::string out;
  if (!hello.server_name.empty() && !is_address(hello.server_name))
    out += extension(Extension::server_name, with_length(2, number(0, 1) + with_length(2, hello.server_name)));
  constexpr std::array<std::uint16_t, 6> groups{x25519, 23, 24, 25, 256, 257};  // P-256, -384, -521; ffdhe2048, 3072
  out += extension(Extension::supported_groups, list_of(groups));
  out += extension(Extension::ec_point_formats, with_length(1, number(0, 1)));  // uncompressed
  out += extension(Extension::renegotiation_info, with_length(1, ""));
  out += extension(Extension::extended_master_secret, "");
  if (newest < Version::tls12) return out;
  constexpr std::array<std::uint16_t, 15> signatures{0x0403, 0x0503, 0x0603, 0x0807, 0x0808, 0x0809, 0x080a, 0x080b,
                                                     0x0804, 0x0805, 0x0806, 0x0401, 0x0501, 0x0601, 0x0201};
  out += extension(Extension::signature_algorithms, list_of(signatures));
  if (newest < Version::tls13) return out;
  std::string versions;
  for (auto version = hello.versions.rbegin(); version != hello.versions.rend(); ++version)
    versions += number(static_cast<std::uint16_t>(*version), 2);
  out += extension(Extension::supported_versions, with_length(1, versions));
  out += extension(Extension::psk_key_exchange_modes, with_length(1, number(1, 1)));
  out += extension(Extension::key_share, with_length(2, number(x25519, 2) + with_length(2, hello.key_share)));
  return out;
}

// Takes from the front; `is_good` is false once there was too little.
struct Reader {
  std::string_view rest;
  bool is_good = true;

  std::string_view bytes(std::size_t count) {
    if (count > rest.size()) {
      is_good = false;
      rest = {};
      return {};
    }
    const auto taken = rest.substr(0, count);
    rest.remove_prefix(count);
    return taken;
  }
  std::size_t number(std::size_t count) {
    std::size_t value = 0;
    for (const char byte : bytes(count)) value = value << 8 | static_cast<unsigned char>(byte);
    return value;
  }
};

Result<ServerAnswer> read_server_hello(std::string_view body) {
  Reader in{body};
  ServerAnswer answer{.is_hello = true};
  answer.version = static_cast<Version>(in.number(2));
  in.bytes(hello_random_bytes);
  in.bytes(in.number(1));  // session id
  answer.suite = static_cast<std::uint16_t>(in.number(2));
  in.number(1);  // compression
  if (!in.is_good) return Error{"its ServerHello is cut short"};
  if (in.rest.empty()) return answer;
  Reader extensions{in.bytes(in.number(2))};
  while (in.is_good && extensions.is_good && !extensions.rest.empty()) {
    const auto type = extensions.number(2);
    Reader content{extensions.bytes(extensions.number(2))};
    if (type == static_cast<std::size_t>(Extension::supported_versions))
      answer.version = static_cast<Version>(content.number(2));
    if (!content.is_good) return Error{"an extension of its ServerHello is cut short"};
  }
  if (!in.is_good || !extensions.is_good) return Error{"the extensions of its ServerHello are cut short"};
  return answer;
}

constexpr std::array<std::pair<int, std::string_view>, 26> alerts{{{0, "close_notify"},
                                                                   {10, "unexpected_message"},
                                                                   {20, "bad_record_mac"},
                                                                   {22, "record_overflow"},
                                                                   {40, "handshake_failure"},
                                                                   {42, "bad_certificate"},
                                                                   {43, "unsupported_certificate"},
                                                                   {44, "certificate_revoked"},
                                                                   {45, "certificate_expired"},
                                                                   {46, "certificate_unknown"},
                                                                   {47, "illegal_parameter"},
                                                                   {48, "unknown_ca"},
                                                                   {49, "access_denied"},
                                                                   {50, "decode_error"},
                                                                   {51, "decrypt_error"},
                                                                   {70, "protocol_version"},
                                                                   {71, "insufficient_security"},
                                                                   {80, "internal_error"},
                                                                   {86, "inappropriate_fallback"},
                                                                   {90, "user_canceled"},
                                                                   {109, "missing_extension"},
                                                                   {110, "unsupported_extension"},
                                                                   {112, "unrecognized_name"},
                                                                   {113, "bad_certificate_status_response"},
                                                                   {116, "certificate_required"},
                                                                   {120, "no_application_protocol"}}};

}  // namespace

std::string word_of(Version version) {
  for (const auto& [known, word] : versions)
    if (known == version) return std::string(word);
  return "0x" + to_hex(number(static_cast<std::uint16_t>(version), 2));
}

std::optional<Version> version_of(std::string_view word) {
  for (const auto& [version, known] : versions)
    if (known == word) return version;
  return std::nullopt;
}

std::string write_client_hello(const ClientHello& hello) {
  // RFC 8446, 4.1.2: a version above 1.2 is told by an extension alone.
  const auto version = std::min(hello.versions.back(), Version::tls12);
  std::string body = number(static_cast<std::uint16_t>(version), 2) + hello.random;
  body += number(0, 1);  // no session to resume
  body += list_of(hello.suites);
  body += with_length(1, number(0, 1));  // no compression
  if (version > Version::ssl3) body += with_length(2, extensions_of(hello));
  const auto message = number(client_hello_message, 1) + with_length(3, body);
  // RFC 5246, E.1: the record says the oldest version, for servers that look at it first.
  const auto record_version = std::min(version, Version::tls10);
  return number(handshake_record, 1) + number(static_cast<std::uint16_t>(record_version), 2) + with_length(2, message);
}

Result<std::optional<ServerAnswer>> read_server_answer(std::string_view bytes) {
  const std::optional<ServerAnswer> not_yet;
  std::string handshake;
  Reader in{bytes};
  while (in.rest.size() >= 5) {
    const auto type = in.number(1);
    const auto major = in.number(1);
    in.number(1);
    const auto size = in.number(2);
    if ((type != alert_record && type != handshake_record) || major != 3 || size == 0 || size > record_bytes_max)
      return Error{"what it answers is no TLS"};
    if (size > in.rest.size()) return not_yet;
    const auto content = in.bytes(size);
    if (type == alert_record) {
      if (content.size() != 2 || !handshake.empty()) return Error{"its alert is none of TLS"};
      const int description = static_cast<unsigned char>(content[1]);
      // A warning, as of a name that it does not know, ends nothing.
      if (content[0] == warning_level && description != close_notify) continue;
      return std::optional(ServerAnswer{.alert = description});
    }
    handshake += content;
    Reader message{handshake};
    if (message.number(1) != server_hello_message) return Error{"its first message is no ServerHello"};
    const auto length = message.number(3);
    if (!message.is_good || length > message.rest.size()) {
      if (handshake.size() > answer_bytes_max) return Error{"its ServerHello is too long"};
      continue;
    }
    auto answer = read_server_hello(message.bytes(length));
    if (!answer) return std::move(answer).error();
    return std::optional(*answer);
  }
  // Whoever speaks another protocol says so by the first byte.
  if (!bytes.empty() && bytes[0] != alert_record && bytes[0] != handshake_record)
    return Error{"what it answers is no TLS"};
  return not_yet;
}

std::string word_of_alert(int description) {
  for (const auto& [known, word] : alerts)
    if (known == description) return std::string(word);
  return "alert " + std::to_string(description);
}

}  // namespace bb::tls
