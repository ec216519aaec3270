// bb/smart/jwe.hpp - encrypted files of SMART Health Links: JSON Web Encryption with a shared key, and no other.
//
// Source: RFC 7516 (compact form), RFC 7518, 4.5 (`dir`) and 5.3 (`A256GCM`); SMART Health Links, "Encrypting and
// Decrypting Files". Cryptography by OpenSSL, compression by zlib.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <bb/core/result.hpp>
#include <bb/core/value.hpp>

namespace bb::smart {

inline constexpr std::size_t jwe_bytes_max = 16 * 1024 * 1024;
inline constexpr std::size_t jwe_content_bytes_max = 64 * 1024 * 1024;  // after inflating
inline constexpr std::size_t jwe_key_bytes = 32;
inline constexpr std::size_t jwe_nonce_bytes = 12;

struct Jwe {
  Value header = {};             // `alg`, `enc`, `cty`, `zip`
  std::string header_text = {};  // as it came, which is authenticated too
  std::string encrypted_key = {}, nonce = {}, ciphertext = {}, tag = {};
};

// Five parts of base64url, the first a JSON object. Nothing is decrypted. The error says what is broken and nothing of
// what was read.
[[nodiscard]] Result<Jwe> read_jwe(std::string_view compact);

// The content. The error is of another `alg` than dir, another `enc` than A256GCM, another `zip` than DEF (raw
// deflate), `crit`, a key or nonce of the wrong length, of what was not encrypted with this key, and of content beyond
// the bound.
[[nodiscard]] Result<std::string> open_jwe(const Jwe& jwe, std::string_view key);

enum class Zip { none, deflate };
// `media_type` goes into `cty`; empty: it is left out. `key` has 32 bytes, `nonce` 12, of which none may be used twice
// with one key.
std::string write_jwe(std::string_view content, std::string_view media_type, std::string_view key,
                      std::string_view nonce, Zip zip);

}  // namespace bb::smart
