// plugins/rest/mapped/template.hpp - texts of a mapping with {placeholders}, and what fills them.
//
// What is put in is encoded for where it goes: percent-encoded in paths and queries, as JSON in
// bodies. "{{" and "}}" stand for one brace.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <bb/core/result.hpp>
#include <bb/core/value.hpp>

namespace bb::rest {

// What placeholders stand for: one text, or a list of them.
class Bindings {
 public:
  Bindings& set(std::string_view name, std::string_view text);
  Bindings& set(std::string_view name, std::vector<std::string> list);
  // Empty where the name was not set.
  const std::vector<std::string>& of(std::string_view name) const;

 private:
  std::map<std::string, std::vector<std::string>, std::less<>> values_;
};

// The placeholders that may stand for more than one text; they stand alone in theirs.
bool is_list_placeholder(std::string_view name);

class Template {
 public:
  // The error names the placeholder that is none of `known`, a list among other text, a brace alone.
  static Result<Template> parse(std::string_view text, const std::set<std::string, std::less<>>& known);

  bool has_placeholders() const;
  // Adds their names.
  void collect(std::set<std::string, std::less<>>& names) const;

  std::string text(const Bindings& bindings) const;
  // With what is filled in percent-encoded; BB_E_INVALID_ARGUMENT for an empty part or one that would
  // lead elsewhere ("", ".", "..").
  std::string path(const Bindings& bindings) const;
  // One text for each of a list; none where there are placeholders and all of them are empty.
  std::vector<std::string> texts(const Bindings& bindings) const;

 private:
  struct Part {
    std::string text;  // or the placeholder's name
    bool is_placeholder = false;
  };
  std::vector<Part> parts_;
};

// The value with its texts filled in. A list becomes an array; a member whose text is left out (see
// Template::texts) is left out too. The value's texts have been parsed as templates before.
Value fill_json(const Value& body, const Bindings& bindings);

}  // namespace bb::rest
