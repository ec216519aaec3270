#include "xml_tree.hpp"

#include <libxml/tree.h>

#include <algorithm>
#include <array>
#include <cstring>

#include <fmt/format.h>
#include <bb/core/text.hpp>
#include <bb/xml/nodes.hpp>

namespace bb::records {
namespace {

constexpr std::array<std::string_view, 2> root_namespaces{"urn:hl7-org:v3", "urn:astm-org:CCR"};
constexpr const char* xsi_namespace = "http://www.w3.org/2001/XMLSchema-instance";
constexpr std::size_t visited_count_max = 100'000;

using xml::next_in_order;
using xml::view;

// Of the same vocabulary as the element around it.
bool is_inner_element(const xmlNode* node) {
  if (node->type != XML_ELEMENT_NODE || node->ns == nullptr || node->parent->ns == nullptr) return false;
  return node->ns == node->parent->ns || view(node->ns->href) == view(node->parent->ns->href);
}

const xmlAttr* find_attribute(const xmlNode* node, std::string_view name, const char* uri) {
  if (node == nullptr) return nullptr;
  for (const xmlAttr* a = node->properties; a != nullptr; a = a->next) {
    const bool is_same_space = uri == nullptr ? a->ns == nullptr : a->ns != nullptr && view(a->ns->href) == uri;
    if (is_same_space && view(a->name) == name) return a;
  }
  return nullptr;
}

std::string attribute_value(const xmlAttr* attribute) {
  if (attribute == nullptr || attribute->children == nullptr) return {};
  const xmlNode* only = attribute->children;
  if (only->next == nullptr && only->type == XML_TEXT_NODE) return std::string(view(only->content));
  xmlChar* joined = xmlNodeListGetString(attribute->doc, attribute->children, 1);
  std::string value(view(joined));
  xmlFree(joined);
  return value;
}

// The start of a text in whole characters; never looks beyond `bytes_max`, so
// that many references to one long text stay cheap.
std::string_view beginning(const xmlChar* text, std::size_t bytes_max) {
  if (text == nullptr) return {};
  const auto* bytes = reinterpret_cast<const char*>(text);
  std::size_t length = strnlen(bytes, bytes_max + 1);
  if (length <= bytes_max) return {bytes, length};
  length = bytes_max;
  while (length > 0 && (text[length] & 0xC0) == 0x80) --length;
  return {bytes, length};
}

constexpr char line_mark = '\x1e';  // no XML text can hold these
constexpr char cell_mark = '\x1f';

// What an element that starts here puts between words: the mark of a cell or of a
// new line, or nothing (0).
char separator(const xmlNode* node) {
  if (node->type != XML_ELEMENT_NODE) return 0;
  constexpr std::array<std::string_view, 2> cells{"td", "th"};
  constexpr std::array<std::string_view, 7> rows{"br", "tr", "item", "paragraph", "caption", "list", "table"};
  for (const auto name : cells)
    if (view(node->name) == name) return cell_mark;
  for (const auto name : rows)
    if (view(node->name) == name) return line_mark;
  return 0;
}

std::string one_line(std::string text, std::size_t bytes_max) {
  for (const char mark : {line_mark, cell_mark}) std::replace(text.begin(), text.end(), mark, ' ');
  return shorten(collapse_whitespace(text), bytes_max);
}

}  // namespace

std::string_view XmlNode::name() const { return node_ == nullptr ? std::string_view{} : view(node_->name); }

int XmlNode::line() const {
  // libxml2 keeps 16 bits of an element's line; beyond them it tells where the
  // text in or beside it ends, and where there is none 65535: "or later".
  constexpr long line_unknown = 65535;
  const long line = node_ == nullptr ? 0 : xmlGetLineNo(node_);
  return line == line_unknown ? 0 : static_cast<int>(line);
}

std::string XmlNode::attribute(std::string_view name) const {
  return attribute_value(find_attribute(node_, name, nullptr));
}

bool XmlNode::has_attribute(std::string_view name) const { return find_attribute(node_, name, nullptr) != nullptr; }

std::string XmlNode::xsi_type() const {
  auto value = attribute_value(find_attribute(node_, "type", xsi_namespace));
  if (const auto colon = value.find(':'); colon != std::string::npos) value.erase(0, colon + 1);
  return value;
}

XmlNode XmlNode::child(std::string_view name) const {
  if (node_ == nullptr) return {};
  for (const xmlNode* n = node_->children; n != nullptr; n = n->next)
    if (is_inner_element(n) && view(n->name) == name) return XmlNode(n);
  return {};
}

std::vector<XmlNode> XmlNode::children() const {
  std::vector<XmlNode> found;
  if (node_ == nullptr) return found;
  for (const xmlNode* n = node_->children; n != nullptr; n = n->next)
    if (is_inner_element(n)) found.emplace_back(n);
  return found;
}

std::vector<XmlNode> XmlNode::children(std::string_view name) const {
  std::vector<XmlNode> found;
  if (node_ == nullptr) return found;
  for (const xmlNode* n = node_->children; n != nullptr; n = n->next)
    if (is_inner_element(n) && view(n->name) == name) found.emplace_back(n);
  return found;
}

std::vector<XmlNode> XmlNode::sdtc_children(std::string_view name) const {
  constexpr std::string_view sdtc = "urn:hl7-org:sdtc";
  std::vector<XmlNode> found;
  if (node_ == nullptr) return found;
  for (const xmlNode* n = node_->children; n != nullptr; n = n->next)
    if (n->type == XML_ELEMENT_NODE && n->ns != nullptr && view(n->ns->href) == sdtc && view(n->name) == name)
      found.emplace_back(n);
  return found;
}

std::string XmlNode::raw_text(std::size_t bytes_max, std::size_t& step_count) const {
  if (node_ == nullptr) return {};
  std::string all;
  std::size_t visited_count = 0;
  for (const xmlNode* n = node_->children; n != nullptr; n = next_in_order(n, node_)) {
    if (all.size() > bytes_max || ++visited_count > visited_count_max) break;
    if (n->type == XML_TEXT_NODE || n->type == XML_CDATA_SECTION_NODE)
      all += beginning(n->content, bytes_max + 4);
    else if (const char mark = separator(n); mark != 0)
      all += mark;
  }
  step_count += visited_count + all.size();
  return all;
}

std::string XmlNode::text(std::size_t bytes_max) const {
  std::size_t step_count = 0;
  return one_line(raw_text(bytes_max, step_count), bytes_max);
}

std::string XmlNode::content(std::size_t bytes_max) const {
  std::size_t step_count = 0;
  auto text = raw_text(bytes_max, step_count);
  std::replace(text.begin(), text.end(), line_mark, '\n');
  std::replace(text.begin(), text.end(), cell_mark, ' ');
  return text;
}

std::string XmlNode::lines(std::size_t bytes_max, char cell_end) const {
  std::size_t step_count = 0;
  std::vector<std::string> lines;
  for (const auto& line : split(raw_text(bytes_max, step_count), line_mark)) {
    auto cells = split(line, cell_mark);
    if (cells.size() > 1 && trim(cells.front()).empty()) cells.erase(cells.begin());  // before the first mark
    for (auto& cell : cells) cell = collapse_whitespace(cell);
    auto words = join(cells, std::string(1, cell_end));
    if (cell_end == ' ') words = collapse_whitespace(words);
    if (!trim(words).empty()) lines.push_back(std::move(words));
  }
  return shorten(join(lines, "\n"), bytes_max);
}

Result<XmlDocument> XmlDocument::parse(std::string_view bytes) {
  auto read = xml::read(bytes);
  if (const auto* problem = std::get_if<xml::Problem>(&read)) return Error{xml::describe(*problem)};
  XmlDocument document;
  document.document_ = std::make_shared<const xml::Document>(std::move(std::get<xml::Document>(read)));

  const xmlNode* root = document.document_->root();
  for (const xmlNode* n = root; n != nullptr; n = next_in_order(n, root))
    if (const auto* id = n->type == XML_ELEMENT_NODE ? find_attribute(n, "ID", nullptr) : nullptr; id != nullptr)
      document.by_id_.emplace(attribute_value(id), n);
  return document;
}

std::string XmlDocument::root_name() const { return std::string(view(document_->root()->name)); }

std::string XmlDocument::root_namespace() const {
  const auto* space = document_->root()->ns;
  return space == nullptr ? std::string{} : std::string(view(space->href));
}

XmlNode XmlDocument::root() const {
  const xmlNode* root = document_->root();
  const bool is_ours = root->ns != nullptr && std::find(root_namespaces.begin(), root_namespaces.end(),
                                                        view(root->ns->href)) != root_namespaces.end();
  return is_ours ? XmlNode(root) : XmlNode();
}

std::string XmlDocument::referred_text(const std::string& id) const {
  const auto found = by_id_.find(id);
  if (found == by_id_.end() || is_exhausted()) return {};
  return one_line(XmlNode(found->second).raw_text(xml_text_bytes_max, *referred_step_count_), xml_text_bytes_max);
}

}  // namespace bb::records
