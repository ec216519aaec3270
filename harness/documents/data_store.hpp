// harness/documents/data_store.hpp - published schemas and rules that the user
// holds: imported once, pinned by hash.
//
// They are published by others and not ours to ship. An import recognises by
// content what a folder holds, tries it (a schema must compile, every rule must
// be XPath), and keeps what checks need: of a vocabulary the value sets that
// rules name. What is missing later makes a check impossible, never valid.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <bb/core/files.hpp>
#include <bb/core/result.hpp>

namespace bb::documents {

struct DataFile {
  std::string path;           // below the set's folder
  std::string sha256;         // of what is kept
  std::string source;         // the file that it was made from
  std::string source_sha256;  // of that
  std::uint64_t byte_count = 0;
};

struct DataSet {
  enum class Kind { xsd, schematron, fhir };
  std::string id;  // "cda-sdtc", "ccda-2.1", "fhir-us-core-6.1.0"
  Kind kind = Kind::xsd;
  std::string title;
  std::string entry;  // path of the file to begin with
  std::vector<DataFile> files;
};
std::string_view to_word(DataSet::Kind kind);  // "schema", "rules", "fhir"

// What an import found.
struct Imported {
  std::vector<DataSet> sets;
  std::vector<std::string> notes;  // what was passed over, and why
};

class DataStore {
 public:
  // A store that is not there yet is empty. The error is an index that cannot
  // be read; nothing is mended.
  static Result<DataStore> open(const std::filesystem::path& folder);

  const std::filesystem::path& folder() const { return folder_; }
  const std::vector<DataSet>& sets() const { return sets_; }
  const DataSet* find(std::string_view id) const;

  // Reads a file or folder and keeps the sets in it; one of the same id is
  // replaced. The error: nothing of use was found, or nothing can be written.
  Result<Imported> import(const std::filesystem::path& source);

  // The bytes of each file by its path, as they were imported. The error names
  // a file that is gone or was changed since.
  Result<std::map<std::string, std::string>> load(const DataSet& set) const;

 private:
  explicit DataStore(std::filesystem::path folder) : folder_(std::move(folder)) {}
  Status keep(DataSet set, const std::map<std::string, std::string>& contents);
  Status write_index() const;

  std::filesystem::path folder_;
  std::vector<DataSet> sets_;
};

// The bytes of a file by its path from a folder, which it must not leave; nothing
// where it cannot be read.
std::optional<std::string> read_below(const std::filesystem::path& folder, const std::filesystem::path& path,
                                      std::uint64_t bytes_max = file_bytes_max);

// What recognition of a folder gives: sets with what is to be kept of them.
struct Candidate {
  DataSet set;
  std::map<std::string, std::string> contents;
};
// In data_recognise.cpp. Notes say what looked like data and is of no use.
std::vector<Candidate> find_data(const std::filesystem::path& source, std::vector<std::string>& notes);

}  // namespace bb::documents
