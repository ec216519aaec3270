// suite mutate: which faults would the claims of suites notice?
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include <bb/core/crypto.hpp>
#include <bb/core/files.hpp>
#include <bb/core/text.hpp>

#include "harness/cli/browser_program.hpp"
#include "harness/cli/document_rules.hpp"
#include "harness/cli/exit_status.hpp"
#include "harness/cli/interrupt.hpp"
#include "harness/cli/mutate_stage.hpp"
#include "harness/cli/places.hpp"
#include "harness/cli/terminal.hpp"
#include "harness/cli/verbs.hpp"
#include "harness/engine/mutate.hpp"

namespace bb::cli {
namespace {

namespace fs = std::filesystem;
using engine::MutantResult;
using engine::MutationScore;
using Verdict = MutantResult::Verdict;

std::string_view to_word(Verdict verdict) {
  switch (verdict) {
    case Verdict::noticed:
      return "noticed";
    case Verdict::missed:
      return "missed";
    case Verdict::not_applicable:
      return "not applicable";
    case Verdict::needs_portal:
      return "needs the portal";
    case Verdict::omitted:
      return "omitted";
  }
  return "";
}

Value mutants_value(const std::vector<MutantResult>& mutants) {
  auto list = Value::array();
  for (const auto& mutant : mutants) {
    auto value = Value::object({{"suite", mutant.suite},
                                {"test", mutant.test},
                                {"fault", mutant.fault},
                                {"verdict", to_word(mutant.verdict)},
                                {"detail", mutant.detail},
                                {"requirements", Value::strings(mutant.requirements)}});
    if (mutant.line > 0) value.set("line", mutant.line);
    list.push(std::move(value));
  }
  return list;
}

// Of the faults that could be applied; null where none could.
Value share(const MutationScore& score) {
  if (score.applied() == 0) return {};
  return static_cast<double>(score.noticed) / score.applied();
}

Value scores_value(const std::vector<MutationScore>& scores) {
  auto list = Value::array();
  for (const auto& score : scores)
    list.push(Value::object({{"name", score.name},
                             {"noticed", score.noticed},
                             {"applied", score.applied()},
                             {"score", share(score)},
                             {"not_applicable", score.not_applicable},
                             {"needs_portal", score.needs_portal},
                             {"omitted", score.omitted}}));
  return list;
}

std::string scores_text(const std::vector<MutationScore>& scores, std::string_view what) {
  std::string text = fmt::format("\n{:<40} noticed / applied   score   not applied\n", what);
  for (const auto& score : scores)
    text += fmt::format(
        "{:<40} {:>7} / {:<7} {:>7} {:>13}\n", score.name, score.noticed, score.applied(),
        score.applied() == 0 ? std::string("-") : fmt::format("{:.1f} %", 100.0 * score.noticed / score.applied()),
        score.not_applicable + score.needs_portal + score.omitted);
  return text;
}

std::string mutants_text(const std::vector<MutantResult>& mutants) {
  std::string text;
  for (const auto& mutant : mutants) {
    text += fmt::format("{:<17} {}/{}: {}\n", to_word(mutant.verdict), mutant.suite, mutant.test, mutant.fault);
    if (mutant.verdict != Verdict::noticed && !mutant.detail.empty())
      text += fmt::format("{:<18}{}\n", "", mutant.detail);
  }
  return text;
}

// What was not noticed, or could not be applied.
std::vector<MutantResult> survivors_of(std::vector<MutantResult> mutants) {
  std::erase_if(mutants, [](const MutantResult& mutant) {
    return mutant.verdict != Verdict::missed && mutant.verdict != Verdict::not_applicable;
  });
  return mutants;
}

// The rows that the test of each speaks for, where it is, and why.
std::string survivors_text(const std::vector<MutantResult>& survivors) {
  std::string text;
  for (const auto& mutant : survivors)
    text += fmt::format("{}: {}/{}: {}\n    {}: {}\n",
                        mutant.requirements.empty() ? "no requirement" : join(mutant.requirements, ", "), mutant.suite,
                        mutant.test, mutant.fault,
                        mutant.verdict == Verdict::missed ? "not noticed" : "could not be applied", mutant.detail);
  return text.empty() ? text : "\nsurvivors:\n" + text;
}

// The folder of what a stage writes, gone with it unless it was asked for.
class StageFolder {
 public:
  static Result<StageFolder> make(const std::optional<std::string>& out) {
    StageFolder folder(
        fs::absolute(out ? fs::path(*out) : fs::temp_directory_path()) / ("mutate-" + to_hex(random_bytes(4))),
        out.has_value());
    BB_CHECK(make_private_folder(folder.path_));
    return folder;
  }
  StageFolder(StageFolder&& other) noexcept : path_(std::exchange(other.path_, {})), is_kept_(other.is_kept_) {}
  StageFolder& operator=(StageFolder&&) = delete;
  ~StageFolder() {
    std::error_code ignored;
    if (!path_.empty() && !is_kept_) fs::remove_all(path_, ignored);
  }
  const fs::path& path() const { return path_; }
  bool is_kept() const { return is_kept_; }

