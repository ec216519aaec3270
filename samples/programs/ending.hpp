// ending.hpp - the end of a sample program that serves until it is told to stop.
#pragma once

#include <sys/types.h>

namespace bb::programs {

// SIGTERM and SIGINT reach no thread from here on, so that one waits for them; SIGPIPE
// is ignored. Before any thread is started.
void block_ending_signals();
// Until one of them comes.
void wait_for_ending_signal();
// Asks for SIGTERM when the parent ends, which `parent` was at the start of main();
// false where it has ended already.
bool end_with(pid_t parent);

}  // namespace bb::programs
