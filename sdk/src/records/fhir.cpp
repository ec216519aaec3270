#include <array>
#include <charconv>
#include <cmath>
#include <optional>

#include <fmt/format.h>
#include <bb/core/json.hpp>
#include <bb/core/text.hpp>
#include <bb/core/value.hpp>
#include <bb/records/fhir.hpp>

#include "code_systems.hpp"
#include "dates.hpp"
#include "tables.hpp"
#include "uuid.hpp"

namespace bb::records {
namespace {

constexpr std::string_view terminology = "http://terminology.hl7.org/CodeSystem/";

// FHIR has no empty strings: members without content are left out.
void set_text(Value& object, std::string_view key, std::string_view text) {
  if (auto clean = collapse_whitespace(to_utf8_lossy(text)); !clean.empty()) object.set(key, Value(std::move(clean)));
}

Value coding(std::string_view system, std::string_view code) {
  Value value = Value::object();
  set_text(value, "system", system);
  set_text(value, "code", code);
  return value;
}

Value concept_of(Value one_coding) {
  Value value = Value::object();
  value.set("coding", Value::array()).push(std::move(one_coding));
  return value;
}

// A required element whose content the record does not have.
Value absent() {
  Value extension = Value::object();
  extension.set("url", "http://hl7.org/fhir/StructureDefinition/data-absent-reason");
  extension.set("valueCode", "unknown");
  Value value = Value::object();
  value.set("extension", Value::array()).push(std::move(extension));
  return value;
}

Value codeable(const Code& code) {
  if (in_words(code).empty()) return absent();
  Value value = Value::object();
  if (!code.code.empty()) {
    Value one = coding(code_system_url(code.system), code.code);
    set_text(one, "display", code.display);
    value = concept_of(std::move(one));
  }
  set_text(value, "text", in_words(code));
  return value;
}

Value text_only(std::string_view text) {
  Value value = Value::object();
  set_text(value, "text", text);
  return value;
}

void set_date(Value& object, std::string_view key, std::string_view iso) { set_text(object, key, fhir_date_time(iso)); }

template <class T>
Value list_of(T one) {
  Value list = Value::array();
  list.push(std::move(one));
  return list;
}

// A decimal as FHIR writes it; nothing for words, ranges and comparisons.
std::optional<double> decimal(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size() || !std::isfinite(value))
    return std::nullopt;
  return value;
}

// Resources of one bundle; references are urn:uuid of the entries.
class Bundle {
 public:
  explicit Bundle(const Record& record) : identity_(identity_of(record)) {}

  // Begins a resource with type and id.
  Value begin(std::string_view type) {
    const auto id = uuid_of(fmt::format("{}/{}/{}", identity_, type, ++count_));
    Value resource = Value::object();
    resource.set("resourceType", Value(std::string(type)));
    resource.set("id", Value(id));
    return resource;
  }

  // Adds a finished resource; returns a Reference to it.
  Value add(Value resource) {
    const auto url = "urn:uuid:" + resource["id"].string_or("");
    Value entry = Value::object();
    entry.set("fullUrl", Value(url));
    entry.set("resource", std::move(resource));
    entries_.push(std::move(entry));
    Value reference = Value::object();
    reference.set("reference", Value(url));
    return reference;
  }

  const std::string& identity() const { return identity_; }
  Value take_entries() { return std::move(entries_); }

 private:
  std::string identity_;
  int count_ = 0;
  Value entries_ = Value::array();
};

Value identifier(const Identifier& id) {
  Value value = Value::object();
  const bool is_oid = !id.root.empty() && id.root.find_first_not_of("0123456789.") == std::string::npos;
  const auto root = id.root.empty() ? "" : (is_oid ? "urn:oid:" : "urn:uuid:") + to_lower(id.root);
  set_text(value, "system", id.extension.empty() ? "urn:ietf:rfc:3986" : root);
  set_text(value, "value", id.extension.empty() ? root : id.extension);
  return value;
}

Value human_name(const PersonName& name) {
  Value value = Value::object();
  value.set("use", "official");
  set_text(value, "text", name.full());
  set_text(value, "family", name.family);
  if (!name.given.empty()) value.set("given", Value::strings(name.given));
  if (!name.prefix.empty()) value.set("prefix", Value::strings({name.prefix}));
  if (!name.suffix.empty()) value.set("suffix", Value::strings({name.suffix}));
  return value;
}

Value fhir_address(const Address& address) {
  Value value = Value::object();
  if (!address.lines.empty()) value.set("line", Value::strings(address.lines));
  set_text(value, "city", address.city);
  set_text(value, "state", address.state);
  set_text(value, "postalCode", address.postal_code);
  set_text(value, "country", address.country);
  return value;
}

Value contact_point(std::string_view uri) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 4> schemes{
      {{"tel:", "phone"}, {"fax:", "fax"}, {"mailto:", "email"}, {"http", "url"}}};
  Value value = Value::object();
  std::string_view system = "other";
  std::string_view rest = uri;
  for (const auto& [scheme, name] : schemes)
    if (to_lower(uri).starts_with(scheme)) {
      system = name;
      if (scheme.ends_with(':')) rest = uri.substr(scheme.size());
    }
  set_text(value, "system", system);
  set_text(value, "value", rest);
  return value;
}

