// record_value.hpp - a record as JSON-shaped data, for dumps and for comparing
// records whole.
#pragma once

#include <bb/core/value.hpp>
#include <bb/records/record.hpp>

namespace bb::records {

Value to_value(const Record& record);

}  // namespace bb::records
