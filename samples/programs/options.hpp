// options.hpp - how the sample programs read their command line.
#pragma once

#include <boost/program_options.hpp>
#include <string>

#include <bb/core/result.hpp>

namespace bb::programs {

// Options alone, never abbreviated: a script that works today must not change its
// meaning with a new one. The error says what to do.
[[nodiscard]] Result<boost::program_options::variables_map> read_options(
    int count, char** arguments, const boost::program_options::options_description& options);

// What --help prints.
std::string help_text(const char* introduction, const boost::program_options::options_description& options);

}  // namespace bb::programs
