// harness/cli/report_option.hpp - `--report FORMAT=PATH`, and what a report may
// not replace. Told before the work: nobody wants to hear after an hour that a
// report has no place.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <bb/core/result.hpp>

namespace bb::cli {

struct ReportOption {
  std::string format;  // one of the formats asked for
  std::filesystem::path file;
};

// The error says what is wrong with the format or the place; the write itself may
// still fail.
Result<ReportOption> read_report_option(const std::string& text, const std::vector<std::string>& formats);

// Also through links; what is not there yet is compared by its name.
bool is_same_file(const std::filesystem::path& one, const std::filesystem::path& other);

// Two reports are never one file.
Status check_distinct(const std::vector<std::filesystem::path>& reports);

}  // namespace bb::cli
