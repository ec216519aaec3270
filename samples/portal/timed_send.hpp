// timed_send.hpp - a request of cpp-httplib that is bounded in time as a whole.
#pragma once

#include <httplib.h>

#include <chrono>

namespace bb::portal {

// Sends within `time_max` in all: cpp-httplib's own timeouts, which are set too, bound
// each read alone. Who stops the client from elsewhere ends it before.
httplib::Result send_within(httplib::ClientImpl& client, const httplib::Request& request,
                            std::chrono::milliseconds time_max);

}  // namespace bb::portal
