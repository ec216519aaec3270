// Clocks: tokens, signatures and the order of events need them to agree.
#include <cstdlib>

#include <fmt/format.h>

#include <bb/core/time.hpp>
#include "harness/doctor/checks.hpp"

namespace bb::doctor {
namespace {

constexpr std::int64_t skew_ms_max = 60'000;

}  // namespace

Findings check_clocks(Examination& examination) {
  Findings findings;
  for (const auto& [address, look, clock] : examination.addresses()) {
    if (!clock || look.is_cancelled) continue;
    if (!*clock) {
      findings.push_back(
          {.group = Group::clock,
           .state = State::warning,
           .what = fmt::format("{} does not answer a request by HTTP", address.text()),
           .place = address.place,
           .expected = "an answer to HEAD " + address.url,
           .found = clock->error().what,
           .next = "see that this is the address of a web server; --timeout gives a slow one more time"});
      continue;
    }
    if (!**clock) {
      findings.push_back({.group = Group::clock,
                          .state = State::note,
                          .what = fmt::format("{} sends no Date, so its clock is not known", address.text())});
      continue;
    }
    const auto& told = ***clock;
    const auto ahead_ms = told.ahead_ms;
    if (std::abs(ahead_ms) - told.exact_to_ms > skew_ms_max)
      findings.push_back(
          {.group = Group::clock,
           .state = State::warning,
           .what = fmt::format("the clock of {} is {} {} that of this machine", address.text(),
                               format_duration(std::abs(ahead_ms)), ahead_ms > 0 ? "ahead of" : "behind"),
           .place = address.place,
           .expected = fmt::format("at most {} apart", format_duration(skew_ms_max)),
           .found = format_duration(std::abs(ahead_ms)),
           .next = "let both machines keep time by NTP; this one: timedatectl"});
    else
      findings.push_back(
          {.group = Group::clock, .what = fmt::format("{} has the time of this machine", address.text())});
  }
  return findings;
}

}  // namespace bb::doctor
