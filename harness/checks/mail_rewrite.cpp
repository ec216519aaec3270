#include "harness/checks/mail_rewrite.hpp"

#include <bb/core/text.hpp>

namespace bb::checks {

Result<records::OutgoingMail> take_apart(std::string_view message) {
  BB_TRY(auto mail, records::read_mime(message));
  const auto header = [&](std::string_view name) {
    for (const auto& [key, value] : mail.headers)
      if (iequals(key, name)) return value;
    return std::string();
  };
  records::OutgoingMail out;
  out.from = header("from");
  out.to = header("to");
  out.subject = header("subject");
  out.message_id = std::string(trim(header("message-id")));
  if (out.message_id.starts_with('<') && out.message_id.ends_with('>'))
    out.message_id = out.message_id.substr(1, out.message_id.size() - 2);
  for (auto& part : mail.parts) {
    if (iequals(part.disposition, "attachment") || !part.filename.empty())
      out.attachments.push_back(std::move(part));
    else if (to_lower(part.content_type).starts_with("text/"))
      out.text += part.body;
  }
  return out;
}

bool is_mail(std::string_view media_type) { return iequals(media_type, "message/rfc822"); }

}  // namespace bb::checks
