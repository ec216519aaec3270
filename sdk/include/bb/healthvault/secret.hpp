// bb/healthvault/secret.hpp - bytes that are never logged: secrets of sessions and applications.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace bb::healthvault {

// Move only; overwritten when it goes. Nothing prints it (HV-AUTH-09).
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string bytes);
  Secret(Secret&& other) noexcept;
  Secret& operator=(Secret&& other) noexcept;
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;
  ~Secret();

  // Of the kernel. 32 bytes are what HV-AUTH-04 asks for.
  static Secret random(std::size_t count = 32);
  // As it stands in a message; nothing where it is no base64, or empty.
  static std::optional<Secret> from_base64(std::string_view text);

  std::string_view bytes() const { return bytes_; }
  std::string base64() const;
  bool is_empty() const { return bytes_.empty(); }

 private:
  std::string bytes_;
};

}  // namespace bb::healthvault
