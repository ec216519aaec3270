#include "harness/schematron/checker.hpp"

#include <libxml/tree.h>

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <bb/core/text.hpp>

#include "harness/schematron/evaluator.hpp"
#include "harness/schematron/index.hpp"

namespace bb::schematron {
namespace {

constexpr const char* hl7_namespace = "urn:hl7-org:v3";
// Of one document. A plain document of 30 MB needs some hundred million.
constexpr unsigned long steps_max = 20'000'000'000;
constexpr std::size_t finding_count_max = 100'000;

std::string_view view(const xmlChar* text) {
  return text == nullptr ? std::string_view{} : std::string_view{reinterpret_cast<const char*>(text)};
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

bool is_of_kind(const xmlNode* node, Step::Kind kind) {
  switch (kind) {
    case Step::Kind::element:
      return node->type == XML_ELEMENT_NODE;
    case Step::Kind::attribute:
      return node->type == XML_ATTRIBUTE_NODE;
    case Step::Kind::text:
      return node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE;
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
  if (node->type != XML_ELEMENT_NODE && node->type != XML_ATTRIBUTE_NODE) return false;
  if (!step.name.empty() && view(node->name) != step.name) return false;
  const auto* space = node->type == XML_ATTRIBUTE_NODE ? reinterpret_cast<const xmlAttr*>(node)->ns : node->ns;
  return space == nullptr ? step.uri.empty() : view(space->href) == step.uri;
}

// The node after `node` in document order.
xmlNode* next_in_order(xmlNode* node) {
  if (node->type == XML_ELEMENT_NODE && node->children != nullptr) return node->children;
  while (node != nullptr && node->next == nullptr) node = node->type == XML_DOCUMENT_NODE ? nullptr : node->parent;
  return node == nullptr ? nullptr : node->next;
}

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
  std::shared_ptr<Ruleset> ruleset(new Ruleset);
  ruleset->schema_ = schema;
  ruleset->vocabulary_ = std::move(vocabulary);
  ruleset->phase_ = *phase;
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
        document_(document) {}

  Result<Report> run() {
    auto* top = reinterpret_cast<xmlNode*>(document_);
    evaluator_.begin(document_, steps_max);
    add_keys();
    for (const auto* lets : {&schema_.lets, &phase_.lets})
      for (const auto& let : *lets) evaluator_.set_variable(let, top);
    for (const auto p : phase_.patterns)
      for (const auto& let : schema_.patterns[p].lets) evaluator_.set_variable(let, top);

    visit_candidates(top, index_.of_document);
    fire(top);
    for (xmlNode* node = top->children; node != nullptr; node = next_in_order(node)) {
      visit(node);
      if (index_.has_attributes && node->type == XML_ELEMENT_NODE)
        for (xmlAttr* a = node->properties; a != nullptr; a = a->next) visit(reinterpret_cast<xmlNode*>(a));
      if (evaluator_.is_exhausted()) return Error{"the document is too costly to check by these rules"};
      if (report_.findings.size() > finding_count_max)
        return Error{fmt::format("more than {} assertions do not hold", finding_count_max)};
    }
    for (auto& [key, count] : unjudged_) report_.unjudged.push_back({key.first, key.second, count});
    return std::move(report_);
  }

 private:
  void add_keys() {
    for (const auto& key : schema_.keys) {
      const auto branches = read_context(schema_, key.match);
      if (!branches) continue;  // said when the schema was read
      for (xmlNode* node = document_->children; node != nullptr; node = next_in_order(node)) {
        templates_of_ = nullptr;
        if (std::none_of(branches->begin(), branches->end(), [&](const Branch& b) { return matches(b, node); }))
          continue;
        evaluator_.add_key(key.name, evaluator_.text(key.use, node), node);
      }
    }
  }

  void visit(xmlNode* node) {
    if (node->type != XML_ELEMENT_NODE && node->type != XML_ATTRIBUTE_NODE && !index_.has_leaves) return;
    if (node->name != nullptr)
      if (const auto* entry = entry_of(node->name)) visit_entry(node, *entry);
    visit_entry(node, index_.any_name);
    fire(node);
  }

  // Names of one document are each stored once, so they are looked up once.
  const ByTemplate* entry_of(const xmlChar* name) {
    const auto [slot, is_new] = entries_.emplace(name, nullptr);
    if (is_new)
      if (const auto found = index_.by_name.find(view(name)); found != index_.by_name.end())
        slot->second = &found->second;
    return slot->second;
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

  void visit_candidates(xmlNode* node, const std::vector<const Candidate*>& candidates) {
    for (const auto* candidate : candidates) {
      const auto same = std::find_if(fired_.begin(), fired_.end(),
                                     [&](const RuleRef& ref) { return ref.pattern == candidate->rule.pattern; });
      if (same != fired_.end() && same->rule <= candidate->rule.rule) continue;
      if (!matches(candidate->branch, node)) continue;
      if (same != fired_.end())
        same->rule = candidate->rule.rule;
      else
        fired_.push_back(candidate->rule);
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

  bool matches_step(const Step& step, xmlNode* node) {
    if (!is_of_kind(node, step.kind) || !has_name(node, step)) return false;
    for (const auto& wanted : step.templates)
      if (!has_template(templates_of(node), wanted)) return false;
    if (!step.positional.empty()) return evaluator_.selects(step.positional, node->parent, node);
    return std::all_of(step.predicates.begin(), step.predicates.end(),
                       [&](const std::string& predicate) { return evaluator_.test(predicate, node) == Truth::yes; });
  }

  bool matches_up_to(const Branch& branch, std::size_t count, xmlNode* node) {
    if (!matches_step(branch.steps[count - 1], node)) return false;
    const bool is_anywhere = branch.steps[count - 1].is_anywhere_below;
    auto* parent = node->parent;
    if (count == 1) return !branch.is_absolute || (parent != nullptr && parent->type == XML_DOCUMENT_NODE);
    for (; parent != nullptr && parent->type == XML_ELEMENT_NODE; parent = parent->parent) {
      if (matches_up_to(branch, count - 1, parent)) return true;
      if (!is_anywhere) return false;
    }
    return false;
  }

  bool matches(const Branch& branch, xmlNode* node) {
    if (branch.steps.empty()) return node->type == XML_DOCUMENT_NODE;
    return matches_up_to(branch, branch.steps.size(), node);
  }

  // Evaluates the rules that matched `node`.
  void fire(xmlNode* node) {
    if (fired_.empty()) return;
    std::sort(fired_.begin(), fired_.end(), [](const RuleRef& a, const RuleRef& b) { return a.pattern < b.pattern; });
    evaluator_.set_current(node);
    for (const auto& ref : fired_)
      fire(schema_.patterns[ref.pattern], schema_.patterns[ref.pattern].rules[ref.rule], node);
    report_.fired_rule_count += fired_.size();
    fired_.clear();
  }

  void fire(const Pattern& pattern, const Rule& rule, xmlNode* node) {
    for (const auto& let : rule.lets) evaluator_.set_variable(let, node);
    for (const auto& assertion : rule.assertions) {
      ++report_.evaluated_count;
      const auto truth = evaluator_.test(assertion.test, node);
      if (truth == Truth::unknown)
        ++unjudged_[{&assertion, evaluator_.why()}];
      else if ((truth == Truth::yes) == assertion.is_report)
        report_.findings.push_back({&pattern, &rule, &assertion, node, message(assertion.message, node)});
    }
    for (const auto& let : rule.lets) evaluator_.drop_variable(let);
  }

  std::string message(const std::vector<MessagePart>& parts, xmlNode* node) {
    static const std::string own_name = "name()";
    std::string text;
    for (const auto& part : parts) {
      if (part.kind == MessagePart::Kind::text)
        text += part.content;
      else if (part.kind == MessagePart::Kind::value_of)
        text += evaluator_.text(part.content, node);
      else
        text += evaluator_.text(part.content.empty() ? own_name : part.content, node);
    }
    return collapse_whitespace(text);
  }

  const Schema& schema_;
  const Phase& phase_;
  const Ruleset::Index& index_;
  Evaluator& evaluator_;
  _xmlDoc* document_;
  Report report_;
  std::unordered_map<const xmlChar*, const ByTemplate*> entries_;
  std::vector<RuleRef> fired_;
  std::map<std::pair<const Assertion*, std::string>, std::size_t> unjudged_;
  std::vector<TemplateId> templates_;
  const xmlNode* templates_of_ = nullptr;
};

Result<Report> Checker::check(const xml::Document& document) {
  return Walk(*ruleset_, parts_->evaluator, document.get()).run();
}

}  // namespace bb::schematron
