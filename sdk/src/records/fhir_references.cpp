#include "fhir_references.hpp"

#include <array>

#include "fhir_types.hpp"

namespace bb::records {
namespace {

// Without the version of the resource that is meant.
std::string_view without_version(std::string_view reference) {
  return reference.substr(0, reference.find("/_history/"));
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
  if (!full_url.empty()) by_address_.emplace(full_url, resource);
  if (const auto id = resource["id"].text(); !id.empty())
    by_address_.emplace(std::string(resource.resource_type()) + "/" + id, resource);
}

const FhirNode* FhirReferences::find(const std::string& address) const {
  const auto found = by_address_.find(address);
  return found == by_address_.end() ? nullptr : &found->second;
}

FhirNode FhirReferences::resolve(FhirNode reference, FhirNode from) const {
  const auto address = reference["reference"].text();
  if (address.starts_with('#')) {
    for (const auto contained : from.all("contained"))
      if (contained["id"].is(std::string_view(address).substr(1))) return contained;
    return {};
  }
  if (address.empty()) return {};
  const std::string plain(without_version(address));
  if (const auto* found = find(plain)) return *found;
  // "https://server/fhir/Patient/1" where the file gives no address of that kind.
  const auto id = plain.rfind('/');
  const auto type = id == std::string::npos || id == 0 ? std::string::npos : plain.rfind('/', id - 1);
  if (type == std::string::npos) return {};
  const auto* found = find(plain.substr(type + 1));
  return found == nullptr ? FhirNode() : *found;
}

bool FhirReferences::is_patient(FhirNode reference, FhirNode from) const {
  if (const auto resource = resolve(reference, from)) return resource.resource_type() == "Patient";
  return reference["type"].is("Patient") || reference["reference"].text().find("Patient/") != std::string::npos;
}

std::string FhirReferences::name_of(FhirNode reference, FhirNode from) const {
  const auto resource = resolve(reference, from);
  if (resource.resource_type() == "PractitionerRole") {
    if (auto name = name_of(resource["practitioner"], resource); !name.empty()) return name;
    if (auto name = name_of(resource["organization"], resource); !name.empty()) return name;
  }
  if (auto name = name_of_resource(resource); !name.empty()) return name;
  return reference["display"].text();
}

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

}  // namespace bb::records
