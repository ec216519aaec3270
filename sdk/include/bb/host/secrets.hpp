// bb/host/secrets.hpp - where secrets come from: by name, at the time of use.
#pragma once

#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include <bb/core/result.hpp>

namespace bb::host {

// A secret's origin in a target file: {env: NAME} or {file: PATH}.
struct SecretOrigin {
  std::string environment;     // exactly one of these two is set
  std::filesystem::path file;  // one line end at the end is dropped
};

// Whether there is a value at an origin now. The error says what is missing; an
// empty value is as good as none.
[[nodiscard]] Status check_origin(const SecretOrigin& origin);

// The secrets one connector instance may use. Values live in memory only, are
// wiped at the end and never printed. [any thread]
class SecretStore {
 public:
  explicit SecretStore(std::map<std::string, SecretOrigin> granted);
  ~SecretStore();
  SecretStore(const SecretStore&) = delete;
  SecretStore& operator=(const SecretStore&) = delete;

  enum class Refusal { none, not_granted, not_found };
  // The value, or why not. `refusal` may be null.
  std::optional<std::string> read(const std::string& name, Refusal* refusal) const;
  // Keeps a value under a granted name for this run; false when not granted.
  bool store(const std::string& name, std::string value);

 private:
  std::map<std::string, SecretOrigin> granted_;
  mutable std::mutex mutex_;
  std::map<std::string, std::string> stored_;
};

}  // namespace bb::host
