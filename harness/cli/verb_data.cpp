#include <fmt/format.h>

#include <bb/core/text.hpp>

#include "harness/cli/exit_status.hpp"
#include "harness/cli/places.hpp"
#include "harness/cli/terminal.hpp"
#include "harness/cli/verbs.hpp"
#include "harness/documents/data_store.hpp"

namespace bb::cli {
namespace {

Value to_value(const documents::DataSet& set) {
  Value files = Value::array();
  for (const auto& file : set.files)
    files.push(Value::object({{"path", file.path}, {"sha256", file.sha256}, {"source_sha256", file.source_sha256}}));
  return Value::object({{"id", set.id},
                        {"kind", std::string(documents::to_word(set.kind))},
                        {"title", set.title},
                        {"entry", set.entry},
                        {"files", std::move(files)}});
}

std::string line_of(const documents::DataSet& set) {
  std::string hash;
  for (const auto& file : set.files)
    if (file.path == set.entry) hash = file.source_sha256.substr(0, 12);
  return fmt::format("{:<22} {:<7} {} ({} of {}, {})\n", set.id, documents::to_word(set.kind), set.title, set.entry,
                     counted(set.files.size(), "file"), hash);
}

int import(const Args& args) {
  const auto folder = find_data(args);
  if (!folder) return refuse(folder.error().what);
  auto store = documents::DataStore::open(*folder);
  if (!store) return refuse(store.error().what);
  for (const auto& source : args.positional) {
    const auto imported = store->import(source);
    if (!imported) return refuse(imported.error().what);
    for (const auto& set : imported->sets) print("imported " + line_of(set));
    for (const auto& note : imported->notes) tell(fmt::format("note: {}\n", note));
  }
  print(fmt::format("kept in {}\n", folder->string()));
  return exit_good;
}

int list(const Args& args) {
  const auto folder = find_data(args);
  if (!folder) return refuse(folder.error().what);
  const auto store = documents::DataStore::open(*folder);
  if (!store) return refuse(store.error().what);
  if (args.has("json")) {
    Value sets = Value::array();
    for (const auto& set : store->sets()) sets.push(to_value(set));
    print_json(Value::object({{"folder", folder->string()}, {"sets", std::move(sets)}}));
    return exit_good;
  }
  for (const auto& set : store->sets()) print(line_of(set));
  if (store->sets().empty()) complain(fmt::format("nothing has been imported into {}", folder->string()));
  return exit_good;
}

}  // namespace

VerbSpec data_import_verb() {
  VerbSpec verb;
  verb.name = "data import";
  verb.arguments = "FOLDER...";
  verb.argument_count_min = 1;
  verb.argument_count_max = any_count;
  verb.completes = Completes::files;
  verb.summary = "take published schemas and rules that you hold, pinned by hash";
  verb.about =
      "Looks in files and folders for the CDA schema (CDA_SDTC.xsd with the files beside it) and for Schematron rules "
      "(HL7's for C-CDA R2.1 with voc.xml, NIST's for C32, HL7's for CCD 1.0), and for the definitions of FHIR R4 "
      "(profiles-types.json, profiles-resources.json, valuesets.json, v3-codesystems.json) and of guides to it "
      "(packages such as hl7.fhir.us.core), by content. They are tried and kept: a later check uses exactly these "
      "bytes. Nothing is fetched from a network.";
  verb.example = "bluebridge data import ~/downloads/ccda-schematron";
  verb.options = {data_option()};
  verb.run = import;
  return verb;
}

VerbSpec data_list_verb() {
  VerbSpec verb;
  verb.name = "data list";
  verb.summary = "what was imported";
  verb.example = "bluebridge data list --json";
  verb.options = {data_option(), {"json", "", "print one JSON object with every hash"}};
  verb.run = list;
  return verb;
}

}  // namespace bb::cli
