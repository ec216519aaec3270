#include "harness/checks/xml_document.hpp"

#include <fmt/format.h>
#include <libxml/HTMLparser.h>
#include <libxml/HTMLtree.h>
#include <libxml/parser.h>
#include <libxml/xpath.h>
#include <libxml/xpathInternals.h>

#include <algorithm>
#include <array>
#include <mutex>
#include <utility>

#include <bb/core/bytes.hpp>
#include <bb/core/text.hpp>
#include "harness/checks/xml_nodes.hpp"

namespace bb::checks {
namespace {

constexpr std::size_t document_bytes_max = 64u * 1024 * 1024;
constexpr unsigned long xpath_steps_max = 20'000'000;

constexpr std::array<std::pair<const char*, const char*>, 5> namespaces{{
    {"cda", "urn:hl7-org:v3"},
    {"sdtc", "urn:hl7-org:sdtc"},
    {"xsi", "http://www.w3.org/2001/XMLSchema-instance"},
    {"html", "http://www.w3.org/1999/xhtml"},
    {"atom", "http://www.w3.org/2005/Atom"},
}};

void initialize_libxml() {
  static std::once_flag once;
  std::call_once(once, xmlInitParser);
}

std::string message_of(const xmlError* error) {
  return error && error->message ? std::string(trim(error->message)) : std::string("no reason given");
}

// An entity can grow without bound and can name a file: no document needs one.
void refuse_entity(void* context, const xmlChar*, int, const xmlChar*, const xmlChar*, xmlChar*) {
  auto* parser = static_cast<xmlParserCtxt*>(context);
  parser->_private = parser;  // read back after the parse
  xmlStopParser(parser);
}

xmlDoc* read_html(std::string_view body) {
  std::unique_ptr<htmlParserCtxt, decltype(&htmlFreeParserCtxt)> parser(htmlNewParserCtxt(), htmlFreeParserCtxt);
  if (!parser) return nullptr;
  xmlDoc* document = htmlCtxtReadMemory(
      parser.get(), body.data(), static_cast<int>(body.size()), nullptr, is_utf8(body) ? "UTF-8" : nullptr,
      HTML_PARSE_RECOVER | HTML_PARSE_NONET | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING);
  xmlNode* root = document ? xmlDocGetRootElement(document) : nullptr;
  if (!root) return document;
  xmlNs* xhtml = xmlNewNs(root, to_xml("http://www.w3.org/1999/xhtml"), nullptr);
  for_each_node(root, [&](xmlNode* node) {
    if (node->type == XML_ELEMENT_NODE && !node->ns) node->ns = xhtml;
    return Descend::yes;
  });
  return document;
}

struct XPathContextFree {
  void operator()(xmlXPathContext* context) const { xmlXPathFreeContext(context); }
};
struct XPathObjectFree {
  void operator()(xmlXPathObject* object) const { xmlXPathFreeObject(object); }
};
using XPathObject = std::unique_ptr<xmlXPathObject, XPathObjectFree>;

// libxml2 tells the kind of a mistake and where it was, without words.
struct XPathError {
  int code = 0;
  std::size_t at = 0;
};

void keep_first_error(void* user_data, xmlError* error) {
  auto* kept = static_cast<XPathError*>(user_data);
  if (kept->code == 0) *kept = {error->code, static_cast<std::size_t>(std::max(error->int1, 0))};
}

// libxml2 prints some XPath mistakes besides reporting them.
void print_nothing(void*, const char*, ...) {}

std::string prefixes_here() {
  std::vector<std::string> known;
  for (const auto& [prefix, uri] : namespaces) known.emplace_back(prefix);
  return "prefixes here: " + join(known, ", ");
}

// What is wrong, and what was expected.
std::pair<std::string, std::string> in_words(int code) {
  switch (code) {
    case XML_XPATH_UNFINISHED_LITERAL_ERROR:
    case XML_XPATH_START_LITERAL_ERROR:
      return {"a text is never closed", "expected its closing quote"};
    case XML_XPATH_VARIABLE_REF_ERROR:
    case XML_XPATH_UNDEF_VARIABLE_ERROR:
      return {"there are no variables", "write ${name.path} for a value"};
    case XML_XPATH_INVALID_PREDICATE_ERROR:
      return {"a condition is never closed", "expected ']'"};
    case XML_XPATH_UNCLOSED_ERROR:
      return {"a '(' is never closed", "expected ')'"};
    case XML_XPATH_UNKNOWN_FUNC_ERROR:
      return {"a function is not known", "functions here are those of XPath 1.0: contains, count, normalize-space ..."};
    case XML_XPATH_INVALID_TYPE:
    case XML_XPATH_INVALID_OPERAND:
      return {"a function or an operator takes something else", "as string(//cda:id) makes a text of nodes"};
    case XML_XPATH_INVALID_ARITY:
      return {"a function has too few or too many arguments", ""};
    case XML_XPATH_UNDEF_PREFIX_ERROR:
      return {"a prefix is not known", prefixes_here()};
    case XML_XPATH_NUMBER_ERROR:
      return {"a number cannot be read", ""};
    case XML_XPATH_EXPR_ERROR:
    case XML_XPATH_INVALID_CHAR_ERROR:
      return {"it cannot be read", "expected a name, '@', '..', a function, a text in quotes or a number"};
    default:
      return {"it cannot be evaluated", ""};
  }
}

XPathMistake mistake_of(const std::string& xpath, const XPathError& error) {
  auto [what, expected] = in_words(error.code);
  const std::size_t at = std::min(error.at, xpath.size());
  if (at > 0)
    what += at == xpath.size() ? " at its end"
                               : fmt::format(" before '{}'", shorten(std::string_view(xpath).substr(at), 40));
  return {std::move(what), at, std::move(expected)};
}

using XPathContext = std::unique_ptr<xmlXPathContext, XPathContextFree>;

XPathContext xpath_context(xmlDoc* document, XPathError& error) {
  XPathContext context(xmlXPathNewContext(document));
  if (!context) return context;
  xmlSetGenericErrorFunc(nullptr, print_nothing);  // of this thread
  context->error = keep_first_error;
  context->userData = &error;
  context->opLimit = xpath_steps_max;
  for (const auto& [prefix, uri] : namespaces) xmlXPathRegisterNs(context.get(), to_xml(prefix), to_xml(uri));
  return context;
}

Result<XPathObject> run_xpath(xmlDoc* document, const std::string& xpath) {
  XPathError error;
  const XPathContext context = xpath_context(document, error);
  if (!context) return Error{"out of memory for an XPath"};
  XPathObject object(xmlXPathEvalExpression(to_xml(xpath.c_str()), context.get()));
  if (object) return object;
  const XPathMistake mistake = mistake_of(xpath, error);
  return Error{fmt::format("the XPath '{}' does not work: {}{}{}", shorten(xpath, 200), mistake.what,
                           mistake.expected.empty() ? "" : "; ", mistake.expected)};
}

std::vector<xmlNode*> nodes_of(const xmlXPathObject& object) {
  std::vector<xmlNode*> nodes;
  if (object.type != XPATH_NODESET || !object.nodesetval) return nodes;
  xmlXPathNodeSetSort(object.nodesetval);
  for (int i = 0; i < object.nodesetval->nodeNr; ++i) {
    xmlNode* node = object.nodesetval->nodeTab[i];
    if (node->type != XML_NAMESPACE_DECL) nodes.push_back(node);
  }
  return nodes;
}

bool drop_node(xmlNode* node) {
  if (node->type == XML_DOCUMENT_NODE || node->type == XML_HTML_DOCUMENT_NODE) return false;
  if (node->type == XML_ATTRIBUTE_NODE) return xmlRemoveProp(reinterpret_cast<xmlAttr*>(node)) == 0;
  xmlUnlinkNode(node);
  xmlFreeNode(node);
  return true;
}

bool set_node(xmlDoc* document, xmlNode* node, const std::string& text) {
  if (node->type == XML_DOCUMENT_NODE || node->type == XML_HTML_DOCUMENT_NODE) return false;
  if (node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE || node->type == XML_COMMENT_NODE) {
    xmlNodeSetContent(node, to_xml(text.c_str()));
    return true;
  }
  const XmlText escaped(xmlEncodeSpecialChars(document, to_xml(text.c_str())));
  xmlNodeSetContent(node, escaped.get());
  return true;
}

bool dup_node(xmlDoc* document, xmlNode* node) {
  if (node->type != XML_ELEMENT_NODE || node->parent == reinterpret_cast<xmlNode*>(document)) return false;
  xmlNode* copy = xmlDocCopyNode(node, document, 1);
  return copy && xmlAddNextSibling(node, copy);
}

}  // namespace

// What a document might never reach is looked for here: a '$' outside of texts.
static std::optional<std::size_t> find_variable(std::string_view xpath) {
  char quote = 0;
  for (std::size_t i = 0; i < xpath.size(); ++i) {
    if (quote == 0 && xpath[i] == '$') return i;
    if (quote == 0 && (xpath[i] == '"' || xpath[i] == '\''))
      quote = xpath[i];
    else if (xpath[i] == quote)
      quote = 0;
  }
  return std::nullopt;
}

std::optional<XPathMistake> find_xpath_mistake(const std::string& xpath) {
  if (const auto at = find_variable(xpath)) return mistake_of(xpath, {XML_XPATH_UNDEF_VARIABLE_ERROR, *at});
  initialize_libxml();
  const std::unique_ptr<xmlDoc, decltype(&xmlFreeDoc)> document(xmlNewDoc(to_xml("1.0")), xmlFreeDoc);
  XPathError error;
  const XPathContext context = xpath_context(document.get(), error);
  if (!document || !context) return std::nullopt;
  xmlDocSetRootElement(document.get(), xmlNewDocNode(document.get(), nullptr, to_xml("x"), nullptr));
  const XPathObject object(xmlXPathEvalExpression(to_xml(xpath.c_str()), context.get()));
  if (object) return std::nullopt;
  return mistake_of(xpath, error);
}

void XmlDocument::Free::operator()(_xmlDoc* document) const { xmlFreeDoc(document); }

bool is_html(std::string_view media_type, std::string_view body) {
  if (iequals(media_type, "text/html")) return true;
  if (!media_type.empty() && !iequals(media_type, "application/octet-stream")) return false;
  const auto begin = to_lower(trim(without_utf8_mark(body).substr(0, 512)));
  return begin.starts_with("<!doctype html") || begin.starts_with("<html");
}

Result<XmlDocument> XmlDocument::parse(std::string_view body, std::string_view media_type) {
  initialize_libxml();
  if (body.size() > document_bytes_max)
    return Error{fmt::format("not XML: {} bytes are more than the {} allowed", body.size(), document_bytes_max)};
  if (trim(body).empty()) return Error{"not XML: it is empty"};
  if (is_html(media_type, body)) {
    xmlDoc* document = read_html(body);
    if (!document || !xmlDocGetRootElement(document)) {
      xmlFreeDoc(document);
      return Error{"not XML: the HTML has no element"};
    }
    return XmlDocument(document, true);
  }
  const std::unique_ptr<xmlParserCtxt, decltype(&xmlFreeParserCtxt)> parser(xmlNewParserCtxt(), xmlFreeParserCtxt);
  if (!parser) return Error{"not XML: out of memory"};
  parser->sax->entityDecl = refuse_entity;
  xmlDoc* document = xmlCtxtReadMemory(parser.get(), body.data(), static_cast<int>(body.size()), nullptr, nullptr,
                                       XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_NOCDATA);
  const bool has_entity = parser->_private != nullptr;
  if (document && !has_entity) return XmlDocument(document, false);
  xmlFreeDoc(document);
  if (has_entity) return Error{"not XML: it declares an entity, which is refused"};
  const xmlError* error = xmlCtxtGetLastError(parser.get());
  return Error{fmt::format("not XML: line {}: {}", error ? error->line : 0, message_of(error))};
}

Result<XmlDocument::Selection> XmlDocument::evaluate(const std::string& xpath) const {
  BB_TRY(const auto object, run_xpath(document_.get(), xpath));
  switch (object->type) {
    case XPATH_BOOLEAN:
      return Selection{false, {Value(object->boolval != 0)}};
    case XPATH_NUMBER:
      return Selection{false, {Value(object->floatval)}};
    case XPATH_STRING:
      return Selection{false, {Value(from_xml(object->stringval))}};
    default:
      break;
  }
  Selection selection{true, {}};
  for (xmlNode* node : nodes_of(*object)) selection.values.emplace_back(content_of(node));
  return selection;
}

Status XmlDocument::edit(const std::string& xpath, Edit edit, const std::string& text) {
  std::vector<xmlNode*> nodes;
  {
    // The object looks at its nodes when it is freed: before they change.
    BB_TRY(const auto object, run_xpath(document_.get(), xpath));
    nodes = nodes_of(*object);
  }
  if (nodes.empty()) return Error{fmt::format("the XPath '{}' selects nothing here", shorten(xpath, 200))};
  bool is_changed = false;
  // From the last to the first: what lies inside a node goes before the node.
  for (auto it = nodes.rbegin(); it != nodes.rend(); ++it) {
    switch (edit) {
      case Edit::drop:
        is_changed |= drop_node(*it);
        break;
      case Edit::set:
        is_changed |= set_node(document_.get(), *it, text);
        break;
      case Edit::dup:
        is_changed |= dup_node(document_.get(), *it);
        break;
    }
  }
  if (!is_changed) return Error{fmt::format("what the XPath '{}' selects cannot be changed so", shorten(xpath, 200))};
  return {};
}

std::string XmlDocument::serialize() const {
  xmlChar* memory = nullptr;
  int size = 0;
  if (is_html_)
    htmlDocDumpMemory(document_.get(), &memory, &size);
  else
    xmlDocDumpMemory(document_.get(), &memory, &size);
  const XmlText text(memory);
  return memory ? std::string(reinterpret_cast<const char*>(memory), static_cast<std::size_t>(size)) : std::string();
}

}  // namespace bb::checks
