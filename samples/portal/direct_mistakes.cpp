#include "portal/direct_mistakes.hpp"

#include <algorithm>
#include <array>

#include <bb/core/text.hpp>
#include <bb/records/mime.hpp>

namespace bb::portal {
namespace {

struct Mistake {
  Defect defect;
  std::string_view right, wrong;  // the first of the one becomes the other
};
constexpr std::array<Mistake, 7> mistakes_of_notifications{{
    {Defect::direct_mdn_no_report, "multipart/report; report-type=disposition-notification", "multipart/mixed"},
    {Defect::direct_mdn_odd_disposition, "automatic-action/MDN-sent-automatically;", "automatic;"},
    {Defect::direct_mdn_no_recipient, "Final-Recipient:", "X-Recipient:"},
    {Defect::direct_mdn_other_message, "Original-Message-ID: <", "Original-Message-ID: <x-"},
    {Defect::direct_mdn_asks_for_one, "MIME-Version:", "Disposition-Notification-To: x@x.example\r\nMIME-Version:"},
    {Defect::direct_mdn_no_agent, "Reporting-UA:", "X-Agent:"},
    {Defect::direct_dispatched_bare, "X-DIRECT-FINAL-DESTINATION-DELIVERY:", "X-Delivery:"},
}};

bool is_attachment(const records::MimePart& part) {
  return iequals(part.disposition, "attachment") || !part.filename.empty();
}

}  // namespace

std::string with_mistakes(std::string notification, const Defects& defects) {
  for (const auto& mistake : mistakes_of_notifications)
    if (const auto at = notification.find(mistake.right); defects.is_on(mistake.defect) && at != std::string::npos)
      notification.replace(at, mistake.right.size(), mistake.wrong);
  return notification;
}

std::string with_one_attachment(const std::string& message) {
  const auto read = records::read_mime(message);
  if (!read) return message;
  records::OutgoingMail mail;
  for (const auto& [name, value] : read->headers) {
    if (name == "from") mail.from = value;
    if (name == "to") mail.to = value;
    if (name == "subject") mail.subject = value;
    if (name == "message-id") mail.message_id = value;
  }
  for (const auto& part : read->parts)
    if (is_attachment(part) && mail.attachments.empty()) mail.attachments.push_back(part);
  return records::write_mime(mail);
}

bool is_odd(const std::string& message) {
  const auto read = records::read_mime(message);
  return read && std::any_of(read->parts.begin(), read->parts.end(), [](const records::MimePart& part) {
           const bool is_document = part.content_type.starts_with("text/") || part.content_type == "application/pdf" ||
                                    part.content_type == "application/xml";
           return is_attachment(part) && (!is_document || part.body.find("<?xml-stylesheet") != std::string::npos);
         });
}

}  // namespace bb::portal
