#include <fmt/format.h>

#include <algorithm>

#include <bb/core/json.hpp>
#include <bb/core/text.hpp>
#include "harness/checks/faults.hpp"

namespace bb::checks {
namespace {

// Sets, drops or doubles an attribute; a missing one can only be set.
Status edit_attribute(evidence::Message& message, const std::string& name, Edit edit, const std::string& to) {
  auto& attributes = message.attributes;
  const auto is_it = [&](const host::Attribute& attribute) { return iequals(attribute.name, name); };
  const auto found = std::find_if(attributes.begin(), attributes.end(), is_it);
  if (found == attributes.end()) {
    if (edit != Edit::set) return Error{fmt::format("this message has no '{}'", name)};
    attributes.push_back({to_lower(name), to});
    return {};
  }
  if (edit == Edit::set) {
    found->value = to;
  } else if (edit == Edit::dup) {
    auto copy = *found;
    attributes.insert(found, std::move(copy));
  } else {
    attributes.erase(std::remove_if(attributes.begin(), attributes.end(), is_it), attributes.end());
  }
  return {};
}

Status edit_text(std::string& text, std::string_view name, Edit edit, const std::string& to) {
  if (edit == Edit::dup) return Error{fmt::format("'{}' cannot be doubled", name)};
  if (edit == Edit::drop && text.empty()) return Error{fmt::format("this message has no '{}'", name)};
  text = to;
  return {};
}

Status edit_body(std::string& body, Edit edit, const std::string& to) {
  if (edit != Edit::set && body.empty()) return Error{"the body is empty already"};
  if (edit == Edit::dup)
    body += std::string(body);
  else
    body = to;
  return {};
}

// Every place of a text in the body.
Status edit_text_in_body(std::string& body, const std::string& text, Edit edit, const std::string& to) {
  if (edit == Edit::dup) return Error{"a text of the body cannot be doubled"};
  if (text.empty() || body.find(text) == std::string::npos)
    return Error{fmt::format("the body holds no '{}'", shorten(text, 80))};
  body = replace_all(body, text, to);
  return {};
}

Status edit_media_type(evidence::Message& message, Edit edit, const std::string& to) {
  BB_CHECK(edit_text(message.media_type, "media_type", edit, to));
  if (message.attribute("content-type")) return edit_attribute(message, "content-type", edit, to);
  return {};
}

}  // namespace

Status edit_part(evidence::Message& message, const suite::Selector& selector, Edit edit, const Value& to) {
  const auto text = written(to);
  const auto& kind = selector.kind;
  if (kind == "result") return edit_text(message.result, kind, edit, text);
  if (kind == "status") return edit_attribute(message, ":status", edit, text);
  if (kind == "header") return edit_attribute(message, selector.argument.string_or(""), edit, text);
  if (kind == "media_type") return edit_media_type(message, edit, text);
  if (kind == "filename") return edit_text(message.filename, kind, edit, text);
  if (kind == "text") return edit_text_in_body(message.body, selector.argument.string_or(""), edit, text);
  if (kind == "body") return edit_body(message.body, edit, text);
  if (kind == "item") {
    if (edit == Edit::dup) return Error{"'item' cannot be doubled"};
    message.item = to;
    return {};
  }
  return edit_json(message, fmt::format("$['{}']", kind), edit, to);
}

}  // namespace bb::checks
