#include "harness/schematron/match.hpp"

#include <libxml/tree.h>

#include <algorithm>

#include <fmt/format.h>
#include <bb/core/text.hpp>

#include "harness/schematron/evaluator.hpp"
#include "harness/schematron/literal.hpp"

namespace bb::schematron {
namespace {

constexpr std::string_view hl7_namespace = "urn:hl7-org:v3";

// Where a stretch of XPath ends: the first of `ends` outside of texts and
// brackets, or its whole length.
std::size_t find_outside(std::string_view text, std::size_t begin, std::string_view ends) {
  char quote = 0;
  int depth = 0;
  for (std::size_t i = begin; i < text.size(); ++i) {
    const char c = text[i];
    if (quote != 0) {
      if (c == quote) quote = 0;
      continue;
    }
    if (depth == 0 && ends.find(c) != std::string_view::npos) return i;
    if (c == '"' || c == '\'') quote = c;
    if (c == '[' || c == '(') ++depth;
    if (c == ']' || c == ')') --depth;
  }
  return text.size();
}

// Reads the commonest conditions, which need no XPath then.
class ConditionReader {
 public:
  ConditionReader(const Schema& schema, std::string_view text) : schema_(schema), rest_(trim(text)) {}

  // @name, @name='x', not(@name), not(@name='x')
  std::optional<AttributeTest> attribute_test() {
    AttributeTest test;
    test.is_negated = take("not");
    if (test.is_negated && !take("(")) return std::nullopt;
    if (!take("@")) return std::nullopt;
    const auto end = std::min(rest_.find_first_of("=) "), rest_.size());
    test.name = std::string(rest_.substr(0, end));
    rest_ = trim(rest_.substr(end));
    if (xmlValidateNCName(reinterpret_cast<const xmlChar*>(test.name.c_str()), 0) != 0) return std::nullopt;
    if (rest_.starts_with('=')) {
      test.value = equal_text();
      if (!test.value) return std::nullopt;
    }
    if (test.is_negated && !take(")")) return std::nullopt;
    return rest_.empty() ? std::optional(std::move(test)) : std::nullopt;
  }

  // cda:templateId[@root='1.2' and @extension='x'], cda:templateId/@root='1.2'
  std::optional<TemplateTest> template_test() {
    const auto colon = rest_.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    const auto prefix = rest_.substr(0, colon);
    const bool is_hl7 = std::any_of(schema_.namespaces.begin(), schema_.namespaces.end(), [&](const auto& space) {
      return space.first == prefix && space.second == hl7_namespace;
    });
    rest_.remove_prefix(colon + 1);
    if (!is_hl7 || !take("templateId")) return std::nullopt;
    TemplateTest test;
    if (take("/")) {
      const auto root = equal_text("@root");
      if (!root || !rest_.empty()) return std::nullopt;
      test.root = *root;
      return test;
    }
    if (!take("[")) return std::nullopt;
    const auto root = equal_text("@root");
    if (!root) return std::nullopt;
    test.root = *root;
    if (take("and")) {
      test.extension = equal_text("@extension");
      if (!test.extension) return std::nullopt;
    }
    if (!take("]") || !rest_.empty()) return std::nullopt;
    return test;
  }

 private:
  bool take(std::string_view word) {
    if (!rest_.starts_with(word)) return false;
    rest_ = trim(rest_.substr(word.size()));
    return true;
  }

  // What follows `name` and "=".
  std::optional<std::string> equal_text(std::string_view name = {}) {
    if (!take(name) || !take("=")) return std::nullopt;
    auto value = take_literal(rest_);
    rest_ = trim(rest_);
    return value;
  }

  const Schema& schema_;
  std::string_view rest_;
};

class ContextReader {
 public:
  ContextReader(const Schema& schema, const std::string& context) : schema_(schema), context_(context) {}

  Result<std::vector<Branch>> read() {
    std::vector<Branch> branches;
    const std::string_view text = context_;
    for (std::size_t begin = 0; begin <= text.size();) {
      const auto end = find_outside(text, begin, "|");
      BB_TRY(auto branch, read_branch(trim(text.substr(begin, end - begin))));
      branches.push_back(std::move(branch));
      begin = end + 1;
    }
    return branches;
  }

 private:
  Error refuse(std::string_view what) const {
    return Error{fmt::format("the context '{}' is not a pattern of XSLT 1.0: {}", shorten(context_, 200), what)};
  }

