// harness/bundle/contents.hpp - the files of a run folder, and what else lies in it.
#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <bb/core/result.hpp>
#include <bb/core/value.hpp>

namespace bb::bundle {

// Beside what harness/evidence/run_folder.hpp says and the reports.
inline constexpr std::string_view manifest_file_name = "evidence.sha256";
inline constexpr std::string_view signature_file_name = "evidence.p7s";

struct Contents {
  std::set<std::string> files;  // regular ones: "events.ndjson", "blobs/HEX"
  // What is no regular file, or has no place in a run folder: path and why.
  std::vector<std::pair<std::string, std::string>> strange;
};
// The error is of a folder that cannot be read.
[[nodiscard]] Result<Contents> contents_of(const std::filesystem::path& folder);

// Adds each blob that an event names, at any depth.
void collect_blobs(const Value& event, std::set<std::string>& names);

}  // namespace bb::bundle
