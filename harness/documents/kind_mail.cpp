#include "harness/documents/kind_mail.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <bb/core/bytes.hpp>
#include <bb/core/text.hpp>
#include <bb/direct/entity.hpp>
#include <bb/direct/message.hpp>

#include "harness/documents/mail_view.hpp"
#include "harness/documents/rules.hpp"

namespace bb::documents {
namespace {

using direct::Entity;

constexpr std::size_t header_bytes_max = 256 * 1024;
constexpr int mail_depth_max = 4;

// RFC 5322, 3.6.8.
bool is_field_name(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) { return c > ' ' && c < 0x7f; });
}

// What the header of a file tells of its kind.
struct Header {
  std::size_t known_count = 0;  // fields that mails have
  bool is_mail = false;         // one of them is of nothing else
  direct::Parameters type;      // Content-Type
};

Header read_header(std::string_view bytes) {
  constexpr std::array<std::string_view, 7> of_mail_alone{"from",        "received", "message-id", "mime-version",
                                                          "return-path", "x-sender", "x-receiver"};
  constexpr std::array<std::string_view, 9> others{
      "to", "cc", "date", "subject", "reply-to", "content-transfer-encoding", "sender", "bcc", "content-disposition"};
  bytes = without_utf8_mark(bytes);
  bytes = bytes.substr(0, header_bytes_max);
  // The line that a mailbox file has before each message: a finding, and no reason not to know the mail.
  if (bytes.starts_with("From ")) bytes.remove_prefix(std::min(bytes.find('\n'), bytes.size() - 1) + 1);
  Header header;
  std::string type;
  bool is_type = false;
  for (bool is_first = true; !bytes.empty(); is_first = false) {
    const auto end = bytes.find('\n');
    auto line = bytes.substr(0, end);
    bytes.remove_prefix(end == std::string_view::npos ? bytes.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty()) break;
    const bool is_folded = line.front() == ' ' || line.front() == '\t';
    if (is_folded && !is_first) {
      if (is_type) type += line;
      continue;
    }
    line = trim(line);
    const auto colon = line.find(':');
    const auto name = to_lower(trim(line.substr(0, colon)));
    if (colon == std::string_view::npos || !is_field_name(name)) break;
    is_type = name == "content-type";
    if (is_type) type = line.substr(colon + 1);
    const bool is_of_mail = std::find(of_mail_alone.begin(), of_mail_alone.end(), name) != of_mail_alone.end();
    header.is_mail = header.is_mail || is_of_mail || (is_type && type.find('/') != std::string::npos);
    if (is_of_mail || is_type || std::find(others.begin(), others.end(), name) != others.end()) ++header.known_count;
  }
  header.is_mail = header.is_mail && header.known_count > 1;
  if (header.is_mail) header.type = direct::read_parameters(type);
  return header;
}

std::string_view format_of(std::string_view bytes) {
  // Every mail begins with the name of a field, and most other files do not.
  if (bytes.substr(0, 1024).find(':') == std::string_view::npos) return {};
  const auto header = read_header(bytes);
  if (!header.is_mail) return {};
  const auto& type = header.type.value;
  if (type == "application/pkcs7-mime" || type == "application/x-pkcs7-mime") return "direct-message";
  if (type == "multipart/signed" && to_lower(header.type.of("protocol")).find("pgp") == std::string::npos)
    return "direct-message";
  const auto report = to_lower(header.type.of("report-type"));
  if (type == "multipart/report" && report == "disposition-notification") return "mdn";
  if (type == "multipart/report" && report == "delivery-status") return "dsn";
  return "mail";
}

// The leaves of an opened mail that hold something else than its own words.
class AttachmentReader {
 public:
  explicit AttachmentReader(const std::function<void(const std::string&, std::string_view)>& take) : take_(take) {}

  void read(const Entity& entity, const std::string& number, int depth) {
    if (depth > mail_depth_max) return;
    if (!entity.parts.empty()) {
      const bool is_message = !entity.is_multipart();
      int count = 0;
      for (const auto& part : entity.parts)
        read(part, is_message ? number : fmt::format("{}{}{}", number, number.empty() ? "" : ".", ++count), depth);
      return;
    }
    if (entity.is_multipart() || is_of_the_mail(entity)) return;
    const auto body = direct::body_of(entity);
    if (!body) return;
    if (entity.type.value == "message/rfc822") {
      if (const auto message = direct::read_entity(*body)) read(*message, number, depth + 1);
      return;
    }
    take_(name_of_file(entity, number), *body);
  }

 private:
  static std::string name_of_file(const Entity& entity, const std::string& number) {
    const auto* field = entity.find("content-disposition");
    auto name = field == nullptr ? std::string() : direct::read_parameters(field->value).of("filename");
    if (name.empty()) name = entity.type.of("name");
    return name.empty() ? fmt::format("part {}", number.empty() ? "1" : number) : to_utf8_lossy(shorten(name, 200));
  }

  // Its text and what carries or signs it.
  static bool is_of_the_mail(const Entity& entity) {
    const auto& type = entity.type.value;
    const auto* field = entity.find("content-disposition");
    const bool is_attached = field != nullptr && direct::read_parameters(field->value).value == "attachment";
    if (type == "text/plain" || type == "text/html") return !is_attached && entity.type.of("name").empty();
    return type.ends_with("pkcs7-signature") || type.ends_with("pkcs7-mime") ||
           type == "message/disposition-notification" || type == "message/delivery-status" ||
           type == "text/rfc822-headers";
  }

  const std::function<void(const std::string&, std::string_view)>& take_;
};

}  // namespace

bool is_direct_message(std::string_view bytes) { return format_of(bytes) == "direct-message"; }
bool is_disposition_notification(std::string_view bytes) { return format_of(bytes) == "mdn"; }
bool is_delivery_status(std::string_view bytes) { return format_of(bytes) == "dsn"; }
bool is_mail(std::string_view bytes) { return !format_of(bytes).empty(); }

Look look_at_mail(std::string_view bytes, Rules& rules) {
  return view_mail(bytes, format_of(bytes), *rules.selection().mail);
}

void read_attachments(std::string_view mail, const MailSettings& settings,
                      const std::function<void(const std::string& name, std::string_view bytes)>& take) {
  mail = without_utf8_mark(mail);
  const auto layers = direct::look_through(mail, settings.keys);
  if (!layers || layers->message.empty()) return;
  if (const auto message = direct::read_entity(layers->message)) AttachmentReader(take).read(*message, "", 1);
}

}  // namespace bb::documents
