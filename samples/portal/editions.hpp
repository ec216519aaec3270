// editions.hpp - a record as an older edition of the rules has it.
//
// C-CDA documents are changed as text, so that all else stays as it came; they are
// those of records without a prefix for the CDA namespace, others come back as they are.
#pragma once

#include <string>
#include <vector>

#include <bb/records/record.hpp>

namespace bb::portal {

// What USCDI v1 names: without functional and mental status, health insurance and the reason for
// a referral, which later versions added.
records::Record in_uscdi_v1(records::Record record);
// The same of a document, which then follows Companion Guide Release 2 and not 4.1.
std::string in_uscdi_v1(std::string ccda);

// C-CDA R1.1: a document of R2.1 claims both releases, and this one keeps the claim to R1.1 alone.
std::string as_release_1_1(std::string ccda);

// With a section of its own for what is newer than the document, a line each.
std::string with_additions(std::string ccda, const std::vector<std::string>& lines);

// Without the sections of these LOINC codes.
std::string without_sections(std::string ccda, const std::vector<std::string>& loinc_codes);

}  // namespace bb::portal
