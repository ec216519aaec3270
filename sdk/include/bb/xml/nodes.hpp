// bb/xml/nodes.hpp - for who walks libxml2's tree; the only header here that
// shows its types.
#pragma once

#include <libxml/tree.h>

#include <string_view>

namespace bb::xml {

inline const xmlChar* to_xml(const char* text) { return reinterpret_cast<const xmlChar*>(text); }

// As long as what holds the text; empty where there is none.
inline std::string_view view(const xmlChar* text) {
  return text == nullptr ? std::string_view{} : std::string_view{reinterpret_cast<const char*>(text)};
}

inline std::string_view name_of(const xmlNode* node) { return node == nullptr ? std::string_view{} : view(node->name); }

inline bool is_element(const xmlNode* node, std::string_view uri, std::string_view name) {
  return node != nullptr && node->type == XML_ELEMENT_NODE && node->ns != nullptr && view(node->ns->href) == uri &&
         view(node->name) == name;
}

// The value of an attribute, of the namespace `uri` or without one, or empty. As long as the document.
inline std::string_view attribute(const xmlNode* element, std::string_view name, std::string_view uri = {}) {
  for (const xmlAttr* a = element->properties; a != nullptr; a = a->next)
    if ((a->ns == nullptr ? uri.empty() : view(a->ns->href) == uri) && view(a->name) == name)
      return a->children == nullptr ? std::string_view{} : view(a->children->content);
  return {};
}

// The node after `node` in document order below `top`, which is a document or an
// element; attributes are left out. None at the end.
template <class Node>
Node* next_in_order(Node* node, const void* top) {
  if (node->type == XML_ELEMENT_NODE && node->children != nullptr) return node->children;
  while (node != top && node->next == nullptr) node = node->parent;
  return node == top ? nullptr : node->next;
}

}  // namespace bb::xml
