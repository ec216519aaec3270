// A FHIR document: the Composition that people read, and the resources it is made of.
#include <array>
#include <string_view>

#include <bb/core/json.hpp>
#include <bb/core/text.hpp>
#include <bb/records/fhir.hpp>

#include "cda_statements.hpp"
#include "dates.hpp"
#include "fhir_writer.hpp"
#include "tables.hpp"
#include "uuid.hpp"

namespace bb::records {
namespace {

using namespace fhir_out;

template <auto member, auto add>
void add_each(Bundle& bundle, const Record& record, Value& section) {
  for (const auto& fact : record.*member) add(bundle, fact, section);
}

struct SectionKind {
  std::string_view name, loinc_code, title;
  void (*add)(Bundle&, const Record&, Value& section);
};
// Codes of LOINC's document sections, as C-CDA uses them; it has none for claims.
constexpr std::array<SectionKind, 18> section_kinds{{
    {"allergies", "48765-2", "Allergies", add_each<&Record::allergies, add_allergy>},
    {"problems", "11450-4", "Problems", add_each<&Record::problems, add_problem>},
    {"medications", "10160-0", "Medications", add_each<&Record::medications, add_medication>},
    {"immunizations", "11369-6", "Immunizations", add_each<&Record::immunizations, add_immunization>},
    {"results", "30954-2", "Results", add_each<&Record::results, add_panel>},
    {"vital_signs", "8716-3", "Vital signs",
     [](Bundle& bundle, const Record& record, Value& section) {
       add_vital_signs(bundle, record.vital_signs, section);
     }},
    {"encounters", "46240-8", "Encounters", add_each<&Record::encounters, add_encounter>},
    {"procedures", "47519-4", "Procedures", add_each<&Record::procedures, add_procedure>},
    {"social_history", "29762-2", "Social history",
     [](Bundle& bundle, const Record& record, Value& section) {
       add_observations(bundle, record.social_history, "social-history", section);
     }},
    {"functional_status", "47420-5", "Functional status",
     [](Bundle& bundle, const Record& record, Value& section) {
       add_observations(bundle, record.functional_status, "survey", section);
     }},
    {"family_history", "10157-6", "Family history", add_each<&Record::family_history, add_family_condition>},
    {"plan", "18776-5", "Plan of treatment", add_plan},
    {"goals", "61146-7", "Goals", add_each<&Record::goals, add_goal>},
    {"care_team", "85847-2", "Care team", add_care_team},
    {"devices", "46264-8", "Devices", add_each<&Record::devices, add_device>},
    {"coverages", "48768-6", "Coverage", add_each<&Record::coverages, add_coverage>},
    {"claims", "", "Claims",
     [](Bundle& bundle, const Record& record, Value& section) {
       for (const auto& claim : record.claims) add_claim(bundle, record, claim, section);
     }},
    {"notes", "34109-9", "Notes", add_each<&Record::notes, add_note>},
}};

// cmp-2: "A section can only have an emptyReason if it is empty".
void set_empty_reason(Value& section, std::string_view name, const Record& record) {
  for (const auto& absence : record.absences) {
    if (absence.section != name || section.find("emptyReason") != nullptr) continue;
    const auto* reason = absence.kind == "none_known"    ? "nilknown"
                         : absence.null_flavor == "NASK" ? "notasked"
                                                         : "unavailable";
    section.set("emptyReason", concept_of(coding(std::string(terminology) + "list-empty-reason", reason)));
  }
}

// Nothing where the record says nothing of this kind.
Value section_of(const SectionKind& kind, Bundle& bundle, const Record& record) {
  Value section = Value::object();
  set_text(section, "title", kind.title);
  if (!kind.loinc_code.empty()) section.set("code", concept_of(coding("http://loinc.org", kind.loinc_code)));
  section.set("text", narrative_of(kind.name, record));
  kind.add(bundle, record, section);
  for (const auto& absence : record.absences)
    if (absence.section == kind.name) add_absence(bundle, absence, section);
  if (section.find("entry") == nullptr) set_empty_reason(section, kind.name, record);
  return section.find("entry") == nullptr && section.find("emptyReason") == nullptr ? Value() : section;
}

// What only people can read, as it stands.
Value section_of_words(const Section& section) {
  Value value = Value::object();
  set_text(value, "title", heading_of(section));
  if (!is_empty(section.code)) value.set("code", codeable(section.code));
  value.set("text", narrative_of_lines(split(section.text, '\n')));
  return value;
}

Value named_resource(Bundle& bundle, std::string_view type, std::string_view name) {
  Value resource = bundle.begin(type);
  if (type == "Organization")
    set_text(resource, "name", name);
  else
    append(resource, "name", text_only(name));
  return bundle.add(std::move(resource));
}

Value composition_of(Bundle& bundle, const Record& record) {
  Value composition = bundle.begin("Composition");
  composition.set("status", "final");
  const bool is_typed = !record.document_type.code.empty();
  composition.set("type", is_typed ? codeable(record.document_type)
                                   : concept_of(coding("http://loinc.org", "34133-9", "Summary of episode note")));
  composition.set("subject", bundle.patient());
  if (fhir_date_time(record.created).empty())
    set_absent(composition, "date");
  else
    set_date(composition, "date", record.created);
  append(composition, "author",
         record.author.empty() ? absent() : named_resource(bundle, "Practitioner", record.author));
  set_text(composition, "title", record.document_title.empty() ? "Health record" : record.document_title);
  if (!record.custodian.empty()) composition.set("custodian", named_resource(bundle, "Organization", record.custodian));
  for (const auto& kind : section_kinds)
    if (auto section = section_of(kind, bundle, record); !section.is_null())
      append(composition, "section", std::move(section));
  for (const auto& section : record.sections)
    if (is_for_people_alone(section)) append(composition, "section", section_of_words(section));
  return composition;
}

// An instant: a day begins at midnight.
std::string instant_of(std::string_view iso) {
  const auto date = fhir_date_time(iso);
  if (date.size() > 10) return date;
  return date.size() == 10 ? date + "T00:00:00Z" : std::string();
}

}  // namespace

std::string write_fhir_bundle(const Record& record) {
  Bundle bundle(record);
  add_patient(bundle, record, record.patient, true);
  for (const auto& other : record.other_patients) add_patient(bundle, record, other, false);
  bundle.add_first(composition_of(bundle, record));

  Value root = Value::object();
  root.set("resourceType", "Bundle");
  root.set("id", Value(uuid_of(bundle.identity())));
  Value id = Value::object();
  id.set("system", "urn:ietf:rfc:3986");
  id.set("value", Value("urn:uuid:" + uuid_of(bundle.identity())));
  root.set("identifier", std::move(id));
  // bdl-10: "A document must have a date".
  const auto timestamp = instant_of(record.created);
  root.set("type", timestamp.empty() ? "collection" : "document");
  set_text(root, "timestamp", timestamp);
  root.set("entry", bundle.take_entries());
  return to_json_pretty(root) + "\n";
}

}  // namespace bb::records
