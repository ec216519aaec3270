#include "harness/schematron/evaluator.hpp"

#include <libxml/parser.h>
#include <libxml/tree.h>
#include <libxml/xpath.h>
#include <libxml/xpathInternals.h>

#include <algorithm>

#include <fmt/format.h>
#include <bb/core/text.hpp>

namespace bb::schematron {
namespace {

constexpr const char* own_namespace = "urn:bluebridge:schematron";
constexpr const char* own_prefix = "bb";

const xmlChar* to_xml(const char* text) { return reinterpret_cast<const xmlChar*>(text); }

std::string_view view(const xmlChar* text) {
  return text == nullptr ? std::string_view{} : std::string_view{reinterpret_cast<const char*>(text)};
}

struct ObjectFree {
  void operator()(xmlXPathObject* object) const { xmlXPathFreeObject(object); }
};
using Object = std::unique_ptr<xmlXPathObject, ObjectFree>;

// The last complaint of libxml2, in its own words.
void keep_error(void* user, xmlErrorPtr error) {
  auto& kept = *static_cast<std::string*>(user);
  if (kept.empty()) kept = std::string(trim(error->message == nullptr ? "unknown error" : error->message));
}

void print_nothing(void*, const char*, ...) {}

std::string pop_string(xmlXPathParserContextPtr parser) {
  xmlChar* text = xmlXPathPopString(parser);
  std::string value(view(text));
  xmlFree(text);
  return value;
}

void push_nodes(xmlXPathParserContextPtr parser, const std::vector<xmlNode*>& nodes) {
  xmlNodeSet* set = xmlXPathNodeSetCreate(nullptr);
  for (auto* node : nodes) xmlXPathNodeSetAddUnique(set, node);
  valuePush(parser, xmlXPathWrapNodeSet(set));
}

Evaluator& evaluator_of(xmlXPathParserContextPtr parser) {
  return *static_cast<Evaluator*>(parser->context->funcLookupData);
}

// A text in quotes at `at`, which moves behind it.
std::optional<std::string> take_literal(std::string_view text, std::size_t& at) {
  if (at >= text.size() || (text[at] != '\'' && text[at] != '"')) return std::nullopt;
  const auto end = text.find(text[at], at + 1);
  if (end == std::string_view::npos) return std::nullopt;
  std::string value(text.substr(at + 1, end - at - 1));
  at = end + 1;
  return value;
}

// "prefix:name" or "name" at `at`.
bool take_name(std::string_view text, std::size_t& at, std::string_view name) {
  auto end = at;
  while (end < text.size() && (std::isalnum(static_cast<unsigned char>(text[end])) != 0 || text[end] == ':' ||
                               text[end] == '-' || text[end] == '_' || text[end] == '.'))
    ++end;
  const auto word = text.substr(at, end - at);
  const auto colon = word.find(':');
  if ((colon == std::string_view::npos ? word : word.substr(colon + 1)) != name) return false;
  at = end;
  return true;
}

bool take(std::string_view text, std::size_t& at, std::string_view word) {
  if (text.substr(at, word.size()) != word) return false;
  at += word.size();
  return true;
}

struct LookUp {
  std::string file;
  std::string value_set;  // empty: the whole document
  std::size_t end = 0;
};

// document('FILE') at `at`, with the path to a value set's codes if that follows.
std::optional<LookUp> read_look_up(std::string_view text, std::size_t at) {
  if (!take(text, at, "document(")) return std::nullopt;
  const auto file = take_literal(text, at);
  if (!file || !take(text, at, ")")) return std::nullopt;
  LookUp found{.file = *file, .value_set = {}, .end = at};
  const bool is_path = take(text, at, "/") && take_name(text, at, "systems") && take(text, at, "/") &&
                       take_name(text, at, "system") && take(text, at, "[@valueSetOid=");
  const auto set = is_path ? take_literal(text, at) : std::nullopt;
  if (set && take(text, at, "]/") && take_name(text, at, "code") && take(text, at, "/@value")) {
    found.value_set = *set;
    found.end = at;
  }
  return found;
}

}  // namespace

std::string replace_value_sets(const std::string& xpath, Schema& schema) {
  std::string replaced;
  std::size_t begin = 0;
  for (std::size_t at = xpath.find("document("); at != std::string::npos; at = xpath.find("document(", at + 1)) {
    const auto look_up = read_look_up(xpath, at);
    if (!look_up) continue;
    if (look_up->value_set.empty()) {
      schema.documents.insert(look_up->file);
      continue;
    }
    schema.value_sets[look_up->file].insert(look_up->value_set);
    replaced += xpath.substr(begin, at - begin);
    replaced += fmt::format("{}:codes('{}','{}')", own_prefix, look_up->file, look_up->value_set);
    begin = look_up->end;
    at = begin - 1;
  }
  return replaced + xpath.substr(begin);
}

// The functions of XSLT 1.0 (12.1, 12.2, 12.4) that a Schematron may use, and ours.
struct Evaluator::Functions {
  static void codes(xmlXPathParserContextPtr parser, int count) {
    if (count != 2) return xmlXPathErr(parser, XPATH_INVALID_ARITY);
    const auto set = pop_string(parser);
    const auto file = pop_string(parser);
    auto& evaluator = evaluator_of(parser);
    const auto* nodes = evaluator.vocabulary_->codes(file, set);
    if (nodes == nullptr && evaluator.why_.empty()) evaluator.why_ = fmt::format("value set {} is not at hand", set);
    push_nodes(parser, nodes == nullptr ? std::vector<xmlNode*>{} : *nodes);
  }

