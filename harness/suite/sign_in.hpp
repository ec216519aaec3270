// harness/suite/sign_in.hpp - how a person of a target signs in where a step
// does not say.
//
// Used by the linter of set-ups and by the verb, so that both mean the same.
#pragma once

#include <string>

#include "harness/suite/model.hpp"

namespace bb::suite {

// The person's fact `method`, else by the secrets there are. `has_client_secret`
// says whether they or their role have one.
std::string sign_in_method(const Person& person, bool has_client_secret);

}  // namespace bb::suite
