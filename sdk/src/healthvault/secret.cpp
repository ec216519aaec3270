#include <bb/healthvault/secret.hpp>

#include <utility>

#include <bb/core/crypto.hpp>

namespace bb::healthvault {

Secret::Secret(std::string bytes) : bytes_(std::move(bytes)) { wipe(bytes); }

Secret::Secret(Secret&& other) noexcept : bytes_(std::move(other.bytes_)) { wipe(other.bytes_); }

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this == &other) return *this;
  wipe(bytes_);
  bytes_ = std::move(other.bytes_);
  wipe(other.bytes_);  // a short one was copied
  return *this;
}

Secret::~Secret() { wipe(bytes_); }

Secret Secret::random(std::size_t count) { return Secret(random_bytes(count)); }

std::optional<Secret> Secret::from_base64(std::string_view text) {
  auto bytes = base64_decode(text);
  if (!bytes || bytes->empty()) return std::nullopt;
  return Secret(*std::move(bytes));
}

std::string Secret::base64() const { return base64_encode(bytes_); }

}  // namespace bb::healthvault
