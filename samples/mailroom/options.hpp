// options.hpp - the command line of bluebridge-mailroom.
#pragma once

#include <string>

#include <bb/core/result.hpp>

#include "mailroom/mailroom.hpp"

namespace bb::mailroom {

struct CommandLine {
  Mailroom::Options mailroom;
  bool exits_with_parent = false;
  std::string text;  // --help or --version: print this and end
};

[[nodiscard]] Result<CommandLine> read_command_line(int count, char** arguments);

}  // namespace bb::mailroom
