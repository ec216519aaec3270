// redirect_uri.hpp - where a browser may be sent back to.
//
// Source: RFC 6749, 3.1.2; RFC 8252, 7.3 and 8.3.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <bb/core/result.hpp>

namespace bb::portal {

inline constexpr std::size_t redirect_uri_bytes_max = 2'000;

// "https://app.example:8443": for a content security policy, too. The error is of what is neither https nor
// http of the loopback address, has a fragment, a user, or a host that is none.
[[nodiscard]] Result<std::string> origin_of_redirect(std::string_view uri);

// Whether one of the registered ones is this. One of the loopback address that was registered without a port
// stands for all ports, because a program there takes the one it gets.
bool is_registered_redirect(const std::vector<std::string>& registered, std::string_view uri);

}  // namespace bb::portal
