#include <fmt/format.h>

#include <bb/core/text.hpp>
#include "harness/checks/faults.hpp"
#include "harness/checks/mail_rewrite.hpp"

namespace bb::checks {
namespace {

Status edit_attachments(std::vector<records::MimePart>& attachments, std::string_view member, Edit edit,
                        const std::string& to) {
  if (attachments.empty()) return Error{"the mail has no attachment"};
  if (edit == Edit::dup) {
    attachments.insert(attachments.end(), attachments.begin(), attachments.end());
    return {};
  }
  if (member.empty() && edit == Edit::drop) {
    attachments.clear();
    return {};
  }
  for (auto& part : attachments) {
    if (member.empty()) part.body = to;
    if (member == "filename") part.filename = to;
    if (member == "media_type") part.content_type = to;
  }
  return {};
}

}  // namespace

Status edit_mime(evidence::Message& message, const std::string& part, Edit edit, const Value& to) {
  BB_TRY(auto mail, take_apart(message.body));
  const auto text = written(to);
  if (part == "attachment") {
    BB_CHECK(edit_attachments(mail.attachments, "", edit, text));
  } else if (part == "attachment.filename") {
    BB_CHECK(edit_attachments(mail.attachments, "filename", edit, text));
  } else if (part == "attachment.media_type") {
    BB_CHECK(edit_attachments(mail.attachments, "media_type", edit, text));
  } else if (edit == Edit::dup) {
    return Error{fmt::format("'{}' of a mail cannot be doubled", shorten(part, 80))};
  } else if (part == "text") {
    mail.text = text;
  } else if (part == "subject") {
    mail.subject = text;
  } else if (part == "from") {
    mail.from = text;
  } else if (part == "to") {
    mail.to = text;
  } else {
    return Error{
        fmt::format("'{}' of a mail cannot be changed; attachment attachment.filename attachment.media_type "
                    "text subject from to can",
                    shorten(part, 80))};
  }
  message.body = records::write_mime(mail);
  return {};
}

}  // namespace bb::checks
