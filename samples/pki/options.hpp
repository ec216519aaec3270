// options.hpp - the command line of bluebridge-pki.
#pragma once

#include <string>

#include <bb/core/result.hpp>

#include "pki/test_pki.hpp"

namespace bb::pki {

struct CommandLine {
  TestPkiOptions pki;
  std::string text;  // --help, --version or --list-cases: print this and end
};

[[nodiscard]] Result<CommandLine> read_command_line(int count, char** arguments);

}  // namespace bb::pki
