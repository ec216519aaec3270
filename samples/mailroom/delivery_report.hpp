// delivery_report.hpp - a mail server's report that it could not deliver a message (RFC 3464).
#pragma once

#include <string>
#include <string_view>

namespace bb::mailroom {

// To the sender of `message`, whose header comes back with it. `host` is who reports.
std::string write_delivery_report(std::string_view host, std::string_view sender, std::string_view recipient,
                                  std::string_view message);

}  // namespace bb::mailroom
