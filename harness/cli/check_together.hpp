// harness/cli/check_together.hpp - `bluebridge check --together`: what files are as the
// copies of one record. docs/reference/check.md, "Many documents".
#pragma once

#include <string>
#include <vector>

#include <bb/core/result.hpp>

namespace bb::cli {

// Refuses a folder and standard input, which may hold documents of several records.
[[nodiscard]] Status can_be_together(const std::vector<std::string>& files);

// Prints the verdict on the files, of a package on the documents in it. `status` is the
// exit status of what each of them is; returns that of both.
int check_together(const std::vector<std::string>& files, bool is_json, int status);

}  // namespace bb::cli
