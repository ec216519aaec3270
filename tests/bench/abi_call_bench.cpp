// What the ABI and the C++ wrapper cost a call: a listing of two items from the
// sample connector, beside a bare call through the same function pointer type.
#include <benchmark/benchmark.h>
#include <dlfcn.h>

#include <string_view>

#include <bb/abi/ext/view.h>
#include <bb/abi/plugin.h>

namespace {

std::int32_t is_cancelled(const bb_call*) { return 0; }
void set_error(bb_call*, const bb_error*) {}
void progress(bb_call*, std::uint64_t, std::uint64_t, bb_str) {}
const void* no_service(const bb_host*, const char*) { return nullptr; }

bb_status count_item(bb_item_sink* sink, const bb_item*) {
  ++*static_cast<int*>(sink->host_data);
  return BB_OK;
}
bb_status no_cursor(bb_item_sink*, bb_str) { return BB_OK; }

bb_call usual_call() {
  bb_call call{};
  call.struct_size = sizeof call;
  call.call_id = 1;
  call.is_cancelled = is_cancelled;
  call.set_error = set_error;
  call.progress = progress;
  return call;
}

// The connector's own list() in its library, called as a host does.
void abi_listing(benchmark::State& state) {
  void* const library = ::dlopen(BB_SAMPLE_PLUGINS "/acme.so", RTLD_NOW | RTLD_LOCAL);
  if (!library) return state.SkipWithError(::dlerror());
  const auto entry = reinterpret_cast<const bb_plugin* (*)()>(::dlsym(library, BB_PLUGIN_V1_SYMBOL));
  const bb_plugin* const plugin = entry();
  bb_host host{};
  host.struct_size = sizeof host;
  host.name = "bench";
  host.version = "1";
  host.get_interface = no_service;
  bb_call call = usual_call();
  bb_create_args args{};
  args.struct_size = sizeof args;
  const std::string_view type = plugin->id;
  args.type_id = {type.data(), type.size()};
  const bb_pair facility{{"/facility", 9}, {"\"Bench\"", 7}};
  args.config = &facility;
  args.config_count = 1;
  bb_connector* connector = nullptr;
  if (plugin->init(&host) != BB_OK || plugin->create(&host, &call, &args, &connector) != BB_OK)
    return state.SkipWithError("the sample connector cannot be made");
  const auto* const view = static_cast<const bb_view*>(plugin->get_interface(connector, BB_VIEW));
  int items = 0;
  bb_item_sink sink{sizeof sink, 0, &items, count_item, no_cursor};
  bb_query query{};
  query.struct_size = sizeof query;
  for (auto _ : state) benchmark::DoNotOptimize(view->list(connector, &call, &query, &sink));
  if (items == 0) state.SkipWithError("nothing was listed");
  plugin->destroy(connector);
  plugin->deinit();
}
BENCHMARK(abi_listing)->Unit(benchmark::kNanosecond);

// The same two items through the sink's pointers, with no connector between.
void raw_function_pointer(benchmark::State& state) {
  int items = 0;
  bb_item_sink sink{sizeof sink, 0, &items, count_item, no_cursor};
  benchmark::DoNotOptimize(sink);
  const bb_item item{};
  for (auto _ : state) {
    benchmark::DoNotOptimize(sink.item(&sink, &item));
    benchmark::DoNotOptimize(sink.item(&sink, &item));
  }
}
BENCHMARK(raw_function_pointer)->Unit(benchmark::kNanosecond);

}  // namespace
