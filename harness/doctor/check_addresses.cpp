// Addresses: the name resolves, and somebody listens there.
#include <fmt/format.h>

#include <bb/core/text.hpp>
#include "harness/doctor/checks.hpp"

namespace bb::doctor {

Findings check_addresses(Examination& examination) {
  Findings findings;
  for (const auto& [address, look, clock] : examination.addresses()) {
    const auto roles = fmt::format("role{} {}", address.roles.size() == 1 ? "" : "s", join(address.roles, ", "));
    Finding finding{.group = Group::addresses, .place = address.place};
    if (look.is_cancelled) {
      finding.state = State::not_judged;
      finding.what = fmt::format("{} ({}) was not looked at to the end", address.text(), roles);
    } else if (!look.is_resolved) {
      finding.state = State::problem;
      finding.what = fmt::format("the name of {} ({}) is not found", address.text(), roles);
      finding.expected = "an address in DNS or in /etc/hosts";
      finding.found = look.problem;
      finding.next =
          "check the spelling, and that this machine's resolver knows the name: getent hosts " + address.peer.host;
    } else if (!look.is_connected) {
      finding.state = State::problem;
      finding.what = fmt::format("nobody answers at {} ({})", address.text(), roles);
      finding.expected = "a server that takes the connection";
      finding.found = look.problem;
      finding.next =
          "start the system, mend host or port, or open the way through the firewall; "
          "--timeout gives a slow one more time";
    } else {
      finding.what = fmt::format("{} answers ({})", address.text(), roles);
      finding.place = {};
    }
    findings.push_back(std::move(finding));
  }
  if (findings.empty())
    findings.push_back({.group = Group::addresses, .state = State::note, .what = "the target names no address"});
  return findings;
}

}  // namespace bb::doctor
