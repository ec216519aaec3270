#include <cstdlib>
#include <utility>

#include <bb/core/crypto.hpp>
#include <bb/core/files.hpp>
#include <bb/host/secrets.hpp>

namespace bb::host {
namespace {

constexpr std::uint64_t secret_bytes_max = 1024 * 1024;

std::optional<std::string> read_environment(const std::string& name) {
  const char* const value = std::getenv(name.c_str());
  if (!value) return std::nullopt;
  return std::string(value);
}

Result<std::string> read_secret_file(const std::filesystem::path& file) {
  BB_TRY(std::string value, read_text(file, secret_bytes_max));
  if (value.ends_with('\n')) value.pop_back();
  if (value.ends_with('\r')) value.pop_back();
  return value;
}

Result<std::string> read_origin(const SecretOrigin& origin) {
  if (origin.environment.empty()) return read_secret_file(origin.file);
  if (auto value = read_environment(origin.environment)) return *std::move(value);
  return Error{"the environment variable '" + origin.environment + "' is not set"};
}

}  // namespace

Status check_origin(const SecretOrigin& origin) {
  BB_TRY(std::string value, read_origin(origin));
  const bool is_empty = value.empty();
  wipe(value);
  if (!is_empty) return {};
  return Error{origin.environment.empty() ? origin.file.string() + " is empty"
                                          : "the environment variable '" + origin.environment + "' is empty"};
}

SecretStore::SecretStore(std::map<std::string, SecretOrigin> granted) : granted_(std::move(granted)) {}

SecretStore::~SecretStore() {
  for (auto& [name, value] : stored_) wipe(value);
}

std::optional<std::string> SecretStore::read(const std::string& name, Refusal* refusal) const {
  Refusal ignored;
  Refusal& why = refusal ? *refusal : ignored;
  why = Refusal::none;
  const auto origin = granted_.find(name);
  if (origin == granted_.end()) {
    why = Refusal::not_granted;
    return std::nullopt;
  }
  {
    const std::scoped_lock lock(mutex_);
    const auto kept = stored_.find(name);
    if (kept != stored_.end()) return kept->second;
  }
  auto value = read_origin(origin->second);
  if (value) return *std::move(value);
  why = Refusal::not_found;
  return std::nullopt;
}

bool SecretStore::store(const std::string& name, std::string value) {
  if (!granted_.contains(name)) return false;
  const std::scoped_lock lock(mutex_);
  std::string& kept = stored_[name];
  wipe(kept);
  kept = std::move(value);
  return true;
}

}  // namespace bb::host
