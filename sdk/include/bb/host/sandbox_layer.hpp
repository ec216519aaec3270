// bb/host/sandbox_layer.hpp - a layer of what a connector's process gave up
// before its library was loaded. docs/reference/isolation.md lists them.
#pragma once

#include <string>

namespace bb::host {

struct SandboxLayer {
  std::string name;          // "privileges", "limits", "landlock", "seccomp"
  bool is_in_force = false;  // false: the kernel refused it
  std::string note;          // what it does here; or why it is not in force
};

}  // namespace bb::host
