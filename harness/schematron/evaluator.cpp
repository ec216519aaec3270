#include "harness/schematron/evaluator.hpp"

#include <libxml/parser.h>
#include <libxml/tree.h>
#include <libxml/xpath.h>
#include <libxml/xpathInternals.h>

#include <algorithm>
#include <cstring>

#include <fmt/format.h>
#include <bb/core/text.hpp>
#include <bb/xml/nodes.hpp>

#include "harness/schematron/literal.hpp"
#include "harness/schematron/xpath2.hpp"

namespace bb::schematron {
namespace {

constexpr const char* own_namespace = "urn:bluebridge:schematron";
constexpr const char* own_prefix = "bb";
constexpr std::size_t text_bytes_max = 1024 * 1024;  // of a text that an expression makes

using xml::to_xml;
using xml::view;

// libxml2 gives a complaint of XPath as a number alone.
std::string describe(int code) {
  switch (code - XML_XPATH_EXPRESSION_OK) {
    case XPATH_UNFINISHED_LITERAL_ERROR:
    case XPATH_START_LITERAL_ERROR:
      return "a text has no closing quote";
    case XPATH_VARIABLE_REF_ERROR:
      return "a '$' without a name";
    case XPATH_UNDEF_VARIABLE_ERROR:
      return "it names a variable that is not there";
    case XPATH_INVALID_PREDICATE_ERROR:
      return "a condition in brackets is not closed or cannot be read";
    case XPATH_UNCLOSED_ERROR:
      return "a parenthesis is not closed";
    case XPATH_UNKNOWN_FUNC_ERROR:
      return "it calls a function that is not known";
    case XPATH_INVALID_OPERAND:
    case XPATH_INVALID_TYPE:
      return "a value has the wrong type";
    case XPATH_INVALID_ARITY:
      return "a function has too many or too few arguments";
    case XPATH_UNDEF_PREFIX_ERROR:
      return "it uses a prefix that is not declared";
    case XPATH_RECURSION_LIMIT_EXCEEDED:
      return "it is nested too deeply";
    case XPATH_OP_LIMIT_EXCEEDED:
      return "it takes too many steps";
    case XPATH_MEMORY_ERROR:
      return "out of memory";
    default:
      return "it cannot be read";
  }
}

void keep_error(void* user, xmlErrorPtr error) {
  auto& kept = *static_cast<std::string*>(user);
  if (kept.empty()) kept = describe(error->code);
}

void print_nothing(void*, const char*, ...) {}

struct XmlFree {
  void operator()(xmlChar* text) const { xmlFree(text); }
};
using XmlText = std::unique_ptr<xmlChar, XmlFree>;

const char* to_chars(const xmlChar* text) { return reinterpret_cast<const char*>(text); }

std::string pop_string(xmlXPathParserContextPtr parser) {
  const XmlText text(xmlXPathPopString(parser));
  return std::string(view(text.get()));
}

// Nodes that are all different, in the order in which a position counts them.
void push_nodes(xmlXPathParserContextPtr parser, const std::vector<xmlNode*>& nodes) {
  xmlNodeSet* set = xmlXPathNodeSetCreate(nullptr);
  for (auto* node : nodes) xmlXPathNodeSetAddUnique(set, node);
  valuePush(parser, xmlXPathWrapNodeSet(set));
}

// Each once, in the order of the document.
void put_in_order(std::vector<xmlNode*>& nodes) {
  const auto is_before = [](xmlNode* a, xmlNode* b) { return xmlXPathCmpNodes(a, b) > 0; };
  std::sort(nodes.begin(), nodes.end(), is_before);
  nodes.erase(std::unique(nodes.begin(), nodes.end()), nodes.end());
}

Evaluator& evaluator_of(xmlXPathParserContextPtr parser) {
  return *static_cast<Evaluator*>(parser->context->funcLookupData);
}

// The values of a key (XSLT 1.0, 12.2): of a node-set that of each node.
template <class Visit>
void for_each_value(xmlXPathObject* object, Visit visit) {
  const auto visit_text = [&](xmlChar* text) {
    visit(view(text));
    xmlFree(text);
  };
  if (object == nullptr) return;
  if (object->type != XPATH_NODESET) return visit_text(xmlXPathCastToString(object));
  for (int i = 0; object->nodesetval != nullptr && i < object->nodesetval->nodeNr; ++i)
    visit_text(xmlXPathCastNodeToString(object->nodesetval->nodeTab[i]));
}

// "prefix:name" or "name" at the front.
bool take_name(std::string_view& rest, std::string_view name) {
  std::size_t end = 0;
  while (end < rest.size() && (std::isalnum(static_cast<unsigned char>(rest[end])) != 0 || rest[end] == ':' ||
                               rest[end] == '-' || rest[end] == '_' || rest[end] == '.'))
    ++end;
  const auto word = rest.substr(0, end);
  const auto colon = word.find(':');
  if ((colon == std::string_view::npos ? word : word.substr(colon + 1)) != name) return false;
  rest.remove_prefix(end);
  return true;
}

bool take(std::string_view& rest, std::string_view word) {
  if (!rest.starts_with(word)) return false;
  rest.remove_prefix(word.size());
  return true;
}

struct LookUp {
  std::string file;
  std::string value_set;  // empty: the whole document
  std::size_t end = 0;
};

// document('FILE') at `at`, with the path to a value set's codes if that follows.
std::optional<LookUp> read_look_up(std::string_view text, std::size_t at) {
  auto rest = text.substr(at);
  if (!take(rest, "document(")) return std::nullopt;
  const auto file = take_literal(rest);
  if (!file || !take(rest, ")")) return std::nullopt;
  LookUp found{.file = *file, .value_set = {}, .end = text.size() - rest.size()};
  const bool is_path = take(rest, "/") && take_name(rest, "systems") && take(rest, "/") && take_name(rest, "system") &&
                       take(rest, "[@valueSetOid=");
  const auto set = is_path ? take_literal(rest) : std::nullopt;
  if (set && take(rest, "]/") && take_name(rest, "code") && take(rest, "/@value")) {
    found.value_set = *set;
    found.end = text.size() - rest.size();
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
    if (nodes == nullptr) evaluator.set_why(fmt::format("value set {} is not at hand", set));
    push_nodes(parser, nodes == nullptr ? std::vector<xmlNode*>{} : *nodes);
  }

  static void document(xmlXPathParserContextPtr parser, int count) {
    if (count != 1) return xmlXPathErr(parser, XPATH_INVALID_ARITY);
    const auto file = pop_string(parser);
    auto& evaluator = evaluator_of(parser);
    auto* found = evaluator.vocabulary_->document(file);
    if (found == nullptr) evaluator.set_why(fmt::format("the file {} is not at hand", file));
    push_nodes(parser, found == nullptr ? std::vector<xmlNode*>{} : std::vector<xmlNode*>{found});
  }

  static void current(xmlXPathParserContextPtr parser, int count) {
    if (count != 0) return xmlXPathErr(parser, XPATH_INVALID_ARITY);
    auto* node = evaluator_of(parser).current_;
    push_nodes(parser, node == nullptr ? std::vector<xmlNode*>{} : std::vector<xmlNode*>{node});
  }

  // Of each value the first node is enough for the first of all.
  enum class Wanted { all, first };

  static void key(xmlXPathParserContextPtr parser, int count) { find_by_key(parser, count, Wanted::all); }
  static void first_by_key(xmlXPathParserContextPtr parser, int count) { find_by_key(parser, count, Wanted::first); }

  static void find_by_key(xmlXPathParserContextPtr parser, int count, Wanted wanted_nodes) {
    if (count != 2) return xmlXPathErr(parser, XPATH_INVALID_ARITY);
    const std::unique_ptr<xmlXPathObject, XPathFree> value(valuePop(parser));
    const auto name = pop_string(parser);
    auto& evaluator = evaluator_of(parser);
    const auto& keys = evaluator.schema_->keys;
    if (std::none_of(keys.begin(), keys.end(), [&](const Key& key) { return key.name == name; }))
      evaluator.set_why(fmt::format("there is no key '{}'", name));
    if (const auto spoilt = evaluator.spoilt_keys_.find(name); spoilt != evaluator.spoilt_keys_.end())
      evaluator.set_why(spoilt->second);
    std::vector<xmlNode*> nodes;
    std::size_t value_count = 0;
    for_each_value(value.get(), [&](std::string_view wanted) {
      ++value_count;
      const auto found = evaluator.keys_.find({name, std::string(wanted)});
      if (found == evaluator.keys_.end()) return;
      const auto& all = found->second;  // in order
      nodes.insert(nodes.end(), all.begin(), wanted_nodes == Wanted::first ? all.begin() + 1 : all.end());
    });
    if (value_count > 1) put_in_order(nodes);
    if (wanted_nodes == Wanted::first && !nodes.empty()) nodes.resize(1);
    push_nodes(parser, nodes);
  }

  // That of XPath 1.0 (4.2), which in libxml2 takes ten times as long: C-CDA asks
  // whether a template is one of a list of 5 KB.
  static void contains(xmlXPathParserContextPtr parser, int count) {
    if (count != 2) return xmlXPathErr(parser, XPATH_INVALID_ARITY);
    const XmlText wanted(xmlXPathPopString(parser));
    const XmlText text(xmlXPathPopString(parser));
    if (text == nullptr || wanted == nullptr) return xmlXPathErr(parser, XPATH_MEMORY_ERROR);
    const bool is_there = std::strstr(to_chars(text.get()), to_chars(wanted.get())) != nullptr;
    valuePush(parser, xmlXPathNewBoolean(is_there ? 1 : 0));
  }

  // That of XPath 1.0 (4.2), within a bound: variables made of each other grow fast.
  static void concat(xmlXPathParserContextPtr parser, int count) {
    if (count < 2) return xmlXPathErr(parser, XPATH_INVALID_ARITY);
    std::vector<std::string> parts(static_cast<std::size_t>(count));
    for (auto part = parts.rbegin(); part != parts.rend(); ++part) *part = pop_string(parser);
    auto text = join(parts, "");
    if (text.size() > text_bytes_max) {
      evaluator_of(parser).set_why(fmt::format("concat() gives a text of more than {} bytes", text_bytes_max));
      text.clear();
    }
    valuePush(parser, xmlXPathNewString(to_xml(text.c_str())));
  }

  // One of the schema's: libxml2 keeps the name that was called.
  static void further(xmlXPathParserContextPtr parser, int count) {
    const auto& functions = evaluator_of(parser).schema_->functions;
    const auto& function = functions.find(view(parser->context->function))->second;
    if (static_cast<std::size_t>(count) != function.argument_count) return xmlXPathErr(parser, XPATH_INVALID_ARITY);
    std::vector<std::string> arguments(function.argument_count);
    for (auto argument = arguments.rbegin(); argument != arguments.rend(); ++argument) *argument = pop_string(parser);
    valuePush(parser, xmlXPathNewBoolean(function.test(arguments) ? 1 : 0));
  }

  // Asked for each function before those of XPath 1.0 are looked at.
  static xmlXPathFunction find(void* user, const xmlChar* name, const xmlChar* uri) {
    auto& evaluator = *static_cast<Evaluator*>(user);
    if (uri != nullptr && view(uri) == own_namespace) {
      if (view(name) == "codes") return codes;
      if (view(name) == first_by_key_name) return first_by_key;
      if (evaluator.schema_->functions.contains(view(name))) return further;
    }
    if (uri == nullptr) {
      if (view(name) == "concat") return concat;
      if (view(name) == "contains") return contains;
      if (view(name) == "current") return current;
      if (view(name) == "document") return document;
      if (view(name) == "key") return key;
      if (auto* function = find_xpath2_function(view(name)); function != nullptr) return function;
      if (xmlHashLookup(evaluator.context_->funcHash, name) != nullptr) return nullptr;
    }
    evaluator.set_why(fmt::format("the function {}() is not known", view(name)));
    return nullptr;
  }

  static xmlXPathObjectPtr variable(void* user, const xmlChar* name, const xmlChar*) {
    auto& evaluator = *static_cast<Evaluator*>(user);
    for (auto scope = evaluator.scopes_.rbegin(); scope != evaluator.scopes_.rend(); ++scope)
      for (auto found = (*scope)->rbegin(); found != (*scope)->rend(); ++found) {
        if (found->name != view(name)) continue;
        if (found->value != nullptr) return xmlXPathObjectCopy(found->value.get());
        evaluator.set_why(fmt::format("the variable {} has no value: {}", found->name, found->why));
        return nullptr;
      }
    evaluator.set_why(fmt::format("there is no variable '{}'", view(name)));
    return nullptr;
  }
};

void XPathFree::operator()(_xmlXPathContext* context) const { xmlXPathFreeContext(context); }
void XPathFree::operator()(_xmlXPathCompExpr* expression) const { xmlXPathFreeCompExpr(expression); }
void XPathFree::operator()(_xmlXPathObject* object) const { xmlXPathFreeObject(object); }

Evaluator::Evaluator(std::shared_ptr<const Schema> schema, std::shared_ptr<const Vocabulary> vocabulary)
    : schema_(std::move(schema)),
      vocabulary_(std::move(vocabulary)),
      context_(xmlXPathNewContext(nullptr)),
      plain_xpath_(schema_, vocabulary_) {
  xmlSetGenericErrorFunc(nullptr, print_nothing);  // of this thread
  context_->error = keep_error;
  context_->userData = &why_;
  context_->extra = &regexes_;
  xmlXPathContextSetCache(context_.get(), 1, 1000, 0);
  for (const auto& [prefix, uri] : schema_->namespaces)
    xmlXPathRegisterNs(context_.get(), to_xml(prefix.c_str()), to_xml(uri.c_str()));
  xmlXPathRegisterNs(context_.get(), to_xml(own_prefix), to_xml(own_namespace));
  xmlXPathRegisterFuncLookup(context_.get(), Functions::find, this);
  xmlXPathRegisterVariableLookup(context_.get(), Functions::variable, this);
}

void Evaluator::begin(_xmlDoc* document, unsigned long steps_max) {
  context_->doc = document;
  context_->opLimit = steps_max;
  context_->opCount = 0;
  plain_xpath_.begin(document, context_->opCount, steps_max);
  scopes_.clear();
  keys_.clear();
  spoilt_keys_.clear();
  current_ = nullptr;
}

bool Evaluator::is_exhausted() const { return context_->opCount >= context_->opLimit; }

void Evaluator::set_why(const std::string& why) {
  if (why_.empty()) why_ = why;
}

_xmlXPathCompExpr* Evaluator::compiled(const std::string& xpath) {
  auto& slot = compiled_[&xpath];
  if (slot == nullptr) slot.reset(xmlXPathCtxtCompile(context_.get(), to_xml(xpath.c_str())));
  return slot.get();
}

const PlainExpression* Evaluator::plain(const std::string& xpath) {
  const auto [slot, is_new] = plain_ones_.try_emplace(&xpath);
  if (is_new) slot->second = plain_xpath_.read(xpath);
  return slot->second ? &*slot->second : nullptr;
}

void Evaluator::prepare(_xmlNode* node) {
  why_.clear();
  context_->node = node;
  context_->contextSize = 1;
  context_->proximityPosition = 1;
}

Truth Evaluator::judge(const PlainExpression& plain, _xmlNode* node) {
  why_.clear();
  return plain_xpath_.holds(plain, node) ? Truth::yes : Truth::no;
}

Truth Evaluator::test(const std::string& xpath, _xmlNode* node) {
  if (const auto* expression = plain(xpath); expression != nullptr) return judge(*expression, node);
  prepare(node);
  auto* expression = compiled(xpath);
  const int truth = expression == nullptr ? -1 : xmlXPathCompiledEvalToBoolean(expression, context_.get());
  if (truth < 0) set_why("it cannot be evaluated");
  if (!why_.empty()) return Truth::unknown;
  return truth == 1 ? Truth::yes : Truth::no;
}

Evaluator::Object Evaluator::evaluate(const std::string& xpath, _xmlNode* node) {
  prepare(node);
  auto* expression = compiled(xpath);
  Object object(expression == nullptr ? nullptr : xmlXPathCompiledEval(expression, context_.get()));
  if (object == nullptr) set_why("it cannot be evaluated");
  if (!why_.empty()) object.reset();
  return object;
}

std::optional<Truth> Evaluator::test_condition(const std::string& xpath, _xmlNode* node) {
  if (const auto* expression = plain(xpath); expression != nullptr) return judge(*expression, node);
  const auto object = evaluate(xpath, node);
  if (object == nullptr) return Truth::unknown;
  if (object->type == XPATH_NUMBER) return std::nullopt;
  return xmlXPathCastToBoolean(object.get()) != 0 ? Truth::yes : Truth::no;
}

std::string Evaluator::text(const std::string& xpath, _xmlNode* node) {
  const auto object = evaluate(xpath, node);
  if (object == nullptr) return {};
  xmlChar* value = xmlXPathCastToString(object.get());
  std::string text(view(value));
  xmlFree(value);
  return text;
}

Truth Evaluator::selects(const std::string& xpath, _xmlNode* from, const _xmlNode* node) {
  const auto object = evaluate(xpath, from);
  if (object == nullptr) return Truth::unknown;
  if (object->type != XPATH_NODESET || object->nodesetval == nullptr) return Truth::no;
  const auto* set = object->nodesetval;
  const auto* end = set->nodeTab + set->nodeNr;
  return std::find(set->nodeTab, set->nodeTab + set->nodeNr, node) != end ? Truth::yes : Truth::no;
}

void Evaluator::set_variable(const Let& let, _xmlNode* node) {
  auto value = evaluate(let.value, node);
  scopes_.back()->push_back({let.name, std::move(value), why_});
}

void Evaluator::add_to_key(const Key& key, _xmlNode* node) {
  const auto add = [&](std::string_view value) {
    auto& nodes = keys_[{key.name, std::string(value)}];
    if (nodes.empty() || nodes.back() != node) nodes.push_back(node);
  };
  if (const auto* use = plain(key.use); use != nullptr && use->kind == PlainExpression::Kind::nodes)
    return plain_xpath_.for_each_text(*use, node, add);
  const auto values = evaluate(key.use, node);
  if (values == nullptr) return spoil_key(key, why_);
  for_each_value(values.get(), add);
}

std::optional<std::string> find_mistake(const std::string& xpath) {
  // One for all: making it takes longer than reading an expression does. Prefixes
  // are looked up when an expression is evaluated.
  thread_local const std::unique_ptr<xmlXPathContext, XPathFree> context(xmlXPathNewContext(nullptr));
  xmlSetGenericErrorFunc(nullptr, print_nothing);
  std::string why;
  context->error = keep_error;
  context->userData = &why;
  xmlXPathCompExpr* expression = xmlXPathCtxtCompile(context.get(), to_xml(xpath.c_str()));
  if (expression == nullptr) return why.empty() ? std::string("it cannot be read") : why;
  xmlXPathFreeCompExpr(expression);
  return std::nullopt;
}

}  // namespace bb::schematron
