#include <fmt/format.h>

#include <algorithm>
#include <thread>

#include <bb/core/text.hpp>

#include "harness/checks/lint_xpath.hpp"
#include "harness/cli/document_rules.hpp"
#include "harness/cli/exit_status.hpp"
#include "harness/cli/places.hpp"
#include "harness/cli/terminal.hpp"
#include "harness/cli/verbs.hpp"
#include "harness/engine/mutate.hpp"
#include "harness/suite/lint.hpp"
#include "harness/suite/reader.hpp"

namespace bb::cli {
namespace {

int list(const Args& args) {
  const auto places = find_places(args);
  if (!places) return refuse(places.error().what);
  auto suites = Value::array();
  std::string text;
  int status = exit_good;
  for (const auto& file : installed_suites(*places)) {
    auto loaded = suite::read_suite(file);
    if (!loaded.is_good()) {
      complain("this suite cannot be read:\n" + render(std::move(loaded.diagnostics)));
      status = exit_usage;
      continue;
    }
    const auto& suite = *loaded.value;
    suites.push(Value::object({{"suite", suite.id},
                               {"version", suite.version},
                               {"title", suite.title},
                               {"tests", suite.tests.size()},
                               {"requirements", suite.catalogue.requirements.size()},
                               {"file", file.string()}}));
    text += fmt::format("{} {}: {} ({})\n    {}\n", suite.id, suite.version, suite.title,
                        counted(suite.tests.size(), "test"), file.string());
  }
  if (suites.size() == 0 && status == exit_good) complain("no suite is installed in " + places->suites().string());
  if (args.has("json"))
    print_json(Value::object({{"suites", std::move(suites)}}));
  else
    print(text);
  return status;
}

Value diagnostic_value(const Diagnostic& diagnostic) {
  const auto& place = diagnostic.place;
  return Value::object({{"severity", diagnostic.severity == Severity::error ? "error" : "warning"},
                        {"file", place.source ? place.source->name : std::string()},
                        {"line", place.line},
                        {"column", place.column},
                        {"length", place.length},
                        {"message", diagnostic.message},
                        {"note", diagnostic.note}});
}

std::vector<Diagnostic> lint_file(const std::filesystem::path& file, const suite::Vocabulary& vocabulary,
                                  bool is_strict) {
  auto loaded = suite::read_suite(file);
  auto diagnostics = std::move(loaded.diagnostics);
  if (!loaded.value) return diagnostics;
  for (auto& each : suite::lint_suite(*loaded.value, vocabulary, {.is_strict = is_strict}))
    diagnostics.push_back(std::move(each));
  for (auto& each : checks::lint_xpaths(*loaded.value)) diagnostics.push_back(std::move(each));
  return diagnostics;
}

std::vector<Diagnostic> compare_files(const std::filesystem::path& file, const std::filesystem::path& before) {
  const auto suite = suite::read_suite(file);
  auto old = suite::read_suite(before);
  if (!suite.is_good() || !old.is_good()) return std::move(old.diagnostics);
  return suite::lint_since(*suite.value, *old.value);
}

int lint(const Args& args) {
  const auto places = find_places(args);
  if (!places) return refuse(places.error().what);
  const auto vocabulary = read_vocabulary(*places);
  if (!vocabulary) return refuse(vocabulary.error().what);
  const auto since = args.value("since");
  if (since && args.positional.size() != 1)
    return refuse(fmt::format("'--since' compares one suite, got {}", args.positional.size()));
  std::vector<Diagnostic> all;
  for (const auto& name : args.positional) {
    const auto file = find_suite(*places, name);
    if (!file) {
      all.push_back({Severity::error, {}, file.error().what, ""});
      continue;
    }
    for (auto& each : lint_file(*file, *vocabulary, args.has("strict"))) all.push_back(std::move(each));
    if (since)
      for (auto& each : compare_files(*file, *since)) all.push_back(std::move(each));
  }
  all = in_order(std::move(all));
  const auto errors = static_cast<std::size_t>(
      std::count_if(all.begin(), all.end(), [](const auto& d) { return d.severity == Severity::error; }));
  const auto warnings = all.size() - errors;
  const int status = errors > 0 ? exit_usage : warnings > 0 ? exit_found : exit_good;
  if (args.has("json")) {
    auto list = Value::array();
    for (const auto& each : first_of_each_file(all)) list.push(diagnostic_value(each));
    print_json(Value::object({{"errors", errors},
                              {"warnings", warnings},
                              {"not_shown", all.size() - list.size()},
                              {"diagnostics", std::move(list)}}));
    return status;
  }
  if (!all.empty()) print(render(std::move(all)));
  print(fmt::format("{}, {}, {}\n", counted(args.positional.size(), "file"), counted(errors, "error"),
                    counted(warnings, "warning")));
  return status;
}

std::string_view to_word(engine::MutantResult::Verdict verdict) {
  switch (verdict) {
    case engine::MutantResult::Verdict::noticed:
      return "noticed";
    case engine::MutantResult::Verdict::missed:
      return "missed";
    case engine::MutantResult::Verdict::not_applicable:
      return "not applicable";
    case engine::MutantResult::Verdict::needs_portal:
      return "needs the portal";
  }
  return "";
}

using engine::MutantResult;
using engine::MutationScore;

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
                             {"needs_portal", score.needs_portal}}));
  return list;
}

