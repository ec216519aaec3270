#include "harness/cli/run_suites.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <map>
#include <mutex>
#include <set>
#include <system_error>
#include <thread>

#include <bb/core/text.hpp>
#include <bb/core/time.hpp>

#include "harness/bundle/mask_run.hpp"
#include "harness/checks/lint_xpath.hpp"
#include "harness/cli/browser_program.hpp"
#include "harness/cli/document_rules.hpp"
#include "harness/cli/exit_status.hpp"
#include "harness/cli/report_option.hpp"
#include "harness/cli/rule_date.hpp"
#include "harness/cli/terminal.hpp"
#include "harness/cli/terminal_people.hpp"
#include "harness/engine/setup.hpp"
#include "harness/report/explain.hpp"
#include "harness/suite/lint.hpp"
#include "harness/suite/reader.hpp"

namespace bb::cli {
namespace {

constexpr std::int64_t jobs_max = 256;
constexpr unsigned jobs_default_max = 8;

std::vector<std::string> format_names() { return {report::format_words.begin(), report::format_words.end()}; }

// What a run reads: each file with what it is to the run.
std::vector<std::pair<std::filesystem::path, std::string>> files_of(const RunRequest& request,
                                                                    const engine::RunInput& input) {
  std::vector<std::pair<std::filesystem::path, std::string>> files{{request.target, "the target"}};
  for (const auto& file : request.suites) files.emplace_back(file, "a suite");
  if (!request.answers.empty()) files.emplace_back(request.answers, "the answers");
  if (!input.target.waivers.file.empty()) files.emplace_back(input.target.waivers.file, "the waivers");
  std::set<std::string> seen;
  for (const auto& suite : input.suites)
    for (const auto& requirement : suite.catalogue.requirements)
      if (const auto& source = requirement.place.source; source && seen.insert(source->name).second)
        files.emplace_back(source->name, fmt::format("a catalogue of suite '{}'", suite.id));
  const auto add_secrets = [&](const std::map<std::string, host::SecretOrigin>& secrets, const std::string& whose) {
    for (const auto& [name, origin] : secrets)
      if (!origin.file.empty()) files.emplace_back(origin.file, fmt::format("secret '{}' of {}", name, whose));
  };
  for (const auto& role : input.target.roles) {
    if (!role.ca_file.empty()) files.emplace_back(role.ca_file, fmt::format("the ca_file of role '{}'", role.role));
    add_secrets(role.secrets, fmt::format("role '{}'", role.role));
  }
  for (const auto& person : input.target.people) add_secrets(person.secrets, fmt::format("person '{}'", person.id));
  return files;
}

// A report replaces what lies in its place: never a file of this run, nor
// another of its reports.
Status check_reports(const RunRequest& request, const engine::RunInput& input) {
  const auto files = files_of(request, input);
  std::vector<std::filesystem::path> paths;
  for (const auto& [format, path] : request.reports) {
    for (const auto& [file, what] : files)
      if (is_same_file(path, file))
        return Error{fmt::format("'--report' would overwrite {}: {} is {} of this run; name another file",
                                 path.string(), file.string(), what)};
    paths.push_back(path);
  }
  return check_distinct(paths);
}

// Everything that is wrong with the files of a run, and what is only odd.
struct Findings {
  std::vector<Diagnostic> mistakes;
  void add(std::vector<Diagnostic> more) {
    mistakes.insert(mistakes.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
  }
};

suite::Given given_names(const engine::RunOptions& options) {
  suite::Given given;
  for (const auto& [name, value] : options.inputs) given.inputs.push_back(name);
  for (const auto& [name, value] : options.options) given.options.push_back(name);
  return given;
}

Error not_run(Findings findings) { return Error{render(std::move(findings.mistakes))}; }

// A line on standard error for each test that ended.
class Progress {
 public:
  explicit Progress(std::size_t test_count) : test_count_(test_count) {}
  void test_done(const evidence::TestView& test) {
    const std::lock_guard lock(mutex_);
    ++done_count_;
    show_progress(
        fmt::format("{}/{} {} {}/{}", done_count_, test_count_, report::outcome_word(test), test.suite, test.name));
  }