// US Core's race and ethnicity extensions share their shape.
void add_us_core(Value& extensions, std::string_view name, const Code& code) {
  if (in_words(code).empty()) return;
  Value parts = Value::array();
  if (!code.code.empty()) {
    Value category = Value::object();
    category.set("url", "ombCategory");
    Value one = coding(code_system_url(code.system), code.code);
    set_text(one, "display", code.display);
    category.set("valueCoding", std::move(one));
    parts.push(std::move(category));
  }
  Value text = Value::object();
  text.set("url", "text");
  set_text(text, "valueString", in_words(code));
  parts.push(std::move(text));
  Value extension = Value::object();
  extension.set("url", Value("http://hl7.org/fhir/us/core/StructureDefinition/us-core-" + std::string(name)));
  extension.set("extension", std::move(parts));
  extensions.push(std::move(extension));
}

Value add_patient(Bundle& bundle, const Patient& patient) {
  Value resource = bundle.begin("Patient");
  Value extensions = Value::array();
  add_us_core(extensions, "race", patient.race);
  add_us_core(extensions, "ethnicity", patient.ethnicity);
  if (extensions.size() > 0) resource.set("extension", std::move(extensions));
  for (const auto& id : patient.ids) {
    if (resource.find("identifier") == nullptr) resource.set("identifier", Value::array());
    resource.find("identifier")->push(identifier(id));
  }
  if (!patient.name.full().empty()) resource.set("name", list_of(human_name(patient.name)));
  set_text(resource, "gender", patient.gender);
  if (!patient.death_date.empty() && !fhir_date_time(patient.death_date).empty())
    set_date(resource, "deceasedDateTime", patient.death_date);
  else if (!patient.deceased.empty())
    resource.set("deceasedBoolean", Value(patient.deceased == "yes"));
  set_text(resource, "birthDate", fhir_date_time(patient.birth_date).substr(0, 10));
  for (const auto& address : patient.addresses) {
    if (resource.find("address") == nullptr) resource.set("address", Value::array());
    resource.find("address")->push(fhir_address(address));
  }
  for (const auto& telecom : patient.telecoms) {
    if (resource.find("telecom") == nullptr) resource.set("telecom", Value::array());
    resource.find("telecom")->push(contact_point(telecom));
  }
  if (!in_words(patient.marital_status).empty()) resource.set("maritalStatus", codeable(patient.marital_status));
  if (!patient.language.empty()) {
    Value spoken = Value::object();
    spoken.set("language", concept_of(coding("urn:ietf:bcp:47", patient.language)));
    resource.set("communication", list_of(std::move(spoken)));
  }
  return bundle.add(std::move(resource));
}

Value clinical_status(std::string_view system, std::string_view status) {
  if (status == "active" || status == "inactive" || status == "resolved")
    return concept_of(coding(std::string(terminology) + std::string(system), status));
  return absent();
}

// FHIR knows three severities; others stay in words as a note.
std::string reaction_severity(const Code& severity) {
  if (severity.code == "24484000" || severity.code == "399166001") return "severe";
  if (severity.code == "6736007" || severity.code == "371924009") return "moderate";
  if (severity.code == "255604002" || severity.code == "371923003") return "mild";
  const auto words = to_lower(severity.display);
  return words == "mild" || words == "moderate" || words == "severe" ? words : std::string{};
}

Value note(std::string_view text) { return list_of(text_only(text)); }

