// harness/cli/browser_program.hpp - `--browser`: who opens the pages that a sign-in leads to.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "harness/cli/args.hpp"
#include "harness/engine/browser.hpp"

namespace bb::cli {

OptionSpec browser_option();

// `program` is a path or a name in PATH: started for each sign-in with the address as its argument, and
// BLUEBRIDGE_TEST, BLUEBRIDGE_ROLE and BLUEBRIDGE_PERSON in its environment. "-": the address is printed on standard
// error. The browser comes back to an address of this machine. The error names a program that is not there.
[[nodiscard]] Result<std::shared_ptr<engine::Browser>> make_browser(std::string_view program);

}  // namespace bb::cli
