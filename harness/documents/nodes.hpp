// harness/documents/nodes.hpp - small questions to libxml2's tree.
#pragma once

#include <libxml/tree.h>

#include <string>
#include <string_view>

#include <bb/xml/nodes.hpp>

namespace bb::documents {

using xml::view;

inline std::string_view name_of(const xmlNode* node) { return node == nullptr ? std::string_view{} : view(node->name); }

inline bool is_element(const xmlNode* node, std::string_view uri, std::string_view name) {
  return node != nullptr && node->type == XML_ELEMENT_NODE && node->ns != nullptr && view(node->ns->href) == uri &&
         view(node->name) == name;
}

inline bool is_cda(const xmlNode* node, std::string_view name) { return is_element(node, "urn:hl7-org:v3", name); }

// The value of an attribute without namespace, or empty. As long as the document.
inline std::string_view attribute(const xmlNode* element, std::string_view name) {
  for (const xmlAttr* a = element->properties; a != nullptr; a = a->next)
    if (a->ns == nullptr && view(a->name) == name)
      return a->children == nullptr ? std::string_view{} : view(a->children->content);
  return {};
}

// The first child of that name in the CDA namespace, or none.
inline const xmlNode* cda_child(const xmlNode* element, std::string_view name) {
  for (const xmlNode* child = element == nullptr ? nullptr : element->children; child != nullptr; child = child->next)
    if (is_cda(child, name)) return child;
  return nullptr;
}

// Where a node is, as XPath with the prefixes that claims know:
// "/cda:ClinicalDocument/cda:component[2]/@code".
std::string xpath_of(const xmlNode* node);

}  // namespace bb::documents