 private:
  StageFolder(fs::path path, bool is_kept) : path_(std::move(path)), is_kept_(is_kept) {}
  fs::path path_;
  bool is_kept_;
};

struct Measured {
  std::vector<MutantResult> mutants;  // generic ones behind
  bool is_partial = false;            // a stage was left out
};

// The stages that `--portal` names.
Result<std::vector<Stage>> read_stages(const Args& args, const Places& places) {
  std::vector<Stage> stages;
  for (const auto& name : args.values("portal")) {
    std::vector<std::string> names{name};
    if (name == "all") names = installed_stages(places);
    for (const auto& one : names) {
      BB_TRY(auto stage, read_stage(places, one));
      stages.push_back(std::move(stage));
    }
  }
  return stages;
}

class Measurer {
 public:
  Measurer(const Args& args, const Interrupt& interrupt) : args_(args), interrupt_(interrupt) {}

  Result<Measured> take() {
    BB_TRY(places_, find_places(args_));
    if (args_.positional.empty() && !args_.has("portal"))
      return Error{"nothing to measure: name a RUN, or a stage with --portal"};
    options_.is_generic = args_.has("generic");
    BB_TRY(const auto jobs, args_.number("jobs", std::clamp(std::thread::hardware_concurrency(), 1u, 8u), 1, 256));
    options_.jobs = static_cast<int>(jobs);
    if (args_.has("browser")) BB_CHECK(check_browser());
    validator_ = make_validator(places_, find_data(args_));
    BB_TRY(const auto stages, read_stages(args_, places_));
    const auto names = args_.values("portal");
    is_all_ = std::find(names.begin(), names.end(), "all") != names.end();
    BB_CHECK(take_runs());
    for (const auto& stage : stages) BB_CHECK(take_stage(stage));
    Measured measured{engine::merge(std::move(runs_)), is_partial_};
    BB_TRY(const auto defects, args_.pairs("defect"));
    for (const auto& [name, folder] : defects) BB_CHECK(engine::measure_defect(folder, name, measured.mutants));
    std::stable_partition(measured.mutants.begin(), measured.mutants.end(),
                          [](const MutantResult& one) { return one.line > 0; });
    return measured;
  }

 private:
  Status check_browser() {
    const auto browser = make_browser(*args_.value("browser"));
    return browser ? Status() : Status(browser.error());
  }

  Status take_runs() {
    for (const auto& folder : args_.positional) {
      BB_TRY(auto mutants, engine::mutate(folder, validator_, options_));
      runs_.push_back(std::move(mutants));
    }
    return {};
  }

  Status take_stage(const Stage& stage) {
    if (interrupt_.is_cancelled()) return {};
    if (stage.needs_browser && !args_.has("browser")) {
      leave_out(stage, "people sign in there in a browser: add --browser");
      return {};
    }
    BB_TRY(const auto folder, StageFolder::make(args_.value("out")));
    const StageRoom room{stage, places_, folder.path(), run_options(), interrupt_.cancellation()};
    std::mutex mutex;
    const StageMeasure measure{validator_, options_,
                               [&](const std::string& line) {
                                 const std::lock_guard lock(mutex);
                                 show_progress(line);
                               },
                               [](const std::string& line) { complain(line); }, folder.is_kept()};
    auto runs = measure_stage(room, measure);
    end_progress();
    if (interrupt_.is_cancelled()) return {};
    if (!runs && !is_all_) return Error{fmt::format("{}: {}", stage.file.string(), runs.error().what)};
    if (!runs) {
      leave_out(stage, runs.error().what);
      return {};
    }
    for (auto& run : *runs) runs_.push_back(std::move(run));
    return {};
  }

  void leave_out(const Stage& stage, const std::string& why) {
    complain(fmt::format("{}: left out: {}", stage.file.string(), why));
    is_partial_ = true;
  }

  // Of ours those that mean the same there.
  std::vector<std::string> run_options() const {
    std::vector<std::string> words;
    for (const auto* name : {"data", "conformance", "browser", "plugins"})
      for (const auto& value : args_.values(name)) words.insert(words.end(), {std::string("--") + name, value});
    return words;
  }

