// harness/cli/rule_date.hpp - the day whose rules a command judges by.
#pragma once

#include <string>

#include <bb/core/result.hpp>
#include "harness/cli/args.hpp"

namespace bb::cli {

// `--rule-date`, for the tables of options.
OptionSpec rule_date_option();
// The day as it was given, "2026-11-21"; empty: today. The error says what was expected.
[[nodiscard]] Result<std::string> rule_date(const Args& args);

}  // namespace bb::cli
