// session_fields.hpp - descriptions that the methods about platforms and about people share.
#pragma once

#include <bb/healthvault/session_methods.hpp>

#include "fields.hpp"

namespace bb::healthvault {

template <class A>
void describe(A& a, typename A::template Of<Location>& location) {
  a.one("country", Kind::filled, location.country);
  a.maybe("state-province", Kind::filled, location.state_province);
}

}  // namespace bb::healthvault
