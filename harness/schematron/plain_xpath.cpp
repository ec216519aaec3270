#include "harness/schematron/plain_xpath.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include <bb/core/text.hpp>
#include <bb/xml/nodes.hpp>

#include "harness/schematron/literal.hpp"

namespace bb::schematron {
namespace {

using Kind = PlainExpression::Kind;
using xml::to_xml;
using xml::view;

constexpr std::size_t depth_max = 50;  // of brackets
constexpr std::string_view function_prefix = "bb";

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool has_words(std::string_view text) { return !std::all_of(text.begin(), text.end(), is_blank); }

bool is_name_start(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_name_part(char c) { return is_name_start(c) || (c >= '0' && c <= '9') || c == '-' || c == '.'; }

bool is_text(Kind kind) { return kind >= Kind::literal; }

// Whether there is a word below an element.
bool has_words_below(const xmlNode* top) {
  for (const xmlNode* node = top->children; node != nullptr; node = xml::next_in_order(node, top))
    if ((node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE) && has_words(view(node->content)))
      return true;
  return false;
}

}  // namespace

// Reads one expression. Nothing is said of what it does not know: libxml2 will.
class PlainXPath::Reader {
 public:
  Reader(PlainXPath& owner, std::string_view text) : owner_(owner), rest_(trim(text)) {}

  std::optional<PlainExpression> read() {
    auto whole = any_of();
    if (!whole || !rest_.empty() || is_text(whole->kind)) return std::nullopt;
    return whole;
  }

 private:
  using Read = std::optional<PlainExpression>;

  bool take(std::string_view token) {
    if (!rest_.starts_with(token)) return false;
    rest_ = trim(rest_.substr(token.size()));
    return true;
  }

  // A word, not the beginning of a longer one.
  bool take_word(std::string_view word) {
    return (rest_.size() <= word.size() || !is_name_part(rest_[word.size()])) && take(word);
  }

  std::string_view name_ahead() const {
    if (rest_.empty() || !is_name_start(rest_[0])) return {};
    const auto end = std::find_if_not(rest_.begin(), rest_.end(), is_name_part);
    return rest_.substr(0, static_cast<std::size_t>(end - rest_.begin()));
  }

  // The name and "(".
  bool take_call(std::string_view name) {
    return name_ahead() == name && rest_.substr(name.size()).starts_with('(') && take(name) && take("(");
  }

  static PlainExpression made(Kind kind, std::vector<PlainExpression> parts) {
    PlainExpression expression{.kind = kind};
    expression.parts = std::move(parts);
    return expression;
  }

  static PlainExpression as_truth(PlainExpression expression) {
    return is_text(expression.kind) ? made(Kind::has_text, {std::move(expression)}) : std::move(expression);
  }

  // A set of nodes is the text of its first; only one path gives them in order.
  static Read as_text(Read expression) {
    if (expression && expression->kind == Kind::nodes && expression->paths.size() == 1) expression->kind = Kind::first;
    return expression && is_text(expression->kind) ? std::move(expression) : std::nullopt;
  }

  Read any_of() { return series("or", Kind::any_of, &Reader::all_of); }
  Read all_of() { return series("and", Kind::all_of, &Reader::comparison); }

  Read series(std::string_view word, Kind kind, Read (Reader::*read_part)()) {
    auto first = (this->*read_part)();
    if (!first || !take_word(word)) return first;
    auto expression = made(kind, {});
    expression.parts.push_back(as_truth(*std::move(first)));
    do {
      auto next = (this->*read_part)();
      if (!next) return std::nullopt;
      expression.parts.push_back(as_truth(*std::move(next)));
    } while (take_word(word));
    return expression;
  }

  Read comparison() {
    auto left = operand();
    if (!left) return std::nullopt;
    const auto kind = take("=") ? Kind::has_equal : take("!=") ? Kind::has_other : Kind::nodes;
    if (kind == Kind::nodes) return left;
    if (left->kind == Kind::nodes && kind == Kind::has_equal && take("bb:codes(")) return codes(*std::move(left));
    auto right = operand();
    if (!right) return std::nullopt;
    if (left->kind == Kind::literal) std::swap(left, right);
    if (right->kind != Kind::literal) return std::nullopt;
    if (is_text(left->kind)) return made(kind, {*std::move(left), *std::move(right)});
    if (left->kind != Kind::nodes) return std::nullopt;
    left->kind = kind;
    left->parts.push_back(*std::move(right));
    return left;
  }

  // What follows "bb:codes(". One that is not there is for libxml2, that it is told.
  Read codes(PlainExpression left) {
    const auto file = literal();
    if (!file || !take(",")) return std::nullopt;
    const auto set = literal();
    if (!set || !take(")")) return std::nullopt;
    left.kind = Kind::has_code;
    left.codes = owner_.vocabulary_->codes(*file, *set);
    return left.codes == nullptr ? std::nullopt : Read(std::move(left));
  }

