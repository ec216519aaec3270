#include "shape.hpp"

#include <bb/core/text.hpp>
#include <bb/records/record_value.hpp>

#include "fields.hpp"

namespace bb::healthvault::types {
namespace {

// An empty record in which every list has an item; the lists of texts have none.
Value record_shape() {
  using namespace records;
  Record record;
  Patient patient;
  patient.name.given = {""};
  patient.ids = {{}};
  patient.addresses = {Address{{""}, {}, {}, {}, {}}};
  patient.telecoms = {""};
  patient.further_races = {{}};
  record.patient = patient;
  record.allergies = {Allergy{{}, {}, {Code{}}, {}, {}, {}}};
  record.problems = {Problem{}};
  record.medications = {Medication{}};
  record.immunizations = {Immunization{}};
  Observation observation;
  observation.further_values = {""};
  record.results = {ResultPanel{{}, {}, {observation}}};
  record.vital_signs = {observation};
  record.encounters = {Encounter{}};
  record.procedures = {Procedure{}};
  record.family_history = {FamilyCondition{}};
  record.devices = {Device{}};
  record.contacts = {Contact{{}, {}, {Address{{""}, {}, {}, {}, {}}}, {""}}};
  record.coverages = {Coverage{}};
  ClaimItem item;
  item.modifiers = {{}};
  Claim claim;
  claim.diagnoses = {{}};
  claim.items = {item};
  record.claims = {claim};
  record.notes = {Note{}};
  return to_value(record);
}

}  // namespace

bool has_field(std::string_view list, std::string_view path) {
  static const auto shape = record_shape();
  auto at = list == "patient" ? std::string(list) : joined(list, "0");
  for (const auto& step : split(path, '.'))
    at = joined(at, step.find_first_not_of("0123456789") == std::string::npos ? "0" : std::string_view(step));
  return value_at(shape, at).string() != nullptr && !at.ends_with("full_name");
}

}  // namespace bb::healthvault::types
