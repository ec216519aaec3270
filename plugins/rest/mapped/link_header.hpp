// plugins/rest/mapped/link_header.hpp - where the header field Link leads (RFC 8288).
#pragma once

#include <string>

#include <bb/sdk/services/http.hpp>

namespace bb::rest {

// The target of the first link with the relation "next", as it stands; empty where there is none.
std::string next_link_of(const HttpResponse& response);

}  // namespace bb::rest
