#include "portal/fhir/store.hpp"

#include "portal/fhir/ids.hpp"
#include "portal/fhir/parts.hpp"
#include "portal/fhir/paths.hpp"
#include "portal/fhir/payer_resources.hpp"

namespace bb::portal::fhir {
namespace {

Resource group_of(const Patients& patients, const Making& making) {
  auto content = begin_resource("Group", everybody_group);
  set_meta(content, making.started_ns);
  content.set("type", "person");
  content.set("actual", Value(true));
  content.set("name", "All patients of the portal");
  auto members = Value::array();
  for (const auto& patient : patients.all())
    members.push(Value::object({{"entity", reference_to("Patient/" + patient_id_of(patient.id))}}));
  if (members.size() > 0) content.set("member", std::move(members));
  return {"Group", std::string(everybody_group), std::move(content), making.started_ns, {}};
}

}  // namespace

Store::Store(const Patients& patients, const Making& making) {
  auto portal = portal_organization(making);
  for (const auto& patient : patients.all()) portal.owners.push_back(patient.id);
  add(std::move(portal));
  add(group_of(patients, making));
  for (const auto& patient : patients.all()) {
    auto resources = make_resources(patient, making);
    add_payer_resources(patient, making, resources);
    for (auto& resource : resources) add(std::move(resource));
  }
}

const Resource* Store::find(std::string_view type, std::string_view id) const {
  const auto found = by_reference_.find(std::string(type) + "/" + std::string(id));
  return found == by_reference_.end() ? nullptr : &all_[found->second];
}

std::vector<const Resource*> Store::provenances_of(const std::string& reference) const {
  std::vector<const Resource*> found;
  const auto [begin, end] = provenances_.equal_range(reference);
  for (auto at = begin; at != end; ++at) found.push_back(&all_[at->second]);
  return found;
}

void Store::add(Resource resource) {
  const auto [at, is_new] = by_reference_.emplace(resource.reference(), all_.size());
  if (is_new) {
    if (resource.type == "Provenance")
      visit_path(resource.content, "target.reference",
                 [&](const Value& target) { provenances_.emplace(target.string_or(""), all_.size()); });
    all_.push_back(std::move(resource));
    return;
  }
  auto& owners = all_[at->second].owners;
  for (auto& owner : resource.owners)
    if (!all_[at->second].is_of(owner)) owners.push_back(std::move(owner));
}

}  // namespace bb::portal::fhir
