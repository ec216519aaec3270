// http_date.hpp - the dates of HTTP header fields.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace bb::host {

// "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110, section 5.6.7), as nanoseconds since 1970; of the obsolete forms none.
std::optional<std::int64_t> parse_http_date(std::string_view text);

}  // namespace bb::host
