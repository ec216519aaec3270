#include <optional>

#include "harness/cli/exit_status.hpp"
#include "harness/cli/terminal.hpp"
#include "harness/cli/verbs.hpp"
#include "harness/documents/report_file.hpp"
#include "harness/report/difference.hpp"

namespace bb::cli {
namespace {

int diff(const Args& args) {
  std::optional<documents::ReportFile> page_file;
  if (const auto file = args.value("html")) {
    auto created = documents::ReportFile::create(*file);
    if (!created) return refuse("--html: " + created.error().what);
    page_file.emplace(*std::move(created));
  }
  const auto before = evidence::read_run(args.positional[0]);
  if (!before) return refuse(before.error().what);
  const auto after = evidence::read_run(args.positional[1]);
  if (!after) return refuse(after.error().what);
  const auto difference = report::compare_runs(*before, *after);
  if (args.has("json"))
    print_json(report::to_value(difference, *before, *after));
  else
    print_report(report::render_difference(difference, *before, *after, console_options()));
  const int status = difference.is_worse() ? exit_found : exit_good;
  if (!page_file) return status;
  page_file->append(report::difference_page(difference, *before, *after));
  if (const auto written = page_file->finish(); !written) {
    complain(written.error().what);
    return status == exit_good ? static_cast<int>(exit_inconclusive) : status;
  }
  return status;
}

}  // namespace

VerbSpec diff_verb() {
  VerbSpec verb;
  verb.name = "diff";
  verb.arguments = "RUN RUN";
  verb.argument_count_min = 2;
  verb.argument_count_max = 2;
  verb.completes = Completes::folders;
  verb.summary = "what changed between two runs, in requirement terms";
  verb.about =
      "The first RUN is the earlier. Says which requirements fail now and did not, hold now, or are judged no longer, "
      "and "
      "which rule made the difference where it was a rule and not the system; then tests with the claims that do not "
      "hold, waivers, answers of people, and what else differs: versions, suites, options, rule date. Exit status: 0 "
      "nothing got worse, 1 something got worse, 2 bad usage or a folder without a readable run, 3 the page could not "
      "be "
      "written.";
  verb.example = "bluebridge diff runs/20261120T090000Z-ab12cd34 runs/20261121T090000Z-cd34ef56";
  verb.options = {{"json", "", "as JSON, by conformance/schemas/difference.schema.json"},
                  {"html", "FILE", "a page of it", Completes::files}};
  verb.run = diff;
  return verb;
}

}  // namespace bb::cli
