// plugins/rest/fhir/profiles.hpp - what each kind of FHIR server holds, and how it is asked for.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace bb::rest {

// One search that lists a part of a patient's record; what an "_include" of its own brings is listed too.
struct TypeSearch {
  std::string_view type;     // "Observation"
  std::string_view patient;  // the parameter that names the patient: "patient", "_id", "beneficiary"
  std::string_view more;     // further parameters, as a query has them: "category=laboratory"
};

struct ServerProfile {
  std::string_view name;  // "us-core"
  std::string_view title;
  std::string_view scopes;  // asked for, where the configuration does not say
  std::span<const TypeSearch> searches;
  bool has_docref;                    // DocumentReference/$docref (FHIR-DOCREF-01)
  bool has_everything;                // Patient/$everything
  std::int64_t page_entries = 0;      // asked for, where neither the query nor the configuration says; 0: none
  std::int64_t page_entries_max = 0;  // more the server refuses; 0: it has no such bound
};

// nullptr: there is none of the name.
const ServerProfile* find_server_profile(std::string_view name);

// How the resources of one release of FHIR are called.
struct Release {
  std::string_view title;       // "FHIR R4"
  std::string_view media_type;  // by FHIR R4, http.html#version-parameter
};
// R4 but of version 1 of CMS Blue Button 2.0, .../v1/fhir, which is STU3 (FHIR-BB2-05).
Release release_of(const ServerProfile& profile, std::string_view base_url);

}  // namespace bb::rest
