// harness/schematron/evaluator.hpp - XPath 1.0 over a document, for one thread.
//
// libxml2 evaluates what is not plain (plain_xpath.hpp); what XSLT adds for
// Schematron is here: variables, current(), document(), key(); a few functions of
// XPath 2.0 are in xpath2.hpp. Expressions are compiled when first needed.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "harness/schematron/plain_xpath.hpp"
#include "harness/schematron/regex.hpp"
#include "harness/schematron/schema.hpp"
#include "harness/schematron/vocabulary.hpp"

struct _xmlDoc;
struct _xmlNode;
struct _xmlXPathContext;
struct _xmlXPathCompExpr;
struct _xmlXPathObject;
struct _xmlXPathParserContext;

namespace bb::schematron {

// bb:first-by-key(NAME, VALUE) is key(NAME, VALUE)[1], in the same time however
// many nodes the key finds.
inline constexpr std::string_view first_by_key_name = "first-by-key";

// What is wrong with an expression, as far as can be said without a document.
std::optional<std::string> find_mistake(const std::string& xpath);

// The expression with every look-up of a value set as bb:codes(FILE, SET); notes
// what is looked up in `schema`.
std::string replace_value_sets(const std::string& xpath, Schema& schema);

// What a test came to.
enum class Truth { no, yes, unknown };

struct XPathFree {
  void operator()(_xmlXPathContext* context) const;
  void operator()(_xmlXPathCompExpr* expression) const;
  void operator()(_xmlXPathObject* object) const;
};

// A variable: its value, or why it has none.
struct Variable {
  std::string name;
  std::unique_ptr<_xmlXPathObject, XPathFree> value;
  std::string why;
};
// The variables of one level: schema and phase, pattern, or rule. They last as
// long as the document they were made of.
using Scope = std::vector<Variable>;

class Evaluator {
 public:
  Evaluator(std::shared_ptr<const Schema> schema, std::shared_ptr<const Vocabulary> vocabulary);
  Evaluator(const Evaluator&) = delete;
  Evaluator& operator=(const Evaluator&) = delete;

  // All below is about this document, until the next. `steps_max` bounds the
  // work on it.
  void begin(_xmlDoc* document, unsigned long steps_max);
  // What current() gives.
  void set_current(_xmlNode* node) { current_ = node; }

  // Unknown where it needs a value set that is not there (why() names it), or
  // cannot be evaluated. Expressions are known by address: pass those of the schema.
  Truth test(const std::string& xpath, _xmlNode* node);
  // test() for the condition of a step; nothing where it is a number, which
  // stands for a position.
  std::optional<Truth> test_condition(const std::string& xpath, _xmlNode* node);
  // Empty where it cannot be evaluated.
  std::string text(const std::string& xpath, _xmlNode* node);
  // Whether `node` is among the nodes that `xpath` selects from `from`.
  Truth selects(const std::string& xpath, _xmlNode* from, const _xmlNode* node);

  // Variables are looked up in the scope entered last, then in those around it.
  void enter(Scope& scope) { scopes_.push_back(&scope); }
  void leave() { scopes_.pop_back(); }
  // Adds to the innermost scope.
  void set_variable(const Let& let, _xmlNode* node);

  // Makes `node` one that key() finds, by each value of the key's `use`.
  void add_to_key(const Key& key, _xmlNode* node);
  // What needs this key is unknown.
  void spoil_key(const Key& key, const std::string& why) { spoilt_keys_.emplace(key.name, why); }

  const std::string& why() const { return why_; }
  // Whether the work on this document exceeded its bound.
  bool is_exhausted() const;

  struct Functions;  // those of XSLT; in evaluator.cpp

 private:
  using Object = std::unique_ptr<_xmlXPathObject, XPathFree>;
  _xmlXPathCompExpr* compiled(const std::string& xpath);
  // None where it is not plain.
  const PlainExpression* plain(const std::string& xpath);
  void prepare(_xmlNode* node);
  Truth judge(const PlainExpression& plain, _xmlNode* node);
  // By libxml2. None, and why_ set, where it cannot be evaluated.
  Object evaluate(const std::string& xpath, _xmlNode* node);
  void set_why(const std::string& why);

  std::shared_ptr<const Schema> schema_;
  std::shared_ptr<const Vocabulary> vocabulary_;
  std::unique_ptr<_xmlXPathContext, XPathFree> context_;
  PlainXPath plain_xpath_;
  std::unordered_map<const std::string*, std::optional<PlainExpression>> plain_ones_;  // or that it is none
  std::unordered_map<const std::string*, std::unique_ptr<_xmlXPathCompExpr, XPathFree>> compiled_;
  std::vector<Scope*> scopes_;
  // by name and value of a key; of this document
  std::map<std::pair<std::string, std::string>, std::vector<_xmlNode*>> keys_;
  std::map<std::string, std::string> spoilt_keys_;  // name, why
  _xmlNode* current_ = nullptr;
  std::string why_;
  Regexes regexes_;
};

}  // namespace bb::schematron
