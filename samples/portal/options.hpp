// options.hpp - the command line of bluebridge-portal.
#pragma once

#include <string>

#include <bb/core/result.hpp>

#include "portal/portal.hpp"

namespace bb::portal {

struct CommandLine {
  Portal::Options portal;
  bool exits_with_parent = false;
  std::string text;  // --help, --version or --list-defects: print this and end
};

// The error says what is wrong and what there is instead.
[[nodiscard]] Result<CommandLine> read_command_line(int count, char** arguments);

}  // namespace bb::portal
