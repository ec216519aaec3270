// portal/fhir/capability.hpp - the CapabilityStatement at [base]/metadata.
//
// Source: FHIR R4 CapabilityStatement; US Core 6.1.0, us-core-server; SMART App Launch, oauth-uris (FHIR-HTTP-03, -04).
#pragma once

#include <cstdint>
#include <string>

#include <bb/core/value.hpp>

#include "portal/defects.hpp"

namespace bb::portal::fhir {

// Addresses of the authorization server; empty ones are not told. Those that R4's definition of oauth-uris has;
// the others stand in .well-known/smart-configuration.
struct OauthUris {
  std::string authorize, token, manage, register_;
};

Value capability_statement(const std::string& base_url, const OauthUris& uris, std::int64_t started_ns,
                           const Defects& defects);

}  // namespace bb::portal::fhir
