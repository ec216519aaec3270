// bb.probe/1
#include <bb/abi/ext/probe.h>

#include <array>
#include <string>

#include <bb/core/json.hpp>
#include "../abi_text.hpp"
#include "capability.hpp"
#include "sinks.hpp"

namespace bb::host {
namespace {

bb_status list(Invocation& invocation) {
  if (!invocation.is_ready()) return BB_E_INVALID_ARGUMENT;
  ProbeSink sink(invocation.state);
  const bb_status status = table_of<bb_probe>(invocation).list(invocation.connector, &invocation.state.abi, sink.abi());
  invocation.reply.emitted = sink.take();
  return status;
}

bb_status run(Invocation& invocation) {
  const bb_str name = invocation.arguments.required_text("name");
  const std::string arguments = to_json(invocation.arguments.object("arguments"));
  if (!invocation.is_ready()) return BB_E_INVALID_ARGUMENT;
  ContentSink sink(invocation.state);
  const bb_status status = table_of<bb_probe>(invocation)
                               .run(invocation.connector, &invocation.state.abi, name, to_abi(arguments), sink.abi());
  take_content(invocation, sink, status);
  return status;
}

}  // namespace

const Capability& probe_capability() {
  static const std::array functions{BB_FUNCTION(bb_probe, list, list), BB_FUNCTION(bb_probe, run, run)};
  static const Capability capability{BB_PROBE, functions};
  return capability;
}

}  // namespace bb::host
