// bb/records/record_value.hpp - a record as JSON-shaped data: what `bluebridge
// show --json` prints, and how records are compared whole.
//
// Schema: conformance/schemas/record.schema.json. Every member is always there;
// what the document does not say is "", [] or, for a line, 0.
#pragma once

#include <bb/core/value.hpp>
#include <bb/records/record.hpp>

namespace bb::records {

Value to_value(const Record& record);

// The inverse. A member that is absent or of another kind is as if the document did
// not say it; members of no such name are passed over.
Record from_value(const Value& value);

}  // namespace bb::records
