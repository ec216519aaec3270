// portal/pull/authorization.hpp - what an application of Blue Button+ Pull asks for when it sends a person here.
//
// Source: Blue Button+ Pull drafts, 2013, "App Authorization"; RFC 6749, 4.1.1, 4.1.2.1 and 4.2 (BBP-PULL-21 to -24,
// -30 to -33, -39).
#pragma once

#include <optional>
#include <string_view>

#include "portal/defects.hpp"
#include "portal/smart/addresses.hpp"
#include "portal/smart/authorization_request.hpp"
#include "portal/smart/clients.hpp"
#include "web/http_message.hpp"

namespace bb::portal::pull {

// As read_authorization() of SMART: a page while it is not known where the browser may be sent back to, then a
// redirect.
std::optional<web::HttpResponse> read_authorization(std::string_view form, const SmartClients& clients,
                                                    const SmartAddresses& addresses, const Defects& defects,
                                                    AuthorizationAsked& into);

}  // namespace bb::portal::pull
