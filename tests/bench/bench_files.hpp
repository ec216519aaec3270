// bench_files.hpp - suites and targets that the benchmarks make for themselves.
#pragma once

#include <filesystem>
#include <string>

#include <bb/core/value.hpp>

namespace bb::bench {

// A suite of `count` tests that list what `portal` has, each as one of `people`
// persons, after one sign-in each.
std::string list_suite(int count, int people);

// A suite of `count` tests of the usual shape: four claims, a save, a fault.
std::string usual_suite(int count);

// A target whose role `portal` is `connector` and whose persons are p0, p1, ...
// with the password in the environment variable BB_BENCH_PASSWORD.
std::string target(const std::string& connector, const Value& config, const std::string& ca_file, int people);

// Writes into `folder` and returns the file.
std::filesystem::path write(const std::filesystem::path& folder, const std::string& name, const std::string& text);

}  // namespace bb::bench
