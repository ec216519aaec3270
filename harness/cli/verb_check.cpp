#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <set>
#include <thread>

#include <bb/core/json.hpp>
#include <bb/core/text.hpp>

#include "harness/cli/check_reports.hpp"
#include "harness/cli/check_together.hpp"
#include "harness/cli/document_rules.hpp"
#include "harness/cli/exit_status.hpp"
#include "harness/cli/mail_options.hpp"
#include "harness/cli/places.hpp"
#include "harness/cli/terminal.hpp"
#include "harness/cli/verbs.hpp"
#include "harness/documents/batch.hpp"
#include "harness/documents/render.hpp"
#include "harness/documents/summary.hpp"

namespace bb::cli {
namespace {

constexpr std::int64_t jobs_max = 256;

// `--rules`: words for what is built in, everything else is a Schematron file.
documents::Selection selection_of(const Args& args) {
  documents::Selection selection;
  const auto rules = args.values("rules");
  if (rules.empty()) return selection;
  selection.has_schema = selection.has_schematron = selection.has_own = false;
  for (const auto& rule : rules) {
    if (rule == "schema")
      selection.has_schema = true;
    else if (rule == "schematron")
      selection.has_schematron = true;
    else if (rule == "own")
      selection.has_own = true;
    else
      selection.files.push_back(rule);
  }
  return selection;
}

// A line on standard error: how many are done, how fast, how long it will take.
class Progress {
 public:
  explicit Progress(std::size_t count) : count_(count) {}

  void show(std::size_t done_count) {
    const auto now = Clock::now();
    if (now - shown_at_ < std::chrono::milliseconds(100)) return;
    shown_at_ = now;
    show_progress(documents::progress_line(done_count, count_, std::chrono::duration<double>(now - begun_at_).count()));
  }

 private:
  using Clock = std::chrono::steady_clock;
  std::size_t count_;
  Clock::time_point begun_at_ = Clock::now();
  Clock::time_point shown_at_;
};

// Prints each report when it comes, writes it to files, and sums them up.
class Results : public documents::ReportSink {
 public:
  // `ignored` are the rules that are to be left out.
  Results(bool is_json, std::set<std::string> ignored, CheckReports reports)
      : is_json_(is_json), unused_(std::move(ignored)), reports_(std::move(reports)) {}

  bool begin(const std::string& /*name*/) override { return true; }

  void end(const documents::DocumentReport& report) override {
    end_progress();
    summary_.add(report);
    for (const auto& [rule, count] : report.ignored) unused_.erase(rule);
    reports_.add(report);
    if (is_json_)
      print(to_json(documents::to_value(report)) + "\n");
    else
      print(documents::render_text(report));
  }

  // Returns the exit status.
  int finish(bool is_complete) {
    for (const auto& rule : unused_) complain(fmt::format("--ignore {}: no document breaks a rule of that name", rule));
    // Of one document everything has been said.
    if (summary_.document_count() > 1)
      print(is_json_ ? to_json(Value::object({{"summary", summary_.to_value()}})) + "\n" : "\n" + summary_.render());
    auto status = is_complete ? summary_.exit_status() : static_cast<int>(exit_cancelled);
    if (const auto written = reports_.finish(summary_, is_complete); !written) {
      complain(written.error().what);
      if (status == exit_good) status = exit_inconclusive;
    }
    return status;
  }

  std::size_t document_count() const { return summary_.document_count(); }

