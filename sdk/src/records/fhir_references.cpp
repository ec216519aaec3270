#include "fhir_references.hpp"

#include <array>
#include <utility>

#include <bb/core/text.hpp>
#include <bb/fhir/reference.hpp>

#include "fhir_types.hpp"

namespace bb::records {
namespace {

constexpr std::size_t party_bytes_max = 1000;  // of a name, a display, an address
constexpr std::size_t party_telecoms_max = 100;

bool is_relative_address(std::string_view address) { return address.find(':') == std::string_view::npos; }

// "http://server/fhir/" of "http://server/fhir/Patient/1"; empty where the address is none of a server.
std::string base_of(std::string_view full_url, std::string_view type) {
  full_url = fhir::without_version(full_url);
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
  add_contained(resource, resource);
  if (!full_url.empty()) by_full_url_.emplace(full_url, resource);
  auto base = base_of(full_url, resource.resource_type());
  if (const auto id = resource["id"].text(); !id.empty()) {
    auto& same = by_type_and_id_[std::string(resource.resource_type()) + "/" + id];
    same.any.add(resources_.back());
    if (base.empty()) same.without_base.add(resources_.back());
  }
  if (!base.empty()) bases_.emplace(resource.get(), std::move(base));
}

void FhirReferences::Alike::add(const FhirResource& resource) {
  if (only == nullptr)
    only = &resource;
  else if (only->full_url != resource.full_url)
    is_one = false;
}

// "The rules for resolving references in contained resources are the same as those
// for resolving references in the resource that contains the contained resource."
// The depth is bounded by that of the file.
void FhirReferences::add_contained(FhirNode holder, FhirNode outermost) {
  for (const auto resource : holder.all("contained")) {
    if (const auto id = resource["id"]) contained_[outermost.get()].emplace(id.raw(), resource);
    containers_.emplace(resource.get(), outermost.get());
    add_contained(resource, outermost);
  }
}

const fhir::Element* FhirReferences::container_of(FhirNode resource) const {
  const auto found = containers_.find(resource.get());
  return found == containers_.end() ? resource.get() : found->second;
}

// Where the addresses do not decide: the one resource of this type and id. One of a
// server is none that a reference with another base means.
FhirNode FhirReferences::find_alike(const std::string& type_and_id, bool has_base) const {
  const auto found = by_type_and_id_.find(type_and_id);
  if (found == by_type_and_id_.end()) return {};
  const auto& alike = has_base ? found->second.without_base : found->second.any;
  return alike.only == nullptr || !alike.is_one ? FhirNode() : alike.only->node;
}

FhirNode FhirReferences::resolve(FhirNode reference, FhirNode from) const {
  const auto address = reference["reference"].text();
  const auto* container = container_of(from);
  if (address == "#") return FhirNode(container);
  if (address.starts_with('#')) {
    const auto holder = contained_.find(container);
    if (holder == contained_.end()) return {};
    const auto found = holder->second.find(std::string_view(address).substr(1));
    return found == holder->second.end() ? FhirNode() : found->second;
  }
  if (address.empty()) return {};
  const std::string plain(fhir::without_version(address));
  const auto base = bases_.find(container);
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
  const auto base = bases_.find(container_of(from));
  return is_relative_address(plain) && base != bases_.end() ? base->second + plain : plain;
}

bool FhirReferences::is_patient(FhirNode reference, FhirNode from) const {
  if (const auto resource = resolve(reference, from)) return resource.resource_type() == "Patient";
  return reference["type"].is("Patient") || reference["reference"].text().find("Patient/") != std::string::npos;
}

// One step alone: a role may refer to itself.
std::string FhirReferences::name_of_role(FhirNode role) const {
  for (const std::string_view who : {"practitioner", "organization"}) {
    auto name = name_of_resource(resolve(role[who], role));
    if (name.empty()) name = role[who]["display"].text();
    if (!name.empty()) return name;
  }
  return {};
}

const FhirReferences::Party& FhirReferences::party_of(FhirNode reference, FhirNode from) const {
  const auto resource = resolve(reference, from);
  const auto [known, is_new] = parties_.try_emplace(resource.get());
  auto& party = known->second;
  if (!is_new || !resource) return party;
  const bool is_role = resource.resource_type() == "PractitionerRole";
  party.name = shorten(is_role ? name_of_role(resource) : name_of_resource(resource), party_bytes_max);
  const auto employer = resource["organization"];
  party.organization = name_of_resource(resolve(employer, resource));
  if (party.organization.empty()) party.organization = employer["display"].text();
  party.organization = shorten(party.organization, party_bytes_max);
  for (auto& telecom : read_contact_points(resource)) {
    if (party.telecoms.size() == party_telecoms_max) break;
    party.telecoms.push_back(shorten(telecom, party_bytes_max));
  }
  return party;
}

std::string FhirReferences::name_of(FhirNode reference, FhirNode from) const {
  const auto& name = party_of(reference, from).name;
  return name.empty() ? reference["display"].text() : name;
}

const Code& FhirReferences::code_of(FhirNode reference, FhirNode from) const {
  const auto resource = resolve(reference, from);
  const auto [known, is_new] = codes_.try_emplace(resource.get());
  auto& code = known->second;
  if (!is_new || !resource) return code;
  code = read_concept(resource["code"]);
  for (auto* word : {&code.code, &code.system, &code.display}) *word = shorten(*word, party_bytes_max);
  return code;
}

}  // namespace bb::records
