#include "answers.hpp"

#include <bb/core/text.hpp>

#include "streams/mail_sender.hpp"

namespace bb::direct_connector {
namespace {

constexpr std::size_t detail_bytes_max = 1000;

bb_delivery delivery_of_disposition(std::string_view word) {
  if (word == "processed") return BB_DELIVERY_PROCESSED;
  if (word == "dispatched" || word == "displayed") return BB_DELIVERY_DISPATCHED;
  if (word == "failed" || word == "denied" || word == "error" || word == "deleted") return BB_DELIVERY_FAILED;
  return BB_DELIVERY_UNKNOWN;
}

// As far as a notification may be believed: DIRECT-MDN-09, and nobody speaks for another.
Answer answer_of(const direct::Notification& said, const Opening& opening) {
  const auto& reception = opening.reception;
  Answer answer{BB_DELIVERY_UNKNOWN, said.final_recipient, {}};
  const auto recipient = direct::read_address(said.final_recipient);
  if (!reception.is_taken()) {
    answer.detail = "a notification '" + said.disposition + "' is not believed: " + opening.detail();
  } else if (!recipient || !(*recipient == *reception.from)) {
    answer.detail = "a notification '" + said.disposition + "' about " + said.final_recipient +
                    " is not believed: it is by " + reception.from->text();
  } else {
    answer.delivery = delivery_of_disposition(said.disposition);
    answer.detail = "notified: " + said.disposition_mode + ";" + said.disposition;
    for (const auto* name : {"Failure", "Error", "Warning"})
      if (const auto* field = said.find(name)) answer.detail += "; " + field->name + ": " + field->value;
    if (said.find(direct::final_delivery) != nullptr) answer.detail += "; of final delivery";
  }
  answer.detail = to_utf8_lossy(shorten(answer.detail, detail_bytes_max));
  answer.recipient = to_utf8_lossy(shorten(answer.recipient, detail_bytes_max));
  return answer;
}

// What an agent could not deliver it may also report by a sealed message (DIRECT-MDN-12): it is believed of the
// recipients of its own domain.
Answer answer_of(const direct::DeliveryStatus& said, const Opening& opening) {
  const auto& reception = opening.reception;
  Answer answer{BB_DELIVERY_UNKNOWN, to_utf8_lossy(shorten(said.recipient, detail_bytes_max)), {}};
  const auto recipient = direct::read_address(said.recipient);
  if (!reception.is_taken()) {
    answer.detail = "a delivery report '" + said.action + "' is not believed: " + opening.detail();
  } else if (!recipient || recipient->domain != reception.from->domain) {
    answer.detail = "a delivery report '" + said.action + "' about " + said.recipient + " is not believed: it is by " +
                    reception.from->text();
  } else {
    answer.delivery = plugins::delivery_of(said.action);
    answer.detail = "reported by a mail server, sealed: " + plugins::words_of(said);
  }
  answer.detail = to_utf8_lossy(shorten(answer.detail, detail_bytes_max));
  return answer;
}

}  // namespace

void Answers::look(Call& call, const Streams& streams, const Secret& secret, const Open& open, int wait_ms_max) {
  new_.look(
      call, streams, secret, [&](const auto& reader) { read(reader, open); }, wait_ms_max);
}

void Answers::read(const plugins::NewMessages::Reader& reader, const Open& open) {
  const auto text = reader.message();
  const auto outer = direct::read_entity(text);
  if (!outer) return;
  if (const auto reports = direct::read_delivery_status(*outer); reports && !reports->empty()) {
    for (const auto& said : *reports)
      answers_[said.original_message_id].push_back(
          {plugins::delivery_of(said.action), to_utf8_lossy(said.recipient),
           to_utf8_lossy("reported by a mail server: " + plugins::words_of(said))});
    return;
  }
  const auto opening = open(text);
  const auto inner = direct::read_entity(opening.layers.message);
  if (!inner) return;
  if (const auto reports = direct::read_delivery_status(*inner); reports && !reports->empty()) {
    for (const auto& one : *reports) answers_[one.original_message_id].push_back(answer_of(one, opening));
    return;
  }
  const auto said = direct::read_notification(*inner);
  if (!said || !said->has_value()) return;
  answers_[(*said)->original_message_id].push_back(answer_of(**said, opening));
}

const std::vector<Answer>& Answers::of(const std::string& message_id) const {
  static const std::vector<Answer> nothing;
  const auto found = answers_.find(message_id);
  return found == answers_.end() ? nothing : found->second;
}

}  // namespace bb::direct_connector
