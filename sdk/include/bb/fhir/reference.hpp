// bb/fhir/reference.hpp - the words of a reference to a resource.
//
// Source: FHIR R4, references.html.
#pragma once

#include <string_view>

namespace bb::fhir {

// "http://server/Patient/1" of "http://server/Patient/1/_history/2".
inline std::string_view without_version(std::string_view reference) {
  return reference.substr(0, reference.find("/_history/"));
}

}  // namespace bb::fhir
