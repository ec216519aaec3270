#include "url.hpp"

#include <algorithm>
#include <charconv>

#include <bb/core/text.hpp>

namespace bb::host {
namespace {

constexpr std::size_t url_bytes_max = 16 * 1024;
constexpr int default_port_http = 80;
constexpr int default_port_https = 443;

Error not_usable(std::string_view text, const std::string& why) {
  return Error{"cannot use URL '" + shorten(to_utf8_lossy(text), 200) + "': " + why};
}

bool is_host_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
}

bool is_ipv6_character(char c) { return (c >= 'a' && c <= 'f') || (c >= '0' && c <= '9') || c == ':' || c == '.'; }

}  // namespace

std::string Url::authority() const {
  const std::string name = host.find(':') == std::string::npos ? host : "[" + host + "]";
  return port == (is_tls ? default_port_https : default_port_http) ? name : name + ":" + std::to_string(port);
}

std::string Url::origin() const { return (is_tls ? "https://" : "http://") + authority(); }

Result<Url> parse_url(std::string_view text) {
  if (text.size() > url_bytes_max)
    return not_usable(text, std::to_string(text.size()) + " bytes, at most " + std::to_string(url_bytes_max));
  if (std::any_of(text.begin(), text.end(), [](char c) { return c <= ' ' || c > '~'; }))
    return not_usable(text, "blanks, control and non-ASCII characters must be percent-encoded");
  const std::size_t colon = text.find("://");
  if (colon == std::string_view::npos) return not_usable(text, "expected https://HOST/PATH");
  const std::string scheme = to_lower(text.substr(0, colon));
  if (scheme != "http" && scheme != "https") return not_usable(text, "scheme '" + scheme + "' is not https");

  Url url;
  url.is_tls = scheme == "https";
  std::string_view rest = text.substr(colon + 3);
  rest = rest.substr(0, rest.find('#'));
  const std::size_t path = rest.find_first_of("/?");
  url.target = path == std::string_view::npos ? "" : std::string(rest.substr(path));
  if (!url.target.starts_with('/')) url.target.insert(0, "/");
  std::string_view authority = rest.substr(0, path);
  if (authority.find('@') != std::string_view::npos)
    return Error{"cannot use a URL with a user name in it: credentials are secrets, given by name"};

  std::string_view port;
  if (authority.starts_with('[')) {
    const std::size_t end = authority.find(']');
    if (end == std::string_view::npos) return not_usable(text, "the address has no closing bracket");
    url.host = to_lower(authority.substr(1, end - 1));
    port = authority.substr(end + 1);
    if (!std::all_of(url.host.begin(), url.host.end(), is_ipv6_character)) return not_usable(text, "no IPv6 address");
  } else {
    const std::size_t border = authority.find(':');
    url.host = to_lower(authority.substr(0, border));
    port = border == std::string_view::npos ? std::string_view() : authority.substr(border);
    if (!std::all_of(url.host.begin(), url.host.end(), is_host_character))
      return not_usable(text, "host '" + url.host + "' has characters a name cannot have");
  }
  if (url.host.empty()) return not_usable(text, "it has no host");
  url.port = url.is_tls ? default_port_https : default_port_http;
  if (port.empty() || port == ":") return url;
  const char* const digits_end = port.data() + port.size();
  const auto [end, failure] = std::from_chars(port.data() + 1, digits_end, url.port);
  if (port[0] != ':' || failure != std::errc() || end != digits_end || url.port < 1 || url.port > 65'535)
    return not_usable(text, "'" + std::string(port) + "' is no port");
  return url;
}

}  // namespace bb::host
