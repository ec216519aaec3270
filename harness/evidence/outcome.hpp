// harness/evidence/outcome.hpp - outcomes, their roll-up, verdict and exit status.
//
// The words and their order are settled: docs/reference/outcomes.md.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bb::evidence {

// Declared strongest first: rolling up is taking the minimum.
enum class Outcome { fail, error, cancel, not_attested, skip, waived, attested, warn, pass, omit };

std::string_view to_word(Outcome outcome);  // "not attested" with a blank
std::optional<Outcome> outcome_from(std::string_view word);

enum class Level { shall, should, may };
std::string_view to_word(Level level);                   // "SHALL"
std::optional<Level> level_from(std::string_view word);  // "SHALL NOT" reads as SHALL

struct Counts {
  int fail = 0, error = 0, cancel = 0, not_attested = 0, skip = 0, attested = 0, waived = 0, warn = 0, pass = 0,
      omit = 0;
  void add(Outcome outcome);
  int total() const;
};

// How many tests a run took of the suites, where --filter or --tag left out the
// others.
struct Part {
  int tests = 0;
  int of = 0;
};

// Where a run stands: all its tests ended; it left tests waiting (`--detach`),
// for a later process to go on with; or it ended before it was done.
enum class Standing { done, waiting, broken_off };

// What a whole run came to. One that is not done is never conformant.
struct Verdict {
  // "conformant", "conformant, 12 attested", "not conformant", "inconclusive", "cancelled", "waiting"; of a part never
  // plain "conformant": "conformant, in part: 3 of 23 tests were run".
  std::string word;
  int exit_status = 0;   // docs/reference/command-line.md: 0 1 3 4 5 6
  std::string sentence;  // why, one sentence for people
};
// `tests` are those that ended, where the run waits; `waivers_to_review` are
// stale or expired.
Verdict decide(const Counts& tests, Standing standing, const std::optional<Part>& part, int waivers_to_review = 0);

}  // namespace bb::evidence
