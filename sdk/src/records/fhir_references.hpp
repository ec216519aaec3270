// fhir_references.hpp - the resources of a file, and what a reference in one of
// them points at.
// Source: FHIR R4, bundle.html#references and references.html#contained.
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <bb/records/record.hpp>

#include "fhir_node.hpp"

namespace bb::records {

struct FhirResource {
  FhirNode node;
  std::string full_url;
};

class FhirReferences {
 public:
  // The roots must live as long as this. Of a Bundle each entry is a resource,
  // and the Bundle itself none.
  explicit FhirReferences(const std::vector<FhirNode>& roots);

  // In the order of the file.
  const std::deque<FhirResource>& resources() const { return resources_; }
  // Nothing where the reference leads out of the file. `from` is the resource it
  // stands in: a relative reference is of the server that the full URL of that names.
  FhirNode resolve(FhirNode reference, FhirNode from) const;
  // The whole address of what a reference leads to where that is not in the file; else empty.
  std::string outside(FhirNode reference, FhirNode from) const;

  // What facts say of a person or organisation that a reference leads to. Many may
  // lead to one, so each is read once and no word of it is longer than a line.
  struct Party {
    std::string name;
    std::string organization;
    std::vector<std::string> telecoms;
  };
  const Party& party_of(FhirNode reference, FhirNode from) const;
  // Its name, else the words of the reference.
  std::string name_of(FhirNode reference, FhirNode from) const;
  // `code` of what a reference leads to, read once as a party is.
  const Code& code_of(FhirNode reference, FhirNode from) const;
  // Whether it is the patient.
  bool is_patient(FhirNode reference, FhirNode from) const;

 private:
  // The one resource of a type and id, as long as there is only one.
  struct Alike {
    const FhirResource* only = nullptr;
    bool is_one = true;

    void add(const FhirResource& resource);
  };
  struct SameId {
    Alike any;
    Alike without_base;  // of those that have no address of a server
  };

  void add(FhirNode resource, const std::string& full_url);
  void add_contained(FhirNode holder, FhirNode outermost);
  FhirNode find_alike(const std::string& type_and_id, bool has_base) const;
  // The resource whose contained ones and base hold for references in `resource`.
  const fhir::Element* container_of(FhirNode resource) const;
  std::string name_of_role(FhirNode role) const;

  std::deque<FhirResource> resources_;
  // By what contains them, then by id.
  std::unordered_map<const fhir::Element*, std::unordered_map<std::string_view, FhirNode>> contained_;
  std::unordered_map<const fhir::Element*, const fhir::Element*> containers_;
  std::unordered_map<const fhir::Element*, std::string> bases_;  // of the resources that have one
  std::unordered_map<std::string, FhirNode> by_full_url_;
  std::unordered_map<std::string, SameId> by_type_and_id_;
  mutable std::unordered_map<const fhir::Element*, Party> parties_;  // those that were asked for
  mutable std::unordered_map<const fhir::Element*, Code> codes_;
};

}  // namespace bb::records
