// bb.probe/1
#include <bb/abi/ext/probe.h>

#include <array>
#include <string>

#include <bb/core/json.hpp>
#include <bb/core/json_schema.hpp>
#include "../abi_text.hpp"
#include "capability.hpp"
#include "sinks.hpp"

namespace bb::host {
namespace {

bb_status list(Invocation& invocation) {
  if (!invocation.is_ready()) return BB_E_INVALID_ARGUMENT;
  ProbeSink sink(invocation.state);
  const bb_status status = table_of<bb_probe>(invocation).list(invocation.connector, &invocation.state.abi, sink.abi());
  invocation.result.emitted = sink.take();
  return status;
}

// "arguments is the JSON text of one object that the host has validated"
// (ext/probe.h): by the schema that the connector lists. A standard probe has
// none there; its arguments are checked with the suite.
bb_status check_arguments(Invocation& invocation, const std::string& name, const Value& arguments) {
  PluginCall& state = invocation.state;
  ProbeSink sink(state);
  const bb_status status = table_of<bb_probe>(invocation).list(invocation.connector, &state.abi, sink.abi());
  if (status != BB_OK) return status;
  const Value listed = sink.take();
  for (const Value& probe : *listed["probes"].items()) {
    const Value* const schema = probe.find("arguments_schema");
    if (!schema || probe["name"].string_or("") != name) continue;
    for (const SchemaFinding& finding : check_schema(*schema)) {
      state.breach("gave an arguments_schema for probe '" + name + "' that cannot be used, at '" + finding.pointer +
                   "': " + finding.message);
      return BB_E_INTERNAL;
    }
    for (const SchemaFinding& finding : validate(*schema, arguments))
      return state.refuse(BB_E_INVALID_ARGUMENT, Blame::host,
                          "arguments of probe '" + name + "', at '" + finding.pointer + "': " + finding.message);
  }
  return BB_OK;
}

bb_status run(Invocation& invocation) {
  const bb_str name = invocation.arguments.required_text("name");
  const Value given = invocation.arguments.object("arguments");
  if (!invocation.is_ready()) return BB_E_INVALID_ARGUMENT;
  if (const bb_status checked = check_arguments(invocation, std::string(from_abi(name)), given); checked != BB_OK)
    return checked;
  const std::string arguments = to_json(given);
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
