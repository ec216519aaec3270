// harness/documents/data_find.hpp - the parts of find_data(): one for each kind of
// published data, and the folder that all of them look into.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/documents/data_store.hpp"

namespace bb::documents {

inline constexpr std::uint64_t data_bytes_max = 64ull * 1024 * 1024;  // of a schema, a rule or a definition

// Reads files below a folder, or beside a file, and remembers which.
class DataFolder {
 public:
  explicit DataFolder(const std::filesystem::path& source);

  std::optional<std::string> read(const std::string& path, std::uint64_t bytes_max = data_bytes_max);
  // Path and hash of what was read since the last call.
  std::map<std::string, std::string> take_read();

 private:
  std::filesystem::path root_;
  std::map<std::string, std::string> read_;
};

// Of a folder the files below it with one of the extensions (in lower case, with
// their dot), the shallower first; of a file that file. Relative to the folder.
std::vector<std::string> paths_below(const std::filesystem::path& source,
                                     const std::vector<std::string_view>& extensions);

// CDA schemas and Schematron rules.
std::vector<Candidate> find_cda_data(const std::filesystem::path& source, std::vector<std::string>& notes);
// Definitions of FHIR R4 and of guides to it.
std::vector<Candidate> find_fhir_data(const std::filesystem::path& source, std::vector<std::string>& notes);

}  // namespace bb::documents
