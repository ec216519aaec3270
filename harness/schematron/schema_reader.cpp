#include <libxml/tree.h>

#include <algorithm>
#include <cctype>

#include <fmt/format.h>
#include <bb/core/text.hpp>
#include <bb/xml/document.hpp>
#include <bb/xml/nodes.hpp>

#include "harness/schematron/entities.hpp"
#include "harness/schematron/evaluator.hpp"
#include "harness/schematron/match.hpp"
#include "harness/schematron/schema.hpp"

namespace bb::schematron {
namespace {

constexpr std::string_view iso_namespace = "http://purl.oclc.org/dsdl/schematron";
constexpr std::string_view old_namespace = "http://www.ascc.net/xml/schematron";
constexpr std::string_view xslt_namespace = "http://www.w3.org/1999/XSL/Transform";
constexpr int extends_depth_max = 32;
constexpr std::size_t assertion_count_max = 200'000;

using xml::view;

bool is_in(const xmlNode* node, std::string_view uri) {
  return node->type == XML_ELEMENT_NODE && node->ns != nullptr && view(node->ns->href) == uri;
}

bool is_schematron(const xmlNode* node) { return is_in(node, iso_namespace) || is_in(node, old_namespace); }

bool is_named(const xmlNode* node, std::string_view name) { return is_schematron(node) && view(node->name) == name; }

std::string attribute(const xmlNode* node, const char* name) {
  xmlChar* found = xmlGetNoNsProp(const_cast<xmlNode*>(node), reinterpret_cast<const xmlChar*>(name));
  std::string value(view(found));
  xmlFree(found);
  return value;
}

template <class Visit>
void for_each_child(const xmlNode* node, Visit visit) {
  for (const xmlNode* child = node->children; child != nullptr; child = child->next)
    if (child->type == XML_ELEMENT_NODE) visit(child);
}

// Parameters of an abstract pattern: "$name" in an expression is replaced, once
// and as a whole name: "$codes" is not "$code" with an s.
using Parameters = std::map<std::string, std::string, std::less<>>;

bool is_name_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_' || c == '.' || (c & 0x80) != 0;
}

std::string substitute(std::string_view text, const Parameters& parameters) {
  std::string replaced;
  while (true) {
    const auto begin = text.find('$');
    replaced += text.substr(0, begin);
    if (begin == std::string_view::npos) return replaced;
    text.remove_prefix(begin + 1);
    const auto* end = std::find_if_not(text.begin(), text.end(), is_name_character);
    const auto name = text.substr(0, static_cast<std::size_t>(end - text.begin()));
    const auto found = parameters.find(name);
    replaced += found == parameters.end() ? "$" + std::string(name) : found->second;
    text.remove_prefix(name.size());
  }
}

class SchemaReader {
 public:
  explicit SchemaReader(const std::string& name) : schema_(std::make_shared<Schema>()) { schema_->name = name; }

  Result<std::shared_ptr<const Schema>> read(const xmlNode* root) {
    if (root == nullptr || !is_named(root, "schema"))
      return Error{fmt::format("{}: the root element is '{}', expected 'schema' in {}", schema_->name,
                               root == nullptr ? "" : view(root->name), iso_namespace)};
    for_each_child(root, [&](const xmlNode* node) { collect_rules(node); });
    for_each_child(root, [&](const xmlNode* node) { read_part(node); });
    schema_->default_phase = attribute(root, "defaultPhase");
    for (const auto& [node, id] : pending_phases_) read_phase(node, id);
    find_mistakes();
    if (!mistakes_.empty()) return Error{join(mistakes_, "\n")};
    return std::shared_ptr<const Schema>(schema_);
  }

 private:
  std::string place(const xmlNode* node) const { return fmt::format("{}:{}", schema_->name, line_of(node)); }

  static int line_of(const xmlNode* node) { return static_cast<int>(xmlGetLineNo(const_cast<xmlNode*>(node))); }

  void refuse(const xmlNode* node, std::string_view what) {
    mistakes_.push_back(fmt::format("{}: {}", place(node), what));
  }

  // Abstract rules and patterns may stand after what uses them.
  void collect_rules(const xmlNode* node) {
    if (is_named(node, "pattern") && attribute(node, "abstract") == "true")
      abstract_patterns_.emplace(attribute(node, "id"), node);
    if (is_named(node, "rule") && attribute(node, "abstract") == "true")
      abstract_rules_.emplace(attribute(node, "id"), node);
    if (is_named(node, "include"))
      refuse(node, fmt::format("'include' of '{}' is not supported: put the file in its place first",
                               attribute(node, "href")));
    for_each_child(node, [&](const xmlNode* child) { collect_rules(child); });
  }

