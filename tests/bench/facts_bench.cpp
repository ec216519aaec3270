// Comparing copies that have been read: five of one record, of the size of the samples
// and of a long life.
#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include <bb/core/files.hpp>
#include <bb/records/html.hpp>
#include <bb/records/read.hpp>

#include "harness/facts/compare.hpp"
#include "harness/facts/read_copy.hpp"

namespace bb::facts {
namespace {

// The sample's facts `times` over, each time of another year.
records::Record long_record(int times) {
  const auto text = read_text(std::string(BB_SOURCE_DIR) + "/samples/records/alice.xml");
  const auto read = records::read_record(text ? *text : std::string{});
  auto record = read ? *read : records::Record{};
  const auto once = record;
  const auto moved = [](std::string date, int years) {
    return date.size() < 4 ? date : std::to_string(std::stoi(date.substr(0, 4)) - years) + date.substr(4);
  };
  for (int i = 1; i < times; ++i) {
    for (auto sign : once.vital_signs) {
      sign.date = moved(sign.date, i);
      record.vital_signs.push_back(std::move(sign));
    }
    for (auto panel : once.results) {
      panel.date = moved(panel.date, i);
      for (auto& observation : panel.observations) observation.date = moved(observation.date, i);
      record.results.push_back(std::move(panel));
    }
  }
  return record;
}

void compare_five(benchmark::State& state) {
  const auto record = long_record(static_cast<int>(state.range(0)));
  std::vector<Copy> copies;
  for (const auto* name : {"a", "b", "c", "d"}) copies.push_back(copy_of(name, record));
  auto page = read_copy("e", records::write_html_fragment(record), no_pdf_words);
  if (!page) return state.SkipWithError(page.error().what.c_str());
  copies.push_back(*std::move(page));
  for (auto _ : state) {
    const auto comparison = compare(copies, "all", Tables::built_in());
    if (!comparison.agrees()) return state.SkipWithError("the copies do not agree");
  }
  state.counters["facts"] = static_cast<double>(copies.front().facts.size());
}
BENCHMARK(compare_five)->Arg(1)->Arg(10)->Arg(100)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace bb::facts
