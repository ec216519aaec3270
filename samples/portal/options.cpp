#include "portal/options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/program_options.hpp>
#include <cstdlib>
#include <sstream>
#include <system_error>

#include <bb/core/json.hpp>
#include <bb/core/text.hpp>

namespace bb::portal {
namespace {

namespace po = boost::program_options;

constexpr const char* introduction =
    "bluebridge-portal - a sample data holder: view, download and transmit over HTTPS on 127.0.0.1\n\n"
    "Prints one line of JSON when it is ready, and ends on SIGTERM or Ctrl-C.\n"
    "For tests with made-up records; it sends to any https destination, also inside your own network.\n\n"
    "Example: bluebridge-portal --port 8443 --records my-ccda-files\n\n";

po::options_description describe_options() {
  po::options_description options("Options");
  auto add = options.add_options();
  add("port", po::value<int>()->default_value(0)->value_name("N"), "port to listen on; 0 lets the kernel choose");
  add("records", po::value<std::string>()->value_name("DIR"), "folder of C-CDA files; default: the sample records");
  add("people", po::value<std::string>()->value_name("FILE"), "accounts; default: people.yaml in the records folder");
  add("defect", po::value<std::vector<std::string>>()->value_name("NAME"), "switch one fault on");
  add("list-defects", "explain the faults and end");
  add("json", "with --list-defects: as JSON");
  add("trust", po::value<std::string>()->value_name("FILE"), "PEM file of authorities to trust when sharing");
  add("cleartext", "also listen without TLS; it redirects to HTTPS");
  add("exit-with-parent", "end when the parent process ends");
  add("help,h", "print this text and end");
  add("version", "print the version and end");
  return options;
}

std::string list_defects(bool is_json) {
  auto list = Value::array();
  std::string text;
  std::size_t width = 0;
  for (const auto& row : all_defects()) width = std::max(width, std::string_view(row.name).size());
  for (const auto& row : all_defects()) {
    list.push(Value::object({{"name", row.name}, {"explanation", row.explanation}}));
    text += fmt::format("{:<{}}  {}\n", row.name, width, row.explanation);
  }
  return is_json ? to_json(list) + "\n" : text;
}

Result<Defects> read_defect(const std::vector<std::string>& names) {
  if (names.size() > 1) return Error{fmt::format("--defect may be given once, got '{}' and '{}'", names[0], names[1])};
  const auto defect = find_defect(names.front());
  if (defect) return Defects(*defect);
  std::vector<std::string> known;
  for (const auto& row : all_defects()) known.emplace_back(row.name);
  const auto near = nearest(names.front(), known);
  return Error{fmt::format("unknown defect '{}'; {}--list-defects explains all", names.front(),
                           near ? "did you mean '" + *near + "'? " : "")};
}

// share/bluebridge/samples/records in the folder above the program's, installed
// or in a build tree.
std::filesystem::path sample_records() {
  std::error_code ignored;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", ignored);
  return program.parent_path().parent_path() / "share/bluebridge/samples/records";
}

}  // namespace

Result<CommandLine> read_command_line(int count, char** arguments) {
  const auto options = describe_options();
  po::variables_map given;
  try {
    // No abbreviations: a script that works today must not change its meaning with a new option.
    const auto style = po::command_line_style::unix_style & ~po::command_line_style::allow_guessing;
    po::store(po::command_line_parser(count, arguments).options(options).positional({}).style(style).run(), given);
  } catch (const po::error& error) {
    return Error{std::string(error.what()) + "; --help lists the options"};
  }
  CommandLine line;
  if (given.count("help") > 0) {
    std::ostringstream text;
    text << introduction << options;
    line.text = text.str();
    return line;
  }
  if (given.count("version") > 0) {
    line.text = "bluebridge-portal " BB_PORTAL_VERSION "\n";
    return line;
  }
  if (given.count("list-defects") > 0) {
    line.text = list_defects(given.count("json") > 0);
    return line;
  }
  if (given.count("json") > 0) return Error{"--json goes with --list-defects only"};

  auto& portal = line.portal;
  portal.port = given["port"].as<int>();
  if (portal.port < 0 || portal.port > 65535)
    return Error{fmt::format("--port must be 0 to 65535, got {}", portal.port)};
  portal.records =
      given.count("records") > 0 ? std::filesystem::path(given["records"].as<std::string>()) : sample_records();
  if (given.count("people") > 0) portal.people = given["people"].as<std::string>();
  if (given.count("trust") > 0) portal.trust = given["trust"].as<std::string>();
  portal.has_cleartext = given.count("cleartext") > 0;
  line.exits_with_parent = given.count("exit-with-parent") > 0;
  if (given.count("defect") > 0) {
    BB_TRY(portal.defects, read_defect(given["defect"].as<std::vector<std::string>>()));
  }
  if (const char* base = std::getenv("BLUEBRIDGE_PORTAL_PASSWORD"); base != nullptr && *base != '\0')
    portal.password_base = base;
  return line;
}

}  // namespace bb::portal
