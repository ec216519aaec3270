// va_identity.hpp - who the demographics of a My HealtheVet text speak of.
#pragma once

#include <bb/records/record.hpp>
#include <bb/records/text_document.hpp>

namespace bb::records {

// The name that an entry of demographics gives in parts.
PersonName va_name_of(const TextEntry& entry);

// A name may stand at the top as "LAST, FIRST M" and in the demographics in parts;
// one that says nothing contradicts none.
bool is_same_va_name(const PersonName& known, const PersonName& here);

// Demographics that name another patient than the top, or another date of birth, are
// the deviation `other-patient`. Requirement: TXT-VA-06.
void tell_other_patients(TextDocument& document);

}  // namespace bb::records
