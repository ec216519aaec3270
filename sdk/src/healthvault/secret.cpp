#include <bb/healthvault/secret.hpp>

#include <utility>

#include <bb/core/crypto.hpp>

namespace bb::healthvault {

Secret Secret::random(std::size_t count) { return Secret(random_bytes(count)); }

std::optional<Secret> Secret::from_base64(std::string_view text) {
  auto bytes = base64_decode(text);
  if (!bytes || bytes->empty()) return std::nullopt;
  return Secret(*std::move(bytes));
}

std::string Secret::base64() const { return base64_encode(bytes()); }

}  // namespace bb::healthvault
