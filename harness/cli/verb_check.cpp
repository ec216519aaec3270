#include <fmt/format.h>

#include <algorithm>

#include <bb/core/files.hpp>
#include <bb/core/json.hpp>
#include <bb/core/text.hpp>

#include "harness/cli/exit_status.hpp"
#include "harness/cli/places.hpp"
#include "harness/cli/terminal.hpp"
#include "harness/cli/verbs.hpp"
#include "harness/documents/check.hpp"
#include "harness/documents/render.hpp"

namespace bb::cli {
namespace {

// `--rules`: words for what is built in, everything else is a Schematron file.
documents::Selection selection_of(const Args& args) {
  documents::Selection selection;
  const auto rules = args.values("rules");
  if (rules.empty()) return selection;
  selection.has_schema = selection.has_schematron = false;
  for (const auto& rule : rules) {
    if (rule == "schema")
      selection.has_schema = true;
    else if (rule == "schematron")
      selection.has_schematron = true;
    else
      selection.files.push_back(rule);
  }
  return selection;
}

int check(const Args& args) {
  const auto places = find_places(args);
  if (!places) return refuse(places.error().what);
  const auto folder = find_data(args);
  if (!folder) return refuse(folder.error().what);
  auto formats = documents::Formats::read(places->document_formats());
  if (!formats) return refuse(formats.error().what);
  auto store = documents::DataStore::open(*folder);
  if (!store) return refuse(store.error().what);

  documents::CheckOptions options;
  options.as = args.value("as").value_or("");
  if (!options.as.empty() && !formats->has(options.as))
    return refuse(fmt::format("--as: unknown format '{}'; formats: {}", options.as, join(formats->ids(), ", ")));
  for (const auto& rule : args.values("ignore")) options.ignore.insert(rule);
  auto rules = std::make_shared<documents::Rules>(*std::move(formats), *std::move(store), selection_of(args));
  for (const auto& file : rules->selection().files)
    if (const auto read = rules->rules_of_file(file); !read) return refuse("--rules: " + read.error().what);

  documents::DocumentChecker checker(rules, std::move(options));
  documents::Summary summary;
  for (const auto& name : args.positional) {
    const auto bytes = read_text(name);
    if (!bytes) return refuse(bytes.error().what);
    const auto report = checker.check(name, *bytes);
    summary.add(report);
    if (args.has("json"))
      print(to_json(documents::to_value(report)) + "\n");
    else
      print(documents::render_text(report));
  }
  if (!args.has("json") && summary.document_count() > 1) print("\n" + summary.render());
  return summary.exit_status();
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
      "Says what each document is, by its content, and checks it against the CDA schema and the Schematron rules that "
      "were imported (bluebridge data import). Exit status: 0 no error, 1 an error, 2 a file that cannot be read, 3 it "
      "could not be judged because a schema or rules are missing.";
  verb.example = "bluebridge check visit.xml";
  verb.options = {
      {"as", "FORMAT", "the format that it has to be, as ccda-2.1"},
      {"rules", "NAME|FILE", "only these: schema, schematron, or a Schematron file", Completes::files, {}, true},
      {"ignore", "ID", "leave out the findings of a rule; they are counted", Completes::nothing, {}, true},
      {"json", "", "one JSON object for each document, a line each"},
      data_option(),
      conformance_option(),
      plugins_option()};
  verb.run = check;
  return verb;
}

}  // namespace bb::cli
