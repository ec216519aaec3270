#include "harness/schematron/checker.hpp"

#include <libxml/tree.h>

#include <algorithm>
#include <cstring>
#include <tuple>

#include <fmt/format.h>
#include <bb/core/text.hpp>
#include <bb/xml/nodes.hpp>

#include "harness/schematron/evaluator.hpp"
#include "harness/schematron/index.hpp"

namespace bb::schematron {
namespace {

constexpr const char* hl7_namespace = "urn:hl7-org:v3";
constexpr std::size_t finding_count_max = 100'000;

using xml::next_in_order;
using xml::view;

// Without looking for the end first: this is asked most of all.
bool equals(const xmlChar* text, const std::string& wanted) {
  return text != nullptr && std::strcmp(reinterpret_cast<const char*>(text), wanted.c_str()) == 0;
}

struct TemplateId {
  std::string_view root;
  std::string_view extension;
  bool has_extension = false;
};

std::string_view value_of(const xmlAttr* attribute) {
  return attribute->children == nullptr ? std::string_view{} : view(attribute->children->content);
}

void collect_templates(const xmlNode* element, std::vector<TemplateId>& templates) {
  for (const xmlNode* child = element->children; child != nullptr; child = child->next) {
    if (child->type != XML_ELEMENT_NODE || view(child->name) != "templateId") continue;
    if (child->ns == nullptr || view(child->ns->href) != hl7_namespace) continue;
    TemplateId id;
    for (const xmlAttr* a = child->properties; a != nullptr; a = a->next) {
      if (a->ns != nullptr) continue;
      if (view(a->name) == "root") id.root = value_of(a);
      if (view(a->name) == "extension") {
        id.extension = value_of(a);
        id.has_extension = true;
      }
    }
    templates.push_back(id);
  }
}

bool has_template(const std::vector<TemplateId>& templates, const TemplateTest& wanted) {
  return std::any_of(templates.begin(), templates.end(), [&](const TemplateId& id) {
    return id.root == wanted.root && (!wanted.extension || (id.has_extension && id.extension == *wanted.extension));
  });
}

// Whether it has the attribute, with the value if there is one.
bool has_attribute(const xmlNode* node, const AttributeTest& wanted) {
  if (node->type != XML_ELEMENT_NODE) return false;
  for (const xmlAttr* a = node->properties; a != nullptr; a = a->next)
    if (a->ns == nullptr && equals(a->name, wanted.name)) return !wanted.value || value_of(a) == *wanted.value;
  return false;
}

bool is_of_kind(const xmlNode* node, Step::Kind kind) {
  switch (kind) {
    case Step::Kind::element:
      return node->type == XML_ELEMENT_NODE;
    case Step::Kind::attribute:
      return node->type == XML_ATTRIBUTE_NODE;
    case Step::Kind::text:
      return node->type == XML_TEXT_NODE;
    case Step::Kind::comment:
      return node->type == XML_COMMENT_NODE;
    case Step::Kind::instruction:
      return node->type == XML_PI_NODE;
    case Step::Kind::any_node:
      return node->type != XML_ATTRIBUTE_NODE && node->type != XML_DOCUMENT_NODE;
  }
  return false;
}

bool has_name(const xmlNode* node, const Step& step) {
  if (step.name.empty() && step.is_any_namespace) return true;
  if (node->type == XML_PI_NODE) return equals(node->name, step.name);
  if (node->type != XML_ELEMENT_NODE && node->type != XML_ATTRIBUTE_NODE) return false;
  if (!step.name.empty() && !equals(node->name, step.name)) return false;
  const auto* space = node->type == XML_ATTRIBUTE_NODE ? reinterpret_cast<const xmlAttr*>(node)->ns : node->ns;
  return space == nullptr ? step.uri.empty() : equals(space->href, step.uri);
}

// What stands under a name. Names of one document are each stored once, so each
// is looked up once.
template <class T>
class ByName {
 public:
  using Table = std::unordered_map<std::string, T, Hash, std::equal_to<>>;
  explicit ByName(const Table& table) : table_(table) {}

  const T* find(const xmlChar* name) {
    const auto [slot, is_new] = seen_.try_emplace(name, nullptr);
    if (is_new)
      if (const auto found = table_.find(view(name)); found != table_.end()) slot->second = &found->second;
    return slot->second;
  }

