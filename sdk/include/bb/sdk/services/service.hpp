// bb/sdk/services/service.hpp - what a handle of a host service has in common.
//
// A handle is two pointers: copy it freely, keep it as a member. It names its
// interface id and C table, and checks that the host's table is whole.
#pragma once

#include <concepts>
#include <string>
#include <string_view>

#include <bb/abi/host_services.h>
#include <bb/sdk/failure.hpp>

namespace bb::detail {

template <class T>
concept HostService = std::constructible_from<T, const bb_host*, const typename T::Table*> &&
    requires(const typename T::Table* table) {
  { T::id } -> std::convertible_to<const char*>;
  { T::is_complete(table) } -> std::same_as<bool>;
};

// Passes on what a host service answered, with what was being done.
inline void expect_ok(bb_status status, const char* service, std::string_view doing) {
  if (status == BB_OK) return;
  throw Failure{status, std::string(doing) + ": " + service + " answered " + std::to_string(status), service, status};
}

}  // namespace bb::detail
