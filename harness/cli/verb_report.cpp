#include <fmt/format.h>

#include <bb/core/files.hpp>

#include "harness/cli/exit_status.hpp"
#include "harness/cli/terminal.hpp"
#include "harness/cli/verbs.hpp"
#include "harness/report/report.hpp"

namespace bb::cli {
namespace {

int report(const Args& args) {
  const auto run = evidence::read_run(args.positional.front());
  if (!run) return refuse(run.error().what);
  if (!run->is_complete) complain("note: the run is incomplete; the report says so");
  if (run->is_damaged) complain("note: the evidence of the run is damaged; the report says so");
  const auto format = *report::format_from(args.value("format").value_or("console"));
  if (const auto file = args.value("out")) {
    const auto written = report::write_report(*run, format, *file);
    return written ? static_cast<int>(exit_good) : refuse(written.error().what);
  }
  print_report(format == report::Format::console ? report::render_console(*run, console_options())
                                                 : report::render(*run, format, "-"));
  return exit_good;
}

}  // namespace

VerbSpec report_verb() {
  VerbSpec verb;
  verb.name = "report";
  verb.arguments = "RUN";
  verb.argument_count_min = 1;
  verb.argument_count_max = 1;
  verb.completes = Completes::folders;
  verb.summary = "make a report of a run again, from its folder";
  verb.about =
      "Also of a run that was killed: the report then says that it is incomplete. The exit status says whether the "
      "report could be made (0, else 2), not what the verdict is.";
  verb.example = "bluebridge report runs/20261121T222640Z-ab12cd --format html --out report.html";
  verb.options = {{"format",
                   "FORMAT",
                   "console (default), html, junit or json",
                   Completes::words,
                   {report::format_words.begin(), report::format_words.end()}},
                  {"out", "FILE", "write there instead of to standard output", Completes::files}};
  verb.run = report;
  return verb;
}

}  // namespace bb::cli
