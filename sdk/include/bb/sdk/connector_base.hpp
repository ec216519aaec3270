// bb/sdk/connector_base.hpp - what every connector derives from.
#pragma once

namespace bb {

namespace detail {
// Finds a capability's C table by interface id; null when there is none.
using Lookup = const void* (*)(const char* id) noexcept;
struct Instances;
}  // namespace detail

// One instance: one role, one person. Its constructor takes `const
// bb::Context&`, reads configuration, asks for host services and does no
// network; sessions are opened through bb::Session.
class Connector {
 public:
  virtual ~Connector() = default;
  Connector(const Connector&) = delete;
  Connector& operator=(const Connector&) = delete;

 protected:
  Connector() = default;

 private:
  friend struct detail::Instances;
  detail::Lookup lookup_ = nullptr;
};

}  // namespace bb