  void read_part(const xmlNode* node) {
    if (is_in(node, xslt_namespace) && view(node->name) == "key")
      schema_->keys.push_back(
          {attribute(node, "name"), attribute(node, "match"), expression(attribute(node, "use"), {}), line_of(node)});
    if (!is_schematron(node)) return;
    const auto name = view(node->name);
    if (name == "ns") {
      schema_->namespaces.emplace_back(attribute(node, "prefix"), attribute(node, "uri"));
    } else if (name == "title") {
      schema_->title = text_of(node);
    } else if (name == "let") {
      schema_->lets.push_back(read_let(node, {}));
    } else if (name == "phase") {
      pending_phases_.emplace_back(node, attribute(node, "id"));
    } else if (name == "pattern") {
      if (attribute(node, "abstract") != "true") read_pattern(node);
    } else if (name == "diagnostics") {
      for_each_child(node, [&](const xmlNode* child) {
        if (!is_named(child, "diagnostic")) return;
        schema_->diagnostics[attribute(child, "id")] = read_message(child, {});
        diagnostic_lines_[attribute(child, "id")] = line_of(child);
      });
    }
  }

  std::string expression(const std::string& text, const Parameters& parameters) {
    return replace_value_sets(substitute(text, parameters), *schema_);
  }

  Let read_let(const xmlNode* node, const Parameters& parameters) {
    Let let{attribute(node, "name"), expression(attribute(node, "value"), parameters), line_of(node)};
    if (let.name.empty() || let.value.empty()) refuse(node, "a 'let' needs 'name' and 'value'");
    return let;
  }

  std::string text_of(const xmlNode* node) {
    xmlChar* content = xmlNodeGetContent(node);
    std::string text = collapse_whitespace(view(content));
    xmlFree(content);
    return text;
  }

  void append_message(const xmlNode* node, const Parameters& parameters, std::vector<MessagePart>& parts) {
    for (const xmlNode* child = node->children; child != nullptr; child = child->next) {
      if (child->type == XML_TEXT_NODE) {
        parts.push_back({MessagePart::Kind::text, std::string(view(child->content))});
      } else if (is_named(child, "value-of")) {
        parts.push_back({MessagePart::Kind::value, expression(attribute(child, "select"), parameters)});
      } else if (is_named(child, "name")) {
        parts.push_back(
            {MessagePart::Kind::value, expression(fmt::format("name({})", attribute(child, "path")), parameters)});
      } else if (child->type == XML_ELEMENT_NODE) {
        append_message(child, parameters, parts);  // emph, dir, span and what others add
      }
    }
  }

  std::vector<MessagePart> read_message(const xmlNode* node, const Parameters& parameters) {
    std::vector<MessagePart> parts;
    append_message(node, parameters, parts);
    return parts;
  }

  Assertion read_assertion(const xmlNode* node, const Parameters& parameters) {
    Assertion assertion;
    assertion.id = attribute(node, "id");
    assertion.is_report = view(node->name) == "report";
    assertion.written = substitute(attribute(node, "test"), parameters);
    assertion.test = replace_value_sets(assertion.written, *schema_);
    assertion.message = read_message(node, parameters);
    for (auto& id : split(collapse_whitespace(attribute(node, "diagnostics")), ' '))
      if (!id.empty()) assertion.diagnostics.push_back(std::move(id));
    assertion.role = attribute(node, "role");
    assertion.flag = attribute(node, "flag");
    assertion.line = line_of(node);
    if (assertion.test.empty()) refuse(node, "an assertion without 'test'");
    if (++assertion_count_ == assertion_count_max + 1)
      refuse(node, fmt::format("more than {} assertions", assertion_count_max));
    return assertion;
  }

  // The content of a rule, with what it extends in its place.
  void read_rule_content(const xmlNode* node, const Parameters& parameters, int depth, Rule& rule) {
    if (assertion_count_ > assertion_count_max) return;
    for_each_child(node, [&](const xmlNode* child) {
      if (is_named(child, "let")) {
        rule.lets.push_back(read_let(child, parameters));
      } else if (is_named(child, "assert") || is_named(child, "report")) {
        rule.assertions.push_back(read_assertion(child, parameters));
      } else if (is_named(child, "key")) {
        schema_->keys.push_back(
            {attribute(child, "name"), rule.context, expression(attribute(child, "path"), parameters), line_of(child)});
      } else if (is_named(child, "extends")) {
        const auto id = attribute(child, "rule");
        const auto found = abstract_rules_.find(id);
        if (found == abstract_rules_.end())
          refuse(child, fmt::format("extends '{}', and there is no abstract rule of that id", id));
        else if (depth == extends_depth_max)
          refuse(child, "rules extend each other without end");
        else
          read_rule_content(found->second, parameters, depth + 1, rule);
      }
    });
  }

  void read_rules(const xmlNode* node, const Parameters& parameters, Pattern& pattern) {
    for_each_child(node, [&](const xmlNode* child) {
      if (is_named(child, "let")) pattern.lets.push_back(read_let(child, parameters));
      if (is_named(child, "title")) pattern.title = text_of(child);
      if (!is_named(child, "rule") || attribute(child, "abstract") == "true") return;
      Rule rule;
      rule.id = attribute(child, "id");
      rule.context = substitute(attribute(child, "context"), parameters);
      rule.role = attribute(child, "role");
      rule.flag = attribute(child, "flag");
      rule.line = line_of(child);
      if (rule.context.empty()) refuse(child, "a rule without 'context' that is not abstract");
      read_rule_content(child, parameters, 0, rule);
      pattern.rules.push_back(std::move(rule));
    });
  }

