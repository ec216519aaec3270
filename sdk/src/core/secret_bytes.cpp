#include <bb/core/secret_bytes.hpp>

#include <utility>

#include <bb/core/crypto.hpp>

namespace bb {

SecretBytes::SecretBytes(std::string bytes) : bytes_(std::move(bytes)) { wipe(bytes); }

SecretBytes::SecretBytes(SecretBytes&& other) noexcept : bytes_(std::move(other.bytes_)) { wipe(other.bytes_); }

SecretBytes& SecretBytes::operator=(SecretBytes&& other) noexcept {
  if (this == &other) return *this;
  wipe(bytes_);
  bytes_ = std::move(other.bytes_);
  wipe(other.bytes_);  // a short one was copied
  return *this;
}

SecretBytes::~SecretBytes() { wipe(bytes_); }

}  // namespace bb
