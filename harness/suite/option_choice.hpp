// harness/suite/option_choice.hpp - what a target chooses for an option of a suite.
#pragma once

#include "harness/suite/model.hpp"

namespace bb::suite {

// What stands under `options`, whether it is one of the choices or not; else the fact of the profile that the option
// names, where that is one of the choices. nullptr: the target chooses nothing.
const Value* choice_of_target(const Option& option, const Target& target);

// Whether what the target chooses, or else the default or the first choice, lets a test apply.
bool can_apply(const Suite& suite, const Test& test, const Target& target);

}  // namespace bb::suite
