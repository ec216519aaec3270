// notices.hpp - what subscribers would be told: messages and codes, and nobody sends them.
//
// A suite takes them from the control interface and delivers, drops or forges them as it wants (HV-EVT-02, -03).
#pragma once

#include <bb/core/value.hpp>

#include "storage/database.hpp"

namespace bb::record_platform {

using storage::Transaction;

// One message for each subscription: {subscription, url, headers, body}, of the changes since it was made.
Value notices(Transaction& t);

}  // namespace bb::record_platform
