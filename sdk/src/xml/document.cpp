#include <bb/xml/document.hpp>

#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <libxml/tree.h>

#include <algorithm>

#include <fmt/format.h>
#include <bb/core/text.hpp>
#include <bb/xml/line_counter.hpp>
#include <bb/xml/markup.hpp>

#include "attribute_count.hpp"
#include "libxml2.hpp"

namespace bb::xml {
namespace {

constexpr int namespace_count_max = 512;  // declared and still in scope

// What the callbacks of one parse share. The first problem counts.
struct ParseState {
  const Limits* limits = nullptr;
  std::size_t element_count = 0;
  std::optional<Problem> problem;
};

ParseState& state_of(xmlParserCtxtPtr context) { return *static_cast<ParseState*>(context->_private); }

void report(ParseState& state, int line, int column, std::string_view what) {
  if (!state.problem) state.problem = Problem{std::max(line, 1), std::max(column, 1), std::string(what)};
}

void stop(xmlParserCtxtPtr context, std::string_view what) {
  report(state_of(context), xmlSAX2GetLineNumber(context), xmlSAX2GetColumnNumber(context), what);
  xmlStopParser(context);
}

void refuse_doctype(void* user, const xmlChar*, const xmlChar*, const xmlChar*) {
  stop(static_cast<xmlParserCtxtPtr>(user), "a DOCTYPE is not allowed in a clinical document");
}

void on_start_element(void* user, const xmlChar* name, const xmlChar* prefix, const xmlChar* uri, int namespace_count,
                      const xmlChar** namespaces, int attribute_count, int defaulted_count,
                      const xmlChar** attributes) {
  auto* context = static_cast<xmlParserCtxtPtr>(user);
  auto& state = state_of(context);
  if (context->nodeNr >= state.limits->depth_max)
    return stop(context, fmt::format("elements are nested deeper than {}", state.limits->depth_max));
  if (++state.element_count > state.limits->element_count_max)
    return stop(context, fmt::format("more than {} elements", state.limits->element_count_max));
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
  const std::string message = collapse_whitespace(to_utf8_lossy(error->message == nullptr ? "" : error->message));
  report(state_of(static_cast<xmlParserCtxtPtr>(user)), error->line, error->int2,
         "not well-formed XML: " + shorten(message, 300));
}

using ParserContext = std::unique_ptr<xmlParserCtxt, void (*)(xmlParserCtxtPtr)>;

ParserContext new_context(ParseState& state) {
  prepare_libxml2();
  ParserContext context(xmlNewParserCtxt(), xmlFreeParserCtxt);
  if (context == nullptr) return context;
  context->_private = &state;
  context->sax->startElementNs = on_start_element;
  context->sax->serror = on_error;
  context->sax->internalSubset = refuse_doctype;
  return context;
}

}  // namespace

std::string describe(const Problem& problem) {
  return fmt::format("line {}, column {}: {}", problem.line, problem.column, problem.what);
}

void Document::Free::operator()(_xmlDoc* document) const { xmlFreeDoc(document); }

_xmlNode* Document::root() const { return xmlDocGetRootElement(document_.get()); }

class Reader {
 public:
  static std::variant<Document, Problem> read(std::string_view bytes, const Limits& limits) {
    if (bytes.size() > limits.bytes_max)
      return Problem{1, 1,
                     fmt::format("the document has {} bytes, at most {} are read", bytes.size(), limits.bytes_max)};
    if (bytes.empty()) return Problem{1, 1, "the document is empty"};
    if (is_utf32(bytes)) return Problem{1, 1, "the encoding UTF-32 is not supported; save the file as UTF-8"};
    if (const int line = overfull_line(bytes, limits.attribute_count_max); line > 0)
      return Problem{line, 1, fmt::format("an element has more than {} attributes", limits.attribute_count_max)};
    // XML 1.0, 2.2. Behind the root libxml2 takes it for the end and reads no further.
    if (const auto zero = bytes.find('\0'); zero != std::string_view::npos && !is_wide(bytes))
      return Problem{LineCounter(bytes).at(zero).line, 1, "not well-formed XML: a zero byte"};

    // libxml2 counts LF alone. A processor takes CR for it (XML 1.0, 2.11), and each has one byte.
    std::string with_line_feeds;
    const char* encoding = nullptr;  // of what is read where that is not the document's own
    if (is_wide(bytes)) {
      with_line_feeds = narrowed(bytes);
      if (line_end_of(with_line_feeds) == '\r') encoding = "UTF-8";
    } else if (line_end_of(bytes) == '\r') {
      with_line_feeds = bytes;
    }
    if (line_end_of(with_line_feeds) == '\r') {
      std::replace(with_line_feeds.begin(), with_line_feeds.end(), '\r', '\n');
      bytes = with_line_feeds;
    }

    ParseState state;
    state.limits = &limits;
    const auto context = new_context(state);
    if (context == nullptr) return Problem{1, 1, "out of memory while starting the XML parser"};
    // HUGE lifts libxml2's own limits (10 MB of text in one element, which an
    // embedded PDF exceeds); ours take their place. NOCDATA: as XPath has it
    // (5.7), a CDATA section is part of the text around it.
    Document document(xmlCtxtReadMemory(context.get(), bytes.data(), static_cast<int>(bytes.size()), nullptr, encoding,
                                        XML_PARSE_HUGE | XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING |
                                            XML_PARSE_NOCDATA | XML_PARSE_COMPACT | XML_PARSE_BIG_LINES));
    if (state.problem) return *state.problem;
    if (document.get() == nullptr || document.root() == nullptr)
      return Problem{1, 1, "not well-formed XML: no root element"};
    return document;
  }
};

std::variant<Document, Problem> read(std::string_view bytes, const Limits& limits) {
  return Reader::read(bytes, limits);
}

}  // namespace bb::xml
