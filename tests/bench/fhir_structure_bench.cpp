// A Bundle of 2.6 MB that Synthea made and the 183 examples of US Core 6.1.0:
// reading, then the structural check of what was read. Registered where the
// published definitions are at hand.
#include <benchmark/benchmark.h>

#include <filesystem>
#include <map>

#include <bb/core/files.hpp>
#include <bb/fhir/element.hpp>

#include "harness/documents/data_store.hpp"
#include "harness/fhir/checker.hpp"
#include "support/published_folder.hpp"
#include "support/temporary_folder.hpp"

namespace {

namespace fs = std::filesystem;
using namespace bb::fhir;

// What an import keeps of all definitions.
const std::vector<std::string>& kept() {
  static const auto texts = [] {
    const bb::test::TemporaryFolder folder;
    auto store = bb::documents::DataStore::open(folder.path());
    if (!store || !store->import(bb::test::published_folder() / "fhir")) std::abort();
    std::vector<std::string> all;
    for (const auto& set : store->sets()) {
      const auto contents = store->load(set);
      if (!contents) std::abort();
      for (const auto& [path, text] : *contents) all.push_back(text);
    }
    return all;
  }();
  return texts;
}

std::shared_ptr<const Definitions> read_definitions() {
  return *Definitions::read(std::vector<std::string_view>(kept().begin(), kept().end()));
}

std::vector<std::string> texts_in(const char* folder, const char* prefix) {
  std::vector<std::string> texts;
  for (const auto& file : fs::directory_iterator(bb::test::published_folder() / "fhir" / folder))
    if (file.path().filename().string().starts_with(prefix)) texts.push_back(*bb::read_text(file.path()));
  return texts;
}

void set_counts(benchmark::State& state, const std::vector<std::string>& texts) {
  std::size_t bytes = 0;
  for (const auto& text : texts) bytes += text.size();
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bytes));
  state.counters["documents"] =
      benchmark::Counter(static_cast<double>(texts.size()), benchmark::Counter::kIsIterationInvariantRate);
}

void read_alone(benchmark::State& state, const std::vector<std::string>& texts) {
  for (auto _ : state)
    for (const auto& text : texts) benchmark::DoNotOptimize(read(text));
  set_counts(state, texts);
}

void check_structure(benchmark::State& state, const std::vector<std::string>& texts) {
  const auto definitions = read_definitions();
  std::vector<Document> documents;
  for (const auto& text : texts) documents.push_back(std::get<Document>(read(text)));
  for (auto _ : state)
    for (const auto& document : documents) benchmark::DoNotOptimize(check(document, *definitions));
  set_counts(state, texts);
}

bool register_all() {
  if (!fs::is_directory(bb::test::published_folder())) return false;
  benchmark::RegisterBenchmark("fhir_definitions", [](benchmark::State& state) {
    kept();  // the import is not timed
    for (auto _ : state) benchmark::DoNotOptimize(read_definitions());
  })->Unit(benchmark::kMillisecond);
  const std::map<std::string, std::vector<std::string>> kinds{{"synthea", texts_in("synthea", "Clair921")},
                                                              {"us_core", texts_in("examples/us-core-6.1.0", "")}};
  for (const auto& [kind, texts] : kinds) {
    benchmark::RegisterBenchmark(("fhir_read/" + kind).c_str(), [texts = texts](benchmark::State& state) {
      read_alone(state, texts);
    })->Unit(benchmark::kMillisecond);
    benchmark::RegisterBenchmark(("fhir_structure/" + kind).c_str(), [texts = texts](benchmark::State& state) {
      check_structure(state, texts);
    })->Unit(benchmark::kMillisecond);
  }
  return true;
}
const bool is_registered = register_all();

}  // namespace
