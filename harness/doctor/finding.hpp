// harness/doctor/finding.hpp - one thing that was looked at, and how it is.
#pragma once

#include <string>
#include <string_view>

#include <bb/core/diagnostic.hpp>

namespace bb::doctor {

// The groups of checks, in the order in which they are told. Each needs some of those before it.
enum class Group {
  target,
  suites,
  secrets,
  connectors,
  addresses,
  certificates,
  clock,
  sign_in,
  capabilities,
  records
};
std::string_view title_of(Group group);  // "test patients"
std::string_view word_of(Group group);   // "records", for programs

enum class State {
  good,
  note,        // worth knowing, and nothing to mend
  warning,     // a run may say less than it could
  problem,     // a run will not come about, or fail for this
  not_judged,  // what is needed to look at it is not there
};
std::string_view word_of(State state);  // "ok", "note", "warning", "problem", "not judged"

struct Finding {
  Group group = Group::target;
  State state = State::good;
  std::string what{};  // one sentence, lower case, without a point
  Place place{};       // no source: nowhere in a file
  std::string expected{};
  std::string found{};
  std::string next{};  // what to do
};

}  // namespace bb::doctor