  std::optional<std::string> literal() {
    auto text = take_literal(rest_);
    rest_ = trim(rest_);
    return text;
  }

  Read operand() {
    if (depth_ == depth_max) return std::nullopt;
    ++depth_;
    auto read = operand_of_depth();
    --depth_;
    return read;
  }

  Read operand_of_depth() {
    if (auto text = literal()) {
      PlainExpression expression{.kind = Kind::literal};
      expression.text = *std::move(text);
      return expression;
    }
    if (take("(")) return closed(any_of());
    if (take_call("not")) {
      auto inner = closed(any_of());
      return inner ? Read(made(Kind::none_of, {as_truth(*std::move(inner))})) : std::nullopt;
    }
    if (take_call("count")) return count();
    if (take_call("contains")) return call(Kind::contains, 2, 2);
    if (take_call("starts-with")) return call(Kind::starts_with, 2, 2);
    if (take_call("concat")) return call(Kind::joined, 2, 100);
    if (take_call("normalize-space")) return call(Kind::normalized, 1, 1);
    if (take_call("local-name")) return call(Kind::name, 0, 0);
    if (name_ahead() == function_prefix && rest_.substr(function_prefix.size()).starts_with(':')) return function();
    return nodes();
  }

  Read closed(Read inner) { return inner && take(")") ? std::move(inner) : std::nullopt; }

  // What follows "count(": it is plain where it is compared with a whole number.
  Read count() {
    auto counted = closed(nodes());
    if (!counted || counted->paths.size() != 1) return std::nullopt;
    using Relation = PlainExpression::Relation;
    constexpr std::pair<std::string_view, Relation> relations[] = {
        {"=", Relation::equal},     {"!=", Relation::other}, {"<=", Relation::at_most},
        {">=", Relation::at_least}, {"<", Relation::less},   {">", Relation::more}};
    const auto relation =
        std::find_if(std::begin(relations), std::end(relations), [&](const auto& each) { return take(each.first); });
    if (relation == std::end(relations)) return std::nullopt;
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), counted->number);
    if (error != std::errc()) return std::nullopt;
    rest_ = trim(rest_.substr(static_cast<std::size_t>(end - rest_.data())));
    counted->kind = Kind::has_count;
    counted->relation = relation->second;
    return counted;
  }

  // The arguments, which are texts, and ")".
  Read call(Kind kind, std::size_t least, std::size_t most) {
    auto expression = made(kind, {});
    while (!take(")")) {
      if (!expression.parts.empty() && !take(",")) return std::nullopt;
      auto argument = as_text(any_of());
      if (!argument) return std::nullopt;
      expression.parts.push_back(*std::move(argument));
    }
    if (expression.parts.size() < least || expression.parts.size() > most) return std::nullopt;
    return expression;
  }

  Read function() {
    rest_.remove_prefix(function_prefix.size() + 1);
    const auto found = owner_.schema_->functions.find(name_ahead());
    if (found == owner_.schema_->functions.end() || !take_call(found->first)) return std::nullopt;
    auto expression = call(Kind::called, found->second.argument_count, found->second.argument_count);
    if (expression) expression->function = &found->second;
    return expression;
  }

  Read nodes() {
    PlainExpression expression{.kind = Kind::nodes};
    do {
      PlainPath path;
      if (!read_path(path)) return std::nullopt;
      expression.paths.push_back(std::move(path));
    } while (take("|"));
    return expression;
  }

  bool read_path(PlainPath& path) {
    if (rest_.starts_with("//")) return false;
    path.is_absolute = take("/");
    bool may_rise = !path.is_absolute;
    do {
      if (rest_.starts_with('/')) return false;  // "//"
      auto& step = path.steps.emplace_back();
      if (!read_step(step)) return false;
      const bool is_alone = step.axis == PlainStep::Axis::self || step.axis == PlainStep::Axis::parent;
      if (is_alone && !may_rise) return false;
      may_rise = is_alone;
    } while (take("/"));
    return true;
  }

  bool read_step(PlainStep& step) {
    if (take("..")) {
      step.axis = PlainStep::Axis::parent;
      return true;
    }
    if (take(".")) {
      step.axis = PlainStep::Axis::self;
      return true;
    }
    if (take("parent::")) {
      step.axis = PlainStep::Axis::parent;
      if (name_ahead().empty()) return false;
    } else if (take("@")) {
      step.axis = PlainStep::Axis::attribute;
    }
    if (!take("*") && !read_name(step)) return false;
    while (take("[")) {
      auto predicate = any_of();
      if (!predicate || !take("]")) return false;
      step.predicates.push_back(as_truth(*std::move(predicate)));
    }
    return true;
  }

