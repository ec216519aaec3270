#include "portal/smart/clients.hpp"

#include <bb/core/crypto.hpp>

namespace bb::portal {
namespace {

constexpr std::size_t registered_count_max = 1'000;

}  // namespace

SmartClients::SmartClients(std::vector<SmartClient> known) {
  for (auto& client : known) {
    auto shared = std::make_shared<const SmartClient>(std::move(client));
    by_id_.emplace(shared->id, shared);
  }
  for (const auto& [id, client] : by_id_) known_.push_back(client);
}

ClientPtr SmartClients::find(std::string_view id) const {
  const std::lock_guard lock(mutex_);
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : found->second;
}

std::vector<ClientPtr> SmartClients::known() const { return known_; }

ClientPtr SmartClients::add(SmartClient client) {
  client.id = "app-" + random_token(12);
  auto shared = std::make_shared<const SmartClient>(std::move(client));
  const std::lock_guard lock(mutex_);
  if (by_id_.size() - known_.size() >= registered_count_max) return nullptr;
  by_id_.emplace(shared->id, shared);
  return shared;
}

}  // namespace bb::portal
