#include "portal/smart/redirect_uri.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

namespace bb::portal {
namespace {

constexpr std::string_view https = "https://";
constexpr std::string_view http = "http://";
constexpr std::array<std::string_view, 3> loopback_hosts{"127.0.0.1", "[::1]", "localhost"};

struct Parts {
  std::string_view scheme, host, port, rest;  // port without its colon
};

bool is_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc() && end == text.data() + text.size() && port > 0;
}

bool is_host(std::string_view text) {
  const auto is_allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
  };
  return text == "[::1]" || (!text.empty() && std::all_of(text.begin(), text.end(), is_allowed));
}

bool is_loopback(const Parts& parts) {
  return parts.scheme == http &&
         std::find(loopback_hosts.begin(), loopback_hosts.end(), parts.host) != loopback_hosts.end();
}

Result<Parts> take_apart(std::string_view uri) {
  const auto is_printable = [](char c) { return c > 0x20 && c < 0x7f; };
  if (uri.size() > redirect_uri_bytes_max) return Error{"a redirect address may have at most 2000 bytes"};
  if (!std::all_of(uri.begin(), uri.end(), is_printable)) return Error{"a redirect address is printable ASCII"};
  if (uri.find('#') != std::string_view::npos) return Error{"a redirect address has no fragment"};
  Parts parts;
  parts.scheme = uri.starts_with(https) ? https : uri.starts_with(http) ? http : std::string_view();
  if (parts.scheme.empty()) return Error{"a redirect address begins with https://, or http:// of the loopback address"};
  uri.remove_prefix(parts.scheme.size());
  const auto end = std::min(uri.find_first_of("/?"), uri.size());
  const auto authority = uri.substr(0, end);
  parts.rest = uri.substr(end);
  const auto bracket = authority.find(']');
  const auto colon = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
  parts.host = authority.substr(0, colon);
  if (colon != std::string_view::npos) {
    parts.port = authority.substr(colon + 1);
    if (!is_port(parts.port)) return Error{"the port of a redirect address is 1 to 65535"};
  }
  if (!is_host(parts.host)) return Error{"a redirect address has a host, and no user"};
  if (parts.scheme == http && !is_loopback(parts))
    return Error{"a redirect address is https, or http of 127.0.0.1, [::1] or localhost"};
  return parts;
}

}  // namespace

Result<std::string> origin_of_redirect(std::string_view uri) {
  BB_TRY(const auto parts, take_apart(uri));
  auto origin = std::string(parts.scheme) + std::string(parts.host);
  if (!parts.port.empty()) origin += ":" + std::string(parts.port);
  return origin;
}

bool is_registered_redirect(const std::vector<std::string>& registered, std::string_view uri) {
  const auto wanted = take_apart(uri);
  return wanted && std::any_of(registered.begin(), registered.end(), [&](const std::string& one) {
           if (one == uri) return true;
           const auto known = take_apart(one);
           return known && is_loopback(*known) && known->port.empty() && is_loopback(*wanted) &&
                  known->host == wanted->host && known->rest == wanted->rest;
         });
}

}  // namespace bb::portal
