// harness/documents/mail_view.hpp - a mail as rules look at it: its layers, header
// fields, parts and what it notifies of (docs/reference/document-rules.md).
#pragma once

#include <string_view>

#include "harness/documents/kinds.hpp"
#include "harness/documents/mail_settings.hpp"

namespace bb::documents {

// Of any bytes; a mail that cannot be read has the reason in its view.
Look view_mail(std::string_view bytes, std::string_view format, const MailSettings& settings);

}  // namespace bb::documents
