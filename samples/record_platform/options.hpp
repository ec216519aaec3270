// options.hpp - the command line of bluebridge-record-platform.
#pragma once

#include <string>

#include "record_platform/platform.hpp"

namespace bb::record_platform {

struct CommandLine {
  std::string text;  // to print and end: help, version, the list of defects
  bool exits_with_parent = false;
  Platform::Options platform;
};

[[nodiscard]] Result<CommandLine> read_command_line(int count, char** arguments);

}  // namespace bb::record_platform
