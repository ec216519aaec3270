// registration.hpp - applications that register themselves.
//
// Source: RFC 7591, 2 and 3.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "portal/smart/clients.hpp"
#include "web/http_message.hpp"

namespace bb::portal {

// invalid_client_metadata
web::HttpResponse invalid_metadata(std::string_view why);
web::HttpResponse too_many_clients();
// A list of texts, none where it is absent; nothing where it is something else.
std::optional<std::vector<std::string>> texts_of(const Value& body, std::string_view key);
// `client_name` and `redirect_uris`; the answer is the refusal.
std::optional<web::HttpResponse> read_client_name(const Value& body, SmartClient& into);
std::optional<web::HttpResponse> read_redirect_uris(const Value& body, SmartClient& into);

// A POST of application/json.
web::HttpResponse register_client(const web::HttpRequest& request, SmartClients& clients, std::int64_t now_unix_ns);

}  // namespace bb::portal
