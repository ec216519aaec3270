#include <optional>

#include <fmt/format.h>

#include <bb/core/text.hpp>
#include <bb/records/mime.hpp>
#include "harness/checks/subjects.hpp"

namespace bb::checks {
namespace {

bool is_attachment(const records::MimePart& part) {
  return iequals(part.disposition, "attachment") || !part.filename.empty();
}

Subject header(const records::MimeMessage& mail, std::string_view name) {
  std::vector<std::string> values;
  for (const auto& [key, value] : mail.headers)
    if (iequals(key, name)) values.push_back(value);
  auto subject = text_subject(join(values, ", "));
  subject.is_textual = true;
  return subject;
}

Subject attachments(const records::MimeMessage& mail, std::string_view member,
                    std::optional<std::string_view> media_type = {}) {
  Subject subject{Subject::Shape::set, {}};
  for (const auto& part : mail.parts) {
    if (!is_attachment(part) || (media_type && !iequals(part.content_type, *media_type))) continue;
    if (member.empty())
      subject.values.push_back(make_document({part.content_type, part.filename, part.body}));
    else
      subject.values.emplace_back(member == "filename" ? part.filename : part.content_type);
  }
  return subject;
}

Subject text(const records::MimeMessage& mail) {
  std::string all;
  for (const auto& part : mail.parts)
    if (!is_attachment(part) && to_lower(part.content_type).starts_with("text/"))
      all += readable_text({part.content_type, "", part.body}) + "\n";
  return text_subject(std::move(all));
}

}  // namespace

Extracted mime_subject(const std::string& part, const Document& document) {
  const auto mail = records::read_mime(document.body);
  if (!mail) return violated(fmt::format("not a mail: {}", mail.error().what));
  if (part == "attachment") return attachments(*mail, "");
  if (part == "attachment.filename") return attachments(*mail, "filename");
  if (part == "attachment.media_type") return attachments(*mail, "media_type");
  constexpr std::string_view of_type = "attachment:";
  if (part.starts_with(of_type)) return attachments(*mail, "", trim(std::string_view(part).substr(of_type.size())));
  if (part == "text") return text(*mail);
  if (part == "subject" || part == "from" || part == "to") return header(*mail, part);
  if (part.starts_with("header:")) return header(*mail, trim(part.substr(7)));
  return unjudgeable(
      fmt::format("a mail has no part '{}'; parts: attachment attachment:TYPE attachment.filename "
                  "attachment.media_type text subject from to header:NAME",
                  shorten(part, 80)));
}

}  // namespace bb::checks
