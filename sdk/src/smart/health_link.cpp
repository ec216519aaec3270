#include <bb/smart/health_link.hpp>

#include <bb/core/crypto.hpp>
#include <bb/core/json.hpp>
#include <bb/smart/jwe.hpp>

namespace bb::smart {
namespace {

constexpr std::string_view scheme = "shlink:/";

Error wrong(std::string_view why) { return Error{"health link: " + std::string(why)}; }

bool has_blanks_between_tokens(std::string_view json) {
  bool is_in_text = false;
  for (std::size_t i = 0; i < json.size(); ++i) {
    if (json[i] == '"') is_in_text = !is_in_text;
    if (is_in_text && json[i] == '\\') ++i;
    if (!is_in_text && (json[i] == ' ' || (json[i] >= '\t' && json[i] <= '\r'))) return true;
  }
  return false;
}

}  // namespace

Result<std::string> HealthLink::key() const {
  const auto bytes = base64url_decode(payload["key"].string_or("")).value_or("");
  if (bytes.size() != jwe_key_bytes)
    return wrong("expected 'key' to be 32 bytes as base64url, got " + std::to_string(bytes.size()));
  return bytes;
}

Result<HealthLink> read_health_link(std::string_view text) {
  if (text.size() > health_link_bytes_max)
    return wrong("expected at most " + std::to_string(health_link_bytes_max) + " bytes");
  const auto at = text.find(scheme);
  if (at == std::string_view::npos) return wrong("expected 'shlink:/', which is not there");
  HealthLink link;
  if (at > 0) {
    link.is_in_fragment = text[at - 1] == '#';
    link.viewer = text.substr(0, at - 1);
  }
  const auto json = base64url_decode(text.substr(at + scheme.size()));
  if (!json) return wrong("the payload is no base64url");
  auto payload = parse_json(*json);
  if (!payload || !payload->is_object()) return wrong("the payload is no JSON object");
  link.payload = *std::move(payload);
  link.is_minified = !has_blanks_between_tokens(*json);
  return link;
}

std::string write_health_link(const Value& payload, std::string_view viewer) {
  std::string link(viewer);
  if (!link.empty()) link += '#';
  return link + std::string(scheme) + base64url_encode(to_json(payload));
}

}  // namespace bb::smart
