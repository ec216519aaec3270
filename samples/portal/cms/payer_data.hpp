// portal/cms/payer_data.hpp - what a payer holds of each patient, in the forms of CMS Blue Button 2.0: one Patient,
// Coverage by part of Medicare, ExplanationOfBenefit by type of claim. Immutable once made.
//
// Source: the claims beside the records (fhir/store.hpp). What CMS does not serve by itself (Organization,
// Practitioner) is named in words where it was referred to.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "portal/defects.hpp"
#include "portal/fhir/store.hpp"
#include "portal/patients.hpp"

namespace bb::portal::cms {

inline constexpr std::string_view eob_type_system = "https://bluebutton.cms.gov/resources/codesystem/eob-type";
inline constexpr std::string_view mbi_system = "http://hl7.org/fhir/sid/us-mbi";

class PayerData {
 public:
  PayerData(const Patients& patients, const fhir::Store& store, const Defects& defects);

  // Of one patient and type, in a fixed order.
  std::vector<const fhir::Resource*> all(std::string_view account, std::string_view type) const;
  // Whoever's it is; nullptr: there is none.
  const fhir::Resource* find(std::string_view type, std::string_view id) const;

 private:
  std::vector<fhir::Resource> resources_;
};

}  // namespace bb::portal::cms