 private:
  const Table& table_;
  std::unordered_map<const xmlChar*, const T*> seen_;
};

// A rule whose context matches a node, or may.
struct Match {
  RuleRef rule;
  std::string why;  // it is not known whether it does; empty where it does
};

}  // namespace

Ruleset::~Ruleset() = default;

Result<std::shared_ptr<const Ruleset>> Ruleset::create(std::shared_ptr<const Schema> schema,
                                                       std::shared_ptr<const Vocabulary> vocabulary,
                                                       const std::string& phase_id) {
  const auto phase = schema->phase(phase_id);
  if (!phase) {
    std::vector<std::string> known{"#ALL"};
    for (const auto& p : schema->phases) known.push_back(p.id);
    return Error{
        fmt::format("{}: there is no phase '{}'; phases there: {}", schema->name, phase_id, join(known, ", "))};
  }
  return create(std::move(schema), std::move(vocabulary), *phase);
}

Result<std::shared_ptr<const Ruleset>> Ruleset::create(std::shared_ptr<const Schema> schema,
                                                       std::shared_ptr<const Vocabulary> vocabulary, Phase phase) {
  std::shared_ptr<Ruleset> ruleset(new Ruleset);
  ruleset->schema_ = schema;
  ruleset->vocabulary_ = std::move(vocabulary);
  ruleset->phase_ = std::move(phase);
  ruleset->index_ = std::make_unique<Index>();
  auto& index = *ruleset->index_;
  for (const auto p : ruleset->phase_.patterns) {
    const auto& rules = schema->patterns[p].rules;
    for (std::size_t r = 0; r < rules.size(); ++r) {
      BB_TRY(auto branches, read_context(*schema, rules[r].context));
      for (auto& branch : branches) {
        index.candidates.push_back(std::make_unique<Candidate>(Candidate{{p, r}, std::move(branch)}));
        const auto* candidate = index.candidates.back().get();
        if (candidate->branch.steps.empty()) {
          index.of_document.push_back(candidate);
          continue;
        }
        const auto& last = candidate->branch.steps.back();
        index.has_attributes = index.has_attributes || last.kind == Step::Kind::attribute;
        index.has_leaves = index.has_leaves || (last.kind != Step::Kind::attribute && last.kind != Step::Kind::element);
        auto& entry = last.name.empty() ? index.any_name : index.by_name[last.name];
        auto& list = last.templates.empty() ? entry.others : entry.rooted[last.templates.front().root];
        list.push_back(candidate);
      }
    }
  }
  for (const auto& key : schema->keys) {
    BB_TRY(auto branches, read_context(*schema, key.match));
    for (auto& branch : branches) {
      const auto name = branch.steps.empty() ? std::string() : branch.steps.back().name;
      (name.empty() ? index.keys_of_any_name : index.keys_by_name[name]).push_back({&key, std::move(branch)});
    }
  }
  return std::shared_ptr<const Ruleset>(std::move(ruleset));
}

struct Checker::Parts {
  explicit Parts(const Ruleset& ruleset) : evaluator(ruleset.schema_, ruleset.vocabulary_) {}
  Evaluator evaluator;
};

Checker::Checker(std::shared_ptr<const Ruleset> ruleset)
    : ruleset_(std::move(ruleset)), parts_(std::make_unique<Parts>(*ruleset_)) {}
Checker::~Checker() = default;

// One pass over one document.
class Checker::Walk {
 public:
  Walk(const Ruleset& ruleset, Evaluator& evaluator, _xmlDoc* document)
      : schema_(*ruleset.schema_),
        phase_(ruleset.phase_),
        index_(*ruleset.index_),
        evaluator_(evaluator),
        document_(document),
        entries_(index_.by_name) {}

  Result<Report> run(unsigned long steps_max) {
    auto* top = reinterpret_cast<xmlNode*>(document_);
    evaluator_.begin(document_, steps_max);
    evaluator_.enter(globals_);
    add_keys();
    for (const auto* lets : {&schema_.lets, &phase_.lets})
      for (const auto& let : *lets) evaluator_.set_variable(let, top);
    for (const auto p : phase_.patterns) {
      if (schema_.patterns[p].lets.empty()) continue;
      evaluator_.enter(scopes_[p]);
      for (const auto& let : schema_.patterns[p].lets) evaluator_.set_variable(let, top);
      evaluator_.leave();
    }

    visit_candidates(top, index_.of_document);
    fire(top);
    for (xmlNode* node = top->children; node != nullptr; node = next_in_order(node, document_)) {
      visit(node);
      if (index_.has_attributes && node->type == XML_ELEMENT_NODE)
        for (xmlAttr* a = node->properties; a != nullptr; a = a->next) visit(reinterpret_cast<xmlNode*>(a));
      if (evaluator_.is_exhausted())
        return Error{fmt::format("the document takes more than {} steps to check by {}", steps_max, schema_.name)};
      if (report_.findings.size() > finding_count_max)
        return Error{fmt::format("more than {} assertions do not hold", finding_count_max)};
    }
    for (const auto& [key, count] : unjudged_) {
      const auto& [p, r, a, why] = key;
      report_.unjudged.push_back({&schema_.patterns[p], &schema_.patterns[p].rules[r].assertions[a], why, count});
    }
    return std::move(report_);
  }

