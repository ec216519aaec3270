// portal/fhir/store.hpp - all resources that the portal serves. Immutable once made.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "portal/fhir/record_resources.hpp"

namespace bb::portal::fhir {

inline constexpr std::string_view everybody_group = "everybody";  // the id of the Group of all patients

class Store {
 public:
  Store(const Patients& patients, const Making& making);

  // By patient, and within one in the order of the record.
  const std::vector<Resource>& all() const { return all_; }
  // nullptr: there is none.
  const Resource* find(std::string_view type, std::string_view id) const;
  // Those whose target it is.
  std::vector<const Resource*> provenances_of(const std::string& reference) const;

 private:
  void add(Resource resource);

  std::vector<Resource> all_;
  std::map<std::string, std::size_t, std::less<>> by_reference_;
  std::multimap<std::string, std::size_t> provenances_;  // by target
};

}  // namespace bb::portal::fhir
