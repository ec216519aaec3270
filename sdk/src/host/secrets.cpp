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

std::optional<std::string> read_secret_file(const std::filesystem::path& file) {
  auto text = read_text(file, secret_bytes_max);
  if (!text) return std::nullopt;
  std::string value = *std::move(text);
  if (value.ends_with('\n')) value.pop_back();
  if (value.ends_with('\r')) value.pop_back();
  return value;
}

}  // namespace

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
  auto value = origin->second.environment.empty() ? read_secret_file(origin->second.file)
                                                  : read_environment(origin->second.environment);
  if (!value) why = Refusal::not_found;
  return value;
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
