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
};

// An assertion that could not be judged, and why; counted.
struct Unjudged {
  const Assertion* assertion = nullptr;
  std::string why;
  std::size_t count = 0;
};

struct Report {
  std::vector<Finding> findings;   // in document order, then schema order
  std::vector<Unjudged> unjudged;  // in schema order
  std::size_t fired_rule_count = 0;
  std::size_t evaluated_count = 0;  // assertions
};

// A schema and phase made ready: shared by all threads.
class Ruleset {
 public:
  // The error says which phases there are.
  static Result<std::shared_ptr<const Ruleset>> create(std::shared_ptr<const Schema> schema,
                                                       std::shared_ptr<const Vocabulary> vocabulary,
                                                       const std::string& phase);
  ~Ruleset();
  const Schema& schema() const { return *schema_; }

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
  // The error is a document whose check would take too long.
  Result<Report> check(const xml::Document& document);

 private:
  class Walk;
  struct Parts;
  std::shared_ptr<const Ruleset> ruleset_;
  std::unique_ptr<Parts> parts_;
};

}  // namespace bb::schematron
