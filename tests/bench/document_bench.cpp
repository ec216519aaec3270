// A published C-CDA R2.1 document of 150 KB and ten R1.1 documents of vendors,
// by what a check does with them. Registered where the published documents and
// rules are at hand.
#include <benchmark/benchmark.h>

#include <bb/core/files.hpp>
#include <bb/core/json.hpp>
#include <bb/xml/document.hpp>
#include <map>
#include <sstream>

#include "harness/documents/check.hpp"
#include "harness/documents/render.hpp"
#include "support/published_folder.hpp"
#include "support/temporary_folder.hpp"

namespace {

namespace fs = std::filesystem;
using namespace bb::documents;

const fs::path& rules_folder() {
  static const bb::test::TemporaryFolder folder;
  static const bool is_imported = [] {
    auto store = DataStore::open(folder.path());
    return store && store->import(bb::test::published_folder() / "schemas");
  }();
  if (!is_imported) std::abort();
  return folder.path();
}

DocumentChecker make_checker(const Selection& selection) {
  const fs::path conformance = BB_SOURCE_DIR "/conformance";
  auto formats = Formats::read(conformance / "documents/formats.yaml");
  auto own = OwnRules::read(conformance / "documents", conformance / "schemas/document-rules.schema.json", *formats);
  auto store = DataStore::open(rules_folder());
  return {std::make_shared<Rules>(*std::move(formats), *std::move(store), selection, *std::move(own)), {}};
}

using Documents = std::vector<std::string>;

// Those of documents.txt, by kind.
std::map<std::string, Documents> read_documents() {
  std::map<std::string, Documents> documents;
  std::istringstream lines(*bb::read_text(BB_SOURCE_DIR "/tests/bench/documents.txt"));
  for (std::string line; std::getline(lines, line);) {
    const auto space = line.find(' ');
    if (line.starts_with('#') || space == std::string::npos) continue;
    const auto file = bb::test::published_folder() / "ccda" / line.substr(space + 1);
    documents[line.substr(0, space)].push_back(*bb::read_text(file));
  }
  return documents;
}

void set_bytes(benchmark::State& state, const Documents& documents) {
  std::size_t bytes = 0;
  for (const auto& document : documents) bytes += document.size();
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bytes));
  state.counters["documents"] =
      benchmark::Counter(static_cast<double>(documents.size()), benchmark::Counter::kIsIterationInvariantRate);
}

void read_alone(benchmark::State& state, const Documents& documents) {
  for (auto _ : state)
    for (const auto& document : documents) benchmark::DoNotOptimize(bb::xml::read(document));
  set_bytes(state, documents);
}

enum class Output { none, json };

void check(benchmark::State& state, const Documents& documents, const Selection& selection, Output output) {
  auto checker = make_checker(selection);
  for (const auto& document : documents)  // rules are loaded by the first of a kind
    if (!checker.check("document.xml", document).missing.empty()) return state.SkipWithError("rules are missing");
  for (auto _ : state)
    for (const auto& document : documents) {
      const auto report = checker.check("document.xml", document);
      if (output == Output::json) benchmark::DoNotOptimize(bb::to_json(to_value(report)));
    }
  set_bytes(state, documents);
}

bool register_all() {
  if (!fs::is_directory(bb::test::published_folder())) {
    std::fprintf(stderr, "bb_bench: no published documents at %s: set BB_TEST_DATA; their benchmarks are left out\n",
                 bb::test::published_folder().c_str());
    return false;
  }
  struct Part {
    std::string name;
    Selection selection;
    Output output = Output::none;
  };
  const std::vector<Part> parts{
      {"document_schema", {true, false, false, {}, Level::error}},
      {"document_schematron_errors", {false, true, false, {}, Level::error}},
      {"document_schematron", {false, true, false, {}, Level::note}},
      {"document_own_errors", {false, false, true, {}, Level::error}},
      {"document_own", {false, false, true, {}, Level::note}},
      {"document_check_errors", {true, true, true, {}, Level::error}},
      {"document_check", {true, true, true, {}, Level::note}},
      {"document_check_to_json", {true, true, true, {}, Level::note}, Output::json},
  };
  for (const auto& [kind, documents] : read_documents()) {
    const auto add = [kind = kind, documents = documents](const std::string& name, auto run) {
      benchmark::RegisterBenchmark((name + "/" + kind).c_str(), [documents, run](benchmark::State& state) {
        run(state, documents);
      })->Unit(benchmark::kMillisecond);
    };
    add("document_read", read_alone);
    for (const auto& part : parts)
      add(part.name, [part](benchmark::State& state, const Documents& of_kind) {
        check(state, of_kind, part.selection, part.output);
      });
  }
  return true;
}
const bool is_registered = register_all();

}  // namespace
