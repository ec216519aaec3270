// harness/cli/stage.hpp - a stage: which programs run beside each other, the target that describes
// them, and the suites that are run there.
//
// For what has to be started many times, as the sample portal is for each of its defects. A file
// that people write: docs/reference/stages.md. Nothing here starts a program; see stage_scene.hpp.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <bb/core/result.hpp>
#include <bb/core/value.hpp>
#include "harness/cli/places.hpp"

namespace bb::cli {

struct Stage {
  struct Program {
    std::string name;     // of what it says when it is ready: ${NAME.member}; empty: it is run to its end
    std::string program;  // beside this one, else in PATH
    std::vector<std::string> arguments;
    Value environment = Value::object();
    bool has_defects = false;  // takes --defect NAME
  };
  struct File {
    std::string name, text;
  };
  struct Run {
    std::vector<std::string> suites;  // names, or files beside the stage
    std::vector<std::string> arguments;
    std::string answers;                // a file; empty: none
    std::vector<std::string> attested;  // questions that are answered with yes
  };

  std::filesystem::path file;
  std::string title;
  bool needs_browser = false;
  std::vector<File> files;        // in ${stage}, before anything is started
  std::vector<Program> prepared;  // each run to its end, once
  std::vector<Program> programs;  // in this order, anew for each defect
  std::vector<File> secrets;      // in ${run}, once the programs are ready
  Value target;
  std::vector<Run> runs;
  Value environment = Value::object();       // of the runs
  std::map<std::string, std::string> waits;  // of suites, where there is a defect: "60m" -> "15s"
};

// A file, or the name of one of samples/stages. The error holds each mistake with its place.
[[nodiscard]] Result<Stage> read_stage(const Places& places, const std::string& name);

// The text with each ${NAME.member} or ${NAME.list[key=value].member} as `names` has it. The error
// names what is not there, and what is.
[[nodiscard]] Result<std::string> fill_text(std::string_view text, const Value& names);
// All texts of a value. One that is a placeholder and nothing else becomes the value itself, so
// that a port stays a number.
[[nodiscard]] Result<Value> fill_value(const Value& value, const Value& names);

}  // namespace bb::cli
