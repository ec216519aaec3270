#include "sender.hpp"

#include <algorithm>
#include <utility>

#include <bb/core/text.hpp>
#include <bb/core/time.hpp>
#include <bb/xdr/xdm.hpp>

#include "streams/outgoing.hpp"

namespace bb::direct_connector {
namespace {

// For each answer of the mailbox, before the first message goes out.
constexpr int earlier_wait_ms_max = 10'000;

// The attachments as one, and the subject that says so (DIRECT-MSG-15).
void package(records::OutgoingMail& mail, const direct::Address& from, const std::vector<std::string>& recipients) {
  xdr::XdmRequest request{from, {}, {}, mail.message_id, mail.date_unix_ns};
  for (const auto& recipient : recipients) request.recipients.push_back(*direct::read_address(recipient));
  for (auto& part : mail.attachments)
    request.documents.push_back({part.content_type, part.filename, std::move(part.body)});
  auto bytes = xdr::write_xdm(request);
  if (!bytes) throw Failure{BB_E_TOO_LARGE, "sending: " + bytes.error().what + "; nothing was sent"};
  mail.attachments = {{std::string(xdr::xdm_media_type), "attachment", "XDM.ZIP", *std::move(bytes)}};
  if (mail.subject.find(xdr::xdm_subject) == std::string::npos)
    mail.subject += (mail.subject.empty() ? "" : " ") + std::string(xdr::xdm_subject);
}

}  // namespace

using plugins::KeptReceipt;

DirectSender::DirectSender(const Context& context)
    : ConfiguredTrust(context),
      sender_(context, "", plugins::read_own_address(context, "/from")),
      identity_(read_identity_config(context, "/identity")),
      tracking_(context),
      is_packaged_(context.config_if("/packaging").value_or("none") == "xdm"),
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
  if (is_packaged_ && !mail.attachments.empty()) package(mail, sender_.from(), recipients);
  auto text = records::write_mime(mail);
  if (tracking_.asks_for_final_delivery())
    text = "Disposition-Notification-To: " + mail.from + "\r\n" + direct::final_delivery_option() + text;
  return text;
}

void DirectSender::transmit(Call& call, const bb_outgoing& message, Receipts& out) {
  call.check();
  const auto key = plugins::key_of(message);
  const auto recipients =
      plugins::recipients_of(message, "direct", "and this connector sends signed and encrypted alone");
  const auto message_id = sender_.message_id_of(key);
  if (const auto* known = sender_.receipts_of(message_id)) return plugins::emit(message_id, *known, out);
  if (was_sent_before(call, message_id)) {
    std::vector<KeptReceipt> earlier;
    for (const auto& recipient : recipients)
      earlier.push_back({BB_DELIVERY_UNKNOWN, recipient,
                         "sent by an earlier instance, which its answer shows; not sent again", clock_.now_unix_ns()});
    sender_.keep(message_id, std::move(earlier));
    return plugins::emit(message_id, receipts_of(message_id), out);
  }

  const During during(*this, call);
  std::vector<std::string> trusted;
  std::vector<direct::Certificate> certificates;
  std::vector<KeptReceipt> refused;
  for (const auto& recipient : recipients) {
    auto found = certificates_for(call, *direct::read_address(recipient), during);
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

void DirectSender::look_for_answers(Call& call, int wait_ms_max) {
  const During during(*this, call);
  const std::vector<direct::Identity> keys{identity_.read(call, secret_)};
  answers_->look(
      call, streams_, secret_,
      [&](const std::string& message) { return open_message(message, keys, sender_.from(), during.policy()); },
      wait_ms_max);
}

bool DirectSender::was_sent_before(Call& call, const std::string& message_id) {
  if (!answers_) return false;
  if (!has_looked_for_earlier_) {
    try {
      look_for_answers(call, earlier_wait_ms_max);
    } catch (const Failure& failure) {
      // A mailbox that cannot be read keeps nobody from sending; the end of the call does.
      if (failure.status == BB_E_DEADLINE || failure.status == BB_E_CANCELLED) throw;
    }
    has_looked_for_earlier_ = true;
  }
  const auto& answers = answers_->of(message_id);
  return std::any_of(answers.begin(), answers.end(),
                     [](const Answer& answer) { return answer.delivery != BB_DELIVERY_UNKNOWN; });
}

std::vector<KeptReceipt> DirectSender::receipts_of(const std::string& message_id) {
  static const std::vector<KeptReceipt> nothing;
  const auto* sent = sender_.receipts_of(message_id);
  if (!answers_) return sent ? *sent : nothing;
  return tracking_.receipts(message_id, sent ? *sent : nothing, answers_->of(message_id), clock_.now_unix_ns());
}

void DirectSender::track_transmit(Call& call, std::string_view message_id, Receipts& out) {
  call.check();
  const std::string id(message_id);
  if (answers_ && !sender_.has_failed(id)) look_for_answers(call);
  auto receipts = receipts_of(id);
  if (receipts.empty()) receipts.push_back(sender_.unknown(id, "no notification speaks of it"));
  plugins::emit(id, receipts, out);
}

}  // namespace bb::direct_connector
