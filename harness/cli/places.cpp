#include "harness/cli/places.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <system_error>

#include <bb/core/text.hpp>

namespace bb::cli {
namespace {

namespace fs = std::filesystem;

bool is_folder(const fs::path& path) {
  std::error_code ignored;
  return fs::is_directory(path, ignored);
}

fs::path program_folder() {
  std::error_code failed;
  const auto program = fs::read_symlink("/proc/self/exe", failed);
  return failed ? fs::path(".") : program.parent_path();
}

const char* environment(const char* name) {
  const char* const value = std::getenv(name);
  return value != nullptr && *value != '\0' ? value : nullptr;
}

Result<fs::path> find_conformance(const Args& args, const fs::path& bin) {
  if (const auto folder = args.value("conformance")) {
    if (is_folder(*folder)) return fs::path(*folder);
    return Error{fmt::format("'--conformance' is '{}', which is no folder", *folder)};
  }
  if (const char* const folder = environment("BLUEBRIDGE_CONFORMANCE")) {
    if (is_folder(folder)) return fs::path(folder);
    return Error{fmt::format("BLUEBRIDGE_CONFORMANCE is '{}', which is no folder", folder)};
  }
  const auto folder = (bin / "../share/bluebridge/conformance").lexically_normal();
  if (is_folder(folder)) return folder;
  return Error{fmt::format("no conformance data in {}; name its folder with --conformance DIR", folder.string())};
}

// By name.
std::vector<fs::path> yaml_files(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code failed;
  for (fs::directory_iterator it(folder, failed), end; !failed && it != end; it.increment(failed))
    if (it->path().extension() == ".yaml") files.push_back(it->path());
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

OptionSpec plugins_option() {
  return {"plugins",          "DIR", "folder of connectors; default: BLUEBRIDGE_PLUGINS, else beside the program",
          Completes::folders, {},    true};
}

OptionSpec conformance_option() {
  return {"conformance", "DIR",
          "folder of suites and vocabulary; default: BLUEBRIDGE_CONFORMANCE, else beside the program",
          Completes::folders};
}

OptionSpec data_option() {
  return {"data", "DIR", "folder of imported schemas and rules; default: BLUEBRIDGE_DATA, else the user's data folder",
          Completes::folders};
}

Result<fs::path> find_data(const Args& args) {
  if (const auto folder = args.value("data")) return fs::path(*folder);
  if (const char* const folder = environment("BLUEBRIDGE_DATA")) return fs::path(folder);
  // XDG Base Directory Specification 0.8.
  if (const char* const folder = environment("XDG_DATA_HOME"); folder != nullptr && *folder == '/')
    return fs::path(folder) / "bluebridge" / "data";
  if (const char* const home = environment("HOME")) return fs::path(home) / ".local/share/bluebridge/data";
  return Error{"there is no home folder for imported data; name one with --data DIR"};
}

OptionSpec in_process_option() {
  return {"in-process", "", "load connectors into this process, for debugging; the verdict and the run record say so"};
}

Result<std::filesystem::path> find_program(fs::path program, std::string_view what) {
  std::error_code ignored;
  if (fs::exists(program, ignored)) return program;
  return Error{fmt::format("{}: {} is not there; it lies beside this program", program.string(), what)};
}

Result<std::filesystem::path> find_connector_host(const Args& args) {
  if (args.has("in-process")) return fs::path();
  std::vector<std::string> tried;
  for (const auto* const folder : {".", "../libexec/bluebridge"}) {
    const auto program = (program_folder() / folder / "bluebridge-connector-host").lexically_normal();
    std::error_code ignored;
    if (fs::is_regular_file(program, ignored)) return program;
    tried.push_back(program.string());
  }
  return Error{
      fmt::format("the program that runs connectors is missing, neither {} is there; --in-process does without",
                  join(tried, " nor "))};
}

Result<std::vector<std::filesystem::path>> find_plugins(const Args& args) {
  std::vector<fs::path> folders;
  for (const auto& folder : args.values("plugins")) {
    if (!is_folder(folder)) return Error{fmt::format("'--plugins' is '{}', which is no folder", folder)};
    folders.emplace_back(folder);
  }
  if (!folders.empty()) return folders;
  if (const char* const list = environment("BLUEBRIDGE_PLUGINS")) {
    for (const auto& folder : split(list, ':'))
      if (!folder.empty()) folders.emplace_back(folder);
    return folders;
  }
  for (const auto& folder : {program_folder() / "../plugins", program_folder() / "../lib/bluebridge/plugins"})
    if (is_folder(folder)) folders.push_back(folder.lexically_normal());
  return folders;
}

Result<Places> find_places(const Args& args) {
  Places places;
  places.program_folder = program_folder();
  BB_TRY(places.plugins, find_plugins(args));
  BB_TRY(places.conformance, find_conformance(args, places.program_folder));
  // "conformance/" has itself as parent, "conformance" has the folder around it.
  if (!places.conformance.has_filename()) places.conformance = places.conformance.parent_path();
  std::error_code failed;
  if (auto absolute = std::filesystem::absolute(places.conformance, failed); !failed) places.conformance = absolute;
  return places;
}

std::vector<std::filesystem::path> installed_suites(const Places& places) { return yaml_files(places.suites()); }

std::vector<std::filesystem::path> installed_catalogues(const Places& places) {
  return yaml_files(places.catalogues());
}

std::vector<std::string> installed_stages(const Places& places) {
  std::vector<std::string> names;
  for (const auto& file : yaml_files(places.stages())) names.push_back(file.stem().string());
  return names;
}

std::vector<std::filesystem::path> installed_suites(const Places& places, std::span<const std::string_view> names) {
  std::vector<fs::path> suites;
  for (const auto name : names) {
    auto suite = places.suites() / (std::string(name) + ".yaml");
    std::error_code ignored;
    if (fs::exists(suite, ignored)) suites.push_back(std::move(suite));
  }
  return suites;
}

Result<std::filesystem::path> find_suite(const Places& places, const std::string& name) {
  std::error_code ignored;
  if (fs::is_regular_file(name, ignored)) return fs::path(name);
  if (const auto installed = places.suites() / (name + ".yaml"); fs::is_regular_file(installed, ignored))
    return installed;
  if (!name.empty() && fs::exists(name, ignored)) return fs::path(name);
  std::vector<std::string> known;
  for (const auto& file : installed_suites(places)) known.push_back(file.stem().string());
  const auto near = nearest(name, known);
  return Error{fmt::format("'{}' is neither a file nor an installed suite; {}", name,
                           near            ? fmt::format("did you mean '{}'?", *near)
                           : known.empty() ? "none are installed in " + places.suites().string()
                                           : "installed: " + join(known, ", "))};
}

std::filesystem::path find_template() {
  return (program_folder() / "../share/bluebridge/samples/template").lexically_normal();
}

}  // namespace bb::cli
