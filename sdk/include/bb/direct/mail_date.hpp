// bb/direct/mail_date.hpp - a time as mails write it.
//
// Source: RFC 5322, 3.3.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace bb::direct {

// "Fri, 21 Nov 2026 22:25:48 +0000", always UTC.
std::string mail_date(std::int64_t unix_ns);

// The time of such a date, with or without its day, seconds and a comment behind it, in
// nanoseconds since 1970. None: it is no date, or of a zone that is no number but GMT or UT.
std::optional<std::int64_t> parse_mail_date(std::string_view text);

}  // namespace bb::direct
