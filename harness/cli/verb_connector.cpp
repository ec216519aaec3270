#include <fmt/format.h>

#include <bb/core/json.hpp>
#include <bb/core/text.hpp>
#include <bb/host/host.hpp>

#include "harness/cli/exit_status.hpp"
#include "harness/cli/places.hpp"
#include "harness/cli/terminal.hpp"
#include "harness/cli/verbs.hpp"

namespace bb::cli {
namespace {

// Connectors need no conformance data, so that is not looked for.
Result<std::vector<std::filesystem::path>> plugin_folders(const Args& args) {
  BB_TRY(auto folders, find_plugins(args));
  if (!folders.empty()) return folders;
  return Error{"no folder of connectors; name one with --plugins DIR"};
}

Value manifest_value(const host::Manifest& manifest, const host::ManifestType& type) {
  return Value::object({{"type", type.id},
                        {"interfaces", Value::strings(type.interfaces)},
                        {"plugin", manifest.id},
                        {"version", manifest.version},
                        {"manifest", manifest.file.string()}});
}

int list(const Args& args) {
  const auto folders = plugin_folders(args);
  if (!folders) return refuse(folders.error().what);
  const auto found = host::discover(*folders);
  for (const auto& problem : found.problems) complain("warning: " + problem);
  auto types = Value::array();
  std::string text;
  for (const auto& manifest : found.manifests) {
    for (const auto& type : manifest.types) {
      types.push(manifest_value(manifest, type));
      text += fmt::format("{}\n    {} {}: {}\n", type.id, manifest.id, manifest.version, join(type.interfaces, " "));
    }
  }
  if (args.has("json")) {
    print_json(Value::object({{"connectors", std::move(types)}, {"problems", Value::strings(found.problems)}}));
  } else {
    if (text.empty()) complain("no connector is installed; name a folder with --plugins DIR");
    print(text);
  }
  return exit_good;
}

std::string info_text(const host::TypeInfo& info) {
  auto text = fmt::format("{}\n", info.id);
  const auto field = [&](std::string_view name, std::string_view value) {
    if (!value.empty()) text += fmt::format("    {:<14}{}\n", name, value);
  };
  field("name", info.name);
  field("vendor", info.vendor);
  field("version", info.version);
  field("url", info.url);
  field("interfaces", join(info.interfaces, " "));
  for (const auto& layer : info.sandbox)
    field("sandbox", fmt::format("{}: {}{}", layer.name, layer.is_in_force ? "" : "NOT in force: ", layer.note));
  if (info.sandbox.empty()) field("sandbox", "none, it was loaded into this process");
  if (info.config_schema.is_null())
    field("configuration", "none");
  else
    text += "    configuration, as JSON Schema:\n" + to_json_pretty(info.config_schema) + '\n';
  return text;
}

int show(const Args& args) {
  const auto folders = plugin_folders(args);
  if (!folders) return refuse(folders.error().what);
  const auto connector_host = find_connector_host(args);
  if (!connector_host) return refuse(connector_host.error().what);
  host::Host host({.plugin_folders = *folders, .version = BB_PROGRAM_VERSION, .connector_host = *connector_host});
  const auto info = host.describe(args.positional.front());
  if (!info) return refuse(info.error().what);
  auto sandbox = Value::array();
  for (const auto& layer : info->sandbox)
    sandbox.push(Value::object({{"layer", layer.name}, {"is_in_force", layer.is_in_force}, {"note", layer.note}}));
  if (args.has("json"))
    print_json(Value::object({{"type", info->id},
                              {"name", info->name},
                              {"vendor", info->vendor},
                              {"version", info->version},
                              {"url", info->url},
                              {"interfaces", Value::strings(info->interfaces)},
                              {"sandbox", std::move(sandbox)},
                              {"config_schema", info->config_schema}}));
  else
    print(info_text(*info));
  return exit_good;
}

}  // namespace

VerbSpec connector_list_verb() {
  VerbSpec verb;
  verb.name = "connector list";
  verb.summary = "the connectors that are installed";
  verb.about = "Reads manifests only; no connector is loaded.";
  verb.example = "bluebridge connector list --json";
  verb.options = {{"json", "", "as JSON"}, plugins_option()};
  verb.run = list;
  return verb;
}

VerbSpec connector_show_verb() {
  VerbSpec verb;
  verb.name = "connector show";
  verb.arguments = "TYPE";
  verb.argument_count_min = 1;
  verb.argument_count_max = 1;
  verb.summary = "one connector: what it offers and how it is configured";
  verb.about =
      "TYPE is what a target's 'connector:' names. Loads the connector, in a process of its own, and compares it with "
      "its manifest.";
  verb.example = "bluebridge connector show org.bluebridge.rest.portal";
  verb.options = {{"json", "", "as JSON"}, in_process_option(), plugins_option()};
  verb.run = show;
  return verb;
}

}  // namespace bb::cli
