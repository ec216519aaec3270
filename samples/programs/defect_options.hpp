// defect_options.hpp - the options of a command line that are about defects.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <bb/core/result.hpp>

#include "programs/defects.hpp"
#include "programs/options.hpp"

namespace bb::programs {

// --defect, --list-defects and --json.
void add_defect_options(boost::program_options::options_description& options);

// What --list-defects prints, with --json as JSON; empty where it is not given. The error is of --json alone.
[[nodiscard]] Result<std::string> list_defects(const boost::program_options::variables_map& given,
                                               const std::vector<DefectText>& table);

// The place in the table of what --defect names; nothing where it is not given.
[[nodiscard]] Result<std::optional<std::size_t>> read_defect(const boost::program_options::variables_map& given,
                                                             const std::vector<DefectText>& table);

}  // namespace bb::programs
