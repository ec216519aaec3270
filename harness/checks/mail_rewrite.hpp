// harness/checks/mail_rewrite.hpp - a mail taken apart and written again, for
// faults inside of it. Headers other than from, to, subject and message-id,
// and the order of inline parts, are not kept.
#pragma once

#include <string>
#include <string_view>

#include <bb/core/result.hpp>
#include <bb/records/mime.hpp>

namespace bb::checks {

Result<records::OutgoingMail> take_apart(std::string_view message);
bool is_mail(std::string_view media_type);

}  // namespace bb::checks
