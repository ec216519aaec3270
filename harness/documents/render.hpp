// harness/documents/render.hpp - what checks found, in the forms that people and
// tools read.
#pragma once

#include <string>
#include <vector>

#include <bb/core/result.hpp>
#include <bb/core/value.hpp>
#include "harness/documents/check.hpp"

namespace bb::documents {

// As compilers write it:
//   visit.xml:12:3: error: message [rule]
//     expected ..., found ...
//     hint: ...
// then what it is and how many findings there are.
std::string render_text(const DocumentReport& report);

// conformance/schemas/check.schema.json.
Value to_value(const DocumentReport& report);
// The report that to_value() gives this of. The error names what is missing or wrong.
Result<DocumentReport> from_value(const Value& value);

// SARIF 2.1.0 of all documents, for code review tools (OASIS, 2020-03-27).
Value to_sarif(const std::vector<DocumentReport>& reports, const std::string& program_version);

// How often each rule was broken, and in how many documents; the same by vendor.
class Summary {
 public:
  void add(const DocumentReport& report);
  std::string render() const;
  Value to_value() const;
  std::size_t document_count() const { return document_count_; }
  int exit_status() const { return exit_status_; }

 private:
  struct Count {
    std::size_t finding_count = 0;
    std::size_t document_count = 0;
    Level level = Level::note;
  };
  struct Vendor {
    std::size_t document_count = 0;
    std::size_t faulty_count = 0;  // with an error
    std::size_t error_count = 0;
  };
  std::map<std::string, Count> rules_;
  std::map<std::string, Vendor> vendors_;
  std::map<std::string, std::size_t> formats_;
  std::size_t document_count_ = 0;
  std::size_t faulty_count_ = 0;
  int exit_status_ = 0;
};

}  // namespace bb::documents
