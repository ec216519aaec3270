#include "portal/fhir/permissions.hpp"

#include <algorithm>

#include <bb/core/json.hpp>
#include <bb/core/text.hpp>

namespace bb::portal::fhir {
namespace {

bool is_of_type(const smart::Scope& scope, std::string_view type, char right) {
  return scope.is_on_data() && (scope.resource_type == "*" || scope.resource_type == type) &&
         scope.rights.find(right) != std::string::npos;
}

}  // namespace

Permissions::Permissions(TokenAccess token, std::string patient, std::vector<std::string> patients,
                         std::string base_url, const Defects& defects, std::vector<std::string> withheld)
    : token_(std::move(token)),
      patient_(std::move(patient)),
      patients_(std::move(patients)),
      base_url_(std::move(base_url)),
      withheld_(std::move(withheld)),
      ignores_types_(defects.is_on(Defect::fhir_ignores_scope)),
      ignores_filters_(defects.is_on(Defect::fhir_ignores_granular_scope)) {}

bool Permissions::may(std::string_view type, char right) const {
  const auto& scopes = token_.scopes;
  return std::any_of(scopes.begin(), scopes.end(), [&](const smart::Scope& scope) {
    return ignores_types_ ? scope.is_on_data() : is_of_type(scope, type, right);
  });
}

bool Permissions::sees(const Resource& resource, char right) const {
  if (is_withheld(resource)) return false;
  const auto& scopes = token_.scopes;
  return std::any_of(scopes.begin(), scopes.end(), [&](const smart::Scope& scope) {
    if (ignores_types_) return scope.is_on_data() && is_in_context(resource, scope);
    return is_of_type(scope, resource.type, right) && is_in_context(resource, scope) && passes_filter(resource, scope);
  });
}

bool Permissions::is_withheld(const Resource& resource) const {
  if (withheld_.empty()) return false;
  // A whole document tells everything, in a form that is not looked into here.
  if (resource.type == "DocumentReference" || resource.type == "Binary" || resource.type == "DiagnosticReport")
    return true;
  const auto text = to_json(resource.content);
  return std::any_of(withheld_.begin(), withheld_.end(),
                     [&](const std::string& name) { return text.find(name) != std::string::npos; });
}

bool Permissions::is_system() const {
  return std::any_of(token_.scopes.begin(), token_.scopes.end(),
                     [](const smart::Scope& scope) { return scope.is_on_data() && scope.context == "system"; });
}

bool Permissions::may_export(std::string_view type) const {
  return std::any_of(token_.scopes.begin(), token_.scopes.end(), [&](const smart::Scope& scope) {
    return scope.context == "system" && is_of_type(scope, type, 'r');
  });
}

bool Permissions::is_in_context(const Resource& resource, const smart::Scope& scope) const {
  if (scope.context == "system") return true;
  if (scope.context == "patient") return !patient_.empty() && resource.is_of(patient_);
  return std::any_of(patients_.begin(), patients_.end(),
                     [&](const std::string& patient) { return resource.is_of(patient); });
}

bool Permissions::passes_filter(const Resource& resource, const smart::Scope& scope) const {
  if (ignores_filters_) return true;
  // What the filter asks for is not known: nothing passes it.
  return std::all_of(scope.filter.begin(), scope.filter.end(), [&](const auto& condition) {
    const auto* parameter = find_parameter(resource.type, condition.first);
    if (parameter == nullptr) return false;
    const auto criterion = read_criterion(*parameter, "", condition.second);
    return criterion && matches(resource, *criterion, {base_url_});
  });
}

}  // namespace bb::portal::fhir
