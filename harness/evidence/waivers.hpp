// harness/evidence/waivers.hpp - what waivers let fail in a run, and which of them
// nobody needs any more.
//
// Pure functions of what was recorded, used by the engine while a run goes on
// and by whoever reads it again, so that both come to the same.
// docs/reference/waivers.md.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/evidence/run_view.hpp"

namespace bb::evidence {

// The text of the claim that every call has which claims nothing about its result.
inline constexpr std::string_view implied_claim = "result ok";

std::string_view to_word(WaiverView::Hold hold);  // "in force", "other system" ...
std::optional<WaiverView::Hold> hold_from(std::string_view word);
std::string_view to_word(WaiverView::State state);  // "used", "stale" ...

// Whether `wanted` is the text of a claim or its first words.
bool is_claim(std::string_view text, std::string_view wanted);

// Whether a claim of a step is about how its call ended: nothing after it can be
// judged where it is violated.
bool is_about_the_result(const ClaimView& claim);

// What a violated claim makes of its test without a waiver: fail or warn; none for
// what is not violated, is a MAY or a `require`.
std::optional<Outcome> violated_as(const ClaimView& claim);

// The waiver in force that lets this claim of a judged step be violated.
const WaiverView* find_waiver(const std::vector<WaiverView>& waivers, const std::string& suite, const std::string& test,
                              const std::string& step, const ClaimView& claim);

// What a test that ended, with its steps, says of the waivers that name it.
std::vector<WaiverUse> uses_of(const std::vector<WaiverView>& waivers, const TestView& test);

// Sets state and why of each; `tests` have their uses.
void settle_waivers(std::vector<WaiverView>& waivers, const std::vector<TestView>& tests);

// Stale or expired ones: exit status 6 where nothing stronger.
bool is_to_review(const WaiverView& waiver);

}  // namespace bb::evidence
