// bb/core/crypto.hpp - hashes and random bytes, by OpenSSL, and encodings.
//
// No cryptography of our own: OpenSSL, here and behind bb/core/signature_keys.hpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace bb {

std::string sha256(std::string_view bytes);      // 32 bytes
std::string sha256_hex(std::string_view bytes);  // 64 lower-case hex digits
// 40 lower-case hex digits. For formats that fix it (IHE XDM's `hash`), never for trust.
std::string sha1_hex(std::string_view bytes);
std::string to_hex(std::string_view bytes);
std::string base64_encode(std::string_view bytes);
std::string base64url_encode(std::string_view bytes);             // without padding
std::optional<std::string> base64_decode(std::string_view text);  // white space is skipped
// As base64url_encode() writes it and no other way: nothing but its alphabet, no padding, no bits behind the last byte.
std::optional<std::string> base64url_decode(std::string_view text);

// From the kernel through OpenSSL. Aborts the process when there is no entropy.
std::string random_bytes(std::size_t count);
// `bytes` random bytes as base64url: for tokens, states, ids.
std::string random_token(std::size_t bytes = 24);

// Bytes that follow from a seed alone (SHA-256 of seed and counter), so that a
// run can be repeated. Whoever knows the seed knows them: never for what must
// stay secret. [any thread]
class RepeatableBytes {
 public:
  explicit RepeatableBytes(std::string seed) : seed_(std::move(seed)) {}
  std::string next(std::size_t count);

 private:
  std::mutex mutex_;
  const std::string seed_;
  std::uint64_t counter_ = 0;
  std::string left_;  // of the last block
};

// Whether both are equal, in time that depends on the lengths alone.
bool equal_constant_time(std::string_view a, std::string_view b);

// OpenSSL's pem_password_cb for bytes whose pass phrase nobody has: always -1, so that reading fails at once.
// Without a callback OpenSSL asks the terminal, and the process waits for an answer. [any thread]
int refuse_pass_phrase(char* buffer, int size, int is_writing, void* context) noexcept;

// Overwrites the content in a way the compiler keeps, then clears.
void wipe(std::string& secret);

}  // namespace bb
