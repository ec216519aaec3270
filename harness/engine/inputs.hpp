// harness/engine/inputs.hpp - what the $references of a suite mean before any test ran.
//
// One object per suite: its inputs by name (a person becomes {id, account,
// facts...}), options, target and run. docs/reference/suite-format.md.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <bb/core/result.hpp>
#include <bb/core/value.hpp>
#include "harness/engine/run.hpp"
#include "harness/evidence/run_view.hpp"
#include "harness/suite/model.hpp"

namespace bb::engine {

// $run.*
struct RunFacts {
  std::string id;
  std::int64_t started_unix_ns = 0;
  std::uint64_t seed = 0;
  std::string state;  // unguessable, for what comes back from outside
};
Value run_value(const RunFacts& facts);

struct ScopeRoot {
  Value root;
  // Names and values of inputs of type secret: to be taught to the redactor
  // before anything is recorded.
  std::vector<std::pair<std::string, std::string>> secrets;
  std::vector<evidence::OptionView> options;  // of the suite, in its order: for reports
};

// The error names the input or option, what was given and what was expected.
Result<ScopeRoot> make_scope_root(const suite::Suite& suite, const suite::Target& target, const RunOptions& options);

// {id, title, version, environment, clock, profile, roles, people}. A suite sees
// the patients ($target.people); a record keeps everybody, so that faults can
// swap any two.
enum class People { patients, all };
Value target_value(const suite::Target& target, People which);

// {id, account, facts...}
Value person_value(const suite::Person& person);

}  // namespace bb::engine
