// bb/smart/health_link.hpp - SMART Health Links: what a link carries.
//
// Source: SMART Health Links 1.0, "Construct a SMART Health Link Payload". What a link holds is judged by who reads it:
// a link that breaks a rule is read as far as it goes.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <bb/core/result.hpp>
#include <bb/core/value.hpp>

namespace bb::smart {

inline constexpr std::size_t health_link_bytes_max = 65'536;

struct HealthLink {
  std::string viewer = {};      // the address before the payload, without its '#'; empty: there is none
  Value payload = {};           // `url`, `key`, `flag`, `label`, `exp`, `v`
  bool is_minified = false;     // the payload has no white space between its tokens
  bool is_in_fragment = false;  // of a link with a viewer: behind '#', which no server gets to see

  std::string url() const { return payload["url"].string_or(""); }
  // 32 bytes; the error says what it is instead.
  [[nodiscard]] Result<std::string> key() const;
  bool has_flag(char letter) const { return payload["flag"].string_or("").find(letter) != std::string::npos; }
};

// "shlink:/<base64url of JSON>", alone or behind an address. The error is of text without it, of a payload that is no
// base64url or no JSON object; it repeats nothing of the link.
[[nodiscard]] Result<HealthLink> read_health_link(std::string_view text);

// Alone, or behind `viewer` and '#'.
std::string write_health_link(const Value& payload, std::string_view viewer = {});

}  // namespace bb::smart
