// request_checks.hpp - what a connector may put into a request.
#pragma once

#include <string_view>
#include <vector>

#include <bb/core/result.hpp>
#include <bb/host/call.hpp>

namespace bb::host {

[[nodiscard]] Status check_method(std::string_view method);

// Names are tokens, values hold no control characters (a line end would start
// a header of its own), and fields that frame the message are the host's.
[[nodiscard]] Status check_headers(const std::vector<Attribute>& headers);

}  // namespace bb::host
