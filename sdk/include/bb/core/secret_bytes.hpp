// bb/core/secret_bytes.hpp - bytes that are never logged: tokens, passwords, keys of sessions.
#pragma once

#include <string>
#include <string_view>

namespace bb {

// Move only; overwritten when it goes. Nothing prints it.
class SecretBytes {
 public:
  SecretBytes() = default;
  explicit SecretBytes(std::string bytes);
  SecretBytes(SecretBytes&& other) noexcept;
  SecretBytes& operator=(SecretBytes&& other) noexcept;
  SecretBytes(const SecretBytes&) = delete;
  SecretBytes& operator=(const SecretBytes&) = delete;
  ~SecretBytes();

  std::string_view bytes() const { return bytes_; }
  bool is_empty() const { return bytes_.empty(); }

 private:
  std::string bytes_;
};

}  // namespace bb
