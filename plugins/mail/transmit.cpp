#include "transmit.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <bb/core/crypto.hpp>
#include <bb/core/text.hpp>
#include <bb/records/mime.hpp>

#include "mail_failure.hpp"
#include "streams/host_connections.hpp"

namespace bb::mail {
namespace {

constexpr std::string_view doing = "sending";
// Of all attachments; as base64 within what the host lets out in one call.
constexpr std::size_t content_bytes_max = std::size_t{32} * 1024 * 1024;

// Every address is looked at before a byte goes out.
std::string recipient_of(const bb_destination& destination) {
  const auto scheme = to_view(destination.scheme);
  if (scheme != "mailto")
    throw Failure{BB_E_UNSUPPORTED, "sending: a destination has the scheme '" + std::string(scheme) +
                                        "', and this connector sends plain mail, readable on its way; expected "
                                        "'mailto', as in mailto:alice@example.org"};
  auto text = to_view(destination.address);
  if (text.starts_with("mailto:")) text.remove_prefix(7);
  const auto address = direct::read_address(text);
  if (!address) throw Failure{BB_E_INVALID_ARGUMENT, "sending: " + address.error().what + "; nothing was sent"};
  return address->text();
}

std::vector<std::string> recipients_of(const bb_outgoing& message) {
  if (message.destination_count == 0) throw Failure{BB_E_INVALID_ARGUMENT, "sending needs at least one destination"};
  std::vector<std::string> recipients;
  for (std::uint64_t i = 0; i < message.destination_count; ++i)
    recipients.push_back(recipient_of(*message.destinations[i]));
  return recipients;
}

// All of a source, which may not make the message longer than `bytes_max`.
std::string drained(Call& call, bb_source& source, std::size_t bytes_max) {
  std::string content;
  std::array<char, 64 * 1024> buffer;
  for (;;) {
    call.check();
    std::uint64_t got = 0;
    if (const auto status = source.read(&source, buffer.data(), buffer.size(), &got); status != BB_OK)
      throw Failure{status, "sending: an attachment could not be read; nothing was sent"};
    if (got == 0) return content;
    content.append(buffer.data(), static_cast<std::size_t>(got));
    if (content.size() > bytes_max)
      throw Failure{BB_E_TOO_LARGE, "sending: the attachments have more than " + std::to_string(content_bytes_max) +
                                        " bytes in all; nothing was sent"};
  }
}

std::string words_of(const direct::SmtpReply& reply) {
  const auto text = to_utf8_lossy(shorten(replace_all(reply.text, "\n", " "), 300));
  return reply.code == 0 ? text : std::to_string(reply.code) + " " + text;
}

bool is_temporary(const direct::SmtpRefusal& refusal) { return refusal.reply.code >= 400 && refusal.reply.code < 500; }

// RFC 3464, 2.3.3. "delivered" is into the mailbox.
bb_delivery delivery_of(const direct::DeliveryStatus& said) {
  if (said.action == "failed") return BB_DELIVERY_FAILED;
  if (said.action == "delivered") return BB_DELIVERY_DISPATCHED;
  if (said.action == "delayed" || said.action == "relayed" || said.action == "expanded") return BB_DELIVERY_ACCEPTED;
  return BB_DELIVERY_UNKNOWN;
}

}  // namespace

MailTransmit::MailTransmit(const Context& context)
    : server_(read_server(context, "")),
      from_(read_own_address(context, "/from")),
      hello_name_(context.config_if("/hello_name").value_or(from_.domain)),
      streams_(context.require<Streams>()),
      secret_(context.require<Secret>()),
      clock_(context.require<Clock>()) {
  if (context.config_if("/bounces/host")) bounces_.emplace(read_mailbox(context, "/bounces"));
}

void MailTransmit::transmit(Call& call, const bb_outgoing& message, Receipts& out) {
  call.check();
  if (message.idempotency_key.size == 0)
    throw Failure{BB_E_INVALID_ARGUMENT, "sending needs an idempotency key, so that nothing is sent twice"};
  const auto recipients = recipients_of(message);
  const auto message_id = message_id_of(to_view(message.idempotency_key));
  if (!sent_.contains(message_id))
    sent_[message_id] = post(call, message_id, recipients, written(call, message, message_id, recipients));
  emit(message_id, sent_[message_id], out);
}

std::string MailTransmit::message_id_of(std::string_view idempotency_key) const {
  const auto digest = sha256_hex(from_.text() + "\n" + std::string(idempotency_key));
  return "<bb-" + digest.substr(0, 32) + "@" + from_.domain + ">";
}

std::string MailTransmit::written(Call& call, const bb_outgoing& message, const std::string& message_id,
                                  const std::vector<std::string>& recipients) const {
  records::OutgoingMail mail{.from = from_.text(),
                             .to = join(recipients, ", "),
                             .subject = std::string(to_view(message.subject_line)),
                             .message_id = message_id,
                             .text = std::string(to_view(message.body_text)),
                             .date_unix_ns = clock_.now_unix_ns(),
                             .attachments = {}};
  auto bytes_left = content_bytes_max;
  for (std::uint64_t i = 0; i < message.attachment_count; ++i) {
    const auto& attachment = *message.attachments[i];
    auto content = drained(call, *attachment.content, bytes_left);
    bytes_left -= content.size();
    mail.attachments.push_back({std::string(to_view(attachment.media_type)), "attachment",
                                std::string(to_view(attachment.filename)), std::move(content)});
  }
  return records::write_mime(mail);
}

std::vector<MailTransmit::Kept> MailTransmit::post(Call& call, const std::string& message_id,
                                                   const std::vector<std::string>& recipients,
                                                   const std::string& message) {
  plugins::HostConnections connections(streams_, call);
  direct::SmtpClient client(connections, server_.with_password(call, secret_), hello_name_);
  direct::SmtpReceipt receipt;
  const auto failure = client.send(from_.text(), recipients, message, receipt);
  const auto now = clock_.now_unix_ns();
  std::vector<Kept> kept;
  if (failure && failure->is_uncertain) {
    // Asked again under the same key it says what is known, and sends no second one.
    for (const auto& recipient : recipients)
      kept.push_back(
          {BB_DELIVERY_UNKNOWN, recipient, "the message went out and no answer came: " + failure->what, now});
    sent_[message_id] = std::move(kept);
    throw failure_of(*failure, doing);
  }
  const bool is_told = failure && failure->step == direct::SmtpStep::recipient &&
                       failure->trouble == direct::Trouble::none && receipt.refused.size() == recipients.size() &&
                       !std::all_of(receipt.refused.begin(), receipt.refused.end(), is_temporary);
  if (failure && !is_told) throw failure_of(*failure, doing);
  for (const auto& recipient : receipt.accepted)
    kept.push_back({BB_DELIVERY_ACCEPTED, recipient, words_of(receipt.reply), now});
  for (const auto& refusal : receipt.refused)
    kept.push_back({BB_DELIVERY_FAILED, refusal.recipient, words_of(refusal.reply), now});
  sent_[message_id] = kept;  // whatever becomes of the goodbye
  client.end();
  return kept;
}

void MailTransmit::track_transmit(Call& call, std::string_view message_id, Receipts& out) {
  call.check();
  const std::string id(message_id);
  const auto sent = sent_.find(id);
  const bool is_known = sent != sent_.end();
  const bool has_failed = is_known && std::all_of(sent->second.begin(), sent->second.end(),
                                                  [](const Kept& kept) { return kept.delivery == BB_DELIVERY_FAILED; });
  if (bounces_ && !has_failed) bounces_->look(call, streams_, secret_);
  std::vector<Kept> receipts;
  if (is_known) receipts = sent->second;
  if (bounces_)
    for (const auto& said : bounces_->of(id))
      receipts.push_back({delivery_of(said), said.recipient,
                          said.action + " " + said.status + " " + shorten(collapse_whitespace(said.diagnostic), 300),
                          clock_.now_unix_ns()});
  if (receipts.empty())
    throw Failure{BB_E_NOT_FOUND, "tracking: this connector has sent no message '" + shorten(id, 100) +
                                      "', and no delivery report speaks of it"};
  emit(id, receipts, out);
}

void MailTransmit::emit(const std::string& message_id, const std::vector<Kept>& receipts, Receipts& out) const {
  for (const auto& kept : receipts)
    out.emit({.delivery = kept.delivery,
              .message_id = message_id,
              .recipient = kept.recipient,
              .detail = kept.detail,
              .at_unix_ns = kept.at_unix_ns});
}

}  // namespace bb::mail
