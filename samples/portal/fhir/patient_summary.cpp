#include "portal/fhir/patient_summary.hpp"

#include <algorithm>
#include <array>

#include <bb/core/json.hpp>
#include <bb/core/printable.hpp>
#include <bb/core/text.hpp>
#include <bb/core/time.hpp>

#include "portal/fhir/ids.hpp"
#include "portal/fhir/parts.hpp"
#include "portal/fhir/paths.hpp"

namespace bb::portal::fhir {
namespace {

constexpr std::string_view ips_profiles = "http://hl7.org/fhir/uv/ips/StructureDefinition/";
constexpr std::string_view loinc = "http://loinc.org";

struct SectionKind {
  std::string_view loinc_code, title;
  bool is_required;
  std::string_view types;     // parted by blanks
  std::string_view category;  // of an Observation or Condition; empty: any
};
constexpr std::array<SectionKind, 10> section_kinds{{
    {"11450-4", "Problems", true, "Condition", "problem-list-item"},
    {"48765-2", "Allergies and intolerances", true, "AllergyIntolerance", ""},
    {"10160-0", "Medications", true, "MedicationRequest MedicationStatement", ""},
    {"11369-6", "Immunizations", false, "Immunization", ""},
    {"30954-2", "Results", false, "DiagnosticReport Observation", "laboratory LAB"},
    {"47519-4", "Procedures", false, "Procedure", ""},
    {"46264-8", "Devices", false, "Device", ""},
    {"8716-3", "Vital signs", false, "Observation", "vital-signs"},
    {"29762-2", "Social history", false, "Observation", "social-history"},
    {"18776-5", "Plan of care", false, "CarePlan", ""},
}};

bool is_among(std::string_view words, std::string_view word) {
  const auto all = split(words, ' ');
  return std::find(all.begin(), all.end(), word) != all.end();
}

bool is_in(const SectionKind& kind, const Resource& resource) {
  if (!is_among(kind.types, resource.type)) return false;
  bool has_category = kind.category.empty();
  visit_path(resource.content, "category.coding.code",
             [&](const Value& code) { has_category = has_category || is_among(kind.category, code.string_or("")); });
  return has_category;
}

std::string words_of(const Value& coded) {
  const auto& one = coded.items() != nullptr ? coded[0] : coded;
  for (const auto& text : {one["text"], one["coding"][0]["display"], one["coding"][0]["code"], one["display"]})
    if (!text.string_or("").empty()) return text.string_or("");
  return "";
}

// "2024-06-22: Hemoglobin: 13.2 g/dL", as far as the resource says it.
std::string line_of(const Value& content) {
  std::vector<std::string> parts;
  for (const std::string_view name :
       {"effectiveDateTime", "performedDateTime", "occurrenceDateTime", "onsetDateTime", "authoredOn"})
    if (const auto date = content[name].string_or(""); !date.empty()) parts.push_back(date.substr(0, 10));
  for (const std::string_view name :
       {"code", "vaccineCode", "medicationCodeableConcept", "medicationReference", "type"})
    if (const auto words = words_of(content[name]); !words.empty()) parts.push_back(words);
  if (const auto title = content["title"].string_or(""); !title.empty()) parts.push_back(title);
  const auto& quantity = content["valueQuantity"];
  if (quantity.find("value") != nullptr)
    parts.push_back(to_json(quantity["value"]) + " " + quantity["unit"].string_or(""));
  if (const auto words = words_of(content["valueCodeableConcept"]); !words.empty()) parts.push_back(words);
  return parts.empty() ? content["resourceType"].string_or("") : join(parts, ": ");
}

Value narrative_of(const std::vector<const Resource*>& resources) {
  std::string lines;
  for (const auto* resource : resources) lines += "<li>" + escape_markup(line_of(resource->content)) + "</li>";
  const auto said = lines.empty() ? "<p>Nothing is known here.</p>" : "<ul>" + lines + "</ul>";
  return Value::object(
      {{"status", "generated"}, {"div", "<div xmlns=\"http://www.w3.org/1999/xhtml\">" + said + "</div>"}});
}

Value section_of(const SectionKind& kind, const std::vector<const Resource*>& resources, const Defects& defects) {
  auto section = Value::object({{"title", kind.title}, {"code", concept_of(loinc, kind.loinc_code, kind.title)}});
  if (!defects.is_on(Defect::fhir_summary_without_narrative)) section.set("text", narrative_of(resources));
  if (resources.empty()) {
    section.set("emptyReason", concept_of(std::string(terminology) + "list-empty-reason", "unavailable"));
    return section;
  }
  auto entries = Value::array();
  for (const auto* resource : resources) entries.push(reference_to(resource->reference()));
  section.set("entry", std::move(entries));
  return section;
}

// A urn:uuid that follows from the seed.
std::string urn_of(std::string_view seed) {
  auto hex = id_of(seed);
  hex[12] = '8';  // RFC 9562: version 8, of an own kind
  hex[16] = '8';
  return "urn:uuid:" + hex.substr(0, 8) + "-" + hex.substr(8, 4) + "-" + hex.substr(12, 4) + "-" + hex.substr(16, 4) +
         "-" + hex.substr(20, 12);
}

// The resources of a document, each once, with all that they refer to.
class Contents {
 public:
  Contents(const Permissions& permissions, const Store& store) : permissions_(permissions), store_(store) {}

