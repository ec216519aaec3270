// options.hpp - the command line of bluebridge-portal.
#pragma once

#include <bb/core/result.hpp>

#include "portal/portal.hpp"
#include "programs/serving.hpp"

namespace bb::portal {

struct CommandLine : programs::ServerLine {
  Portal::Options portal;
};

// The error says what is wrong and what there is instead.
[[nodiscard]] Result<CommandLine> read_command_line(int count, char** arguments);

}  // namespace bb::portal
