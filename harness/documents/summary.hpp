// harness/documents/summary.hpp - many documents as one table: how often each rule
// was broken, and by whose documents. It grows with rules and vendors alone.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <bb/core/value.hpp>
#include "harness/documents/check.hpp"

namespace bb::documents {

class Summary {
 public:
  struct Rule {
    std::string id;
    Level level = Level::note;  // the gravest of its findings
    std::size_t document_count = 0;
    std::size_t finding_count = 0;
    std::string message;  // of its first finding, shortened
  };
  struct Vendor {
    std::string name;  // empty: its documents do not say
    std::size_t document_count = 0;
    std::size_t faulty_count = 0;  // with an error
    std::size_t error_count = 0;
  };

  void add(const DocumentReport& report);

  std::size_t document_count() const { return document_count_; }
  std::size_t faulty_count() const { return faulty_count_; }      // with an error
  std::size_t unjudged_count() const { return unjudged_count_; }  // without one, and yet not valid
  std::vector<Rule> rules() const;                                // errors first, then by documents
  std::vector<Vendor> vendors() const;                            // most faulty documents first
  // Title and number of documents, the most frequent first.
  std::vector<std::pair<std::string, std::size_t>> formats() const;
  // That of the gravest document; an error goes before what could not be judged (product.md).
  int exit_status() const { return faulty_count_ > 0 ? 1 : unjudged_count_ > 0 ? 3 : 0; }

  // Tables for people, of at most 50 lines each.
  std::string render() const;
  // conformance/schemas/check-summary.schema.json.
  Value to_value() const;

 private:
  std::map<std::string, Rule> rules_;
  std::map<std::string, Vendor> vendors_;
  std::map<std::string, std::size_t> formats_;
  std::size_t document_count_ = 0;
  std::size_t faulty_count_ = 0;
  std::size_t unjudged_count_ = 0;
};

}  // namespace bb::documents
