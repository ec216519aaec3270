#include <algorithm>
#include <utility>

#include <bb/core/crypto.hpp>
#include <bb/core/files.hpp>
#include <bb/core/text.hpp>

#include "harness/documents/data_find.hpp"

namespace bb::documents {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t file_count_max = 20'000;

}  // namespace

DataFolder::DataFolder(const fs::path& source)
    : root_(fs::is_directory(source)       ? source
            : source.parent_path().empty() ? fs::path(".")
                                           : source.parent_path()) {}

std::optional<std::string> DataFolder::read(const std::string& path, std::uint64_t bytes_max) {
  auto bytes = read_below(root_, path, bytes_max);
  if (bytes) read_[fs::path(path).lexically_normal().generic_string()] = sha256_hex(*bytes);
  return bytes;
}

std::map<std::string, std::string> DataFolder::take_read() { return std::exchange(read_, {}); }

std::vector<std::string> paths_below(const fs::path& source, const std::vector<std::string_view>& extensions) {
  const auto is_wanted = [&](const fs::path& path) {
    return std::find(extensions.begin(), extensions.end(), to_lower(path.extension().string())) != extensions.end();
  };
  std::vector<std::string> paths;
  if (!fs::is_directory(source)) {
    if (is_wanted(source)) paths.push_back(source.filename().generic_string());
    return paths;
  }
  std::error_code error;
  for (fs::recursive_directory_iterator at(source, fs::directory_options::skip_permission_denied, error), end;
       !error && at != end && paths.size() < file_count_max; at.increment(error))
    if (at->is_regular_file(error) && is_wanted(at->path()))
      paths.push_back(at->path().lexically_relative(source).generic_string());
  // Copies below are then known.
  std::sort(paths.begin(), paths.end(), [](const std::string& a, const std::string& b) {
    const auto depth = [](const std::string& path) { return std::count(path.begin(), path.end(), '/'); };
    return std::pair(depth(a), std::string_view(a)) < std::pair(depth(b), std::string_view(b));
  });
  return paths;
}

std::vector<Candidate> find_data(const fs::path& source, std::vector<std::string>& notes) {
  auto found = find_cda_data(source, notes);
  auto fhir = find_fhir_data(source, notes);
  std::move(fhir.begin(), fhir.end(), std::back_inserter(found));
  return found;
}

}  // namespace bb::documents
