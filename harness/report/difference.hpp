// harness/report/difference.hpp - what changed between two runs, in requirement terms.
//
// A pure function of two runs. It says what holds now and did not, the other way
// round, and which rule made the difference where it was a rule and not the
// system: its level, status, dates or text, or the rule date of the run.
// docs/reference/diff.md.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <bb/core/value.hpp>
#include "harness/evidence/run_view.hpp"
#include "harness/report/report.hpp"

namespace bb::report {

// One thing that was so and is not any more.
struct FieldChange {
  std::string what;  // "level", "rule date", "suite direct.send"
  std::string before, after;
};

struct RequirementChange {
  // What it means for the system.
  enum class Kind { newly_failing, newly_passing, no_longer_judged, newly_judged, rule_changed, otherwise };
  std::string id, level, text, source, at, status, from, until;  // as the later run that has it says
  Kind kind = Kind::otherwise;
  std::string before, after;  // outcome words; "untested", "not in the catalogue"
  bool counted_before = false, counts_after = false;
  bool is_worse = false;
  std::vector<FieldChange> rule;   // of the catalogue, and of whether it is in force on the rule date
  std::string cites;               // the rule that made the difference: id, source, dates; empty: the system did
  std::vector<std::string> tests;  // "suite/test" that verify it and whose outcome changed
};

// A claim that does not hold.
struct FailingClaim {
  std::string step, text, expected, found;
};

struct TestChange {
  std::string suite, name, title;
  std::string before, after;  // outcome words; "not there" where the run had no such test
  bool is_worse = false;
  std::vector<FailingClaim> claims_before, claims_after;
  std::string cause;               // of the later outcome, where no claim failed
  std::vector<std::string> cites;  // rules of the requirements that came or went with the rule date
};

struct Difference {
  FieldChange verdict;
  bool is_verdict_worse = false;
  std::vector<RequirementChange> requirements;  // by kind, catalogue order
  std::vector<TestChange> tests;                // plan order of the later run, then those that are gone
  std::vector<FieldChange> waivers, attestations;
  std::vector<FieldChange> setup;           // target, versions, suites, options, connectors, rule date
  std::vector<std::string> not_comparable;  // why a difference may not be the system's

  bool is_worse() const;
  bool is_empty() const;
};

std::string_view to_word(RequirementChange::Kind kind);  // "newly failing" ...

Difference compare_runs(const evidence::RunView& before, const evidence::RunView& after);

std::string render_difference(const Difference& difference, const evidence::RunView& before,
                              const evidence::RunView& after, const ConsoleOptions& options);
// Format "bluebridge-difference/1", conformance/schemas/difference.schema.json.
Value to_value(const Difference& difference, const evidence::RunView& before, const evidence::RunView& after);
// One page that needs nothing but itself.
std::string difference_page(const Difference& difference, const evidence::RunView& before,
                            const evidence::RunView& after);

}  // namespace bb::report
