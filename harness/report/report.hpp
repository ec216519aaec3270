// harness/report/report.hpp - a run as a console text, JUnit XML, JSON or a page.
//
// Every report is a pure function of evidence::RunView and so can be made again
// from the run folder at any time, also from an incomplete one. Nothing here
// judges. What the formats hold: docs/reference/reports.md.
#pragma once

#include <array>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <bb/core/result.hpp>
#include <bb/core/value.hpp>
#include "harness/evidence/run_view.hpp"

namespace bb::report {

enum class Format { console, html, junit, json };
inline constexpr std::array<std::string_view, 4> format_words = {"console", "html", "junit", "json"};
std::optional<Format> format_from(std::string_view word);

struct ConsoleOptions {
  bool is_coloured = false;
  std::size_t width = 100;  // columns; at least 40 are used
};
std::string render_console(const evidence::RunView& run, const ConsoleOptions& options);

// What CI servers read. One <testsuite> for each suite; an incomplete or damaged
// run holds an <error>, so that it is never shown as good.
std::string render_junit(const evidence::RunView& run);

// Format "bluebridge-report/1", conformance/schemas/report.schema.json.
Value to_value(const evidence::RunView& run);
std::string render_json(const evidence::RunView& run);

// One page that needs nothing but itself. `blobs` is the way from the page to
// the blobs folder ("blobs"), for links to long bodies; empty = names only.
struct HtmlOptions {
  std::string blobs;
};
std::string render_html(const evidence::RunView& run, const HtmlOptions& options);

// A report with the options that fit a file in `file`'s folder.
std::string render(const evidence::RunView& run, Format format, const std::filesystem::path& file);
// Writes one report; only its owner can read it.
[[nodiscard]] Status write_report(const evidence::RunView& run, Format format, const std::filesystem::path& file);
// Written into every run folder.
inline constexpr std::array<std::pair<Format, std::string_view>, 3> standard_reports = {
    {{Format::html, "report.html"}, {Format::junit, "junit.xml"}, {Format::json, "report.json"}}};
[[nodiscard]] Status write_standard_reports(const evidence::RunView& run);

}  // namespace bb::report