std::string scores_text(const std::vector<MutationScore>& scores, std::string_view what) {
  std::string text = fmt::format("\n{:<40} noticed / applied   score   not applied\n", what);
  for (const auto& score : scores)
    text += fmt::format(
        "{:<40} {:>7} / {:<7} {:>7} {:>13}\n", score.name, score.noticed, score.applied(),
        score.applied() == 0 ? std::string("-") : fmt::format("{:.1f} %", 100.0 * score.noticed / score.applied()),
        score.not_applicable + score.needs_portal);
  return text;
}

std::string mutants_text(const std::vector<MutantResult>& mutants) {
  std::string text;
  for (const auto& mutant : mutants) {
    text += fmt::format("{:<17} {}/{}: {}\n", to_word(mutant.verdict), mutant.suite, mutant.test, mutant.fault);
    if (mutant.verdict != MutantResult::Verdict::noticed && !mutant.detail.empty())
      text += fmt::format("{:<18}{}\n", "", mutant.detail);
  }
  return text;
}

// What all runs say of the faults of their suites, generic ones behind.
Result<std::vector<MutantResult>> measure(const Args& args) {
  BB_TRY(const auto places, find_places(args));
  engine::MutateOptions options;
  options.is_generic = args.has("generic");
  BB_TRY(const auto jobs, args.number("jobs", std::clamp(std::thread::hardware_concurrency(), 1u, 8u), 1, 256));
  options.jobs = static_cast<int>(jobs);
  const auto validator = make_validator(places, find_data(args));
  std::vector<std::vector<MutantResult>> runs;
  for (const auto& folder : args.positional) {
    BB_TRY(auto mutants, engine::mutate(folder, validator, options));
    runs.push_back(std::move(mutants));
  }
  auto mutants = engine::merge(std::move(runs));
  BB_TRY(const auto defects, args.pairs("defect"));
  for (const auto& [name, folder] : defects) BB_CHECK(engine::measure_defect(folder, name, mutants));
  std::stable_partition(mutants.begin(), mutants.end(), [](const MutantResult& one) { return one.line > 0; });
  return mutants;
}

