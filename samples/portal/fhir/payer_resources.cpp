#include "portal/fhir/payer_resources.hpp"

#include <algorithm>

#include <bb/core/time.hpp>

#include "portal/fhir/claim_mistakes.hpp"
#include "portal/fhir/ids.hpp"
#include "portal/fhir/parts.hpp"
#include "portal/fhir/paths.hpp"
#include "portal/fhir/provenance.hpp"

namespace bb::portal::fhir {
namespace {

// The portal's Patient is the payer's too.
void join_references(Value& content, std::string_view payers_reference, const std::string& reference) {
  visit_objects(content, [&](Value& object) {
    if (object["reference"].string_or("") == payers_reference) object.set("reference", reference);
  });
}

void append_items(Value& object, std::string_view key, const Value& more) {
  if (more.items() == nullptr) return;
  if (object.find(key) == nullptr) object.set(key, Value::array());
  for (const auto& item : *more.items()) object.find(key)->push(item);
}

// The member's number, and the profile that asks for it.
void add_membership(const Value& payers_patient, Value& content) {
  append_items(content, "identifier", payers_patient["identifier"]);
  append_items(*content.find("meta"), "profile", payers_patient["meta"]["profile"]);
}

Resource made_of(Value content, const Patient& patient, const Making& making) {
  const auto updated = parse_time(content["meta"]["lastUpdated"].string_or("")).value_or(making.started_ns);
  set_meta(content, updated);
  spoil_claim(content, making.defects);
  const auto type = content["resourceType"].string_or(""), id = content["id"].string_or("");
  return {type, id, std::move(content), updated, {patient.id}};
}

Resource provenance_of_payer(const Resource& about, const Patient& patient, const Making& making) {
  const auto portal = portal_organization(making).reference();
  auto insurer = about.content["insurer"]["reference"].string_or("");
  if (insurer.empty()) insurer = about.content["payor"][0]["reference"].string_or(portal);
  const auto id = id_of(patient.id + "\n" + about.reference());
  auto content = provenance_of(about.reference(), id, about.last_updated_ns, {"", insurer, portal});
  set_meta(content, about.last_updated_ns);
  return {"Provenance", id, std::move(content), about.last_updated_ns, {patient.id}};
}

}  // namespace

void add_payer_resources(const Patient& patient, const Making& making, std::vector<Resource>& resources) {
  const auto find = [](auto& all, const auto& is_patient) {
    const auto found = std::find_if(all.begin(), all.end(), is_patient);
    return found == all.end() ? nullptr : &*found;
  };
  const auto* payers =
      find(patient.claims, [](const Value& one) { return one["resourceType"].string_or("") == "Patient"; });
  auto* own = find(resources, [](const Resource& one) { return one.type == "Patient"; });
  if (payers != nullptr && own != nullptr) add_membership(*payers, own->content);
  for (auto content : patient.claims) {
    if (content["resourceType"].string_or("") == "Patient") continue;
    if (payers != nullptr)
      join_references(content, "Patient/" + (*payers)["id"].string_or(""), "Patient/" + patient_id_of(patient.id));
    resources.push_back(made_of(std::move(content), patient, making));
    const auto& made = resources.back();
    const bool has_origin = made.type == "Coverage" || made.type == "ExplanationOfBenefit";
    if (has_origin && !making.defects.is_on(Defect::fhir_no_provenance))
      resources.push_back(provenance_of_payer(made, patient, making));
  }
}

}  // namespace bb::portal::fhir
