// sandbox.hpp - what the process gives up before it loads the library: a
// library's constructors already run plugin code.
#pragma once

#include <string>
#include <vector>

namespace bb::host {

// Dies with its host, leaves no core. `parent` is the host's process; false
// when that is gone already.
bool tie_to_parent(int parent);

// Applies every layer that this build knows, and names them for HELLO. Further
// layers (Landlock, seccomp, limits) have their place here.
std::vector<std::string> apply_sandbox();

}  // namespace bb::host
