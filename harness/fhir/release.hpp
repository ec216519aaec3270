// harness/fhir/release.hpp - FHIR that is of another release than R4, as far as a
// document shows it.
//
// Most resources do not say of which release they are, and many are the same in
// several: that nothing is found does not make it R4. What the releases are known
// by: conformance/documents/formats.yaml, `fhir_releases`.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <bb/fhir/element.hpp>

namespace bb::fhir {

// What is known of one release that is not R4.
struct Release {
  std::string title;                                      // "FHIR STU3"
  std::string version;                                    // what its versions begin with: "3.0"
  std::vector<std::string> profiles;                      // beginnings of addresses of profiles for it alone
  std::set<std::string, std::less<>> types;               // resources that R4 does not have
  std::map<std::string, std::set<std::string>> elements;  // by resource, those that R4 does not have
};

struct OtherRelease {
  std::string title;     // "FHIR STU3", "FHIR DSTU2 or FHIR STU3"
  xml::Position place;   // of what shows it
  std::string found;     // "'http://hl7.org/fhir/3.0/StructureDefinition/Patient'", "Patient.animal"
  bool is_said = false;  // by a profile or version; else by elements that R4 does not have
};

// What shows that a resource, or one in the entries of a Bundle, is not of R4; what
// is said before what is seen. None where nothing shows it.
std::optional<OtherRelease> other_release(const Element& root, const std::vector<Release>& releases);

}  // namespace bb::fhir
