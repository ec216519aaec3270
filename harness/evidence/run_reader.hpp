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

// Calls `take` for each readable event with its line number; an error from it
// ends the reading. Lines that cannot be read are told in `problems`; the last
// one may be torn where the writer was killed.
Status read_events(const std::filesystem::path& folder, std::vector<std::string>& problems,
                   const std::function<Status(const Value& event, std::size_t line)>& take);

// The whole of a body as events name it ({"text"} or {"blob", "bytes"}).
Result<std::string> read_body(const std::filesystem::path& folder, const Value& body);
Result<std::string> read_blob(const std::filesystem::path& folder, const std::string& name);

}  // namespace bb::evidence
