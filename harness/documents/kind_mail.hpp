// harness/documents/kind_mail.hpp - mails: Direct messages, notifications, others.
//
// What rules look at is made by mail_view.hpp. Sources: RFC 5322, RFC 2045, RFC 8551;
// the catalogue's rows DIRECT.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "harness/documents/kinds.hpp"
#include "harness/documents/mail_settings.hpp"

namespace bb::documents {

// By the header alone: S/MIME signed or encrypted; multipart/report of the one or the
// other kind; any other mail.
bool is_direct_message(std::string_view bytes);
bool is_disposition_notification(std::string_view bytes);
bool is_delivery_status(std::string_view bytes);
bool is_mail(std::string_view bytes);

Look look_at_mail(std::string_view bytes, Rules& rules);

// Gives what is attached, opened with the keys, transfer encoding undone: all but
// the texts that the mail itself says. A name is that of its file, or the number of
// its part. Nothing of what cannot be opened or decoded, which the mail is blamed for.
void read_attachments(std::string_view mail, const MailSettings& settings,
                      const std::function<void(const std::string& name, std::string_view bytes)>& take);

}  // namespace bb::documents
