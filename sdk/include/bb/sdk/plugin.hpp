// bb/sdk/plugin.hpp - from classes to the library's one export, bb_plugin_v1.
//
//   BB_PLUGIN(Acme, "com.example.acme", "Acme", "Example, Inc.", "1.0.0")
//
//   BB_PLUGINS("com.example.acme", "1.0.0",
//              bb::type<Portal>("com.example.acme.portal", "Acme portal", "Example, Inc.", "1.0.0"),
//              bb::type<Inbox>("com.example.acme.inbox", "Acme inbox", "Example, Inc.", "1.0.0"))
//
// A class may also say
//   static constexpr const char* config_schema = R"({"type": "object", ...})";
//   static constexpr const char* url = "https://example.com/acme";
//   static constexpr bool is_concurrent = true;  // [serial] functions may overlap
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>

#include <bb/abi/plugin.h>
#include <bb/sdk/capabilities/activity.hpp>
#include <bb/sdk/capabilities/appointments.hpp>
#include <bb/sdk/capabilities/download.hpp>
#include <bb/sdk/capabilities/inbox.hpp>
#include <bb/sdk/capabilities/messaging.hpp>
#include <bb/sdk/capabilities/probe.hpp>
#include <bb/sdk/capabilities/refills.hpp>
#include <bb/sdk/capabilities/session.hpp>
#include <bb/sdk/capabilities/share.hpp>
#include <bb/sdk/capabilities/transmit.hpp>
#include <bb/sdk/capabilities/trust.hpp>
#include <bb/sdk/capabilities/view.hpp>
#include <bb/sdk/connector_base.hpp>
#include <bb/sdk/context.hpp>

namespace bb {
namespace detail {

// The one list of capabilities: interface id, table.
template <class T>
const void* lookup(const char* id) noexcept {
  const std::string_view wanted(id);
  if constexpr (has_capability<T, Session>())
    if (wanted == BB_SESSION) return &session_table<T>;
  if constexpr (has_capability<T, View>())
    if (wanted == BB_VIEW) return &view_table<T>;
  if constexpr (has_capability<T, Download>())
    if (wanted == BB_DOWNLOAD) return &download_table<T>;
  if constexpr (has_capability<T, Share>())
    if (wanted == BB_SHARE) return &share_table<T>;
  if constexpr (has_capability<T, Transmit>())
    if (wanted == BB_TRANSMIT) return &transmit_table<T>;
  if constexpr (has_capability<T, Inbox>())
    if (wanted == BB_INBOX) return &inbox_table<T>;
  if constexpr (has_capability<T, Activity>())
    if (wanted == BB_ACTIVITY) return &activity_table<T>;
  if constexpr (has_capability<T, Probe>())
    if (wanted == BB_PROBE) return &probe_table<T>;
  if constexpr (has_capability<T, Trust>())
    if (wanted == BB_TRUST) return &trust_table<T>;
  if constexpr (has_capability<T, Messaging>())
    if (wanted == BB_MESSAGING) return &messaging_table<T>;
  if constexpr (has_capability<T, Refills>())
    if (wanted == BB_REFILLS) return &refills_table<T>;
  if constexpr (has_capability<T, Appointments>())
    if (wanted == BB_APPOINTMENTS) return &appointments_table<T>;
  return nullptr;
}

// Interface ids of T, null at the end.
template <class T>
consteval std::array<const char*, 13> interface_list() {
  std::array<const char*, 13> ids{};
  std::size_t count = 0;
  if (has_capability<T, Session>()) ids[count++] = BB_SESSION;
  if (has_capability<T, View>()) ids[count++] = BB_VIEW;
  if (has_capability<T, Download>()) ids[count++] = BB_DOWNLOAD;
  if (has_capability<T, Share>()) ids[count++] = BB_SHARE;
  if (has_capability<T, Transmit>()) ids[count++] = BB_TRANSMIT;
  if (has_capability<T, Inbox>()) ids[count++] = BB_INBOX;
  if (has_capability<T, Activity>()) ids[count++] = BB_ACTIVITY;
  if (has_capability<T, Probe>()) ids[count++] = BB_PROBE;
  if (has_capability<T, Trust>()) ids[count++] = BB_TRUST;
  if (has_capability<T, Messaging>()) ids[count++] = BB_MESSAGING;
  if (has_capability<T, Refills>()) ids[count++] = BB_REFILLS;
  if (has_capability<T, Appointments>()) ids[count++] = BB_APPOINTMENTS;
  return ids;
}

template <class T>
inline constexpr std::array<const char*, 13> interfaces = interface_list<T>();

// One type of a library, and how an instance of it is made.
struct Type {
  bb_connector_type described;
  std::unique_ptr<Connector> (*make)(const Context& context);
  Lookup lookup;
};

struct Instances {
  static bb_status create(const Type* types, std::size_t type_count, const bb_host* host, bb_call* call,
                          const bb_create_args* args, bb_connector** out) noexcept {
    return guarded(call, [&] {
      const auto wanted = checked_text(args->type_id, "the type id");
      for (std::size_t i = 0; i < type_count; ++i) {
        if (wanted != types[i].described.id) continue;
        auto made = types[i].make(Context(host, args));
        made->lookup_ = types[i].lookup;
        *out = reinterpret_cast<bb_connector*>(made.release());
        return;
      }
      throw Failure{BB_E_NOT_FOUND, "this library has no connector type '" + std::string(wanted) + "'"};
    });
  }
  static void destroy(bb_connector* connector) noexcept { delete reinterpret_cast<Connector*>(connector); }
  static const void* find(bb_connector* connector, const char* id) noexcept {
    return reinterpret_cast<Connector*>(connector)->lookup_(id);
  }
};

// Reverse DNS: parts of [a-z0-9-] joined by dots, at least two.
consteval bool is_reverse_dns(std::string_view id) {
  std::size_t parts = 1;
  char before = '.';
  for (const char c : id) {
    if (c == '.' && before == '.') return false;
    if (c == '.') ++parts;
    const bool is_part = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    if (c != '.' && !is_part) return false;
    before = c;
  }
  return parts >= 2 && before != '.';
}

// "1.0.0", also with "-rc.1" or "+build" behind it.
consteval bool is_semantic_version(std::string_view version) {
  const std::string_view numbers = version.substr(0, version.find_first_of("-+"));
  std::size_t parts = 1;
  char before = '.';
  for (const char c : numbers) {
    if (c == '.' && before == '.') return false;
    if (c == '.') ++parts;
    if (c != '.' && (c < '0' || c > '9')) return false;
    before = c;
  }
  return parts == 3 && before != '.';
}

template <std::size_t N>
struct Library {
  const char* id;
  const char* version;
  std::array<Type, N> types;

