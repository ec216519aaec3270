// bb.host.evidence/1
#include "../abi_text.hpp"
#include "../call_state.hpp"
#include "services.hpp"

namespace bb::host {
namespace {

std::uint64_t bytes_of(const bb_evidence& evidence) {
  std::uint64_t bytes = host::bytes_of(evidence.attributes, evidence.attribute_count);
  for (const bb_str text : {evidence.protocol, evidence.step, evidence.peer}) bytes += from_abi(text).size();
  for (const bb_bytes content : {evidence.sent, evidence.received}) bytes += from_abi(content).size();
  return bytes;
}

extern "C" void evidence_record(const bb_host* host, bb_call* call, const bb_evidence* evidence) {
  if (!BB_HAS(evidence, attribute_count)) return;
  Instance& instance = instance_of(host);
  if (call && (evidence->flags & BB_EVIDENCE_UNANSWERED) != 0) state_of(call).was_in_flight = true;
  if (!instance.note_limit.keep(bytes_of(*evidence))) return;
  Redactor& redactor = instance.redactor;
  EvidenceRecord record;
  record.instance = instance.name;
  record.call_id = call ? call->call_id : 0;
  record.protocol = redactor.redact(from_abi(evidence->protocol));
  record.step = redactor.redact(from_abi(evidence->step));
  record.peer = redactor.redact(from_abi(evidence->peer));
  record.sent = redactor.redact(from_abi(evidence->sent));
  record.received = redactor.redact(from_abi(evidence->received));
  record.attributes = from_abi(evidence->attributes, evidence->attribute_count);
  for (Attribute& attribute : record.attributes) {
    attribute.value = redactor.redact_header(attribute.name, attribute.value);
    attribute.name = redactor.redact(attribute.name);
  }
  record.is_sensitive = (evidence->flags & BB_EVIDENCE_SENSITIVE) != 0;
  instance.recorder.evidence(record);
}

}  // namespace

const bb_host_evidence& evidence_service() {
  static const bb_host_evidence table{sizeof(bb_host_evidence), 0, evidence_record};
  return table;
}

}  // namespace bb::host
