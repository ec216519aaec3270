// authority.hpp - whether a request is who it says it is, and may be about whom it names.
#pragma once

#include <bb/healthvault/request.hpp>

#include "record_platform/call.hpp"

namespace bb::record_platform {

// Fills in the call's application, person and record. Throws Refusal: 3, 4, 6 to 11, 18, 49, 65.
void check_request(Call& call, const healthvault::Received& request);

}  // namespace bb::record_platform
