// functions/entry_outputs.hpp - what patients entered themselves, in the view and the downloads of their record: beside
// what clinicians wrote, each entry with "Source: Self-Entered", its author and its time.
#pragma once

#include <string>

#include <bb/core/value.hpp>

namespace bb::portal::functions {

// `entries` as Entries::list() gives them. A page, text or FHIR bundle with them; as it was where there are none.
std::string page_with_entries(std::string page, const Value& entries);
std::string text_with_entries(std::string text, const Value& entries);
std::string bundle_with_entries(std::string json, const Value& entries);

}  // namespace bb::portal::functions
