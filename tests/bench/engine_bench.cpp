// What the engine adds to a test: 1,000 tests on a connector that does nothing,
// everything recorded. The counter is time per test.
#include <benchmark/benchmark.h>

#include "bench/bench_files.hpp"
#include "harness/engine/run.hpp"
#include "support/fake_connector.hpp"
#include "support/temporary_folder.hpp"

namespace {

constexpr int test_count = 1000;

void engine_overhead_per_test(benchmark::State& state) {
  const bb::test::TemporaryFolder folder;
  const auto suite =
      bb::suite::read_suite(bb::bench::write(folder.path(), "suite.yaml", bb::bench::list_suite(test_count, 1)));
  const auto target = bb::suite::read_target(bb::bench::write(
      folder.path(), "target.yaml", bb::bench::target("org.example.nothing", bb::Value::object(), "", 1)));
  if (!suite.is_good() || !target.is_good())
    return state.SkipWithError((bb::render(suite.diagnostics) + bb::render(target.diagnostics)).c_str());
  const auto vocabulary = bb::suite::read_vocabulary(BB_SOURCE_DIR "/conformance");
  if (!vocabulary) return state.SkipWithError(vocabulary.error().what.c_str());
  const bb::engine::RunInput input{{*suite.value}, *target.value, {}, *vocabulary};
  bb::engine::RunOptions options;
  options.out = folder.path() / "runs";
  options.jobs = static_cast<int>(state.range(0));
  bb::test::FakeConnectors nothing;
  nothing.offer({"bb.session/1", "bb.view/1"});
  nothing.on("bb.view/1 list", [](const bb::test::FakeCall&) {
    return bb::test::emitted(bb::Value::object({{"items", bb::Value::array()}}));
  });
  for (auto _ : state) {
    const auto result = bb::engine::run(input, options, nothing);
    if (!result) return state.SkipWithError(result.error().what.c_str());
    if (result->verdict.exit_status != 0) return state.SkipWithError(result->verdict.sentence.c_str());
  }
  state.counters["per_test"] =
      benchmark::Counter(test_count, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}
BENCHMARK(engine_overhead_per_test)->Arg(1)->Arg(8)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
