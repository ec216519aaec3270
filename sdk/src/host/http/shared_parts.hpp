// shared_parts.hpp - what all HTTP connections of a host share.
#pragma once

#include "trust_anchors.hpp"
#include "watchdog.hpp"

namespace bb::host {

// [any thread]
struct SharedParts {
  Watchdog watchdog;
  TrustAnchors anchors;
};

}  // namespace bb::host
