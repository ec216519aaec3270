#include <fmt/format.h>

#include <algorithm>

#include <bb/core/text.hpp>

#include "harness/checks/lint_xpath.hpp"
#include "harness/cli/document_rules.hpp"
#include "harness/cli/exit_status.hpp"
#include "harness/cli/places.hpp"
#include "harness/cli/terminal.hpp"
#include "harness/cli/verbs.hpp"
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

}  // namespace bb::cli
