#include <bb/host/host.hpp>

#include <algorithm>
#include <mutex>
#include <optional>
#include <utility>

#include <bb/abi/host_stream.h>
#include <bb/core/files.hpp>
#include <bb/core/json.hpp>
#include <bb/core/json_schema.hpp>
#include <bb/core/text.hpp>
#include "config.hpp"
#include "in_process_connector.hpp"
#include "isolation/isolated_connector.hpp"
#include "library.hpp"
#include "plugin_checks.hpp"

namespace bb::host {
namespace {

// Of the types that there are, in a sentence.
constexpr std::size_t types_listed_max = 20;

Result<TypeInfo> read_type(const PluginDescription& plugin, const std::string& type_id) {
  const TypeDescription* const type = find_type(plugin, type_id);
  if (!type) return Error{"plugin '" + plugin.id + "' has no connector type '" + type_id + "'"};
  TypeInfo info;
  info.id = type->id;
  info.name = type->name;
  info.vendor = type->vendor;
  info.version = type->version;
  info.url = type->url;
  info.interfaces = type->interfaces;
  info.is_concurrent = (type->flags & BB_CONNECTOR_CONCURRENT) != 0;
  if (!type->config_schema) return info;
  const std::string what = "config_schema of connector type '" + info.id + "'";
  auto schema = parse_json(*type->config_schema);
  if (!schema) return Error{what + " is no JSON: " + schema.error().what};
  info.config_schema = *std::move(schema);
  for (const SchemaFinding& finding : check_schema(info.config_schema))
    return Error{what + " cannot be used, at '" + finding.pointer + "': " + finding.message};
  return info;
}

bool has_own_network(const Manifest& manifest, const std::string& type_id) {
  return std::any_of(manifest.types.begin(), manifest.types.end(),
                     [&](const ManifestType& type) { return type.id == type_id && type.network == Network::own; });
}

// What its manifest wants of the network.
void add_wishes(const Manifest& manifest, TypeInfo& info) {
  info.has_own_network = has_own_network(manifest, info.id);
  info.wants_streams =
      std::find(manifest.host_grants.begin(), manifest.host_grants.end(), BB_HOST_STREAM) != manifest.host_grants.end();
}

// Also in this process, where nothing could keep it from it.
Status check_network(const Manifest& manifest, const InstanceOptions& options) {
  if (has_own_network(manifest, options.type_id) && !options.is_network_allowed)
    return Error{"connector '" + options.name + "' (" + options.type_id +
                 ") opens connections of its own (network: own), which the target does not allow; "
                 "'allow_network: true' beside 'connector' does" +
                 (options.stream_permits.empty() ? "" : "; a list is for streams that the host opens")};
  return {};
}

}  // namespace

struct Host::Impl {
  struct Library {
    std::optional<LoadedPlugin> plugin;
    std::shared_ptr<InitializedPlugin> initialized;
  };

  Options options;
  Discovery discovery;
  std::shared_ptr<SharedParts> shared = std::make_shared<SharedParts>();
  std::shared_ptr<IsolationParts> isolation;  // null: connectors run in this process
  std::mutex mutex;
  std::map<std::filesystem::path, Library> libraries;  // by manifest

  // The instance's configuration, checked and with defaults filled in.
  static Result<Value> complete(const PluginDescription& plugin, const InstanceOptions& instance);

