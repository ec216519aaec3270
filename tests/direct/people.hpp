// people.hpp - a test authority and two who hold its certificates, made once a program.
#pragma once

#include <bb/direct/address.hpp>

#include "pki/authority.hpp"
#include "support/must.hpp"

namespace bb::test {

inline constexpr std::int64_t day_seconds = 24 * 3600;
inline constexpr std::int64_t noon = 1'790'000'000;  // 2026-09-21, when all that is right is valid

inline pki::Request authority_request(const std::string& name) {
  pki::Request request{.common_name = name};
  request.not_before = noon - 365 * day_seconds;
  request.not_after = noon + 365 * day_seconds;
  request.key = pki::Key::p256;
  request.key_usage = "critical,keyCertSign,cRLSign";
  request.is_authority = true;
  return request;
}

inline pki::Request address_request(const std::string& address) {
  pki::Request request{.common_name = address};
  request.addresses = {address};
  request.key = pki::Key::p256;  // quickly made
  request.key_usage = "critical,digitalSignature,keyAgreement";
  request.not_before = noon - 30 * day_seconds;
  request.not_after = noon + 30 * day_seconds;
  return request;
}

struct People {
  direct::Identity root = must(pki::make_root(authority_request("Test Root")));
  direct::Identity authority = must(pki::issue(root, authority_request("Test Authority")));
  direct::Identity alice = must(pki::issue(authority, address_request("alice@direct.example.org")));
  direct::Identity bob = must(pki::issue(authority, address_request("bob@direct.example.net")));

  direct::Identity issue(const pki::Request& request) const { return must(pki::issue(authority, request)); }
};

inline const People& people() {
  static const People made;
  return made;
}

inline direct::Address address(std::string_view text) { return must(direct::read_address(text)); }

}  // namespace bb::test
