// What was observed, as FHIR resources.
#include <array>
#include <utility>

#include <bb/core/text.hpp>

#include "cda_statements.hpp"
#include "code_systems.hpp"
#include "dates.hpp"
#include "fhir_writer.hpp"
#include "tables.hpp"

namespace bb::records::fhir_out {
namespace {

constexpr std::string_view systolic = "8480-6";
constexpr std::string_view diastolic = "8462-4";

std::string observation_status(std::string_view status) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 6> words{
      {{"completed", "final"},
       {"corrected", "corrected"},
       {"active", "preliminary"},
       {"aborted", "cancelled"},
       {"cancelled", "cancelled"},
       {"entered-in-error", "entered-in-error"}}};
  for (const auto& [ours, fhir] : words)
    if (status == ours) return std::string(fhir);
  return "unknown";
}

// What an Observation and a component of one share.
void set_measured(Value& part, const Observation& observation) {
  part.set("code", codeable(observation.test));
  set_value(part, observation);
  if (!observation.interpretation.empty()) {
    Value interpretation = text_only(observation.interpretation);
    if (observation.interpretation.size() <= 3)
      append(interpretation, "coding",
             coding(std::string(terminology) + "v3-ObservationInterpretation", observation.interpretation));
    append(part, "interpretation", std::move(interpretation));
  }
  if (!observation.reference_range.empty()) append(part, "referenceRange", text_only(observation.reference_range));
}

Value begin_observation(Bundle& bundle, const Observation& observation, std::string_view category,
                        std::string_view profile) {
  Value resource = bundle.begin("Observation", profile);
  resource.set("status", Value(observation_status(observation.status)));
  append(resource, "category", concept_of(coding(std::string(terminology) + "observation-category", category)));
  resource.set("subject", bundle.patient());
  if (!observation.end.empty())
    set_period(resource, "effectivePeriod", observation.date, observation.end);
  else if (!fhir_date_time(observation.date).empty())
    set_date(resource, "effectiveDateTime", observation.date);
  else if (!profile.empty())
    set_absent(resource, "effectiveDateTime");
  if (observation.source == self_entered) append(resource, "performer", bundle.patient());
  // An instant, which a day alone is none of.
  if (observation.corrected.size() > 10) set_text(resource, "issued", fhir_date_time(observation.corrected));
  return resource;
}

Value add_observation(Bundle& bundle, const Observation& observation, std::string_view category,
                      std::string_view profile) {
  Value resource = begin_observation(bundle, observation, category, profile);
  set_measured(resource, observation);
  for (const auto& value : observation.further_values) append(resource, "note", text_only("Further value: " + value));
  return bundle.add(std::move(resource));
}

// US Core's profiles of vital signs, and the units that they allow.
struct VitalSign {
  std::string_view code, profile, units;  // units parted by blanks
};
constexpr std::array<VitalSign, 7> vital_sign_profiles{{{"8302-2", "us-core-body-height", "cm [in_i]"},
                                                        {"29463-7", "us-core-body-weight", "g kg [lb_av]"},
                                                        {"39156-5", "us-core-bmi", "kg/m2"},
                                                        {"8310-5", "us-core-body-temperature", "Cel [degF]"},
                                                        {"8867-4", "us-core-heart-rate", "/min"},
                                                        {"9279-1", "us-core-respiratory-rate", "/min"},
                                                        {"9843-4", "us-core-head-circumference", "cm [in_i]"}}};

// The UCUM code of a value that is a number; empty where there is none.
std::string unit_code_of(const Observation& observation) {
  Value measured_value = Value::object();
  set_value(measured_value, observation);
  return measured_value["valueQuantity"]["code"].string_or("");
}

std::string_view profile_of_vital_sign(const Observation& observation) {
  // vs-1: the time of a vital sign is precise to the day.
  const auto date = fhir_date_time(observation.date);
  if (observation.end.empty() && !date.empty() && date.size() < std::string_view("2012-08-06").size()) return {};
  const auto unit = unit_code_of(observation);
  for (const auto& sign : vital_sign_profiles) {
    if (observation.test.system != loinc || observation.test.code != sign.code) continue;
    for (const auto& allowed : split(sign.units, ' '))
      if (allowed == unit) return sign.profile;
  }
  return "us-core-vital-signs";
}

// us-core-smokingstatus: a moment, a code as value, and no status but final and entered-in-error.
std::string_view profile_of_social_history(const Observation& observation) {
  const bool is_smoking_status = observation.test.system == loinc && observation.test.code == "72166-2";
  const auto status = observation_status(observation.status);
  const bool fits = observation.end.empty() && !is_empty(observation.value_code) &&
                    in_words(observation.value_code) == observation.value &&
                    (status == "final" || status == "entered-in-error");
  return is_smoking_status && fits ? "us-core-smokingstatus" : "";
}

bool is_pressure(const Observation& observation, std::string_view code) {
  // us-core-blood-pressure: a value of a component has a unit.
  const bool has_unit = observation.value.empty() || !unit_code_of(observation).empty();
  return has_unit && !profile_of_vital_sign(observation).empty() && observation.test.system == loinc &&
         observation.test.code == code && observation.further_values.empty();
}

bool is_blood_pressure(const Observation& first, const Observation& second) {
  return is_pressure(first, systolic) && is_pressure(second, diastolic) && first.date == second.date &&
         first.end == second.end && first.status == second.status && first.source == second.source;
}

Value add_blood_pressure(Bundle& bundle, const Observation& first, const Observation& second) {
  Value resource = begin_observation(bundle, first, "vital-signs", "us-core-blood-pressure");
  resource.set("code",
               concept_of(coding("http://loinc.org", "85354-9", "Blood pressure panel with all children optional")));
  for (const auto* part : {&first, &second}) {
    Value component = Value::object();
    set_measured(component, *part);
    append(resource, "component", std::move(component));
  }
  return bundle.add(std::move(resource));
}

}  // namespace

