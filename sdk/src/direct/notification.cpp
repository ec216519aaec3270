#include <bb/direct/notification.hpp>

#include <algorithm>

#include <fmt/format.h>
#include <bb/core/bytes.hpp>
#include <bb/core/crypto.hpp>
#include <bb/core/text.hpp>
#include <bb/direct/address.hpp>
#include <bb/direct/mail_date.hpp>

namespace bb::direct {
namespace {

constexpr std::string_view option_value = "optional,true";

// Text without what it is written in: "smtp; 550 no" gives "550 no". Some leave the
// kind out.
std::string without_kind(std::string_view value) {
  const auto semicolon = value.find(';');
  return std::string(trim(semicolon == std::string_view::npos ? value : value.substr(semicolon + 1)));
}

// "a@b" of "rfc822; a@b", and of "rfc822; "A" <a@b>", which some agents write.
std::string recipient_of(std::string_view value) {
  auto text = without_kind(value);
  const auto mailboxes = read_mailboxes(text);
  return mailboxes && mailboxes->size() == 1 ? mailboxes->front() : text;
}

bool is_report(const Entity& message, std::string_view type) {
  return message.type.value == "multipart/report" && to_lower(message.type.of("report-type")) == type;
}

const Entity* part_of_type(const Entity& message, std::string_view type) {
  const auto found = std::find_if(message.parts.begin(), message.parts.end(),
                                  [&](const Entity& part) { return part.type.value == type; });
  return found == message.parts.end() ? nullptr : &*found;
}

const Field* find_field(const std::vector<Field>& fields, std::string_view name) {
  const auto found =
      std::find_if(fields.begin(), fields.end(), [&](const Field& field) { return iequals(field.name, name); });
  return found == fields.end() ? nullptr : &*found;
}

std::string value_of(const std::vector<Field>& fields, std::string_view name) {
  const auto* field = find_field(fields, name);
  return field == nullptr ? std::string() : std::string(trim(field->value));
}

// The fields in the body of a report's part. Some put them into its header.
Result<std::vector<Field>> fields_of(const Entity& part) {
  BB_TRY(const auto text, body_of(part));
  if (trim(text).empty()) return part.fields;
  const auto begin = text.find_first_not_of("\r\n");
  BB_TRY(const auto read, read_entity(std::string_view(text).substr(begin)));
  auto fields = read.fields;
  if (find_field(fields, "disposition") == nullptr)
    for (const auto& field : part.fields)
      if (!to_lower(field.name).starts_with("content-")) fields.push_back(field);
  return fields;
}

// disposition-mode ";" disposition-type ["/" modifier *("," modifier)]; comments and blanks may stand between:
// RFC 8098, 3.2.6.
Status read_disposition(std::string_view written, Notification& notification) {
  const auto plain = without_comments(written);
  const std::string_view value = plain ? *plain : written;
  const auto semicolon = value.find(';');
  if (semicolon == std::string_view::npos)
    return Error{
        fmt::format("the Disposition '{}' has no ';'; expected MODE;TYPE (RFC 8098, 3.2.6)", shorten(value, 80))};
  notification.disposition_mode = to_lower(value.substr(0, semicolon));
  std::erase(notification.disposition_mode, ' ');  // around "/"
  auto rest = value.substr(semicolon + 1);
  const auto slash = rest.find('/');
  notification.disposition = to_lower(trim(rest.substr(0, slash)));
  if (slash != std::string_view::npos)
    for (const auto& modifier : split(rest.substr(slash + 1), ','))
      notification.modifiers.push_back(to_lower(trim(modifier)));
  if (notification.disposition.empty()) return Error{"the Disposition names no type (RFC 8098, 3.2.6)"};
  return {};
}

// In one header line: what came from outside may not begin another.
std::string in_a_line(std::string_view text) { return collapse_whitespace(text); }

}  // namespace

const Field* Notification::find(std::string_view name) const { return find_field(fields, name); }

Result<std::optional<Notification>> read_notification(const Entity& message) {
  if (!is_report(message, "disposition-notification")) return std::optional<Notification>();
  const auto* part = part_of_type(message, "message/disposition-notification");
  if (part == nullptr) return Error{"the report has no part message/disposition-notification (RFC 8098, 3.1)"};
  Notification notification;
  BB_TRY(notification.fields, fields_of(*part));
  const auto disposition = value_of(notification.fields, "disposition");
  if (disposition.empty()) return Error{"the notification has no Disposition (RFC 8098, 3.2.6)"};
  BB_CHECK(read_disposition(disposition, notification));
  notification.final_recipient = recipient_of(value_of(notification.fields, "final-recipient"));
  notification.original_message_id = value_of(notification.fields, "original-message-id");
  notification.reporting_ua = value_of(notification.fields, "reporting-ua");
  if (!message.parts.empty() && message.parts.front().type.value == "text/plain")
    if (auto text = body_of(message.parts.front())) notification.text = *std::move(text);
  return std::optional(std::move(notification));
}

Result<std::vector<DeliveryStatus>> read_delivery_status(const Entity& message) {
  std::vector<DeliveryStatus> found;
  if (!is_report(message, "delivery-status")) return found;
  const auto* part = part_of_type(message, "message/delivery-status");
  if (part == nullptr) return Error{"the report has no part message/delivery-status (RFC 3464, 2)"};
  BB_TRY(const auto text, body_of(*part));
  std::string original;
  for (const auto* type : {"message/rfc822", "text/rfc822-headers"})
    if (const auto* returned = part_of_type(message, type); returned != nullptr && original.empty())
      if (const auto header = read_entity(returned->body)) original = header->value("message-id");
  // Fields of the message, then of each recipient, parted by empty lines.
  std::string_view rest = text;
  while (!trim(rest).empty()) {
    rest.remove_prefix(std::min(rest.find_first_not_of("\r\n"), rest.size()));
    BB_TRY(const auto block, read_entity(rest));
    rest = block.body;
    // Of a header that did not come back agents of Direct tell the id themselves.
    for (const auto* name : {"original-message-id", "x-original-message-id"})
      if (original.empty() && found.empty()) original = block.value(name);
    if (block.find("final-recipient") == nullptr) continue;
    found.push_back({recipient_of(block.value("final-recipient")), to_lower(block.value("action")),
                     block.value("status"), without_kind(block.value("diagnostic-code")), original});
  }
  return found;
}

std::string write_notification(const NotificationRequest& request) {
  const auto boundary = "=_" + to_hex(random_bytes(16));
  const auto text = !request.text.empty() ? request.text
                                          : fmt::format("Your message to {} was {}.", in_a_line(request.from),
                                                        in_a_line(request.disposition));
  const bool is_plain = are_ascii(text);  // DIRECT-MSG-10
  std::string fields;
  if (!request.reporting_ua.empty()) fields += fmt::format("Reporting-UA: {}\r\n", in_a_line(request.reporting_ua));
  fields += fmt::format("Final-Recipient: rfc822; {}\r\n", in_a_line(request.from));
  if (!request.original_message_id.empty())
    fields += fmt::format("Original-Message-ID: {}\r\n", in_a_line(request.original_message_id));
  fields += fmt::format("Disposition: automatic-action/MDN-sent-automatically;{}\r\n", in_a_line(request.disposition));
  if (!request.error.empty()) fields += fmt::format("Error: {}\r\n", in_a_line(request.error));
  if (request.has_final_delivery) fields += fmt::format("{}:\r\n", final_delivery);
  return fmt::format(
      "From: {}\r\nTo: {}\r\nDate: {}\r\nMessage-ID: <{}>\r\nSubject: {}\r\nMIME-Version: 1.0\r\n"
      "Content-Type: multipart/report; report-type=disposition-notification;\r\n boundary=\"{}\"\r\n"
      "\r\n--{}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: {}\r\n\r\n{}\r\n"
      "--{}\r\nContent-Type: message/disposition-notification\r\n\r\n{}\r\n--{}--\r\n",
      in_a_line(request.from), in_a_line(request.to), mail_date(request.date_unix_ns), in_a_line(request.message_id),
      request.disposition, boundary, boundary, is_plain ? "7bit" : "base64",
      is_plain ? canonical(text) : base64_encode(text), boundary, fields, boundary);
}

FinalDelivery asked_of(const Entity& message) {
  const auto written = message.value("disposition-notification-options");
  auto value = without_comments(written).value_or(written);
  std::erase(value, ' ');
  // Parameters of other options may stand beside it (RFC 8098, 2.2).
  for (const auto& parameter : split(value, ';')) {
    const auto equals = std::min(parameter.find('='), parameter.size());
    if (!iequals(std::string_view(parameter).substr(0, equals), final_delivery)) continue;
    const bool is_asked = iequals(std::string_view(parameter).substr(equals), fmt::format("={}", option_value));
    return is_asked ? FinalDelivery::asked : FinalDelivery::ill_formed;
  }
  return to_lower(value).find(to_lower(final_delivery)) == std::string::npos ? FinalDelivery::not_asked
                                                                             : FinalDelivery::ill_formed;
}

std::string final_delivery_option() {
  return fmt::format("Disposition-Notification-Options: {}={}\r\n", final_delivery, option_value);
}

}  // namespace bb::direct
