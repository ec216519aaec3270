#include <bb/core/uri.hpp>

#include <algorithm>

#include <bb/core/text.hpp>

namespace bb {
namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

}  // namespace

bool is_absolute_uri(std::string_view text) {
  const auto colon = text.find(':');
  if (colon == std::string_view::npos || colon == 0 || colon + 1 == text.size() || !is_letter(text[0])) return false;
  const auto scheme = text.substr(0, colon);
  return std::all_of(scheme.begin(), scheme.end(),
                     [](char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.'; });
}

std::string origin_of(std::string_view url) {
  const auto mark = url.find("://");
  if (mark == std::string_view::npos) return {};
  const auto scheme = to_lower(url.substr(0, mark));
  if (scheme != "http" && scheme != "https") return {};
  const auto rest = url.substr(mark + 3);
  const auto authority = to_lower(rest.substr(0, rest.find_first_of("/?#")));
  const auto is_plain = [](char c) { return c > ' ' && c < '\x7f' && c != '@' && c != '%' && c != '\\'; };
  if (authority.empty() || !std::all_of(authority.begin(), authority.end(), is_plain)) return {};
  const auto own_port = scheme == "https" ? std::string_view(":443") : std::string_view(":80");
  auto host = std::string_view(authority);
  if (host.ends_with(own_port)) host.remove_suffix(own_port.size());
  if (host.ends_with(':')) host.remove_suffix(1);
  return host.empty() ? std::string() : scheme + "://" + std::string(host);
}

}  // namespace bb
