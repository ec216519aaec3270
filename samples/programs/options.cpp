#include "programs/options.hpp"

#include <sstream>

namespace bb::programs {

namespace po = boost::program_options;

Result<po::variables_map> read_options(int count, char** arguments, const po::options_description& options) {
  po::variables_map given;
  try {
    const auto style = po::command_line_style::unix_style & ~po::command_line_style::allow_guessing;
    po::store(po::command_line_parser(count, arguments).options(options).positional({}).style(style).run(), given);
  } catch (const po::error& error) {
    return Error{std::string(error.what()) + "; --help lists the options"};
  }
  return given;
}

std::string help_text(const char* introduction, const po::options_description& options) {
  std::ostringstream text;
  text << introduction << options;
  return text.str();
}

}  // namespace bb::programs
