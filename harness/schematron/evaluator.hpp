// harness/schematron/evaluator.hpp - XPath 1.0 over a document, for one thread.
//
// libxml2 evaluates; what XSLT adds for Schematron is here: variables,
// current(), document(), key(). Expressions are compiled when first needed.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "harness/schematron/schema.hpp"
#include "harness/schematron/vocabulary.hpp"

struct _xmlDoc;
struct _xmlNode;
struct _xmlXPathContext;
struct _xmlXPathCompExpr;
struct _xmlXPathObject;

namespace bb::schematron {

// What is wrong with an expression, as far as can be said without a document.
std::optional<std::string> find_mistake(const Schema& schema, const std::string& xpath);

// The expression with every look-up of a value set as bb:codes(FILE, SET); notes
// what is looked up in `schema`.
std::string replace_value_sets(const std::string& xpath, Schema& schema);

// What a test came to.
enum class Truth { no, yes, unknown };

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
  std::string text(const std::string& xpath, _xmlNode* node);
  // Whether `node` is among the nodes that `xpath` selects from `from`.
  bool selects(const std::string& xpath, _xmlNode* from, const _xmlNode* node);
  void set_variable(const Let& let, _xmlNode* node);
  void drop_variable(const Let& let);
  // What key(name, value) gives.
  void add_key(const std::string& name, const std::string& value, _xmlNode* node);

  const std::string& why() const { return why_; }
  // Whether the work on this document exceeded its bound.
  bool is_exhausted() const { return is_exhausted_; }

  struct Functions;  // those of XSLT; in evaluator.cpp

 private:
  _xmlXPathCompExpr* compiled(const std::string& xpath);
  void prepare(_xmlNode* node);

  struct Free {
    void operator()(_xmlXPathContext* context) const;
    void operator()(_xmlXPathCompExpr* expression) const;
  };
  std::shared_ptr<const Schema> schema_;
  std::shared_ptr<const Vocabulary> vocabulary_;
  std::unique_ptr<_xmlXPathContext, Free> context_;
  std::unordered_map<const std::string*, std::unique_ptr<_xmlXPathCompExpr, Free>> compiled_;
  // by name and value of a key; of this document
  std::map<std::pair<std::string, std::string>, std::vector<_xmlNode*>> keys_;
  _xmlNode* current_ = nullptr;
  std::string why_;
  bool is_exhausted_ = false;
};

}  // namespace bb::schematron
