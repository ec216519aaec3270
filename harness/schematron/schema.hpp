// harness/schematron/schema.hpp - an ISO Schematron schema, read and flattened.
//
// What is flattened: abstract patterns are instantiated, `extends` is replaced
// by what it names, abstract rules are gone. Expressions stay text: they are
// compiled when a rule first matches (evaluator.hpp). Immutable once read;
// share it between threads.
// Source: ISO/IEC 19757-3:2006, clauses 5 and 6; XPath 1.0 as query language.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <bb/core/result.hpp>

namespace bb::schematron {

// A variable: evaluated at the rule's context node, or at the document.
struct Let {
  std::string name;
  std::string value;  // XPath
  int line = 0;
};

// A piece of a message for people.
struct MessagePart {
  enum class Kind { text, value };
  Kind kind = Kind::text;
  std::string content;  // the text, or an XPath whose value it is
};

struct Assertion {
  std::string id;  // may be empty
  bool is_report = false;
  std::string test;     // XPath
  std::string written;  // the test as it stands in the schema, parameters replaced
  std::vector<MessagePart> message;
  std::vector<std::string> diagnostics;  // ids
  std::string role;
  std::string flag;
  int line = 0;
};

struct Rule {
  std::string id;
  std::string context;  // XSLT pattern
  std::string role;
  std::string flag;
  std::vector<Let> lets;
  std::vector<Assertion> assertions;
  int line = 0;
};

struct Pattern {
  std::string id;
  std::string title;
  std::vector<Let> lets;
  std::vector<Rule> rules;
};

struct Phase {
  std::string id;
  std::vector<Let> lets;
  std::vector<std::size_t> patterns;  // indexes, in schema order
};

// A key of XSLT: nodes found by a value.
struct Key {
  std::string name;
  std::string match;  // XSLT pattern
  std::string use;    // XPath
  int line = 0;
};

// A check that XPath has no words for. Expressions call it as bb:NAME(...); an
// argument that is a node-set is the text of its first node.
struct Function {
  std::size_t argument_count = 1;
  std::function<bool(const std::vector<std::string>& arguments)> test;
};

// Names of value sets by the file that holds them.
using ValueSetNames = std::map<std::string, std::set<std::string>>;

struct Schema {
  std::string name;  // of the file, for messages
  std::string title;
  std::vector<std::pair<std::string, std::string>> namespaces;  // prefix, URI
  std::vector<Let> lets;
  std::vector<Phase> phases;
  std::vector<Pattern> patterns;
  std::vector<Key> keys;
  std::map<std::string, std::vector<MessagePart>> diagnostics;
  std::string default_phase;
  // What is odd and does no harm, a line each: a phase that names a pattern
  // which is not there, as published schemas do.
  std::vector<std::string> notes;

  // Value sets that expressions look up in a vocabulary file, as
  // document('FILE')/p:systems/p:system[@valueSetOid='SET']/p:code/@value. In the
  // expressions they stand as bb:codes('FILE', 'SET').
  ValueSetNames value_sets;
  // Further functions, by name; those of what made the schema.
  std::map<std::string, Function, std::less<>> functions;
  // Other documents that expressions load by name.
  std::set<std::string> documents;

  // The phase of that name; "#ALL" is every pattern. Nothing where there is none.
  std::optional<Phase> phase(std::string_view id) const;
};

// Bytes of a file beside the schema, by the name or system id it is asked by.
using FileResolver = std::function<std::optional<std::string>(const std::string& name)>;

// Reads a schema. The error names file, line and what is wrong; it lists every
// expression that is not XPath 1.0.
Result<std::shared_ptr<const Schema>> read_schema(const std::string& name, std::string_view text,
                                                  const FileResolver& resolve);

}  // namespace bb::schematron
