// harness/cli/demo_target.hpp - the target file of the sample portal.
//
// No secret value is in it: each person's password is named by the environment
// variable that holds it.
#pragma once

#include <string>
#include <vector>

#include <bb/core/result.hpp>
#include <bb/core/value.hpp>
#include "harness/cli/demo_people.hpp"

namespace bb::cli {

// What the portal said when it was ready: docs/reference/portal-api.md.
struct ReadyPortal {
  std::string url, cleartext_url, inbox, ca_file;
  std::string direct_domain{};  // empty: it does not speak Direct
  std::vector<std::string> accounts;
};
[[nodiscard]] Result<ReadyPortal> read_ready_line(const std::string& line);

// "BLUEBRIDGE_DEMO_PASSWORD_ALICE", by the person's id.
std::string password_variable(const std::string& id);

// Content of the target file, in the shape of docs/reference/target-format.md.
// People whom the portal does not serve are left out. The inbox is the portal's own; what
// runs beside it puts another there. Of a portal that speaks Direct there is also what it
// received for the suites' patient.
Value demo_target(const ReadyPortal& portal, const DemoPeople& people);

}  // namespace bb::cli
