// harness/coverage/render.hpp - a coverage as text, JSON, CSV and as a page.
#pragma once

#include <string>
#include <string_view>

#include <bb/core/value.hpp>
#include "harness/coverage/coverage.hpp"

namespace bb::coverage {

// Counts by catalogue, why rows are not tested, and what nothing accounts for.
// Where `filter` is not empty, each row whose id it matches with its tests,
// claims and faults instead ("VDT15-*").
std::string render_text(const Coverage& coverage, std::string_view filter, bool is_strict);

// Format "bluebridge-coverage/1", conformance/schemas/coverage.schema.json.
Value to_value(const Coverage& coverage, const Sources& sources, std::string_view program_version);

// A catalogue (docs/reference/suite-format.md), with columns `x-…` of what was found.
std::string render_csv(const Coverage& coverage);

// One page that needs nothing but itself.
std::string render_page(const Coverage& coverage, const Sources& sources, std::string_view program_version);

// "pledge.data_holder/view (3 instances)".
std::string citation_text(const Citation& citation);
// What accounts for a row, one sentence: its reason, the rows, the command; empty
// where tests or rules do.
std::string account_of(const Row& row);
// Faults that the tests of the row must notice, each once.
std::vector<std::string> faults_of(const Row& row);

}  // namespace bb::coverage
