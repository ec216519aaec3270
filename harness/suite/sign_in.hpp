// harness/suite/sign_in.hpp - how a person of a target signs in where a step
// does not say.
//
// Used by the linter of set-ups and by the verb, so that both mean the same.
#pragma once

#include <cstdint>
#include <set>
#include <string>

#include "harness/suite/model.hpp"

namespace bb::suite {

// The person's fact `method`, else that of the role, else by the secrets there
// are. `role` may be null; `has_client_secret` says whether they or their role
// have one.
std::string sign_in_method(const Person& person, const RoleBinding* role, bool has_client_secret);

// Whether a person signs in by password and none is granted. Whoever has no
// secret that we know is taken to, where the connector knows passwords and not
// the method that is left. `named` is the method that a step names, or empty;
// `methods` are bits of bb_session::methods, 0: any.
bool lacks_password(const Person& person, const RoleBinding* role, const std::set<std::string>& granted,
                    const std::string& named, std::uint32_t methods);

}  // namespace bb::suite
