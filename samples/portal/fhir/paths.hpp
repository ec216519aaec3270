// portal/fhir/paths.hpp - the elements of a resource that a path of names leads to.
#pragma once

#include <string_view>

#include <bb/core/value.hpp>

namespace bb::portal::fhir {

// Calls `visit` with each value at a path such as "location.location", through all arrays on the way and at its end.
// `value` is a Value or a const Value.
template <class AnyValue, class Visit>
void visit_path(AnyValue& value, std::string_view path, const Visit& visit) {
  if (auto* items = value.items()) {
    for (auto& item : *items) visit_path(item, path, visit);
    return;
  }
  if (path.empty()) return visit(value);
  const auto dot = path.find('.');
  auto* member = value.find(path.substr(0, dot));
  if (member != nullptr) visit_path(*member, dot == path.npos ? std::string_view() : path.substr(dot + 1), visit);
}

// Calls `visit` with each object of the tree, the outer ones first.
template <class AnyValue, class Visit>
void visit_objects(AnyValue& value, const Visit& visit) {
  if (auto* items = value.items())
    for (auto& item : *items) visit_objects(item, visit);
  if (auto* members = value.members()) {
    visit(value);
    for (auto& member : *value.members()) visit_objects(member.value, visit);
  }
}

}  // namespace bb::portal::fhir
