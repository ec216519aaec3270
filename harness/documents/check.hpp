// harness/documents/check.hpp - one document, checked.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "harness/documents/finding.hpp"
#include "harness/documents/recognise.hpp"
#include "harness/documents/rules.hpp"
#include "harness/documents/source.hpp"

namespace bb::documents {

struct Kind;

// What came of one document.
struct DocumentReport {
  std::string name;  // as the user gave it; of a package "visit.zip!/CCDA.xml"
  std::size_t byte_count = 0;
  Recognition recognition;
  std::string judged_by;                       // what decided besides the rules: a version, a time; may be empty
  std::string vendor;                          // authoring device, else custodian
  std::vector<Finding> findings;               // by place
  Level least = Level::note;                   // weaker ones were not asked for
  std::vector<Unjudged> unjudged;              // assertions
  std::vector<std::string> missing;            // validators that could not be used
  std::map<std::string, std::size_t> ignored;  // by rule
  std::size_t dropped_count = 0;               // findings beyond findings_max
  std::string failure;                         // it could not be checked at all: why
  std::vector<SourceLine> source;              // its text, where that was asked for

  std::size_t count(Level level) const;
  // 0 nothing wrong, 1 an error, 3 it could not be judged; product.md.
  int exit_status() const;
};
inline constexpr std::size_t findings_max = 10'000;  // errors, and as many others: none goes for the other

struct CheckOptions {
  std::string as;  // a format that the document has to be; empty: any
  std::set<std::string> ignore;
};

// For one thread.
class DocumentChecker {
 public:
  DocumentChecker(std::shared_ptr<Rules> rules, CheckOptions options)
      : rules_(std::move(rules)), options_(std::move(options)) {}

  DocumentReport check(std::string name, std::string_view bytes);
  const Selection& selection() const { return rules_->selection(); }

 private:
  class Work;
  void check_kind(const Kind& kind, std::string_view bytes, DocumentReport& report);
  // Whether the document had to be something else, and what is said then.
  bool is_another(const Recognition& recognition) const;
  Finding another(const Recognition& recognition) const;
  // The finding of a document that no profile asked for is about.
  std::optional<Finding> unasked(const Recognition& recognition) const;
  schematron::Checker& checker_of(const std::shared_ptr<const RuleSet>& rules);

  std::shared_ptr<Rules> rules_;
  CheckOptions options_;
  std::map<const RuleSet*, std::unique_ptr<schematron::Checker>> checkers_;
};

}  // namespace bb::documents
