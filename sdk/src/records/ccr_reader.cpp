// The Continuity of Care Record, ASTM E2369-05: objects in the sections of a
// body, actors referred to by id.
#include <array>
#include <string_view>

#include <bb/core/text.hpp>

#include "ccr_types.hpp"
#include "cda_statements.hpp"
#include "readers.hpp"

namespace bb::records {
namespace {

using ccr::Actors;
using ccr::read_description;
using ccr::read_measure;
using ccr::read_span;

constexpr std::size_t section_bytes_max = 256 * 1024;

std::string read_status(XmlNode object) { return to_lower(object.child("Status").child("Text").text()); }

// Whether `what` names something; else what is said is an absence.
bool is_fact(std::string_view section, XmlNode object, const Code& what, Record& record) {
  if (!is_empty(what) && !says_none_known(what)) return true;
  record.absences.push_back(
      {std::string(section), says_none_known(what) ? "none_known" : "unknown", what, "", object.line()});
  return false;
}

// The product or the environmental agent that an alert is about, else its own words.
Code read_agent(XmlNode alert) {
  const auto agent = alert.child("Agent");
  auto product = agent.child("Products").child("Product");
  if (product.child("Product")) product = product.child("Product");
  if (auto code = read_description(product.child("ProductName")); !is_empty(code)) return code;
  const auto environment = agent.child("EnvironmentalAgents").child("EnvironmentalAgent");
  if (auto code = read_description(environment.child("Description")); !is_empty(code)) return code;
  return read_description(alert.child("Description"));
}

void read_alert(XmlNode object, const Actors&, Record& record) {
  Allergy allergy;
  allergy.substance = read_agent(object);
  if (!is_fact("allergies", object, allergy.substance, record)) return;
  allergy.type = read_description(object.child("Type"));
  for (const auto reaction : object.children("Reaction")) {
    if (auto code = read_description(reaction.child("Description")); !is_empty(code))
      allergy.reactions.push_back(std::move(code));
    if (is_empty(allergy.severity)) allergy.severity = read_description(reaction.child("Severity"));
  }
  allergy.status = read_status(object);
  allergy.onset = read_span(object).start;
  allergy.line = object.line();
  record.allergies.push_back(std::move(allergy));
}

void read_problem(XmlNode object, const Actors&, Record& record) {
  Problem problem;
  problem.problem = read_description(object.child("Description"));
  if (!is_fact("problems", object, problem.problem, record)) return;
  const auto span = read_span(object);
  problem.status = read_status(object);
  problem.onset = span.start;
  problem.resolved = span.end;
  problem.line = object.line();
  record.problems.push_back(std::move(problem));
}

// The name, with the brand where both are said: "furosemide (Lasix)".
Code read_product(XmlNode object) {
  const auto product = object.child("Product");
  auto code = read_description(product.child("ProductName"));
  const auto brand = product.child("BrandName").child("Text").text();
  if (code.display.empty())
    code.display = brand;
  else if (!brand.empty() && !iequals(brand, code.display))
    code.display += " (" + brand + ")";
  return code;
}

// The first that says something: structured parts, else the words of the direction.
void read_directions(XmlNode object, Medication& medication) {
  const auto direction = object.child("Directions").child("Direction");
  medication.dose = read_measure(direction.child("Dose"));
  if (medication.dose.empty()) medication.dose = direction.child("Dose").child("Description").child("Text").text();
  medication.route = direction.child("Route").child("Text").text();
  const auto frequency = direction.child("Frequency");
  medication.frequency = frequency.child("Value").text();
  if (medication.frequency.empty()) medication.frequency = frequency.child("Description").child("Text").text();
  medication.instructions = object.child("PatientInstructions").child("Instruction").child("Text").text();
  if (medication.instructions.empty()) medication.instructions = direction.child("Description").child("Text").text();
}

void read_medication(XmlNode object, const Actors&, Record& record) {
  Medication medication;
  medication.drug = read_product(object);
  if (!is_fact("medications", object, medication.drug, record)) return;
  read_directions(object, medication);
  const auto span = read_span(object);
  medication.start = span.start;
  medication.stop = span.end;
  medication.status = read_status(object);
  medication.line = object.line();
  record.medications.push_back(std::move(medication));
}

void read_immunization(XmlNode object, const Actors&, Record& record) {
  Immunization immunization;
  immunization.vaccine = read_product(object);
  if (!is_fact("immunizations", object, immunization.vaccine, record)) return;
  immunization.date = read_span(object).start;
  immunization.status = read_status(object);
  immunization.line = object.line();
  record.immunizations.push_back(std::move(immunization));
}

Observation read_test(XmlNode test, const std::string& date) {
  Observation observation;
  observation.test = read_description(test.child("Description"));
  const auto result = test.child("TestResult");
  observation.value = result.child("Value").text();
  observation.unit = result.child("Units").child("Unit").text();
  if (observation.value.empty()) observation.value = result.child("Description").child("Text").text();
  const auto normal = test.child("NormalResult").child("Normal");
  observation.reference_range = read_measure(normal);
  if (observation.reference_range.empty())
    observation.reference_range = normal.child("Description").child("Text").text();
  observation.interpretation = test.child("Flag").child("Text").text();
  observation.date = read_span(test).start;
  if (observation.date.empty()) observation.date = date;
  observation.status = read_status(test);
  observation.line = test.line();
  return observation;
}

std::vector<Observation> read_tests(std::string_view section, XmlNode object, Record& record) {
  std::vector<Observation> tests;
  const auto date = read_span(object).start;
  for (const auto test : object.children("Test"))
    if (auto observation = read_test(test, date); is_fact(section, test, observation.test, record))
      tests.push_back(std::move(observation));
  return tests;
}

void read_result(XmlNode object, const Actors&, Record& record) {
  ResultPanel panel;
  panel.panel = read_description(object.child("Description"));
  panel.date = read_span(object).start;
  panel.line = object.line();
  panel.observations = read_tests("results", object, record);
  if (!panel.observations.empty()) record.results.push_back(std::move(panel));
}

void read_vital_sign(XmlNode object, const Actors&, Record& record) {
  for (auto& observation : read_tests("vital_signs", object, record))
    record.vital_signs.push_back(std::move(observation));
}

void read_procedure(XmlNode object, const Actors& actors, Record& record) {
  Procedure procedure;
  procedure.procedure = read_description(object.child("Description"));
  if (!is_fact("procedures", object, procedure.procedure, record)) return;
  const auto span = read_span(object);
  procedure.start = span.start;
  procedure.end = span.end;
  procedure.status = read_status(object);
  procedure.body_site = read_description(object.child("Locations").child("Location").child("Description"));
  procedure.performer = actors.find(object.child("Practitioners").child("Practitioner")).name;
  procedure.line = object.line();
  record.procedures.push_back(std::move(procedure));
}

void read_encounter(XmlNode object, const Actors& actors, Record& record) {
  Encounter encounter;
  encounter.type = read_description(object.child("Description"));
  if (is_empty(encounter.type)) encounter.type = read_description(object.child("Type"));
  if (!is_fact("encounters", object, encounter.type, record)) return;
  const auto span = read_span(object);
  encounter.id = object.child("CCRDataObjectID").text();
  encounter.start = span.start;
  encounter.end = span.end;
  const auto location = object.child("Locations").child("Location");
  encounter.location = actors.find(location.child("Actor")).name;
  if (encounter.location.empty()) encounter.location = location.child("Description").child("Text").text();
  encounter.line = object.line();
  record.encounters.push_back(std::move(encounter));
}

// Type says what ("Smoking"), Description how ("1 pack a day").
Observation read_typed(XmlNode object) {
  Observation observation;
  observation.test = read_description(object.child("Type"));
  const auto description = read_description(object.child("Description"));
  if (is_empty(observation.test)) {
    observation.test = description;
  } else {
    observation.value = description.display;
    observation.value_code = description.code.empty() ? Code{} : description;
  }
  const auto span = read_span(object);
  observation.date = span.start;
  observation.end = span.end;
  observation.status = read_status(object);
  observation.line = object.line();
  return observation;
}

void read_social_history(XmlNode object, const Actors&, Record& record) {
  if (auto observation = read_typed(object); is_fact("social_history", object, observation.test, record))
    record.social_history.push_back(std::move(observation));
}

void read_function(XmlNode object, const Actors&, Record& record) {
  if (auto observation = read_typed(object); is_fact("functional_status", object, observation.test, record))
    record.functional_status.push_back(std::move(observation));
}

void read_plan(XmlNode object, const Actors&, Record& record) {
  PlanItem item;
  item.kind = "act";
  item.what = read_description(object.child("Description"));
  if (is_empty(item.what)) item.what = read_description(object.child("OrderRequest").child("Description"));
  if (is_empty(item.what)) item.what = read_description(object.child("Type"));
  if (!is_fact("plan", object, item.what, record)) return;
  item.date = read_span(object).start;
  item.status = read_status(object);
  item.line = object.line();
  record.plan.push_back(std::move(item));
}

void read_provider(XmlNode object, const Actors& actors, Record& record) {
  CareTeamMember member;
  const auto& actor = actors.find(object);
  member.name = actor.name;
  member.role = read_description(object.child("ActorRole"));
  member.organization = actor.organization;
  if (!actor.telephone.empty()) member.telecoms.push_back(actor.telephone);
  member.line = object.line();
  record.care_team.push_back(std::move(member));
}

using ReadObject = void (*)(XmlNode, const Actors&, Record&);

struct SectionKind {
  std::string_view element;
  std::string_view object;
  std::string_view name;  // as the member of the record
  ReadObject read;
};

constexpr std::array<SectionKind, 12> section_kinds{{
    {"Alerts", "Alert", "allergies", read_alert},
    {"Problems", "Problem", "problems", read_problem},
    {"Medications", "Medication", "medications", read_medication},
    {"Immunizations", "Immunization", "immunizations", read_immunization},
    {"Results", "Result", "results", read_result},
    {"VitalSigns", "Result", "vital_signs", read_vital_sign},
    {"Procedures", "Procedure", "procedures", read_procedure},
    {"Encounters", "Encounter", "encounters", read_encounter},
    {"SocialHistory", "SocialHistoryElement", "social_history", read_social_history},
    {"FunctionalStatus", "Function", "functional_status", read_function},
    {"PlanOfCare", "Plan", "plan", read_plan},
    {"HealthCareProviders", "Provider", "care_team", read_provider},
}};

void read_section(XmlNode node, const Actors& actors, Record& record) {
  Section section;
  section.title = node.name();
  section.entry_count = static_cast<int>(node.children().size());
  section.line = node.line();
  for (const auto& kind : section_kinds) {
    if (kind.element != node.name()) continue;
    section.kind = kind.name;
    for (const auto object : node.children(kind.object))
      if (statement_count(record) <= statement_count_max) kind.read(object, actors, record);
  }
  if (section.kind.empty()) section.text = node.text(section_bytes_max);
  record.sections.push_back(std::move(section));
}

}  // namespace

Result<Record> read_ccr(const XmlDocument& document) {
  const auto root = document.root();
  const Actors actors(root);
  Record record;
  record.format = "CCR";
  record.document_id = root.child("CCRDocumentObjectID").text();
  record.document_title = root.child("Purpose").child("Description").child("Text").text();
  record.created = read_span(root).start;
  record.author = actors.find(root.child("From").child("ActorLink")).name;
  record.patient = ccr::read_patient(actors.find(root.child("Patient")).node);
  record.patient.language = root.child("Language").child("Code").child("Value").text();
  const auto patients = root.children("Patient");
  for (std::size_t i = 1; i < patients.size() && i <= statement_count_max; ++i)
    record.other_patients.push_back(ccr::read_patient(actors.find(patients[i]).node));
  for (const auto section : root.child("Body").children()) read_section(section, actors, record);
  BB_CHECK(check_statement_count(record));
  return record;
}

}  // namespace bb::records
