// What was observed: results, vital signs, social history, functional status.
#include <array>
#include <utility>

#include <bb/core/text.hpp>

#include "cda_statements.hpp"
#include "fhir_entries.hpp"
#include "fhir_types.hpp"

namespace bb::records {
namespace {

// Where the observations of a category go, the first that fits; any other is a result.
struct Shelf {
  std::string_view category, section;
  std::vector<Observation> Record::*observations;
};
constexpr std::array<Shelf, 7> shelves{{{"vital-signs", "vital_signs", &Record::vital_signs},
                                        {"social-history", "social_history", &Record::social_history},
                                        {"sdoh", "social_history", &Record::social_history},
                                        {"functional-status", "functional_status", &Record::functional_status},
                                        {"disability-status", "functional_status", &Record::functional_status},
                                        {"cognitive-status", "functional_status", &Record::functional_status},
                                        {"survey", "functional_status", &Record::functional_status}}};

const Shelf* shelf_of(FhirNode node) {
  for (const auto& shelf : shelves)
    for (const auto category : node.all("category"))
      if (has_code(category, shelf.category)) return &shelf;
  return nullptr;
}

std::string read_interpretation(FhirNode node) {
  const auto code = read_concept(node["interpretation"]);
  return code.code.empty() ? code.display : code.code;
}

std::string read_reference_range(FhirNode node) {
  for (const auto range : node.all("referenceRange")) {
    if (auto words = range["text"].text(); !words.empty()) return words;
    if (auto text = read_fhir_range(range).text(); !text.empty()) return text;
  }
  return {};
}

// What an observation or one of its components says.
Observation read_measured(FhirNode node) {
  Observation observation;
  const auto value = node.choice("value");
  observation.test = read_concept(node["code"]);
  auto quantity = read_fhir_value(value);
  observation.value = std::move(quantity.value);
  observation.unit = std::move(quantity.unit);
  if (value.name().ends_with("CodeableConcept")) observation.value_code = read_concept(value);
  observation.null_flavor = read_absent_reason(node["dataAbsentReason"]);
  if (observation.value.empty() && observation.null_flavor.empty()) observation.null_flavor = read_absent_reason(value);
  observation.interpretation = read_interpretation(node);
  observation.reference_range = read_reference_range(node);
  observation.line = node.line();
  return observation;
}

// A blood pressure is its components; a panel says nothing beyond its members.
bool is_only_a_frame(FhirNode node) {
  return !node.choice("value") && !node["dataAbsentReason"] && (node["component"] || node["hasMember"]);
}

void read_onto(const FhirEntry& entry, std::string_view section, std::vector<Observation>& observations) {
  const auto node = entry.node;
  const auto when = read_fhir_interval(node.choice("effective"));
  const auto status = read_fhir_status(node["status"]);
  const auto source = entry.source_of({"performer"});
  const auto add = [&](FhirNode part) {
    auto observation = read_measured(part);
    // What a person told of is often a value alone; a measured one says nothing.
    const bool is_told = section != "results" && section != "vital_signs" && !observation.value.empty();
    if (!(is_told && is_empty(observation.test)) && !entry.is_fact(section, part["code"], observation.test, false))
      return;
    observation.date = when.low.empty() ? when.high : when.low;
    if (!when.low.empty()) observation.end = when.high;
    observation.status = status;
    observation.source = source;
    observations.push_back(std::move(observation));
  };
  if (!is_only_a_frame(node)) add(node);
  for (const auto component : node.all("component")) add(component);
}

// A report of words alone.
void read_report_note(const FhirEntry& entry) {
  const auto node = entry.node;
  Note note;
  note.type = read_concept(node["code"]);
  for (const auto form : node.all("presentedForm")) {
    if (note.title.empty()) note.title = form["title"].text();
    if (note.text.empty()) note.text = read_attached_text(form);
  }
  if (note.text.empty()) note.text = node["conclusion"].text();
  const auto when = read_fhir_interval(node.choice("effective"));
  note.date = when.low.empty() ? read_fhir_date(node["issued"]) : when.low;
  note.author = entry.name_of(node["performer"]);
  note.line = node.line();
  entry.record.notes.push_back(std::move(note));
}

bool is_report(FhirNode node) { return node.resource_type() == "DiagnosticReport"; }

}  // namespace

std::vector<FhirNode> fhir_panel_members(const FhirNode& node, const FhirReferences& references) {
  std::vector<FhirNode> members;
  const bool is_panel = is_report(node) || (is_only_a_frame(node) && shelf_of(node) == nullptr);
  if (!is_panel) return members;
  for (const auto reference : node.all(is_report(node) ? "result" : "hasMember")) {
    const auto member = references.resolve(reference, node);
    if (member.resource_type() == "Observation" && shelf_of(member) == nullptr) members.push_back(member);
  }
  return members;
}

void read_fhir_panel(const FhirEntry& entry) {
  const auto node = entry.node;
  ResultPanel panel;
  panel.panel = read_concept(node["code"]);
  const auto when = read_fhir_interval(node.choice("effective"));
  panel.date = when.low.empty() ? when.high : when.low;
  panel.line = node.line();
  for (const auto member : fhir_panel_members(node, entry.references))
    if (entry.told.insert(member.get()).second)
      read_onto({member, entry.references, entry.record, entry.told}, "results", panel.observations);
  if (!panel.observations.empty()) entry.record.results.push_back(std::move(panel));
  if (is_report(node) && (node["presentedForm"] || node["conclusion"])) read_report_note(entry);
}

void read_fhir_observation(const FhirEntry& entry) {
  if (const auto* shelf = shelf_of(entry.node))
    return read_onto(entry, shelf->section, entry.record.*(shelf->observations));
  if (!entry.node["component"] && is_only_a_frame(entry.node)) return read_fhir_panel(entry);
  ResultPanel panel;
  read_onto(entry, "results", panel.observations);
  if (panel.observations.empty()) return;
  // Several values of one observation are a panel that it names.
  if (is_only_a_frame(entry.node)) panel.panel = read_concept(entry.node["code"]);
  panel.date = panel.observations[0].date;
  panel.line = panel.observations[0].line;
  entry.record.results.push_back(std::move(panel));
}

}  // namespace bb::records
