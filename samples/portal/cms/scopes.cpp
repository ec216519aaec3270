#include "portal/cms/scopes.hpp"

#include <algorithm>
#include <array>

#include "portal/smart/scopes_offered.hpp"

namespace bb::portal::cms {
namespace {

constexpr std::array<std::string_view, 3> identity{"openid", "profile", "launch/patient"};
constexpr std::array<std::string_view, 3> types{"Patient", "Coverage", "ExplanationOfBenefit"};
constexpr std::array<std::string_view, 4> forms{"read", "r", "s", "rs"};

}  // namespace

std::vector<std::string> scopes_supported() {
  std::vector<std::string> scopes(identity.begin(), identity.end());
  for (const auto& form : forms)
    for (const auto& type : types) scopes.push_back("patient/" + std::string(type) + "." + std::string(form));
  return scopes;
}

std::vector<smart::Scope> scopes_of(std::string_view asked, const Defects& defects) {
  const auto known = scopes_supported();
  std::vector<smart::Scope> scopes;
  const auto take = [&](const smart::Scope& scope) {
    const bool is_known = std::find(known.begin(), known.end(), scope.text) != known.end();
    const bool is_refused = scope.version == smart::Scope::Version::v2 && defects.is_on(Defect::cms_refuses_new_scopes);
    if (is_known && !is_refused && !has_scope(scopes, scope.text)) scopes.push_back(scope);
  };
  if (!asked.empty()) {
    for (const auto& scope : smart::read_scopes(asked)) take(scope);
    return scopes;
  }
  for (const auto& text : known)
    for (const auto& scope : smart::read_scopes(text))
      if (scope.version != smart::Scope::Version::v2) take(scope);
  return scopes;
}

bool is_demographic(const smart::Scope& scope) { return scope.text == "profile" || scope.resource_type == "Patient"; }

bool may(const std::vector<smart::Scope>& scopes, std::string_view type, char right) {
  return std::any_of(scopes.begin(), scopes.end(), [&](const smart::Scope& scope) {
    return scope.resource_type == type && scope.rights.find(right) != std::string::npos;
  });
}

}  // namespace bb::portal::cms
