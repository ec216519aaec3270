// options.hpp - how the sample programs read their command line.
#pragma once

#include <boost/program_options.hpp>
#include <cstdint>
#include <string>

#include <bb/core/result.hpp>

namespace bb::programs {

// The options that every program has: --help and --version.
void add_common_options(boost::program_options::options_description& options);
// And every server before them: --exit-with-parent.
void add_server_options(boost::program_options::options_description& options);

// Options alone, never abbreviated: a script that works today must not change its
// meaning with a new one. The error says what to do.
[[nodiscard]] Result<boost::program_options::variables_map> read_options(
    int count, char** arguments, const boost::program_options::options_description& options);

// What --help or --version prints; empty where neither is given. `introduction` begins with the program's name.
std::string common_text(const char* introduction, const boost::program_options::options_description& options,
                        const boost::program_options::variables_map& given);

// 0, for one that the kernel chooses, to 65535.
[[nodiscard]] Result<std::uint16_t> read_port(const boost::program_options::variables_map& given,
                                              const std::string& name);

}  // namespace bb::programs
