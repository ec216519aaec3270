#include "harness/schematron/vocabulary.hpp"

#include <libxml/parser.h>
#include <libxml/tree.h>

#include <cstring>
#include <set>

#include <fmt/format.h>
#include <bb/core/text.hpp>
#include <bb/xml/nodes.hpp>

namespace bb::schematron {
namespace {

constexpr std::size_t vocabulary_bytes_max = 512ull * 1024 * 1024;

using xml::to_xml;

bool is_named(const xmlChar* name, const char* wanted) { return xmlStrEqual(name, to_xml(wanted)) != 0; }

// The value of an attribute among those of a start tag: five words each.
std::string attribute(const xmlChar** attributes, int count, const char* wanted) {
  for (int i = 0; i < count; ++i) {
    const xmlChar** a = attributes + i * 5;
    if (is_named(a[0], wanted)) return {reinterpret_cast<const char*>(a[3]), static_cast<std::size_t>(a[4] - a[3])};
  }
  return {};
}

// One pass over a vocabulary file.
struct Collector {
  const std::set<std::string>* wanted = nullptr;
  xmlNode* root = nullptr;
  xmlNode* set = nullptr;  // the one being read, if it is wanted
  std::map<std::string, std::vector<xmlNode*>>* found = nullptr;
  std::vector<xmlNode*>* codes = nullptr;
};

void on_start(void* user, const xmlChar* name, const xmlChar*, const xmlChar*, int, const xmlChar**, int count, int,
              const xmlChar** attributes) {
  auto& collector = *static_cast<Collector*>(user);
  if (is_named(name, "system")) {
    const auto oid = attribute(attributes, count, "valueSetOid");
    if (!collector.wanted->contains(oid)) return;
    collector.set = xmlNewChild(collector.root, nullptr, to_xml("system"), nullptr);
    collector.codes = &(*collector.found)[oid];
  } else if (collector.set != nullptr && is_named(name, "code")) {
    auto* code = xmlNewChild(collector.set, nullptr, to_xml("code"), nullptr);
    const auto value = attribute(attributes, count, "value");
    collector.codes->push_back(reinterpret_cast<xmlNode*>(xmlNewProp(code, to_xml("value"), to_xml(value.c_str()))));
  }
}

void on_end(void* user, const xmlChar* name, const xmlChar*, const xmlChar*) {
  if (is_named(name, "system")) static_cast<Collector*>(user)->set = nullptr;
}

void on_error(void*, xmlErrorPtr) {}

// A declared entity makes libxml2 begin a document that nobody else frees.
void free_with_document(xmlParserCtxt* context) {
  if (context == nullptr) return;
  xmlFreeDoc(context->myDoc);
  xmlFreeParserCtxt(context);
}

}  // namespace

struct Vocabulary::Sets {
  std::unique_ptr<xmlDoc, decltype(&xmlFreeDoc)> document{xmlNewDoc(to_xml("1.0")), xmlFreeDoc};
  std::map<std::string, std::vector<xmlNode*>> codes;
};

Result<std::shared_ptr<const Vocabulary>> Vocabulary::read(const Schema& schema, const FileResolver& resolve) {
  auto vocabulary = std::make_shared<Vocabulary>();
  for (const auto& [file, wanted] : schema.value_sets) {
    const auto bytes = resolve(file);
    if (!bytes) continue;
    if (bytes->size() > vocabulary_bytes_max)
      return Error{fmt::format("{}: has {} bytes, at most {} are read", file, bytes->size(), vocabulary_bytes_max)};
    auto sets = std::make_shared<Sets>();
    Collector collector{.wanted = &wanted, .found = &sets->codes};
    collector.root = xmlNewDocNode(sets->document.get(), nullptr, to_xml("systems"), nullptr);
    xmlDocSetRootElement(sets->document.get(), collector.root);
    xmlSAXHandler sax{};
    sax.initialized = XML_SAX2_MAGIC;
    sax.startElementNs = on_start;
    sax.endElementNs = on_end;
    sax.serror = on_error;
    const std::unique_ptr<xmlParserCtxt, void (*)(xmlParserCtxt*)> context(
        xmlCreatePushParserCtxt(&sax, &collector, bytes->data(), 0, nullptr), free_with_document);
    if (context == nullptr) return Error{"out of memory for a vocabulary"};
    // NOENT: a value with "&amp;" arrives as it is meant. The handler knows of no other entity.
    xmlCtxtUseOptions(context.get(), XML_PARSE_NONET | XML_PARSE_HUGE | XML_PARSE_NOENT);
    constexpr std::size_t piece = 1 << 20;
    for (std::size_t at = 0; at < bytes->size() && context->errNo == 0; at += piece)
      xmlParseChunk(context.get(), bytes->data() + at, static_cast<int>(std::min(piece, bytes->size() - at)), 0);
    xmlParseChunk(context.get(), nullptr, 0, 1);
    if (context->wellFormed == 0)
      return Error{
          fmt::format("{}:{}: not well-formed XML", file, context->input == nullptr ? 1 : context->input->line)};
    vocabulary->files_.emplace(file, std::move(sets));
  }
  for (const auto& file : schema.documents) {
    const auto bytes = resolve(file);
    if (!bytes) continue;
    auto document = xml::read(*bytes);
    if (const auto* problem = std::get_if<xml::Problem>(&document))
      return Error{fmt::format("{}: {}", file, xml::describe(*problem))};
    vocabulary->documents_.emplace(file, std::move(std::get<xml::Document>(document)));
  }
  return std::shared_ptr<const Vocabulary>(std::move(vocabulary));
}

const std::vector<_xmlNode*>* Vocabulary::codes(const std::string& file, const std::string& value_set) const {
  const auto sets = files_.find(file);
  if (sets == files_.end()) return nullptr;
  const auto found = sets->second->codes.find(value_set);
  return found == sets->second->codes.end() ? nullptr : &found->second;
}

std::optional<std::string> Vocabulary::kept(const std::string& file) const {
  const auto sets = files_.find(file);
  if (sets == files_.end()) return std::nullopt;
  std::string text = "<systems xmlns=\"http://www.lantanagroup.com/voc\">\n";
  for (const auto& [oid, codes] : sets->second->codes) {
    text += fmt::format("<system valueSetOid=\"{}\">\n", escape_markup(oid));
    for (const auto* code : codes) {
      const auto* value = code->children == nullptr ? nullptr : code->children->content;
      text += fmt::format("<code value=\"{}\"/>\n",
                          escape_markup(value == nullptr ? "" : reinterpret_cast<const char*>(value)));
    }
    text += "</system>\n";
  }
  return text + "</systems>\n";
}

_xmlNode* Vocabulary::document(const std::string& file) const {
  const auto found = documents_.find(file);
  return found == documents_.end() ? nullptr : reinterpret_cast<_xmlNode*>(found->second.get());
}

std::vector<std::string> Vocabulary::missing(const Schema& schema) const {
  std::vector<std::string> names;
  for (const auto& [file, wanted] : schema.value_sets)
    for (const auto& set : wanted)
      if (codes(file, set) == nullptr) names.push_back(file + ": " + set);
  return names;
}

}  // namespace bb::schematron
