#include "transmit.hpp"

#include <utility>
#include <vector>

#include <bb/core/text.hpp>

#include "streams/outgoing.hpp"

namespace bb::mail {

using plugins::KeptReceipt;

MailTransmit::MailTransmit(const Context& context)
    : sender_(context, "", plugins::read_own_address(context, "/from")),
      streams_(context.require<Streams>()),
      secret_(context.require<Secret>()),
      clock_(context.require<Clock>()) {
  if (context.config_if("/bounces/host")) bounces_.emplace(plugins::read_mailbox(context, "/bounces"));
}

void MailTransmit::transmit(Call& call, const bb_outgoing& message, Receipts& out) {
  call.check();
  const auto key = plugins::key_of(message);
  const auto recipients =
      plugins::recipients_of(message, "mailto", "and this connector sends plain mail, readable on its way");
  const auto message_id = sender_.message_id_of(key);
  if (sender_.receipts_of(message_id) == nullptr) {
    auto mail = plugins::mail_of(call, message);
    mail.from = sender_.from().text();
    mail.to = join(recipients, ", ");
    mail.message_id = message_id;
    mail.date_unix_ns = clock_.now_unix_ns();
    sender_.post(call, message_id, recipients, records::write_mime(mail));
  }
  plugins::emit(message_id, *sender_.receipts_of(message_id), out);
}

void MailTransmit::track_transmit(Call& call, std::string_view message_id, Receipts& out) {
  call.check();
  const std::string id(message_id);
  const auto* sent = sender_.receipts_of(id);
  if (bounces_ && !sender_.has_failed(id)) bounces_->look(call, streams_, secret_);
  std::vector<KeptReceipt> receipts;
  if (sent != nullptr) receipts = *sent;
  if (bounces_)
    for (const auto& said : bounces_->of(id))
      receipts.push_back(
          {plugins::delivery_of(said.action), said.recipient, plugins::words_of(said), clock_.now_unix_ns()});
  if (receipts.empty()) receipts.push_back(sender_.unknown(id, "no delivery report speaks of it"));
  plugins::emit(id, receipts, out);
}

}  // namespace bb::mail
