#include "harness/doctor/checks.hpp"

#include <array>
#include <iterator>

namespace bb::doctor {
namespace {

using Check = Findings (*)(Examination&);
constexpr std::array<Check, 11> all_checks{check_target,     check_suites,       check_answers,      check_secrets,
                                           check_connectors, check_addresses,    check_certificates, check_clocks,
                                           check_sign_ins,   check_capabilities, check_records};

struct GroupWords {
  Group group;
  std::string_view word, title;
};
constexpr std::array<GroupWords, 10> groups{{{Group::target, "target", "target file"},
                                             {Group::suites, "suites", "suites and inputs"},
                                             {Group::secrets, "secrets", "secrets"},
                                             {Group::connectors, "connectors", "connectors"},
                                             {Group::addresses, "addresses", "addresses"},
                                             {Group::certificates, "certificates", "certificates"},
                                             {Group::clock, "clock", "clock"},
                                             {Group::sign_in, "sign_in", "sign-in"},
                                             {Group::capabilities, "capabilities", "capabilities"},
                                             {Group::records, "records", "test patients"}}};

const GroupWords& words_of(Group group) {
  for (const auto& words : groups)
    if (words.group == group) return words;
  return groups.front();
}

}  // namespace

std::string_view title_of(Group group) { return words_of(group).title; }
std::string_view word_of(Group group) { return words_of(group).word; }

std::string_view word_of(State state) {
  switch (state) {
    case State::good:
      return "ok";
    case State::note:
      return "note";
    case State::warning:
      return "warning";
    case State::problem:
      return "problem";
    case State::not_judged:
      break;
  }
  return "not judged";
}

Findings examine(Examination& examination) {
  Findings findings;
  for (const auto check : all_checks) {
    if (examination.is_cancelled()) break;
    auto more = check(examination);
    findings.insert(findings.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
  }
  return findings;
}

}  // namespace bb::doctor
