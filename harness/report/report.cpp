#include "harness/report/report.hpp"

#include <algorithm>
#include <bb/core/files.hpp>
#include <system_error>

namespace bb::report {
namespace {

bool lies_in(const std::filesystem::path& file, const std::filesystem::path& folder) {
  if (folder.empty()) return false;
  std::error_code ignored;
  const auto parent = file.has_parent_path() ? file.parent_path() : std::filesystem::path(".");
  return std::filesystem::equivalent(parent, folder, ignored);
}

}  // namespace

std::optional<Format> format_from(std::string_view word) {
  const auto* const it = std::find(format_words.begin(), format_words.end(), word);
  if (it == format_words.end()) return std::nullopt;
  return static_cast<Format>(it - format_words.begin());
}

std::string render(const evidence::RunView& run, Format format, const std::filesystem::path& file) {
  switch (format) {
    case Format::console:
      return render_console(run, {});
    case Format::html:
      return render_html(run, {.blobs = lies_in(file, run.folder) ? "blobs" : ""});
    case Format::junit:
      return render_junit(run);
    case Format::json:
      return render_json(run);
  }
  return {};
}

Status write_report(const evidence::RunView& run, Format format, const std::filesystem::path& file) {
  return write_text(file, render(run, format, file), Privacy::private_);
}

Status write_standard_reports(const evidence::RunView& run) {
  for (const auto& [format, name] : standard_reports) BB_CHECK(write_report(run, format, run.folder / name));
  return {};
}

}  // namespace bb::report
