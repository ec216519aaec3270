// direct_mistakes.hpp - what defects make of messages that the portal received, and of
// the notifications that it sends.
#pragma once

#include <string>

#include "portal/defects.hpp"

namespace bb::portal {

// A notification with the one mistake that a defect puts into it, if one is on.
std::string with_mistakes(std::string notification, const Defects& defects);
// Of all attachments the first alone.
std::string with_one_attachment(const std::string& message);
// Whether an attachment is neither text, PDF nor an XML document without a style sheet.
bool is_odd(const std::string& message);

}  // namespace bb::portal
