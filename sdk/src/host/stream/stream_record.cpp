#include "stream_record.hpp"

#include <utility>

namespace bb::host {

StreamRecord::StreamRecord(Instance& instance, const StreamRequest& request)
    : instance_(instance),
      protocol_(instance.redactor.redact(request.protocol)),
      address_(instance.redactor.redact(request.address())),
      is_datagram_(request.transport == BB_TRANSPORT_UDP),
      peer_(address_) {}

EvidenceRecord StreamRecord::made(std::string_view step) const {
  EvidenceRecord record;
  record.instance = instance_.name;
  record.call_id = call_id_;
  record.protocol = protocol_;
  record.step = step;
  record.peer = peer_;
  record.attributes = {{"stream", address_}};
  return record;
}

void StreamRecord::begin(CallState& state) {
  if (state.abi.call_id != call_id_) end_turn();
  call_id_ = state.abi.call_id;
}

void StreamRecord::sent(CallState& state, std::string_view bytes) {
  begin(state);
  if (!received_.empty() || is_datagram_) end_turn();
  sent_ += bytes;
  state.last_exchange = protocol_ + " " + address_ + ": no answer";
}

void StreamRecord::received(CallState& state, std::string_view bytes) {
  begin(state);
  if (is_datagram_) end_turn();
  received_ += bytes;
  state.last_exchange = protocol_ + " " + address_ + ": answered";
}

void StreamRecord::end_turn() {
  if (sent_.empty() && received_.empty()) return;
  EvidenceRecord record = made("exchange");
  record.sent = instance_.redactor.redact(std::exchange(sent_, {}));
  record.received = instance_.redactor.redact(std::exchange(received_, {}));
  instance_.recorder.evidence(record);
}

void StreamRecord::step(CallState& state, std::string_view step, std::vector<Attribute> attributes) {
  end_turn();
  call_id_ = state.abi.call_id;
  EvidenceRecord record = made(step);
  for (Attribute& attribute : attributes) {
    attribute.value = instance_.redactor.redact_sentence(attribute.value);
    record.attributes.push_back(std::move(attribute));
  }
  instance_.recorder.evidence(record);
}

}  // namespace bb::host
