// bb/core/uri.hpp - the generic syntax of URIs.
//
// Source: RFC 3986.
#pragma once

#include <string_view>

namespace bb {

// Whether it begins with a scheme (3.1) and goes on behind it: "http:x", "urn:x".
bool is_absolute_uri(std::string_view text);

}  // namespace bb
