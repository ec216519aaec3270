// bb.host.evidence/1
#include "../abi_text.hpp"
#include "../call_state.hpp"
#include "services.hpp"

namespace bb::host {
namespace {

extern "C" void evidence_record(const bb_host* host, bb_call* call, const bb_evidence* evidence) {
  if (!BB_HAS(evidence, attribute_count)) return;
  Instance& instance = instance_of(host);
  Redactor& redactor = instance.redactor;
  EvidenceRecord record;
  record.instance = instance.name;
  record.call_id = call ? call->call_id : 0;
  record.protocol = from_abi(evidence->protocol);
  record.step = from_abi(evidence->step);
  record.peer = redactor.redact(from_abi(evidence->peer));
  record.sent = redactor.redact(from_abi(evidence->sent));
  record.received = redactor.redact(from_abi(evidence->received));
  record.attributes = from_abi(evidence->attributes, evidence->attribute_count);
  for (Attribute& attribute : record.attributes)
    attribute.value = redactor.redact_header(attribute.name, attribute.value);
  record.is_sensitive = (evidence->flags & BB_EVIDENCE_SENSITIVE) != 0;
  if (call && (evidence->flags & BB_EVIDENCE_UNANSWERED) != 0) state_of(call).was_in_flight = true;
  instance.recorder.evidence(record);
}

}  // namespace

const bb_host_evidence& evidence_service() {
  static const bb_host_evidence table{sizeof(bb_host_evidence), 0, evidence_record};
  return table;
}

}  // namespace bb::host
