// dns_wire.hpp - DNS messages as bytes (RFC 1035, 4), by libldns.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <bb/core/result.hpp>
#include <bb/direct/dns.hpp>

namespace bb::direct {

inline constexpr std::size_t dns_message_bytes_max = 65'535;
inline constexpr std::size_t dns_records_max = 1000;  // of a message

struct DnsQuestion {
  std::string name;  // canonical, as DnsRecord::owner
  DnsType type = DnsType::a;
};

// A name in the form that names are compared in: lower case, what is no letter, digit
// or plain sign escaped as in zone files (RFC 1035, 5.1).
[[nodiscard]] Result<std::string> canonical_dns_name(std::string_view name);

struct DnsQuery {
  DnsQuestion question;
  std::uint16_t id = 0;
  bool is_recursive = true;
  std::uint16_t edns_bytes = 0;  // 0: no EDNS
};
[[nodiscard]] Result<std::string> write_dns_query(const DnsQuery& query);

struct DnsMessage {
  std::uint16_t id = 0;
  bool is_answer = false;  // QR
  bool is_truncated = false;
  int operation = 0;
  int code = 0;  // RCODE
  // Of the class IN; a question of another has no name.
  std::vector<DnsQuestion> questions;
  // The answer section, records of the types above and the class IN. Nothing where
  // the message is truncated: what is there may be half of it.
  std::vector<DnsRecord> records;
};
// The error says what does not fit: counts, names that point at themselves, lengths,
// bytes that are left over.
[[nodiscard]] Result<DnsMessage> read_dns_message(std::string_view bytes);

// "SERVFAIL" (RFC 1035, 4.1.1).
std::string dns_code_word(int code);

}  // namespace bb::direct
