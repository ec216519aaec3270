#include <bb/healthvault/message_thing.hpp>

#include <algorithm>

#include <fmt/format.h>
#include <bb/core/text.hpp>
#include <bb/records/mime.hpp>

#include "dates.hpp"
#include "xml_view.hpp"

namespace bb::healthvault {
namespace {

using types::element;
using types::text_element;

constexpr std::string_view type_id = "72dc49e1-1486-4634-b651-ef560ed051e5";
constexpr std::size_t summary_length_max = 512;  // characters: message.xsd

std::string first_characters(std::string_view text, std::size_t count) {
  std::size_t at = 0;
  for (; at < text.size(); ++at)
    if (!is_continuation(text[at]) && count-- == 0) break;
  return std::string(text.substr(0, at));
}

bool is_text(const records::MimePart& part, std::string_view type) {
  return part.content_type == type && part.disposition != "attachment" && part.filename.empty();
}

}  // namespace

Result<MessageThing> message_thing(std::string_view mail, std::string_view when) {
  const auto date = types::write_date_time(when);
  if (!date) return Error{fmt::format("a message of '{}': expected a date in ISO 8601, to the day at least", when)};
  BB_TRY(const auto message, records::read_mime(mail));
  MessageThing made;
  made.blobs.push_back({"FullMessage", "message/rfc822", std::string(mail)});
  const auto part_of = [&](std::string_view type) {
    return std::find_if(message.parts.begin(), message.parts.end(),
                        [&](const auto& part) { return is_text(part, type); });
  };
  const auto text = part_of("text/plain");
  const auto html = part_of("text/html");
  auto inside = element("when", *date);
  for (const auto& [name, value] : message.headers)
    if (!trim(name).empty() && !trim(value).empty())
      inside += element("headers", text_element("name", name) + text_element("value", value));
  inside += text_element("size", std::to_string(mail.size()));
  if (text != message.parts.end())
    inside += text_element("summary", first_characters(to_utf8_lossy(text->body), summary_length_max));
  if (html != message.parts.end()) {
    made.blobs.push_back({"HtmlBody", html->content_type, html->body});
    inside += text_element("html-blob-name", "HtmlBody");
  }
  if (text != message.parts.end()) {
    made.blobs.push_back({"TextBody", text->content_type, text->body});
    inside += text_element("text-blob-name", "TextBody");
  }
  for (auto part = message.parts.begin(); part != message.parts.end(); ++part) {
    if (part == text || part == html) continue;
    const auto blob = fmt::format("Attachment{}", part - message.parts.begin() + 1);
    inside +=
        element("attachments", text_element("name", trim(part->filename).empty() ? blob : part->filename) +
                                   text_element("blob-name", blob) +
                                   text_element("inline-display", part->disposition == "inline" ? "true" : "false"));
    made.blobs.push_back({blob, part->content_type, part->body});
  }
  made.thing = {std::string(type_id), element("message", inside)};
  return made;
}

}  // namespace bb::healthvault
