#include <bb/core/crypto.hpp>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <climits>
#include <cstdlib>

namespace bb {
namespace {

unsigned char* bytes_of(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

std::string digest_of(std::string_view bytes, const EVP_MD* algorithm) {
  std::string digest(EVP_MAX_MD_SIZE, '\0');
  unsigned int size = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), bytes_of(digest), &size, algorithm, nullptr) != 1)
    std::abort();  // only without memory
  digest.resize(size);
  return digest;
}

}  // namespace

std::string sha256(std::string_view bytes) {
  // Fetched once: a look-up by name costs more than a small message's hash.
  static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  return digest_of(bytes, algorithm);
}

std::string sha256_hex(std::string_view bytes) { return to_hex(sha256(bytes)); }

std::string sha1_hex(std::string_view bytes) { return to_hex(digest_of(bytes, EVP_sha1())); }

std::string RepeatableBytes::next(std::size_t count) {
  const std::scoped_lock lock(mutex_);
  while (left_.size() < count) left_ += sha256(seed_ + "/" + std::to_string(counter_++));
  std::string bytes = left_.substr(0, count);
  left_.erase(0, count);
  return bytes;
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

int refuse_pass_phrase(char*, int, int, void*) noexcept { return -1; }

}  // namespace bb
