// bb/sdk/detail/capability.hpp - from an opaque bb_connector to the class that
// a vendor wrote.
#pragma once

#include <type_traits>

#include <bb/abi/plugin.h>
#include <bb/sdk/connector_base.hpp>

namespace bb::detail {

// Whether T has the capability. Inheriting it privately would silently hide it
// from the host, so that is a mistake with a sentence.
template <class T, class Mixin>
consteval bool has_capability() {
  static_assert(std::is_base_of_v<Mixin, T> == std::is_convertible_v<T*, Mixin*>,
                "inherit each capability publicly and once: class X : public bb::Connector, public bb::View");
  return std::is_base_of_v<Mixin, T>;
}

// The capability of an instance, through its mixin: a vendor's overrides may be
// private.
template <class T, class Mixin>
Mixin& capability(bb_connector* connector) noexcept {
  return static_cast<T&>(*reinterpret_cast<Connector*>(connector));
}

}  // namespace bb::detail
