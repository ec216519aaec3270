#include <bb/healthvault/thing_common.hpp>

#include <algorithm>

#include <fmt/format.h>
#include <bb/core/text.hpp>

#include "content.hpp"
#include "xml_view.hpp"

namespace bb::healthvault {
namespace {

using types::Content;

std::string said(const xmlNode* common, std::string_view name) {
  return common == nullptr ? std::string{} : types::text_of(common, name);
}

}  // namespace

Result<ThingCommon> common_of(std::string_view data_xml) {
  BB_TRY(const auto content, Content::read(data_xml));
  return ThingCommon{said(content.common(), "source"), said(content.common(), "note"),
                     said(content.common(), "client-thing-id")};
}

Result<std::string> with_common(std::string_view data_xml, const ThingCommon& common) {
  const auto length =
      std::count_if(common.client_id.begin(), common.client_id.end(), [](char c) { return !is_continuation(c); });
  if (static_cast<std::size_t>(length) > client_id_length_max)
    return Error{fmt::format("a client id of {} characters, expected at most {}", length, client_id_length_max)};
  BB_TRY(const auto content, Content::read(data_xml));
  // The order of the schema: source, note, tags, extensions, related things, client id.
  std::string source, note, others, client_id;
  for (const auto& part : content.common_parts()) {
    auto& place = part.name == "source"            ? source
                  : part.name == "note"            ? note
                  : part.name == "client-thing-id" ? client_id
                                                   : others;
    place += part.bytes;
  }
  const auto replace = [](std::string& there, std::string_view name, const std::string& text) {
    if (!text.empty()) there = types::text_element(name, text);
  };
  replace(source, "source", common.source);
  replace(note, "note", common.note);
  replace(client_id, "client-thing-id", common.client_id);
  const auto inside = source + note + others + client_id;
  return std::string(content.content()) +
         (inside.empty() ? std::string{} : fmt::format("{}{}</common>", content.common_tag(), inside));
}

}  // namespace bb::healthvault