void add_panel(Bundle& bundle, const ResultPanel& panel, Value& section) {
  Value results = Value::array();
  for (const auto& observation : panel.observations)
    results.push(add_observation(bundle, observation, "laboratory", "us-core-observation-lab"));
  if (in_words(panel.panel).empty()) {
    for (const auto& result : *results.items()) append(section, "entry", result);
    return;
  }
  Value resource = bundle.begin("DiagnosticReport", "us-core-diagnosticreport-lab");
  // us-core-8: effective[x] SHALL be present if the status is final; of a panel
  // without a date the status is not known either.
  const bool has_date = !fhir_date_time(panel.date).empty();
  resource.set("status", has_date ? "final" : "unknown");
  append(resource, "category", concept_of(coding(std::string(terminology) + "v2-0074", "LAB")));
  resource.set("code", codeable(panel.panel));
  resource.set("subject", bundle.patient());
  set_date(resource, "effectiveDateTime", panel.date);
  // us-core-9: issued SHALL be present if the status is final; when it was issued no record says.
  if (has_date) set_absent(resource, "issued");
  if (results.size() > 0) resource.set("result", std::move(results));
  append(section, "entry", bundle.add(std::move(resource)));
}

void add_vital_signs(Bundle& bundle, const std::vector<Observation>& observations, Value& section) {
  for (std::size_t i = 0; i < observations.size(); ++i) {
    const bool is_pair = i + 1 < observations.size() && is_blood_pressure(observations[i], observations[i + 1]);
    if (is_pair) {
      append(section, "entry", add_blood_pressure(bundle, observations[i], observations[i + 1]));
      ++i;
    } else {
      append(section, "entry",
             add_observation(bundle, observations[i], "vital-signs", profile_of_vital_sign(observations[i])));
    }
  }
}

void add_observations(Bundle& bundle, const std::vector<Observation>& observations, std::string_view category,
                      Value& section) {
  for (const auto& observation : observations)
    append(section, "entry",
           add_observation(bundle, observation, category,
                           category == "social-history" ? profile_of_social_history(observation) : ""));
}

}  // namespace bb::records::fhir_out
