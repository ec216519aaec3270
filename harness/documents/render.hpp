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
// With the text of the document too: what from_value() reads.
Value to_value_with_source(const DocumentReport& report);
// The report that this is of. The error names what is missing or wrong.
Result<DocumentReport> from_value(const Value& value);

}  // namespace bb::documents
