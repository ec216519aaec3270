#include "content.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <bb/core/text.hpp>
#include <bb/healthvault/thing_types.hpp>

namespace bb::healthvault::types {
namespace {

constexpr std::string_view begin_tag = "<data-xml>";
constexpr std::string_view end_tag = "</data-xml>";
constexpr int depth_max = 258;  // of documents 256, and the tag around
constexpr std::size_t element_count_max = 2'000'000;

// Where the tag that begins here ends, its bracket included.
std::size_t tag_end(std::string_view text, std::size_t begin) {
  char quote = 0;
  for (auto at = begin; at < text.size(); ++at) {
    if (quote != 0) {
      if (text[at] == quote) quote = 0;
    } else if (text[at] == '"' || text[at] == '\'') {
      quote = text[at];
    } else if (text[at] == '>') {
      return at + 1;
    }
  }
  return text.size();
}

}  // namespace

std::size_t offset_of(std::string_view text, const xml::Position& position) {
  std::size_t begin = 0;
  for (int line = 1; line < position.line; ++line) begin = text.find('\n', begin) + 1;
  return begin + static_cast<std::size_t>(position.column) - 1;
}

std::string_view without_declaration(std::string_view bytes) {
  if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
  const auto skip_blanks = [&] { bytes.remove_prefix(std::min(bytes.find_first_not_of(" \t\r\n"), bytes.size())); };
  skip_blanks();
  if (bytes.starts_with("<?xml ")) {
    const auto end = bytes.find("?>");
    bytes.remove_prefix(end == std::string_view::npos ? bytes.size() : end + 2);
    skip_blanks();
  }
  return bytes;
}

Result<Content> Content::read(std::string_view bytes) {
  if (bytes.size() > thing_xml_bytes_max)
    return Error{
        fmt::format("the data of a thing have {} bytes, at most {} are read", bytes.size(), thing_xml_bytes_max)};
  if (!is_utf8(bytes)) return Error{"the data of a thing are not UTF-8"};
  const auto inside = without_declaration(bytes);
  // The tag around stands before a line of its own, so that lines and columns are those of the thing.
  auto whole = fmt::format("{}\n{}\n{}", begin_tag, inside, end_tag);
  auto parsed =
      xml::read(whole, {.bytes_max = whole.size(), .depth_max = depth_max, .element_count_max = element_count_max});
  if (auto* problem = std::get_if<xml::Problem>(&parsed)) {
    problem->line = std::max(problem->line - 1, 1);
    return Error{"data of a thing: " + xml::describe(*problem)};
  }
  Content content(std::string(inside), std::move(std::get<xml::Document>(parsed)));
  const auto positions = xml::element_positions(whole);
  std::size_t index = 0;  // of the element in document order
  const auto place_of = [&](std::size_t at) { return offset_of(whole, positions.at(at)) - begin_tag.size() - 1; };
  for (xmlNode* node = content.document_.root(); node != nullptr;
       node = xml::next_in_order(node, content.document_.root())) {
    if (node->type != XML_ELEMENT_NODE) continue;
    const auto at = index++;
    if (at >= positions.size()) return Error{"data of a thing: where an element begins could not be found"};
    if (node->parent == content.common_ && content.common_ != nullptr) content.part_begins_.push_back(place_of(at));
    if (node->parent != content.document_.root()) continue;
    if (content.element_ == nullptr) {
      content.element_ = node;
    } else if (content.common_ == nullptr && xml::name_of(node) == "common" && node->ns == nullptr) {
      content.common_ = node;
      content.common_begin_ = place_of(at);
    } else {
      return Error{fmt::format("data of a thing: expected one element and 'common', found '{}' behind them",
                               xml::name_of(node))};
    }
  }
  if (content.element_ == nullptr) return Error{"data of a thing: there is no element"};
  return content;
}

bool Content::is_in(std::string_view uri) const {
  const auto own = element_->ns == nullptr ? std::string_view{} : xml::view(element_->ns->href);
  return uri.empty() ? own.empty() || own.starts_with("urn:com.microsoft.wc.thing.") : own == uri;
}

std::vector<Content::Part> Content::common_parts() const {
  std::vector<Part> parts;
  const auto bytes = std::string_view(bytes_);
  for (std::size_t i = 0; i < part_begins_.size(); ++i) {
    const auto begin = part_begins_[i];
    const auto end = i + 1 < part_begins_.size() ? part_begins_[i + 1] : bytes.rfind("</common");
    const auto part = trim(bytes.substr(begin, end - begin));
    parts.push_back({part.substr(1, part.find_first_of(" \t\r\n/>") - 1), part});
  }
  return parts;
}

std::string Content::common_tag() const {
  if (common_ == nullptr) return "<common>";
  auto tag = bytes_.substr(common_begin_, tag_end(bytes_, common_begin_) - common_begin_);
  if (tag.ends_with("/>")) tag.replace(tag.size() - 2, 2, ">");
  return tag;
}

}  // namespace bb::healthvault::types
