// harness/report/difference_words.hpp - what changed between two runs, in the
// words that the console and the page share.
#pragma once

#include <string>

#include "harness/report/difference.hpp"

namespace bb::report {

// "something got worse", "nothing got worse", "nothing changed".
std::string headline(const Difference& difference);
// "run ab12cd34 of 2026-11-20, rules of 2026-11-20".
std::string run_sentence(const evidence::RunView& run);
// "pass, then fail"; "target: acme, then other".
std::string in_words(const RequirementChange& change);
std::string in_words(const TestChange& change);
std::string in_words(const FieldChange& change);
// "body text contains Smith: expected "Smith", found "Newman"".
std::string in_words(const FailingClaim& claim);

}  // namespace bb::report
