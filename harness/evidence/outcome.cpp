#include "harness/evidence/outcome.hpp"

#include <fmt/format.h>

#include <array>

namespace bb::evidence {
namespace {

constexpr std::array<std::string_view, 10> outcome_words = {"fail",   "error",    "cancel", "not attested", "skip",
                                                            "waived", "attested", "warn",   "pass",         "omit"};

std::string tests(int count) { return count == 1 ? "1 test" : fmt::format("{} tests", count); }

// The word and the sentence: the first kind of outcome that is there decides.
Verdict describe(const Counts& counts, Standing standing) {
  if (counts.fail > 0) return {"not conformant", 1, tests(counts.fail) + " failed"};
  if (counts.error > 0)
    return {"inconclusive", 3, tests(counts.error) + " could not be judged because something on this side broke"};
  if (counts.cancel > 0) return {"cancelled", 5, tests(counts.cancel) + " cancelled by a person"};
  if (standing == Standing::broken_off) return {"inconclusive", 3, "the run ended before it was done"};
  if (counts.not_attested > 0) return {"inconclusive", 3, tests(counts.not_attested) + " not attested by a person"};
  if (counts.skip > 0) return {"inconclusive", 3, tests(counts.skip) + " could not be tested"};
  if (standing == Standing::waiting)
    return {"waiting", 4, "nothing has failed so far, and tests wait: it is not conformant yet"};
  if (counts.total() == counts.omit) return {"inconclusive", 3, "no test applied, so nothing was shown"};
  if (counts.attested > 0)
    return {fmt::format("conformant, {} attested", counts.attested), 0,
            fmt::format("what must hold did hold; {} attested by a person", tests(counts.attested))};
  return {"conformant", 0, "what must hold did hold"};
}

}  // namespace

std::string_view to_word(Outcome outcome) { return outcome_words[static_cast<std::size_t>(outcome)]; }

std::optional<Outcome> outcome_from(std::string_view word) {
  for (std::size_t i = 0; i < outcome_words.size(); ++i)
    if (outcome_words[i] == word) return static_cast<Outcome>(i);
  return std::nullopt;
}

std::string_view to_word(Level level) {
  switch (level) {
    case Level::shall:
      return "SHALL";
    case Level::should:
      return "SHOULD";
    case Level::may:
      break;
  }
  return "MAY";
}

std::optional<Level> level_from(std::string_view word) {
  if (word == "SHALL" || word == "SHALL NOT") return Level::shall;
  if (word == "SHOULD" || word == "SHOULD NOT") return Level::should;
  if (word == "MAY") return Level::may;
  return std::nullopt;
}

void Counts::add(Outcome outcome) {
  switch (outcome) {
    case Outcome::fail:
      ++fail;
      return;
    case Outcome::error:
      ++error;
      return;
    case Outcome::cancel:
      ++cancel;
      return;
    case Outcome::not_attested:
      ++not_attested;
      return;
    case Outcome::skip:
      ++skip;
      return;
    case Outcome::attested:
      ++attested;
      return;
    case Outcome::waived:
      ++waived;
      return;
    case Outcome::warn:
      ++warn;
      return;
    case Outcome::pass:
      ++pass;
      return;
    case Outcome::omit:
      ++omit;
      return;
  }
}

int Counts::total() const {
  return fail + error + cancel + not_attested + skip + attested + waived + warn + pass + omit;
}

Verdict decide(const Counts& tests_by_outcome, Standing standing, const std::optional<Part>& part,
               int waivers_to_review) {
  Verdict verdict = describe(tests_by_outcome, standing);
  const Counts& counts = tests_by_outcome;
  // The word follows the roll-up; the exit status has an order of its own, in
  // which a person's stop comes first: 5, 1, 6, 3, 4, 0.
  if (counts.cancel > 0 && verdict.exit_status != 5) {
    verdict.exit_status = 5;
    verdict.sentence += fmt::format("; {} cancelled by a person", tests(counts.cancel));
  }
  if (standing == Standing::broken_off && counts.fail + counts.error + counts.cancel > 0)
    verdict.sentence += "; the run ended before it was done";
  if (standing == Standing::waiting && verdict.exit_status != 4) verdict.sentence += "; other tests wait";
  const bool is_good = verdict.exit_status == 0;
  if (waivers_to_review > 0 && verdict.exit_status != 5 && verdict.exit_status != 1) verdict.exit_status = 6;
  if (part && is_good)
    verdict.word +=
        fmt::format(", in part: {} of {} {} run", part->tests, tests(part->of), part->tests == 1 ? "was" : "were");
  if (counts.warn > 0 && is_good) verdict.sentence += fmt::format("; {} with a warning", tests(counts.warn));
  if (counts.waived > 0) verdict.sentence += fmt::format("; {} waived", tests(counts.waived));
  if (waivers_to_review > 0)
    verdict.sentence += waivers_to_review == 1 ? "; 1 waiver is stale or expired"
                                               : fmt::format("; {} waivers are stale or expired", waivers_to_review);
  return verdict;
}

}  // namespace bb::evidence