void add_allergy(Bundle& bundle, const Value& patient, const Allergy& allergy) {
  Value resource = bundle.begin("AllergyIntolerance");
  resource.set("clinicalStatus", clinical_status("allergyintolerance-clinical", allergy.status));
  resource.set("verificationStatus",
               concept_of(coding(std::string(terminology) + "allergyintolerance-verification", "confirmed")));
  resource.set("code", codeable(allergy.substance));
  resource.set("patient", patient);
  set_date(resource, "onsetDateTime", allergy.onset);
  const auto severity = reaction_severity(allergy.severity);
  if (!allergy.reactions.empty() || !severity.empty()) {
    Value reaction = Value::object();
    Value manifestations = Value::array();
    for (const auto& one : allergy.reactions) manifestations.push(codeable(one));
    if (allergy.reactions.empty()) manifestations.push(absent());
    reaction.set("manifestation", std::move(manifestations));
    set_text(reaction, "severity", severity);
    resource.set("reaction", list_of(std::move(reaction)));
  }
  if (severity.empty() && !in_words(allergy.severity).empty())
    resource.set("note", note("Severity: " + in_words(allergy.severity)));
  bundle.add(std::move(resource));
}

void add_problem(Bundle& bundle, const Value& patient, const Problem& problem) {
  Value resource = bundle.begin("Condition");
  resource.set("clinicalStatus", clinical_status("condition-clinical", problem.status));
  resource.set("verificationStatus",
               concept_of(coding(std::string(terminology) + "condition-ver-status", "confirmed")));
  resource.set("category",
               list_of(concept_of(coding(std::string(terminology) + "condition-category", "problem-list-item"))));
  resource.set("code", codeable(problem.problem));
  resource.set("subject", patient);
  set_date(resource, "onsetDateTime", problem.onset);
  // con-4: "If condition is abated, then clinicalStatus must be either
  // inactive, resolved, or remission".
  if (problem.status == "inactive" || problem.status == "resolved")
    set_date(resource, "abatementDateTime", problem.resolved);
  else if (!problem.resolved.empty())
    resource.set("note", note("Resolved: " + date_for_people(problem.resolved)));
  bundle.add(std::move(resource));
}

std::string medication_status(std::string_view status) {
  if (status == "active" || status == "completed") return std::string(status);
  if (status == "aborted" || status == "cancelled") return "stopped";
  if (status == "suspended" || status == "held") return "on-hold";
  return "unknown";
}

void add_medication(Bundle& bundle, const Value& patient, const Medication& medication) {
  Value resource = bundle.begin("MedicationStatement");
  resource.set("status", Value(is_planned(medication.mood) ? "intended" : medication_status(medication.status)));
  resource.set("medicationCodeableConcept", codeable(medication.drug));
  resource.set("subject", patient);
  Value period = Value::object();
  set_date(period, "start", medication.start);
  set_date(period, "end", medication.stop);
  if (period.size() > 0) resource.set("effectivePeriod", std::move(period));
  std::vector<std::string> parts;
  for (const auto& part : {whole_dose(medication), medication.route, medication.frequency})
    if (!part.empty()) parts.push_back(part);
  Value dosage = text_only(join(parts, ", "));
  set_text(dosage, "patientInstruction", medication.instructions);
  if (!medication.route.empty()) dosage.set("route", text_only(medication.route));
  if (dosage.size() > 0) resource.set("dosage", list_of(std::move(dosage)));
  bundle.add(std::move(resource));
}

void add_immunization(Bundle& bundle, const Value& patient, const Immunization& immunization) {
  Value resource = bundle.begin("Immunization");
  const bool is_done = immunization.status != "refused" && !is_planned(immunization.mood);
  resource.set("status", is_done ? "completed" : "not-done");
  if (is_planned(immunization.mood))
    resource.set("statusReason", text_only(status_for_people(immunization.mood, immunization.status)));
  resource.set("vaccineCode", codeable(immunization.vaccine));
  resource.set("patient", patient);
  if (fhir_date_time(immunization.date).empty())
    resource.set("occurrenceString", "unknown");
  else
    set_date(resource, "occurrenceDateTime", immunization.date);
  set_text(resource, "lotNumber", immunization.lot);
  bundle.add(std::move(resource));
}

std::string observation_status(std::string_view status) {
  if (status == "completed") return "final";
  if (status == "active") return "preliminary";
  if (status == "aborted" || status == "cancelled") return "cancelled";
  return "unknown";
}

void set_value(Value& resource, const Observation& observation) {
  if (const auto number = decimal(observation.value)) {
    Value quantity = Value::object();
    quantity.set("value", Value(*number));
    set_text(quantity, "unit", observation.unit);
    if (!observation.unit.empty() && observation.unit.find(' ') == std::string::npos) {
      quantity.set("system", "http://unitsofmeasure.org");
      set_text(quantity, "code", observation.unit);
    }
    resource.set("valueQuantity", std::move(quantity));
  } else if (!measured(observation).empty()) {
    set_text(resource, "valueString", measured(observation));
  } else {
    resource.set("dataAbsentReason", concept_of(coding(std::string(terminology) + "data-absent-reason", "unknown")));
  }
}

