// bb/sdk/capabilities/probe.hpp - bb.probe/1: named operations below the
// patient's level.
#pragma once

#include <string_view>

#include <bb/abi/ext/probe.h>
#include <bb/sdk/call.hpp>
#include <bb/sdk/content.hpp>
#include <bb/sdk/detail/capability.hpp>
#include <bb/sdk/detail/checked_text.hpp>
#include <bb/sdk/detail/guarded.hpp>

namespace bb {

// Where the names of probes go.
class Probes {
 public:
  explicit Probes(bb_probe_sink* sink) noexcept : sink_(sink) {}
  Probes(const Probes&) = delete;
  Probes& operator=(const Probes&) = delete;

  // arguments_schema: JSON Schema; empty for a standard probe.
  void emit(std::string_view name, std::string_view title, std::string_view arguments_schema = {}) {
    bb_probe_info raw{};
    raw.struct_size = sizeof raw;
    raw.name = to_str(name);
    raw.title = to_str(title);
    raw.arguments_schema = to_str(arguments_schema);
    flow_.send([&] { return sink_->probe(sink_, &raw); });
  }

 private:
  bb_probe_sink* sink_;
  detail::Flow flow_;
};

class Probe {
 public:
  // Needs no session and no network.
  virtual void list_probes(Call& call, Probes& out) = 0;
  // arguments: the JSON text of one object. BB_E_NOT_FOUND for a name that
  // list_probes does not give.
  virtual void run_probe(Call& call, std::string_view name, std::string_view arguments, Content& out) = 0;

 protected:
  ~Probe() = default;
};

namespace detail {

template <class T>
inline constexpr bb_probe probe_table{
    sizeof(bb_probe), 0,
    [](bb_connector* c, bb_call* call, bb_probe_sink* out) noexcept -> bb_status {
      return guarded(call, [&] {
        Call running(call);
        Probes probes(out);
        capability<T, Probe>(c).list_probes(running, probes);
      });
    },
    [](bb_connector* c, bb_call* call, bb_str name, bb_str arguments, bb_content_sink* out) noexcept -> bb_status {
      return guarded(call, [&] {
        Call running(call);
        const auto probe = checked_text(name, "the probe's name");
        const auto json = checked_text(arguments, "the arguments");
        with_content(out, "run_probe()",
                     [&](Content& content) { capability<T, Probe>(c).run_probe(running, probe, json, content); });
      });
    }};

}  // namespace detail
}  // namespace bb
