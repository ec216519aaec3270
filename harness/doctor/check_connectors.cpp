// Connectors: installed, their libraries load and speak this ABI, their
// configuration and their grants fit.
#include <fmt/format.h>

#include <bb/core/text.hpp>
#include "harness/doctor/checks.hpp"
#include "harness/suite/lint_context.hpp"

namespace bb::doctor {

Findings check_connectors(Examination& examination) {
  auto findings = told_of(examination, Group::connectors);
  for (const auto& problem : examination.host().discovery().problems)
    findings.push_back({.group = Group::connectors,
                        .state = State::warning,
                        .what = "a manifest in the folders of connectors cannot be read: " + problem,
                        .next = "mend or remove it"});
  for (const auto& role : examination.target().roles) {
    if (!role.is_whole || role.connector.empty()) continue;
    const auto& type = examination.type_of(role);
    if (!type) {
      // Of a role that a suite asks for T06 has said it.
      const bool is_told = std::any_of(findings.begin(), findings.end(), [&](const Finding& finding) {
        return finding.state == State::problem && finding.what.find("'" + role.connector + "'") != std::string::npos;
      });
      if (!is_told)
        findings.push_back(
            {.group = Group::connectors,
             .state = State::warning,
             .what = fmt::format("connector '{}' of role '{}' cannot be used", role.connector, role.role),
             .place = suite::value_place(role.node, "connector", role.place),
             .found = type.error().what,
             .next = "no suite here asks for the role; take it out, or install the connector"});
      continue;
    }
    const bool has_grant = role.is_network_allowed || !role.stream_permits.empty();
    if (has_grant && !type->has_own_network && !type->wants_streams)
      findings.push_back(
          {.group = Group::connectors,
           .state = State::warning,
           .what = fmt::format("role '{}' allows a network that its connector does not ask for", role.role),
           .place = suite::key_place(role.node, "allow_network", role.place),
           .expected = "no 'allow_network'",
           .found = fmt::format("the manifest of '{}' asks for none", role.connector),
           .next = "take 'allow_network' out"});
    findings.push_back(
        {.group = Group::connectors,
         .what = fmt::format("role '{}': {} {} loads and speaks this ABI", role.role, type->id, type->version)});
  }
  return findings;
}

}  // namespace bb::doctor
