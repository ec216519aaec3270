// timed_send.hpp - a request of cpp-httplib that is bounded in time as a whole.
#pragma once

#include <httplib.h>

#include <chrono>
#include <string>

namespace bb::portal {

// Has the server verified against the authorities of the file, and the URL go out as it was given.
void verify_server(httplib::SSLClient& client, const std::string& trust_file);

// Sends within `time_max` in all: cpp-httplib's own timeouts, which are set too, bound
// each read alone. Who stops the client from elsewhere ends it before.
httplib::Result send_within(httplib::ClientImpl& client, const httplib::Request& request,
                            std::chrono::milliseconds time_max);

}  // namespace bb::portal
