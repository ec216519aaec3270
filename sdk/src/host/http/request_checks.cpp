#include "request_checks.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <string>

#include <bb/core/text.hpp>

namespace bb::host {
namespace {

constexpr std::size_t header_bytes_max = 64 * 1024;
constexpr std::array<std::string_view, 10> host_fields{
    "host",    "connection", "content-length", "transfer-encoding", "te",
    "trailer", "upgrade",    "expect",         "keep-alive",        "accept-encoding"};

bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c != '\0' && std::strchr("!#$%&'*+-.^_`|~", c) != nullptr);
  });
}

bool is_field_value(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte == '\t' || (byte >= 0x20 && byte != 0x7f);
  });
}

std::string shown(std::string_view text) { return "'" + shorten(to_utf8_lossy(text), 60) + "'"; }

}  // namespace

Status check_method(std::string_view method) {
  if (is_token(method) && method != "CONNECT") return {};
  return Error{"HTTP method " + shown(method) + " cannot be used"};
}

Status check_headers(const std::vector<Attribute>& headers) {
  std::size_t bytes = 0;
  for (const Attribute& field : headers) {
    const std::string& name = field.name;
    const std::string& value = field.value;
    if (!is_token(name)) return Error{"header field name " + shown(name) + " is no token"};
    if (!is_field_value(value)) return Error{"header field " + shown(name) + " holds a control character"};
    if (std::any_of(host_fields.begin(), host_fields.end(), [&](std::string_view own) { return iequals(own, name); }))
      return Error{"header field " + shown(name) + " is the host's to set"};
    bytes += name.size() + value.size();
  }
  if (bytes > header_bytes_max)
    return Error{"header fields are " + std::to_string(bytes) + " bytes, at most " + std::to_string(header_bytes_max)};
  return {};
}

}  // namespace bb::host
