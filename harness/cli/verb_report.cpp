#include <fmt/format.h>

#include <array>
#include <string_view>

#include <bb/core/files.hpp>
#include <bb/core/text.hpp>

#include "harness/cli/exit_status.hpp"
#include "harness/cli/places.hpp"
#include "harness/cli/terminal.hpp"
#include "harness/cli/verbs.hpp"
#include "harness/report/report.hpp"
#include "harness/report/statement.hpp"

namespace bb::cli {
namespace {

constexpr std::string_view statement_word = "statement";
constexpr std::string_view statement_json_word = "statement-json";
constexpr std::array<std::string_view, 3> statement_options = {"organisation", "conducted-by", "cite-until"};

std::vector<std::string> format_names() {
  std::vector<std::string> names{report::format_words.begin(), report::format_words.end()};
  names.emplace_back(statement_word);
  names.emplace_back(statement_json_word);
  return names;
}

Result<Value> make_statement(const Args& args, const evidence::RunView& run) {
  BB_TRY(const auto places, find_places(args));
  BB_TRY(const auto commitments, report::find_commitments(places.statements(), run.profile["role"].string_or("")));
  return report::statement_of(run, commitments,
                              {.organisation = args.value("organisation").value_or(""),
                               .conducted_by = args.value("conducted-by").value_or(""),
                               .cite_until = args.value("cite-until").value_or("")});
}

// The JSON is signed as it is, so that nothing is added to it, not even a line end.
int print_statement(const Args& args, const evidence::RunView& run, std::string_view word) {
  const auto statement = make_statement(args, run);
  if (!statement) return refuse(statement.error().what);
  for (const auto& missing : strings_of((*statement)["missing"]))
    complain(fmt::format("note: not fit to publish: nobody stated {}; write it in the target's profile", missing));
  const auto text =
      word == statement_word ? report::statement_page(*statement) : report::canonical_statement(*statement);
  if (const auto file = args.value("out")) {
    const auto written = write_text(*file, text, Privacy::private_);
    return written ? static_cast<int>(exit_good) : refuse(written.error().what);
  }
  print_report(text);
  return exit_good;
}

int report(const Args& args) {
  const auto run = evidence::read_run(args.positional.front());
  if (!run) return refuse(run.error().what);
  if (!run->is_complete) complain("note: the run is incomplete; the report says so");
  if (run->is_damaged) complain("note: the evidence of the run is damaged; the report says so");
  const auto word = args.value("format").value_or("console");
  if (word == statement_word || word == statement_json_word) return print_statement(args, *run, word);
  for (const auto option : statement_options)
    if (args.has(option)) return refuse(fmt::format("'--{}' is for '--format statement' and 'statement-json'", option));
  const auto format = *report::format_from(word);
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
      "report could be made (0, else 2), not what the verdict is. 'statement' is the page that an organisation "
      "publishes "
      "on the Blue Button pledge, 'statement-json' the same to be signed; what the target's profile does not say is "
      "given "
      "with --organisation and --conducted-by.";
  verb.example = "bluebridge report runs/20261121T222640Z-ab12cd --format html --out report.html";
  verb.options = {{"format", "FORMAT", "console (default), html, junit, json, statement or statement-json",
                   Completes::words, format_names()},
                  {"out", "FILE", "write there instead of to standard output", Completes::files},
                  {"organisation", "NAME", "of a statement: who is judged; else the profile's 'organisation'"},
                  {"conducted-by", "WHO",
                   "of a statement: 'self-test', or the third party that ran it; else the profile's 'conducted_by'"},
                  {"cite-until", "DATE", "of a statement: until when it may be cited; default: a year after the run"},
                  conformance_option()};
  verb.run = report;
  return verb;
}

}  // namespace bb::cli
