#include "fhir_references.hpp"

#include <array>
#include <utility>

#include <bb/fhir/reference.hpp>

#include "fhir_types.hpp"

namespace bb::records {
namespace {

bool is_relative_address(std::string_view address) { return address.find(':') == std::string_view::npos; }

// "http://server/fhir/" of "http://server/fhir/Patient/1"; empty where the address is none of a server.
std::string base_of(std::string_view full_url, std::string_view type) {
  const auto id = full_url.rfind('/');
  if (id == std::string_view::npos || full_url.starts_with("urn:")) return {};
  const auto owner = full_url.substr(0, id);
  if (!owner.ends_with("/" + std::string(type))) return {};
  return std::string(owner.substr(0, owner.size() - type.size()));
}

// Of a person, an organisation, a place or a device; empty for any other.
std::string name_of_resource(FhirNode resource) {
  constexpr std::array<std::string_view, 3> persons{"Practitioner", "Patient", "RelatedPerson"};
  for (const auto type : persons)
    if (resource.resource_type() == type) return read_best_name(resource).full();
  if (resource.resource_type() == "Device") return resource["deviceName"]["name"].text();
  return resource.resource_type() == "Organization" || resource.resource_type() == "Location" ||
                 resource.resource_type() == "CareTeam"
             ? resource["name"].text()
             : std::string();
}

}  // namespace

FhirReferences::FhirReferences(const std::vector<FhirNode>& roots) {
  for (const auto root : roots) add(root, {});
}

// The depth is bounded by that of the file.
void FhirReferences::add(FhirNode resource, const std::string& full_url) {
  if (resource.resource_type() == "Bundle") {
    for (const auto entry : resource.all("entry"))
      if (const auto inner = entry["resource"]) add(inner, entry["fullUrl"].text());
    return;
  }
  resources_.push_back({resource, full_url});
  add_contained(resource);
  if (!full_url.empty()) by_full_url_.emplace(full_url, resource);
  if (auto base = base_of(full_url, resource.resource_type()); !base.empty())
    bases_.emplace(resource.get(), std::move(base));
  if (const auto id = resource["id"].text(); !id.empty())
    by_type_and_id_[std::string(resource.resource_type()) + "/" + id].push_back(&resources_.back());
}

// The depth is bounded by that of the file.
void FhirReferences::add_contained(FhirNode holder) {
  for (const auto resource : holder.all("contained")) {
    if (const auto id = resource["id"]) contained_[holder.get()].emplace(id.raw(), resource);
    add_contained(resource);
  }
}

// Where the addresses do not decide: the one resource of this type and id. One of a
// server is none that a reference with another base means.
FhirNode FhirReferences::find_alike(const std::string& type_and_id, bool has_base) const {
  const auto found = by_type_and_id_.find(type_and_id);
  if (found == by_type_and_id_.end()) return {};
  const FhirResource* only = nullptr;
  for (const auto* resource : found->second) {
    if (has_base && bases_.contains(resource->node.get())) continue;
    if (only != nullptr && only->full_url != resource->full_url) return {};
    if (only == nullptr) only = resource;
  }
  return only == nullptr ? FhirNode() : only->node;
}

FhirNode FhirReferences::resolve(FhirNode reference, FhirNode from) const {
  const auto address = reference["reference"].text();
  if (address.starts_with('#')) {
    const auto holder = contained_.find(from.get());
    if (holder == contained_.end()) return {};
    const auto found = holder->second.find(std::string_view(address).substr(1));
    return found == holder->second.end() ? FhirNode() : found->second;
  }
  if (address.empty()) return {};
  const std::string plain(fhir::without_version(address));
  const auto base = bases_.find(from.get());
  const bool is_relative = is_relative_address(plain);
  const auto found = by_full_url_.find(is_relative && base != bases_.end() ? base->second + plain : plain);
  if (found != by_full_url_.end()) return found->second;
  const auto id = plain.rfind('/');
  if (id == std::string::npos || id == 0) return {};
  const auto type = plain.rfind('/', id - 1);
  return find_alike(type == std::string::npos ? plain : plain.substr(type + 1), !is_relative || base != bases_.end());
}

std::string FhirReferences::outside(FhirNode reference, FhirNode from) const {
  const auto address = reference["reference"].text();
  if (address.empty() || address.starts_with('#') || resolve(reference, from)) return {};
  const std::string plain(fhir::without_version(address));
  const auto base = bases_.find(from.get());
  return is_relative_address(plain) && base != bases_.end() ? base->second + plain : plain;
}

bool FhirReferences::is_patient(FhirNode reference, FhirNode from) const {
  if (const auto resource = resolve(reference, from)) return resource.resource_type() == "Patient";
  return reference["type"].is("Patient") || reference["reference"].text().find("Patient/") != std::string::npos;
}

std::string FhirReferences::name_of(FhirNode reference, FhirNode from) const {
  const auto named = [](FhirNode resource, FhirNode referring) {
    auto name = name_of_resource(resource);
    return name.empty() ? referring["display"].text() : name;
  };
  const auto resource = resolve(reference, from);
  // One step alone: a role may refer to itself.
  if (resource.resource_type() == "PractitionerRole")
    for (const std::string_view who : {"practitioner", "organization"})
      if (auto name = named(resolve(resource[who], resource), resource[who]); !name.empty()) return name;
  return named(resource, reference);
}

}  // namespace bb::records
