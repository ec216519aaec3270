// harness/bundle/personal_data.hpp - whose data a run holds: the target's people, inputs
// and saves that say `phi`, and who the recorded documents say they are about.
#pragma once

#include <filesystem>

#include <bb/core/result.hpp>
#include "harness/bundle/pseudonyms.hpp"

namespace bb::bundle {

// The error says what of the folder could not be read.
[[nodiscard]] Status learn_personal_data(const std::filesystem::path& folder, Pseudonyms& pseudonyms);

}  // namespace bb::bundle
