// holder_kinds/holdings.hpp - what a payer or a pharmacy holds of its patients instead of a clinical summary, and what
// the defects named holder-... leave of it.
//
// A payer: coverage and claims as they lie beside the records, and the vaccinations it knows of. A pharmacy: what it
// dispensed and vaccinated, and the allergies it was told of. Both as FHIR R4 and, read from that, as a record for page
// and text.
#pragma once

#include <bb/core/result.hpp>

#include "portal/defects.hpp"
#include "portal/holder_kinds/holder_kind.hpp"
#include "portal/patients.hpp"

namespace bb::portal {

// Those patients of whom this kind of holder has anything, with that as their record, document and `own_form`; a
// provider's as they are. An error where nobody is left.
[[nodiscard]] Result<Patients> as_held_by(HolderKind kind, const Patients& patients, const Defects& defects);

}  // namespace bb::portal
