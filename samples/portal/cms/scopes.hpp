// portal/cms/scopes.hpp - the scopes of CMS Blue Button 2.0.
//
// Source: capabilities of the Blue Button web server (FHIR-BB2-14, -15).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <bb/smart/scope.hpp>

#include "portal/defects.hpp"

namespace bb::portal::cms {

// Of what was asked for what is known, each once; `asked` empty: all of the old form.
std::vector<smart::Scope> scopes_of(std::string_view asked, const Defects& defects);
std::vector<std::string> scopes_supported();
// Of who a person is, and not what was paid for them: "profile", "patient/Patient.read".
bool is_demographic(const smart::Scope& scope);
// Whether one of them has the right, 'r' or 's', on the type.
bool may(const std::vector<smart::Scope>& scopes, std::string_view type, char right);

}  // namespace bb::portal::cms
