#include "portal/fhir/record_resources.hpp"

#include <array>
#include <map>
#include <set>

#include <bb/core/json.hpp>
#include <bb/core/time.hpp>
#include <bb/records/fhir.hpp>

#include "portal/fhir/clinical_document.hpp"
#include "portal/fhir/ids.hpp"
#include "portal/fhir/parts.hpp"
#include "portal/fhir/paths.hpp"
#include "portal/fhir/provenance.hpp"
#include "portal/instants.hpp"

namespace bb::portal::fhir {
namespace {

// Who and where the writer names in words; a server has resources of them.
struct Named {
  std::string_view type, path, becomes;
};
constexpr std::array<Named, 6> named_in_words{{
    {"Encounter", "location.location", "Location"},
    {"Procedure", "performer.actor", "Practitioner"},
    {"Coverage", "payor", "Organization"},
    {"DocumentReference", "author", "Practitioner"},
    {"DocumentReference", "custodian", "Organization"},
    {"CareTeam", "participant.onBehalfOf", "Organization"},
}};

bool is_shared(std::string_view type) {
  return type == "Organization" || type == "Practitioner" || type == "Location" || type == "Medication";
}

// What US Core asks of them beyond what the record says.
void complete_shared(Value& resource, std::string_view type, std::string_view base_url) {
  if (type == "Practitioner") {
    // us-core-practitioner: identifier and name.family are 1..*; the portal's own identifier serves.
    if (resource.find("identifier") == nullptr)
      resource.set(
          "identifier",
          list_of(Value::object({{"system", std::string(base_url) + "/practitioner-ids"}, {"value", resource["id"]}})));
    if (resource.find("name") == nullptr) resource.set("name", list_of(absent()));
    for (auto& name : *resource.find("name")->items())
      if (name.find("family") == nullptr) name.set("_family", absent());
  }
  // us-core-organization: active is 1..1; who is in the portal's directory is.
  if (type == "Organization") resource.set("active", Value(true));
}

std::string_view profile_of(std::string_view type) {
  if (type == "Practitioner") return "us-core-practitioner";
  if (type == "Organization") return "us-core-organization";
  if (type == "Medication") return "us-core-medication";
  return "us-core-location";
}

class Maker {
 public:
  Maker(const Patient& patient, const Making& making) : patient_(patient), making_(making) {
    const auto created = instants_of(patient.record.created);
    updated_ns_ = created && created->first_ns <= making.started_ns ? created->first_ns : making.started_ns;
  }

  std::vector<Resource> make() {
    take_bundle();
    take_resources();
    auto document = clinical_document(patient_, making_.base_url, {});
    contents_.push_back(std::move(document.reference));
    further_.push_back(std::move(document.binary));
    spoil();
    for (auto& content : contents_) {
      name_in_resources(content);
      part_medication(content);
      part_note(content);
    }
    date_reports();
    add_provenances();
    std::vector<Resource> resources;
    for (auto* list : {&contents_, &further_})
      for (auto& content : *list) resources.push_back(finish(std::move(content)));
    return resources;
  }

 private:
  // The writer's entries with ids and references of the server.
  void take_bundle() {
    auto bundle = parse_json(records::write_fhir_bundle(patient_.record));
    if (!bundle) return;
    std::map<std::string, std::string> new_references;
    for (auto& entry : *bundle->find("entry")->items()) {
      auto& content = *entry.find("resource");
      const auto type = content["resourceType"].string_or("");
      const bool is_subject = type == "Patient" && new_references.count("Patient") == 0;
      // A document says little of which fact is whose: other patients are not served.
      if (type == "Composition" || (type == "Patient" && !is_subject)) continue;
      const auto id = is_subject ? patient_id_of(patient_.id) : new_id(content, type);
      if (is_subject) new_references["Patient"] = id;
      content.set("id", id);
      if (is_shared(type)) give_profile(content, type);
      new_references[entry["fullUrl"].string_or("")] = type + "/" + id;
      contents_.push_back(std::move(content));
    }
    for (auto& content : contents_)
      visit_objects(content, [&](Value& object) {
        const auto* reference = object.find("reference");
        if (reference == nullptr || reference->string() == nullptr) return;
        if (const auto found = new_references.find(*reference->string()); found != new_references.end())
          object.set("reference", found->second);
      });
  }

