// bb/healthvault/secret.hpp - bytes that are never logged: secrets of sessions and applications.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include <bb/core/secret_bytes.hpp>

namespace bb::healthvault {

// HV-AUTH-09.
class Secret : public SecretBytes {
 public:
  using SecretBytes::SecretBytes;

  // Of the kernel. 32 bytes are what HV-AUTH-04 asks for.
  static Secret random(std::size_t count = 32);
  // As it stands in a message; nothing where it is no base64, or empty.
  static std::optional<Secret> from_base64(std::string_view text);

  std::string base64() const;
};

}  // namespace bb::healthvault
