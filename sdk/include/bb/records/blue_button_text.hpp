// bb/records/blue_button_text.hpp - the VA-style Blue Button text file.
#pragma once

#include <string>

#include <bb/records/record.hpp>

namespace bb::records {

// Writes a record in the layout of the My HealtheVet Blue Button text (v12):
// title lines, "---- HEADING ----" rules, "Label: value" lines, at most 80
// columns, UTF-8. The patient stands at the top as "Last, First Middle", names as
// they are written. `request_unix_ns` goes into the request summary.
std::string write_blue_button_text(const Record& record, long long request_unix_ns);

}  // namespace bb::records
