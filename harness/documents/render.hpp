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

}  // namespace bb::documents
