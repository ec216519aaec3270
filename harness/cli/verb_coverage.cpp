// `suite coverage`: which requirement is tested, by what, and why not.
#include <fmt/format.h>

#include <algorithm>

#include <bb/core/files.hpp>
#include <bb/core/printable.hpp>
#include <bb/core/time.hpp>

#include "harness/cli/document_rules.hpp"
#include "harness/cli/exit_status.hpp"
#include "harness/cli/places.hpp"
#include "harness/cli/rule_date.hpp"
#include "harness/cli/terminal.hpp"
#include "harness/cli/verbs.hpp"
#include "harness/coverage/render.hpp"
#include "harness/suite/reader.hpp"

namespace bb::cli {
namespace {

namespace fs = std::filesystem;

// Adds what was read, and its mistakes.
template <class T>
void take(suite::Loaded<T> loaded, std::vector<T>& into, std::vector<Diagnostic>& mistakes) {
  if (loaded.value) into.push_back(*std::move(loaded.value));
  for (auto& each : loaded.diagnostics)
    if (each.severity == Severity::error) mistakes.push_back(std::move(each));
}

// The rows of the catalogues named, else of the suites named, else all that are installed, whose
// rows may be rested on in any case. The tests of the suites named, else of all installed.
Result<coverage::Sources> read_sources(const Args& args, const Places& places) {
  coverage::Sources sources;
  std::vector<Diagnostic> mistakes;
  const auto given = args.values("catalogue");
  const bool is_all = args.positional.empty() && given.empty();
  for (const auto& file : given) take(suite::read_catalogue(file), sources.catalogues, mistakes);
  for (const auto& file : installed_catalogues(places))
    take(suite::read_catalogue(file), is_all ? sources.catalogues : sources.known, mistakes);
  std::vector<fs::path> suites;
  for (const auto& name : args.positional) {
    const auto file = find_suite(places, name);
    if (file)
      suites.push_back(*file);
    else
      mistakes.push_back({Severity::error, {}, file.error().what, ""});
  }
  if (args.positional.empty()) suites = installed_suites(places);
  for (const auto& file : suites) take(suite::read_suite(file), sources.suites, mistakes);
  if (!mistakes.empty()) return Error{"the coverage cannot be measured:\n" + render(std::move(mistakes))};
  sources.are_rows_of_suites_listed = given.empty();
  BB_TRY(sources.rules, read_own_rules(places));
  return sources;
}

Result<std::string> read_format(const Args& args) {
  auto format = args.value("format").value_or(args.has("json") ? "json" : "text");
  if (args.has("json") && format != "json")
    return Error{fmt::format("'--json' and '--format {}' ask for two formats; give one", format)};
  if (args.has("filter") && format != "text")
    return Error{fmt::format("'--filter' is for the text, and the format is {}; leave one out", format)};
  return format;
}

std::string rendered(const std::string& format, const Args& args, const coverage::Coverage& coverage,
                     const coverage::Sources& sources) {
  if (format == "json") return json_text(coverage::to_value(coverage, sources, BB_PROGRAM_VERSION));
  if (format == "csv") return coverage::render_csv(coverage);
  if (format == "html") return coverage::render_page(coverage, sources, BB_PROGRAM_VERSION);
  const auto filter = args.value("filter").value_or(args.positional.empty() ? "" : "*");
  return printable(coverage::render_text(coverage, filter, args.has("strict")));
}

int coverage(const Args& args) {
  const auto places = find_places(args);
  if (!places) return refuse(places.error().what);
  const auto day = rule_date(args);
  if (!day) return refuse(day.error().what);
  const auto format = read_format(args);
  if (!format) return refuse(format.error().what);
  const auto sources = read_sources(args, *places);
  if (!sources) return refuse(sources.error().what);
  auto measured = coverage::measure(*sources, day->empty() ? format_date(now_unix_ns()) : *day);
  if (!measured.diagnostics.empty())
    return refuse("the catalogues do not fit together:\n" + render(std::move(measured.diagnostics)));
  const auto text = rendered(*format, args, measured, *sources);
  if (text.empty())
    return refuse(fmt::format("no requirement matches the filter '{}'; '--format csv' lists all",
                              args.value("filter").value_or("*")));
  if (const auto file = args.value("out")) {
    if (const auto written = write_text(*file, text); !written) return refuse(written.error().what);
  } else {
    print_report(text);
  }
  const auto gaps = measured.gaps(args.has("strict"));
  if (gaps.empty()) return exit_good;
  if (args.has("out") || args.has("json") || args.has("format"))
    complain(fmt::format("{} not accounted for, the first is {}",
                         gaps.size() == 1 ? "1 requirement is" : fmt::format("{} requirements are", gaps.size()),
                         gaps.front()->requirement->id));
  return exit_found;
}

}  // namespace

VerbSpec suite_coverage_verb() {
  VerbSpec verb;
  verb.name = "suite coverage";
  verb.arguments = "[SUITE...]";
  verb.argument_count_max = any_count;
  verb.completes = Completes::files;
  verb.summary = "which requirements are tested, by what, and why not";
  verb.about =
      "Counts the requirements of all catalogues, or of the suites named, on a rule date: by tests and their claims, "
      "by rules for documents, by other requirements, by people, or with the reason why not. Nothing is run. Exit "
      "status 0: each SHALL in force is accounted for, 1: one is not, 2: a file cannot be read.";
  verb.example = "bluebridge suite coverage --format html --out coverage.html";
  verb.options = {
      rule_date_option(),
      {"format", "FORMAT", "text (default), csv, json or html", Completes::words, {"text", "csv", "json", "html"}},
      {"json", "", "as JSON, as --format json"},
      {"out", "FILE", "write there instead of to standard output", Completes::files},
      {"filter", "GLOB", "of the text, the tests and claims of these requirements: VDT15-*"},
      {"catalogue",
       "FILE",
       "a catalogue of yours in the place of those installed; repeatable",
       Completes::files,
       {},
       true},
      {"strict", "", "every requirement has to be accounted for, whatever its level and standing"},
      conformance_option()};
  verb.run = coverage;
  return verb;
}

}  // namespace bb::cli
