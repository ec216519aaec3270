// connector new: a project from the template that lies with the samples.
//
// Files of template/common and of the language's folder are copied; their
// names end in ".in", and @words@ in names and texts are replaced.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include <bb/core/files.hpp>
#include <bb/core/text.hpp>

#include "harness/cli/exit_status.hpp"
#include "harness/cli/places.hpp"
#include "harness/cli/terminal.hpp"
#include "harness/cli/verbs.hpp"

namespace bb::cli {
namespace {

namespace fs = std::filesystem;
using Words = std::map<std::string, std::string>;

constexpr std::size_t name_bytes_max = 40;
// Targets that CMake makes itself, and folders of the project.
constexpr std::array<std::string_view, 14> reserved_names = {
    "all",     "clean", "depend", "edit-cache", "help",  "install", "list-install-components",
    "package", "ninja", "none",   "test",       "tests", "build",   "rebuild-cache",
};

bool is_lower(char c) { return c >= 'a' && c <= 'z'; }

Status check_name(const std::string& name) {
  const bool is_word =
      std::all_of(name.begin(), name.end(), [](char c) { return is_lower(c) || (c >= '0' && c <= '9') || c == '-'; });
  if (name.empty() || !is_word || !is_lower(name.front()) || name.back() == '-')
    return Error{fmt::format(
        "'{}' is no name for a connector; expected a lower-case letter, then lower-case letters, digits and "
        "'-', the last of them no '-', as in my-portal",
        shorten(to_utf8_lossy(name), 80))};
  if (name.size() > name_bytes_max)
    return Error{fmt::format("'{}' is too long for a name: {} characters, expected at most {}", shorten(name, 80),
                             name.size(), name_bytes_max)};
  if (std::find(reserved_names.begin(), reserved_names.end(), name) != reserved_names.end())
    return Error{fmt::format("'{}' is a word of the build; choose another name, as in {}-portal", name, name)};
  return {};
}

// "my-portal" becomes "MyPortal".
std::string class_name(const std::string& name) {
  std::string made;
  bool is_start = true;
  for (const char c : name) {
    if (c != '-') made += is_start && is_lower(c) ? static_cast<char>(c - 'a' + 'A') : c;
    is_start = c == '-';
  }
  return made;
}

std::string fill(std::string text, const Words& words) {
  for (const auto& [word, value] : words) text = replace_all(text, '@' + word + '@', value);
  return text;
}

// Copies one folder of the template into `project`, filled in.
Status copy_filled(const fs::path& from, const fs::path& project, const Words& words) {
  std::error_code failed;
  for (fs::recursive_directory_iterator it(from, failed), end; !failed && it != end; it.increment(failed)) {
    if (it->path().extension() != ".in") continue;
    const auto relative = it->path().lexically_relative(from).replace_extension();
    const auto file = project / fill(relative.string(), words);
    std::error_code cannot_make;
    fs::create_directories(file.parent_path(), cannot_make);
    BB_TRY(const auto text, read_text(it->path()));
    BB_CHECK(write_text(file, fill(text, words)));
  }
  if (failed) return Error{fmt::format("{}: {}; the installation is not whole", from.string(), failed.message())};
  return {};
}

// Makes the folder, which must not be there, and everything in it; leaves
// nothing behind when that fails.
Status make_project(const fs::path& project, const fs::path& language, const Words& words) {
  std::error_code failed;
  if (fs::exists(fs::symlink_status(project, failed)))
    return Error{fmt::format("'{}' is there already, and nothing is overwritten", project.string())};
  if (!fs::create_directory(project, failed))
    return Error{fmt::format("the folder '{}' cannot be made: {}", project.string(), failed.message())};
  auto done = copy_filled(find_template() / "common", project, words);
  if (done) done = copy_filled(find_template() / language, project, words);
  if (!done) fs::remove_all(project, failed);
  return done;
}

int make_new(const Args& args) {
  const auto& name = args.positional.front();
  if (const auto good = check_name(name); !good) return refuse(good.error().what);
  const fs::path out = args.value("out").value_or(".");
  std::error_code ignored;
  if (!fs::is_directory(out, ignored)) return refuse(fmt::format("'--out' is '{}', which is no folder", out.string()));
  const std::string language = args.has("c") ? "c" : "cpp";
  const std::string version = BB_PROGRAM_VERSION;
  const Words words = {{"name", name},
                       {"Class", class_name(name)},
                       {"word", replace_all(name, "-", "_")},
                       {"source", name + "." + language},
                       {"version", version.substr(0, version.rfind('.'))}};
  const auto project = (out / name).lexically_normal();
  if (const auto made = make_project(project, language, words); !made) return refuse(made.error().what);
  print(fmt::format("{}\n\nNext:\n  cd {}\n  cmake -B build\n  cmake --build build\n  ctest --test-dir build\n",
                    project.string(), project.string()));
  return exit_good;
}

}  // namespace

VerbSpec connector_new_verb() {
  VerbSpec verb;
  verb.name = "connector new";
  verb.arguments = "NAME";
  verb.argument_count_min = 1;
  verb.argument_count_max = 1;
  verb.summary = "a project for a connector of your own, from a template";
  verb.about =
      "Makes the folder NAME with a connector that works, a suite and a target file that test it, and a CMake project "
      "that builds against this installation. NAME begins with a lower-case letter and goes on with lower-case "
      "letters, digits and '-', at most 40 in all. Nothing is overwritten.";
  verb.example = "bluebridge connector new my-portal";
  verb.options = {{"c", "", "in C, instead of C++20"},
                  {"out", "DIR", "folder to make the project in; default: the current one", Completes::folders}};
  verb.run = make_new;
  return verb;
}

}  // namespace bb::cli