 private:
  std::mutex mutex_;
  std::size_t test_count_;
  std::size_t done_count_ = 0;
};

bool are_whole(const std::vector<suite::Suite>& suites) {
  return std::all_of(suites.begin(), suites.end(), [](const suite::Suite& suite) { return suite.is_whole; });
}

Result<engine::RunInput> begin_input(const RunRequest& request, const host::Host& host) {
  for (const auto& problem : host.discovery().problems) complain("warning: " + problem);
  engine::RunInput input;
  BB_TRY(input.vocabulary, read_vocabulary(request.places));
  input.validator = make_validator(request.places, request.data);
  return input;
}

// What is read beside the suites, and everything judged with them. `findings` are those of the suites.
Result<engine::RunInput> load_target(const RunRequest& request, host::Host& host, engine::RunInput input,
                                     Findings findings, suite::SuitesAre suites_are) {
  const bool are_suites_whole = suites_are == suite::SuitesAre::all && are_whole(input.suites);
  const bool are_suites_good = are_suites_whole && !has_errors(findings.mistakes);
  auto target = suite::read_target(request.target);
  const bool is_target_good = target.is_good();
  findings.add(std::move(target.diagnostics));
  const bool is_target_read = target.value.has_value();
  if (target.value) input.target = *std::move(target.value);
  if (!request.answers.empty()) {
    auto answers = suite::read_answers(request.answers);
    findings.add(std::move(answers.diagnostics));
    if (answers.value) input.answers = *std::move(answers.value);
  }
  BB_CHECK(check_reports(request, input));
  if (are_suites_whole)
    findings.add(suite::lint_answers(input.answers, input.suites, is_target_good ? &input.target : nullptr));
  if (is_target_read) {
    findings.add(suite::lint_target(input.target, input.suites, suites_are));
    findings.add(suite::lint_waivers(input.target, input.suites, format_date(now_unix_ns())));
    findings.add(engine::check_setup(
        input, request.options, host, request.is_plan_only ? suite::SecretsAre::not_needed : suite::SecretsAre::needed,
        are_suites_good && is_target_good ? engine::SuitesAre::good : engine::SuitesAre::faulty));
  }
  if (!is_target_good || has_errors(findings.mistakes)) return not_run(std::move(findings));
  if (!findings.mistakes.empty()) tell(render(std::move(findings.mistakes)));
  return input;
}

Status write_reports(const RunRequest& request, const evidence::RunView& run) {
  BB_CHECK(report::write_standard_reports(run));
  for (const auto& [format, file] : request.reports) BB_CHECK(report::write_report(run, format, file));
  return {};
}

}  // namespace

OptionSpec jobs_option() {
  return {"jobs", "N",
          "tests at a time; default: one for each processor, at most 8, or as many as the target's max_in_flight"};
}

OptionSpec reports_option() {
  return {"report",
          "FORMAT=PATH",
          "one more report: console, html, junit or json",
          Completes::words,
          {"console=", "html=", "junit=", "json="},
          true};
}

std::vector<OptionSpec> run_option_specs() {
  return {
      {"out", "DIR", "folder for runs; each makes its own inside; default: runs", Completes::folders},
      {"filter", "GLOB", "only tests whose SUITE/TEST matches, and what they need", Completes::nothing, {}, true},
      {"tag", "TAG", "only tests with this tag, and what they need", Completes::nothing, {}, true},
      jobs_option(),
      reports_option(),
      rule_date_option(),
      {"seed", "N", "seed of everything random, to repeat a run"},
      {"max-failures", "N", "stop after so many failed tests; default: no limit"},
      {"mask", "",
       "leave evidence and reports with pseudonyms in place of who the patients are; so of a production system"},
      {"no-mask", "", "leave evidence and reports of a production system as they are"},
      browser_option(),
      in_process_option(),
      {"check-connectors", "",
       "watch every call of the connectors and report the rules of the plugin contract that they break"},
      data_option(),
      plugins_option(),
      conformance_option(),
  };
}

Result<RunRequest> read_process_options(const Args& args) {
  RunRequest request;
  BB_TRY(request.places, find_places(args));
  BB_TRY(request.places.connector_host, find_connector_host(args));
  request.data = find_data(args);
  auto& options = request.options;
  const auto processors = std::clamp(std::thread::hardware_concurrency(), 1u, jobs_default_max);
  BB_TRY(const auto jobs, args.number("jobs", processors, 1, jobs_max));
  options.jobs = static_cast<int>(jobs);
  request.are_jobs_given = args.value("jobs").has_value();
  for (const auto& text : args.values("report")) {
    BB_TRY(auto each, read_report_option(text, format_names()));
    request.reports.emplace_back(*report::format_from(each.format), std::move(each.file));
  }
  if (const auto program = args.value("browser")) {
    BB_TRY(request.browser, make_browser(*program));
    options.browser = request.browser.get();
  }
  options.program_version = BB_PROGRAM_VERSION;
  if (args.has("in-process")) options.notes.push_back("connectors ran in process");
  return request;
}

Result<RunRequest> read_run_options(const Args& args) {
  BB_TRY(RunRequest request, read_process_options(args));
  auto& options = request.options;
  options.out = args.value("out").value_or("runs");
  options.filters = args.values("filter");
  options.tags = args.values("tag");
  BB_TRY(const auto failures, args.number("max-failures", 0, 1, 1'000'000));
  options.max_failures = static_cast<int>(failures);
  if (args.has("seed")) {
    BB_TRY(const auto seed, args.number("seed", 0, 0, INT64_MAX));
    options.seed = static_cast<std::uint64_t>(seed);
  }
  BB_TRY(options.rule_date, rule_date(args));
  options.are_connectors_checked = args.has("check-connectors");
  if (args.has("mask") && args.has("no-mask")) return Error{"'--mask' and '--no-mask' exclude each other: give one"};
  if (args.has("mask") || args.has("no-mask")) request.is_mask_asked = args.has("mask");
  return request;
}

host::Host::Options host_options(const RunRequest& request) {
  return {.plugin_folders = request.places.plugins,
          .version = BB_PROGRAM_VERSION,
          .connector_host = request.places.connector_host,
          .are_connectors_checked = request.options.are_connectors_checked};
}

Result<engine::RunInput> load(const RunRequest& request, host::Host& host) {
  BB_TRY(auto input, begin_input(request, host));
  Findings findings;
  for (const auto& file : request.suites) {
    auto loaded = suite::read_suite(file);
    findings.add(std::move(loaded.diagnostics));
    if (!loaded.value) continue;
    findings.add(suite::lint_suite(*loaded.value, input.vocabulary, {}));
    findings.add(checks::lint_xpaths(*loaded.value));
    // Events join their test by the names of suite and test.
    for (const auto& other : input.suites)
      if (other.id == loaded.value->id)
        return Error{fmt::format("{} and {} are both suite '{}'; a run takes each suite once", other.file.string(),
                                 file.string(), other.id)};
    input.suites.push_back(*std::move(loaded.value));
  }
  // What has mistakes of shape may lack what the others are asked for.
  const auto suites_are = input.suites.size() == request.suites.size() ? suite::SuitesAre::all : suite::SuitesAre::some;
  if (suites_are == suite::SuitesAre::all && are_whole(input.suites)) {
    findings.add(suite::lint_given(given_names(request.options), input.suites));
    findings.add(suite::lint_catalogues(input.suites));
  }
  return load_target(request, host, std::move(input), std::move(findings), suites_are);
}

Result<engine::RunInput> load_for(const RunRequest& request, std::vector<suite::Suite> suites, host::Host& host) {
  BB_TRY(auto input, begin_input(request, host));
  input.suites = std::move(suites);
  return load_target(request, host, std::move(input), {}, suite::SuitesAre::all);
}

void settle_jobs(RunRequest& request, const suite::Target& target) {
  if (request.are_jobs_given) return;
  int in_flight = 0;
  for (const auto& role : target.roles) in_flight += role.max_in_flight.value_or(0);
  request.options.jobs = std::clamp(in_flight, request.options.jobs, static_cast<int>(jobs_max));
}

int print_plan(const RunRequest& request, const engine::RunInput& input, bool is_json) {
  const auto plan = engine::plan(input, request.options);
  if (!plan) return refuse(plan.error().what);
  if (is_json) {
    auto tests = Value::array();
    for (const auto& test : *plan)
      tests.push(Value::object({{"suite", test.suite},
                                {"name", test.name},
                                {"title", test.title},
                                {"needs", Value::strings(test.needs)},
                                {"calls", Value::strings(test.calls)}}));
    print_json(Value::object({{"target", input.target.id}, {"tests", std::move(tests)}}));
    return exit_good;
  }
  std::string text;
  for (const auto& test : *plan) {
    text += fmt::format("{}/{}: {}\n", test.suite, test.name, test.title);
    if (!test.needs.empty()) text += fmt::format("    needs {}\n", join(test.needs, ", "));
    for (const auto& call : test.calls) text += fmt::format("    {}\n", call);
  }
  text += fmt::format("{} against {}; nothing was sent\n", counted(plan->size(), "test"), input.target.id);
  print(text);
  return exit_good;
}

int run_and_report(RunRequest request, const engine::RunInput& input, host::Host& host, Interrupt& interrupt) {
  request.options.is_to_be_masked = request.is_mask_asked.value_or(input.target.environment == "production");
  const auto plan = engine::plan(input, request.options);
  if (!plan) return refuse(plan.error().what);
  if (plan->empty()) return refuse("no test is left to run; see --filter and --tag");
  return report_run(std::move(request), plan->size(), interrupt,
                    [&](const engine::RunOptions& options) { return engine::run(input, options, host); });
}

int report_run(RunRequest request, std::size_t test_count, Interrupt& interrupt, const RunPart& run_part) {
  Progress progress(test_count);
  request.options.cancellation = &interrupt.cancellation();
  TerminalPeople people(interrupt.cancellation());
  if (request.is_asking) request.options.asker = &people;
  request.options.on_test_done = [&](const evidence::TestView& test) { progress.test_done(test); };
  const auto result = run_part(request.options);
  end_progress();
  if (!result) return refuse(result.error().what);
  return conclude(request, result->folder, &interrupt);
}

int conclude(const RunRequest& request, const std::filesystem::path& events_folder, const Interrupt* interrupt) {
  const bool is_cancelled = interrupt != nullptr && interrupt->is_cancelled();
  const auto folder = evidence::run_of_written(events_folder);
  if (bundle::is_to_be_masked(folder)) {
    if (const auto masked = bundle::mask_run(folder); !masked) {
      complain(fmt::format("the run could not be masked: {}\nonly you can read {}; mask it with: bluebridge resume {}",
                           masked.error().what, (folder / evidence::unmasked_folder_name).string(), folder.string()));
      return is_cancelled ? exit_cancelled : exit_inconclusive;
    }
  }
  const auto view = evidence::read_run(folder);
  if (!view) {
    complain(view.error().what);
    return exit_inconclusive;
  }
  print_report(report::render_console(*view, console_options()));
  if (const auto written = write_reports(request, *view); !written) {
    complain(written.error().what);
    return is_cancelled ? exit_cancelled : exit_inconclusive;
  }
  print(fmt::format("\nrun folder: {}\nreport:     {}\n", folder.string(), (folder / "report.html").string()));
  if (view->is_waiting || (is_cancelled && !view->is_complete))
    print(fmt::format("go on with: bluebridge resume {}\n", folder.string()));
  if (bundle::is_to_be_masked(folder))
    print(fmt::format("unmasked:   {}, which only you can read, until the run has ended\n",
                      (folder / evidence::unmasked_folder_name).string()));
  return is_cancelled ? static_cast<int>(exit_cancelled) : view->verdict.exit_status;
}

}  // namespace bb::cli
