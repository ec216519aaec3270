// dates.hpp - HL7 V3 timestamps and ISO 8601; dates for people: record.hpp.
//
// The precision of the source is kept in all forms.
#pragma once

#include <string>
#include <string_view>

#include <bb/records/record.hpp>

namespace bb::records {

// "201208061030-0500" gives "2012-08-06T10:30-05:00". A date that is ISO
// already passes. What is no date gives "".
std::string iso_from_hl7(std::string_view timestamp);

// A date in ISO 8601 as iso_from_hl7() writes it; "" for what is none.
std::string iso_date(std::string_view text);

// The inverse of iso_from_hl7(); "" for what is not in the form that iso_from_hl7 gives.
std::string hl7_from_iso(std::string_view iso);

// A FHIR dateTime: a time without offset is cut to its date, a time without
// seconds gets ":00". "" for what is no date.
std::string fhir_date_time(std::string_view iso);

}  // namespace bb::records