  const Args& args_;
  const Interrupt& interrupt_;
  Places places_;
  engine::MutateOptions options_;
  std::shared_ptr<const checks::Validator> validator_;
  std::vector<std::vector<MutantResult>> runs_;
  bool is_all_ = false;  // no stage was chosen
  bool is_partial_ = false;
};

int mutate(const Args& args) {
  Interrupt interrupt;
  auto measured = Measurer(args, interrupt).take();
  if (interrupt.is_cancelled()) return exit_cancelled;
  if (!measured) return refuse(measured.error().what);
  std::vector<MutantResult> mutants;
  std::vector<MutantResult> generic;
  for (auto& mutant : measured->mutants) {
    // The runs of a stage are chosen so that each test is in one of them.
    if (args.has("portal") && mutant.verdict == Verdict::omitted) mutant.verdict = Verdict::not_applicable;
    (mutant.line > 0 ? mutants : generic).push_back(std::move(mutant));
  }
  const auto count = [](const std::vector<MutantResult>& of, Verdict verdict) {
    return std::count_if(of.begin(), of.end(), [&](const auto& m) { return m.verdict == verdict; });
  };
  const auto missed = count(mutants, Verdict::missed);
  const auto not_applicable = count(mutants, Verdict::not_applicable);
  const auto needs_portal = count(mutants, Verdict::needs_portal);
  const auto omitted = count(mutants, Verdict::omitted);
  const auto suites = engine::scores_of_suites(mutants);
  const auto requirements = engine::scores_of_requirements(mutants);
  if (args.has("json")) {
    auto value = Value::object({{"format", "bluebridge-mutation/1"},
                                {"noticed", count(mutants, Verdict::noticed)},
                                {"missed", missed},
                                {"not_applicable", not_applicable},
                                {"needs_portal", needs_portal},
                                {"omitted", omitted},
                                {"suites", scores_value(suites)},
                                {"requirements", scores_value(requirements)},
                                {"survivors", mutants_value(survivors_of(mutants))},
                                {"mutants", mutants_value(mutants)}});
    if (args.has("generic"))
      value.set("generic", Value::object({{"noticed", count(generic, Verdict::noticed)},
                                          {"missed", count(generic, Verdict::missed)},
                                          {"mutants", mutants_value(generic)}}));
    print_json(value);
  } else {
    std::string text = mutants_text(mutants) + scores_text(requirements, "requirement") + scores_text(suites, "suite") +
                       survivors_text(survivors_of(mutants));
    if (args.has("generic"))
      text += fmt::format("\ngeneric faults, which no suite promises to notice:\n{}{} noticed, {} missed\n",
                          mutants_text(generic), count(generic, Verdict::noticed), count(generic, Verdict::missed));
    text += fmt::format("\n{}: {} noticed, {} missed, {} not applicable, {} {} the portal, {} omitted\n",
                        counted(mutants.size(), "fault"), count(mutants, Verdict::noticed), missed, not_applicable,
                        needs_portal, needs_portal == 1 ? "needs" : "need", omitted);
    print(text);
  }
  if (missed > 0) return exit_found;
  // Where no fault could be applied nothing was measured.
  return not_applicable > 0 || measured->is_partial || count(mutants, Verdict::noticed) == 0 ? exit_inconclusive
                                                                                             : exit_good;
}

}  // namespace

VerbSpec suite_mutate_verb() {
  VerbSpec verb;
  verb.name = "suite mutate";
  verb.arguments = "[RUN...]";
  verb.argument_count_max = any_count;
  verb.completes = Completes::folders;
  verb.summary = "measure suites: which faults would their claims notice?";
  verb.about =
      "Applies the faults under 'catches' to what runs recorded and judges again; nothing is sent. Prints for each "
      "requirement and suite how many of the faults that could be applied were noticed, and those that were not, with "
      "why. Faults that are a defect of the sample portal are measured by starting it, once for each: --portal names a "
      "stage, which is how it is started and which suites are run there (all: each of samples/stages); or by a run "
      "against it that there is already, --defect NAME=RUN. Exit status 0: all were noticed, 1: some were missed, 3: "
      "some could not be applied, or there is none, 5: cancelled.";
  verb.example = "bluebridge suite mutate --portal pledge --jobs 2";
  verb.options = {
      {"portal",
       "STAGE",
       "start the sample portal: a file, the name of one of samples/stages, or all",
       Completes::files,
       {},
       true},
      {"browser", "PROGRAM", "who signs in, for stages where people do so in a browser", Completes::files},
      {"out", "DIR", "keep the runs of --portal there", Completes::folders},
      {"defect", "NAME=RUN", "a run against the sample portal with that defect", Completes::nothing, {}, true},
      {"generic", "", "also faults that no suite names: no content, no answer, another person; told apart"},
      {"jobs", "N", "faults, and defects, at a time; default: one for each processor, at most 8"},
      {"json", "", "as JSON, conformance/schemas/mutation.schema.json"},
      plugins_option(),
      data_option(),
      conformance_option()};
  verb.run = mutate;
  return verb;
}

}  // namespace bb::cli
