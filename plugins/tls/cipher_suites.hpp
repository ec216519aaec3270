// plugins/tls/cipher_suites.hpp - cipher suites by their registered numbers, in the families that a policy names.
//
// Source: IANA, "TLS Cipher Suites". A suite of two families (RC4 with MD5) stands in both.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bb::tls {

// What is offered: "usual" is what clients of any age offer, without what nobody should take; "null", "export", "rc4",
// "des", "anonymous" and "md5" are that alone. Empty for another word.
std::vector<std::uint16_t> suites_of(std::string_view family);

// Those of TLS 1.3 (RFC 8446, B.4).
std::vector<std::uint16_t> suites_of_tls13();

// "TLS_AES_128_GCM_SHA256"; "0x1399" for one that is in no family.
std::string name_of_suite(std::uint16_t suite);

}  // namespace bb::tls
