// bb/core/uri.hpp - the generic syntax of URIs.
//
// Source: RFC 3986; of origins RFC 6454.
#pragma once

#include <string>
#include <string_view>

namespace bb {

// Whether it begins with a scheme (3.1) and goes on behind it: "http:x", "urn:x".
bool is_absolute_uri(std::string_view text);

// Scheme, host and port of an http or https URL, in lower case, with the port where it is not the
// scheme's own: "https://a.example:8443". Empty for everything else, and for what readers take for
// different hosts: a user name, escapes, a backslash.
std::string origin_of(std::string_view url);

}  // namespace bb
