// harness/evidence/run_reader.hpp - reads the events of a run folder one by one.
//
// read_run() in run_view.hpp is for reports; this is for who needs the events
// themselves or bodies uncut.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include <bb/core/result.hpp>
#include <bb/core/value.hpp>

namespace bb::evidence {

// What is wrong with a stream as a stream. Only a torn last line is forgiven,
// since a kill leaves one; everything else means that somebody or something
// changed what was written.
struct StreamProblems {
  std::vector<std::string> forgiven, damage;
  bool is_chained = false;  // each line proves those before it; streams of earlier versions do not
};

// Calls `take` for each readable event with its line number; an error from it
// ends the reading.
Status read_events(const std::filesystem::path& folder, StreamProblems& problems,
                   const std::function<Status(const Value& event, std::size_t line)>& take);

// The whole of a body as events name it ({"text"} or {"blob", "bytes"}). A blob
// is a regular file and its content hashes to its name, or it is an error.
Result<std::string> read_body(const std::filesystem::path& folder, const Value& body);
Result<std::string> read_blob(const std::filesystem::path& folder, const std::string& name);

}  // namespace bb::evidence
