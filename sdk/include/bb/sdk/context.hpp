// bb/sdk/context.hpp - what a connector is made from: configuration and host.
//
// Borrowed by the constructor and gone after it. The service handles that it
// gives out stay valid until the connector is destroyed.
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <bb/abi/plugin.h>
#include <bb/sdk/detail/json_text.hpp>
#include <bb/sdk/failure.hpp>
#include <bb/sdk/services/log.hpp>
#include <bb/sdk/services/service.hpp>
#include <bb/sdk/slices.hpp>

namespace bb {

class Context {
 public:
  Context(const bb_host* host, const bb_create_args* args) noexcept : host_(host), args_(args) {}

  // "portal/alice"; appears in logs and evidence.
  std::string_view instance_name() const noexcept { return to_view(args_->instance_name); }

  // The text of a string member, by JSON Pointer: config("/base_url"). A member
  // that is missing or no string ends create with BB_E_INVALID_ARGUMENT and a
  // sentence that names it.
  std::string config(std::string_view pointer) const {
    auto value = config_if(pointer);
    if (!value) throw wrong(pointer, "is missing");
    return *std::move(value);
  }
  std::optional<std::string> config_if(std::string_view pointer) const {
    const auto json = config_json(pointer);
    if (!json) return std::nullopt;
    auto value = detail::unquote_json(*json);
    if (!value) throw wrong(pointer, "is no text");
    return value;
  }
  std::int64_t config_integer(std::string_view pointer, std::int64_t fallback) const {
    const auto json = config_json(pointer);
    if (!json) return fallback;
    const auto value = detail::json_integer(*json);
    if (!value) throw wrong(pointer, "is no integer");
    return *value;
  }
  // The JSON text of a leaf; "" is the whole configuration. Borrowed.
  std::optional<std::string_view> config_json(std::string_view pointer) const noexcept {
    for (std::uint64_t i = 0; i < args_->config_count; ++i)
      if (to_view(args_->config[i].key) == pointer) return to_view(args_->config[i].value);
    return std::nullopt;
  }

  // A host service, or nothing when the host does not offer it:
  //   std::optional<bb::Clock> clock = context.find<bb::Clock>();
  template <detail::HostService Service>
  std::optional<Service> find() const {
    const auto* table = static_cast<const typename Service::Table*>(host_->get_interface(host_, Service::id));
    if (!Service::is_complete(table)) return std::nullopt;
    return Service{host_, table};
  }
  // A host service that the connector cannot do without; create fails with a
  // sentence that names it.
  template <detail::HostService Service>
  Service require() const {
    auto service = find<Service>();
    if (!service) throw Failure{BB_E_UNSUPPORTED, std::string("the host does not offer ") + Service::id};
    return *std::move(service);
  }

  // The log; writes nowhere when the host has none.
  Log log() const { return find<Log>().value_or(Log{}); }

 private:
  static Failure wrong(std::string_view pointer, const char* what) {
    return Failure{BB_E_INVALID_ARGUMENT, "configuration: " + std::string(pointer) + " " + what};
  }

  const bb_host* host_;
  const bb_create_args* args_;
};

}  // namespace bb