  // NAME, PREFIX:NAME or PREFIX:*
  bool read_name(PlainStep& step) {
    auto name = name_ahead();
    if (name.empty()) return false;
    rest_.remove_prefix(name.size());
    if (rest_.starts_with("::")) return false;
    if (rest_.starts_with(':')) {
      const auto& spaces = owner_.schema_->namespaces;  // the last of a prefix counts
      const auto found =
          std::find_if(spaces.rbegin(), spaces.rend(), [&](const auto& space) { return space.first == name; });
      if (found == spaces.rend()) return false;
      step.space = owner_.index_of_space(found->second);
      rest_.remove_prefix(1);
      name = name_ahead();
      if (name.empty() && step.axis == PlainStep::Axis::child) return take("*");
      if (name.empty()) return false;
      rest_.remove_prefix(name.size());
    }
    rest_ = trim(rest_);
    if (rest_.starts_with('(')) return false;
    step.name = owner_.index_of_name(name);
    return true;
  }

  PlainXPath& owner_;
  std::string_view rest_;
  std::size_t depth_ = 0;
};

std::optional<PlainExpression> PlainXPath::read(const std::string& xpath) { return Reader(*this, xpath).read(); }

std::size_t PlainXPath::index_of_name(std::string_view name) {
  const auto found = std::find_if(names_.begin(), names_.end(), [&](const Name& each) { return each.name == name; });
  if (found != names_.end()) return static_cast<std::size_t>(found - names_.begin());
  names_.push_back({std::string(name), nullptr});
  find_in_document(names_.back());
  return names_.size() - 1;
}

std::size_t PlainXPath::index_of_space(std::string_view uri) {
  const auto found = std::find_if(spaces_.begin(), spaces_.end(), [&](const Space& each) { return each.uri == uri; });
  if (found != spaces_.end()) return static_cast<std::size_t>(found - spaces_.begin());
  spaces_.push_back({std::string(uri), nullptr});
  return spaces_.size() - 1;
}

void PlainXPath::find_in_document(Name& name) {
  if (document_ != nullptr)
    name.of_document = xmlDictExists(document_->dict, to_xml(name.name.c_str()), static_cast<int>(name.name.size()));
}

void PlainXPath::begin(const xmlDoc* document, unsigned long& steps, unsigned long steps_max) {
  document_ = document;
  steps_ = &steps;
  steps_max_ = steps_max;
  for (auto& name : names_) find_in_document(name);
  for (auto& space : spaces_) space.seen = nullptr;
}

bool PlainXPath::is_in(const xmlNs* space, std::size_t index) {
  if (space == nullptr) return false;
  auto& wanted = spaces_[index];
  if (space != wanted.seen && view(space->href) == wanted.uri) wanted.seen = space;
  return space == wanted.seen;
}

bool PlainXPath::is_met(const PlainStep& step, const xmlNode* node) {
  if (*steps_ >= steps_max_) return false;
  ++*steps_;
  if (step.name) {
    if (node->name != names_[*step.name].of_document) return false;
    if (node->type != XML_ELEMENT_NODE && node->type != XML_ATTRIBUTE_NODE) return false;
  }
  if (step.name || step.space) {
    const auto* space = node->type == XML_ATTRIBUTE_NODE ? reinterpret_cast<const xmlAttr*>(node)->ns : node->ns;
    if (step.space ? !is_in(space, *step.space) : space != nullptr) return false;
  }
  return std::all_of(step.predicates.begin(), step.predicates.end(),
                     [&](const PlainExpression& predicate) { return holds(predicate, node); });
}

bool PlainXPath::holds(const PlainExpression& expression, const xmlNode* node) {
  const auto& parts = expression.parts;
  const auto is_true = [&](const PlainExpression& part) { return holds(part, node); };
  std::string first;
  std::string second;
  switch (expression.kind) {
    case Kind::nodes:
      return has_node(expression, node);
    case Kind::any_of:
      return std::any_of(parts.begin(), parts.end(), is_true);
    case Kind::all_of:
      return std::all_of(parts.begin(), parts.end(), is_true);
    case Kind::none_of:
      return std::none_of(parts.begin(), parts.end(), is_true);
    case Kind::has_text:
      return has_text(parts[0], node);
    case Kind::has_equal:
      return has_equal(expression, node, true);
    case Kind::has_other:
      return has_equal(expression, node, false);
    case Kind::has_code:
      return has_code(expression, node);
    case Kind::has_count:
      return has_count(expression, node);
    case Kind::contains:
      return text_of(parts[0], node, first).find(text_of(parts[1], node, second)) != std::string_view::npos;
    case Kind::starts_with:
      return text_of(parts[0], node, first).starts_with(text_of(parts[1], node, second));
    case Kind::called:
      return is_called_true(expression, node);
    default:
      return has_text(expression, node);
  }
}

