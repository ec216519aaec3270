// harness/documents/sarif.hpp - findings for code review tools: SARIF 2.1.0 (OASIS,
// 2020-03-27), written as they come.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <bb/core/value.hpp>
#include "harness/documents/check.hpp"

namespace bb::documents {

class SarifWriter {
 public:
  // `write` gets the text of the log in pieces.
  SarifWriter(std::string program_version, std::function<void(std::string_view)> write);

  void add(const DocumentReport& report);
  // `is_complete`: every document was checked that should be.
  void finish(bool is_complete);

 private:
  std::size_t index_of(const Finding& finding);
  void add_notification(const DocumentReport& report, std::string_view level, const std::string& text);

  std::string program_version_;
  std::function<void(std::string_view)> write_;
  std::map<std::string, std::size_t> rule_numbers_;
  std::vector<Value> rules_;
  Value notifications_ = Value::array();
  std::size_t result_count_ = 0;
};

}  // namespace bb::documents
