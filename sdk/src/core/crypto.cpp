#include <bb/core/crypto.hpp>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <climits>
#include <cstdlib>

namespace bb {
namespace {

unsigned char* bytes_of(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }
const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

std::string sha256(std::string_view bytes) {
  std::string digest(EVP_MAX_MD_SIZE, '\0');
  unsigned int size = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), bytes_of(digest), &size, EVP_sha256(), nullptr) != 1)
    std::abort();  // only without memory
  digest.resize(size);
  return digest;
}

}  // namespace

std::string sha256_hex(std::string_view bytes) { return to_hex(sha256(bytes)); }

std::string RepeatableBytes::next(std::size_t count) {
  const std::scoped_lock lock(mutex_);
  while (left_.size() < count) left_ += sha256(seed_ + "/" + std::to_string(counter_++));
  std::string bytes = left_.substr(0, count);
  left_.erase(0, count);
  return bytes;
}

std::string to_hex(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  out.reserve(bytes.size() * 2);
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    out += digits[byte >> 4];
    out += digits[byte & 15];
  }
  return out;
}

std::string base64_encode(std::string_view bytes) {
  std::string out;
  constexpr std::size_t slice_bytes_max = 3u << 24;  // OpenSSL counts in int
  for (std::size_t at = 0; at < bytes.size(); at += slice_bytes_max) {
    const auto slice = bytes.substr(at, slice_bytes_max);
    const auto start = out.size();
    out.resize(start + (slice.size() + 2) / 3 * 4 + 1);
    const int size = EVP_EncodeBlock(bytes_of(out) + start, bytes_of(slice), static_cast<int>(slice.size()));
    out.resize(start + static_cast<std::size_t>(size));
  }
  return out;
}

std::string base64url_encode(std::string_view bytes) {
  std::string out = base64_encode(bytes);
  std::replace(out.begin(), out.end(), '+', '-');
  std::replace(out.begin(), out.end(), '/', '_');
  out.erase(std::find(out.begin(), out.end(), '='), out.end());
  return out;
}

std::optional<std::string> base64_decode(std::string_view text) {
  std::string packed;
  packed.reserve(text.size());
  for (const char c : text)
    if (c != ' ' && !(c >= '\t' && c <= '\r')) packed += c;
  if (packed.size() % 4 != 0 || packed.size() > INT_MAX) return std::nullopt;
  if (packed.empty()) return std::string();
  const std::size_t padding = packed.ends_with("==") ? 2 : packed.ends_with('=') ? 1 : 0;
  if (packed.find('=') != std::string::npos && packed.find('=') < packed.size() - padding) return std::nullopt;
  std::string out(packed.size() / 4 * 3, '\0');
  const int size = EVP_DecodeBlock(bytes_of(out), bytes_of(packed), static_cast<int>(packed.size()));
  if (size < 0) return std::nullopt;
  out.resize(static_cast<std::size_t>(size) - padding);
  return out;
}

std::string random_bytes(std::size_t count) {
  std::string out(count, '\0');
  if (count > INT_MAX || RAND_bytes(bytes_of(out), static_cast<int>(count)) != 1) std::abort();
  return out;
}

std::string random_token(std::size_t bytes) { return base64url_encode(random_bytes(bytes)); }

bool equal_constant_time(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace bb
