// 1,000 requests against the sample portal: the suite engine with 8 jobs, and
// beside it a plain httplib loop with 8 threads, keep-alive and TLS, in one
// process and one run.
#include <benchmark/benchmark.h>
#include <httplib.h>

#include <bb/core/json.hpp>
#include <bb/core/process.hpp>
#include <cstdlib>
#include <filesystem>
#include <thread>

#include "bench/bench_files.hpp"
#include "harness/engine/run.hpp"
#include "support/temporary_folder.hpp"

namespace {

namespace fs = std::filesystem;
constexpr int request_count = 1000;
constexpr int worker_count = 8;

// The sample portal with one synthetic patient per worker: p0, p1, ...
struct Portal {
  bb::test::TemporaryFolder folder;
  std::optional<bb::ChildProcess> process;
  bb::Value ready;

  Portal() {
    const auto records = folder.path() / "records";
    fs::create_directory(records);
    for (int i = 0; i < worker_count; ++i) {
      const auto id = "p" + std::to_string(i);
      fs::copy_file(BB_SOURCE_DIR "/samples/records/alice.xml", records / (id + ".xml"));
      ::setenv(("BB_BENCH_PASSWORD_" + id).c_str(), ("bench-" + id).c_str(), 1);
    }
    auto started = bb::ChildProcess::start({BB_BINARY_DIR "/bin/bluebridge-portal",
                                            {"--port", "0", "--records", records.string(), "--exit-with-parent"},
                                            {{"BLUEBRIDGE_PORTAL_PASSWORD", "bench"}},
                                            false});
    if (!started) std::abort();
    process = std::move(*started);
    const auto line = process->read_line(30'000);
    if (!line) std::abort();
    ready = *bb::parse_json(*line);
  }
  std::string origin() const { return ready["url"].string_or(""); }
  std::string ca_file() const { return ready["ca_file"].string_or(""); }
};

Portal& portal() {
  static Portal instance;
  return instance;
}

void engine_1000_requests_8_jobs(benchmark::State& state) {
  const bb::test::TemporaryFolder folder;
  const auto suite_file =
      bb::bench::write(folder.path(), "suite.yaml", bb::bench::list_suite(request_count, worker_count));
  const auto config = bb::Value::object({{"base_url", portal().origin()}});
  const auto target_file =
      bb::bench::write(folder.path(), "target.yaml",
                       bb::bench::target("org.bluebridge.rest.portal", config, portal().ca_file(), worker_count));
  auto suite = bb::suite::read_suite(suite_file);
  auto target = bb::suite::read_target(target_file);
  if (!suite.is_good() || !target.is_good())
    return state.SkipWithError((bb::render(suite.diagnostics) + bb::render(target.diagnostics)).c_str());
  auto vocabulary = bb::suite::read_vocabulary(BB_SOURCE_DIR "/conformance");
  if (!vocabulary) return state.SkipWithError(vocabulary.error().what.c_str());
  bb::host::Host host({{BB_BINARY_DIR "/plugins"}, "bench"});
  const bb::engine::RunInput input{{*suite.value}, *target.value, {}, *vocabulary};
  bb::engine::RunOptions options;
  options.out = folder.path() / "runs";
  options.jobs = worker_count;
  for (auto _ : state) {
    const auto result = bb::engine::run(input, options, host);
    if (!result) return state.SkipWithError(result.error().what.c_str());
    if (result->verdict.exit_status != 0) return state.SkipWithError(result->verdict.sentence.c_str());
  }
  state.counters["requests"] = benchmark::Counter(request_count, benchmark::Counter::kIsIterationInvariantRate);
}

void plain_httplib_1000_requests_8_threads(benchmark::State& state) {
  portal();  // started by this thread: it ends with the one that started it
  for (auto _ : state) {
    std::vector<std::thread> workers;
    std::atomic<int> good = 0;
    for (int i = 0; i < worker_count; ++i) {
      workers.emplace_back([&good, i] {
        httplib::Client client(portal().origin());
        client.set_ca_cert_path(portal().ca_file().c_str());
        client.set_keep_alive(true);
        client.set_tcp_nodelay(true);
        const auto id = "p" + std::to_string(i);
        const auto body = R"({"account":")" + id + R"(","password":"bench-)" + id + R"("})";
        const auto signed_in = client.Post("/api/session", body, "application/json");
        if (!signed_in || signed_in->status != 200) return;
        const auto token = (*bb::parse_json(signed_in->body))["access_token"].string_or("");
        const httplib::Headers headers{{"Authorization", "Bearer " + token}, {"Accept", "application/json"}};
        const auto path = "/api/patients/" + id + "/items?kind=summary";
        for (int n = 0; n < request_count / worker_count; ++n) {
          const auto answer = client.Get(path.c_str(), headers);
          if (answer && answer->status == 200 && bb::parse_json(answer->body)) ++good;
        }
      });
    }
    for (auto& worker : workers) worker.join();
    if (good != request_count) return state.SkipWithError("not every request was answered");
  }
  state.counters["requests"] = benchmark::Counter(request_count, benchmark::Counter::kIsIterationInvariantRate);
}

BENCHMARK(plain_httplib_1000_requests_8_threads)->Unit(benchmark::kMillisecond)->UseRealTime()->MeasureProcessCPUTime();
BENCHMARK(engine_1000_requests_8_jobs)->Unit(benchmark::kMillisecond)->UseRealTime()->MeasureProcessCPUTime();

}  // namespace
