// demo_clients.hpp - applications for a portal that was told of none: one of each kind, with fresh secrets.
#pragma once

#include <filesystem>
#include <vector>

#include <bb/core/result.hpp>
#include <bb/core/value.hpp>

#include "portal/smart/clients.hpp"

namespace bb::portal {

struct DemoClients {
  std::vector<SmartClient> clients;
  Value description;  // for who starts the portal, secrets and all
};

// The private key of the one with a key is written into the folder.
[[nodiscard]] Result<DemoClients> make_demo_clients(const std::filesystem::path& folder);

}  // namespace bb::portal
