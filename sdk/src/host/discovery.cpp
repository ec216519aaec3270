#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <utility>

#include <bb/host/manifest.hpp>

namespace bb::host {
namespace {

constexpr std::string_view manifest_suffix = ".bbplugin.yaml";
constexpr std::size_t problems_listed_max = 100;

std::vector<std::filesystem::path> manifests_in(const std::filesystem::path& folder,
                                                std::vector<std::string>& problems) {
  std::vector<std::filesystem::path> files;
  std::error_code failure;
  std::filesystem::directory_iterator entry(folder, failure);
  for (; !failure && entry != std::filesystem::directory_iterator(); entry.increment(failure))
    if (entry->path().filename().string().ends_with(manifest_suffix)) files.push_back(entry->path());
  if (failure && failure != std::errc::no_such_file_or_directory)
    problems.push_back("cannot search plugin folder " + folder.string() + ": " + failure.message());
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

Discovery discover(const std::vector<std::filesystem::path>& folders) {
  Discovery found;
  std::set<std::filesystem::path> seen;
  std::error_code ignored;
  for (const auto& folder : folders) {
    for (const auto& file : manifests_in(folder, found.problems)) {
      if (!seen.insert(std::filesystem::weakly_canonical(file, ignored)).second) continue;
      auto manifest = read_manifest(file);
      if (manifest)
        found.manifests.push_back(*std::move(manifest));
      else
        found.problems.push_back(std::move(manifest).error().what);
    }
  }
  std::stable_sort(found.manifests.begin(), found.manifests.end(),
                   [](const Manifest& a, const Manifest& b) { return a.id < b.id; });
  std::map<std::string, const Manifest*> offered;
  for (const Manifest& manifest : found.manifests) {
    for (const ManifestType& type : manifest.types) {
      const auto [first, is_new] = offered.emplace(type.id, &manifest);
      if (!is_new)
        found.problems.push_back("connector type '" + type.id + "' is offered twice: by " +
                                 first->second->file.string() + " and by " + manifest.file.string());
    }
  }
  if (const std::size_t all = found.problems.size(); all > problems_listed_max) {
    found.problems.resize(problems_listed_max);
    found.problems.push_back("and " + std::to_string(all - problems_listed_max) + " more problems");
  }
  return found;
}

}  // namespace bb::host
