// harness/cli/record_page.hpp - a record as a page for a terminal.
//
// Each fact stands behind the line of the document that states it. Nothing of
// the document reaches the terminal but printable text.
#pragma once

#include <string>

#include <bb/records/record.hpp>
#include "harness/report/report.hpp"

namespace bb::cli {

// `name` heads the page: where the record came from.
std::string record_page(const std::string& name, const records::Record& record, const report::ConsoleOptions& options);

}  // namespace bb::cli