  // What the portal has beside the record, with the ids that it has there.
  void take_resources() {
    for (auto resource : patient_.resources) {
      if (resource["resourceType"].string_or("") == "Patient") {
        for (auto& content : contents_)
          if (content["resourceType"].string_or("") == "Patient") complete(content, resource);
        continue;
      }
      visit_objects(resource, [&](Value& object) {
        if (const auto* url = object.find("url"); url != nullptr && url->string_or("").starts_with("Binary/"))
          object.set("url", making_.base_url + "/" + url->string_or(""));
      });
      contents_.push_back(std::move(resource));
    }
  }

  // Adds members that are not there yet, and items to lists.
  static void complete(Value& content, const Value& more) {
    for (const auto& [key, value] : *more.members()) {
      auto* had = content.find(key);
      if (had == nullptr)
        content.set(key, value);
      else if (had->items() != nullptr && value.items() != nullptr)
        for (const auto& item : *value.items()) had->push(item);
    }
  }

  std::string new_id(const Value& content, std::string_view type) const {
    auto seed = content;
    if (!is_shared(type)) return id_of(patient_.id + "\n" + content["id"].string_or(""));
    seed.erase("id");
    seed.erase("meta");
    return id_of(to_json(seed));
  }

  void give_profile(Value& content, std::string_view type) const {
    const auto profile = std::string(us_core_profiles) + std::string(profile_of(type));
    content.set("meta", Value::object({{"profile", Value::strings({profile})}}));
    complete_shared(content, type, making_.base_url);
  }

  // Adds what is shared; returns its reference.
  std::string add_shared(Value content, const std::string& type) {
    const auto id = new_id(content, type);
    content.set("id", id);
    give_profile(content, type);
    further_.push_back(std::move(content));
    return type + "/" + id;
  }

  void name_in_resources(Value& content) {
    const auto type = content["resourceType"].string_or("");
    for (const auto& named : named_in_words) {
      if (named.type != type) continue;
      visit_path(content, named.path, [&](Value& reference) {
        const auto display = reference["display"].string_or("");
        if (display.empty() || reference.find("reference") != nullptr) return;
        auto made = Value::object({{"resourceType", named.becomes}});
        made.set("name",
                 named.becomes == "Practitioner" ? list_of(Value::object({{"text", display}})) : Value(display));
        reference.set("reference", add_shared(std::move(made), std::string(named.becomes)));
      });
    }
  }

  // A drug that has a code becomes a Medication, so that both forms of medication[x] are served.
  void part_medication(Value& content) {
    const auto* drug = content.find("medicationCodeableConcept");
    if (content["resourceType"].string_or("") != "MedicationRequest" || drug == nullptr) return;
    if (drug->find("coding") == nullptr) return;
    auto medication = Value::object({{"resourceType", "Medication"}, {"code", *drug}});
    const auto display = (*drug)["text"].string_or("");
    content.erase("medicationCodeableConcept");
    content.set("medicationReference", reference_to(add_shared(std::move(medication), "Medication"), display));
  }

  // A note can be fetched on its own too (FHIR-USC-10).
  void part_note(Value& content) {
    if (content["resourceType"].string_or("") != "DocumentReference") return;
    visit_path(content, "content.attachment", [&](Value& attachment) {
      const auto* data = attachment.find("data");
      if (data == nullptr) return;
      const auto id = content["id"].string_or("");
      auto binary = Value::object({{"resourceType", "Binary"},
                                   {"id", id},
                                   {"contentType", attachment["contentType"]},
                                   {"securityContext", reference_to("DocumentReference/" + id)},
                                   {"data", *data}});
      further_.push_back(std::move(binary));
      attachment.set("url", making_.base_url + "/Binary/" + id);
    });
  }

  // A report without a date is of the time that all its results are of: it is searched by it (patient+category+date).
  void date_reports() {
    std::map<std::string, std::string> dates;  // of the results
    for (const auto& content : contents_)
      if (content["resourceType"].string_or("") == "Observation")
        dates["Observation/" + content["id"].string_or("")] = content["effectiveDateTime"].string_or("");
    for (auto& content : contents_) {
      if (content["resourceType"].string_or("") != "DiagnosticReport" || content.find("effectiveDateTime") != nullptr)
        continue;
      std::set<std::string> of_results;
      visit_path(content, "result.reference",
                 [&](const Value& reference) { of_results.insert(dates[reference.string_or("")]); });
      if (of_results.size() == 1 && !of_results.begin()->empty()) content.set("effectiveDateTime", *of_results.begin());
    }
  }

