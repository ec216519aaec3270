// harness/report/explain.hpp - what a result means and what to do next, in words.
//
// Shared by all reports, so that the console, a CI server and the page say the
// same. The reader has never seen our source and may not be a programmer.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <bb/host/recorder.hpp>
#include "harness/evidence/run_view.hpp"

namespace bb::report {

// Steps whose claims count: the last attempt of each, no replayed set-up, no
// cleanup.
std::vector<const evidence::StepView*> judged_steps(const evidence::TestView& test);

// A claim that did not hold, with its step.
struct BrokenClaim {
  const evidence::StepView* step;
  const evidence::ClaimView* claim;
};
std::vector<BrokenClaim> broken_claims(const evidence::TestView& test);

// Tests somebody must act on, the most serious first: fail, error, cancel, not
// attested, skip, warn, tests the run did not reach, and tests that do not
// count. Plan order within.
std::vector<const evidence::TestView*> open_tests(const evidence::RunView& run);

// What stands beside tests and requirements with `counts` false.
inline constexpr std::string_view uncounted_note = "does not count in this run";

// "fail", "not attested" ... or "not run" for a test that the run did not reach.
std::string_view outcome_word(const evidence::TestView& test);
// "pass" ... or "untested".
std::string_view outcome_word(const evidence::RequirementView& requirement);
// What is missing for a requirement that is not tested.
std::string missing(const evidence::RequirementView& requirement);
// That tests of a tested requirement are not in this part; empty when all are.
std::string part_note(const evidence::RequirementView& requirement);
// One sentence on what the word means, for a legend. Empty for an unknown word.
std::string_view meaning(std::string_view outcome_word);

// Why a test is not good, in one short line: the first claim that does not
// hold, else the cause. Empty for a test without either.
std::string reason(const evidence::TestView& test);

// What to do about a test; empty when there is nothing to do.
std::string next_step(const evidence::TestView& test);
// What to do about a claim that does not hold: its own hint, else the test's,
// else by the test's outcome.
std::string next_step(const evidence::TestView& test, const evidence::ClaimView& claim);
// What to do with the whole result.
std::string next_step(const evidence::RunView& run);

// "send waits for inbox.message at a@b.example until 2026-11-21T12:00:00.000Z: hand the file over"
std::string sentence_of(const evidence::WaitView& wait);
// "This run was made by 3 processes, one after the other."; empty where it was one.
std::string processes_sentence(const evidence::RunView& run);
// What a sentence on a message may repeat of it. Its subject and its sender may be a
// patient's: a console goes to logs that others read, the page stays with the evidence.
enum class Repeats { all, nothing_of_the_message };
// "inbox holds message 7, which no wait took; nearest is demo/send, step message: time: expected until …, found …"
std::string sentence_of(const evidence::ArrivalView& arrival, Repeats repeats);

// "used: acme/download, 'time first_byte', until 2027-01-31: slow on the sandbox only": what a waiver is of and why
// it is there.
std::string sentence_of(const evidence::WaiverView& waiver);
// What to do about it; empty where it is of another run, or open.
std::string next_step(const evidence::WaiverView& waiver);

// "suite.yaml:41, step view"
std::string where(const evidence::RunView& run, const evidence::TestView& test, const BrokenClaim& broken);
// "GET https://portal.example/api/patients/alice/items: 500"
std::string describe(const evidence::ExchangeView& exchange);
// The exchange that answered a step (marked so, else the last), or nullptr.
const evidence::ExchangeView* answering_exchange(const evidence::StepView& step);

// "1.2 (default)"
std::string chosen(const evidence::OptionView& option);
// "direct.send: direct_as 1.2 (default), recipients all (target)"; empty for a suite without options.
std::string options_sentence(const evidence::SuiteView& suite);

// "Acme Portal 5.2", or the target's id.
std::string target_name(const evidence::RunView& run);

// One rule that one instance, or the host for it, broke: docs/abi/rules.md.
struct Misbehaviour {
  host::Notice first;
  int count = 0;
  bool has_more = false;  // than were recorded
};
// In the order first seen.
std::vector<Misbehaviour> misbehaviours(const evidence::RunView& run);
// What a run with --check-connectors saw, in one sentence; empty for a run without.
std::string connectors_sentence(const evidence::RunView& run);

// "yes", "no", "expired" (a yes or no that does not count any more), "declined" or "no answer".
std::string_view answer_word(const evidence::AttestationView& answer);
// "Rosa Okafor, accessibility tester, 2026-11-20"; what is not there is left out.
std::string signature_of(const evidence::AttestationView& answer);
// "2027-11-20", or "2026-11-01: it does not count on 2026-11-21"; empty where it does not expire.
std::string expiry_of(const evidence::AttestationView& answer);
// What was given as evidence, and the file that holds it, if any.
std::string evidence_of(const evidence::AttestationView& answer);

// "yes: The page ... (by Rosa Okafor, 2026-11-20; evidence: ...; expires 2027-11-20)"
std::string sentence_of(const evidence::AttestationView& answer);

// Requirements that rest on an answer of a person.
bool is_attested(const evidence::RequirementView& requirement);

}  // namespace bb::report
