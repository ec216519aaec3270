// uuid.hpp - stable identifiers for what a record leaves without one.
#pragma once

#include <string>
#include <string_view>

#include <bb/records/record.hpp>

namespace bb::records {

// A UUID (version 8, RFC 9562) from SHA-256 of the text: the same text gives
// the same one.
std::string uuid_of(std::string_view text);

// What the record's identifiers derive from: the document id, else its patient
// and time.
std::string identity_of(const Record& record);

}  // namespace bb::records
