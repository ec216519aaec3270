// scopes_offered.hpp - the scopes that the portal gives, and what they are called for people.
//
// It is read only: of each scope what reads is left. Source: SMART App Launch 2.2, "Scopes and Launch Context"
// (FHIR-SMART-35 to -37).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <bb/core/result.hpp>
#include <bb/smart/scope.hpp>

namespace bb::portal {

// Who asks: an application for a person, or one for itself.
enum class ScopesFor { person, backend };

inline constexpr std::size_t scopes_max = 100;

// What may be given of what was asked for, each once; what is unknown, writes or is for somebody else is left out.
// The error is of text of which nothing is left, and of more than 100 scopes.
[[nodiscard]] Result<std::vector<smart::Scope>> offered(std::string_view asked, ScopesFor whom);

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
