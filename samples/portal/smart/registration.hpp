// registration.hpp - applications that register themselves.
//
// Source: RFC 7591, 2 and 3.
#pragma once

#include "portal/smart/clients.hpp"
#include "web/http_message.hpp"

namespace bb::portal {

// A POST of application/json.
web::HttpResponse register_client(const web::HttpRequest& request, SmartClients& clients, std::int64_t now_unix_ns);

}  // namespace bb::portal
