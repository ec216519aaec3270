// client_file.hpp - the applications that are known from the start, from a YAML file.
//
//   clients:
//     heart-app: {name: Heart app, redirect_uris: ["https://heart.example/back"], secret: 16 characters or more}
//     exporter:  {name: Exporter, keys: exporter.jwks, backend: true}
//
// Format: docs/reference/portal-smart.md.
#pragma once

#include <filesystem>
#include <vector>

#include <bb/core/result.hpp>

#include "portal/smart/clients.hpp"

namespace bb::portal {

// The error holds every mistake of the file with its place, and no secret.
[[nodiscard]] Result<std::vector<SmartClient>> read_client_file(const std::filesystem::path& file);

}  // namespace bb::portal
