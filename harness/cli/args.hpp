// harness/cli/args.hpp - verbs, their options, and a command line read by them.
//
// One table (verbs.cpp) describes all verbs; help, completion and reading
// follow from it. Boost.Program_options stays in args.cpp.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <bb/core/result.hpp>

namespace bb::cli {

enum class Completes { nothing, files, folders, words };

struct OptionSpec {
  std::string name;   // without dashes
  std::string value;  // what stands for the value in help: "FILE"; empty = a flag
  std::string about;
  Completes completes = Completes::nothing;
  std::vector<std::string> words = {};  // for Completes::words
  bool is_repeatable = false;
};

class Args;

struct VerbSpec {
  std::string name;       // "run", "suite lint"
  std::string arguments;  // "SUITE..."; empty = none
  std::size_t argument_count_min = 0;
  std::size_t argument_count_max = 0;  // any_count = no limit
  Completes completes = Completes::nothing;
  std::vector<std::string> words = {};
  std::string summary;  // one line
  std::string about;    // paragraphs for --help; may be empty
  std::string example;
  std::vector<OptionSpec> options;
  int (*run)(const Args&) = nullptr;  // returns the exit status
};
inline constexpr std::size_t any_count = static_cast<std::size_t>(-1);

// What was given.
class Args {
 public:
  std::vector<std::string> positional;
  std::map<std::string, std::vector<std::string>> options;  // a flag has one empty value

  bool has(std::string_view name) const;
  std::optional<std::string> value(std::string_view name) const;
  std::vector<std::string> values(std::string_view name) const;
  // A whole number between `min` and `max`; the error names the option.
  Result<std::int64_t> number(std::string_view name, std::int64_t fallback, std::int64_t min, std::int64_t max) const;
  // Repeated "key=value"; the error names the option and what was given.
  Result<std::map<std::string, std::string>> pairs(std::string_view name) const;
};

// The words after the verb. `--help` is known everywhere and ends the reading.
// The error says what is wrong and names the nearest known option.
Result<Args> read_args(const VerbSpec& verb, const std::vector<std::string>& words);

// The text of `bluebridge VERB --help`.
std::string help_text(const VerbSpec& verb);

}  // namespace bb::cli
