#include "bounces.hpp"

#include <bb/direct/entity.hpp>

namespace bb::mail {

void Bounces::look(Call& call, const Streams& streams, const Secret& secret) {
  new_.look(call, streams, secret, [&](const auto& reader) { read(reader); });
}

void Bounces::read(const plugins::NewMessages::Reader& reader) {
  const auto header_text = reader.header();
  const auto header = direct::read_entity(header_text);
  if (!header || header->type.value != "multipart/report") return;
  const auto text = reader.message();
  const auto message = direct::read_entity(text);
  if (!message) return;
  const auto said = direct::read_delivery_status(*message);
  if (!said) return;
  for (const auto& status : *said) reports_[status.original_message_id].push_back(status);
}

const std::vector<direct::DeliveryStatus>& Bounces::of(const std::string& message_id) const {
  static const std::vector<direct::DeliveryStatus> nothing;
  const auto found = reports_.find(message_id);
  return found == reports_.end() ? nothing : found->second;
}

}  // namespace bb::mail
