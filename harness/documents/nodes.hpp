// harness/documents/nodes.hpp - small questions to libxml2's tree.
#pragma once

#include <libxml/tree.h>

#include <string>
#include <string_view>
#include <unordered_map>

#include <bb/xml/nodes.hpp>

namespace bb::documents {

using xml::attribute;
using xml::is_element;
using xml::name_of;
using xml::view;

inline bool is_cda(const xmlNode* node, std::string_view name) { return is_element(node, "urn:hl7-org:v3", name); }

// The first child of that name in the CDA namespace, or none.
inline const xmlNode* cda_child(const xmlNode* element, std::string_view name) {
  for (const xmlNode* child = element == nullptr ? nullptr : element->children; child != nullptr; child = child->next)
    if (is_cda(child, name)) return child;
  return nullptr;
}

// Where nodes of one document are, as XPath with the prefixes that claims know:
// "/cda:ClinicalDocument/cda:component[2]/@code". Siblings are counted once, so
// asking for all of many takes linear time where they are asked for in order.
class Paths {
 public:
  std::string of(const xmlNode* node);

 private:
  // Of an element among the siblings of its name.
  struct Among {
    int number = 1;
    bool is_only = true;
  };
  Among among(const xmlNode* element);
  std::string step_of(const xmlNode* element);  // "cda:section[3]"; the number where there are several

  std::unordered_map<const xmlNode*, Among> among_;
};

}  // namespace bb::documents
