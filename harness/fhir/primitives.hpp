// harness/fhir/primitives.hpp - how the values of FHIR's primitive types are
// written.
//
// Source: FHIR R4, datatypes.html#primitive; the regular expressions there are
// written out by hand, and a day has to be one of the calendar.
#pragma once

#include <string_view>

#include <bb/fhir/element.hpp>

namespace bb::fhir {

// What is expected of a value of the type, where `value` is none: "a date
// (YYYY, YYYY-MM or YYYY-MM-DD)". Empty where it is one, and for a type that is
// not known here.
std::string_view expected_format(std::string_view type, std::string_view value);

// How JSON has to write a value of the type: string, number or boolean.
Element::Form json_form(std::string_view type);

// [A-Za-z0-9\-\.]{1,64}
bool is_id(std::string_view text);

// Whether a period from one date or dateTime to another goes backwards, as far as
// both are exact.
bool goes_backwards(std::string_view start, std::string_view end);
// Whether one is the other with less precision: which is earlier cannot be told.
bool is_vague(std::string_view start, std::string_view end);

}  // namespace bb::fhir