  // The defects of what is served.
  void spoil() {
    const auto& defects = making_.defects;
    for (auto& content : contents_) {
      const auto type = content["resourceType"].string_or("");
      if (defects.is_on(Defect::fhir_drops_must_support) && type == "AllergyIntolerance")
        content.erase("clinicalStatus");
      if (defects.is_on(Defect::fhir_no_sex) && type == "Patient") content.erase("extension");
      if (defects.is_on(Defect::fhir_empty_strings) && type == "Patient")
        visit_path(content, "address.line", [](Value& line) { line = Value(""); });
      if (defects.is_on(Defect::fhir_report_without_document) && type == "DiagnosticReport")
        visit_path(content, "presentedForm.url", [](Value& url) { url = Value(url.string_or("") + "-report"); });
      if (defects.is_on(Defect::fhir_notes_as_pdf) && type == "DocumentReference")
        visit_path(content, "content.attachment", [](Value& attachment) {
          if (attachment["contentType"].string_or("").starts_with("text/"))
            attachment.set("contentType", "application/pdf");
        });
    }
  }

  // Who wrote the document, as the writer has them too.
  Origin origin() {
    Origin origin;
    origin.transmitter = origin.organization = portal_organization(making_).reference();
    const auto &author = patient_.record.author, &custodian = patient_.record.custodian;
    if (!custodian.empty())
      origin.organization =
          add_shared(Value::object({{"resourceType", "Organization"}, {"name", custodian}}), "Organization");
    if (!author.empty())
      origin.author = add_shared(
          Value::object({{"resourceType", "Practitioner"}, {"name", list_of(Value::object({{"text", author}}))}}),
          "Practitioner");
    return origin;
  }

  void add_provenances() {
    const auto is_provenance = [](const Value& content) {
      return content["resourceType"].string_or("") == "Provenance";
    };
    if (making_.defects.is_on(Defect::fhir_no_provenance)) {
      std::erase_if(contents_, is_provenance);
      return;
    }
    std::set<std::string> told;  // of whose provenance the portal's resources tell
    for (const auto& content : contents_)
      if (is_provenance(content))
        visit_path(content, "target.reference", [&](const Value& target) { told.insert(target.string_or("")); });
    const auto of_all = origin();
    for (const auto& content : contents_) {
      const auto type = content["resourceType"].string_or("");
      const auto target = type + "/" + content["id"].string_or("");
      if (is_shared(type) || is_provenance(content) || told.contains(target)) continue;
      further_.push_back(provenance_of(target, id_of(patient_.id + "\n" + target), updated_ns_, of_all));
    }
  }

  Resource finish(Value content) const {
    const auto updated_ns = parse_time(content["meta"]["lastUpdated"].string_or("")).value_or(updated_ns_);
    set_meta(content, updated_ns);
    Resource resource{
        content["resourceType"].string_or(""), content["id"].string_or(""), {}, updated_ns, {patient_.id}};
    if (making_.defects.is_on(Defect::fhir_dangling_reference) && resource.type == "MedicationRequest")
      content.set("requester", reference_to("Practitioner/" + id_of("nobody")));
    resource.content = std::move(content);
    return resource;
  }

  const Patient& patient_;
  const Making& making_;
  std::int64_t updated_ns_ = 0;
  std::vector<Value> contents_;  // of the record
  std::vector<Value> further_;   // what those refer to, and what refers to them
};

}  // namespace

std::vector<Resource> make_resources(const Patient& patient, const Making& making) {
  return Maker(patient, making).make();
}

Resource portal_organization(const Making& making) {
  constexpr std::string_view name = "BlueBridge sample portal";
  auto content = begin_resource("Organization", id_of(name), "us-core-organization");
  content.set("name", name);
  complete_shared(content, "Organization", making.base_url);
  set_meta(content, making.started_ns);
  return {"Organization", id_of(name), std::move(content), making.started_ns, {}};
}

}  // namespace bb::portal::fhir
