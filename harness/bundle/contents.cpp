#include "harness/bundle/contents.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <system_error>

#include "harness/evidence/run_folder.hpp"
#include "harness/report/report.hpp"

namespace bb::bundle {
namespace {

namespace fs = std::filesystem;

bool has_place(const std::string& name) {
  constexpr std::array<std::string_view, 4> known = {evidence::run_file_name, evidence::events_file_name,
                                                     manifest_file_name, signature_file_name};
  return std::find(known.begin(), known.end(), name) != known.end() ||
         std::any_of(report::standard_reports.begin(), report::standard_reports.end(),
                     [&](const auto& one) { return one.second == name; });
}

void take_entry(const fs::directory_entry& entry, bool is_blob, Contents& contents) {
  const std::string name = entry.path().filename().string();
  const std::string path = is_blob ? fmt::format("{}/{}", evidence::blobs_folder_name, name) : name;
  std::error_code error;
  if (name == evidence::unmasked_folder_name && !is_blob)
    contents.strange.emplace_back(path, "holds the run unmasked, until 'bluebridge resume' has ended it");
  else if (entry.symlink_status(error).type() != fs::file_type::regular)
    contents.strange.emplace_back(path, "is no regular file");
  else if (is_blob ? !evidence::is_blob_name(name) : !has_place(name))
    contents.strange.emplace_back(path, "is no part of a run folder");
  else
    contents.files.insert(path);
}

Status take_folder(const fs::path& folder, bool is_blobs, Contents& contents) {
  std::error_code error;
  fs::directory_iterator entries(folder, error);
  for (; !error && entries != fs::directory_iterator(); entries.increment(error)) {
    const bool is_blobs_folder = !is_blobs && entries->path().filename() == evidence::blobs_folder_name &&
                                 entries->symlink_status(error).type() == fs::file_type::directory;
    if (is_blobs_folder) {
      BB_CHECK(take_folder(entries->path(), true, contents));
    } else {
      take_entry(*entries, is_blobs, contents);
    }
  }
  if (error) return Error{fmt::format("{}: {}", folder.string(), error.message())};
  return {};
}

}  // namespace

Result<Contents> contents_of(const fs::path& folder) {
  Contents contents;
  BB_CHECK(take_folder(folder, false, contents));
  return contents;
}

void collect_blobs(const Value& event, std::set<std::string>& names) {
  if (const auto* items = event.items())
    for (const auto& item : *items) collect_blobs(item, names);
  if (const auto* members = event.members())
    for (const auto& member : *members) {
      const bool is_name = member.key == "blob" || member.key == "evidence_blob";
      const auto* const name = is_name ? member.value.string() : nullptr;
      if (name != nullptr && evidence::is_blob_name(*name)) names.insert(*name);
      collect_blobs(member.value, names);
    }
}

}  // namespace bb::bundle
