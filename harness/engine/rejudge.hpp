// harness/engine/rejudge.hpp - every claim of a run judged again from its folder.
//
// Nothing is called and no connector loaded: the suites are the folder's own
// copies, and only what `valid` asks for comes from elsewhere. Whether the folder
// is as the run wrote it is for evidence::read_run().
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <bb/core/result.hpp>
#include "harness/engine/replay.hpp"

namespace bb::engine {

struct Rejudged {
  // What is not as the run wrote it down.
  struct Difference {
    std::string suite, test, step;
    std::string claim;    // its text; empty: of the step itself
    std::string was, is;  // "held", "violated (expected ..., found ...)"
    int line = 0;         // in the suite file, 0 where it has none
  };
  std::size_t tests = 0;     // with a step that was judged
  std::size_t claims = 0;    // judged again
  std::size_t answers = 0;   // of people, taken as they were written down
  std::size_t reworded = 0;  // came to the same, in other words for expected or found
  std::vector<Difference> differences;
  std::vector<Difference> unjudged;  // a validator's data is missing here
};

// The error says what of the folder could not be read.
[[nodiscard]] Result<Rejudged> rejudge(const Replay& replay);

}  // namespace bb::engine
