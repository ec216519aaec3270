// portal/fhir/parameters.hpp - the types that the portal serves and what they can be searched by, as data.
//
// Sources: FHIR R4 search parameters; US Core 6.1.0 and CARIN for Blue Button 2.0.0, searches that a server SHALL have.
#pragma once

#include <span>
#include <string_view>

namespace bb::portal::fhir {

enum class ParameterKind { token, date, reference, string };

struct Parameter {
  std::string_view type;  // "Observation"; empty: of all types
  std::string_view name;
  ParameterKind kind;
  std::string_view paths;   // where it looks, parted by '|': "effectiveDateTime|effectivePeriod"
  std::string_view target;  // of a reference: the type that a bare id is of
};

// "token", as a CapabilityStatement writes it.
std::string_view word_of(ParameterKind kind);

struct ServedType {
  std::string_view name;
  std::string_view profiles;  // of US Core, parted by blanks
  bool is_searched = true;
  // Parameters that go together, "patient+category patient+category+date", as the guides say SHALL.
  std::string_view combinations = {};
  std::string_view carin_profiles = {};  // of CARIN for Blue Button, parted by blanks
};

std::span<const ServedType> served_types();
const ServedType* find_type(std::string_view name);  // nullptr: not served

std::span<const Parameter> all_parameters();
// Of the type itself or of all types; nullptr: it has none of the name.
const Parameter* find_parameter(std::string_view type, std::string_view name);

}  // namespace bb::portal::fhir
