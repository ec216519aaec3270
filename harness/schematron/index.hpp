// harness/schematron/index.hpp - finds the rules whose context may match a node.
#pragma once

#include <libxml/tree.h>

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "harness/schematron/checker.hpp"
#include "harness/schematron/match.hpp"

namespace bb::schematron {

// A rule as it stands in the phase: patterns in order, rules in order.
struct RuleRef {
  std::size_t pattern = 0;  // of the schema
  std::size_t rule = 0;     // of the pattern
};

// A branch of a rule's context; addresses are stable.
struct Candidate {
  RuleRef rule;
  Branch branch;
};

struct Hash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
};

// Candidates whose last step asks for a name: those that ask for a template
// too, by its root, and the others.
struct ByTemplate {
  std::unordered_map<std::string, std::vector<const Candidate*>, Hash, std::equal_to<>> rooted;
  std::vector<const Candidate*> others;
};

// A branch of what a key finds.
struct KeyBranch {
  const Key* key = nullptr;
  Branch branch;
};

struct Ruleset::Index {
  std::vector<std::unique_ptr<Candidate>> candidates;
  std::unordered_map<std::string, ByTemplate, Hash, std::equal_to<>> by_name;
  ByTemplate any_name;
  std::vector<const Candidate*> of_document;
  // By the name of their last step.
  std::unordered_map<std::string, std::vector<KeyBranch>, Hash, std::equal_to<>> keys_by_name;
  std::vector<KeyBranch> keys_of_any_name;
  bool has_attributes = false;  // some context is an attribute
  bool has_leaves = false;      // some context is a text, comment or instruction
};

}  // namespace bb::schematron
