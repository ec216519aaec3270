// plugins/rest/fhir/profiles.hpp - what each kind of FHIR server holds, and how it is asked for.
#pragma once

#include <optional>
#include <span>
#include <string_view>

namespace bb::rest {

// One search that lists a part of a patient's record.
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
  bool has_docref;      // DocumentReference/$docref (FHIR-DOCREF-01)
  bool has_everything;  // Patient/$everything
};

// nullptr: there is none of the name.
const ServerProfile* find_server_profile(std::string_view name);

}  // namespace bb::rest
