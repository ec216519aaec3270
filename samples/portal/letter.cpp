#include "portal/letter.hpp"

#include <bb/core/crypto.hpp>
#include <bb/core/time.hpp>

#include "portal/holder_kinds/own_copies.hpp"
#include "portal/scope_title.hpp"

namespace bb::portal {
namespace {

std::string_view part_of(const Selection& selection) { return selection.is_whole() ? "summary" : "part"; }

bool is_for_people(const Format& format) {
  return format.id == "blue-button-text" || format.id == "pdf" || format.id == "html";
}

}  // namespace

records::Record select_or_all(const records::Record& record, const Selection& selection) {
  return select(record, selection).value_or(record);
}

records::OutgoingMail letter_of(const Patient& source, const Format& format, const Selection& selection,
                                const Defects& defects) {
  const auto name = source.record.patient.name.full();
  auto record = select_or_all(source.record, selection);
  if (!source.is_summary) record.document_title = scope_title(source.record, selection);
  const auto original = selection.is_whole() ? original_of(format, source.document) : std::nullopt;
  records::OutgoingMail mail;
  mail.subject = "Health record of " + name;
  mail.message_id = random_token() + "@localhost";
  // BBP-PUSH-44: receivers look for this sentence.
  if (!defects.is_on(Defect::direct_no_context))
    mail.text = "This message was sent by the BlueBridge sample portal at the request of " + name + ".\n";
  mail.text += "The health record is attached as " + std::string(format.title) + ".\n";
  mail.date_unix_ns = now_unix_ns();
  mail.attachments = {
      {std::string(format.media_type), "attachment", file_name(record, part_of(selection), format),
       original ? *original
                : write_copy(format, source, record, scope_head(record, selection), now_unix_ns(), defects)}};
  return mail;
}

void make_plain(records::OutgoingMail& mail, const Patient& source, const Format& format, const Selection& selection,
                const Defects& defects) {
  const auto& readable = *find_format("blue-button-text");
  mail.text += "This mail is not encrypted. Whoever was not meant to get it is asked to delete it.\n";
  if (!is_for_people(format) && !defects.is_on(Defect::mail_no_readable_part)) {
    auto record = select_or_all(source.record, selection);
    if (!source.is_summary) record.document_title = scope_title(source.record, selection);
    mail.text += "The file that ends in ." + std::string(readable.extension) + " opens everywhere.\n";
    mail.attachments.push_back({content_type_of(readable), "attachment",
                                file_name(record, part_of(selection), readable),
                                write_copy(readable, source, record, {}, now_unix_ns(), defects)});
  }
  if (defects.is_on(Defect::mail_drops_attachment)) mail.attachments.clear();
  if (defects.is_on(Defect::mail_unreadable_attachment))
    for (auto& file : mail.attachments) {
      file.content_type = "application/ms-tnef";
      file.filename = "winmail.dat";
    }
}

}  // namespace bb::portal
