// Reads of one resource by org.bluebridge.rest.fhir, in process and isolated, one and eight in flight; beside them a
// bare httplib loop that makes the same requests of the same server, in one run.
#include <benchmark/benchmark.h>
#include <httplib.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include <bb/host/host.hpp>
#include "bench/deaf_recorder.hpp"

namespace {

constexpr int request_count = 800;
constexpr const char* path = "/fhir/Observation/1";
const std::string resource = R"({"resourceType":"Observation","id":"1","status":"final","code":{"text":"Body weight"},)"
                             R"("subject":{"reference":"Patient/alice"},"valueQuantity":{"value":72.5,"unit":"kg"}})";

// Answers at once, on a thread for each connection.
struct Server {
  httplib::Server server;
  int port = 0;
  std::thread thread;
  Server() {
    server.new_task_queue = [] { return new httplib::ThreadPool(32); };
    server.set_keep_alive_max_count(1'000'000);
    server.set_tcp_nodelay(true);
    server.Get(path, [](const httplib::Request&, httplib::Response& answer) {
      answer.set_content(resource, "application/fhir+json");
    });
    port = server.bind_to_any_port("127.0.0.1");
    thread = std::thread([this] { server.listen_after_bind(); });
    while (!server.is_running()) std::this_thread::yield();
  }
  ~Server() {
    server.stop();
    thread.join();
  }
  std::string origin() const { return "http://127.0.0.1:" + std::to_string(port); }
};

Server& server() {
  static Server instance;
  return instance;
}

// Runs `work` on so many threads until all requests are made; how many were good.
template <class Work>
int share(int threads, const Work& work) {
  std::atomic<int> good = 0;
  std::vector<std::jthread> running;
  for (int thread = 0; thread < threads; ++thread) running.emplace_back([&] { good += work(request_count / threads); });
  running.clear();
  return good;
}

void count_requests(benchmark::State& state) {
  state.counters["requests"] = benchmark::Counter(request_count, benchmark::Counter::kIsIterationInvariantRate);
}

void fhir_reads_plain_httplib(benchmark::State& state) {
  for (auto _ : state) {
    const int good = share(static_cast<int>(state.range(0)), [](int count) {
      httplib::Client client(server().origin());
      client.set_keep_alive(true);
      client.set_tcp_nodelay(true);
      int answered = 0;
      for (int i = 0; i < count; ++i) {
        const auto answer = client.Get(path, {{"Accept", "application/fhir+json"}});
        answered += answer && answer->status == 200 && answer->body == resource ? 1 : 0;
      }
      return answered;
    });
    if (good != request_count) return state.SkipWithError("not every request was answered");
  }
  count_requests(state);
}

void read_by_connector(benchmark::State& state, const char* connector_host) {
  bb::host::Host host({{BB_BINARY_DIR "/plugins"}, "bench", connector_host});
  const auto clock = bb::host::make_real_clock();
  bb::bench::Deaf recorder;
  bb::host::Redactor redactor;
  bb::host::InstanceOptions options;
  options.type_id = "org.bluebridge.rest.fhir";
  options.name = "server";
  options.config = bb::Value::object({{"base_url", server().origin() + "/fhir"}});
  options.clock = clock.get();
  options.recorder = &recorder;
  options.redactor = &redactor;
  options.http.is_cleartext_allowed = true;
  auto made = host.create(options);
  if (!made) return state.SkipWithError(made.error().what.c_str());
  auto& connector = **made;
  const auto opened =
      connector.invoke({"bb.session/1", "open", bb::Value::object({{"method", "none"}, {"patient", "alice"}})}, {});
  if (opened.status != BB_OK) return state.SkipWithError(opened.error.message.c_str());
  const bb::host::Operation read{"bb.view/1", "read", bb::Value::object({{"item_id", "Observation/1"}})};
  for (auto _ : state) {
    const int good = share(static_cast<int>(state.range(0)), [&](int count) {
      int answered = 0;
      for (int i = 0; i < count; ++i) answered += connector.invoke(read, {}).body == resource ? 1 : 0;
      return answered;
    });
    if (good != request_count) return state.SkipWithError("not every request was answered");
  }
  count_requests(state);
}

void fhir_reads_in_process(benchmark::State& state) { read_by_connector(state, ""); }
void fhir_reads_isolated(benchmark::State& state) { read_by_connector(state, BB_CONNECTOR_HOST); }

BENCHMARK(fhir_reads_plain_httplib)->Arg(1)->Arg(8)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(fhir_reads_in_process)->Arg(1)->Arg(8)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(fhir_reads_isolated)->Arg(1)->Arg(8)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
