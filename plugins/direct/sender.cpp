#include "sender.hpp"

#include <algorithm>
#include <utility>

#include <bb/core/text.hpp>
#include <bb/core/time.hpp>

#include "streams/outgoing.hpp"

namespace bb::direct_connector {

using plugins::KeptReceipt;

DirectSender::DirectSender(const Context& context)
    : ConfiguredTrust(context),
      sender_(context, "", plugins::read_own_address(context, "/from")),
      identity_(read_identity_config(context, "/identity")),
      asks_for_final_delivery_(context.config_json("/final_delivery") == "true"),
      streams_(context.require<Streams>()),
      secret_(context.require<Secret>()),
      clock_(context.require<Clock>()),
      random_(context.require<Random>()) {
  for (const auto& hostile : hostile_cases()) {
    if (hostile.identity.empty()) continue;
    const auto at = "/identities/" + std::string(hostile.identity);
    if (context.config_if(at + "/pem") || context.config_if(at + "/secret"))
      bad_identities_.emplace(hostile.identity, read_identity_config(context, at));
  }
  if (context.config_if("/mailbox/host")) answers_.emplace(plugins::read_mailbox(context, "/mailbox"));
}

std::string DirectSender::written(Call& call, const bb_outgoing& message, const std::string& message_id,
                                  const std::vector<std::string>& recipients) const {
  auto mail = plugins::mail_of(call, message);
  mail.from = sender_.from().text();
  mail.to = join(recipients, ", ");
  mail.message_id = message_id;
  mail.date_unix_ns = clock_.now_unix_ns();
  auto text = records::write_mime(mail);
  if (asks_for_final_delivery_)
    text = "Disposition-Notification-To: " + mail.from + "\r\n" + direct::final_delivery_option() + text;
  return text;
}

void DirectSender::transmit(Call& call, const bb_outgoing& message, Receipts& out) {
  call.check();
  if (message.idempotency_key.size == 0)
    throw Failure{BB_E_INVALID_ARGUMENT, "sending needs an idempotency key, so that nothing is sent twice"};
  const auto recipients =
      plugins::recipients_of(message, "direct", "and this connector sends signed and encrypted alone");
  const auto message_id = sender_.message_id_of(to_view(message.idempotency_key));
  if (const auto* known = sender_.receipts_of(message_id)) return plugins::emit(message_id, *known, out);

  std::vector<std::string> trusted;
  std::vector<direct::Certificate> certificates;
  std::vector<KeptReceipt> refused;
  for (const auto& recipient : recipients) {
    auto found = certificates_for(call, *direct::read_address(recipient));
    if (found.certificates.empty()) {
      // DIRECT-MSG-12: it goes to the others, and the sender is told.
      refused.push_back({BB_DELIVERY_FAILED, recipient, "not sent: " + found.why, clock_.now_unix_ns()});
      continue;
    }
    trusted.push_back(recipient);
    for (auto& certificate : found.certificates)
      if (std::find(certificates.begin(), certificates.end(), certificate) == certificates.end())
        certificates.push_back(std::move(certificate));
  }
  const auto inside = written(call, message, message_id, recipients);
  if (trusted.empty()) {
    sender_.keep(message_id, std::move(refused));
  } else {
    const auto sealed = direct::seal(inside, identity_.read(call, secret_), certificates,
                                     {.sign = {.signed_at = clock_.now_unix_ns() / ns_per_second}});
    if (!sealed) throw Failure{BB_E_INVALID_ARGUMENT, "sending: " + sealed.error().what + "; nothing was sent"};
    sender_.post(call, message_id, trusted, *sealed, std::move(refused));
  }
  plugins::emit(message_id, *sender_.receipts_of(message_id), out);
}

void DirectSender::track_transmit(Call& call, std::string_view message_id, Receipts& out) {
  call.check();
  const std::string id(message_id);
  const auto* sent = sender_.receipts_of(id);
  if (answers_ && !sender_.has_failed(id)) {
    const During during(*this, call);
    const std::vector<direct::Identity> keys{identity_.read(call, secret_)};
    answers_->look(call, streams_, secret_, [&](const std::string& message) {
      return open_message(message, keys, sender_.from(), during.policy());
    });
  }
  std::vector<KeptReceipt> receipts;
  if (sent != nullptr) receipts = *sent;
  if (answers_)
    for (const auto& answer : answers_->of(id)) {
      auto receipt = KeptReceipt{answer.delivery, answer.recipient, answer.detail, clock_.now_unix_ns()};
      const auto is_for = [&](const KeptReceipt& kept) { return iequals(kept.recipient, answer.recipient); };
      if (sent != nullptr && std::none_of(sent->begin(), sent->end(), is_for)) {
        receipt.delivery = BB_DELIVERY_UNKNOWN;
        receipt.detail = "not believed, for the message was not sent to " + answer.recipient + ": " + answer.detail;
      }
      receipts.push_back(std::move(receipt));
    }
  if (receipts.empty())
    throw Failure{BB_E_NOT_FOUND, "tracking: this connector has sent no message '" + shorten(id, 100) +
                                      "', and no notification speaks of it"};
  plugins::emit(id, receipts, out);
}

}  // namespace bb::direct_connector
