// harness/schematron/checker.hpp - runs the rules of a schema over documents.
//
// Rules are found by the name and template ids of a node, so what cannot match
// is never evaluated. Of each pattern the first rule whose context matches a
// node fires, as ISO/IEC 19757-3 6.5 has it.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <bb/core/result.hpp>
#include <bb/xml/document.hpp>
#include "harness/schematron/schema.hpp"
#include "harness/schematron/vocabulary.hpp"

struct _xmlNode;

namespace bb::schematron {

// An assertion that did not hold, or a report that did.
struct Finding {
  const Pattern* pattern = nullptr;  // of the schema
  const Rule* rule = nullptr;
  const Assertion* assertion = nullptr;
  const _xmlNode* node = nullptr;  // of the document
  std::string text;                // the message, white space collapsed
  // Of the diagnostics that it names: id and text.
  std::vector<std::pair<std::string, std::string>> diagnostics;
};

// A rule that was evaluated at a node.
struct FiredRule {
  const Pattern* pattern = nullptr;
  const Rule* rule = nullptr;
  const _xmlNode* node = nullptr;
};

// An assertion that could not be judged, and why; counted. Where it is not
// known whether a rule's context matches a node, none of its assertions are
// judged there, and no later rule of its pattern fires.
struct Unjudged {
  const Pattern* pattern = nullptr;
  const Assertion* assertion = nullptr;
  std::string why;
  std::size_t count = 0;
};

struct Report {
  std::vector<Finding> findings;    // in document order, then schema order
  std::vector<Unjudged> unjudged;   // in schema order
  std::vector<FiredRule> fired;     // in document order, then schema order
  std::size_t evaluated_count = 0;  // assertions
};

// A schema and phase made ready: shared by all threads.
class Ruleset {
 public:
  // The error says which phases there are.
  static Result<std::shared_ptr<const Ruleset>> create(std::shared_ptr<const Schema> schema,
                                                       std::shared_ptr<const Vocabulary> vocabulary,
                                                       const std::string& phase);
  // With the patterns of `phase`, which may be one that the schema has not.
  static Result<std::shared_ptr<const Ruleset>> create(std::shared_ptr<const Schema> schema,
                                                       std::shared_ptr<const Vocabulary> vocabulary, Phase phase);
  ~Ruleset();
  const Schema& schema() const { return *schema_; }
  const Phase& phase() const { return phase_; }

 private:
  friend class Checker;
  struct Index;
  Ruleset() = default;
  std::shared_ptr<const Schema> schema_;
  std::shared_ptr<const Vocabulary> vocabulary_;
  Phase phase_;
  std::unique_ptr<Index> index_;
};

// For one thread.
class Checker {
 public:
  explicit Checker(std::shared_ptr<const Ruleset> ruleset);
  ~Checker();
  // `steps_max` bounds the work, in steps of XPath: a plain document of 30 MB
  // needs some hundred million. The error is a document that exceeds it, or
  // fails in more than 100,000 places.
  Result<Report> check(const xml::Document& document, unsigned long steps_max = 5'000'000'000);

 private:
  class Walk;
  struct Parts;
  std::shared_ptr<const Ruleset> ruleset_;
  std::unique_ptr<Parts> parts_;
};

}  // namespace bb::schematron
