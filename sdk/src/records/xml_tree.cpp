#include "xml_tree.hpp"

#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <libxml/tree.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <mutex>

#include <fmt/format.h>
#include <bb/core/text.hpp>

namespace bb::records {
namespace {

constexpr std::array<std::string_view, 2> root_namespaces{"urn:hl7-org:v3", "urn:astm-org:CCR"};
constexpr const char* xsi_namespace = "http://www.w3.org/2001/XMLSchema-instance";
constexpr int namespace_count_max = 512;  // declared and still in scope
constexpr std::size_t visited_count_max = 100'000;

std::string_view view(const xmlChar* text) {
  return text == nullptr ? std::string_view{} : std::string_view{reinterpret_cast<const char*>(text)};
}

xmlParserInputPtr refuse_external_entity(const char*, const char*, xmlParserCtxtPtr) { return nullptr; }

void prepare_libxml2_once() {
  static std::once_flag once;
  std::call_once(once, [] {
    xmlInitParser();
    xmlSetExternalEntityLoader(refuse_external_entity);
  });
}

// What the callbacks of one parse have seen. The first problem counts.
struct ParseState {
  std::size_t element_count = 0;
  std::string problem;
};

void report(ParseState& state, int line, int column, std::string_view problem) {
  if (state.problem.empty()) state.problem = fmt::format("line {}, column {}: {}", line, column, problem);
}

void stop(xmlParserCtxtPtr context, std::string_view problem) {
  report(*static_cast<ParseState*>(context->_private), xmlSAX2GetLineNumber(context), xmlSAX2GetColumnNumber(context),
         problem);
  xmlStopParser(context);
}

void on_doctype(void* user, const xmlChar*, const xmlChar*, const xmlChar*) {
  stop(static_cast<xmlParserCtxtPtr>(user), "a DOCTYPE is not allowed in a clinical document");
}

void on_start_element(void* user, const xmlChar* name, const xmlChar* prefix, const xmlChar* uri, int namespace_count,
                      const xmlChar** namespaces, int attribute_count, int defaulted_count,
                      const xmlChar** attributes) {
  auto* context = static_cast<xmlParserCtxtPtr>(user);
  auto& state = *static_cast<ParseState*>(context->_private);
  if (context->nodeNr >= xml_depth_max)
    return stop(context, fmt::format("elements are nested deeper than {}", xml_depth_max));
  if (++state.element_count > xml_element_count_max)
    return stop(context, fmt::format("more than {} elements", xml_element_count_max));
  // Looking up a prefix is linear in the declarations in scope.
  if (context->nsNr / 2 > namespace_count_max)
    return stop(context, fmt::format("more than {} namespace declarations in scope", namespace_count_max));
  xmlSAX2StartElementNs(user, name, prefix, uri, namespace_count, namespaces, attribute_count, defaulted_count,
                        attributes);
}

void on_error(void* user, xmlErrorPtr error) {
  if (error->level < XML_ERR_ERROR) return;
  // Of the namespace complaints only these make names ambiguous.
  if (error->domain == XML_FROM_NAMESPACE && error->code != XML_NS_ERR_UNDEFINED_NAMESPACE &&
      error->code != XML_NS_ERR_ATTRIBUTE_REDEFINED)
    return;
  auto* context = static_cast<xmlParserCtxtPtr>(user);
  const std::string message = collapse_whitespace(to_utf8_lossy(error->message == nullptr ? "" : error->message));
  report(*static_cast<ParseState*>(context->_private), error->line, error->int2,
         "not well-formed XML: " + shorten(message, 300));
}

// libxml2 compares each attribute of an element with each other, so their
// number is bounded before it sees them. Zero bytes are skipped for UTF-16.
class AttributeCounter {
 public:
  // The line of the first start tag with too many attributes, or 0.
  static int overfull_line(std::string_view xml) {
    int line = 1;
    int count = 0;
    bool is_in_tag = false;
    char quote = 0;
    for (std::size_t i = 0; i < xml.size(); ++i) {
      const char c = xml[i];
      if (c == '\n') ++line;
      if (!is_in_tag) {
        if (c != '<') continue;
        const auto rest = xml.substr(i);
        if (const auto length = opaque_length(rest); length > 0) {
          for (std::size_t k = 1; k < length; ++k) line += rest[k] == '\n';
          i += length - 1;
          continue;
        }
        is_in_tag = true;
        count = 0;
      } else if (quote != 0) {
        if (c == quote) quote = 0;
      } else if (c == '"' || c == '\'') {
        quote = c;
      } else if (c == '>') {
        is_in_tag = false;
      } else if (c == '=' && ++count > xml_attribute_count_max) {
        return line;
      }
    }
    return 0;
  }

