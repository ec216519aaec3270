// bb/healthvault/ids.hpp - what a platform knows persons, records and types by, and how a record
// is written as an address.
//
// Source: the catalogue's row HV-TYPE-01. The address is ours.
#pragma once

#include <string>
#include <string_view>

#include <bb/core/result.hpp>

namespace bb::healthvault {

// "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx", in letters of any case.
bool is_guid(std::string_view text);

// Where a record is: "healthvault:PERSON/RECORD", by the ids that the platform knows both by.
struct RecordAddress {
  std::string person_id;  // GUIDs, in lower case
  std::string record_id;
  std::string text() const;
};

inline constexpr std::string_view record_scheme = "healthvault:";  // in letters of any case (RFC 3986, 3.1)

// What is behind the scheme; all of the text where it has none.
std::string_view without_record_scheme(std::string_view text);

// With or without the scheme. The error says what is expected.
[[nodiscard]] Result<RecordAddress> read_record_address(std::string_view text);

}  // namespace bb::healthvault