 private:
  void add_keys() {
    if (schema_.keys.empty()) return;
    ByName<std::vector<KeyBranch>> by_name(index_.keys_by_name);
    const auto add = [&](xmlNode* node) {
      const auto* named = node->name == nullptr ? nullptr : by_name.find(node->name);
      if (named != nullptr) add_to_keys(*named, node);
      add_to_keys(index_.keys_of_any_name, node);
    };
    for (xmlNode* node = document_->children; node != nullptr; node = next_in_order(node, document_)) {
      add(node);
      if (node->type == XML_ELEMENT_NODE)
        for (xmlAttr* a = node->properties; a != nullptr; a = a->next) add(reinterpret_cast<xmlNode*>(a));
    }
  }

  // A key that has the node already takes it once.
  void add_to_keys(const std::vector<KeyBranch>& branches, xmlNode* node) {
    for (const auto& [key, branch] : branches) {
      why_unknown_.clear();
      const auto truth = matches(branch, node);
      if (truth == Truth::unknown) evaluator_.spoil_key(*key, why_unknown_);
      if (truth == Truth::yes) evaluator_.add_to_key(*key, node);
    }
  }

  void visit(xmlNode* node) {
    if (node->type != XML_ELEMENT_NODE && node->type != XML_ATTRIBUTE_NODE && !index_.has_leaves) return;
    if (node->name != nullptr)
      if (const auto* entry = entries_.find(node->name)) visit_entry(node, *entry);
    visit_entry(node, index_.any_name);
    fire(node);
  }

  void visit_entry(xmlNode* node, const ByTemplate& entry) {
    visit_candidates(node, entry.others);
    if (entry.rooted.empty() || node->type != XML_ELEMENT_NODE) return;
    const auto templates = templates_of(node);  // a copy: matching looks at others too
    for (std::size_t i = 0; i < templates.size(); ++i) {
      const auto is_again = std::any_of(templates.begin(), templates.begin() + static_cast<std::ptrdiff_t>(i),
                                        [&](const TemplateId& id) { return id.root == templates[i].root; });
      if (is_again) continue;
      if (const auto found = entry.rooted.find(templates[i].root); found != entry.rooted.end())
        visit_candidates(node, found->second);
    }
  }

  // Keeps of each pattern the first rule that matches.
  void visit_candidates(xmlNode* node, const std::vector<const Candidate*>& candidates) {
    for (const auto* candidate : candidates) {
      const auto& rule = candidate->rule;
      const auto same = std::find_if(matches_.begin(), matches_.end(),
                                     [&](const Match& match) { return match.rule.pattern == rule.pattern; });
      if (same != matches_.end() && same->rule.rule < rule.rule) continue;
      if (same != matches_.end() && same->rule.rule == rule.rule && same->why.empty()) continue;
      why_unknown_.clear();
      const auto truth = matches(candidate->branch, node, rule.pattern);
      if (truth == Truth::no) continue;
      Match match{rule, truth == Truth::yes ? std::string() : why_unknown_};
      if (same != matches_.end())
        *same = std::move(match);
      else
        matches_.push_back(std::move(match));
    }
  }

  const std::vector<TemplateId>& templates_of(const xmlNode* element) {
    if (templates_of_ != element) {
      templates_.clear();
      collect_templates(element, templates_);
      templates_of_ = element;
    }
    return templates_;
  }

  Truth unknown() {
    if (why_unknown_.empty()) why_unknown_ = "the context: " + evaluator_.why();
    return Truth::unknown;
  }

  Truth matches_whole(const Step& step, xmlNode* node) {
    const auto truth = evaluator_.selects(step.text, node->parent, node);
    return truth == Truth::unknown ? unknown() : truth;
  }

  Truth matches_step(const Step& step, xmlNode* node) {
    if (!is_of_kind(node, step.kind) || !has_name(node, step)) return Truth::no;
    for (const auto& wanted : step.attributes)
      if (has_attribute(node, wanted) == wanted.is_negated) return Truth::no;
    for (const auto& wanted : step.templates)
      if (!has_template(templates_of(node), wanted)) return Truth::no;
    if (step.is_positional) return matches_whole(step, node);
    auto all = Truth::yes;
    for (const auto& predicate : step.predicates) {
      const auto truth = evaluator_.test_condition(predicate, node);
      if (!truth) return matches_whole(step, node);
      if (truth == Truth::no) return Truth::no;
      if (truth == Truth::unknown) all = unknown();
    }
    return all;
  }

