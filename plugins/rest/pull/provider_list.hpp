// plugins/rest/pull/provider_list.hpp - the registry's documents of Blue Button+ Pull, from outside: who provides, and
// what is fixed of an application.
//
// Source: Blue Button+ Pull drafts, 2013 (BBP-PULL-02, -03).
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <bb/core/result.hpp>
#include <bb/core/value.hpp>

namespace bb::rest::pull {

inline constexpr std::size_t registry_bytes_max = 8ull * 1024 * 1024;
inline constexpr std::size_t registry_entries_max = 10'000;

// One of providers.json. Texts that are absent are empty.
struct Provider {
  std::string name = {};
  std::string url = {};
  std::string registration_uri = {};
  std::string authorize_uri = {};
  std::string token_uri = {};
  std::string introspect_uri = {};
  std::string summary = {};
  std::string search = {};
};
// The error is of what is no array of objects in JSON, of members of another kind, and of what exceeds the bounds.
[[nodiscard]] Result<std::vector<Provider>> read_providers(std::string_view json);

// By name or url; without a text the only one. The error says which there are.
[[nodiscard]] Result<Provider> choose_provider(const std::vector<Provider>& providers, std::string_view name_or_url);

// fixed_registration_parameters of the application at `url` in apps.json, an object; nothing where it is not listed.
[[nodiscard]] Result<std::optional<Value>> read_fixed_parameters(std::string_view json, std::string_view url);

}  // namespace bb::rest::pull