  static void document(xmlXPathParserContextPtr parser, int count) {
    if (count != 1) return xmlXPathErr(parser, XPATH_INVALID_ARITY);
    const auto file = pop_string(parser);
    auto& evaluator = evaluator_of(parser);
    auto* found = evaluator.vocabulary_->document(file);
    if (found == nullptr && evaluator.why_.empty()) evaluator.why_ = fmt::format("the file {} is not at hand", file);
    push_nodes(parser, found == nullptr ? std::vector<xmlNode*>{} : std::vector<xmlNode*>{found});
  }

  static void current(xmlXPathParserContextPtr parser, int count) {
    if (count != 0) return xmlXPathErr(parser, XPATH_INVALID_ARITY);
    auto* node = evaluator_of(parser).current_;
    push_nodes(parser, node == nullptr ? std::vector<xmlNode*>{} : std::vector<xmlNode*>{node});
  }

  static void key(xmlXPathParserContextPtr parser, int count) {
    if (count != 2) return xmlXPathErr(parser, XPATH_INVALID_ARITY);
    const Object value(valuePop(parser));
    const auto name = pop_string(parser);
    auto& evaluator = evaluator_of(parser);
    std::vector<xmlNode*> nodes;
    const auto add = [&](std::string_view wanted) {
      const auto found = evaluator.keys_.find({name, std::string(wanted)});
      if (found != evaluator.keys_.end()) nodes.insert(nodes.end(), found->second.begin(), found->second.end());
    };
    const auto add_text = [&](xmlChar* text) {
      add(view(text));
      xmlFree(text);
    };
    if (value != nullptr && value->type == XPATH_NODESET && value->nodesetval != nullptr)
      for (int i = 0; i < value->nodesetval->nodeNr; ++i)
        add_text(xmlXPathCastNodeToString(value->nodesetval->nodeTab[i]));
    else
      add_text(xmlXPathCastToString(value.get()));
    push_nodes(parser, nodes);
  }