 private:
  bool is_json_;
  std::set<std::string> unused_;  // of the rules to be left out those that nothing broke so far
  documents::Summary summary_;
  CheckReports reports_;
};

// Checks every input and returns the exit status.
int check_all(const documents::Inputs& inputs, documents::Rules& rules, const documents::CheckInput& check_one,
              std::int64_t jobs, Results& results) {
  // Loaded once, before workers fork. What fails here fails again at the document that needs it.
  if (inputs.files.size() > 1) {
    if (rules.selection().has_schema) static_cast<void>(rules.schema());
    if (rules.selection().has_schematron) static_cast<void>(rules.rules_for("ccda-2.1"));
  }
  documents::BatchOptions options;
  options.worker_count =
      jobs > 0 ? static_cast<std::size_t>(jobs) : std::max<std::size_t>(std::thread::hardware_concurrency(), 1);
  Progress progress(inputs.files.size());
  const auto ended = documents::run_batch(
      inputs.files, check_one, options, [&](const documents::DocumentReport& report) { results.end(report); },
      [&](std::size_t done_count) { progress.show(done_count); });
  end_progress();
  if (!ended) return refuse(ended.error().what);
  auto end = *ended;
  end.passed_over_count += inputs.passed_over_count;
  if (end.passed_over_count > 0)
    complain(fmt::format("passed over {}, of no format that check reads", counted(end.passed_over_count, "file")));
  if (end.is_cancelled) complain("stopped; this is not all");
  if (results.document_count() == 0 && !end.is_cancelled) return refuse("there is no document to check");
  return results.finish(!end.is_cancelled);
}

int check(const Args& args) {
  const auto places = find_places(args);
  if (!places) return refuse(places.error().what);
  const auto folder = find_data(args);
  if (!folder) return refuse(folder.error().what);
  const auto jobs = args.number("jobs", 0, 1, jobs_max);
  if (!jobs) return refuse(jobs.error().what);

  auto selection = selection_of(args);
  if (const auto word = args.value("level")) {
    const auto level = documents::level_from(*word);
    if (!level) return refuse("--level: " + level.error().what);
    selection.least = *level;
  }
  auto mail = mail_settings_of(args);
  if (!mail) return refuse(mail.error().what);
  selection.mail = *std::move(mail);
  selection.profiles = args.values("profile");
  const auto loaded = load_rules(*places, *folder, std::move(selection));
  if (!loaded) return refuse(loaded.error().what);
  const auto& rules = *loaded;
  for (const auto& file : rules->selection().files)
    if (const auto read = rules->rules_of_file(file); !read) return refuse("--rules: " + read.error().what);
  if (const auto profiles = rules->profiles(); !profiles) return refuse("--profile: " + profiles.error().what);
  documents::CheckOptions options;
  options.as = args.value("as").value_or("");
  if (const auto& formats = rules->formats(); !options.as.empty() && !formats.has(options.as))
    return refuse(fmt::format("--as: unknown format '{}'; formats: {}", options.as, join(formats.ids(), ", ")));
  for (const auto& rule : args.values("ignore")) options.ignore.insert(rule);
  if (args.has("together"))
    if (const auto can = can_be_together(args.positional); !can) return refuse(can.error().what);
  const auto inputs = documents::find_inputs(args.positional);
  if (!inputs) return refuse(inputs.error().what);

  auto reports = CheckReports::create(args.values("report"), inputs->files);
  if (!reports) return refuse(reports.error().what);

  const auto keep = reports->needs_source() ? documents::KeepSource::yes : documents::KeepSource::no;
  Results results(args.has("json"), options.ignore, *std::move(reports));
  documents::DocumentChecker checker(rules, std::move(options));
  const documents::CheckInput check_one = [&](const documents::Input& input, documents::ReportSink& sink) {
    return documents::check_input(input, checker, keep, sink);
  };
  const int status = check_all(*inputs, *rules, check_one, *jobs, results);
  return args.has("together") && status != exit_usage ? check_together(args.positional, args.has("json"), status)
                                                      : status;
}

}  // namespace

VerbSpec check_verb() {
  VerbSpec verb;
  verb.name = "check";
  verb.arguments = "DOCUMENT...";
  verb.argument_count_min = 1;
  verb.argument_count_max = any_count;
  verb.completes = Completes::files;
  verb.summary = "is this a proper Blue Button output?";
  verb.about =
      "Says what each document is, by its content, and checks it against BlueBridge's own rules, and against the CDA "
      "schema and the Schematron rules that were imported (bluebridge data import). DOCUMENT is a file, a folder, a "
      "zip "
      "or XDM package, a mail, a certificate, or '-' for standard input. Exit status: 0 no error, 1 an error, 2 bad "
      "usage or a name that "
      "cannot be read, 3 something could not be judged, because a schema or rules are missing or its check ended "
      "early, "
      "5 stopped by Ctrl-C.";
  verb.example = "bluebridge check visit.xml";
  verb.options = {
      {"as", "FORMAT", "the format that it has to be, as ccda-2.1"},
      {"profile",
       "P",
       "what it has to be: a document type of C-CDA, as ccd, or a FHIR profile that resources of its type have to "
       "conform to, by its canonical address or id",
       Completes::nothing,
       {},
       true},
      {"rules", "NAME|FILE", "only these: schema, schematron, own, or a Schematron file", Completes::files, {}, true},
      {"level",
       "LEVEL",
       "findings of this level and stronger ones: error, warning or note; default: note",
       Completes::words,
       {"error", "warning", "note"}},
      {"ignore", "ID", "leave out the findings of a rule; they are counted", Completes::nothing, {}, true},
      {"together", "",
       "the files, and those in packages, are the copies of one record: is there one for people and one for programs, "
       "complete, of one patient?"},
      {"json", "", "one JSON object for each document, a line each; of several a line with the summary"},
      {"jobs", "N", "documents at a time, each in a process of its own; default: one for each processor"},
      {"report",
       "FORMAT=PATH",
       "a report in a file: json, sarif for code review tools, or html with the lines of documents",
       Completes::words,
       {"json=", "sarif=", "html="},
       true},
      data_option(),
      conformance_option(),
      plugins_option()};
  const auto mail = mail_options();
  verb.options.insert(verb.options.end() - 3, mail.begin(), mail.end());
  verb.run = check;
  return verb;
}

}  // namespace bb::cli
