// discovery.hpp - what the authorization server says about itself.
//
// Source: SMART App Launch 2.2, "Conformance" (FHIR-SMART-01 to -07); OpenID Connect Discovery 1.0, 3.
#pragma once

#include <bb/core/value.hpp>

#include "portal/defects.hpp"
#include "portal/smart/addresses.hpp"

namespace bb::portal {

// Of .well-known/smart-configuration, below the FHIR base.
Value smart_configuration(const SmartAddresses& addresses, const Defects& defects);
// Of .well-known/openid-configuration, below the issuer.
Value openid_configuration(const SmartAddresses& addresses, const Defects& defects);

}  // namespace bb::portal
