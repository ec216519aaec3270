// portal/fhir/patient_summary.hpp - what Patient/[id]/$summary gives: an International Patient Summary.
//
// Source: IPS 2.0.0, operation summary and the profiles Bundle-uv-ips and Composition-uv-ips (FHIR-IPS-01 to -03). Of
// the resources in it the portal claims the profiles of US Core alone.
#pragma once

#include <cstdint>
#include <string>

#include <bb/core/form.hpp>
#include <bb/core/result.hpp>

#include "portal/defects.hpp"
#include "portal/fhir/permissions.hpp"
#include "portal/fhir/search.hpp"

namespace bb::portal::fhir {

struct SummaryQuery {
  std::string identifier;  // "system|value" or a value; empty: the patient is named by the address
};
// The error says which parameter cannot be meant.
[[nodiscard]] Result<SummaryQuery> read_summary(const FormFields& fields, Handling handling);

struct Summary {
  std::string base_url;
  std::string author;  // a reference
  std::int64_t now_ns = 0;
  Defects defects = {};
};
// A Bundle of type document: what the token sees of the patient, and all that it refers to.
Value patient_summary(const Resource& patient, const Summary& summary, const Permissions& permissions,
                      const Store& store);

}  // namespace bb::portal::fhir
