// bb/healthvault/healthcare_proxy.hpp - a contact as a thing of type Healthcare proxy.
//
// The type requires the date of the proxy, which no contact says: the caller does.
//
// Source: healthcare-proxy.xsd of the platform.
#pragma once

#include <string>

#include <bb/core/result.hpp>
#include <bb/healthvault/thing_types.hpp>
#include <bb/records/record.hpp>

namespace bb::healthvault {

struct HealthcareProxy {
  std::string when;  // the day at least, ISO 8601
  records::Contact proxy;
  records::Contact alternate = {};  // without a name: none
  std::string content = {};         // of the document, in words
};

// That they may decide is what the type says: a relationship that is healthcare power of attorney (HPOWATT) is not said
// again, another one is the person's type. What the type does not hold is in `unheld`. An error for a proxy without a
// name or a date.
[[nodiscard]] Result<WrittenThings> healthcare_proxy_thing(const HealthcareProxy& proxy);

}  // namespace bb::healthvault