bool PlainXPath::has_node(const PlainExpression& expression, const xmlNode* node) {
  return std::any_of(expression.paths.begin(), expression.paths.end(),
                     [&](const PlainPath& path) { return any(path, node, [](const xmlNode*) { return true; }); });
}

bool PlainXPath::has_text(const PlainExpression& expression, const xmlNode* node) {
  std::string kept;
  if (expression.kind != Kind::normalized) return !text_of(expression, node, kept).empty();
  const auto& inner = expression.parts[0];
  if (inner.kind != Kind::first) return has_words(text_of(inner, node, kept));
  bool is_there = false;  // not made a text, which can be that of a whole section
  any(inner.paths[0], node, [&](const xmlNode* found) {
    is_there = found->type == XML_ELEMENT_NODE ? has_words_below(found) : has_words(text_of(found, kept));
    return true;
  });
  return is_there;
}

bool PlainXPath::has_equal(const PlainExpression& expression, const xmlNode* node, bool is_equal_wanted) {
  const auto& wanted = expression.parts.back().text;
  std::string kept;
  if (expression.paths.empty()) return (text_of(expression.parts[0], node, kept) == wanted) == is_equal_wanted;
  const auto is_so = [&](const xmlNode* found) { return (text_of(found, kept) == wanted) == is_equal_wanted; };
  return std::any_of(expression.paths.begin(), expression.paths.end(),
                     [&](const PlainPath& path) { return any(path, node, is_so); });
}

bool PlainXPath::has_code(const PlainExpression& expression, const xmlNode* node) {
  std::string kept;
  std::string kept_code;
  const auto is_code = [&](const xmlNode* found) {
    const auto text = text_of(found, kept);
    return std::any_of(expression.codes->begin(), expression.codes->end(),
                       [&](const xmlNode* code) { return text_of(code, kept_code) == text; });
  };
  return std::any_of(expression.paths.begin(), expression.paths.end(),
                     [&](const PlainPath& path) { return any(path, node, is_code); });
}

bool PlainXPath::has_count(const PlainExpression& expression, const xmlNode* node) {
  const auto number = expression.number;
  std::size_t count = 0;  // one more than the number decides
  any(expression.paths[0], node, [&](const xmlNode*) { return ++count > number; });
  switch (expression.relation) {
    case PlainExpression::Relation::equal:
      return count == number;
    case PlainExpression::Relation::other:
      return count != number;
    case PlainExpression::Relation::less:
      return count < number;
    case PlainExpression::Relation::at_most:
      return count <= number;
    case PlainExpression::Relation::more:
      return count > number;
    case PlainExpression::Relation::at_least:
      return count >= number;
  }
  return false;
}

bool PlainXPath::is_called_true(const PlainExpression& expression, const xmlNode* node) {
  std::vector<std::string> arguments;
  for (const auto& part : expression.parts) {
    std::string kept;
    arguments.emplace_back(text_of(part, node, kept));
  }
  return expression.function->test(arguments);
}

std::string_view PlainXPath::text_of(const PlainExpression& expression, const xmlNode* node, std::string& kept) {
  switch (expression.kind) {
    case Kind::literal:
      return expression.text;
    case Kind::name:
      return node->type == XML_ELEMENT_NODE || node->type == XML_ATTRIBUTE_NODE || node->type == XML_PI_NODE
                 ? view(node->name)
                 : std::string_view{};
    case Kind::joined: {
      std::string text;
      for (const auto& part : expression.parts) text += text_of(part, node, kept);
      kept = std::move(text);
      return kept;
    }
    case Kind::normalized: {
      std::string text;
      for (const char c : text_of(expression.parts[0], node, kept)) {
        if (!is_blank(c))
          text += c;
        else if (!text.empty() && text.back() != ' ')
          text += ' ';
      }
      if (text.ends_with(' ')) text.pop_back();
      kept = std::move(text);
      return kept;
    }
    default: {
      std::string_view text;
      any(expression.paths[0], node, [&](const xmlNode* found) {
        text = text_of(found, kept);
        return true;
      });
      return text;
    }
  }
}

std::string_view PlainXPath::text_of(const xmlNode* node, std::string& kept) {
  if (node->type == XML_ATTRIBUTE_NODE && (node->children == nullptr || node->children->next == nullptr))
    return node->children == nullptr ? std::string_view{} : view(node->children->content);
  xmlChar* content = xmlNodeGetContent(node);
  kept = view(content);
  xmlFree(content);
  return kept;
}

}  // namespace bb::schematron
