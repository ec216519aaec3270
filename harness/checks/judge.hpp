// harness/checks/judge.hpp - claims: pure functions of what was recorded.
//
// Nothing here talks to the outside or keeps state, so a verdict can be
// replayed from evidence and mutated.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "harness/checks/scope.hpp"
#include "harness/evidence/message.hpp"
#include "harness/evidence/outcome.hpp"
#include "harness/suite/model.hpp"

namespace bb::checks {

enum class Holds { held, violated, unjudgeable };
std::string_view to_word(Holds holds);

struct ClaimResult {
  const suite::Claim* claim = nullptr;  // null: the implied `result: ok`
  std::string gate;                     // require | expect | check
  Holds holds = Holds::held;
  evidence::Level level = evidence::Level::shall;
  bool counts = true;  // false: violated, it warns at most
  std::string text;
  std::string expected;  // for people, at most 2 KiB
  std::string found;
  bool lacks_validator = false;  // and is unjudgeable for that
  bool is_waived = false;        // violated, as a waiver said it would be
};

class Validator;  // validator.hpp

// Whether it claims how the call of its step ended.
bool is_about_the_result(const suite::Claim& claim);

// One claim. `message` is the step's own, null for `check`. A subject that the
// message does not have (an HTTP header of a mail) is unjudgeable, and so is a
// reference without a value. A claim over an empty set does not hold. Without a
// validator no `valid` can be judged.
ClaimResult judge_claim(const suite::Claim& claim, const Scope& scope, const evidence::Message* message,
                        const Validator* validator = nullptr);

// A step judged: result and status claims of `expect` first, then `require`,
// then the rest of `expect` (rule 11 of the format), then saves. Judging stops
// at a violated result or status claim and at an unmet require.
struct StepJudgement {
  evidence::Outcome outcome = evidence::Outcome::pass;  // pass warn waived fail skip error
  std::string kind;                                     // for error
  std::string cause;                                    // one sentence when not pass
  std::vector<ClaimResult> claims;
  std::vector<std::pair<std::string, Value>> saved;
};
// Whether a claim that is violated is waived; null: none is.
using Waives = std::function<bool(const ClaimResult& claim)>;

// `level` is the level of claims that state none (from the requirements the
// test verifies). A claim that is waived stops the judging where it would else.
StepJudgement judge_step(const suite::Step& step, const Scope& scope, const evidence::Message* message,
                         evidence::Level level, const Validator* validator = nullptr, const Waives& waives = nullptr);

// What a step saves of its message; what the message does not have is not there.
std::vector<std::pair<std::string, Value>> saved_values(const suite::Step& step, const Scope& scope,
                                                        const evidence::Message& message);

// The part of a message that a selector names; an empty list when there is
// none. An error when the message has no such part at all (json of a PDF).
Result<std::vector<Value>> select(const suite::Selector& selector, const evidence::Message& message);

// A fault applied to a copy of a message. An error when there is nothing to
// apply it to. `swap`: every fact of `from` (strings at any depth) found in
// body and attributes becomes that of `to`.
Result<evidence::Message> apply_fault(const suite::Fault& fault, const evidence::Message& message,
                                      const Value& swap_from, const Value& swap_to);

}  // namespace bb::checks
