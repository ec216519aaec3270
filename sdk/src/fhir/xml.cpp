#include <libxml/tree.h>

#include <algorithm>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>
#include <bb/core/text.hpp>
#include <bb/fhir/element.hpp>
#include <bb/xml/nodes.hpp>

#include "syntax.hpp"

namespace bb::fhir {
namespace {

using Form = Element::Form;
using xml::view;

constexpr std::string_view xhtml_namespace = "http://www.w3.org/1999/xhtml";

std::string_view namespace_of(const xmlNode* node) { return node->ns == nullptr ? "" : view(node->ns->href); }
bool is_named(const xmlNode* node, std::string_view name) { return view(node->name) == name; }
bool is_div(const xmlNode* node) { return is_named(node, "div") && namespace_of(node) == xhtml_namespace; }

// A resource has a name that begins with a capital letter, an element has not.
bool is_resource(const xmlNode* node) {
  const auto name = view(node->name);
  return !name.empty() && name.front() >= 'A' && name.front() <= 'Z';
}

std::string text_of(const xmlAttr* attribute) {
  xmlChar* joined = xmlNodeListGetString(attribute->doc, attribute->children, 1);
  std::string text(view(joined));
  xmlFree(joined);
  return text;
}

std::string markup_of(xmlNode* node) {
  xmlBuffer* buffer = xmlBufferCreate();
  if (buffer == nullptr) return {};
  xmlNodeDump(buffer, node->doc, node, 0, 0);
  std::string markup(view(xmlBufferContent(buffer)));
  xmlBufferFree(buffer);
  return markup;
}

// Walks the nodes in the order of the text, so that each start tag has its place.
class TreeBuilder {
 public:
  TreeBuilder(std::vector<xml::Position> places, std::vector<Problem>& problems)
      : places_(std::move(places)), problems_(problems) {}

  // The depth is bounded by xml::Limits.
  Element read(xmlNode* node, std::string path) {
    Element element;
    element.name = view(node->name);
    element.place = next_place(node);
    if (is_div(node)) return read_div(node, std::move(element));
    if (namespace_of(node) != xml_namespace)
      note(element.place, path,
           fmt::format("is of namespace '{}'; expected '{}'", shown(namespace_of(node)), xml_namespace));
    if (is_resource(node)) element.resource_type = element.name;
    const bool has_value = read_attributes(node, element);
    read_children(node, path, element);
    if (has_value)
      element.form = Form::string;
    else if (is_valueless(element))
      element.form = Form::none;
    if (has_value ? element.value.empty() : element.children.empty())
      note(element.place, path, has_value ? "has an empty value" : "is an empty element; expected content");
    return element;
  }

 private:
  xml::Position next_place(const xmlNode* node) {
    if (places_.empty()) return {static_cast<int>(xmlGetLineNo(node)), 1};  // of an encoding that is not scanned
    return next_ < places_.size() ? places_[next_++] : places_.back();
  }

  Element read_div(xmlNode* node, Element element) {
    element.form = Form::string;
    element.value = markup_of(node);
    for (const xmlNode* inner = node; (inner = xml::next_in_order(inner, node)) != nullptr;)
      if (inner->type == XML_ELEMENT_NODE) next_place(inner);
    return element;
  }

  // Whether there is a value. The other attributes are children, as in JSON.
  bool read_attributes(const xmlNode* node, Element& element) {
    bool has_value = false;
    for (const auto* attribute = node->properties; attribute != nullptr; attribute = attribute->next) {
      if (attribute->ns != nullptr) continue;  // xsi:schemaLocation and the like say nothing about the patient
      if (view(attribute->name) == "value") {
        element.value = text_of(attribute);
        has_value = true;
        continue;
      }
      Element child;
      child.name = view(attribute->name);
      child.form = Form::string;
      child.value = text_of(attribute);
      child.place = element.place;
      element.children.push_back(std::move(child));
    }
    return has_value;
  }

  // Only id and extension: a primitive without value, or a type of which only
  // those are given; the definition tells them apart.
  static bool is_valueless(const Element& element) {
    return !element.children.empty() &&
           std::all_of(element.children.begin(), element.children.end(),
                       [](const Element& child) { return child.name == "id" || child.name == "extension"; });
  }

  void read_children(xmlNode* node, const std::string& path, Element& element) {
    auto names = child_counts(node);
    for (auto* child = node->children; child != nullptr; child = child->next) {
      if (child->type == XML_TEXT_NODE && !trim(view(child->content)).empty())
        note(element.place, path, "holds text between its elements; expected elements alone");
      if (child->type != XML_ELEMENT_NODE) continue;
      auto& [count, index] = names[view(child->name)];
      auto inner = path + "." + shown(view(child->name));
      if (count > 1) inner += fmt::format("[{}]", index++);
      if (holds_resource(view(child->name)) && has_resource(child))
        read_held(child, inner, element);
      else
        element.children.push_back(read(child, inner));
    }
  }

  struct Count {
    int count = 0, index = 0;
  };
  static std::unordered_map<std::string_view, Count> child_counts(const xmlNode* node) {
    std::unordered_map<std::string_view, Count> counts;
    for (const auto* child = node->children; child != nullptr; child = child->next)
      if (child->type == XML_ELEMENT_NODE) ++counts[view(child->name)].count;
    return counts;
  }

  static bool has_resource(const xmlNode* holder) {
    for (const auto* child = holder->children; child != nullptr; child = child->next)
      if (child->type == XML_ELEMENT_NODE && is_resource(child)) return true;
    return false;
  }

  // <resource><Patient>: one element, as in JSON.
  void read_held(xmlNode* holder, const std::string& path, Element& parent) {
    const auto where = next_place(holder);
    int count = 0;
    for (auto* child = holder->children; child != nullptr; child = child->next) {
      if (child->type != XML_ELEMENT_NODE) continue;
      if (++count == 2) note(where, path, "holds more than one element; expected one resource");
      auto resource = read(child, path);
      resource.name = view(holder->name);
      parent.children.push_back(std::move(resource));
    }
  }

  void note(xml::Position where, const std::string& path, std::string what) {
    add_problem(problems_, {where, path, std::move(what)});
  }

  std::vector<xml::Position> places_;
  std::size_t next_ = 0;
  std::vector<Problem>& problems_;
};

}  // namespace

Reading read_xml(std::string_view bytes) {
  auto read = xml::read(bytes, {bytes_max, depth_max, element_count_max});
  if (auto* problem = std::get_if<xml::Problem>(&read)) return std::move(*problem);
  const auto& document = std::get<xml::Document>(read);
  auto* root = document.root();
  if (namespace_of(root) != xml_namespace || !is_resource(root))
    return xml::Problem{
        static_cast<int>(xmlGetLineNo(root)), 1,
        fmt::format("expected a FHIR resource as the root, of namespace {}; found '{}' of namespace '{}'",
                    xml_namespace, shown(view(root->name)), shown(namespace_of(root)))};
  Document fhir{Syntax::xml, {}, {}};
  TreeBuilder builder(xml::element_positions(bytes), fhir.problems);
  fhir.root = builder.read(root, std::string(view(root->name)));
  return fhir;
}

}  // namespace bb::fhir
