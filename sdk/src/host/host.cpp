#include <bb/host/host.hpp>

#include <algorithm>
#include <mutex>
#include <utility>

#include <bb/core/files.hpp>
#include <bb/core/json.hpp>
#include <bb/core/json_schema.hpp>
#include <bb/core/text.hpp>
#include "config.hpp"
#include "in_process_connector.hpp"
#include "library.hpp"
#include "plugin_checks.hpp"

namespace bb::host {
namespace {

std::string text_or_nothing(const char* text) { return text ? text : ""; }

Result<TypeInfo> read_type(const bb_connector_type& type) {
  TypeInfo info;
  info.id = type.id;
  info.name = text_or_nothing(type.name);
  info.vendor = text_or_nothing(type.vendor);
  info.version = text_or_nothing(type.version);
  info.url = text_or_nothing(type.url);
  info.interfaces = interface_list(type);
  info.is_concurrent = (type.flags & BB_CONNECTOR_CONCURRENT) != 0;
  if (!type.config_schema) return info;
  const std::string what = "config_schema of connector type '" + info.id + "'";
  auto schema = parse_json(type.config_schema);
  if (!schema) return Error{what + " is no JSON: " + schema.error().what};
  info.config_schema = *std::move(schema);
  for (const SchemaFinding& finding : check_schema(info.config_schema))
    return Error{what + " cannot be used, at '" + finding.pointer + "': " + finding.message};
  return info;
}

}  // namespace

struct Host::Impl {
  struct Library {
    const bb_plugin* plugin = nullptr;
    std::shared_ptr<InitializedPlugin> initialized;
  };

  Options options;
  Discovery discovery;
  std::shared_ptr<SharedParts> shared = std::make_shared<SharedParts>();
  std::mutex mutex;
  std::map<std::filesystem::path, Library> libraries;  // by manifest

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
  return Error{"no plugin offers connector type '" + type_id + "'" +
               (near ? "; did you mean '" + *near + "'?" : std::string()) +
               (known.empty() ? std::string() : "; known: " + join(known, ", ")) +
               "; searched: " + (folders.empty() ? "no folder" : join(folders, ", "))};
}

Result<TypeInfo> Host::describe(const std::string& type_id) {
  BB_TRY(const Manifest manifest, find_type(type_id));
  const std::scoped_lock lock(impl_->mutex);
  BB_TRY(const Impl::Library* const library, impl_->load(manifest));
  return read_type(*find_connector_type(*library->plugin, type_id));
}

Result<std::unique_ptr<Connector>> Host::create(const InstanceOptions& options) {
  BB_TRY(const Manifest manifest, find_type(options.type_id));
  BB_TRY(const TypeInfo type, describe(options.type_id));
  auto config = complete_config(type.config_schema, options.config);
  if (!config)
    return Error{"configuration of '" + options.name + "' (" + options.type_id + "): " + config.error().what};
  if (!options.http.ca_file.empty())
    if (auto anchors = read_text(options.http.ca_file); !anchors) return std::move(anchors).error();
  std::shared_ptr<InitializedPlugin> plugin;
  {
    const std::scoped_lock lock(impl_->mutex);
    BB_TRY(Impl::Library* const library, impl_->load(manifest));
    if (!library->initialized) {
      BB_TRY(library->initialized, InitializedPlugin::create(*library->plugin, impl_->options.version));
    }
    plugin = library->initialized;
  }
  return make_in_process(
      std::move(plugin),
      std::make_unique<Instance>(options, manifest.host_grants, impl_->shared, impl_->options.version), options.type_id,
      *config);
}

}  // namespace bb::host
