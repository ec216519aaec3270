#include "markup.hpp"

#include <fmt/format.h>

#include <cstdint>

#include <bb/core/bytes.hpp>
#include <bb/core/text.hpp>
#include <bb/xml/line_counter.hpp>
#include <bb/xml/markup.hpp>

namespace bb::healthvault {
namespace {

constexpr std::string_view schema_instance_space = "http://www.w3.org/2001/XMLSchema-instance";

bool declares(const xmlNode* element, const xmlNs* space) {
  for (const xmlNs* one = element->nsDef; one != nullptr; one = one->next)
    if (one == space) return true;
  return false;
}

// The prefix of a namespace that is declared neither at `user` nor between it and `top`,
// which is left out; empty where it is, or none is used.
std::string foreign_prefix(const xmlNs* space, const xmlNode* user, const xmlNode* top) {
  if (space == nullptr || xml::view(space->prefix) == "xml") return {};
  for (const xmlNode* node = user; node != top; node = node->parent)
    if (declares(node, space)) return {};
  return space->prefix == nullptr ? "xmlns" : std::string{xml::view(space->prefix)};
}

std::string foreign_prefix_at(const xmlNode* element, const xmlNode* top) {
  if (auto prefix = foreign_prefix(element->ns, element, top); !prefix.empty()) return prefix;
  for (const xmlAttr* one = element->properties; one != nullptr; one = one->next)
    if (auto prefix = foreign_prefix(one->ns, element, top); !prefix.empty()) return prefix;
  return {};
}

std::string foreign_prefix_below(const xmlNode* element, const xmlNode* top) {
  for (const xmlNode* node = xml::next_in_order(element, element); node != nullptr;
       node = xml::next_in_order(node, element))
    if (node->type == XML_ELEMENT_NODE)
      if (auto prefix = foreign_prefix_at(node, top); !prefix.empty()) return prefix;
  return {};
}

}  // namespace

Result<Markup> Markup::read(std::string_view bytes, std::size_t bytes_max) {
  if (xml::is_wide(bytes)) return Error{"line 1, column 1: the message is not in UTF-8"};
  xml::Limits limits;
  limits.bytes_max = bytes_max;
  auto parsed = xml::read(bytes, limits);
  if (const auto* problem = std::get_if<xml::Problem>(&parsed)) return Error{describe(*problem)};
  auto& document = std::get<xml::Document>(parsed);
  const auto encoding = xml::view(document.get()->encoding);
  if ((!encoding.empty() && !iequals(encoding, "UTF-8")) || !is_utf8(bytes))
    return Error{fmt::format("line 1, column 1: the message is not in UTF-8{}",
                             encoding.empty() ? "" : fmt::format(" but in '{}'", shorten(encoding, 40)))};
  auto markup = of(bytes, std::move(document));
  if (!markup) return Error{"line 1, column 1: the tags of the message cannot be told apart"};
  return *std::move(markup);
}

std::optional<Markup> Markup::of(std::string_view bytes, xml::Document document) {
  Markup markup(bytes, std::move(document));
  if (!markup.find_ranges()) return std::nullopt;
  return markup;
}

bool Markup::find_ranges() {
  std::vector<std::size_t> open;
  auto* node = document_.root();
  const xmlNode* const top = node;
  for (std::size_t at = bytes_.find('<'); at != std::string_view::npos; at = bytes_.find('<', at)) {
    const auto rest = bytes_.substr(at);
    if (const auto length = xml::opaque_length(rest); length > 0) {
      at += length;
      continue;
    }
    const auto end = xml::end_of_tag(bytes_, at);
    if (rest.starts_with("</")) {
      if (open.empty()) return false;
      auto& range = ranges_[open.back()];
      range.inside_end = at;
      range.end = end;
      open.pop_back();
    } else {
      while (node != nullptr && node->type != XML_ELEMENT_NODE) node = xml::next_in_order(node, top);
      if (node == nullptr) return false;
      const bool is_empty = bytes_[end - 2] == '/';
      if (!is_empty) open.push_back(ranges_.size());
      ranges_.push_back({at, end, end, end});
      node->_private = reinterpret_cast<void*>(static_cast<std::uintptr_t>(ranges_.size()));
      node = xml::next_in_order(node, top);
    }
    at = end;
  }
  while (node != nullptr && node->type != XML_ELEMENT_NODE) node = xml::next_in_order(node, top);
  return open.empty() && node == nullptr;
}

const Markup::Range& Markup::range_of(const xmlNode* element) const {
  return ranges_[static_cast<std::size_t>(reinterpret_cast<std::uintptr_t>(element->_private)) - 1];
}

std::string_view Markup::bytes_of(const xmlNode* element) const {
  const auto& range = range_of(element);
  return bytes_.substr(range.begin, range.end - range.begin);
}

std::string_view Markup::inside_of(const xmlNode* element) const {
  const auto& range = range_of(element);
  return bytes_.substr(range.inside_begin, range.inside_end - range.inside_begin);
}

std::string Markup::place_of(const xmlNode* element) const {
  const auto text = without_utf8_mark(bytes_);
  const auto mark_bytes = bytes_.size() - text.size();
  const auto at = xml::LineCounter(text).at(range_of(element).begin - mark_bytes);
  return fmt::format("line {}, column {}", at.line, at.column);
}

Status Markup::check_alone(const xmlNode* element, Part part) const {
  const auto* const top = part == Part::inside ? element : element->parent;
  auto prefix = part == Part::inside ? std::string{} : foreign_prefix_at(element, top);
  if (prefix.empty()) prefix = foreign_prefix_below(element, top);
  if (prefix.empty()) return {};
  return Error{fmt::format("{}: '{}' uses the prefix '{}', which is declared outside of it", place_of(element),
                           xml::name_of(element), shorten(prefix, 60))};
}

Status Markup::check_bare(const xmlNode* element) const {
  const auto* const what = attribute_count(element) > 0 ? "has an attribute that it has no use for"
                           : has_text(element)          ? "holds text beside its elements"
                                                        : nullptr;
  if (what == nullptr) return {};
  return Error{fmt::format("{}: '{}' {}", place_of(element), xml::name_of(element), what)};
}

const xmlNode* first_element(const xmlNode* parent) {
  const xmlNode* node = parent->children;
  while (node != nullptr && node->type != XML_ELEMENT_NODE) node = node->next;
  return node;
}

const xmlNode* next_element(const xmlNode* element) {
  const xmlNode* node = element->next;
  while (node != nullptr && node->type != XML_ELEMENT_NODE) node = node->next;
  return node;
}

const xmlNode* last_element(const xmlNode* parent) {
  const xmlNode* node = parent->last;
  while (node != nullptr && node->type != XML_ELEMENT_NODE) node = node->prev;
  return node;
}

std::size_t attribute_count(const xmlNode* element) {
  std::size_t count = 0;
  for (const xmlAttr* one = element->properties; one != nullptr; one = one->next)
    if (one->ns == nullptr || xml::view(one->ns->href) != schema_instance_space) ++count;
  return count;
}

bool has_text(const xmlNode* element) {
  for (const xmlNode* node = element->children; node != nullptr; node = node->next)
    if (node->type == XML_TEXT_NODE && xml::view(node->content).find_first_not_of(" \t\r\n") != std::string_view::npos)
      return true;
  return false;
}

std::string text_of(const xmlNode* element) {
  std::string text;
  for (const xmlNode* node = element->children; node != nullptr; node = node->next)
    if (node->type == XML_TEXT_NODE) text += xml::view(node->content);
  return text;
}

}  // namespace bb::healthvault
