#include "content.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <bb/core/bytes.hpp>
#include <bb/core/text.hpp>
#include <bb/healthvault/thing_types.hpp>
#include <bb/xml/document.hpp>

namespace bb::healthvault::types {
namespace {

constexpr std::string_view begin_tag = "<data-xml>";
constexpr std::string_view end_tag = "</data-xml>";
constexpr int depth_max = 258;  // of documents 256, and the tag around
constexpr std::size_t element_count_max = 2'000'000;

// Without the byte order mark, the XML declaration and the white space that they begin with.
std::string_view without_declaration(std::string_view bytes) {
  bytes = without_utf8_mark(bytes);
  const auto skip_blanks = [&] { bytes.remove_prefix(std::min(bytes.find_first_not_of(" \t\r\n"), bytes.size())); };
  skip_blanks();
  if (bytes.starts_with("<?xml ")) {
    const auto end = bytes.find("?>");
    bytes.remove_prefix(end == std::string_view::npos ? bytes.size() : end + 2);
    skip_blanks();
  }
  return bytes;
}

}  // namespace

Result<Content> Content::read(std::string_view bytes) {
  if (bytes.size() > thing_xml_bytes_max)
    return Error{
        fmt::format("the data of a thing have {} bytes, at most {} are read", bytes.size(), thing_xml_bytes_max)};
  if (!is_utf8(bytes)) return Error{"the data of a thing are not UTF-8"};
  // The tag around stands before a line of its own, so that lines and columns are those of the thing.
  auto whole =
      std::make_unique<const std::string>(fmt::format("{}\n{}\n{}", begin_tag, without_declaration(bytes), end_tag));
  auto parsed =
      xml::read(*whole, {.bytes_max = whole->size(), .depth_max = depth_max, .element_count_max = element_count_max});
  if (auto* problem = std::get_if<xml::Problem>(&parsed)) {
    problem->line = std::max(problem->line - 1, 1);
    return Error{"data of a thing: " + xml::describe(*problem)};
  }
  auto markup = Markup::of(*whole, std::move(std::get<xml::Document>(parsed)));
  if (!markup) return Error{"data of a thing: where an element begins could not be found"};
  Content content(std::move(whole), *std::move(markup));
  const auto* const root = content.markup_.root();
  for (const auto* node = first_element(root); node != nullptr; node = next_element(node)) {
    if (content.element_ == nullptr)
      content.element_ = node;
    else if (content.common_ == nullptr && xml::name_of(node) == "common" && node->ns == nullptr)
      content.common_ = node;
    else
      return Error{fmt::format("data of a thing: expected one element and 'common', found '{}' behind them",
                               xml::name_of(node))};
  }
  if (content.element_ == nullptr) return Error{"data of a thing: there is no element"};
  return content;
}

bool Content::is_in(std::string_view uri) const {
  const auto own = element_->ns == nullptr ? std::string_view{} : xml::view(element_->ns->href);
  return uri.empty() ? own.empty() || own.starts_with("urn:com.microsoft.wc.thing.") : own == uri;
}

std::string_view Content::content() const {
  const auto inside = markup_.inside_of(markup_.root());
  const auto* const begin = inside.data() + 1;  // behind the line end
  const auto* const end = common_ == nullptr ? inside.data() + inside.size() - 1 : markup_.bytes_of(common_).data();
  return {begin, static_cast<std::size_t>(end - begin)};
}

std::vector<Content::Part> Content::common_parts() const {
  std::vector<Part> parts;
  if (common_ == nullptr) return parts;
  const auto inside = markup_.inside_of(common_);
  for (const auto* node = first_element(common_); node != nullptr;) {
    const auto* const next = next_element(node);
    const auto* const begin = markup_.bytes_of(node).data();
    const auto* const end = next == nullptr ? inside.data() + inside.size() : markup_.bytes_of(next).data();
    const bool has_prefix = node->ns != nullptr && node->ns->prefix != nullptr;
    parts.push_back(
        {has_prefix ? std::string_view{} : xml::name_of(node), trim({begin, static_cast<std::size_t>(end - begin)})});
    node = next;
  }
  return parts;
}

std::string Content::common_tag() const {
  if (common_ == nullptr) return "<common>";
  const auto bytes = markup_.bytes_of(common_);
  auto tag = std::string(bytes.data(), markup_.inside_of(common_).data());
  if (tag.ends_with("/>")) tag.replace(tag.size() - 2, 2, ">");
  return tag;
}

}  // namespace bb::healthvault::types
