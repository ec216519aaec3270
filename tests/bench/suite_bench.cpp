// Loading and linting a suite of 500 tests.
#include <benchmark/benchmark.h>

#include "bench/bench_files.hpp"
#include "harness/suite/lint.hpp"
#include "harness/suite/reader.hpp"
#include "harness/suite/verbs.hpp"
#include "support/temporary_folder.hpp"

namespace {

void load_and_lint_500_tests(benchmark::State& state) {
  const bb::test::TemporaryFolder folder;
  const auto file = bb::bench::write(folder.path(), "suite.yaml", bb::bench::usual_suite(500));
  const auto vocabulary = bb::suite::read_vocabulary(BB_SOURCE_DIR "/conformance");
  if (!vocabulary) return state.SkipWithError(vocabulary.error().what.c_str());
  for (auto _ : state) {
    const auto suite = bb::suite::read_suite(file);
    if (!suite.is_good()) return state.SkipWithError(bb::render(suite.diagnostics).c_str());
    const auto found = bb::suite::lint_suite(*suite.value, *vocabulary, {});
    if (bb::has_errors(found)) return state.SkipWithError(bb::render(found).c_str());
  }
}
BENCHMARK(load_and_lint_500_tests)->Unit(benchmark::kMillisecond);

}  // namespace
