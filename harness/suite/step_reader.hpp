// harness/suite/step_reader.hpp - the parts of a test: steps, claims, faults.
//
// Called by the suite reader for each test; reports to its form.
#pragma once

#include <optional>
#include <vector>

#include "harness/suite/form.hpp"
#include "harness/suite/model.hpp"

namespace bb::suite {

std::vector<Step> read_steps(Form& form, const YamlNode& list, std::string_view name);
std::vector<Fault> read_faults(Form& form, const YamlNode& list);
std::optional<Retry> read_retry(Form& form, const YamlNode& node);

}  // namespace bb::suite
