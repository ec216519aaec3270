#include "harness/evidence/run_reader.hpp"

#include <fmt/format.h>

#include <fstream>

#include <bb/core/crypto.hpp>
#include <bb/core/files.hpp>
#include <bb/core/json.hpp>

#include "harness/evidence/run_builder.hpp"
#include "harness/evidence/run_folder.hpp"

namespace bb::evidence {

Status read_events(const std::filesystem::path& folder, std::vector<std::string>& problems,
                   const std::function<Status(const Value& event, std::size_t line)>& take) {
  const auto file = folder / events_file_name;
  std::ifstream events(file, std::ios::binary);
  if (!events) return Error{fmt::format("{}: no readable run here", file.string())};
  std::string text;
  for (std::size_t line = 1; std::getline(events, text); ++line) {
    const bool is_torn = events.eof();  // no line feed at its end
    auto event = parse_json(text);
    if (event && event->is_object() && !is_torn) {
      BB_CHECK(take(*event, line));
    } else if (is_torn) {
      problems.push_back(fmt::format("line {}: torn after {} bytes, ignored", line, text.size()));
    } else {
      problems.push_back(
          fmt::format("line {}: not an event, ignored: {}", line, event ? "expected an object" : event.error().what));
    }
  }
  return {};
}

Result<std::string> read_blob(const std::filesystem::path& folder, const std::string& name) {
  if (!is_blob_name(name)) return Error{fmt::format("'{}' is no name of a blob", name)};
  BB_TRY(std::string bytes, read_text(folder / blobs_folder_name / name));
  if (const std::string hash = sha256_hex(bytes); hash != name)
    return Error{fmt::format("blob {} was changed: its content now hashes to {}", name, hash)};
  return bytes;
}

Result<std::string> read_body(const std::filesystem::path& folder, const Value& body) {
  if (const auto* name = body["blob"].string()) return read_blob(folder, *name);
  return body["text"].string_or("");
}

Result<RunView> read_run(const std::filesystem::path& folder) {
  RunBuilder builder(folder);
  std::vector<std::string> problems;
  BB_CHECK(
      read_events(folder, problems, [&](const Value& event, std::size_t line) { return builder.add(event, line); }));
  for (auto& problem : problems) builder.problem(std::move(problem));
  auto run = std::move(builder).finish();
  if (!run) return Error{fmt::format("{}: {}", (folder / events_file_name).string(), run.error().what)};
  return run;
}

}  // namespace bb::evidence
