// harness/cli/check_reports.hpp - the files that `check --report` writes.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <bb/core/result.hpp>
#include "harness/documents/check.hpp"
#include "harness/documents/inputs.hpp"
#include "harness/documents/summary.hpp"

namespace bb::cli {

// One file of one format.
class CheckReport {
 public:
  virtual ~CheckReport() = default;
  virtual void add(const documents::DocumentReport& report) = 0;
  // Puts the file in its place.
  virtual Status finish(const documents::Summary& summary, bool is_complete) = 0;
};

class CheckReports {
 public:
  // Of every "FORMAT=PATH". The error: an unknown format, a place that cannot be
  // written, one file for two reports or for a report and a document.
  static Result<CheckReports> create(const std::vector<std::string>& options,
                                     const std::vector<documents::Input>& inputs);

  bool needs_source() const { return needs_source_; }
  void add(const documents::DocumentReport& report);
  // The error is the first; the other files are there.
  Status finish(const documents::Summary& summary, bool is_complete);

 private:
  std::vector<std::unique_ptr<CheckReport>> reports_;
  bool needs_source_ = false;
};

}  // namespace bb::cli
