#include "harness/suite/lint.hpp"

#include <algorithm>

#include <fmt/format.h>

#include <bb/core/text.hpp>
#include "harness/suite/lint_context.hpp"
#include "harness/suite/references.hpp"

namespace bb::suite {

void LintContext::error(std::string_view rule, const Place& place, const std::string& message,
                        const std::string& note) {
  diagnostics.push_back({Severity::error, place, fmt::format("{} [{}]", message, rule), note});
}

void LintContext::error(std::string_view rule, const Place& place, const std::string& message, const Note& note) {
  auto made = notes_made.find(rule);
  if (made == notes_made.end()) made = notes_made.emplace(rule, 0).first;
  error(rule, place, message, ++made->second <= diagnostics_shown_max ? note() : std::string());
}

void LintContext::warn(std::string_view rule, const Place& place, const std::string& message, const std::string& note) {
  const Severity severity = options.is_strict ? Severity::error : Severity::warning;
  diagnostics.push_back({severity, place, fmt::format("{} [{}]", message, rule), note});
}

Place value_place(const YamlNode* map, std::string_view key, const Place& otherwise) {
  const YamlNode* found = map ? map->find(key) : nullptr;
  return found ? found->place : otherwise;
}

Place key_place(const YamlNode* map, std::string_view key, const Place& otherwise) {
  if (!map) return otherwise;
  const auto found =
      std::find_if(map->members.begin(), map->members.end(), [&](const auto& m) { return m.key == key; });
  return found == map->members.end() ? otherwise : found->key_place;
}

Place item_place(const YamlNode* map, std::string_view key, std::string_view word, const Place& otherwise) {
  const YamlNode* found = map ? map->find(key) : nullptr;
  if (!found) return otherwise;
  for (const auto& item : found->items)
    if (item.text == word) return item.place;
  return found->place;
}

std::vector<std::string> known_capabilities(const Vocabulary& vocabulary) {
  std::vector<std::string> out;
  const auto add = [&](const std::string& capability) {
    if (!capability.empty() && std::find(out.begin(), out.end(), capability) == out.end()) out.push_back(capability);
  };
  for (const auto& verb : vocabulary.verbs) {
    add(verb.capability);
    add(verb.also);
  }
  for (const auto& event : vocabulary.events) add(event.capability);
  return out;
}

std::string capability_meant(std::string_view text) {
  const std::string lower = to_lower(text);
  if (!lower.starts_with("bb.") && !lower.starts_with("bb_")) return std::string(text);
  return lower.substr(3, lower.find('/') == std::string::npos ? std::string::npos : lower.find('/') - 3);
}

bool needs_capability(const Role& role, const std::string& capability) {
  return std::find(role.needs.begin(), role.needs.end(), capability) != role.needs.end();
}

bool wants_capability(const Role& role, const std::string& capability) {
  return std::find(role.wants.begin(), role.wants.end(), capability) != role.wants.end();
}

void for_each_step(const Test& test, const std::function<void(const Step&)>& visit) {
  for (const auto& step : test.steps) visit(step);
  for (const auto& step : test.cleanup) visit(step);
}

std::vector<std::string> verified_by(const Test& test) {
  std::vector<std::string> out = test.verifies;
  for (const auto& step : test.steps)
    for (const auto& claim : step.expect)
      for (const auto& id : claim.verifies)
        if (std::find(out.begin(), out.end(), id) == out.end()) out.push_back(id);
  return out;
}

bool LintContext::are_needs_known(std::size_t test) const { return !graph.is_open(test) && is_read("tests"); }

namespace {

// What declares names does not use them.
bool is_section_of_names(std::string_view key) {
  return key == "requirements" || key == "inputs" || key == "options" || key == "roles";
}

// Ids, names in references and addresses, and keys.
void add_words(const YamlNode& node, std::set<std::string, std::less<>>& into) {
  if (node.is_scalar()) {
    into.insert(node.text);
    for (const auto& part : split(node.text, '.')) into.insert(part);
    for (const auto& reference : find_references(node.text))
      for (const auto& name : reference.names) into.insert(name.name);
  }
  for (const auto& item : node.items) add_words(item, into);
  for (const auto& member : node.members) {
    into.insert(member.key);
    add_words(member.value, into);
  }
}

}  // namespace

std::vector<Diagnostic> lint_suite(const Suite& suite, const Vocabulary& vocabulary, const LintOptions& options) {
  std::vector<Diagnostic> diagnostics;
  const TestGraph graph(suite);
  LintContext context{suite, vocabulary, options, graph, diagnostics, {}};
  if (!suite.is_whole && suite.tree)
    for (const auto& member : suite.tree->members)
      if (member.value.is_map() && !is_section_of_names(member.key)) add_words(member.value, context.mentioned);
  lint_references(context);
  lint_requirements(context);
  lint_roles(context);
  lint_conditions(context);
  lint_locks(context);
  lint_catches(context);
  lint_titles(context);
  lint_claims(context);
  lint_levels(context);
  lint_sense(context);
  lint_ids(context);
  lint_needs(context);
  lint_unused(context);
  return diagnostics;
}

}  // namespace bb::suite
