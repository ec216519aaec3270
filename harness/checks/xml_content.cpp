// What an XML document says: to a person and to a program.
#include <libxml/tree.h>

#include <map>

#include <bb/core/text.hpp>
#include "harness/checks/xml_document.hpp"
#include "harness/checks/xml_nodes.hpp"

namespace bb::checks {
namespace {

// Text of a subtree with a blank between elements: cells of a table must not
// run together.
std::string spaced_text(xmlNode* top) {
  std::string text;
  for_each_node(top, [&](xmlNode* node) {
    if (node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE) text += from_xml(node->content);
    if (node->type == XML_ELEMENT_NODE) text += ' ';
    return Descend::yes;
  });
  return collapse_whitespace(text);
}

std::string attribute(xmlNode* node, const char* name) {
  return from_xml(XmlText(xmlGetNoNsProp(node, to_xml(name))).get());
}

bool has_parent(const xmlNode* node, std::string_view name) { return node->parent && is_named(node->parent, name); }

// "19700102..." as "1970-01-02"; other texts as they are.
std::string readable_date(const std::string& time) {
  if (time.size() < 8 || time.find_first_not_of("0123456789") < 8) return time;
  return time.substr(0, 4) + "-" + time.substr(4, 2) + "-" + time.substr(6, 2);
}

void append_line(std::string& out, const std::string& line) {
  if (!line.empty()) out += line + "\n";
}

}  // namespace

bool XmlDocument::is_clinical_document() const {
  const xmlNode* root = xmlDocGetRootElement(document_.get());
  return root && is_named(root, "ClinicalDocument");
}

std::string XmlDocument::narrative() const {
  std::string out;
  for_each_node(xmlDocGetRootElement(document_.get()), [&](xmlNode* node) {
    const bool is_header =
        is_named(node, "title") && (has_parent(node, "ClinicalDocument") || has_parent(node, "section"));
    const bool is_patient = (is_named(node, "name")) && has_parent(node, "patient");
    const bool is_text = is_named(node, "text") && has_parent(node, "section");
    if (is_named(node, "birthTime") && has_parent(node, "patient"))
      append_line(out, readable_date(attribute(node, "value")));
    if (!is_header && !is_patient && !is_text) return Descend::yes;
    append_line(out, spaced_text(node));
    return Descend::no;
  });
  return out;
}

std::vector<std::string> XmlDocument::program_values() const {
  xmlNode* root = xmlDocGetRootElement(document_.get());
  const auto is_narrative = [](const xmlNode* node) { return is_named(node, "text") && has_parent(node, "section"); };
  std::map<std::string, xmlNode*> narrative_by_id;
  if (is_clinical_document())
    for_each_node(root, [&](xmlNode* node) {
      if (node->type == XML_ELEMENT_NODE)
        if (auto id = attribute(node, "ID"); !id.empty()) narrative_by_id.emplace(std::move(id), node);
      return Descend::yes;
    });

  std::vector<std::string> values;
  for_each_node(root, [&](xmlNode* node) {
    if (is_narrative(node)) return Descend::no;
    if (node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE) {
      if (auto text = collapse_whitespace(from_xml(node->content)); !text.empty()) values.push_back(std::move(text));
      return Descend::yes;
    }
    if (node->type != XML_ELEMENT_NODE) return Descend::yes;
    for (const xmlAttr* at = node->properties; at; at = at->next) {
      auto value = collapse_whitespace(content_of(reinterpret_cast<const xmlNode*>(at)));
      if (!value.empty()) values.push_back(std::move(value));
    }
    if (is_named(node, "reference")) {
      const auto target = attribute(node, "value");
      if (const auto found = narrative_by_id.find(target.substr(target.starts_with('#') ? 1 : 0));
          found != narrative_by_id.end() && found->second) {
        values.push_back(spaced_text(found->second));
        found->second = nullptr;  // once: many references to one large table would multiply it
      }
    }
    return Descend::yes;
  });
  return values;
}

}  // namespace bb::checks