  Truth matches_up_to(const Branch& branch, std::size_t count, xmlNode* node) {
    const auto& step = branch.steps[count - 1];
    const auto here = matches_step(step, node);
    if (here == Truth::no) return here;
    auto* parent = node->parent;
    if (count == 1) {
      const bool is_root = parent != nullptr && parent->type == XML_DOCUMENT_NODE;
      return !branch.is_absolute || is_root ? here : Truth::no;
    }
    auto above = Truth::no;
    for (; parent != nullptr && parent->type == XML_ELEMENT_NODE; parent = parent->parent) {
      const auto truth = matches_up_to(branch, count - 1, parent);
      if (truth == Truth::yes) return here;
      if (truth == Truth::unknown) above = truth;
      if (!step.is_anywhere_below) break;
    }
    return above;
  }

  Truth matches(const Branch& branch, xmlNode* node) {
    if (branch.steps.empty()) return node->type == XML_DOCUMENT_NODE ? Truth::yes : Truth::no;
    return matches_up_to(branch, branch.steps.size(), node);
  }

  // With the variables of a pattern.
  Truth matches(const Branch& branch, xmlNode* node, std::size_t pattern) {
    const bool has_variables = enter(pattern);
    const auto truth = matches(branch, node);
    if (has_variables) evaluator_.leave();
    return truth;
  }

  // Whether the pattern has variables; they can be seen until the next leave().
  bool enter(std::size_t pattern) {
    const auto scope = scopes_.find(pattern);
    if (scope != scopes_.end()) evaluator_.enter(scope->second);
    return scope != scopes_.end();
  }

  // Evaluates the rules that matched `node`.
  void fire(xmlNode* node) {
    if (matches_.empty()) return;
    std::sort(matches_.begin(), matches_.end(),
              [](const Match& a, const Match& b) { return a.rule.pattern < b.rule.pattern; });
    evaluator_.set_current(node);
    for (const auto& match : matches_) {
      if (match.why.empty())
        fire(match.rule, node);
      else
        pass_over(match);
    }
    matches_.clear();
    evaluator_.set_current(nullptr);
  }

  void pass_over(const Match& match) {
    const auto& assertions = schema_.patterns[match.rule.pattern].rules[match.rule.rule].assertions;
    for (std::size_t i = 0; i < assertions.size(); ++i)
      ++unjudged_[{match.rule.pattern, match.rule.rule, i, match.why}];
  }

  void fire(const RuleRef& ref, xmlNode* node) {
    const auto& pattern = schema_.patterns[ref.pattern];
    const auto& rule = pattern.rules[ref.rule];
    report_.fired.push_back({&pattern, &rule, node});
    const bool has_variables = enter(ref.pattern);
    Scope own;
    evaluator_.enter(own);
    for (const auto& let : rule.lets) evaluator_.set_variable(let, node);
    for (std::size_t i = 0; i < rule.assertions.size(); ++i) {
      const auto& assertion = rule.assertions[i];
      ++report_.evaluated_count;
      const auto truth = evaluator_.test(assertion.test, node);
      if (truth == Truth::unknown)
        ++unjudged_[{ref.pattern, ref.rule, i, evaluator_.why()}];
      else if ((truth == Truth::yes) == assertion.is_report)
        report_.findings.push_back(
            {&pattern, &rule, &assertion, node, message(assertion.message, node), told(assertion, node)});
    }
    evaluator_.leave();
    if (has_variables) evaluator_.leave();
  }

  // The diagnostics that an assertion names.
  std::vector<std::pair<std::string, std::string>> told(const Assertion& assertion, xmlNode* node) {
    std::vector<std::pair<std::string, std::string>> texts;
    for (const auto& id : assertion.diagnostics)
      if (const auto found = schema_.diagnostics.find(id); found != schema_.diagnostics.end())
        texts.emplace_back(id, message(found->second, node));
    return texts;
  }

  std::string message(const std::vector<MessagePart>& parts, xmlNode* node) {
    std::string text;
    for (const auto& part : parts)
      text += part.kind == MessagePart::Kind::text ? part.content : evaluator_.text(part.content, node);
    return collapse_whitespace(text);
  }

  const Schema& schema_;
  const Phase& phase_;
  const Ruleset::Index& index_;
  Evaluator& evaluator_;
  _xmlDoc* document_;
  Report report_;
  ByName<ByTemplate> entries_;
  Scope globals_;
  std::map<std::size_t, Scope> scopes_;  // by pattern, where it has variables
  std::vector<Match> matches_;           // of the node at hand, one a pattern
  std::string why_unknown_;              // of the match at hand
  std::map<std::tuple<std::size_t, std::size_t, std::size_t, std::string>, std::size_t> unjudged_;
  std::vector<TemplateId> templates_;
  const xmlNode* templates_of_ = nullptr;
};

Result<Report> Checker::check(const xml::Document& document, unsigned long steps_max) {
  return Walk(*ruleset_, parts_->evaluator, document.get()).run(steps_max);
}

}  // namespace bb::schematron
