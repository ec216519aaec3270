#include "xml_view.hpp"

#include <fmt/format.h>
#include <bb/core/printable.hpp>
#include <bb/core/text.hpp>

#include "../markup.hpp"

namespace bb::healthvault::types {
namespace {

bool is_of(const xmlNode* node, const xmlNode* parent, std::string_view name) {
  if (node->type != XML_ELEMENT_NODE || xml::name_of(node) != name) return false;
  return node->ns == nullptr || (parent->ns != nullptr && xml::view(node->ns->href) == xml::view(parent->ns->href));
}

}  // namespace

const xmlNode* child(const xmlNode* parent, std::string_view name) {
  for (const auto* node = parent->children; node != nullptr; node = node->next)
    if (is_of(node, parent, name)) return node;
  return nullptr;
}

std::vector<const xmlNode*> children(const xmlNode* parent, std::string_view name) {
  std::vector<const xmlNode*> all;
  for (const auto* node = parent->children; node != nullptr; node = node->next)
    if (is_of(node, parent, name)) all.push_back(node);
  return all;
}

bool has_elements(const xmlNode* node) { return first_element(node) != nullptr; }

std::string text_of(const xmlNode* node) { return std::string(trim(healthvault::text_of(node))); }

std::string text_of(const xmlNode* parent, std::string_view name) {
  const auto* node = child(parent, name);
  return node == nullptr ? std::string{} : text_of(node);
}

std::string text_markup(std::string_view text) { return escape_markup(printable(text)); }

std::string element(std::string_view name, std::string_view markup) {
  return markup.empty() ? fmt::format("<{}/>", name) : fmt::format("<{0}>{1}</{0}>", name, markup);
}

std::string text_element(std::string_view name, std::string_view text) { return element(name, text_markup(text)); }

}  // namespace bb::healthvault::types
