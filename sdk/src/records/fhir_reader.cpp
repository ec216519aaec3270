// A record of FHIR R4 resources: a Bundle of any type, lines of resources, or one.
#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <unordered_set>
#include <utility>

#include <fmt/format.h>
#include <bb/core/text.hpp>

#include "ccda_sections.hpp"
#include "cda_statements.hpp"
#include "fhir_entries.hpp"
#include "fhir_types.hpp"
#include "readers.hpp"

namespace bb::records {
namespace {

void read_related_person(const FhirEntry& entry) {
  const auto node = entry.node;
  Contact contact;
  contact.name = read_best_name(node).full();
  contact.relationship = read_concept(node["relationship"]);
  for (const auto address : node.all("address")) contact.addresses.push_back(read_fhir_address(address));
  contact.telecoms = read_contact_points(node);
  contact.line = node.line();
  entry.record.contacts.push_back(std::move(contact));
}

void read_elsewhere(const FhirEntry&) {}

struct ResourceKind {
  std::string_view type;
  void (*read)(const FhirEntry&);
};
constexpr std::array<ResourceKind, 24> kinds{{
    {"AllergyIntolerance", read_fhir_allergy},
    {"CarePlan", read_fhir_care_plan},
    {"CareTeam", read_fhir_care_team},
    {"Composition", read_elsewhere},
    {"Condition", read_fhir_condition},
    {"Coverage", read_fhir_coverage},
    {"Device", read_fhir_device},
    {"DiagnosticReport", read_fhir_panel},
    {"DocumentReference", read_fhir_document_reference},
    {"Encounter", read_fhir_encounter},
    {"ExplanationOfBenefit", read_fhir_explanation_of_benefit},
    {"FamilyMemberHistory", read_fhir_family_history},
    {"Goal", read_fhir_goal},
    {"Immunization", read_fhir_immunization},
    {"Medication", read_elsewhere},
    {"MedicationAdministration", read_fhir_medication},
    {"MedicationDispense", read_fhir_medication},
    {"MedicationRequest", read_fhir_medication},
    {"MedicationStatement", read_fhir_medication},
    {"Observation", read_fhir_observation},
    {"Patient", read_elsewhere},
    {"Procedure", read_fhir_procedure},
    {"RelatedPerson", read_related_person},
    {"ServiceRequest", read_fhir_service_request},
}};

const ResourceKind* kind_of(FhirNode resource) {
  for (const auto& kind : kinds)
    if (kind.type == resource.resource_type()) return &kind;
  return nullptr;
}

// The parts of US Core's race and ethnicity; a null flavor is not said.
void read_us_core(FhirNode patient_node, std::string_view name, std::vector<Code>& codes) {
  const auto url = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-" + std::string(name);
  for (const auto extension : patient_node.all("extension")) {
    if (!extension["url"].is(url)) continue;
    Code words;
    for (const auto part : extension.all("extension")) {
      if (part["url"].is("text"))
        words.display = part["valueString"].text();
      else if (auto code = read_coding(part["valueCoding"]);
               !code.code.empty() && read_absent_reason(part).empty() && code.system_name != "NullFlavor")
        codes.push_back(std::move(code));
    }
    if (codes.empty() && !words.display.empty()) codes.push_back(std::move(words));
  }
}

std::string read_language(FhirNode patient_node) {
  std::string first;
  for (const auto spoken : patient_node.all("communication")) {
    const auto code = read_concept(spoken["language"]);
    auto language = code.code.empty() ? code.display : code.code;
    if (spoken["preferred"].is("true") && !language.empty()) return language;
    if (first.empty()) first = std::move(language);
  }
  return first;
}

Patient read_patient(FhirNode node) {
  Patient patient;
  patient.name = read_best_name(node);
  patient.birth_date = read_fhir_date(node["birthDate"]);
  patient.gender = node["gender"].text();
  for (const auto identifier : node.all("identifier"))
    if (auto id = read_fhir_identifier(identifier); id != Identifier{}) patient.ids.push_back(std::move(id));
  for (const auto address : node.all("address"))
    if (auto one = read_fhir_address(address); one != Address{}) patient.addresses.push_back(std::move(one));
  patient.telecoms = read_contact_points(node);
  patient.language = read_language(node);
  std::vector<Code> races, ethnicities;
  read_us_core(node, "race", races);
  read_us_core(node, "ethnicity", ethnicities);
  if (!races.empty()) {
    patient.race = races.front();
    patient.further_races.assign(races.begin() + 1, races.end());
  }
  if (!ethnicities.empty()) patient.ethnicity = ethnicities.front();
  patient.marital_status = read_concept(node["maritalStatus"]);
  const auto death = node.choice("deceased");
  patient.death_date = death.name() == "deceasedDateTime" ? read_fhir_date(death) : std::string();
  if (death.name() == "deceasedDateTime" || death.is("true"))
    patient.deceased = "yes";
  else if (death.is("false"))
    patient.deceased = "no";
  return patient;
}

void read_contacts(FhirNode patient_node, Record& record) {
  for (const auto node : patient_node.all("contact")) {
    Contact contact;
    contact.name = read_human_name(node["name"]).full();
    contact.relationship = read_concept(node["relationship"]);
    if (auto address = read_fhir_address(node["address"]); address != Address{})
      contact.addresses.push_back(std::move(address));
    contact.telecoms = read_contact_points(node);
    contact.line = node.line();
    record.contacts.push_back(std::move(contact));
  }
}

FhirNode first_of(const FhirReferences& references, std::string_view type) {
  for (const auto& resource : references.resources())
    if (resource.node.resource_type() == type) return resource.node;
  return {};
}

// Who the facts of a resource are about.
FhirNode subject_of(FhirNode resource) {
  for (const std::string_view name : {"subject", "patient", "beneficiary"})
    if (const auto subject = resource[name]) return subject;
  return {};
}

// The patient that the document is about, else the first, else one that a resource
// contains as its subject.
FhirNode find_patient(const FhirReferences& references, FhirNode composition) {
  auto patient = references.resolve(composition["subject"], composition);
  if (patient.resource_type() != "Patient") patient = first_of(references, "Patient");
  if (patient) return patient;
  for (const auto& resource : references.resources()) {
    patient = references.resolve(subject_of(resource.node), resource.node);
    if (patient.resource_type() == "Patient") return patient;
  }
  return {};
}

// A subject that is not among the patients of the file: as much as its reference says.
void read_stranger(FhirNode subject, const std::string& address, Record& record) {
  Patient stranger;
  stranger.name.family = subject["display"].text();
  stranger.ids.push_back({{}, address});
  record.other_patients.push_back(std::move(stranger));
}

// "urn:uuid:..." does not tell of whom it is; in a record it is of a patient, unless the
// reference says otherwise.
bool may_be_patient(const FhirReferences& references, FhirNode subject, FhirNode resource) {
  return references.is_patient(subject, resource) ||
         (subject["reference"].text().starts_with("urn:") && subject["type"].text().empty());
}

// Those whom resources are about though the file does not have them; without a
// Patient in it the first is the one whom it is about.
void read_strangers(const FhirReferences& references, FhirNode patient, Record& record) {
  std::set<std::string> addresses;
  for (const auto& resource : references.resources()) {
    const auto subject = subject_of(resource.node);
    const auto address = references.outside(subject, resource.node);
    if (address.empty() || !may_be_patient(references, subject, resource.node) || !addresses.insert(address).second)
      continue;
    if (patient || addresses.size() > 1) read_stranger(subject, address, record);
    if (record.other_patients.size() > statement_count_max) return;
  }
}

void read_patients(const FhirReferences& references, FhirNode composition, Record& record) {
  const auto patient = find_patient(references, composition);
  record.patient = read_patient(patient);
  read_contacts(patient, record);
  for (const auto& resource : references.resources())
    if (resource.node.resource_type() == "Patient" && resource.node.get() != patient.get())
      record.other_patients.push_back(read_patient(resource.node));
  read_strangers(references, patient, record);
}

// The nesting is bounded as that of the file.
void read_section(FhirNode node, Record& record) {
  Section section;
  section.code = read_concept(node["code"]);
  section.kind = section_name_of(section.code.code);
  section.title = node["title"].text();
  section.entry_count = static_cast<int>(node.all("entry").size());
  section.line = node.line();
  if (section.entry_count == 0) section.text = read_narrative(node["text"]);
  if (const auto reason = node["emptyReason"]; reason && !section.kind.empty())
    record.absences.push_back({section.kind,
                               has_code(reason, "nilknown") ? "none_known" : "unknown",
                               {},
                               has_code(reason, "notasked") ? "NASK" : "",
                               section.line});
  record.sections.push_back(std::move(section));
  for (const auto inner : node.all("section")) read_section(inner, record);
}

void read_header(const FhirReferences& references, FhirNode root, FhirNode composition, Record& record) {
  record.document_id = in_one(read_fhir_identifier(root["identifier"]));
  record.created = read_fhir_date(root["timestamp"]);
  if (!composition) return;
  record.document_title = composition["title"].text();
  record.document_type = read_concept(composition["type"]);
  if (const auto date = read_fhir_date(composition["date"]); !date.empty()) record.created = date;
  record.author = references.name_of(composition["author"], composition);
  record.custodian = references.name_of(composition["custodian"], composition);
  for (const auto section : composition.all("section")) read_section(section, record);
}

// Those that a report or a panel holds are read with the first that does.
std::unordered_set<const fhir::Element*> held_observations(const FhirReferences& references) {
  std::unordered_set<const fhir::Element*> held;
  for (const auto& resource : references.resources()) {
    const auto type = resource.node.resource_type();
    if (type != "DiagnosticReport" && type != "Observation") continue;
    for (const auto member : fhir_panel_members(resource.node, references)) held.insert(member.get());
  }
  return held;
}

// As deep as the file, which is bounded.
void read_modifiers(const fhir::Element& element, std::string_view resource_type, Record& record) {
  for (const auto& child : element.children) {
    if (child.name == "modifierExtension" && record.modifiers.size() < statement_count_max)
      record.modifiers.push_back({FhirNode(&child)["url"].text(), std::string(resource_type), child.place.line});
    read_modifiers(child, resource_type, record);
  }
}

Error no_patient_data(const FhirReferences& references) {
  const auto first = references.resources().front().node;
  return Error{fmt::format("line {}: expected FHIR resources about a patient, found only others such as {}",
                           first.line(), shorten(first.resource_type(), 80))};
}

Result<Record> read_resources(const std::vector<FhirNode>& roots) {
  const FhirReferences references(roots);
  const auto& resources = references.resources();
  if (!resources.empty() &&
      std::none_of(resources.begin(), resources.end(), [](const auto& r) { return kind_of(r.node) != nullptr; }))
    return no_patient_data(references);
  Record record;
  record.format = "FHIR R4";
  const auto composition = first_of(references, "Composition");
  read_header(references, roots.front(), composition, record);
  read_patients(references, composition, record);
  const auto held = held_observations(references);
  std::unordered_set<const fhir::Element*> told;
  for (const auto& resource : resources) {
    if (statement_count(record) > statement_count_max) break;
    const auto* kind = kind_of(resource.node);
    if (kind != nullptr) read_modifiers(*resource.node.get(), resource.node.resource_type(), record);
    if (held.contains(resource.node.get())) continue;
    if (kind != nullptr) kind->read({resource.node, references, record, told});
  }
  // A drug alone says what it is, not that anybody takes it; but it is all there is.
  if (resources.size() == 1 && resources.front().node.resource_type() == "Medication")
    read_fhir_medication({resources.front().node, references, record, told});
  BB_CHECK(check_statement_count(record));
  return record;
}

Error not_read(const xml::Problem& problem) { return Error{xml::describe(problem)}; }

}  // namespace

Result<Record> read_fhir(std::string_view bytes) {
  auto readings = fhir::looks_like_ndjson(bytes) ? fhir::read_ndjson(bytes) : std::vector<fhir::Reading>();
  if (readings.empty()) readings.push_back(fhir::read(bytes));
  std::vector<FhirNode> roots;
  for (const auto& reading : readings) {
    if (const auto* problem = std::get_if<xml::Problem>(&reading)) return not_read(*problem);
    roots.emplace_back(&std::get<fhir::Document>(reading).root);
  }
  return read_resources(roots);
}

}  // namespace bb::records
