#include "harness/documents/mail_patient.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include <bb/core/bytes.hpp>
#include <bb/core/text.hpp>
#include <bb/records/mime.hpp>
#include <bb/records/read.hpp>

#include "harness/facts/dates.hpp"

namespace bb::documents {
namespace {

constexpr int depth_max = 20;
constexpr std::size_t patients_max = 100;
constexpr std::size_t identifier_bytes_min = 4;  // a shorter one is a number as any other

bool is_of_transport(std::string_view field_name) {
  constexpr std::array<std::string_view, 17> names{
      "from",          "to",          "cc",         "bcc",        "sender",      "reply-to",    "received",
      "return-path",   "date",        "message-id", "references", "in-reply-to", "envelope-to", "delivered-to",
      "x-original-to", "resent-from", "resent-to"};
  return std::any_of(names.begin(), names.end(), [&](auto name) { return iequals(name, field_name); });
}

// "=?utf-8?Q?...?=" as it is read (RFC 2047), in lower case.
std::string readable(std::string_view value) {
  const auto mail = records::read_mime("X-Field: " + std::string(value) + "\r\n\r\n");
  return to_lower(mail && !mail->headers.empty() ? mail->headers[0].second : std::string(value));
}

bool is_word_byte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         (static_cast<unsigned char>(c) & 0x80) != 0;
}

// Whether `part` stands in `text` and no word goes on before or after it. Both lower case.
bool has_words(std::string_view text, std::string_view part) {
  if (part.empty()) return false;
  for (auto at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1)) {
    const auto end = at + part.size();
    if ((at == 0 || !is_word_byte(text[at - 1])) && (end == text.size() || !is_word_byte(text[end]))) return true;
  }
  return false;
}

bool says_name(std::string_view text, const records::PersonName& name) {
  return has_words(text, to_lower(name.family)) &&
         std::any_of(name.given.begin(), name.given.end(),
                     [&](const auto& given) { return has_words(text, to_lower(given)); });
}

// What a sender wrote as "19700501", against its format's rule, is a birth date all the same.
std::string separated(std::string_view date) {
  const bool is_plain =
      date.size() >= 8 && std::all_of(date.begin(), date.begin() + 8, [](char c) { return c >= '0' && c <= '9'; });
  return is_plain ? fmt::format("{}-{}-{}", date.substr(0, 4), date.substr(4, 2), date.substr(6, 2))
                  : std::string(date);
}

// "1970-05-01..." in the forms that people and programs write.
bool says_date(std::string_view text, std::string_view birth_date) {
  const auto date = separated(birth_date);
  if (facts::precision_of(date) < facts::Precision::day) return false;
  const auto y = date.substr(0, 4), m = date.substr(5, 2), d = date.substr(8, 2);
  auto forms = facts::spellings_of(date);
  forms.push_back(fmt::format("{}/{}/{}", y, m, d));
  forms.push_back(fmt::format("{}.{}.{}", d, m, y));
  return std::any_of(forms.begin(), forms.end(), [&](const auto& form) { return has_words(text, to_lower(form)); });
}

bool says_identifier(std::string_view text, const records::Identifier& id) {
  const auto& said = id.extension.empty() ? id.root : id.extension;
  return said.size() >= identifier_bytes_min && has_words(text, to_lower(said));
}

}  // namespace

void MailPatients::add(const direct::Entity& entity, int depth) {
  if (depth > depth_max || patients_.size() >= patients_max) return;
  for (const auto& part : entity.parts) add(part, depth + 1);
  if (!entity.parts.empty() || entity.is_multipart()) return;
  const auto body = direct::body_of(entity);
  // A letter is no record, whatever keys and values it has.
  if (!body || body->size() > records::document_bytes_max) return;
  const auto text = trim(without_utf8_mark(*body));
  if (!text.starts_with('<') && !text.starts_with('{')) return;
  if (auto record = records::read_record(*body)) {
    patients_.push_back(std::move(record->patient));
    for (auto& other : record->other_patients) patients_.push_back(std::move(other));
  }
}

std::string MailPatients::said_by(std::string_view field_name, std::string_view value) const {
  if (patients_.empty() || is_of_transport(field_name)) return {};
  const auto text = readable(value);
  for (const auto& patient : patients_) {
    if (says_name(text, patient.name)) return "name";
    if (says_date(text, patient.birth_date)) return "birth date";
    for (const auto& id : patient.ids)
      if (says_identifier(text, id)) return "identifier";
  }
  return {};
}

}  // namespace bb::documents