  consteval bool has_good_id() const { return is_reverse_dns(id); }
  consteval bool has_good_versions() const {
    for (const auto& type : types)
      if (!is_semantic_version(type.described.version)) return false;
    return is_semantic_version(version);
  }
  consteval bool has_types_below_id() const {
    const std::string_view own(id);
    for (const auto& type : types) {
      const std::string_view type_id(type.described.id);
      if (type_id == own) continue;
      if (!is_reverse_dns(type_id) || !type_id.starts_with(own) || type_id[own.size()] != '.') return false;
    }
    return true;
  }
  consteval bool has_unique_types() const {
    for (std::size_t i = 0; i < N; ++i)
      for (std::size_t k = i + 1; k < N; ++k)
        if (std::string_view(types[i].described.id) == types[k].described.id) return false;
    return true;
  }
};

template <std::same_as<Type>... Types>
consteval Library<sizeof...(Types)> library(const char* id, const char* version, Types... types) {
  static_assert(sizeof...(Types) > 0,
                "a plugin has at least one connector type: bb::type<Class>(id, name, vendor, version)");
  return {id, version, {types...}};
}

template <const auto& library>
inline constexpr bb_plugin plugin_table{
    sizeof(bb_plugin),
    BB_ABI_MINOR,
    0,
    0,
    library.id,
    library.version,
    [](const bb_host*) noexcept -> bb_status { return BB_OK; },
    []() noexcept {},
    [](std::uint32_t index) noexcept -> const bb_connector_type* {
      return index < library.types.size() ? &library.types[index].described : nullptr;
    },
    [](const bb_host* host, bb_call* call, const bb_create_args* args, bb_connector** out) noexcept -> bb_status {
      return Instances::create(library.types.data(), library.types.size(), host, call, args, out);
    },
    [](bb_connector* connector) noexcept { Instances::destroy(connector); },
    [](bb_connector* connector, const char* id) noexcept -> const void* { return Instances::find(connector, id); }};

template <class T>
consteval void check_class() {
  static_assert(std::is_convertible_v<T*, Connector*>,
                "a connector derives from bb::Connector: class X final : public bb::Connector, public bb::View");
  static_assert(!std::is_abstract_v<T>,
                "the connector does not implement every function of its capabilities; for bb::View that is list() "
                "and read()");
  static_assert(std::is_abstract_v<T> || std::is_constructible_v<T, const Context&>,
                "a connector is made from its context: explicit X(const bb::Context& context)");
  static_assert(interfaces<T>[0] != nullptr,
                "a connector has at least one capability: derive from bb::View, bb::Download, bb::Inbox ...");
}

}  // namespace detail

// Describes one connector type of a library; for BB_PLUGINS.
template <class T>
consteval detail::Type type(const char* id, const char* name, const char* vendor, const char* version) {
  detail::check_class<T>();
  bb_connector_type described{};
  described.struct_size = sizeof described;
  described.id = id;
  described.name = name;
  described.vendor = vendor;
  described.version = version;
  described.url = "";
  described.interfaces = detail::interfaces<T>.data();
  if constexpr (requires { T::url; }) described.url = T::url;
  if constexpr (requires { T::config_schema; }) described.config_schema = T::config_schema;
  if constexpr (requires { T::is_concurrent; })
    described.flags = T::is_concurrent ? std::uint32_t{BB_CONNECTOR_CONCURRENT} : 0u;
  return {described, [](const Context& context) -> std::unique_ptr<Connector> { return std::make_unique<T>(context); },
          &detail::lookup<T>};
}

}  // namespace bb

// Several connector types in one library; once per library.
#define BB_PLUGINS(library_id, library_version, ...)                                                        \
  namespace {                                                                                               \
  constexpr auto bb_library = ::bb::detail::library(library_id, library_version, __VA_ARGS__);              \
  static_assert(bb_library.has_good_id(), "the library id is reverse DNS in lower case: com.example.acme"); \
  static_assert(bb_library.has_good_versions(), "versions are semantic versions: 1.0.0");                   \
  static_assert(bb_library.has_types_below_id(),                                                            \
                "each type id is the library id, or begins with it and a dot: com.example.acme.portal");    \
  static_assert(bb_library.has_unique_types(), "two connector types have the same id");                     \
  }                                                                                                         \
  extern "C" BB_EXPORT const bb_plugin* BB_CALL bb_plugin_v1(void) { return &::bb::detail::plugin_table<bb_library>; }

// One connector type; id and version are those of the library and of the type.
#define BB_PLUGIN(Class, id, name, vendor, version) \
  BB_PLUGINS(id, version, ::bb::type<Class>(id, name, vendor, version))
