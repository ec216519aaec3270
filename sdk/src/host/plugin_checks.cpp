#include "plugin_checks.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

#include <bb/core/text.hpp>

namespace bb::host {
namespace {

// A table that never ends is a defect, not a long list.
constexpr std::uint32_t type_count_max = 256;
constexpr std::size_t interface_count_max = 256;

Error differs(const Manifest& manifest, const std::string& what, const std::string& in_manifest,
              const std::string& in_library) {
  return Error{"plugin library " + manifest.library.string() + " differs from its manifest: " + what + " is '" +
               in_manifest + "' in " + manifest.file.filename().string() + ", '" + in_library + "' in the library"};
}

Error one_sided(const Manifest& manifest, const std::string& type_id, const std::string& where) {
  return Error{"plugin library " + manifest.library.string() + " differs from its manifest " +
               manifest.file.filename().string() + ": type '" + type_id + "' is " + where};
}

Error broken(const Manifest& manifest, const std::string& how) {
  return Error{"plugin library " + manifest.library.string() + " breaks the ABI: " + how};
}

Status check_table(const bb_plugin* plugin, const Manifest& manifest) {
  if (!plugin) return broken(manifest, "bb_plugin_v1 returned NULL");
  if (!BB_HAS(plugin, get_interface))
    return broken(manifest, "bb_plugin says struct_size " + std::to_string(plugin->struct_size) + ", version 1.0 has " +
                                std::to_string(sizeof(bb_plugin)));
  const std::pair<bool, const char*> members[]{
      {plugin->id != nullptr, "id"},           {plugin->version != nullptr, "version"},
      {plugin->init != nullptr, "init"},       {plugin->deinit != nullptr, "deinit"},
      {plugin->type_at != nullptr, "type_at"}, {plugin->create != nullptr, "create"},
      {plugin->destroy != nullptr, "destroy"}, {plugin->get_interface != nullptr, "get_interface"},
  };
  for (const auto& [is_there, name] : members)
    if (!is_there) return broken(manifest, "bb_plugin::" + std::string(name) + " is NULL");
  return {};
}

Status check_versions(const PluginDescription& plugin, const Manifest& manifest) {
  if (plugin.min_host_minor > BB_ABI_MINOR)
    return Error{"plugin library " + manifest.library.string() + " needs host ABI " + std::to_string(BB_ABI_MAJOR) +
                 "." + std::to_string(plugin.min_host_minor) + ", this host offers " + std::to_string(BB_ABI_MAJOR) +
                 "." + std::to_string(BB_ABI_MINOR)};
  if (plugin.id != manifest.id) return differs(manifest, "id", manifest.id, plugin.id);
  if (plugin.version != manifest.version) return differs(manifest, "version", manifest.version, plugin.version);
  if (plugin.abi_minor != manifest.abi_minor)
    return differs(manifest, "abi minor", std::to_string(manifest.abi_minor), std::to_string(plugin.abi_minor));
  if (plugin.min_host_minor != manifest.min_host_minor)
    return differs(manifest, "min_host_minor", std::to_string(manifest.min_host_minor),
                   std::to_string(plugin.min_host_minor));
  return {};
}

std::string text_or_nothing(const char* text) { return text ? text : ""; }

// What the NULL terminated list holds; nothing for a NULL list.
std::vector<std::string> interface_list(const bb_connector_type& type) {
  std::vector<std::string> found;
  for (const char* const* id = type.interfaces; id && *id && found.size() < interface_count_max; ++id)
    found.emplace_back(*id);
  return found;
}

Result<TypeDescription> describe_type(const bb_connector_type* type, const Manifest& manifest) {
  if (!BB_HAS(type, config_schema))
    return broken(manifest, "bb_connector_type says struct_size " + std::to_string(type->struct_size) +
                                ", version 1.0 has " + std::to_string(sizeof(bb_connector_type)));
  if (!type->id) return broken(manifest, "bb_connector_type::id is NULL");
  TypeDescription described;
  described.id = type->id;
  described.name = text_or_nothing(type->name);
  described.vendor = text_or_nothing(type->vendor);
  described.version = text_or_nothing(type->version);
  described.url = text_or_nothing(type->url);
  described.interfaces = interface_list(*type);
  if (type->config_schema) described.config_schema = type->config_schema;
  described.flags = type->flags;
  return described;
}

Status check_type(const TypeDescription& type, const Manifest& manifest) {
  const auto known = std::find_if(manifest.types.begin(), manifest.types.end(),
                                  [&](const ManifestType& candidate) { return candidate.id == type.id; });
  if (known == manifest.types.end()) return one_sided(manifest, type.id, "in the library but not in the manifest");
  std::vector<std::string> expected = known->interfaces;
  std::vector<std::string> found = type.interfaces;
  std::sort(expected.begin(), expected.end());
  std::sort(found.begin(), found.end());
  if (expected != found)
    return differs(manifest, "interfaces of type '" + type.id + "'", join(expected, ", "), join(found, ", "));
  return {};
}

}  // namespace

const TypeDescription* find_type(const PluginDescription& plugin, const std::string& id) {
  const auto found = std::find_if(plugin.types.begin(), plugin.types.end(),
                                  [&](const TypeDescription& type) { return type.id == id; });
  return found == plugin.types.end() ? nullptr : &*found;
}

Result<PluginDescription> describe_plugin(const bb_plugin* plugin, const Manifest& manifest) {
  BB_CHECK(check_table(plugin, manifest));
  PluginDescription described;
  described.id = plugin->id;
  described.version = plugin->version;
  described.abi_minor = plugin->abi_minor;
  described.min_host_minor = plugin->min_host_minor;
  for (std::uint32_t index = 0; const bb_connector_type* const type = plugin->type_at(index); ++index) {
    if (index == type_count_max)
      return broken(manifest, "type_at gives more than " + std::to_string(type_count_max) + " types");
    BB_TRY(TypeDescription one, describe_type(type, manifest));
    described.types.push_back(std::move(one));
  }
  return described;
}

Status check_description(const PluginDescription& plugin, const Manifest& manifest) {
  BB_CHECK(check_versions(plugin, manifest));
  for (const TypeDescription& type : plugin.types) BB_CHECK(check_type(type, manifest));
  for (const ManifestType& type : manifest.types)
    if (!find_type(plugin, type.id)) return one_sided(manifest, type.id, "in the manifest but not in the library");
  return {};
}

}  // namespace bb::host
