// harness/checks/xml_nodes.hpp - walking libxml2's tree; for the two XML
// sources of this folder only.
#pragma once

#include <libxml/tree.h>
#include <libxml/xmlstring.h>

#include <memory>
#include <string>
#include <string_view>

#include <bb/xml/nodes.hpp>

namespace bb::checks {

using xml::to_xml;
inline std::string from_xml(const xmlChar* text) { return text ? reinterpret_cast<const char*>(text) : std::string(); }

struct XmlTextFree {
  void operator()(xmlChar* text) const { xmlFree(text); }
};
using XmlText = std::unique_ptr<xmlChar, XmlTextFree>;

inline std::string content_of(const xmlNode* node) { return from_xml(XmlText(xmlNodeGetContent(node)).get()); }

inline bool is_named(const xmlNode* node, std::string_view name) {
  return node->type == XML_ELEMENT_NODE && reinterpret_cast<const char*>(node->name) == name;
}

enum class Descend { yes, no };
// Calls `visit` for `top` and everything below in document order, without
// recursion: pages nest deeply.
template <class Visit>
void for_each_node(xmlNode* top, const Visit& visit) {
  xmlNode* node = top;
  while (node) {
    const bool goes_down = visit(node) == Descend::yes && node->type == XML_ELEMENT_NODE && node->children;
    if (goes_down) {
      node = node->children;
      continue;
    }
    while (node != top && !node->next) node = node->parent;
    node = node == top ? nullptr : node->next;
  }
}

}  // namespace bb::checks
