// signature_algorithms.hpp - what each of JOSE's signature algorithms is to OpenSSL.
#pragma once

#include <openssl/types.h>

#include <cstddef>
#include <string_view>

namespace bb {

struct SignatureAlgorithm {
  std::string_view name;
  int key_type;  // EVP_PKEY_RSA ...
  bool is_pss;
  const EVP_MD* (*digest)();     // nullptr: the algorithm has its own
  std::size_t coordinate_bytes;  // of a raw ECDSA signature's half; 0: no ECDSA
  const char* curve;             // as JWK names it; nullptr: none
};

// nullptr: there is none of the name.
const SignatureAlgorithm* find_signature_algorithm(std::string_view name);

}  // namespace bb
