// options.hpp - the command line of bluebridge-record-platform.
#pragma once

#include "programs/serving.hpp"
#include "record_platform/platform.hpp"

namespace bb::record_platform {

struct CommandLine : programs::ServerLine {
  Platform::Options platform;
};

[[nodiscard]] Result<CommandLine> read_command_line(int count, char** arguments);

}  // namespace bb::record_platform
