// Test patients: what the suites require of their records is in them.
#include <algorithm>

#include <fmt/format.h>

#include <bb/core/text.hpp>
#include "harness/doctor/checks.hpp"
#include "harness/doctor/record_needs.hpp"

namespace bb::doctor {
namespace {

Finding told(const Examination& examination, const RecordNeed& need) {
  Finding finding{.group = Group::records, .state = State::warning};
  const auto of = need.people.empty() ? "" : " for " + join(need.people, ", ");
  const auto tests = counted(need.tests.size(), "test");
  finding.what =
      need.type.empty()
          ? fmt::format("something that suite '{}' requires is not there{}: {} will skip", need.suite, of, tests)
          : fmt::format("no {}{}: {} of suite '{}' will skip", need.type, of, tests, need.suite);
  if (!need.people.empty())
    if (const auto* person = examination.target().find_person(need.people.front())) finding.place = person->place;
  finding.expected = need.claim;
  finding.found = need.found;
  finding.next = "choose another patient, or add it to the record";
  if (!need.type.empty()) finding.next += "; --write-seed FILE writes made-up entries";
  if (!need.why.empty()) finding.next = fmt::format("{} Else {}", need.why, finding.next);
  return finding;
}

}  // namespace

Findings check_records(Examination& examination) {
  const auto say = [](State state, std::string what, std::string next) {
    return Findings{{.group = Group::records, .state = state, .what = std::move(what), .next = std::move(next)}};
  };
  if (!examination.settings().signs_in) return say(State::note, "no record was read: --no-sign-in", "");
  if (examination.plan() == nullptr || !examination.rehearsal().problem.empty())
    return say(State::not_judged, "no record was read", "mend what is said above, and look again");
  Findings findings;
  for (const auto& need : record_needs(*examination.plan(), examination.rehearsal()))
    findings.push_back(told(examination, need));
  const auto& tests = examination.rehearsal().tests;
  const auto read = static_cast<std::size_t>(std::count_if(tests.begin(), tests.end(), [](const auto& test) {
    return test.suite != sign_in_suite_id && test.outcome == evidence::Outcome::pass;
  }));
  if (examination.rehearsal().is_late)
    findings.push_back({.group = Group::records,
                        .state = State::not_judged,
                        .what = "the records were not read to the end: the time was over",
                        .next = "give it more with --timeout"});
  if (const auto unread = unread_tests(*examination.plan(), examination.rehearsal()); !unread.tests.empty())
    findings.push_back({.group = Group::records,
                        .state = State::not_judged,
                        .what = fmt::format("{} did not come to what it requires of the records, the first is {}",
                                            counted(unread.tests.size(), "test"), unread.tests.front()),
                        .found = unread.cause,
                        .next = "mend what keeps it from reading, and look again"});
  if (findings.empty())
    return say(read > 0 ? State::good : State::note,
               read > 0 ? fmt::format("what {} of the suites look at first is in the records", counted(read, "test"))
                        : "no suite requires anything of the records",
               "");
  return findings;
}

}  // namespace bb::doctor
