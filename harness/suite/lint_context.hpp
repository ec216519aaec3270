// harness/suite/lint_context.hpp - what the lint rules share.
//
// Each group of rules is one function in a file of its own; the numbers are
// those of docs/reference/suite-lint.md.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "harness/suite/lint.hpp"
#include "harness/suite/model.hpp"
#include "harness/suite/test_graph.hpp"
#include "harness/suite/verbs.hpp"

namespace bb::suite {

struct LintContext {
  const Suite& suite;
  const Vocabulary& vocabulary;
  const LintOptions& options;
  const TestGraph& graph;
  std::vector<Diagnostic>& diagnostics;
  // What some reference or step uses: "input from", "saved view.page".
  std::set<std::string> used;
  std::map<std::string, std::size_t, std::less<>> notes_made = {};  // by rule
  // Every word that stands in the tests of a file with mistakes of shape.
  std::set<std::string, std::less<>> mentioned = {};

  void error(std::string_view rule, const Place& place, const std::string& message, const std::string& note = "");
  void warn(std::string_view rule, const Place& place, const std::string& message, const std::string& note = "");
  // Looks for the note only for as many mistakes of a rule as are shown: the
  // nearest of many names takes time, and a rule goes through a file from its
  // beginning.
  using Note = std::function<std::string()>;
  void error(std::string_view rule, const Place& place, const std::string& message, const Note& note);

  // Whether a word may be used or cited in what could not be read.
  bool is_mentioned(std::string_view word) const { return mentioned.contains(word); }
  // Whether a section of the suite was read whole: what is not in it is nowhere.
  bool is_read(std::string_view section) const { return !suite.unread.contains(section); }
  // Whether all that a test needs, directly or not, is known.
  bool are_needs_known(std::size_t test) const;
};

// The names of inputs, options, roles ... for notes.
template <class Items>
std::vector<std::string> names_of(const Items& items) {
  std::vector<std::string> names;
  for (const auto& item : items) names.push_back(item.name);
  return names;
}

// The place of a member's value or of its key; `otherwise` where there is none.
Place value_place(const YamlNode* map, std::string_view key, const Place& otherwise);
Place key_place(const YamlNode* map, std::string_view key, const Place& otherwise);
// The place of the one text `word` in a scalar or list member.
Place item_place(const YamlNode* map, std::string_view key, std::string_view word, const Place& otherwise);

// The capabilities the verbs and events of the vocabulary know.
std::vector<std::string> known_capabilities(const Vocabulary& vocabulary);
// The capability that somebody may mean by the name of its interface: "share" of
// "bb.share/1" and "BB_SHARE"; other texts as they are.
std::string capability_meant(std::string_view text);
bool needs_capability(const Role& role, const std::string& capability);
bool wants_capability(const Role& role, const std::string& capability);

// All steps of a test, the clean-up last.
void for_each_step(const Test& test, const std::function<void(const Step&)>& visit);

// Ids of the requirements that a test or its claims verify.
std::vector<std::string> verified_by(const Test& test);

void lint_references(LintContext& context);    // L01, L09
void lint_requirements(LintContext& context);  // L02
void lint_roles(LintContext& context);         // L03
void lint_conditions(LintContext& context);    // L04
void lint_locks(LintContext& context);         // L05
void lint_catches(LintContext& context);       // L06, L12
void lint_titles(LintContext& context);        // L08
void lint_claims(LintContext& context);        // L10, L11, L15
void lint_levels(LintContext& context);        // L16
void lint_sense(LintContext& context);         // L17
void lint_ids(LintContext& context);           // L12
void lint_unused(LintContext& context);        // L13; after all others
void lint_needs(LintContext& context);         // L14

}  // namespace bb::suite
