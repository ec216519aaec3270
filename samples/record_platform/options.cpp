#include "record_platform/options.hpp"

#include <fmt/format.h>

#include <cstdlib>

#include <bb/core/text.hpp>

#include "programs/defect_options.hpp"
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
  programs::add_defect_options(options);
  programs::add_server_options(options);
  return options;
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
  line.text = programs::common_text(introduction, options, given);
  if (!line.text.empty()) return line;
  const auto defects = programs::texts_of(all_defects());
  BB_TRY(line.text, programs::list_defects(given, defects));
  if (!line.text.empty()) return line;

  auto& platform = line.platform;
  BB_TRY(platform.port, programs::read_port(given, "port"));
  if (given.count("folder") > 0) platform.folder = given["folder"].as<std::string>();
  if (given.count("people") > 0) {
    BB_TRY(platform.set_up, read_set_up(given["people"].as<std::string>()));
  }
  BB_TRY(platform.records, read_folder(given, "records"));
  BB_TRY(platform.schemas, read_folder(given, "schemas"));
  platform.has_control = given.count("control") > 0;
  line.exits_with_parent = given.count("exit-with-parent") > 0;
  BB_TRY(const auto defect, programs::read_defect(given, defects));
  if (defect) platform.defects = Defects(all_defects()[*defect].defect);
  if (const char* base = std::getenv("BLUEBRIDGE_RECORD_PLATFORM_PASSWORD"); base != nullptr && *base != '\0')
    platform.password_base = base;
  return line;
}

}  // namespace bb::record_platform
