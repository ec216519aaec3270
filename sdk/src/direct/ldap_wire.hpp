// ldap_wire.hpp - LDAP messages as bytes (RFC 4511), by OpenLDAP's liblber.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <bb/core/result.hpp>
#include <bb/direct/ldap.hpp>

namespace bb::direct {

[[nodiscard]] Result<std::string> write_ldap_bind(int id);
std::string write_ldap_unbind(int id);
// `entries_max` is asked of the server.
[[nodiscard]] Result<std::string> write_ldap_search(int id, const LdapSearch& search, std::size_t entries_max);

// How long the message is that begins so, its first bytes counted; none where more
// has to be read to know. The error is of what begins no LDAP message.
[[nodiscard]] Result<std::optional<std::size_t>> ldap_message_size(std::string_view begin);

struct LdapAnswer {
  enum class Kind { bound, entry, reference, done, notice, other };
  Kind kind = Kind::other;
  int id = 0;
  LdapEntry entry;                // of entry
  std::vector<std::string> urls;  // of reference; of bound and done where the server refers
  int code = 0;                   // of bound, done, notice
  std::string message;            // of bound, done, notice
};
// One whole message.
[[nodiscard]] Result<LdapAnswer> read_ldap_answer(std::string_view bytes, const LdapLimits& limits);

}  // namespace bb::direct
