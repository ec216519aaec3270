// harness/checks/scope.hpp - what $references mean.
//
// A scope is one object: inputs by name at the top ($from, $patient.facts),
// `options`, `target`, `run`, `each`, the address of a role with an inbox
// ($inbox.address), and what tests saved, under their instance's path
// ($view.page, $group.test.name, $download[ccda-2.1].file).
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <bb/core/result.hpp>
#include <bb/core/value.hpp>

namespace bb::checks {

// Content that was saved, with what is needed to read it again. In a scope it
// is an object {"$document": true, "media_type", "filename", "body"}; used
// where text is wanted, it is its body.
struct Document {
  std::string media_type;
  std::string filename;
  std::string body;
};
Value make_document(Document document);
// The document that a value holds, or nullopt.
std::optional<Document> as_document(const Value& value);

// A reference that was parsed: "$download[ccda-2.1].file" is
// {"download[ccda-2.1]", "file"}. A name begins with a letter and goes on with
// letters, digits, "_" and "-"; a name of digits alone is an index.
struct Reference {
  std::vector<std::string> path;
  std::string text;  // as written, without the "$"
};

// Splits "$a.b[c].d"; the error says what is wrong with it.
Result<Reference> parse_reference(std::string_view text);

// Whether a text is one whole reference: "$name.path". A JSONPath ("$.a",
// "$[0]") and a price ("$5") are none.
bool is_reference(std::string_view text);
// The references of a text, whole ("$a.b") or inside ("... ${a.b} ...").
Result<std::vector<Reference>> references_in(std::string_view text);

class Scope {
 public:
  explicit Scope(Value root) : root_(std::move(root)) {}

  // What a test saved: becomes $test.name. `test` is an instance's name.
  void save(std::string_view test, std::string_view name, Value value);
  void set(std::string_view name, Value value);  // a root member
  // The longest known member names win, so "group.test" may hold a dot. null
  // when nothing stands there, also for a JSON null.
  const Value* find(const Reference& reference) const;
  // Replaces references in a value, at every depth: a text that is one whole
  // reference becomes the value itself, "${…}" becomes text (a list is joined
  // by ", "). The error names the reference that nothing stands behind.
  Result<Value> resolve(const Value& value) const;
  // A text with each "${…}" in it replaced by its value, written by `write`.
  using Write = std::function<std::string(std::string_view)>;
  Result<std::string> fill(std::string_view text, const Write& write) const;
  // What stands behind a reference as it is put into a text.
  Result<std::string> text(const Reference& reference) const;
  const Value& root() const { return root_; }

 private:
  Value root_;
};

}  // namespace bb::checks
