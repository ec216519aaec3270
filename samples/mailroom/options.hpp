// options.hpp - the command line of bluebridge-mailroom.
#pragma once

#include <bb/core/result.hpp>

#include "mailroom/mailroom.hpp"
#include "programs/serving.hpp"

namespace bb::mailroom {

struct CommandLine : programs::ServerLine {
  Mailroom::Options mailroom;
};

[[nodiscard]] Result<CommandLine> read_command_line(int count, char** arguments);

}  // namespace bb::mailroom
