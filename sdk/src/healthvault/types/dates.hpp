// dates.hpp - dates as the types write them (dates.xsd) and as records do (ISO 8601).
//
// The precision of the source is kept in both directions: a year alone stays one.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "xml_view.hpp"

namespace bb::healthvault::types {

// The elements date, time and tz of `parent`; what was read is marked. Nothing where there is no
// date, or one that the schema does not allow. An offset is read from the words of tz, another
// zone is not. Seconds and thousandths that are 0 are told as the element tells them: seconds, but
// no fraction.
std::optional<std::string> read_date_time(const xmlNode* parent, Marks& marks);
// The elements y, m and d.
std::optional<std::string> read_date(const xmlNode* date, Marks& marks);

// Date and time to the day at least; nothing for what the type cannot hold.
std::optional<std::string> write_date_time(std::string_view iso);
// The element structured; for what is no such date descriptive.
std::string write_approx_date_time(std::string_view text);
// y, m, d as far as they are known; nothing for a date with a time, or none.
std::optional<std::string> write_approx_date(std::string_view iso);

}  // namespace bb::healthvault::types
