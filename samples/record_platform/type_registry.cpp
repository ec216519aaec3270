#include "record_platform/type_registry.hpp"

#include <fmt/format.h>
#include <libxml/xpath.h>
#include <libxml/xpathInternals.h>

#include <algorithm>
#include <array>
#include <charconv>

#include <bb/core/files.hpp>
#include <bb/core/text.hpp>
#include <bb/core/time.hpp>
#include <bb/xml/nodes.hpp>
#include <bb/xml/xsd.hpp>

namespace bb::record_platform {
namespace {

constexpr std::int64_t xpath_steps_max = 100'000;

// What the published schemas import and do not bring, with what they use of it; and the type `common`, which none of
// their elements has alone.
struct OwnSchema {
  std::string_view file, text;
};
constexpr std::string_view common_schema = "common-alone.xsd";
constexpr auto own_schemas = std::to_array<OwnSchema>(
    {{"xml.xsd",
      R"(<schema xmlns="http://www.w3.org/2001/XMLSchema" targetNamespace="http://www.w3.org/XML/1998/namespace">)"
      R"(<attribute name="lang" type="language"/><attribute name="space" type="NCName"/>)"
      R"(<attribute name="base" type="anyURI"/></schema>)"},
     {"xmldsig-core-schema.xsd",
      R"(<schema xmlns="http://www.w3.org/2001/XMLSchema" targetNamespace="http://www.w3.org/2000/09/xmldsig#">)"
      R"(<element name="Signature"/></schema>)"},
     {common_schema,
      R"(<schema xmlns="http://www.w3.org/2001/XMLSchema" xmlns:t="urn:com.microsoft.wc.thing" )"
      R"(targetNamespace="urn:common"><import namespace="urn:com.microsoft.wc.thing" schemaLocation="thing.xsd"/>)"
      R"(<element name="common" type="t:common"/></schema>)"}});

const xmlNode* child(const xmlNode* parent, std::string_view name) {
  for (const auto* node = parent == nullptr ? nullptr : parent->children; node != nullptr; node = node->next)
    if (node->type == XML_ELEMENT_NODE && (name.empty() || xml::name_of(node) == name)) return node;
  return nullptr;
}

const xmlNode* next_element(const xmlNode* node) {
  if (node != nullptr) node = node->next;
  while (node != nullptr && node->type != XML_ELEMENT_NODE) node = node->next;
  return node;
}

bool has_text(const xmlNode* node) {
  for (const auto* one = node->children; one != nullptr; one = one->next)
    if (one->type == XML_TEXT_NODE && !trim(xml::view(one->content)).empty()) return true;
  return false;
}

std::string text_of(const xmlNode* node) {
  if (node == nullptr) return {};
  const std::unique_ptr<xmlChar, decltype(xmlFree)> text(xmlNodeGetContent(node), xmlFree);
  return std::string(trim(xml::view(text.get())));
}

int number_of(const xmlNode* parent, std::string_view name, int fallback) {
  const auto text = text_of(child(parent, name));
  int number = fallback;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

// The first instant of a date of any precision: {date {y m d} time {h m s f}}, also inside
// `structured`, or {y m d} itself. One in words has none.
std::optional<std::int64_t> instant_of(const xmlNode* when) {
  if (const auto* structured = child(when, "structured")) when = structured;
  const auto* date = child(when, "date");
  if (date == nullptr) date = when;
  if (child(date, "y") == nullptr) return std::nullopt;
  const auto* time = child(when, "time");
  return parse_time(fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", number_of(date, "y", 0),
                                number_of(date, "m", 1), number_of(date, "d", 1), number_of(time, "h", 0),
                                number_of(time, "m", 0), number_of(time, "s", 0), number_of(time, "f", 0)));
}

void keep_quiet(void*, xmlError*) {}

std::int64_t size_of(xmlChar* made) {
  const std::unique_ptr<xmlChar, decltype(xmlFree)> text(made, xmlFree);
  return xmlStrlen(text.get());
}

// A function of texts, whose cost libxml2 does not count: at worst the longest argument is gone through once for
// each character of the others. Without arguments it is of the node that the path is at.
template <xmlXPathFunction function>
void weighed(xmlXPathParserContextPtr parser, int count) {
  auto& work = *static_cast<XPathWork*>(parser->context->userData);
  std::int64_t longest = 0, all = 0;
  if (count == 0) work.bytes -= size_of(xmlXPathCastNodeToString(parser->context->node));
  for (int place = std::max(parser->valueNr - count, 0); place < parser->valueNr && work.bytes > 0; ++place) {
    const auto size = size_of(xmlXPathCastToString(parser->valueTab[place]));
    longest = std::max(longest, size);
    all += size;
    work.bytes -= size;
  }
  work.bytes -= longest * (all - longest);
  if (work.bytes < 0) return xmlXPathErr(parser, XPATH_OP_LIMIT_EXCEEDED);
  function(parser, count);
}

void weigh_texts(xmlXPathContext& context) {
  struct Weighed {
    const char* name;
    xmlXPathFunction function;
  };
  constexpr auto functions = std::to_array<Weighed>({{"concat", weighed<xmlXPathConcatFunction>},
                                                     {"contains", weighed<xmlXPathContainsFunction>},
                                                     {"normalize-space", weighed<xmlXPathNormalizeFunction>},
                                                     {"starts-with", weighed<xmlXPathStartsWithFunction>},
                                                     {"string", weighed<xmlXPathStringFunction>},
                                                     {"string-length", weighed<xmlXPathStringLengthFunction>},
                                                     {"substring", weighed<xmlXPathSubstringFunction>},
                                                     {"substring-after", weighed<xmlXPathSubstringAfterFunction>},
                                                     {"substring-before", weighed<xmlXPathSubstringBeforeFunction>},
                                                     {"translate", weighed<xmlXPathTranslateFunction>}});
  for (const auto& [name, function] : functions) {
    xmlXPathRegisterFunc(&context, xml::to_xml(name), nullptr);  // the library's own, which is not replaced
    xmlXPathRegisterFunc(&context, xml::to_xml(name), function);
  }
}

bool is_within(const xmlNode* node, const xmlNode* top) {
  while (node != nullptr && node != top) node = node->type == XML_NAMESPACE_DECL ? nullptr : node->parent;
  return node != nullptr;
}

}  // namespace

TypeRegistry::TypeRegistry(std::vector<SetUpType> house_types, std::filesystem::path schemas)
    : house_types_(std::move(house_types)), schemas_(std::move(schemas)) {
  types_.assign(thing_types().begin(), thing_types().end());
  for (const auto& type : house_types_)
    types_.push_back({.id = type.id,
                      .name = type.name,
                      .element = type.element,
                      .effective_date = "when",
                      .is_immutable = type.is_immutable,
                      .is_undeletable = type.is_undeletable,
                      .is_uncreatable = type.is_uncreatable});
}

const ThingType* TypeRegistry::find(std::string_view id) const {
  for (const auto& type : types_)
    if (type.id == id) return &type;
  return nullptr;
}

std::string TypeRegistry::schema_of(const ThingType& type) const {
  return type.schema.empty() ? std::string() : file(type.schema).value_or(std::string());
}

std::optional<std::string> TypeRegistry::file(std::string_view name) const {
  if (schemas_.empty()) return std::nullopt;
  if (auto text = read_text(schemas_ / name)) return *std::move(text);
  for (const auto& own : own_schemas)
    if (own.file == name) return std::string(own.text);
  return std::nullopt;
}

TypeRegistry::Schema TypeRegistry::compiled(std::string_view name) const {
  if (schemas_.empty() || name.empty()) return {};
  const std::lock_guard lock(mutex_);
  if (const auto found = compiled_.find(name); found != compiled_.end()) return found->second;
  Schema schema;
  auto made = xml::Xsd::compile(std::string(name), [&](const std::string& path) { return file(path); });
  // Some published schemas include others that are not published; those types go by their element.
  if (made) {
    schema.xsd = *std::move(made);
    auto parsed = xml::read(file(name).value_or(std::string()));
    if (const auto* document = std::get_if<xml::Document>(&parsed))
      schema.space = xml::attribute(document->root(), "targetNamespace");
  }
  return compiled_[name] = std::move(schema);
}

// Empty where the schema holds, or there is none. On the wire the element stands in no namespace, or in its own;
// the schema declares it in its own.
std::string TypeRegistry::violation_of(std::string_view name, const xml::Document& document,
                                       const xmlNode* element) const {
  const auto schema = compiled(name);
  if (!schema.xsd) return {};
  const std::unique_ptr<xmlBuffer, decltype(&xmlBufferFree)> bytes(xmlBufferCreate(), &xmlBufferFree);
  xmlNodeDump(bytes.get(), document.get(), const_cast<xmlNode*>(element), 0, 0);
  auto alone = xml::read(xml::view(xmlBufferContent(bytes.get())));
  if (const auto* problem = std::get_if<xml::Problem>(&alone)) return xml::describe(*problem);
  const auto& copy = std::get<xml::Document>(alone);
  if (element->ns == nullptr && !schema.space.empty())
    xmlSetNs(copy.root(), xmlNewNs(copy.root(), xml::to_xml(schema.space.c_str()), xml::to_xml("type")));
  const auto found = schema.xsd->validate(copy, 1);
  return found.empty() ? std::string() : std::string(trim(found.front().what));
}

Result<ThingData> TypeRegistry::read(const ThingType& type, std::string_view data, bool is_checked) const {
  auto parsed = xml::read(fmt::format("<thing><data-xml>{}</data-xml></thing>", data));
  if (const auto* problem = std::get_if<xml::Problem>(&parsed)) return Error{"data-xml: " + xml::describe(*problem)};
  ThingData read{std::move(std::get<xml::Document>(parsed)), std::nullopt, {}, false};
  const auto* holder = child(read.document.root(), "data-xml");
  const auto* element = child(holder, "");
  if (!type.element.empty() &&
      (xml::name_of(element) != type.element ||
       (element->ns == nullptr ? !type.space.empty() : xml::view(element->ns->href) != type.space)))
    return Error{fmt::format("data-xml of type {} begins with '{}', expected '{}'", type.id,
                             shorten(xml::name_of(element), 60), type.element)};
  // HV-PUT-01: behind the element at most `common`, and nothing beside.
  const auto* const common = next_element(element);
  const bool is_common = common != nullptr && common->ns == nullptr && xml::name_of(common) == "common";
  if ((common != nullptr && !is_common) || next_element(common) != nullptr || has_text(holder))
    return Error{fmt::format("data-xml of type {} has more in it than '{}' and 'common'", type.id,
                             shorten(xml::name_of(element), 60))};
  if (is_checked) {
    if (const auto violation = violation_of(type.schema, read.document, element); !violation.empty())
      return Error{fmt::format("data-xml of type {} breaks {}: {}", type.id, type.schema, violation)};
    if (const auto violation = common == nullptr ? "" : violation_of(common_schema, read.document, common);
        !violation.empty())
      return Error{fmt::format("'common' of data-xml of type {} breaks thing.xsd: {}", type.id, violation)};
  }
  for (const auto* node = holder->children; node != nullptr && node != element; node = node->next)
    read.has_first = read.has_first || node->type != XML_TEXT_NODE;
  if (!type.effective_date.empty()) read.effective_ns = instant_of(child(element, type.effective_date));
  read.client_id = text_of(child(common, "client-thing-id"));
  return read;
}

Result<bool> has_match(const xml::Document& document, const std::string& xpath, XPathWork& work) {
  const std::unique_ptr<xmlXPathContext, decltype(&xmlXPathFreeContext)> context(xmlXPathNewContext(document.get()),
                                                                                 &xmlXPathFreeContext);
  if (!context) return Error{"out of memory for an XPath"};
  context->error = keep_quiet;
  context->opLimit = static_cast<unsigned long>(std::clamp<std::int64_t>(work.steps, 1, xpath_steps_max));
  context->userData = &work;
  weigh_texts(*context);
  const std::unique_ptr<xmlXPathObject, decltype(&xmlXPathFreeObject)> found(
      xmlXPathEvalExpression(xml::to_xml(xpath.c_str()), context.get()), &xmlXPathFreeObject);
  work.steps -= static_cast<std::int64_t>(context->opCount);
  const auto refused = [&](std::string_view why) {
    return Error{fmt::format("the xpath '{}' {}", shorten(xpath, 200), why)};
  };
  if (!found)
    return refused(context->opCount >= context->opLimit || work.bytes < 0 ? "takes too long" : "does not work");
  if (found->type != XPATH_NODESET) return refused("leads to no node");
  const auto* const nodes = found->nodesetval;
  if (nodes == nullptr || nodes->nodeNr == 0) return false;
  const auto* const data = child(document.root(), "data-xml");
  if (!std::all_of(nodes->nodeTab, nodes->nodeTab + nodes->nodeNr,
                   [&](const xmlNode* node) { return is_within(node, data); }))
    return refused("leads out of data-xml");
  return true;
}

}  // namespace bb::record_platform
