// harness/report/comparison_page.hpp - copies of a record side by side, for a terminal
// and as a page.
//
// A page needs nothing but itself; everything of a document in it is escaped.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/facts/compare.hpp"
#include "harness/report/report.hpp"

namespace bb::report {

// A table of facts by copy, with the line of each; under a fact what differs.
std::string render_comparison(const facts::Comparison& comparison, const std::vector<facts::Copy>& copies,
                              const ConsoleOptions& options);

std::string comparison_page(const facts::Comparison& comparison, const std::vector<facts::Copy>& copies,
                            std::string_view level, std::string_view program_version);

}  // namespace bb::report