  Result<Branch> read_branch(std::string_view text) {
    Branch branch;
    if (text == "/") return branch;
    if (text.empty()) return refuse("an alternative is empty");
    bool is_anywhere = false;
    if (text.starts_with("//")) {
      is_anywhere = true;
      text.remove_prefix(2);
    } else if (text.starts_with('/')) {
      branch.is_absolute = true;
      text.remove_prefix(1);
    }
    while (true) {
      const auto end = find_outside(text, 0, "/");
      BB_TRY(auto step, read_step(trim(text.substr(0, end))));
      step.is_anywhere_below = is_anywhere;
      branch.steps.push_back(std::move(step));
      if (end == text.size()) return branch;
      is_anywhere = text.substr(end).starts_with("//");
      text.remove_prefix(end + (is_anywhere ? 2 : 1));
    }
  }

  Result<Step> read_step(std::string_view text) {
    Step step;
    const auto test_end = find_outside(text, 0, "[");
    BB_CHECK(read_test(trim(text.substr(0, test_end)), step));
    for (std::size_t begin = test_end; begin < text.size();) {
      const auto end = find_outside(text, begin + 1, "]");
      if (text[begin] != '[' || end == text.size()) return refuse("a condition is never closed");
      const auto condition = trim(text.substr(begin + 1, end - begin - 1));
      if (auto test = ConditionReader(schema_, condition).template_test()) {
        step.templates.push_back(std::move(*test));
      } else if (auto attribute = ConditionReader(schema_, condition).attribute_test()) {
        step.attributes.push_back(std::move(*attribute));
      } else {
        step.predicates.emplace_back(condition);
        if (const auto mistake = find_mistake(step.predicates.back())) return refuse(*mistake);
        step.is_positional = step.is_positional || counts_positions(condition);
      }
      begin = end + 1;
      while (begin < text.size() && text[begin] == ' ') ++begin;
    }
    step.text = std::string(text);
    return step;
  }

  // position() or last(), or a name like it, which costs time alone.
  static bool counts_positions(std::string_view condition) {
    return condition.find("position") != std::string_view::npos || condition.find("last") != std::string_view::npos;
  }

  Status read_test(std::string_view test, Step& step) {
    if (test.starts_with("child::")) test.remove_prefix(7);
    if (test.starts_with("attribute::")) {
      step.kind = Step::Kind::attribute;
      test.remove_prefix(11);
    } else if (test.starts_with('@')) {
      step.kind = Step::Kind::attribute;
      test.remove_prefix(1);
    }
    if (test.find("::") != std::string_view::npos) return refuse("only the axes child and attribute may be used");
    if (test.find('(') != std::string_view::npos) return read_kind(test, step);
    if (test == "." || test == ".." || test.empty()) return refuse("a step must be a name or a kind of node");
    if (test == "*") {
      step.is_any_namespace = true;
      return {};
    }
    if (const auto colon = test.find(':'); colon != std::string_view::npos) {
      const auto prefix = test.substr(0, colon);
      const auto found = std::find_if(schema_.namespaces.begin(), schema_.namespaces.end(),
                                      [&](const auto& space) { return space.first == prefix; });
      if (found == schema_.namespaces.end()) return refuse(fmt::format("the prefix '{}' is not declared", prefix));
      step.uri = found->second;
      test.remove_prefix(colon + 1);
    }
    if (test == "*") return {};
    step.name = std::string(test);
    if (xmlValidateNCName(reinterpret_cast<const xmlChar*>(step.name.c_str()), 0) != 0)
      return refuse(fmt::format("'{}' is not a name", step.name));
    return {};
  }

  Status read_kind(std::string_view test, Step& step) {
    if (test == "text()")
      step.kind = Step::Kind::text;
    else if (test == "comment()")
      step.kind = Step::Kind::comment;
    else if (test == "node()")
      step.kind = step.kind == Step::Kind::attribute ? step.kind : Step::Kind::any_node;
    else if (test.starts_with("processing-instruction(") && test.ends_with(')'))
      return read_instruction(trim(test.substr(23, test.size() - 24)), step);
    else
      return refuse("a step must be a name or a kind of node; id() and key() cannot begin a context here");
    step.is_any_namespace = true;
    return {};
  }

  Status read_instruction(std::string_view target, Step& step) {
    step.kind = Step::Kind::instruction;
    step.is_any_namespace = true;
    if (target.empty()) return {};
    if (target.size() < 2 || (target[0] != '\'' && target[0] != '"') || target.back() != target[0])
      return refuse("the target of a processing instruction must be a text");
    step.name = std::string(target.substr(1, target.size() - 2));
    return {};
  }

  const Schema& schema_;
  const std::string& context_;
};

}  // namespace

Result<std::vector<Branch>> read_context(const Schema& schema, const std::string& context) {
  return ContextReader(schema, context).read();
}

}  // namespace bb::schematron
