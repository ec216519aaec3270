#include "harness/evidence/waivers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace bb::evidence {
namespace {

using Hold = WaiverView::Hold;
using State = WaiverView::State;
using Kind = WaiverUse::Kind;

constexpr std::array<std::string_view, 7> hold_words = {"in force", "expired",      "other system", "other suite",
                                                        "left out", "unknown test", "unknown claim"};
constexpr std::array<std::string_view, 5> state_words = {"used", "stale", "expired", "open", "apart"};

bool is_of(const WaiverView& waiver, const TestView& test) {
  return waiver.tests.contains(test.suite + "/" + test.name);
}

Kind kind_of(const WaiverView& waiver, const TestView& test) {
  Kind kind = Kind::not_judged;
  for (const auto& step : test.steps) {
    if (step.is_setup || step.is_cleanup || (!waiver.step.empty() && waiver.step != step.id)) continue;
    for (const auto& claim : step.claims) {
      if (claim.gate == "require" || !is_claim(claim.text, waiver.claim)) continue;
      if (claim.is_waived) return Kind::used;
      if (claim.outcome == "held") kind = Kind::held;
      if (claim.outcome == "violated") return Kind::otherwise;
    }
  }
  return kind;
}

const WaiverUse* use_of(const TestView& test, std::size_t waiver) {
  const auto found = std::find_if(test.waivers.begin(), test.waivers.end(),
                                  [&](const WaiverUse& use) { return use.waiver == waiver; });
  return found == test.waivers.end() ? nullptr : &*found;
}

// What one test that the waiver names says; the sentence for a stale one.
std::pair<State, std::string> said_by(const WaiverView& waiver, const TestView& test, const WaiverUse* use) {
  const auto name = test.suite + "/" + test.name;
  const auto kind = use == nullptr ? Kind::not_judged : use->kind;
  if (kind == Kind::used) return {State::used, ""};
  if (!test.is_done) return {State::open, fmt::format("{} has not ended", name)};
  if (kind == Kind::held)
    return {State::stale, fmt::format("the claim held, and {} came to {}", name, to_word(test.outcome))};
  if (kind == Kind::otherwise)
    return {State::stale, fmt::format("the claim was violated in {} and does not come to {} under these rules", name,
                                      to_word(waiver.outcome))};
  switch (test.outcome) {
    case Outcome::error:
    case Outcome::cancel:
    case Outcome::fail:
    case Outcome::not_attested:
    case Outcome::omit:
      return {State::open, fmt::format("{} came to {}, and the claim was not judged", name, to_word(test.outcome))};
    default:
      return {State::stale, fmt::format("{} came to {}{}{}: the claim was not judged", name, to_word(test.outcome),
                                        test.cause.empty() ? "" : ", ", test.cause)};
  }
}

void settle_one(WaiverView& waiver, std::size_t index, const std::vector<TestView>& tests) {
  std::string stale, open;
  waiver.state = State::stale;
  for (const auto& test : tests) {
    if (!is_of(waiver, test)) continue;
    auto [state, why] = said_by(waiver, test, use_of(test, index));
    if (state == State::used) {
      waiver.state = State::used;
      waiver.why.clear();
      return;
    }
    auto& first = state == State::open ? open : stale;
    if (first.empty()) first = std::move(why);
  }
  if (!open.empty()) waiver.state = State::open;
  waiver.why = open.empty() ? stale : open;
}

}  // namespace

std::string_view to_word(Hold hold) { return hold_words[static_cast<std::size_t>(hold)]; }

std::optional<Hold> hold_from(std::string_view word) {
  for (std::size_t i = 0; i < hold_words.size(); ++i)
    if (hold_words[i] == word) return static_cast<Hold>(i);
  return std::nullopt;
}

std::string_view to_word(State state) { return state_words[static_cast<std::size_t>(state)]; }

bool is_claim(std::string_view text, std::string_view wanted) {
  return !wanted.empty() && text.starts_with(wanted) && (text.size() == wanted.size() || text[wanted.size()] == ' ');
}

bool is_about_the_result(const ClaimView& claim) {
  return claim.gate != "require" && (is_claim(claim.text, "result") || is_claim(claim.text, "status")) &&
         claim.text.find(" of $") == std::string::npos;
}

std::optional<Outcome> violated_as(const ClaimView& claim) {
  if (claim.gate == "require" || claim.outcome != "violated" || claim.level == Level::may) return std::nullopt;
  return claim.level == Level::shall && claim.counts ? Outcome::fail : Outcome::warn;
}

const WaiverView* find_waiver(const std::vector<WaiverView>& waivers, const std::string& suite, const std::string& test,
                              const std::string& step, const ClaimView& claim) {
  const auto outcome = violated_as(claim);
  if (!outcome || waivers.empty()) return nullptr;
  const std::string name = suite + "/" + test;
  const auto found = std::find_if(waivers.begin(), waivers.end(), [&](const WaiverView& waiver) {
    return waiver.hold == Hold::in_force && waiver.outcome == *outcome && waiver.tests.contains(name) &&
           (waiver.step.empty() || waiver.step == step) && is_claim(claim.text, waiver.claim);
  });
  return found == waivers.end() ? nullptr : &*found;
}

std::vector<WaiverUse> uses_of(const std::vector<WaiverView>& waivers, const TestView& test) {
  std::vector<WaiverUse> uses;
  for (std::size_t i = 0; i < waivers.size(); ++i)
    if (waivers[i].hold == Hold::in_force && is_of(waivers[i], test)) uses.push_back({i, kind_of(waivers[i], test)});
  return uses;
}

void settle_waivers(std::vector<WaiverView>& waivers, const std::vector<TestView>& tests) {
  for (std::size_t i = 0; i < waivers.size(); ++i) {
    WaiverView& waiver = waivers[i];
    switch (waiver.hold) {
      case Hold::in_force:
        settle_one(waiver, i, tests);
        break;
      case Hold::expired:
        waiver.state = State::expired;
        waiver.why = fmt::format("it held until {}", waiver.expires);
        break;
      case Hold::unknown_test:
        waiver.state = State::stale;
        waiver.why = "the suite has no such test";
        break;
      case Hold::unknown_claim:
        waiver.state = State::stale;
        waiver.why = "the test has no such claim";
        break;
      case Hold::other_system:
        waiver.state = State::apart;
        waiver.why = "it is of another system or another version of it";
        break;
      case Hold::other_suite:
        waiver.state = State::apart;
        waiver.why = "its suite was not run";
        break;
      case Hold::left_out:
        waiver.state = State::apart;
        waiver.why = "its test was left out of this part";
        break;
    }
  }
}

bool is_to_review(const WaiverView& waiver) { return waiver.state == State::stale || waiver.state == State::expired; }

}  // namespace bb::evidence
