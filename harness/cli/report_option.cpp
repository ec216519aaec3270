#include "harness/cli/report_option.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include <bb/core/text.hpp>

namespace bb::cli {
namespace {

Status check_writable(const std::filesystem::path& file) {
  std::error_code error;
  const auto kind = std::filesystem::status(file, error).type();
  if (kind == std::filesystem::file_type::directory)
    return Error{fmt::format("{} is a folder, expected a file", file.string())};
  // A file is replaced by a new one in its folder, a device is written to.
  const bool is_replaced = kind == std::filesystem::file_type::regular || kind == std::filesystem::file_type::not_found;
  const auto parent = file.has_parent_path() ? file.parent_path() : std::filesystem::path(".");
  const auto& place = is_replaced ? parent : file;
  if (is_replaced && !std::filesystem::is_directory(parent, error))
    return Error{fmt::format("{} is no folder", parent.string())};
  if (::access(place.c_str(), is_replaced ? W_OK | X_OK : W_OK) != 0)
    return Error{fmt::format("{} cannot be written: {}", place.string(), std::generic_category().message(errno))};
  return {};
}

}  // namespace

Result<ReportOption> read_report_option(const std::string& text, const std::vector<std::string>& formats) {
  const auto equals = text.find('=');
  if (equals == std::string::npos || equals + 1 == text.size())
    return Error{fmt::format("'--report' is '{}', expected FORMAT=PATH", text)};
  const auto word = text.substr(0, equals);
  if (std::find(formats.begin(), formats.end(), word) != formats.end()) {
    const std::filesystem::path file = text.substr(equals + 1);
    if (const auto good = check_writable(file); !good)
      return Error{fmt::format("'--report' is '{}': {}", text, good.error().what)};
    return ReportOption{word, file};
  }
  const auto near = nearest(word, formats);
  return Error{fmt::format("unknown report format '{}'; {}", word,
                           near ? fmt::format("did you mean '{}'?", *near) : "formats: " + join(formats, ", "))};
}

bool is_same_file(const std::filesystem::path& one, const std::filesystem::path& other) {
  std::error_code error;
  if (std::filesystem::equivalent(one, other, error)) return true;
  const auto place = std::filesystem::weakly_canonical(one, error);
  return !place.empty() && place == std::filesystem::weakly_canonical(other, error);
}

Status check_distinct(const std::vector<std::filesystem::path>& reports) {
  for (auto report = reports.begin(); report != reports.end(); ++report)
    for (auto other = reports.begin(); other != report; ++other)
      if (is_same_file(*report, *other))
        return Error{fmt::format("'--report' names {} and {}, which are one file; give each report its own",
                                 other->string(), report->string())};
  return {};
}

}  // namespace bb::cli
