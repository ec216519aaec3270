// portal/cms/discovery.hpp - what the CMS interface says about itself, of one version.
//
// Source: the Blue Button web server (FHIR-BB2-04, -05, -27).
#pragma once

#include <cstdint>

#include <bb/core/value.hpp>

#include "portal/cms/addresses.hpp"
#include "portal/defects.hpp"

namespace bb::portal::cms {

Value smart_configuration(const Addresses& addresses, const Defects& defects);
Value openid_configuration(const Addresses& addresses, const Defects& defects);
Value capability_statement(const Addresses& addresses, std::int64_t started_ns, const Defects& defects);

}  // namespace bb::portal::cms
