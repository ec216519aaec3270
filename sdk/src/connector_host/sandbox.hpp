// sandbox.hpp - what the process gives up before it loads the library: a
// library's constructors already run plugin code. docs/reference/isolation.md.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <bb/host/sandbox_layer.hpp>
#include "isolation/sanitized.hpp"

namespace bb::host {

struct SandboxPolicy {
  std::filesystem::path library;    // to be loaded
  bool is_network_allowed = false;  // sockets of its own
};

// Dies with its host. `parent` is the host's process; false when that is gone
// already.
bool tie_to_parent(int parent);

// Applies all layers and says what came of each. The working folder is the one
// that may be written.
std::vector<SandboxLayer> apply_sandbox(const SandboxPolicy& policy);

// The layers, each in a file of its own. To be called in this order: without
// `drop_privileges` the kernel takes neither of the last two.
SandboxLayer drop_privileges();
SandboxLayer limit_resources();
SandboxLayer restrict_files(const SandboxPolicy& policy);
SandboxLayer restrict_system_calls(const SandboxPolicy& policy);

// "setrlimit(RLIMIT_AS): Operation not permitted", of errno.
std::string failed_call(std::string_view call);

}  // namespace bb::host
