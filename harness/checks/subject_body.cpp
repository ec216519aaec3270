#include <fmt/format.h>

#include <bb/core/json.hpp>
#include <bb/core/text.hpp>
#include <bb/records/html.hpp>
#include <bb/records/mime.hpp>
#include "harness/checks/everything.hpp"
#include "harness/checks/subjects.hpp"
#include "harness/checks/xml_document.hpp"

namespace bb::checks {
namespace {

bool looks_like_xml(const Document& document) {
  const auto type = to_lower(document.media_type);
  if (type.ends_with("/xml") || type.ends_with("+xml")) return true;
  return (type.empty() || type == "application/octet-stream") && trim(document.body.substr(0, 256)).starts_with('<');
}

bool looks_like_json(const Document& document) {
  const auto type = to_lower(document.media_type);
  if (type.ends_with("/json") || type.ends_with("+json")) return true;
  const auto begin = trim(std::string_view(document.body).substr(0, 256));
  return (type.empty() || type == "application/octet-stream") && (begin.starts_with('{') || begin.starts_with('['));
}

// Every text and number of a JSON document, at any depth.
void append_leaves(const Value& value, std::vector<Value>& out) {
  if (const auto* items = value.items())
    for (const auto& item : *items) append_leaves(item, out);
  else if (const auto* members = value.members())
    for (const auto& member : *members) append_leaves(member.value, out);
  else if (value.is_string())
    out.push_back(value);
  else if (!value.is_null())
    out.emplace_back(to_json(value));
}

// A text that a program reads is lines of "Label: value".
void append_labelled(const std::string& text, std::vector<Value>& out) {
  for (const auto& line : split(text, '\n')) {
    const auto colon = line.find(':');
    if (colon == std::string::npos || colon == 0) continue;
    if (const auto value = trim(std::string_view(line).substr(colon + 1)); !value.empty()) out.emplace_back(value);
  }
}

Extracted values_subject(const Document& document) {
  Subject subject{Subject::Shape::texts, {}};
  if (looks_like_json(document)) {
    const auto content = parse_json(document.body);
    if (!content) return violated(fmt::format("not JSON: {}", content.error().what));
    append_leaves(*content, subject.values);
  } else if (looks_like_xml(document) && !is_html(document.media_type, document.body)) {
    const auto content = XmlDocument::parse(document.body, document.media_type);
    if (!content) return violated(content.error().what);
    for (auto& value : content->program_values()) subject.values.emplace_back(std::move(value));
  } else {
    append_labelled(readable_text(document), subject.values);
  }
  return subject;
}

std::string mail_text(const records::MimeMessage& mail) {
  std::string text;
  for (const auto& [name, value] : mail.headers)
    if (name == "subject") text += value + "\n";
  for (const auto& part : mail.parts)
    if (part.filename.empty() && to_lower(part.content_type).starts_with("text/"))
      text += readable_text({part.content_type, "", part.body}) + "\n";
  return text;
}

}  // namespace

std::string readable_text(const Document& document) {
  if (is_html(document.media_type, document.body)) return records::html_to_text(document.body);
  if (iequals(document.media_type, "message/rfc822")) {
    const auto mail = records::read_mime(document.body);
    return mail ? mail_text(*mail) : document.body;
  }
  if (looks_like_xml(document)) {
    const auto content = XmlDocument::parse(document.body, document.media_type);
    if (content && content->is_clinical_document()) return content->narrative();
    if (content && iequals(document.media_type, "application/xhtml+xml")) return records::html_to_text(document.body);
  }
  return document.body;
}

Extracted body_subject(const std::string& form, const Document& document) {
  if (form == "values") return values_subject(document);
  if (form == "everything") {
    Subject subject{Subject::Shape::texts, {}};
    if (document.body.empty()) return subject;
    for (auto& text : everything_in(document)) subject.values.emplace_back(std::move(text));
    return subject;
  }
  if (form == "size") return Subject{Subject::Shape::one, {Value(document.body.size())}};
  if (form == "raw") {
    Subject subject;
    if (!document.body.empty()) subject.values.emplace_back(document.body);
    subject.is_verbatim = true;
    return subject;
  }
  if (form.empty() || form == "text") return text_subject(readable_text(document));
  return unjudgeable(fmt::format("a body has no form '{}'; forms: text values raw everything size", shorten(form, 80)));
}

}  // namespace bb::checks
