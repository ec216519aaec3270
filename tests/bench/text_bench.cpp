// The published texts of My HealtheVet and MyMedicare.gov, read into records.
// Registered where the published documents are at hand.
#include <benchmark/benchmark.h>

#include <bb/core/files.hpp>
#include <bb/records/read.hpp>

#include "support/published_folder.hpp"

namespace {

void read_text_record(benchmark::State& state, const std::string& text) {
  for (auto _ : state) {
    auto record = bb::records::read_record(text);
    if (!record) return state.SkipWithError(record.error().what.c_str());
    benchmark::DoNotOptimize(record);
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}

bool register_all() {
  const auto folder = bb::test::published_folder() / "bluebutton-text";
  for (const auto& [name, file] :
       {std::pair{"text_record/va", "va/VA_My_HealtheVet_Blue_Button_Sample_Version_12_6.txt"},
        std::pair{"text_record/cms", "cms/cms_sample.txt"}})
    if (const auto text = bb::read_text(folder / file))
      benchmark::RegisterBenchmark(name, [text = *text](benchmark::State& state) { read_text_record(state, text); });
  return true;
}
const bool is_registered = register_all();

}  // namespace