Value add_observation(Bundle& bundle, const Value& patient, const Observation& observation, std::string_view category) {
  Value resource = bundle.begin("Observation");
  resource.set("status", Value(observation_status(observation.status)));
  resource.set("category", list_of(concept_of(coding(std::string(terminology) + "observation-category", category))));
  resource.set("code", codeable(observation.test));
  resource.set("subject", patient);
  set_date(resource, "effectiveDateTime", observation.date);
  set_value(resource, observation);
  for (const auto& value : observation.further_values) {
    if (resource.find("note") == nullptr) resource.set("note", Value::array());
    resource.find("note")->push(text_only("Further value: " + value));
  }
  if (!observation.interpretation.empty()) {
    Value interpretation = text_only(observation.interpretation);
    if (observation.interpretation.size() <= 3)
      interpretation.set("coding", list_of(coding(std::string(terminology) + "v3-ObservationInterpretation",
                                                  observation.interpretation)));
    resource.set("interpretation", list_of(std::move(interpretation)));
  }
  if (!observation.reference_range.empty())
    resource.set("referenceRange", list_of(text_only(observation.reference_range)));
  return bundle.add(std::move(resource));
}

void add_panel(Bundle& bundle, const Value& patient, const ResultPanel& panel) {
  Value results = Value::array();
  for (const auto& observation : panel.observations)
    results.push(add_observation(bundle, patient, observation, "laboratory"));
  if (in_words(panel.panel).empty()) return;
  Value resource = bundle.begin("DiagnosticReport");
  resource.set("status", "final");
  resource.set("category", list_of(concept_of(coding("http://terminology.hl7.org/CodeSystem/v2-0074", "LAB"))));
  resource.set("code", codeable(panel.panel));
  resource.set("subject", patient);
  set_date(resource, "effectiveDateTime", panel.date);
  if (results.size() > 0) resource.set("result", std::move(results));
  bundle.add(std::move(resource));
}

void add_encounter(Bundle& bundle, const Value& patient, const Encounter& encounter) {
  Value resource = bundle.begin("Encounter");
  resource.set("status", is_planned(encounter.mood) ? "planned" : encounter.end.empty() ? "unknown" : "finished");
  resource.set("class", absent());
  if (!in_words(encounter.type).empty()) resource.set("type", list_of(codeable(encounter.type)));
  resource.set("subject", patient);
  Value period = Value::object();
  set_date(period, "start", encounter.start);
  set_date(period, "end", encounter.end);
  if (period.size() > 0) resource.set("period", std::move(period));
  if (!encounter.location.empty()) {
    Value place = Value::object();
    set_text(place, "display", encounter.location);
    Value location = Value::object();
    location.set("location", std::move(place));
    resource.set("location", list_of(std::move(location)));
  }
  bundle.add(std::move(resource));
}

// An instant needs seconds and an offset.
bool is_instant(std::string_view iso) { return fhir_date_time(iso).size() > 10; }

}  // namespace

std::string write_fhir_bundle(const Record& record) {
  Bundle bundle(record);
  const Value patient = add_patient(bundle, record.patient);
  for (const auto& other : record.other_patients) add_patient(bundle, other);
  for (const auto& allergy : record.allergies) add_allergy(bundle, patient, allergy);
  for (const auto& problem : record.problems) add_problem(bundle, patient, problem);
  for (const auto& medication : record.medications) add_medication(bundle, patient, medication);
  for (const auto& immunization : record.immunizations) add_immunization(bundle, patient, immunization);
  for (const auto& panel : record.results) add_panel(bundle, patient, panel);
  for (const auto& observation : record.vital_signs) add_observation(bundle, patient, observation, "vital-signs");
  for (const auto& encounter : record.encounters) add_encounter(bundle, patient, encounter);

  Value root = Value::object();
  root.set("resourceType", "Bundle");
  root.set("id", Value(uuid_of(bundle.identity())));
  Value id = Value::object();
  id.set("system", "urn:ietf:rfc:3986");
  id.set("value", Value("urn:uuid:" + uuid_of(bundle.identity())));
  root.set("identifier", std::move(id));
  root.set("type", "collection");
  if (is_instant(record.created)) set_date(root, "timestamp", record.created);
  root.set("entry", bundle.take_entries());
  return to_json_pretty(root) + "\n";
}

}  // namespace bb::records