  // The caller holds the mutex.
  Result<Library*> load(const Manifest& manifest) {
    Library& library = libraries[manifest.file];
    if (!library.plugin) {
      BB_TRY(library.plugin, load_plugin(manifest));
    }
    return &library;
  }
};

Host::Host(Options options) : impl_(std::make_unique<Impl>()) {
  impl_->options = std::move(options);
  impl_->discovery = discover(impl_->options.plugin_folders);
  if (impl_->options.connector_host.empty()) return;
  impl_->isolation = std::make_shared<IsolationParts>();
  impl_->isolation->program = impl_->options.connector_host;
}
Host::~Host() = default;

const Discovery& Host::discovery() const { return impl_->discovery; }

Result<Manifest> Host::find_type(const std::string& type_id) const {
  const Manifest* found = nullptr;
  std::vector<std::string> known;
  for (const Manifest& manifest : impl_->discovery.manifests) {
    for (const ManifestType& type : manifest.types) {
      known.push_back(type.id);
      if (type.id != type_id) continue;
      if (found)
        return Error{"connector type '" + type_id + "' is offered twice: by " + found->file.string() + " and by " +
                     manifest.file.string()};
      found = &manifest;
    }
  }
  if (found) return *found;
  std::vector<std::string> folders;
  for (const auto& folder : impl_->options.plugin_folders) folders.push_back(folder.string());
  const auto near = nearest(type_id, known);
  if (const std::size_t all = known.size(); all > types_listed_max) {
    known.resize(types_listed_max);
    known.push_back("and " + std::to_string(all - types_listed_max) + " more");
  }
  return Error{"no plugin offers connector type '" + type_id + "'" +
               (near ? "; did you mean '" + *near + "'?" : std::string()) +
               (known.empty() ? std::string() : "; known: " + join(known, ", ")) +
               "; searched: " + (folders.empty() ? "no folder" : join(folders, ", "))};
}

Result<TypeInfo> Host::describe(const std::string& type_id) {
  BB_TRY(const Manifest manifest, find_type(type_id));
  if (impl_->isolation) {
    BB_TRY(const LoadedChild child, load_in_child(impl_->isolation, {manifest}, {}));
    BB_TRY(TypeInfo info, read_type(child.plugin, type_id));
    add_wishes(manifest, info);
    info.sandbox = child.sandbox;
    return info;
  }
  const std::scoped_lock lock(impl_->mutex);
  BB_TRY(const Impl::Library* const library, impl_->load(manifest));
  BB_TRY(TypeInfo info, read_type(library->plugin->description, type_id));
  add_wishes(manifest, info);
  return info;
}

Result<Value> Host::Impl::complete(const PluginDescription& plugin, const InstanceOptions& instance) {
  BB_TRY(const TypeInfo type, read_type(plugin, instance.type_id));
  auto config = complete_config(type, instance.config, instance.http);
  if (!config)
    return Error{"configuration of '" + instance.name + "' (" + instance.type_id + "): " + config.error().what};
  if (!instance.http.ca_file.empty())
    if (auto anchors = read_text(instance.http.ca_file); !anchors) return std::move(anchors).error();
  return config;
}

std::string Host::quarantine(const std::string& type_id) const {
  const auto manifest = find_type(type_id);
  return impl_->isolation && manifest ? impl_->isolation->deaths.quarantine(plugin_name(*manifest)) : "";
}

Result<std::unique_ptr<Connector>> Host::create(const InstanceOptions& options) {
  BB_TRY(const Manifest manifest, find_type(options.type_id));
  BB_CHECK(check_network(manifest, options));
  auto instance = std::make_unique<Instance>(options, manifest, impl_->shared, impl_->options.version,
                                             impl_->options.are_connectors_checked);
  if (impl_->isolation) {
    if (auto may_start = await_start(*impl_->isolation, manifest, options.cancellation); !may_start)
      return Error{"connector '" + options.name + "' (" + options.type_id +
                   ") was not started: " + may_start.error().what};
    BB_TRY(LoadedChild child,
           load_in_child(impl_->isolation,
                         {manifest, has_own_network(manifest, options.type_id), options.cancellation, options.redactor},
                         print_to_log(*instance)));
    BB_TRY(const Value config, Impl::complete(child.plugin, options));
    return make_isolated(std::move(child), std::move(instance), options.type_id, config, options.cancellation);
  }
  Value config;
  std::shared_ptr<InitializedPlugin> plugin;
  {
    const std::scoped_lock lock(impl_->mutex);
    BB_TRY(Impl::Library* const library, impl_->load(manifest));
    BB_TRY(config, Impl::complete(library->plugin->description, options));
    if (!library->initialized) {
      BB_TRY(library->initialized, InitializedPlugin::create(*library->plugin->table, impl_->options.version));
    }
    plugin = library->initialized;
  }
  return make_in_process(std::move(plugin), std::move(instance), options.type_id, config, options.cancellation);
}

}  // namespace bb::host
