// The target file, suites and inputs: what `run` would say before anything is sent.
#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/format.h>

#include <bb/core/text.hpp>
#include "harness/doctor/checks.hpp"

namespace bb::doctor {
namespace {

// Whom a mistake belongs to, by words of its message; the first that fits. All others are of the file that they stand
// in.
struct Belongs {
  std::string_view words;
  Group group;
};
constexpr std::array<Belongs, 6> belongs{{{"[T06]", Group::connectors},
                                          {"[T07]", Group::connectors},
                                          {"connectors run without", Group::connectors},
                                          {"trust anchors", Group::certificates},
                                          {"redirect URI", Group::sign_in},
                                          {"[T08]", Group::secrets}}};

bool is_of_target(const Examination& examination, const Diagnostic& diagnostic) {
  const auto& source = diagnostic.place.source;
  return source && examination.target().source ? source->name == examination.target().source->name : false;
}

Group group_of(const Examination& examination, const Diagnostic& diagnostic) {
  for (const auto& one : belongs)
    if (diagnostic.message.find(one.words) != std::string::npos) return one.group;
  const bool is_of_shape = !diagnostic.message.ends_with(']');
  return is_of_target(examination, diagnostic) && is_of_shape ? Group::target : Group::suites;
}

State state_of(const Diagnostic& diagnostic) {
  if (diagnostic.severity == Severity::error) return State::problem;
  // What this machine lacks is nothing to mend in a configuration.
  return diagnostic.place.source ? State::warning : State::note;
}

}  // namespace

Findings told_of(const Examination& examination, Group group) {
  Findings findings;
  for (const auto& one : in_order(examination.loaded().diagnostics))
    if (group_of(examination, one) == group)
      findings.push_back(
          {.group = group, .state = state_of(one), .what = one.message, .place = one.place, .next = one.note});
  return findings;
}

Findings check_target(Examination& examination) {
  auto findings = told_of(examination, Group::target);
  if (findings.empty()) {
    const auto& target = examination.target();
    findings.push_back({.group = Group::target,
                        .what = fmt::format("target '{}': {}, {} {}", target.id, counted(target.roles.size(), "role"),
                                            target.people.size(), target.people.size() == 1 ? "person" : "people")});
  }
  return findings;
}

Findings check_suites(Examination& examination) {
  auto findings = told_of(examination, Group::suites);
  if (examination.suites().empty() && findings.empty())
    return {
        {.group = Group::suites,
         .state = State::not_judged,
         .what = "no installed suite can be run with the roles, people and inputs of this target",
         .next =
             "name the suite to see what it lacks, for example: bluebridge doctor pledge.data_holder --target ..."}};
  if (findings.empty())
    for (const auto& suite : examination.suites())
      findings.push_back(
          {.group = Group::suites,
           .what = fmt::format("suite '{}' {}: {}", suite.id, suite.version, counted(suite.tests.size(), "test"))});
  return findings;
}

}  // namespace bb::doctor
