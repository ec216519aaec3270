// harness/bundle/verify.hpp - whether a run folder is as the run wrote it, and as
// somebody signed it.
//
// What the chain of events proves and what only a signature does:
// docs/reference/events.md.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <bb/core/result.hpp>
#include "harness/evidence/run_view.hpp"

namespace bb::bundle {

// Who is to have signed: PEM texts, empty where it is not asked.
struct Trust {
  std::string authorities{};  // the signer's certificate leads to one of them
  std::string certificate{};  // the signer's own
};

struct Verification {
  struct Problem {
    std::string file, what;  // the file in the folder, "." for the folder
  };
  std::vector<Problem> problems;
  std::vector<std::string> notes;      // what is odd and proves nothing
  std::vector<std::string> open;       // what cannot be said: whether lines are gone at the end
  std::vector<std::string> signed_by;  // subjects of the certificates
  std::size_t files = 0;
  evidence::RunView run;
};

// The error is of a folder without a run that can be read, and of certificates that cannot.
[[nodiscard]] Result<Verification> verify(const std::filesystem::path& folder, const Trust& trust = {});

}  // namespace bb::bundle
