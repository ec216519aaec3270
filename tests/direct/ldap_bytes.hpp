// ldap_bytes.hpp - LDAP messages written by hand, after RFC 4511: so that they may
// lie. Nothing of the toolkit is used.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace bb::test {

// A tag, the length of what stands in it, and that (X.690, 8.1).
inline std::string tlv(int tag, const std::string& content) {
  std::string bytes(1, static_cast<char>(tag));
  const auto size = content.size();
  if (size >= 0x100) bytes += {static_cast<char>(0x82), static_cast<char>(size >> 8)};
  if (size >= 0x80 && size < 0x100) bytes += static_cast<char>(0x81);
  return bytes + static_cast<char>(size & 0xff) + content;
}

inline std::string ldap_message(int id, const std::string& content) {
  return tlv(0x30, tlv(2, std::string(1, static_cast<char>(id))) + content);
}
inline std::string ldap_result(int tag, int code, const std::string& message = {}) {
  return tlv(tag, tlv(10, std::string(1, static_cast<char>(code))) + tlv(4, "") + tlv(4, message));
}
using LdapValues = std::vector<std::pair<std::string, std::vector<std::string>>>;
inline std::string ldap_entry(const std::string& name, const LdapValues& attributes) {
  std::string list;
  for (const auto& [attribute, values] : attributes) {
    std::string set;
    for (const auto& value : values) set += tlv(4, value);
    list += tlv(0x30, tlv(4, attribute) + tlv(0x31, set));
  }
  return tlv(0x64, tlv(4, name) + tlv(0x30, list));
}

}  // namespace bb::test