int mutate(const Args& args) {
  using Verdict = MutantResult::Verdict;
  auto measured = measure(args);
  if (!measured) return refuse(measured.error().what);
  std::vector<MutantResult> mutants;
  std::vector<MutantResult> generic;
  for (auto& mutant : *measured) (mutant.line > 0 ? mutants : generic).push_back(std::move(mutant));
  const auto count = [](const std::vector<MutantResult>& of, Verdict verdict) {
    return std::count_if(of.begin(), of.end(), [&](const auto& m) { return m.verdict == verdict; });
  };
  const auto missed = count(mutants, Verdict::missed);
  const auto not_applicable = count(mutants, Verdict::not_applicable);
  const auto needs_portal = count(mutants, Verdict::needs_portal);
  const auto suites = engine::scores_of_suites(mutants);
  const auto requirements = engine::scores_of_requirements(mutants);
  if (args.has("json")) {
    auto value = Value::object({{"format", "bluebridge-mutation/1"},
                                {"noticed", count(mutants, Verdict::noticed)},
                                {"missed", missed},
                                {"not_applicable", not_applicable},
                                {"needs_portal", needs_portal},
                                {"suites", scores_value(suites)},
                                {"requirements", scores_value(requirements)},
                                {"mutants", mutants_value(mutants)}});
    if (args.has("generic"))
      value.set("generic", Value::object({{"noticed", count(generic, Verdict::noticed)},
                                          {"missed", count(generic, Verdict::missed)},
                                          {"mutants", mutants_value(generic)}}));
    print_json(value);
  } else {
    std::string text = mutants_text(mutants) + scores_text(requirements, "requirement") + scores_text(suites, "suite");
    if (args.has("generic"))
      text += fmt::format("\ngeneric faults, which no suite promises to notice:\n{}{} noticed, {} missed\n",
                          mutants_text(generic), count(generic, Verdict::noticed), count(generic, Verdict::missed));
    text += fmt::format("\n{}: {} noticed, {} missed, {} not applicable, {} {} the portal\n",
                        counted(mutants.size(), "fault"), count(mutants, Verdict::noticed), missed, not_applicable,
                        needs_portal, needs_portal == 1 ? "needs" : "need");
    print(text);
  }
  if (missed > 0) return exit_found;
  // Where no fault could be applied nothing was measured.
  return not_applicable > 0 || count(mutants, Verdict::noticed) == 0 ? exit_inconclusive : exit_good;
}

}  // namespace

VerbSpec suite_list_verb() {
  VerbSpec verb;
  verb.name = "suite list";
  verb.summary = "the suites that are installed";
  verb.example = "bluebridge suite list --json";
  verb.options = {{"json", "", "as JSON"}, conformance_option()};
  verb.run = list;
  return verb;
}

VerbSpec suite_lint_verb() {
  VerbSpec verb;
  verb.name = "suite lint";
  verb.arguments = "SUITE...";
  verb.argument_count_min = 1;
  verb.argument_count_max = any_count;
  verb.completes = Completes::files;
  verb.summary = "find the mistakes in suites";
  verb.about =
      "All mistakes at once, each with its place and what was expected there. Exit status 0: nothing to say, 1: "
      "warnings "
      "only, 2: a mistake, the suite cannot be run.";
  verb.example = "bluebridge suite lint --strict conformance/suites/pledge.data_holder.yaml";
  verb.options = {{"strict", "", "warnings are mistakes"},
                  {"since", "FILE", "the version before: its ids must be kept", Completes::files},
                  {"json", "", "as JSON"},
                  conformance_option()};
  verb.run = lint;
  return verb;
}

VerbSpec suite_mutate_verb() {
  VerbSpec verb;
  verb.name = "suite mutate";
  verb.arguments = "RUN...";
  verb.argument_count_min = 1;
  verb.argument_count_max = any_count;
  verb.completes = Completes::folders;
  verb.summary = "measure suites: which faults would their claims notice?";
  verb.about =
      "Applies the faults under 'catches' to what runs recorded and judges again; nothing is sent. Prints for each "
      "requirement and suite how many of the faults that could be applied were noticed. Faults that are a defect of "
      "the "
      "sample portal are measured by a run against it, --defect NAME=RUN. Exit status 0: all were noticed, 1: some "
      "were "
      "missed, 3: some could not be applied to these runs, or there is none.";
  verb.example = "bluebridge suite mutate runs/20261121T222640Z-ab12cd --generic";
  verb.options = {
      {"defect", "NAME=RUN", "a run against the sample portal with that defect", Completes::nothing, {}, true},
      {"generic", "", "also faults that no suite names: no content, no answer, another person; told apart"},
      {"jobs", "N", "faults at a time; default: one for each processor, at most 8"},
      {"json", "", "as JSON, conformance/schemas/mutation.schema.json"},
      data_option(),
      conformance_option()};
  verb.run = mutate;
  return verb;
}

}  // namespace bb::cli
