// portal/cms/ids.hpp - ids in the forms that CMS gives them.
//
// Synthetic beneficiaries of Blue Button 2.0 have negative ids (FHIR-BB2-24).
#pragma once

#include <string>
#include <string_view>

namespace bb::portal::cms {

// "-20140000008325"; the same for the same account.
std::string patient_id_of(std::string_view account);
// "carrier--12345678901"; the same for the same claim.
std::string claim_id_of(std::string_view eob_type, std::string_view seed);
// "1S00E00AA00": in the form of a Medicare Beneficiary Identifier; the 'S' in its second place is of no real one.
std::string mbi_of(std::string_view account);

}  // namespace bb::portal::cms
