// harness/schematron/plain_xpath.hpp - the plain part of XPath 1.0, judged on the
// tree itself.
//
// Most of what rules ask is whether a child or an attribute is there, how often,
// and with what value. libxml2 makes and frees sets of nodes and texts for it;
// here none are made. What is not plain is not read: the evaluator gives it to
// libxml2 (evaluator.hpp). Both must agree: tests/schematron/plain_xpath_test.cpp.
#pragma once

#include <libxml/tree.h>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/schematron/schema.hpp"
#include "harness/schematron/vocabulary.hpp"

namespace bb::schematron {

struct PlainExpression;

struct PlainStep {
  enum class Axis { child, attribute, parent, self };
  Axis axis = Axis::child;
  std::optional<std::size_t> name;   // of PlainXPath's names; none: any
  std::optional<std::size_t> space;  // of its namespaces; none: no namespace, or any where the name is any
  std::vector<PlainExpression> predicates;
};

// Its first step alone may go to a parent or stay, so that no node is met twice.
struct PlainPath {
  bool is_absolute = false;
  std::vector<PlainStep> steps;
};

struct PlainExpression {
  enum class Kind {
    // A set of nodes: those of its paths. As a truth: there is one.
    nodes,
    // True or false.
    any_of,
    all_of,
    none_of,
    has_text,     // its part is not empty
    has_equal,    // a node's text, or the first part, is the last part
    has_other,    // it is another
    has_code,     // a node's text is one of the codes
    has_count,    // of nodes
    contains,     // the first part the second
    starts_with,  // the first part with the second
    called,       // what a function of the schema says of its parts
    // A text.
    literal,
    first,  // that of the first of its nodes
    joined,
    normalized,
    name,  // of the context node
  };
  enum class Relation { equal, other, less, at_most, more, at_least };

  Kind kind = Kind::nodes;
  std::vector<PlainPath> paths = {};
  std::vector<PlainExpression> parts = {};
  std::string text = {};                // of a literal
  Relation relation = Relation::equal;  // of a count, to the number
  std::size_t number = 0;
  const std::vector<_xmlNode*>* codes = nullptr;  // of the vocabulary
  const Function* function = nullptr;             // of the schema
};

// For one thread. Expressions are those that it read.
class PlainXPath {
 public:
  PlainXPath(std::shared_ptr<const Schema> schema, std::shared_ptr<const Vocabulary> vocabulary)
      : schema_(std::move(schema)), vocabulary_(std::move(vocabulary)) {}

  // Nothing where it is not plain, or no XPath. What is read is true or false, or
  // a set of nodes; never a number, which stands for a position in a condition.
  std::optional<PlainExpression> read(const std::string& xpath);

  // All below is about this document, until the next. Its names have to be in its
  // dictionary, as those of a parsed one are. Every node that is looked at is a
  // step, counted in `steps`; at `steps_max` no more are looked at.
  void begin(const xmlDoc* document, unsigned long& steps, unsigned long steps_max);
  bool holds(const PlainExpression& expression, const xmlNode* node);
  // The text of each node of an expression that is a set of nodes; a node may come
  // twice where it is found by two of its paths.
  template <class Visit>
  void for_each_text(const PlainExpression& expression, const xmlNode* node, Visit visit) {
    for (const auto& path : expression.paths)
      any(path, node, [&](const xmlNode* found) {
        std::string kept;
        visit(text_of(found, kept));
        return false;
      });
  }

 private:
  class Reader;

  // A name, and where the document at hand has it.
  struct Name {
    std::string name;
    const xmlChar* of_document = nullptr;
  };
  // A namespace, and where it was seen last.
  struct Space {
    std::string uri;
    const xmlNs* seen = nullptr;
  };

  std::size_t index_of_name(std::string_view name);
  void find_in_document(Name& name);
  std::size_t index_of_space(std::string_view uri);
  bool is_in(const xmlNs* space, std::size_t index);
  bool is_met(const PlainStep& step, const xmlNode* node);
  template <class Visit>
  bool any(const PlainPath& path, const xmlNode* from, const Visit& visit);
  template <class Visit>
  bool any(const std::vector<PlainStep>& steps, std::size_t at, const xmlNode* from, const Visit& visit);
  bool has_node(const PlainExpression& expression, const xmlNode* node);
  bool has_text(const PlainExpression& expression, const xmlNode* node);
  bool has_equal(const PlainExpression& expression, const xmlNode* node, bool is_equal_wanted);
  bool has_code(const PlainExpression& expression, const xmlNode* node);
  bool has_count(const PlainExpression& expression, const xmlNode* node);
  bool is_called_true(const PlainExpression& expression, const xmlNode* node);
  // Of an expression that is a text; it is in the document, the expression or `kept`.
  std::string_view text_of(const PlainExpression& expression, const xmlNode* node, std::string& kept);
  static std::string_view text_of(const xmlNode* node, std::string& kept);

  std::shared_ptr<const Schema> schema_;
  std::shared_ptr<const Vocabulary> vocabulary_;
  std::vector<Name> names_;
  std::vector<Space> spaces_;
  const xmlDoc* document_ = nullptr;
  unsigned long no_steps_ = 0;
  unsigned long* steps_ = &no_steps_;
  unsigned long steps_max_ = 0;
};

template <class Visit>
bool PlainXPath::any(const PlainPath& path, const xmlNode* from, const Visit& visit) {
  return any(path.steps, 0, path.is_absolute ? reinterpret_cast<const xmlNode*>(document_) : from, visit);
}

// Whether `visit` says so of a node; it is asked in document order.
template <class Visit>
bool PlainXPath::any(const std::vector<PlainStep>& steps, std::size_t at, const xmlNode* from, const Visit& visit) {
  if (at == steps.size()) return visit(from);
  const auto& step = steps[at];
  const auto goes_on = [&](const xmlNode* node) { return is_met(step, node) && any(steps, at + 1, node, visit); };
  const bool is_element = from->type == XML_ELEMENT_NODE;
  switch (step.axis) {
    case PlainStep::Axis::self:
      return goes_on(from);
    case PlainStep::Axis::parent:
      return from->parent != nullptr && goes_on(from->parent);
    case PlainStep::Axis::attribute:
      for (const xmlAttr* a = is_element ? from->properties : nullptr; a != nullptr; a = a->next)
        if (goes_on(reinterpret_cast<const xmlNode*>(a))) return true;
      return false;
    case PlainStep::Axis::child:
      const bool has_children = is_element || from->type == XML_DOCUMENT_NODE;
      for (const xmlNode* child = has_children ? from->children : nullptr; child != nullptr; child = child->next)
        if (child->type == XML_ELEMENT_NODE && goes_on(child)) return true;
      return false;
  }
  return false;
}

}  // namespace bb::schematron
