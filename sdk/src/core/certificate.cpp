#include <bb/core/certificate.hpp>

#include <bb/core/crypto.hpp>

namespace bb {

std::optional<std::string> certificate_der(std::string_view text) {
  constexpr std::string_view begin = "-----BEGIN CERTIFICATE-----", end = "-----END CERTIFICATE-----";
  // RFC 7468, section 2: text before the boundary is to be ignored.
  if (const auto at = text.find(begin); at != std::string_view::npos) {
    text.remove_prefix(at + begin.size());
    const auto last = text.find(end);
    if (last == std::string_view::npos || text.find(begin) != std::string_view::npos) return std::nullopt;
    text = text.substr(0, last);
  }
  auto der = base64_decode(text);
  if (!der || der->empty() || der->size() > certificate_bytes_max) return std::nullopt;
  return der;
}

}  // namespace bb
