#include <fmt/format.h>

#include <charconv>

#include <bb/core/text.hpp>
#include "harness/checks/subjects.hpp"

namespace bb::checks {
namespace {

constexpr std::string_view status_attribute = ":status";

Trouble no_such_part(std::string_view part, const evidence::Message& message) {
  if (is_unanswered(message)) return violated(fmt::format("no answer ({})", message.result));
  return unjudgeable(fmt::format("this message has no {}: it did not come by HTTP", part));
}

Extracted status_subject(const evidence::Message& message) {
  const auto* status = message.attribute(status_attribute);
  if (!status) return no_such_part("HTTP status", message);
  std::int64_t number = 0;
  const auto parsed = std::from_chars(status->data(), status->data() + status->size(), number);
  if (parsed.ec != std::errc() || parsed.ptr != status->data() + status->size())
    return violated(fmt::format("'{}', which is no HTTP status", shorten(*status, 80)));
  return Subject{Subject::Shape::one, {Value(number)}};
}

// RFC 9110, 5.3: fields of one name may be joined by commas. Attributes that a connector
// gives its content ("opened.trust") are looked at in the same way.
Extracted header_subject(const std::string& name, const evidence::Message& message) {
  if (!message.attribute(status_attribute) && !message.attribute(name)) return no_such_part("HTTP header", message);
  std::vector<std::string> values;
  for (const auto& attribute : message.attributes)
    if (iequals(attribute.name, name)) values.push_back(attribute.value);
  auto subject = text_subject(join(values, ", "));
  subject.is_textual = true;
  return subject;
}

Extracted time_subject(const std::string& which, const evidence::Message& message) {
  const auto ms = which == "total" ? message.total_ms : message.first_byte_ms;
  if (ms < 0 && is_unanswered(message)) return violated(fmt::format("no answer ({})", message.result));
  if (ms < 0) return unjudgeable("no time was measured for this message");
  Subject subject{Subject::Shape::one, {Value(ms)}};
  subject.is_duration = true;
  return subject;
}

}  // namespace

bool is_unanswered(const evidence::Message& message) {
  return message.result == "timeout" || message.result == "unavailable";
}

Subject text_subject(std::string text) {
  Subject subject;
  if (!trim(text).empty()) subject.values.emplace_back(std::move(text));
  return subject;
}

Subject value_subject(const Value& value) {
  if (value.is_null()) return {};
  if (const auto* items = value.items()) return {Subject::Shape::set, *items};
  if (const auto* text = value.string()) return text_subject(*text);
  return {Subject::Shape::one, {value}};
}

Document content_of(const evidence::Message& message) { return {message.media_type, message.filename, message.body}; }

Extracted message_subject(std::string_view subject, const Value& argument, const evidence::Message& message) {
  if (subject == "result") return text_subject(message.result);
  if (subject == "status") return status_subject(message);
  if (subject == "header") return header_subject(argument.string_or(""), message);
  if (subject == "media_type") return text_subject(message.media_type);
  if (subject == "filename") return text_subject(message.filename);
  return time_subject(argument.string_or("first_byte"), message);
}

}  // namespace bb::checks
