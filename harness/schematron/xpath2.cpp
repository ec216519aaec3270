#include "harness/schematron/xpath2.hpp"

#include <libxml/xpathInternals.h>

#include <algorithm>
#include <string>

#include <fmt/format.h>

#include "harness/schematron/regex.hpp"

namespace bb::schematron {
namespace {

using Parser = xmlXPathParserContextPtr;

std::string pop_text(Parser parser) {
  xmlChar* text = xmlXPathPopString(parser);
  std::string value(text == nullptr ? "" : reinterpret_cast<const char*>(text));
  xmlFree(text);
  return value;
}

void push_truth(Parser parser, bool is_true) { valuePush(parser, xmlXPathNewBoolean(is_true ? 1 : 0)); }

void push_text(Parser parser, const std::string& text) { valuePush(parser, xmlXPathNewCString(text.c_str())); }

void set_why(Parser parser, const std::string& why) {
  auto& kept = *static_cast<std::string*>(parser->context->userData);
  if (kept.empty()) kept = why;
}

void matches(Parser parser, int count) {
  if (count != 2 && count != 3) return xmlXPathErr(parser, XPATH_INVALID_ARITY);
  const auto flags = count == 3 ? pop_text(parser) : std::string();
  const auto pattern = pop_text(parser);
  const auto text = pop_text(parser);
  const auto found = static_cast<Regexes*>(parser->context->extra)->matches(text, pattern, flags);
  if (!found) set_why(parser, found.error().what);
  push_truth(parser, found && *found);
}

void ends_with(Parser parser, int count) {
  if (count != 2) return xmlXPathErr(parser, XPATH_INVALID_ARITY);
  const auto end = pop_text(parser);
  push_truth(parser, pop_text(parser).ends_with(end));
}

// Of other letters the case is a matter of Unicode's tables, which are not at hand.
template <char first, char last>
void change_case(Parser parser, int count) {
  if (count != 1) return xmlXPathErr(parser, XPATH_INVALID_ARITY);
  auto text = pop_text(parser);
  if (std::any_of(text.begin(), text.end(), [](char c) { return (c & 0x80) != 0; }))
    set_why(parser, fmt::format("the case of '{}' is not known: it has letters outside of ASCII", text));
  for (char& c : text)
    if (c >= first && c <= last) c = static_cast<char>(c ^ 0x20);
  push_text(parser, text);
}

// Whether the argument has items; only a node-set may have none.
bool has_items(Parser parser) {
  xmlXPathObject* argument = valuePop(parser);
  const bool is_there = argument != nullptr && (argument->type != XPATH_NODESET ||
                                                (argument->nodesetval != nullptr && argument->nodesetval->nodeNr > 0));
  xmlXPathFreeObject(argument);
  return is_there;
}

void exists(Parser parser, int count) {
  if (count != 1) return xmlXPathErr(parser, XPATH_INVALID_ARITY);
  push_truth(parser, has_items(parser));
}

void empty(Parser parser, int count) {
  if (count != 1) return xmlXPathErr(parser, XPATH_INVALID_ARITY);
  push_truth(parser, !has_items(parser));
}

}  // namespace

xmlXPathFunction find_xpath2_function(std::string_view name) {
  if (name == "matches") return matches;
  if (name == "lower-case") return change_case<'A', 'Z'>;
  if (name == "upper-case") return change_case<'a', 'z'>;
  if (name == "ends-with") return ends_with;
  if (name == "exists") return exists;
  return name == "empty" ? empty : nullptr;
}

}  // namespace bb::schematron