  void read_pattern(const xmlNode* node) {
    Pattern pattern;
    pattern.id = attribute(node, "id");
    if (xmlHasProp(const_cast<xmlNode*>(node), reinterpret_cast<const xmlChar*>("documents")) != nullptr)
      refuse(node, "'documents' is not supported: rules are about the document at hand");
    pattern.title = attribute(node, "name");  // Schematron 1.5
    if (const auto parent = attribute(node, "is-a"); !parent.empty()) {
      const auto found = abstract_patterns_.find(parent);
      if (found == abstract_patterns_.end())
        return refuse(node, fmt::format("is-a '{}', and there is no abstract pattern of that id", parent));
      Parameters parameters;
      for_each_child(node, [&](const xmlNode* child) {
        if (is_named(child, "param")) parameters.emplace(attribute(child, "name"), attribute(child, "value"));
      });
      read_rules(found->second, parameters, pattern);
    } else {
      read_rules(node, {}, pattern);
    }
    schema_->patterns.push_back(std::move(pattern));
  }

  void read_phase(const xmlNode* node, const std::string& id) {
    Phase phase;
    phase.id = id;
    std::set<std::size_t> active;
    for_each_child(node, [&](const xmlNode* child) {
      if (is_named(child, "let")) phase.lets.push_back(read_let(child, {}));
      if (!is_named(child, "active")) return;
      const auto wanted = attribute(child, "pattern");
      bool is_found = false;
      for (std::size_t i = 0; i < schema_->patterns.size(); ++i)
        if (schema_->patterns[i].id == wanted) is_found = active.insert(i).second || true;
      if (!is_found)
        schema_->notes.push_back(place(child) +
                                 fmt::format(": phase '{}' names the pattern '{}', and there is none", id, wanted));
    });
    phase.patterns.assign(active.begin(), active.end());
    schema_->phases.push_back(std::move(phase));
  }

  void check_expression(int line, std::string_view what, const std::string& text) {
    if (text.empty()) return;
    if (const auto mistake = find_mistake(text))
      mistakes_.push_back(fmt::format("{}:{}: the {} '{}' is not XPath 1.0: {}", schema_->name, line, what,
                                      shorten(text, 200), *mistake));
  }

  void check_context(int line, const std::string& context) {
    if (const auto branches = read_context(*schema_, context); !branches)
      mistakes_.push_back(fmt::format("{}:{}: {}", schema_->name, line, branches.error().what));
  }

  void check_lets(const std::vector<Let>& lets) {
    for (const auto& let : lets) check_expression(let.line, "value", let.value);
  }

  void check_message(int line, const std::vector<MessagePart>& message) {
    for (const auto& part : message)
      if (part.kind != MessagePart::Kind::text) check_expression(line, "select", part.content);
  }

  void find_mistakes() {
    check_lets(schema_->lets);
    for (const auto& phase : schema_->phases) check_lets(phase.lets);
    for (const auto& key : schema_->keys) {
      check_context(key.line, key.match);
      check_expression(key.line, "use", key.use);
    }
    for (const auto& [id, message] : schema_->diagnostics) check_message(diagnostic_lines_[id], message);
    for (const auto& pattern : schema_->patterns) {
      check_lets(pattern.lets);
      for (const auto& rule : pattern.rules) {
        check_context(rule.line, rule.context);
        check_lets(rule.lets);
        for (const auto& assertion : rule.assertions) {
          check_expression(assertion.line, "test", assertion.test);
          check_message(assertion.line, assertion.message);
        }
      }
    }
  }

  std::shared_ptr<Schema> schema_;
  std::map<std::string, const xmlNode*> abstract_rules_;
  std::map<std::string, const xmlNode*> abstract_patterns_;
  std::vector<std::pair<const xmlNode*, std::string>> pending_phases_;
  std::map<std::string, int> diagnostic_lines_;
  std::vector<std::string> mistakes_;
  std::size_t assertion_count_ = 0;
};

}  // namespace

std::optional<Phase> Schema::phase(std::string_view id) const {
  if (id == "#DEFAULT") id = default_phase;
  if (id.empty() || id == "#ALL") {
    Phase all{.id = "#ALL", .lets = {}, .patterns = {}};
    for (std::size_t i = 0; i < patterns.size(); ++i) all.patterns.push_back(i);
    return all;
  }
  for (const auto& phase : phases)
    if (phase.id == id) return phase;
  return std::nullopt;
}

Result<std::shared_ptr<const Schema>> read_schema(const std::string& name, std::string_view text,
                                                  const FileResolver& resolve) {
  BB_TRY(const auto expanded, expand_entities(name, text, resolve));
  const auto document = xml::read(expanded);
  if (const auto* problem = std::get_if<xml::Problem>(&document))
    return Error{fmt::format("{}:{}:{}: {}", name, problem->line, problem->column, problem->what)};
  return SchemaReader(name).read(std::get<xml::Document>(document).root());
}

}  // namespace bb::schematron
