#include "streams/mail_sender.hpp"

#include <algorithm>
#include <utility>

#include <bb/core/crypto.hpp>
#include <bb/core/text.hpp>

#include "streams/host_connections.hpp"
#include "streams/mail_failure.hpp"

namespace bb::plugins {
namespace {

constexpr std::string_view id_head = "<bb-";
constexpr std::size_t id_digits = 32;

std::string words_of(const direct::SmtpReply& reply) {
  const auto text = to_utf8_lossy(shorten(replace_all(reply.text, "\n", " "), 300));
  return reply.code == 0 ? text : std::to_string(reply.code) + " " + text;
}

bool is_temporary(const direct::SmtpRefusal& refusal) { return refusal.reply.code >= 400 && refusal.reply.code < 500; }

}  // namespace

void emit(const std::string& message_id, const std::vector<KeptReceipt>& receipts, Receipts& out) {
  for (const auto& kept : receipts)
    out.emit({.delivery = kept.delivery,
              .message_id = message_id,
              .recipient = kept.recipient,
              .detail = kept.detail,
              .at_unix_ns = kept.at_unix_ns});
}

std::string words_of(const direct::DeliveryStatus& status) {
  return status.action + " " + status.status + " " + shorten(collapse_whitespace(status.diagnostic), 300);
}

bb_delivery delivery_of(std::string_view action) {
  if (action == "failed") return BB_DELIVERY_FAILED;
  if (action == "delivered") return BB_DELIVERY_DISPATCHED;
  if (action == "delayed" || action == "relayed" || action == "expanded") return BB_DELIVERY_ACCEPTED;
  return BB_DELIVERY_UNKNOWN;
}

MailSender::MailSender(const Context& context, const std::string& at, direct::Address from)
    : server_(read_server(context, at)),
      from_(std::move(from)),
      hello_name_(context.config_if(at + "/hello_name").value_or(from_.domain)),
      streams_(context.require<Streams>()),
      secret_(context.require<Secret>()),
      clock_(context.require<Clock>()) {}

std::string MailSender::message_id_of(std::string_view idempotency_key) const {
  const auto digest = sha256_hex(from_.text() + "\n" + std::string(idempotency_key));
  return std::string(id_head) + digest.substr(0, id_digits) + "@" + from_.domain + ">";
}

void MailSender::post(Call& call, const std::string& message_id, const std::vector<std::string>& recipients,
                      const std::string& message, std::vector<KeptReceipt> before) {
  constexpr std::string_view doing = "sending";
  HostConnections connections(streams_, call);
  direct::SmtpClient client(connections, server_.with_password(call, secret_), hello_name_);
  direct::SmtpReceipt receipt;
  const auto failure = client.send(from_.text(), recipients, message, receipt);
  const auto now = clock_.now_unix_ns();
  auto kept = std::move(before);
  if (failure && failure->is_uncertain) {
    // Asked again under the same key it says what is known, and sends no second one.
    for (const auto& recipient : recipients)
      kept.push_back(
          {BB_DELIVERY_UNKNOWN, recipient, "the message went out and no answer came: " + failure->what, now});
    keep(message_id, std::move(kept));
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
  keep(message_id, std::move(kept));  // whatever becomes of the goodbye
  client.end();
}

const std::vector<KeptReceipt>* MailSender::receipts_of(const std::string& message_id) const {
  const auto found = sent_.find(message_id);
  return found == sent_.end() ? nullptr : &found->second;
}

KeptReceipt MailSender::unknown(const std::string& message_id, std::string_view and_none) const {
  const auto tail = "@" + from_.domain + ">";
  const auto is_own = message_id.starts_with(id_head) && message_id.ends_with(tail) &&
                      message_id.size() == id_head.size() + id_digits + tail.size();
  if (!is_own)
    throw Failure{BB_E_NOT_FOUND, "tracking: this connector has sent no message '" + shorten(message_id, 100) +
                                      "', and " + std::string(and_none)};
  return {BB_DELIVERY_UNKNOWN,
          {},
          "not sent by this instance, and " + std::string(and_none) + " so far",
          clock_.now_unix_ns()};
}

bool MailSender::has_failed(const std::string& message_id) const {
  const auto* sent = receipts_of(message_id);
  return sent != nullptr && std::all_of(sent->begin(), sent->end(),
                                        [](const KeptReceipt& kept) { return kept.delivery == BB_DELIVERY_FAILED; });
}

}  // namespace bb::plugins
