// traps.hpp - system calls that a check does not allow, caught by the kernel in
// this process and answered with an error. For children of the kit: there is no
// way back.
#pragma once

#include <string>

namespace bb::kit {

enum class Trap { sockets, sockets_and_writes };

// False when the kernel does not let us.
bool set_trap(Trap trap);
// What was tried since, "socket" or "open for writing"; empty = nothing.
std::string caught_by_trap();

}  // namespace bb::kit