 private:
  // The length of a comment, CDATA section or processing instruction here.
  static std::size_t opaque_length(std::string_view rest) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kinds{
        {{"<!--", "-->"}, {"<![CDATA[", "]]>"}, {"<?", "?>"}}};
    for (const auto& [begin, end] : kinds) {
      if (!rest.starts_with(begin)) continue;
      const auto at = rest.find(end, begin.size());
      return at == std::string_view::npos ? rest.size() : at + end.size();
    }
    return 0;
  }
};

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

// The node after `node` in document order without leaving `top`.
const xmlNode* next_in_order(const xmlNode* node, const xmlNode* top, bool is_descending) {
  if (is_descending && node->type == XML_ELEMENT_NODE && node->children != nullptr) return node->children;
  while (node != top && node->next == nullptr) node = node->parent;
  return node == top ? nullptr : node->next;
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

constexpr char line_mark = '\x1e';  // no XML text can hold it

// What an element that starts here puts between words: a blank, the mark of a
// new line, or nothing (0).
char separator(const xmlNode* node) {
  if (node->type != XML_ELEMENT_NODE) return 0;
  constexpr std::array<std::string_view, 2> cells{"td", "th"};
  constexpr std::array<std::string_view, 7> rows{"br", "tr", "item", "paragraph", "caption", "list", "table"};
  for (const auto name : cells)
    if (view(node->name) == name) return ' ';
  for (const auto name : rows)
    if (view(node->name) == name) return line_mark;
  return 0;
}

std::string one_line(std::string text, std::size_t bytes_max) {
  std::replace(text.begin(), text.end(), line_mark, ' ');
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

std::string XmlNode::raw_text(std::size_t bytes_max, std::size_t& step_count) const {
  if (node_ == nullptr) return {};
  std::string all;
  std::size_t visited_count = 0;
  for (const xmlNode* n = node_->children; n != nullptr; n = next_in_order(n, node_, true)) {
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
  return text;
}

std::string XmlNode::lines(std::size_t bytes_max) const {
  std::size_t step_count = 0;
  std::vector<std::string> lines;
  for (const auto& line : split(raw_text(bytes_max, step_count), line_mark))
    if (auto words = collapse_whitespace(line); !words.empty()) lines.push_back(std::move(words));
  return shorten(join(lines, "\n"), bytes_max);
}

Result<XmlDocument> XmlDocument::parse(std::string_view xml) {
  if (xml.size() > xml_bytes_max)
    return Error{fmt::format("the document has {} bytes, at most {} are read", xml.size(), xml_bytes_max)};
  if (xml.empty()) return Error{"line 1, column 1: the document is empty"};
  if (const int line = AttributeCounter::overfull_line(xml); line > 0)
    return Error{
        fmt::format("line {}, column 1: an element has more than {} attributes", line, xml_attribute_count_max)};

  prepare_libxml2_once();
  const std::unique_ptr<xmlParserCtxt, void (*)(xmlParserCtxtPtr)> context(xmlNewParserCtxt(), xmlFreeParserCtxt);
  if (context == nullptr) return Error{"out of memory while starting the XML parser"};
  ParseState state;
  context->_private = &state;
  context->sax->internalSubset = on_doctype;
  context->sax->startElementNs = on_start_element;
  context->sax->serror = on_error;
  // HUGE lifts libxml2's own limits (10 MB of text in one element, which an
  // embedded PDF exceeds); ours above take their place.
  const int options = XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_HUGE | XML_PARSE_COMPACT |
                      XML_PARSE_BIG_LINES;
  XmlDocument document;
  document.document_.reset(
      xmlCtxtReadMemory(context.get(), xml.data(), static_cast<int>(xml.size()), nullptr, nullptr, options),
      [](xmlDoc* doc) {
        if (doc != nullptr) xmlFreeDoc(doc);
      });
  if (!state.problem.empty()) return Error{state.problem};
  if (document.document_ == nullptr || xmlDocGetRootElement(document.document_.get()) == nullptr)
    return Error{"line 1, column 1: not well-formed XML: no root element"};

  const xmlNode* root = xmlDocGetRootElement(document.document_.get());
  for (const xmlNode* n = root; n != nullptr; n = next_in_order(n, root, true))
    if (const auto* id = n->type == XML_ELEMENT_NODE ? find_attribute(n, "ID", nullptr) : nullptr; id != nullptr)
      document.by_id_.emplace(attribute_value(id), n);
  return document;
}

std::string XmlDocument::root_name() const { return std::string(view(xmlDocGetRootElement(document_.get())->name)); }

std::string XmlDocument::root_namespace() const {
  const auto* space = xmlDocGetRootElement(document_.get())->ns;
  return space == nullptr ? std::string{} : std::string(view(space->href));
}

XmlNode XmlDocument::root() const {
  const xmlNode* root = xmlDocGetRootElement(document_.get());
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
