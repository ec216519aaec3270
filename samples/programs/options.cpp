#include "programs/options.hpp"

#include <fmt/format.h>

#include <sstream>
#include <string_view>

namespace bb::programs {

namespace po = boost::program_options;

void add_common_options(po::options_description& options) {
  options.add_options()("help,h", "print this text and end")("version", "print the version and end");
}

void add_server_options(po::options_description& options) {
  options.add_options()("exit-with-parent", "end when the parent process ends");
  add_common_options(options);
}

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

std::string common_text(const char* introduction, const po::options_description& options,
                        const po::variables_map& given) {
  std::ostringstream text;
  if (given.count("help") > 0) {
    text << introduction << options;
  } else if (given.count("version") > 0) {
    const std::string_view said(introduction);
    text << said.substr(0, said.find(' ')) << " " BB_PROGRAM_VERSION "\n";
  }
  return text.str();
}

Result<std::uint16_t> read_port(const po::variables_map& given, const std::string& name) {
  const int port = given[name].as<int>();
  if (port < 0 || port > 65535) return Error{fmt::format("--{} must be 0 to 65535, got {}", name, port)};
  return static_cast<std::uint16_t>(port);
}

}  // namespace bb::programs
