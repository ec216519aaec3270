// bb/direct/mail_date.hpp - a time as mails write it.
//
// Source: RFC 5322, 3.3.
#pragma once

#include <cstdint>
#include <string>

namespace bb::direct {

// "Fri, 21 Nov 2026 22:25:48 +0000", always UTC.
std::string mail_date(std::int64_t unix_ns);

}  // namespace bb::direct
