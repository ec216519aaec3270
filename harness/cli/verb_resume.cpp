#include <fmt/format.h>

#include <algorithm>

#include <bb/core/crypto.hpp>
#include <bb/core/text.hpp>

#include "harness/bundle/mask_run.hpp"
#include "harness/cli/browser_program.hpp"
#include "harness/cli/exit_status.hpp"
#include "harness/cli/run_suites.hpp"
#include "harness/cli/terminal.hpp"
#include "harness/cli/terminal_people.hpp"
#include "harness/cli/verbs.hpp"
#include "harness/engine/recorded_run.hpp"

namespace bb::cli {
namespace {

// What the run read when it began, or what is given in its place.
Result<RunRequest> read_request(const Args& args, const engine::RecordedRun& run) {
  BB_TRY(auto request, read_process_options(args));
  BB_TRY(request.options.inputs, args.pairs("input"));
  request.options.is_detached = args.has("detach");
  BB_TRY(request.is_asking, is_asking(args));
  const auto secret_inputs = run.secret_inputs();
  for (const auto& [name, value] : request.options.inputs)
    if (std::find(secret_inputs.begin(), secret_inputs.end(), name) == secret_inputs.end())
      return Error{fmt::format(
          "'--input {}=...' is none of the secret inputs that this run began with ({}); every other input is that of "
          "the run: leave it out, or run again",
          name, secret_inputs.empty() ? "it had none" : join(secret_inputs, ", "))};
  run.restore_options(request.options);
  for (const auto& name : secret_inputs)
    if (!request.options.inputs.contains(name))
      return Error{fmt::format(
          "input '{}' is secret, so the run folder does not hold it; give it again with --input {}=...", name, name)};
  const auto target = args.value("target");
  request.target = target ? std::filesystem::path(*target) : run.target_file();
  const auto answers = args.value("answers");
  request.answers = answers ? std::filesystem::path(*answers) : run.answers_file();
  return request;
}

// Another system is another run; the same system may have moved.
Status check_target(const Args& args, const engine::RecordedRun& run, const suite::Target& target) {
  if (target.id != run.target_id())
    return Error{fmt::format("{} describes target '{}', and this run is of target '{}': run the suites again",
                             target.file.string(), target.id, run.target_id())};
  const bool is_changed = target.source && sha256_hex(target.source->text) != run.target_sha256();
  if (is_changed && !args.has("target"))
    return Error{
        fmt::format("{} was changed since the run began; where it still describes the same system, go on with "
                    "--target {}",
                    target.file.string(), target.file.string())};
  return {};
}

// Its process may have been killed before it wrote the reports.
int tell_done(const Args& args, const std::filesystem::path& folder, std::string_view why) {
  const auto request = read_process_options(args);
  if (!request) return refuse(request.error().what);
  complain(fmt::format("note: this run is done; {}", why));
  return conclude(*request, folder, nullptr);
}

int resume(const Args& args) {
  // First the lock, so that what is read is all there is.
  const auto given = evidence::run_of_written(args.positional.front());
  const auto folder = evidence::RunFolder::open(evidence::written_folder(given));
  if (!folder) return refuse(folder.error().what);
  auto run = engine::RecordedRun::open((*folder)->path());
  if (!run) return refuse(run.error().what);
  const engine::RecordedRun::Redo redo{.skipped = args.has("skipped"), .failed = args.has("failed")};
  const bool is_redo = redo.skipped || redo.failed;
  if (is_redo && !run->is_done())
    return refuse("this run is not done: go on with it first, without '--skipped' and '--failed'");
  if (run->is_masked() && (is_redo || !run->is_done()))
    return refuse(
        "this run is masked: pseudonyms stand for its people, so that nobody can go on with it; run the suites again");
  if (is_redo) run->begin_redo(redo);
  if (run->is_done() && run->redone().empty())
    return tell_done(args, (*folder)->path(),
                     is_redo                          ? "no test of it ended so that it is to be done again"
                     : bundle::is_to_be_masked(given) ? "it was left to mask it"
                                                      : "nothing was left to do");
  auto request = read_request(args, *run);
  if (!request) return refuse(request.error().what);
  host::Host host(host_options(*request));
  const auto input = load_for(*request, run->suites(), host);
  if (!input) return refuse("nothing was run:\n" + input.error().what);
  if (const auto fits = check_target(args, *run, input->target); !fits) return refuse(fits.error().what);
  settle_jobs(*request, input->target);
  Interrupt interrupt;
  return report_run(*std::move(request), run->open_test_count(), interrupt, [&](const engine::RunOptions& options) {
    return engine::resume(*input, options, **folder, *run, host);
  });
}

}  // namespace

VerbSpec resume_verb() {
  VerbSpec verb;
  verb.name = "resume";
  verb.arguments = "RUN";
  verb.argument_count_min = 1;
  verb.argument_count_max = 1;
  verb.completes = Completes::folders;
  verb.summary = "go on with a run that waits or was killed";
  verb.about =
      "RUN is the folder of a run that was detached or was killed. It goes on in the same folder: what was judged "
      "stays judged, what 'share' and 'transmit' had sent is not sent a second time (other steps that were begun and "
      "not judged are done again, probes too), and waits end when they would have ended. With --skipped or --failed "
      "tests of a run that is done are done again, and their second outcomes count. Suites, inputs, options and "
      "people are those of the run; the target and the answers are read again from where they were. The exit status "
      "is the verdict, as for 'bluebridge run'.";
  verb.example = "bluebridge resume runs/20261121T222640Z-ab12cd34";
  verb.options = {
      {"detach", "", "end with 4 again where messages have not arrived yet"},
      {"skipped", "", "of a run that is done: do again what was skipped, not attested or cancelled"},
      {"failed", "", "of a run that is done: do again what failed or ended in an error"},
      {"target", "FILE", "the target where its file was changed or moved", Completes::files},
      {"answers", "FILE", "answers of people, in place of those the run began with", Completes::files},
      {"input",
       "NAME=VALUE",
       "a secret input of the suite, which the folder does not hold",
       Completes::nothing,
       {},
       true},
      jobs_option(),
      reports_option(),
      browser_option(),
      in_process_option(),
      data_option(),
      plugins_option(),
      conformance_option(),
  };
  for (auto& option : asking_options()) verb.options.push_back(std::move(option));
  verb.run = resume;
  return verb;
}

}  // namespace bb::cli
