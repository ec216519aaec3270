// Finding the connectors in a folder with 10,000 manifests.
#include <benchmark/benchmark.h>

#include <string>

#include <bb/host/manifest.hpp>
#include "bench/bench_files.hpp"
#include "support/temporary_folder.hpp"

namespace {

void discover_10000_manifests(benchmark::State& state) {
  constexpr int count = 10'000;
  const bb::test::TemporaryFolder folder;
  for (int i = 0; i < count; ++i) {
    const std::string number = std::to_string(count + i);
    bb::bench::write(folder.path(), number + ".bbplugin.yaml",
                     "bbplugin: 1\nid: org.example.p" + number +
                         "\nversion: 1.0.0\nlibrary: {linux-x86_64: a.so, linux-aarch64: a.so}\n"
                         "abi: {major: 1, minor: 0, min_host_minor: 0}\ntypes: [{id: org.example.p" +
                         number + ", interfaces: [bb.view/1]}]\n");
  }
  for (auto _ : state)
    if (bb::host::discover({folder.path()}).manifests.size() != count) return state.SkipWithError("not all were found");
}
BENCHMARK(discover_10000_manifests)->Unit(benchmark::kMillisecond);

}  // namespace
