// Reading FHIR: the tree with places, and the record, beside a plain parse by the
// JSON library, of the largest Bundle of Synthea's. Registered where it is at hand.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include <bb/core/files.hpp>
#include <bb/fhir/element.hpp>
#include <bb/records/read.hpp>

#include "support/published_folder.hpp"

namespace {

namespace fs = std::filesystem;

// Empty where there is none.
std::string largest_bundle() {
  const auto folder = bb::test::published_folder() / "fhir/synthea";
  fs::path largest;
  if (!fs::is_directory(folder)) return {};
  for (const auto& entry : fs::directory_iterator(folder))
    if (entry.path().extension() == ".json" && (largest.empty() || entry.file_size() > fs::file_size(largest)))
      largest = entry.path();
  const auto text = bb::read_text(largest);
  return text ? *text : std::string();
}

template <class Read>
void read_all(benchmark::State& state, const std::string& bytes, Read read) {
  for (auto _ : state) {
    auto result = read(bytes);
    benchmark::DoNotOptimize(result);
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bytes.size()));
}

bool register_all() {
  const auto bytes = largest_bundle();
  if (bytes.empty()) {
    std::fprintf(stderr, "bb_bench: no FHIR at %s: set BB_TEST_DATA; its benchmarks are left out\n",
                 bb::test::published_folder().c_str());
    return false;
  }
  const auto add = [&](const char* name, auto read) {
    benchmark::RegisterBenchmark(name, [bytes, read](benchmark::State& state) {
      read_all(state, bytes, read);
    })->Unit(benchmark::kMillisecond);
  };
  add("fhir_plain_parse", [](const std::string& text) { return nlohmann::json::parse(text); });
  add("fhir_tree", [](const std::string& text) { return bb::fhir::read_json(text); });
  add("fhir_record", [](const std::string& text) { return bb::records::read_record(text); });
  return true;
}
const bool is_registered = register_all();

}  // namespace
