// harness/checks/matchers.hpp - whether what was found is what was expected.
//
// Values of a set are judged one by one, and all must hold. Nothing found never
// holds, but for `exists: false` and `count: 0`. docs/reference/claims.md says
// what each matcher means.
#pragma once

#include <string>

#include "harness/checks/subjects.hpp"
#include "harness/suite/model.hpp"

namespace bb::checks {

// How one matcher came out; the texts are for people.
struct Match {
  Holds holds = Holds::held;
  std::string expected;
  std::string found;
};

// `operand` without references.
Match match(suite::Matcher matcher, const Value& operand, const Subject& subject);
// A claim without matcher: "is there / is true".
Match match_presence(const Subject& subject);

// A value as a message shows it, shortened.
std::string shown(const Value& value);
std::string shown(const Subject& subject);

}  // namespace bb::checks
