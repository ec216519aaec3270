#include "inbox.hpp"

#include <algorithm>
#include <utility>

#include <bb/core/text.hpp>
#include <bb/core/time.hpp>

#include "streams/mail_failure.hpp"

namespace bb::direct_connector {
namespace {

constexpr const char* media_type = "message/rfc822";
constexpr std::string_view opened_suffix = ":opened";
constexpr std::string_view decrypted_suffix = ":decrypted";
constexpr const char* decrypted_kind = "message-decrypted";
constexpr const char* reporting_agent = "bluebridge; direct inbox";

std::string received_id(std::string_view item_id) {
  for (const auto suffix : {opened_suffix, decrypted_suffix})
    if (item_id.ends_with(suffix)) return std::string(item_id.substr(0, item_id.size() - suffix.size()));
  return std::string(item_id);
}

// What a disposition makes owed (DIRECT-MDN-01, -12; DIRECT-DN-02, -04, -05). The
// message reached whoever it is for when it is displayed.
std::vector<std::string> dispositions_of(bb_disposition disposition, bool has_final_delivery) {
  if (disposition == BB_DISPOSITION_DENIED) return {"processed", "failed"};
  if (disposition == BB_DISPOSITION_DISPLAYED && has_final_delivery) return {"processed", "dispatched"};
  return {"processed"};
}

// Whom it is encrypted for: the subjects of certificates that are known here, and of others
// what the message names. "none" where it is not encrypted.
std::string recipients_of(const direct::Layers& layers, const std::vector<direct::Identity>& known) {
  if (!layers.envelope) return "none";
  std::vector<std::string> names;
  for (const auto& recipient : layers.envelope->recipients) {
    const auto found = std::find_if(known.begin(), known.end(),
                                    [&](const auto& one) { return direct::is_of(recipient, one.certificate); });
    names.push_back(found == known.end() ? recipient.named : found->certificate.subject());
  }
  return join(names, "; ");
}

}  // namespace

DirectInbox::DirectInbox(const Context& context)
    : ConfiguredTrust(context),
      mailbox_(context),
      identity_(read_identity_config(context, "/identity")),
      secret_(context.require<Secret>()),
      clock_(context.require<Clock>()),
      evidence_(context.find<Evidence>()) {
  if (context.config_if("/keys/pem") || context.config_if("/keys/secret"))
    keys_ = read_identity_config(context, "/keys");
  if (context.config_if("/smtp/host")) sender_.emplace(context, "/smtp", mailbox_.address());
}

std::vector<direct::Identity> DirectInbox::identities(Call& call) const {
  std::vector<direct::Identity> all{identity_.read(call, secret_)};
  if (!keys_) return all;
  for (auto& further : keys_->read_all(call, secret_)) all.push_back(std::move(further));
  return all;
}

DirectInbox::Seen DirectInbox::look_at(Call& call, const std::string& id, const std::string& message,
                                       const Opener& opener) const {
  const auto opening = opener(message);
  const auto detail = opening.detail();
  if (evidence_)
    evidence_->record(call, {.protocol = "smime", .step = "open", .received = detail, .attributes = {{"message", id}}});
  const auto header = plugins::read_mail_header(message);
  Seen seen{header.subject, header.received_unix_ns, opening.has_opened_form()};
  if (seen.has_opened_form) seen.opened_subject = plugins::read_mail_header(opening.layers.message).subject;
  return seen;
}

std::optional<DirectInbox::Seen> DirectInbox::look_at(Call& call, direct::Mailbox& box,
                                                      const direct::MailboxEntry& entry,
                                                      std::optional<Opener>& opener) const {
  if (entry.bytes > plugins::message_bytes_max) return Seen();
  std::string message;
  if (const auto failure = box.fetch(entry.id, plugins::message_bytes_max, message)) {
    const auto trouble = failure->trouble;
    if (trouble != direct::Trouble::none && trouble != direct::Trouble::unavailable)
      throw plugins::failure_of(*failure, "polling the mailbox");
    return std::nullopt;
  }
  if (!opener) opener.emplace(*this, call);
  return look_at(call, entry.id, message, *opener);
}

void DirectInbox::poll(Call& call, const bb_query& query, Items& out) {
  std::optional<Opener> opener;
  const auto listed = mailbox_.poll(call, query, [&](direct::Mailbox& box, const direct::MailboxEntry& entry) {
    auto found = seen_.find(entry.id);
    if (found == seen_.end())
      if (auto seen = look_at(call, box, entry, opener)) found = seen_.emplace(entry.id, *std::move(seen)).first;
    const Seen seen = found == seen_.end() ? Seen() : found->second;
    out.emit({.id = entry.id,
              .kind = "message",
              .media_type = media_type,
              .title = seen.subject,
              .updated_unix_ns = seen.received_unix_ns,
              .size = entry.bytes});
    if (!seen.has_opened_form) return;
    call.check();
    for (const auto suffix : {opened_suffix, decrypted_suffix}) {
      const bool is_opened = suffix == opened_suffix;
      const auto id = entry.id + std::string(suffix);
      out.emit({.id = id,
                .kind = is_opened ? "message" : decrypted_kind,
                .media_type = media_type,
                .title = is_opened ? std::string_view(seen.opened_subject) : std::string_view(),
                .parent = entry.id,
                .updated_unix_ns = seen.received_unix_ns,
                .flags = BB_ITEM_OPENED});
    }
  });
  std::erase_if(seen_, [&](const auto& known) { return !listed.contains(known.first); });
}

void DirectInbox::read_message(Call& call, std::string_view item_id, Content& out) {
  const auto id = received_id(item_id);
  const auto message = mailbox_.fetch(call, id);
  if (id == item_id) {
    const auto keys = identities(call);
    const auto layers = direct::look_through(message, keys);
    const auto recipients = layers ? recipients_of(*layers, keys) : "none";
    const auto opened_by = layers && layers->opened_by ? keys[*layers->opened_by].certificate.subject() : "none";
    out.head({.id = item_id, .kind = "message", .media_type = media_type, .size = message.size()},
             {{"envelope.recipients", recipients}, {"envelope.opened_by", opened_by}});
    return out.write(message);
  }
  const auto opening = Opener(*this, call)(message);
  if (!opening.has_opened_form())
    throw Failure{BB_E_NOT_FOUND, "reading a message: it cannot be opened: " + opening.detail()};
  const bool is_decrypted = item_id.ends_with(decrypted_suffix);
  const auto form = is_decrypted ? opening.decrypted_form(message) : opening.layers.message;
  const auto said = opening.attributes();
  out.head({.id = item_id,
            .kind = is_decrypted ? decrypted_kind : "message",
            .media_type = media_type,
            .parent = id,
            .size = form.size(),
            .flags = BB_ITEM_OPENED},
           std::vector<Content::Attribute>(said.begin(), said.end()));
  out.write(form);
}

std::optional<DirectInbox::Owed> DirectInbox::owed_for(const Opening& opening) const {
  const auto& reception = opening.reception;
  if (!reception.is_to_be_answered()) return std::nullopt;
  Owed owed{.from = *reception.from,
            .to = mailbox_.address(),
            .message_id = reception.message_id,
            .has_final_delivery = reception.final_delivery == direct::FinalDelivery::asked,
            .signer = reception.signer,
            .sent = {}};
  const auto own = std::find_if(reception.to.begin(), reception.to.end(),
                                [&](const auto& address) { return mailbox_.is_own(address); });
  if (own != reception.to.end()) owed.to = *own;
  return owed;
}

void DirectInbox::acknowledge(Call& call, std::string_view item_id, bb_disposition disposition) {
  call.check();
  if (received_id(item_id) != item_id)
    throw Failure{BB_E_INVALID_ARGUMENT, "acknowledging a message: '" + std::string(item_id) +
                                             "' is its opened form, expected the id of what was received"};
  const std::string id(item_id);
  auto known = owed_.find(id);
  if (known == owed_.end()) {
    std::string message;
    try {
      message = mailbox_.fetch(call, id);
    } catch (const Failure& failure) {
      if (failure.status == BB_E_NOT_FOUND) return;  // acknowledged before, by another instance
      throw;
    }
    known = owed_.emplace(id, owed_for(Opener(*this, call)(message))).first;
  }
  if (auto& owed = known->second)
    for (const auto& each : dispositions_of(disposition, owed->has_final_delivery))
      if (!owed->sent.contains(each)) notify(call, *owed, each);
  mailbox_.remove(call, id);
}

void DirectInbox::notify(Call& call, Owed& owed, const std::string& disposition) {
  constexpr const char* doing = "acknowledging a message: ";
  if (!sender_)
    throw Failure{BB_E_UNSUPPORTED, std::string(doing) +
                                        "a notification is owed, and the configuration names no "
                                        "server that takes it: give 'smtp'"};
  auto found = certificates_for(call, owed.from, During(*this, call));
  // Whose signature was believed can be written to by the same certificate.
  if (found.certificates.empty() && owed.signer && owed.signer->may(direct::KeyUse::encrypt))
    found.certificates.push_back(*owed.signer);
  if (found.certificates.empty())
    throw Failure{BB_E_UNTRUSTED_PEER, doing + found.why + "; a notification is never sent in the clear"};
  const auto message_id = sender_->message_id_of(owed.message_id + "\n" + owed.to.text() + "\n" + disposition);
  const auto now = clock_.now_unix_ns();
  const auto notification =
      direct::write_notification({.from = owed.to.text(),
                                  .to = owed.from.text(),
                                  .message_id = std::string(direct::without_brackets(message_id)),
                                  .date_unix_ns = now,
                                  .original_message_id = owed.message_id,
                                  .disposition = disposition,
                                  .reporting_ua = reporting_agent,
                                  .has_final_delivery = owed.has_final_delivery && disposition != "processed"});
  const auto sealed = direct::seal(notification, identity_.read(call, secret_), found.certificates,
                                   {.sign = {.signed_at = now / ns_per_second}});
  if (!sealed) throw Failure{BB_E_INTERNAL, doing + sealed.error().what};
  sender_->post(call, message_id, {owed.from.text()}, *sealed);
  owed.sent.insert(disposition);
}

}  // namespace bb::direct_connector
