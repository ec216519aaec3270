#include "record_platform/options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include <bb/core/json.hpp>
#include <bb/core/text.hpp>

#include "programs/options.hpp"

namespace bb::record_platform {
namespace {

namespace po = boost::program_options;

constexpr const char* introduction =
    "bluebridge-record-platform - a sample personal health record platform: HealthVault-style XML over HTTPS on "
    "127.0.0.1\n\n"
    "Prints one line of JSON when it is ready, and ends on SIGTERM or Ctrl-C.\n"
    "For tests with made-up records. Without options it knows the people of the sample records.\n\n"
    "Example: bluebridge-record-platform --port 8444 --folder platform --people people.yaml\n\n";

po::options_description describe_options() {
  po::options_description options("Options");
  auto add = options.add_options();
  add("port", po::value<int>()->default_value(0)->value_name("N"), "port to listen on; 0 lets the kernel choose");
  add("folder", po::value<std::string>()->value_name("DIR"),
      "where the database lies, made where it is not; default: a temporary one");
  add("people", po::value<std::string>()->value_name("FILE"), "persons, records and applications (YAML)");
  add("records", po::value<std::string>()->value_name("DIR"),
      "folder of C-CDA files: NAME.xml is in the record NAME from the start");
  add("schemas", po::value<std::string>()->value_name("DIR"),
      "the published schemas of thing types: what is stored must be valid by them");
  add("control", "serve /double for tests: what was asked, faults, clock");
  add("defect", po::value<std::vector<std::string>>()->value_name("NAME"), "switch one fault on");
  add("list-defects", "explain the faults and end");
  add("json", "with --list-defects: as JSON");
  add("exit-with-parent", "end when the parent process ends");
  add("help,h", "print this text and end");
  add("version", "print the version and end");
  return options;
}

std::string list_defects(bool is_json) {
  auto list = Value::array();
  std::string text;
  std::size_t width = 0;
  for (const auto& row : all_defects()) width = std::max(width, row.name.size());
  for (const auto& row : all_defects()) {
    list.push(Value::object({{"name", row.name},
                             {"explanation", row.explanation},
                             {"requirements", Value::strings(split(row.rows, ' '))}}));
    text += fmt::format("{:<{}}  {} ({})\n", row.name, width, row.explanation, row.rows);
  }
  return is_json ? to_json(list) + "\n" : text;
}

Result<Defects> read_defect(const std::vector<std::string>& names) {
  if (names.size() > 1) return Error{fmt::format("--defect may be given once, got '{}' and '{}'", names[0], names[1])};
  if (const auto defect = find_defect(names.front())) return Defects(*defect);
  std::vector<std::string> known;
  for (const auto& row : all_defects()) known.emplace_back(row.name);
  const auto near = nearest(names.front(), known);
  return Error{fmt::format("unknown defect '{}'; {}--list-defects explains all", names.front(),
                           near ? "did you mean '" + *near + "'? " : "")};
}

// One that is there, or none where the option was not given.
Result<std::filesystem::path> read_folder(const po::variables_map& given, const std::string& name) {
  if (given.count(name) == 0) return std::filesystem::path();
  std::filesystem::path folder = given[name].as<std::string>();
  std::error_code ignored;
  if (!std::filesystem::is_directory(folder, ignored))
    return Error{fmt::format("--{} must name a folder, got '{}'", name, shorten(folder.string(), 200))};
  return folder;
}

}  // namespace

Result<CommandLine> read_command_line(int count, char** arguments) {
  const auto options = describe_options();
  BB_TRY(const auto given, programs::read_options(count, arguments, options));
  CommandLine line;
  if (given.count("help") > 0) {
    line.text = programs::help_text(introduction, options);
    return line;
  }
  if (given.count("version") > 0) {
    line.text = "bluebridge-record-platform " BB_RECORD_PLATFORM_VERSION "\n";
    return line;
  }
  if (given.count("list-defects") > 0) {
    line.text = list_defects(given.count("json") > 0);
    return line;
  }
  if (given.count("json") > 0) return Error{"--json goes with --list-defects only"};

  auto& platform = line.platform;
  platform.port = given["port"].as<int>();
  if (platform.port < 0 || platform.port > 65535)
    return Error{fmt::format("--port must be 0 to 65535, got {}", platform.port)};
  if (given.count("folder") > 0) platform.folder = given["folder"].as<std::string>();
  if (given.count("people") > 0) {
    BB_TRY(platform.set_up, read_set_up(given["people"].as<std::string>()));
  }
  BB_TRY(platform.records, read_folder(given, "records"));
  BB_TRY(platform.schemas, read_folder(given, "schemas"));
  platform.has_control = given.count("control") > 0;
  line.exits_with_parent = given.count("exit-with-parent") > 0;
  if (given.count("defect") > 0) {
    BB_TRY(platform.defects, read_defect(given["defect"].as<std::vector<std::string>>()));
  }
  if (const char* base = std::getenv("BLUEBRIDGE_RECORD_PLATFORM_PASSWORD"); base != nullptr && *base != '\0')
    platform.password_base = base;
  return line;
}

}  // namespace bb::record_platform
