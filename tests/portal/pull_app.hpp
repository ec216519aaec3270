// pull_app.hpp - an application of Blue Button+ Pull that registers itself at the portal.
#pragma once

#include <string>

#include "portal/running_portal.hpp"

namespace bb::portal_test {

// An experimental one, public, for one scope in its form with a parameter; the query of the request that it sends
// people to /pull/authorize with. A test failure where it cannot register.
std::string pull_request(const RunningPortal& portal, const std::string& scope);

}  // namespace bb::portal_test
