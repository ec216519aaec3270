// bb.trust/1
#include <bb/abi/ext/trust.h>

#include <array>

#include <bb/core/certificate.hpp>
#include "../abi_text.hpp"
#include "capability.hpp"
#include "sinks.hpp"

namespace bb::host {
namespace {

bb_status anchors(Invocation& invocation) {
  if (!invocation.is_ready()) return BB_E_INVALID_ARGUMENT;
  CertificateSink sink(invocation.state);
  const bb_status status =
      table_of<bb_trust>(invocation).anchors(invocation.connector, &invocation.state.abi, sink.abi());
  invocation.result.emitted = sink.take();
  return status;
}

bb_status discover(Invocation& invocation) {
  const bb_str address = invocation.arguments.required_text("address");
  if (!invocation.is_ready()) return BB_E_INVALID_ARGUMENT;
  CertificateSink sink(invocation.state);
  const bb_status status =
      table_of<bb_trust>(invocation).discover(invocation.connector, &invocation.state.abi, address, sink.abi());
  invocation.result.emitted = sink.take();
  return status;
}

bb_status evaluate(Invocation& invocation) {
  Arguments& arguments = invocation.arguments;
  const bb_str address = arguments.required_text("address");
  const bb_str text = arguments.required_text("certificate");
  const bb_str use = arguments.required_text("use");
  const auto der = certificate_der(from_abi(text));
  if (text.size != 0 && !der) arguments.mistake("'certificate' must be one certificate, PEM or base64 of DER");
  if (!invocation.is_ready()) return BB_E_INVALID_ARGUMENT;
  invocation.result.emitted = Value::object();
  return table_of<bb_trust>(invocation)
      .evaluate(invocation.connector, &invocation.state.abi, address, {der->data(), der->size()}, use);
}

}  // namespace

const Capability& trust_capability() {
  static const std::array functions{BB_FUNCTION(bb_trust, anchors, anchors), BB_FUNCTION(bb_trust, discover, discover),
                                    BB_FUNCTION(bb_trust, evaluate, evaluate)};
  static const Capability capability{BB_TRUST, functions};
  return capability;
}

}  // namespace bb::host
