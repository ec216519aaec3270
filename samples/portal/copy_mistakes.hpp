// copy_mistakes.hpp - what defects make of the copies of a record: the `people-...` ones, and of the `proxy-...` ones
// those that show what is withheld.
#pragma once

#include <string_view>

#include "portal/defects.hpp"
#include "portal/patients.hpp"

namespace bb::portal {

enum class Copy { page, text, ccda, fhir, pdf, share };

// Of a download in this format.
Copy copy_of(std::string_view format_id);

// Whether a copy for a representative holds what is withheld from them.
bool shows_withheld(Copy copy, const Defects& defects);

// Puts the mistake into the record, and into the document where it shows there. `before` is the patient before the last
// change; null: there was none.
void mistake_copy(Patient& patient, Copy copy, const Patients& patients, const Patient* before, const Defects& defects);

// The patient after a change, as a portal keeps it.
void mistake_version(Patient& patient, const Patient& before, const Defects& defects);

// Who has the patient's name and birth date besides; null: nobody.
const Patient* namesake_of(const Patient& patient, const Patients& patients);
// Who has the surname and birth date under another given name; null: nobody.
const Patient* twin_of(const Patient& patient, const Patients& patients);

}  // namespace bb::portal
