// withheld.hpp - what of a record representatives do not get: entries and notes that the people file names, as a
// minor's confidential visit (VDT-REP-07).
#pragma once

#include <string>
#include <vector>

#include <bb/records/record.hpp>

#include "portal/patients.hpp"

namespace bb::portal {

// The record without entries of these names and notes of these titles.
records::Record without_entries(records::Record record, const std::vector<std::string>& names);

// As somebody gets the patient who acts for them.
Patient without_withheld(const Patient& patient);

}  // namespace bb::portal
