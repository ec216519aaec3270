// harness/report/commitments.hpp - what a programme promises, and the rows that prove it.
//
// Data: conformance/statements/*.yaml, format "bluebridge-commitments/1".
// docs/reference/statement.md.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <bb/core/result.hpp>

namespace bb::report {

struct Commitment {
  std::string id, title, promise;
  bool is_needed = true;              // where nothing of it was judged the whole is open
  std::vector<std::string> rows;      // ids, or how ids begin and then '*'
  std::vector<std::string> suites{};  // which measure it
};

struct Commitments {
  std::string programme, version;
  std::string role;  // of the profile: whose promise it is
  std::vector<Commitment> commitments;
  std::vector<std::string> apart;  // rows of another programme
};

// Whether a requirement's id is one of these patterns.
bool matches(const std::vector<std::string>& patterns, std::string_view id);

// Of the files of a folder that of a role; empty: of data holders. The error names the file and what is wrong with it,
// or the roles that there are.
[[nodiscard]] Result<Commitments> find_commitments(const std::filesystem::path& folder, const std::string& role);

// The error names the file and what is wrong with it.
[[nodiscard]] Result<Commitments> read_commitments(const std::filesystem::path& file);

}  // namespace bb::report