  void add(const Resource* resource) {
    if (resource == nullptr || std::find(all_.begin(), all_.end(), resource) != all_.end()) return;
    all_.push_back(resource);
  }
  void add_references() {
    for (std::size_t i = 0; i < all_.size(); ++i) add_references_of(all_[i]->content);
  }
  void add_references_of(const Value& content) {
    visit_objects(content, [&](const Value& object) {
      const auto reference = object["reference"].string_or("");
      const auto slash = reference.find('/');
      if (slash == reference.npos) return;
      const auto* one = store_.find(reference.substr(0, slash), reference.substr(slash + 1));
      if (one != nullptr && permissions_.sees(*one, 'r')) add(one);
    });
  }
  const std::vector<const Resource*>& all() const { return all_; }

 private:
  const Permissions& permissions_;
  const Store& store_;
  std::vector<const Resource*> all_;
};

}  // namespace

Result<SummaryQuery> read_summary(const FormFields& fields, Handling handling) {
  SummaryQuery query;
  for (const auto& [name, value] : fields) {
    if (name == "identifier") {
      if (!query.identifier.empty()) return Error{"parameter 'identifier' stands more than once"};
      query.identifier = value;
    } else if (name == "profile") {
      if (value.find("/uv/ips/StructureDefinition/") == std::string::npos)
        return Error{"parameter 'profile': expected one of IPS, got '" + one_line(shorten(value, 80)) + "'"};
    } else if (name != "_format" && handling == Handling::strict) {
      return Error{"parameter '" + one_line(shorten(name, 80)) + "' is none of identifier, profile"};
    }
  }
  return query;
}

Value patient_summary(const Resource& patient, const Summary& summary, const Permissions& permissions,
                      const Store& store) {
  const auto& account = patient.owners.front();
  const auto seed = patient.id + "\n" + std::to_string(summary.now_ns);
  auto composition = begin_resource("Composition", id_of(seed));
  composition.set("meta",
                  Value::object({{"profile", Value::strings({std::string(ips_profiles) + "Composition-uv-ips"})}}));
  composition.set("status", "final");
  const bool is_other = summary.defects.is_on(Defect::fhir_summary_of_another_type);
  composition.set("type", is_other ? concept_of(loinc, "34133-9", "Summary of episode note")
                                   : concept_of(loinc, "60591-5", "Patient summary Document"));
  composition.set("subject", reference_to(patient.reference()));
  composition.set("date", format_utc(summary.now_ns));
  composition.set("author", list_of(reference_to(summary.author)));
  composition.set("title", "Patient summary");
  Contents contents(permissions, store);
  contents.add(&patient);
  auto sections = Value::array();
  for (const auto& kind : section_kinds) {
    std::vector<const Resource*> resources;
    for (const auto& one : store.all())
      if (one.is_of(account) && is_in(kind, one) && permissions.sees(one, 'r')) resources.push_back(&one);
    if (resources.empty() && !kind.is_required) continue;
    for (const auto* one : resources) contents.add(one);
    sections.push(section_of(kind, resources, summary.defects));
  }
  composition.set("section", std::move(sections));
  contents.add_references_of(composition);
  contents.add_references();

  auto entries = Value::array();
  const auto add = [&](const std::string& reference, const Value& content) {
    entries.push(Value::object({{"fullUrl", summary.base_url + "/" + reference}, {"resource", content}}));
  };
  add("Composition/" + id_of(seed), composition);
  for (const auto* one : contents.all()) add(one->reference(), one->content);
  auto bundle = Value::object({{"resourceType", "Bundle"}, {"id", id_of(seed + "\nbundle")}});
  bundle.set("meta", Value::object({{"profile", Value::strings({std::string(ips_profiles) + "Bundle-uv-ips"})}}));
  bundle.set("identifier", Value::object({{"system", "urn:ietf:rfc:3986"}, {"value", urn_of(seed)}}));
  bundle.set("type", summary.defects.is_on(Defect::fhir_summary_as_collection) ? "collection" : "document");
  bundle.set("timestamp", format_utc(summary.now_ns));
  bundle.set("entry", std::move(entries));
  return bundle;
}

}  // namespace bb::portal::fhir
