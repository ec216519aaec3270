// What a process of its own costs a connector: a call, a start, a large
// document; beside each a bare socketpair, or memcpy, in the same run.
#include <benchmark/benchmark.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <bb/host/host.hpp>
#include "bench/deaf_recorder.hpp"

namespace {

using bb::Value;

enum class Where { here, child };

struct Instance {
  bb::bench::Deaf recorder;
  bb::host::Redactor redactor;
  std::unique_ptr<bb::host::Clock> clock = bb::host::make_real_clock();
  bb::host::Host host;
  bb::host::InstanceOptions options;
  std::unique_ptr<bb::host::Connector> connector;

  explicit Instance(Where where)
      : host({{BB_HOSTILE_FOLDER}, "bench", where == Where::child ? BB_CONNECTOR_HOST : ""}) {
    options.type_id = "org.example.hostile";
    options.name = "portal";
    options.clock = clock.get();
    options.recorder = &recorder;
    options.redactor = &redactor;
  }
  bool make(benchmark::State& state) {
    auto made = host.create(options);
    if (!made) state.SkipWithError(made.error().what.c_str());
    if (made) connector = *std::move(made);
    return connector != nullptr;
  }
};

std::vector<pid_t> children_of_this_process() {
  std::vector<pid_t> found;
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
    std::ifstream children(task.path() / "children");
    for (pid_t child = 0; children >> child;) found.push_back(child);
  }
  return found;
}

void call(benchmark::State& state, Where where) {
  Instance instance(where);
  if (!instance.make(state)) return;
  const bb::host::Operation list{"bb.view/1", "list", Value::object()};
  for (auto _ : state) {
    const auto reply = instance.connector->invoke(list, {});
    if (reply.status != BB_OK) return state.SkipWithError(reply.error.message.c_str());
  }
}
void call_in_process(benchmark::State& state) { call(state, Where::here); }
void call_isolated(benchmark::State& state) { call(state, Where::child); }
BENCHMARK(call_in_process)->Unit(benchmark::kMicrosecond)->UseRealTime();
BENCHMARK(call_isolated)->Unit(benchmark::kMicrosecond)->UseRealTime();

bool read_all(int descriptor, char* out, std::size_t size) {
  while (size != 0) {
    const auto count = ::read(descriptor, out, size);
    if (count <= 0) return false;
    out += count;
    size -= static_cast<std::size_t>(count);
  }
  return true;
}
bool write_all(int descriptor, const char* from, std::size_t size) {
  while (size != 0) {
    const auto count = ::write(descriptor, from, size);
    if (count <= 0) return false;
    from += count;
    size -= static_cast<std::size_t>(count);
  }
  return true;
}

// A request of 200 bytes, an answer of so many, between two processes.
void raw_socketpair(benchmark::State& state) {
  const auto size = static_cast<std::size_t>(state.range(0));
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) return state.SkipWithError("no socketpair");
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(ends[0]);
    std::string request(200, '\0');
    const std::string answer(size, 'x');
    while (read_all(ends[1], request.data(), request.size()) && write_all(ends[1], answer.data(), answer.size())) {
    }
    ::_exit(0);
  }
  ::close(ends[1]);
  const std::string request(200, 'x');
  for (auto _ : state) {
    std::string answer(size, '\0');
    if (!write_all(ends[0], request.data(), request.size()) || !read_all(ends[0], answer.data(), answer.size()))
      return state.SkipWithError("the other end is gone");
    benchmark::DoNotOptimize(answer.data());
  }
  ::close(ends[0]);
  state.SetBytesProcessed(static_cast<std::int64_t>(size) * static_cast<std::int64_t>(state.iterations()));
}
BENCHMARK(raw_socketpair)->Arg(200)->Unit(benchmark::kMicrosecond)->UseRealTime();
BENCHMARK(raw_socketpair)->Arg(1 << 20)->Arg(64 << 20)->Unit(benchmark::kMillisecond)->UseRealTime();

void plain_memcpy(benchmark::State& state) {
  const std::string from(static_cast<std::size_t>(state.range(0)), 'x');
  for (auto _ : state) {
    std::string to(from);
    benchmark::DoNotOptimize(to.data());
  }
  state.SetBytesProcessed(state.range(0) * static_cast<std::int64_t>(state.iterations()));
}
BENCHMARK(plain_memcpy)->Arg(1 << 20)->Arg(64 << 20)->Unit(benchmark::kMillisecond)->UseRealTime();

void document(benchmark::State& state, Where where) {
  Instance instance(where);
  if (!instance.make(state)) return;
  const bb::host::Operation read{"bb.view/1", "read",
                                 Value::object({{"item_id", "bytes " + std::to_string(state.range(0))}})};
  for (auto _ : state) {
    const auto reply = instance.connector->invoke(read, {});
    if (reply.body.size() != static_cast<std::size_t>(state.range(0)))
      return state.SkipWithError(reply.error.message.c_str());
  }
  state.SetBytesProcessed(state.range(0) * static_cast<std::int64_t>(state.iterations()));
}
void document_in_process(benchmark::State& state) { document(state, Where::here); }
void document_isolated(benchmark::State& state) { document(state, Where::child); }
BENCHMARK(document_in_process)->Arg(1 << 20)->Arg(64 << 20)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(document_isolated)->Arg(1 << 20)->Arg(64 << 20)->Unit(benchmark::kMillisecond)->UseRealTime();

void start_of_a_child(benchmark::State& state) {
  Instance instance(Where::child);
  for (auto _ : state) {
    if (!instance.make(state)) return;
    state.PauseTiming();
    instance.connector.reset();
    state.ResumeTiming();
  }
}
BENCHMARK(start_of_a_child)->Unit(benchmark::kMillisecond)->UseRealTime();

// Resident memory of a process with one idle instance, and what of it is its own.
void memory_of_a_child(benchmark::State& state) {
  Instance instance(Where::child);
  if (!instance.make(state)) return;
  for (auto _ : state) benchmark::DoNotOptimize(instance.connector->name().data());
  for (const pid_t child : children_of_this_process()) {
    std::ifstream status("/proc/" + std::to_string(child) + "/status");
    for (std::string word; status >> word;) {
      double kib = 0;
      if (word == "VmRSS:" && status >> kib) state.counters["resident_KiB"] = kib;
      if (word == "RssAnon:" && status >> kib) state.counters["anonymous_KiB"] = kib;
    }
  }
}
BENCHMARK(memory_of_a_child)->Iterations(1);

void end_of_a_child(benchmark::State& state) {
  Instance instance(Where::child);
  for (auto _ : state) {
    state.PauseTiming();
    if (!instance.make(state)) return;
    state.ResumeTiming();
    instance.connector.reset();
  }
}
BENCHMARK(end_of_a_child)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
