// dns_bytes.hpp - DNS messages written by hand, after RFC 1035, 4: so that they may
// lie. Nothing of the toolkit is used.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace bb::test {

inline std::string two(std::size_t number) {
  return {static_cast<char>(number >> 8 & 0xff), static_cast<char>(number & 0xff)};
}

// "a.b" as labels, with the empty one at the end.
inline std::string dns_labels(std::string_view name) {
  std::string bytes;
  while (!name.empty()) {
    const auto dot = name.find('.');
    const auto label = name.substr(0, dot);
    bytes += static_cast<char>(label.size());
    bytes += label;
    name = dot == std::string_view::npos ? std::string_view() : name.substr(dot + 1);
  }
  return bytes + '\0';
}

inline std::string dns_record(std::string_view owner, int type, const std::string& data) {
  return dns_labels(owner) + two(static_cast<std::size_t>(type)) + two(1) + std::string("\0\0\0\x3c", 4) +
         two(data.size()) + data;
}
inline std::string a_record(std::string_view owner, const std::string& four_bytes) {
  return dns_record(owner, 1, four_bytes);
}
inline std::string alias_record(std::string_view owner, std::string_view target) {
  return dns_record(owner, 5, dns_labels(target));
}
inline std::string srv_record(std::string_view owner, std::size_t priority, std::size_t weight, std::size_t port,
                              std::string_view host) {
  return dns_record(owner, 33, two(priority) + two(weight) + two(port) + dns_labels(host));
}
// RFC 4398, 2: type, key tag, algorithm, then the certificate.
inline std::string cert_record(std::string_view owner, std::size_t type, const std::string& data) {
  return dns_record(owner, 37, two(type) + two(0) + '\0' + data);
}

constexpr std::size_t answer_flags = 0x8180;  // QR, RD, RA

struct DnsBytes {
  std::string question = {};  // as it was asked: name, type, class
  std::string answers = {};
  std::size_t answer_count = 0;
  std::size_t flags = answer_flags;
  std::size_t question_count = 1;

  std::string with_id(const std::string& id) const {
    return id + two(flags) + two(question_count) + two(answer_count) + two(0) + two(0) + question + answers;
  }
  // As an answer to this query.
  std::string to(const std::string& query) const { return with_id(query.substr(0, 2)); }
};

// The question of a query without EDNS: all behind its header.
inline std::string question_of(const std::string& query) { return query.substr(12); }

}  // namespace bb::test
