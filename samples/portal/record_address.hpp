// record_address.hpp - a record at a personal health record platform, as a destination:
// "healthvault:PERSON/RECORD", by the ids that the platform knows both by.
#pragma once

#include <string>
#include <string_view>

#include <bb/core/result.hpp>

namespace bb::portal {

inline constexpr std::string_view record_scheme = "healthvault:";  // in letters of any case (RFC 3986, 3.1)

struct RecordAddress {
  std::string person_id;  // GUIDs, in lower case (HV-TYPE-01)
  std::string record_id;
  std::string text() const { return std::string(record_scheme) + person_id + "/" + record_id; }
};

// The error says what is expected.
[[nodiscard]] Result<RecordAddress> read_record_address(std::string_view text);

}  // namespace bb::portal
