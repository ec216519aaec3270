// scopes_offered.hpp - the scopes that the portal gives, and what they are called for people.
//
// It is read only: of each scope what reads is left. Source: SMART App Launch 2.2, "Scopes and Launch Context"
// (FHIR-SMART-35 to -37).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <bb/smart/scope.hpp>

namespace bb::portal {

// Who asks: an application for a person, or one for itself.
enum class ScopesFor { person, backend };

// What may be given of what was asked for, each once; what is unknown, writes or is for somebody else is left out.
std::vector<smart::Scope> offered(const std::vector<smart::Scope>& asked, ScopesFor whom);

// Whether one of them is about a patient: the token has to be for one.
bool needs_patient(const std::vector<smart::Scope>& scopes);
bool has_scope(const std::vector<smart::Scope>& scopes, std::string_view text);
// As an answer has them, parted by blanks.
std::string text_of(const std::vector<smart::Scope>& scopes);

// "See laboratory results".
std::string words_of(const smart::Scope& scope);

// For the configuration: all of them can be asked for.
std::vector<std::string> scopes_supported();

}  // namespace bb::portal