  static xmlXPathFunction find(void*, const xmlChar* name, const xmlChar* uri) {
    if (uri != nullptr) return view(uri) == own_namespace && view(name) == "codes" ? codes : nullptr;
    if (view(name) == "current") return current;
    if (view(name) == "document") return document;
    return view(name) == "key" ? key : nullptr;
  }
};

void Evaluator::Free::operator()(_xmlXPathContext* context) const { xmlXPathFreeContext(context); }
void Evaluator::Free::operator()(_xmlXPathCompExpr* expression) const { xmlXPathFreeCompExpr(expression); }

Evaluator::Evaluator(std::shared_ptr<const Schema> schema, std::shared_ptr<const Vocabulary> vocabulary)
    : schema_(std::move(schema)), vocabulary_(std::move(vocabulary)), context_(xmlXPathNewContext(nullptr)) {
  xmlSetGenericErrorFunc(nullptr, print_nothing);  // of this thread
  context_->error = keep_error;
  context_->userData = &why_;
  xmlXPathContextSetCache(context_.get(), 1, 1000, 0);
  for (const auto& [prefix, uri] : schema_->namespaces)
    xmlXPathRegisterNs(context_.get(), to_xml(prefix.c_str()), to_xml(uri.c_str()));
  xmlXPathRegisterNs(context_.get(), to_xml(own_prefix), to_xml(own_namespace));
  xmlXPathRegisterFuncLookup(context_.get(), Functions::find, this);
}

void Evaluator::begin(_xmlDoc* document, unsigned long steps_max) {
  context_->doc = document;
  context_->opLimit = steps_max;
  context_->opCount = 0;
  xmlXPathRegisteredVariablesCleanup(context_.get());
  keys_.clear();
  current_ = nullptr;
  is_exhausted_ = false;
}

_xmlXPathCompExpr* Evaluator::compiled(const std::string& xpath) {
  auto& slot = compiled_[&xpath];
  if (slot == nullptr) slot.reset(xmlXPathCtxtCompile(context_.get(), to_xml(xpath.c_str())));
  return slot.get();
}

void Evaluator::prepare(_xmlNode* node) {
  why_.clear();
  context_->node = node;
  context_->contextSize = 1;
  context_->proximityPosition = 1;
}

Truth Evaluator::test(const std::string& xpath, _xmlNode* node) {
  prepare(node);
  auto* expression = compiled(xpath);
  const int truth = expression == nullptr ? -1 : xmlXPathCompiledEvalToBoolean(expression, context_.get());
  if (truth < 0 && context_->opCount >= context_->opLimit) is_exhausted_ = true;
  if (truth < 0 && why_.empty()) why_ = "it cannot be evaluated";
  if (!why_.empty()) return Truth::unknown;
  return truth == 1 ? Truth::yes : Truth::no;
}

std::string Evaluator::text(const std::string& xpath, _xmlNode* node) {
  prepare(node);
  auto* expression = compiled(xpath);
  const Object object(expression == nullptr ? nullptr : xmlXPathCompiledEval(expression, context_.get()));
  if (object == nullptr) return {};
  xmlChar* value = xmlXPathCastToString(object.get());
  std::string text(view(value));
  xmlFree(value);
  return text;
}

bool Evaluator::selects(const std::string& xpath, _xmlNode* from, const _xmlNode* node) {
  prepare(from);
  auto* expression = compiled(xpath);
  const Object object(expression == nullptr ? nullptr : xmlXPathCompiledEval(expression, context_.get()));
  if (object == nullptr || object->type != XPATH_NODESET || object->nodesetval == nullptr) return false;
  const auto* set = object->nodesetval;
  return std::find(set->nodeTab, set->nodeTab + set->nodeNr, node) != set->nodeTab + set->nodeNr;
}

void Evaluator::set_variable(const Let& let, _xmlNode* node) {
  prepare(node);
  auto* expression = compiled(let.value);
  auto* object = expression == nullptr ? nullptr : xmlXPathCompiledEval(expression, context_.get());
  if (object == nullptr) object = xmlXPathNewCString("");
  xmlXPathRegisterVariable(context_.get(), to_xml(let.name.c_str()), object);
}

void Evaluator::drop_variable(const Let& let) {
  xmlXPathRegisterVariable(context_.get(), to_xml(let.name.c_str()), nullptr);
}

void Evaluator::add_key(const std::string& name, const std::string& value, _xmlNode* node) {
  keys_[{name, value}].push_back(node);
}

std::optional<std::string> find_mistake(const Schema& schema, const std::string& xpath) {
  const std::unique_ptr<xmlXPathContext, decltype(&xmlXPathFreeContext)> context(xmlXPathNewContext(nullptr),
                                                                                 xmlXPathFreeContext);
  xmlSetGenericErrorFunc(nullptr, print_nothing);
  for (const auto& [prefix, uri] : schema.namespaces)
    xmlXPathRegisterNs(context.get(), to_xml(prefix.c_str()), to_xml(uri.c_str()));
  xmlXPathRegisterNs(context.get(), to_xml(own_prefix), to_xml(own_namespace));
  std::string why;
  context->error = keep_error;
  context->userData = &why;
  xmlXPathCompExpr* expression = xmlXPathCtxtCompile(context.get(), to_xml(xpath.c_str()));
  if (expression == nullptr) return why.empty() ? std::string("it cannot be read") : why;
  xmlXPathFreeCompExpr(expression);
  return std::nullopt;
}

}  // namespace bb::schematron
