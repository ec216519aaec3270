// portal/fhir/ids.hpp - the ids of the resources: the same each time the portal starts with the same records.
#pragma once

#include <string>
#include <string_view>

namespace bb::portal::fhir {

// Of FHIR's id syntax, `[A-Za-z0-9\-\.]{1,64}`. What does not follow from the seed cannot be learnt from the id.
std::string id_of(std::string_view seed);

// The id of a patient's Patient resource: the account, or, where it is of another syntax, one made from it.
std::string patient_id_of(std::string_view account);

}  // namespace bb::portal::fhir
