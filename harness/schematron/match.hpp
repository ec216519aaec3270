// harness/schematron/match.hpp - the context of a rule: an XSLT pattern, taken
// apart so that rules can be found by name and template id.
//
// Source: XSLT 1.0, section 5.2. Not supported, and refused: id() and key() as
// the start of a pattern.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <bb/core/result.hpp>
#include "harness/schematron/schema.hpp"

namespace bb::schematron {

// "has a child cda:templateId with this root", and this extension if given.
struct TemplateTest {
  std::string root;
  std::optional<std::string> extension;
};

// "has an attribute of this name", in no namespace, with this value if given; or
// has it not.
struct AttributeTest {
  std::string name;
  std::optional<std::string> value;
  bool is_negated = false;
};

struct Step {
  enum class Kind { element, attribute, text, comment, instruction, any_node };
  Kind kind = Kind::element;
  std::string uri;   // empty: no namespace
  std::string name;  // empty: any name; of an instruction its target
  bool is_any_namespace = false;
  bool is_anywhere_below = false;  // "//" stands before it
  std::vector<TemplateTest> templates;
  std::vector<AttributeTest> attributes;
  std::vector<std::string> predicates;  // XPath; all others
  std::string text;                     // the whole step, an XPath from the parent
  // A predicate asks for a position, so that only the whole step can be judged.
  // One that happens to be a number is found when it is evaluated.
  bool is_positional = false;
};

// One alternative of a pattern.
struct Branch {
  bool is_absolute = false;  // its first step is a child of the document
  std::vector<Step> steps;   // none: the document itself
};

// The error says what of the pattern cannot be read.
Result<std::vector<Branch>> read_context(const Schema& schema, const std::string& context);

}  // namespace bb::schematron
